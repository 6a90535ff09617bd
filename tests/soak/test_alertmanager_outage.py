"""The service is away for a minute, and a real Alertmanager tells it afterwards what happened meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.alertmanager import alerting
from tests.e2e.client import Desk, a_desk
from tests.e2e.outages import Outage, live_through, without_a_process, without_a_store

MINUTE_SECONDS, SHORT_SECONDS = 60, 12
"""A short one, too, is longer than Alertmanager tries to send one notification."""


@pytest.fixture
def seconds(pytestconfig: pytest.Config) -> int:
    """How long the service is away."""
    return SHORT_SECONDS if pytestconfig.getoption("--short", default=False) else MINUTE_SECONDS


@pytest.fixture
def desk(database: str, tmp_path: Path, process_environment: dict[str, str]) -> Iterator[Desk]:
    """A server with one component."""
    with a_desk(database, tmp_path, process_environment) as desk:
        desk.register("labels")
        yield desk


class TestMinute:
    @pytest.mark.parametrize(
        ("database", "outage"),
        [
            pytest.param("sqlite", without_a_store, marks=pytest.mark.long),
            pytest.param("postgres", without_a_store, marks=pytest.mark.long),
            ("postgres", without_a_process),
        ],
        indirect=["database"],
    )
    def test_without_the_service_loses_nothing(
        self, alertmanager_program: str, desk: Desk, tmp_path: Path, seconds: int, outage: Outage
    ) -> None:
        with alerting(
            alertmanager_program, tmp_path / "alertmanager", webhook=desk.webhook("labels"), token=desk.emitter
        ) as alertmanager:
            live_through(desk, alertmanager, outage, source="labels", seconds=seconds)
