"""A client that is generated from the description builds, and does what its user would do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrastructure.clock import SystemClock

if TYPE_CHECKING:
    from tests.e2e.server import Server
    from tests.interop.environments import Runner


@pytest.fixture(scope="module")
def found(server: Server, in_python: Runner) -> dict[str, Any]:
    """What the generator said, and what its client understood."""
    secrets = {role: server.token(role) for role in ("operator", "auditor", "emitter")}
    understood: dict[str, Any] = in_python.ask(
        "generated", address=server.address, now=SystemClock().now().isoformat(), **secrets
    )
    return understood


class TestTheGeneratedClient:
    def test_is_generated_without_a_complaint(self, found: dict[str, Any]) -> None:
        assert found["warnings"] == []

    def test_declares_an_incident_and_resolves_it(self, found: dict[str, Any]) -> None:
        assert found["component"] == ["DescribedComponent", True, True]
        assert found["incident"] == {
            "states": ["investigating", "identified", "resolved"],
            "title": {"en": "It broke", "es": "Se rompió"},
            "impact": "critical",
            "spans": ["major_outage", "partial_outage"],
            "as_read": "PublicIncident",
            "resolved": True,
        }

    def test_reads_problems_as_problems(self, found: dict[str, Any]) -> None:
        assert found["problems"] == [
            ["Problem", 404, "not_found"],
            ["Problem", 409, "already_published"],
            ["Problem", 422, "invalid"],
        ]
        assert found["refused"] == [True, "Problem"]

    def test_moves_a_window_twice_and_cancels_it(self, found: dict[str, Any]) -> None:
        assert found["window"] == {
            "states": ["scheduled", "scheduled", "scheduled", "cancelled"],
            "revisions": [1, 2, 3],
            "hours": [4.0, 4.0, 4.0],
            "as_read": "PublicWindow",
        }

    def test_recovers_a_panel(self, found: dict[str, Any]) -> None:
        assert found["restoration"] == {
            "states": ["access_lost", "access_restored", "completed"],
            "early": ["Problem", "capability_not_available"],
            "capabilities": ["available", "available"],
        }

    def test_hands_in_requests_one_by_one_as_a_list_and_as_lines(self, found: dict[str, Any]) -> None:
        one, some, lines = found["held requests"]["counts"]
        assert [each["unassigned"] for each in (one, some, lines)] == [1, 2, 0]
        assert [each["repeat"] for each in (one, some, lines)] == [0, 1, 3]
        assert (found["held requests"]["exported"], found["held requests"]["as"]) == (3, "HeldRequest")

    def test_registers_an_endpoint_and_previews_who_is_notified(self, found: dict[str, Any]) -> None:
        assert found["endpoint"] == {
            "secret": True,
            "preview": ["NotificationPreview", 1],
            "state": "disabled",
            "scope": 1,
            "listed": True,
        }

    def test_goes_through_lists_and_follows_the_log(self, found: dict[str, Any]) -> None:
        assert (found["pages"], found["board"]) == (True, True)
        assert (found["events"], found["stream"]) == ([1, 2, 3, 4, 5], [3, 4, 5])
