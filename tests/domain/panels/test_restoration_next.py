"""A panel that is lost again after a restoration was completed has another one, which does not forget."""

import pytest

from domain.errors import UnknownMoment
from domain.impact import Status
from domain.panels.errors import RestorationOpen
from domain.panels.restoration import CapabilityState, PanelRestoration
from tests.domain.assertions import recorded, replayed, state
from tests.domain.builders import CARRIER, ana
from tests.domain.panel_builders import (
    CAPABILITIES,
    COMPLETED,
    FIRE,
    NOTE,
    PROVIDER,
    REFUNDS,
    a_completion,
    a_condition,
    a_loss,
    a_return,
    complete,
    march,
    restore_access,
    say,
)

AGAIN = march(25)


def lost_again(before: PanelRestoration, day: int = 25) -> PanelRestoration:
    """Let the same panel be lost once more."""
    return PanelRestoration.begin(
        id=before.id,
        panel=before.panel,
        capabilities=CAPABILITIES,
        provider=PROVIDER,
        reason=FIRE,
        request_policies={},
        before=before,
        provenance=ana(march(day)),
    )


def states(restoration: PanelRestoration) -> dict[str, CapabilityState]:
    """Give how it is with each capability now."""
    return {name: spells[-1].condition.state for name, spells in restoration.capabilities.items()}


class TestNextRestoration:
    @pytest.mark.parametrize("left", [CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE])
    def test_keeps_off_what_was_off(self, left: CapabilityState) -> None:
        before = a_return()
        for capability in CAPABILITIES:
            say(before, march(16), capability)
        off = a_condition(left, note=NOTE, components={CARRIER: Status.DEGRADED_PERFORMANCE})
        say(before, march(17), REFUNDS, off)
        complete(before, COMPLETED, given_up=(REFUNDS,))

        restoration = lost_again(before)
        restore_access(restoration, march(26))

        assert states(restoration) == dict.fromkeys(CAPABILITIES, CapabilityState.UNKNOWN) | {REFUNDS: left}
        assert restoration.condition(REFUNDS, AGAIN) == a_condition(left, note=NOTE)
        assert restoration.statuses == {}
        assert state(replayed(restoration)) == state(restoration)

    def test_loses_what_only_the_one_before_could_do(self) -> None:
        before = a_return()
        say(before, march(16), "archive")
        complete(before, COMPLETED, given_up=CAPABILITIES)

        assert states(lost_again(before))["archive"] is CapabilityState.UNAVAILABLE

    def test_does_not_begin_while_one_is_open(self) -> None:
        for before in (a_loss(), a_return()):
            with pytest.raises(RestorationOpen) as caught:
                lost_again(before)
            assert caught.value.facts == {"restoration": str(before.id)}
            assert recorded(before)[-1] in {"restoration.begun", "restoration.access_restored"}

    def test_does_not_begin_before_the_last_was_completed(self) -> None:
        before = a_completion()

        with pytest.raises(UnknownMoment, match="it was completed at"):
            lost_again(before, day=19)
