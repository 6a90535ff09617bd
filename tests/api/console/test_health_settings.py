"""How the service is doing, as the console says it."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from api.console.settings.health import READINGS
from api.console.settings.health_advice import ADVICE
from application.health import ReasonCode
from domain.access.keyring import Role
from tests.api.client import Site
from tests.api.console.visitor import signed_in

HEALTH = "/console/settings/health"


class TestHealth:
    def test_says_that_all_is_well(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        # To sign in is an event, which the views have to follow.
        site.tick()

        visitor.opens(HEALTH).reads(
            "The service works", "What was looked at", "What is read", "Up to date", "Clock", "Right"
        )

    def test_says_what_is_wrong_and_what_to_do(self, site: Site) -> None:
        site.component("labels")
        visitor = signed_in(site, site.operator)
        site.clock.moment -= timedelta(minutes=1)

        visitor.opens(HEALTH)

        visitor.reads(
            "The service cannot do its work",
            "The clock of the machine is behind",
            "What to do: Nothing becomes due until it has caught up. Set the clock right, for example with NTP.",
            "1 minute behind the last event: nothing becomes due",
        )

    def test_has_advice_for_every_reason(self) -> None:
        assert set(get_args(ReasonCode)) == ADVICE.keys()

    def test_shows_no_positions_to_reviewers(self, site: Site) -> None:
        visitor = signed_in(site, site.a(Role.REVIEWER)).opens(HEALTH)

        visitor.reads("The service works", "Operators and auditors see more here.").does_not_read("Events recorded")

    def test_reads_figures_that_there_are(self, site: Site) -> None:
        text = site.operator.get("/metrics").text

        assert [each for each in READINGS if f"\n{each} " not in text] in ([], ["bitacora_log_checkpoint_age_seconds"])
