"""Access to a panel is lost, promised, and restored; and lost again."""

from collections.abc import Callable

import pytest

from domain.errors import AlreadyCompleted, InTheFuture, UnknownMoment
from domain.panels.errors import AccessAlreadyLost, AccessNotLost
from domain.panels.restoration import CapabilityState, Loss, PanelRestoration, RestorationState
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK, ana, in_english
from tests.domain.panel_builders import (
    API,
    CAPABILITIES,
    FEED,
    FIRE,
    LOGIN,
    LOST,
    NOTE,
    ORDERS,
    POLICIES,
    PROVIDER,
    REFUNDS,
    RESTORED,
    a_completion,
    a_condition,
    a_loss,
    a_return,
    by_day,
    change_policies,
    complete,
    count_accounts,
    lose_access,
    march,
    promise,
    report,
    restore_access,
    say,
    set_recovery_point,
)

SUSPENDED = a_condition(CapabilityState.SUSPENDED)
DEGRADED = a_condition(CapabilityState.DEGRADED)
WHILE_OPEN = [
    lose_access,
    restore_access,
    promise,
    set_recovery_point,
    say,
    count_accounts,
    report,
    change_policies,
    complete,
]
Command = Callable[..., None]


def states(restoration: PanelRestoration) -> dict[str, CapabilityState]:
    """Give the state of each capability as it is now."""
    return {name: spells[-1].condition.state for name, spells in restoration.capabilities.items()}


class TestLoss:
    def test_begins_a_restoration(self) -> None:
        restoration = a_loss()

        assert recorded(restoration) == ["restoration.begun"]
        assert restoration.losses == (Loss(start=LOST, provider=PROVIDER, reason=FIRE),)
        assert (restoration.panel, restoration.began_at, restoration.request_policies) == ("a", LOST, POLICIES)
        assert (restoration.is_lost, restoration.state) == (True, RestorationState.ACCESS_LOST)
        assert (restoration.promise, restoration.next_due, restoration.completed_at) == (None, None, None)

    def test_takes_all_capabilities_with_it(self) -> None:
        restoration = a_loss(capabilities=(LOGIN, API, LOGIN))

        assert list(restoration.capabilities) == [LOGIN, API]
        assert restoration.condition(LOGIN, LOST) == a_condition(CapabilityState.UNAVAILABLE, follows=True)
        assert restoration.condition(LOGIN, LOST - TICK) is None
        assert restoration.condition(ORDERS, LOST) is None

    def test_is_found_by_its_panel(self) -> None:
        assert a_loss().handles == {"restorations:a": LOST}

    def test_may_not_lie_in_the_future(self) -> None:
        with pytest.raises(InTheFuture):
            PanelRestoration.begin(
                id=a_loss().id,
                panel="a",
                capabilities=(),
                provider=PROVIDER,
                reason=FIRE,
                request_policies={},
                provenance=ana(march(10, "00:40:05.000001"), LOST),
            )


class TestReturn:
    def test_gives_access_again(self) -> None:
        restoration = a_return()

        assert recorded(restoration) == ["restoration.begun", "restoration.access_restored"]
        assert restoration.losses == (
            Loss(start=LOST, end=RESTORED, provider=PROVIDER, reason=FIRE, restored_note=NOTE),
        )
        assert (restoration.is_lost, restoration.state) == (False, RestorationState.ACCESS_RESTORED)

    def test_says_of_no_capability_how_it_is(self) -> None:
        restoration = a_return()

        assert set(states(restoration).values()) == {CapabilityState.UNKNOWN}
        spells = restoration.capabilities[LOGIN]
        assert [(spell.start, spell.end) for spell in spells] == [(LOST, RESTORED), (RESTORED, None)]

    def test_leaves_what_was_said_of_a_capability(self) -> None:
        restoration = a_loss()
        unavailable = a_condition(CapabilityState.UNAVAILABLE, note=NOTE)
        for capability, condition in ((API, a_condition()), (ORDERS, DEGRADED), (REFUNDS, unavailable)):
            say(restoration, march(11), capability, condition)

        restore_access(restoration, RESTORED)

        assert states(restoration) == {
            LOGIN: CapabilityState.UNKNOWN,
            API: CapabilityState.AVAILABLE,
            ORDERS: CapabilityState.DEGRADED,
            REFUNDS: CapabilityState.UNAVAILABLE,
        }

    def test_ends_waiting_for_what_was_promised(self) -> None:
        restoration = a_loss()
        promise(restoration, march(12))

        restore_access(restoration, RESTORED)

        assert restoration.next_due is None
        assert restoration.promise is not None
        assert not restoration.promise.is_overdue

    def test_may_be_of_the_very_moment_of_the_loss(self) -> None:
        restoration = a_loss()

        restore_access(restoration, LOST, recorded=march(11))

        assert restoration.losses[0].end == LOST

    def test_that_is_late_keeps_what_is_known_to_have_been_said_after_it(self) -> None:
        restoration = a_loss()
        say(restoration, march(14), ORDERS, DEGRADED)

        restore_access(restoration, march(13), recorded=march(16))

        assert [(spell.condition.state, spell.start, spell.end) for spell in restoration.capabilities[ORDERS]] == [
            (CapabilityState.UNAVAILABLE, LOST, march(13)),
            (CapabilityState.UNKNOWN, march(13), march(14)),
            (CapabilityState.DEGRADED, march(14), None),
        ]

    def test_is_refused_where_there_is_access(self) -> None:
        restoration = a_return()

        with refused(restoration, AccessNotLost, match="access was restored before"):
            restore_access(restoration, march(16))


class TestFurtherLoss:
    def test_lets_capabilities_fall_again(self) -> None:
        restoration = a_return()
        for capability, condition in ((LOGIN, a_condition()), (API, DEGRADED), (REFUNDS, SUSPENDED)):
            say(restoration, march(16), capability, condition)

        lose_access(restoration, march(17), (*CAPABILITIES, FEED))

        assert recorded(restoration)[-1] == "restoration.access_lost"
        assert (restoration.is_lost, restoration.state) == (True, RestorationState.ACCESS_LOST)
        assert states(restoration) == {
            LOGIN: CapabilityState.UNAVAILABLE,
            API: CapabilityState.UNAVAILABLE,
            ORDERS: CapabilityState.UNAVAILABLE,
            REFUNDS: CapabilityState.SUSPENDED,
            FEED: CapabilityState.UNAVAILABLE,
        }

    def test_and_its_end_leave_what_we_switched_off(self) -> None:
        restoration = a_return()
        say(restoration, march(16), REFUNDS, SUSPENDED)

        lose_access(restoration, march(17))
        restore_access(restoration, march(18))

        assert states(restoration)[REFUNDS] is CapabilityState.SUSPENDED
        assert states(restoration)[ORDERS] is CapabilityState.UNKNOWN

    def test_keeps_the_history_of_losses(self) -> None:
        restoration = a_return()

        lose_access(restoration, march(17))
        restore_access(restoration, march(18))

        assert [(loss.start, loss.end) for loss in restoration.losses] == [(LOST, RESTORED), (march(17), march(18))]
        assert restoration.began_at == LOST
        assert restoration.handles == {"restorations:a": LOST}

    def test_may_be_of_the_moment_of_the_return(self) -> None:
        restoration = a_return()

        lose_access(restoration, RESTORED, recorded=march(16))

        assert states(restoration)[LOGIN] is CapabilityState.UNAVAILABLE
        assert [spell.start for spell in restoration.capabilities[LOGIN]] == [LOST, RESTORED]

    def test_that_is_late_keeps_what_is_known_to_have_been_said_after_it(self) -> None:
        restoration = a_return()
        say(restoration, march(17), LOGIN)

        lose_access(restoration, march(16), recorded=march(18))

        assert restoration.is_lost
        assert [(spell.condition.state, spell.start) for spell in restoration.capabilities[LOGIN]][-2:] == [
            (CapabilityState.UNAVAILABLE, march(16)),
            (CapabilityState.AVAILABLE, march(17)),
        ]

    def test_is_refused_while_access_is_lost(self) -> None:
        restoration = a_loss()

        with refused(restoration, AccessAlreadyLost, match=r"lost already, since 2021-03-09T23:40:00Z"):
            lose_access(restoration, march(11))

    def test_is_refused_of_a_time_before_the_return(self) -> None:
        restoration = a_return()

        with refused(restoration, UnknownMoment, match="access was restored at"):
            lose_access(restoration, RESTORED - TICK, recorded=march(16))

    def test_does_not_end_before_it_began(self) -> None:
        restoration = a_return()
        lose_access(restoration, march(17))

        with refused(restoration, UnknownMoment, match=r"access was lost at 2021-03-16T23:00:00Z"):
            restore_access(restoration, march(17) - TICK, recorded=march(18))

    def test_forgets_no_promise_but_waits_for_none(self) -> None:
        restoration = a_loss()
        promise(restoration, march(12))
        restore_access(restoration, RESTORED)

        lose_access(restoration, march(17))

        assert (len(restoration.promises), restoration.promise, restoration.next_due) == (1, None, None)
        promise(restoration, march(17), by_day(25))
        assert [(each.number, each.loss) for each in restoration.promises] == [(1, 1), (2, 2)]
        assert restoration.next_due == march(26)


class TestOpenRestoration:
    @pytest.mark.parametrize("do", WHILE_OPEN)
    def test_is_no_longer_one_once_it_is_completed(self, do: Command) -> None:
        restoration = a_completion()

        with refused(restoration, AlreadyCompleted, match="is completed"):
            do(restoration, march(21))

    @pytest.mark.parametrize("do", WHILE_OPEN)
    def test_has_no_past_before_the_loss(self, do: Command) -> None:
        restoration = a_loss()

        with refused(restoration, UnknownMoment, match="access was lost at"):
            do(restoration, LOST - TICK, recorded=march(16))

    @pytest.mark.parametrize("do", [change_policies, count_accounts, promise, restore_access, say, set_recovery_point])
    def test_has_a_past_since_the_loss(self, do: Command) -> None:
        restoration = a_loss()

        do(restoration, LOST, recorded=march(16))

        assert len(recorded(restoration)) == 2

    def test_may_change_its_request_policies(self) -> None:
        restoration = a_loss()

        change_policies(restoration, march(16), POLICIES)
        change_policies(restoration, march(16), {})
        change_policies(restoration, march(17), {})

        assert recorded(restoration) == ["restoration.begun", "restoration.request_policies_changed"]
        assert restoration.request_policies == {}

    def test_has_texts_as_they_were_said(self) -> None:
        restoration = a_return()

        restoration.lose_access(
            capabilities=(), provider=in_english("X"), reason=in_english("Y"), provenance=ana(march(17))
        )

        assert (restoration.losses[1].provider, restoration.losses[1].reason) == (in_english("X"), in_english("Y"))
