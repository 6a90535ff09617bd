"""The first screen: what needs somebody now, by what they may see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at
from tests.api.console.busy_night import a_busy_night
from tests.api.console.queue_steps import many_to_check
from tests.api.console.recovering import a_recovery
from tests.api.console.visitor import signed_in
from tests.api.ledger_steps import a_request, decided, handed_in


class TestNow:
    def test_says_that_nothing_needs_anybody(self, site: Site) -> None:
        signed_in(site, site.operator).reads(
            "Now",
            "Nothing needs you. No incident is open, no signal fires, no window is due within a day, no promise is"
            " late, and no held request is open.",
        )

    def test_tells_operators_of_which_causes_requests_are_still_open(self, site: Site) -> None:
        many_to_check(site, 3)
        site.set_clock(at("10:00"))

        visitor = signed_in(site, site.operator).does_not_read("Nothing needs you")

        visitor.reads(
            "Held requests",
            "3 requests are open. Reviewers check them. Operators see how many there are, and what held them up.",
            "Trouble: 3 open. It ended on March 4, 2025, 08:00 UTC, 2 hours ago.",
        )
        assert visitor.link("Trouble").startswith("/console/incidents/")

    def test_tells_operators_of_requests_for_which_they_are_to_find_a_cause(self, site: Site) -> None:
        handed_in(site, [a_request(None, "one"), a_request(None, "two")])
        site.tick()

        visitor = signed_in(site, site.operator).does_not_read("Nothing needs you")

        visitor.reads("Held requests", "2 requests came without a cause. You can assign one.")
        assert visitor.link("You can assign one.") == "/console/queue"

    def test_no_longer_tells_operators_of_requests_once_all_are_settled(self, site: Site) -> None:
        decided(site)
        site.tick()

        signed_in(site, site.operator).reads(
            "Now",
            "Nothing needs you. No incident is open, no signal fires, no window is due within a day, no promise is"
            " late, and no held request is open.",
        ).does_not_read("Held requests")

    def test_never_says_so_while_the_service_itself_is_not_well(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finding = {"code": "timer_failed", "message": "a timer failed"}
        monkeypatch.setattr(site.bitacora.facade.health, "findings", lambda: [finding])

        visitor = signed_in(site, site.operator)

        visitor.reads("The service itself needs you", "A timer failed.").does_not_read("Nothing needs you")

    def test_says_that_there_are_more_incidents_than_it_lists(self, site: Site) -> None:
        site.component("orders")
        for number in range(21):
            site.incident({"orders": "partial_outage"}, title=f"Trouble {number}")
        site.tick()

        visitor = signed_in(site, site.operator)

        assert sum(line.startswith("Trouble ") for line in visitor.lines) == 20
        visitor.reads("There are more. See all incidents")

    def test_shows_operators_what_goes_on_and_what_happens_by_itself(self, site: Site) -> None:
        a_busy_night(site)

        signed_in(site, site.operator).reads(
            "Open incidents",
            "Detected: Label printing Readers do not see it",
            "Investigating · since March 4, 2025, 08:00 UTC (0 seconds) · 1 signal fires",
        )

    def test_shows_reviewers_what_does_not_work_and_what_they_have_to_check(self, site: Site) -> None:
        a_busy_night(site)

        signed_in(site, site.a(Role.REVIEWER)).reads(
            "Requests to check",
            "No request waits to be checked.",
            "Components that are not well",
            "Order import Major outage",
        )

    def test_says_how_to_come_back_to_it_once_the_session_has_ended(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        site.set_clock(at("08:31"))

        visitor.opens("/console").reads(
            "Sign in", "Sign in, and you go on where you were. A session ends when it is not used for a while."
        )

    def test_names_panels_and_functions_that_are_late(self, site: Site) -> None:
        a_recovery(site)
        site.set_clock(datetime(2025, 3, 10, 8, tzinfo=UTC))

        lines = signed_in(site, site.operator).lines

        assert [line.partition(" was promised")[0] for line in lines if " was promised for " in line] == [
            "Access to Panel A",
            "Price synchronization on Panel A",
        ]

    def test_names_what_is_late(self, site: Site) -> None:
        a_busy_night(site)
        site.set_clock(at("09:30"))

        signed_in(site, site.operator).reads(
            "Late promises", "Orders do not arrive was promised for March 4, 2025, 09:00 UTC, 30 minutes ago."
        )
