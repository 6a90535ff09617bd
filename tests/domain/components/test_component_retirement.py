"""A component is not retired while anything affects it, whoever knows of it."""

from datetime import date
from uuid import UUID

from domain.components import Component
from domain.components.errors import CauseStillOpen
from domain.components.events import Profile
from domain.impact import Status
from tests.domain.assertions import refused
from tests.domain.builders import CARRIER, ana, at, in_english

PROFILE = Profile(
    key=CARRIER,
    name=in_english("Carrier A"),
    group="carriers",
    description={},
    markets=(),
    is_public=True,
    since=date(2025, 1, 1),
    vouched_from=at("00:00"),
    position=1,
    heartbeat=None,
)


class TestRetirement:
    def test_is_refused_with_the_number_of_causes_and_pins_together(self) -> None:
        component = Component.register(profile=PROFILE, provenance=ana(at("09:00")))
        component.pin(pin_id=UUID(int=1), status=Status.PARTIAL_OUTAGE, reason="a strike", provenance=ana(at("10:00")))

        with refused(component, CauseStillOpen, match="2 open"):
            component.retire(open_causes=1, provenance=ana(at("10:05")))
