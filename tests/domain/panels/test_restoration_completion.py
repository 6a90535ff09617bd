"""A restoration is completed when every capability is available, or said to be given up."""

from collections.abc import Iterable

import pytest

from domain.errors import AlreadyCompleted, InTheFuture, UnknownMoment
from domain.panels.errors import AccessNotRestored, CapabilityNotAvailable, NoSuchCapability
from domain.panels.restoration import CapabilityState, PanelRestoration, RestorationState
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK
from tests.domain.panel_builders import (
    API,
    CAPABILITIES,
    COMPLETED,
    FEED,
    LOGIN,
    LOST,
    ORDERS,
    REFUNDS,
    RESTORED,
    a_completion,
    a_condition,
    a_loss,
    a_return,
    by_day,
    complete,
    handle_due,
    lose_access,
    march,
    say,
)


def a_return_with(capabilities: Iterable[str]) -> PanelRestoration:
    """Give a restoration with access again, and these capabilities available since the 16th."""
    restoration = a_return()
    for capability in capabilities:
        say(restoration, march(16), capability)
    return restoration


class TestCompletion:
    def test_comes_when_all_is_available(self) -> None:
        restoration = a_return_with(CAPABILITIES)

        complete(restoration, COMPLETED)

        assert recorded(restoration)[-1] == "restoration.completed"
        assert (restoration.state, restoration.completed_at) == (RestorationState.COMPLETED, COMPLETED)
        assert (restoration.given_up, restoration.is_lost, restoration.unavailable()) == ((), False, [])

    def test_comes_without_what_is_given_up(self) -> None:
        restoration = a_return_with((LOGIN, API))

        complete(restoration, COMPLETED, given_up=[REFUNDS, ORDERS, REFUNDS])

        assert restoration.given_up == (ORDERS, REFUNDS)
        assert restoration.unavailable() == [ORDERS, REFUNDS]

    def test_gives_up_nothing_that_is_available(self) -> None:
        restoration = a_return_with((LOGIN, API, ORDERS))

        complete(restoration, COMPLETED, given_up=CAPABILITIES)

        assert restoration.given_up == (REFUNDS,)

    @pytest.mark.parametrize("state", [state for state in CapabilityState if state != "available"])
    def test_is_refused_while_a_capability_is_not_available(self, state: CapabilityState) -> None:
        restoration = a_return_with((LOGIN, API, ORDERS))
        say(restoration, march(17), ORDERS, a_condition(state))

        with refused(restoration, CapabilityNotAvailable, match="orders neither available nor given up") as caught:
            complete(restoration, COMPLETED, given_up=(REFUNDS,))

        assert caught.value.facts == {"capabilities": ORDERS}

    def test_names_all_that_is_left(self) -> None:
        restoration = a_return()
        say(restoration, march(16), FEED, a_condition(CapabilityState.DEGRADED))

        with refused(restoration, CapabilityNotAvailable) as caught:
            complete(restoration, COMPLETED, given_up=(API,))

        assert caught.value.facts == {"capabilities": "login, orders, refund_action, comparison_feed"}

    def test_is_refused_without_what_nobody_knows(self) -> None:
        restoration = a_return_with(CAPABILITIES)

        with refused(restoration, NoSuchCapability, match="knows no capability comparison_feed"):
            complete(restoration, COMPLETED, given_up=("zeal", FEED))

    def test_is_refused_while_access_is_lost(self) -> None:
        again = a_return_with(CAPABILITIES)
        lose_access(again, march(17))

        for restoration in (a_loss(), again):
            with refused(restoration, AccessNotRestored, match="access is lost"):
                complete(restoration, COMPLETED, given_up=CAPABILITIES)

    def test_is_refused_a_second_time(self) -> None:
        restoration = a_completion()

        with refused(restoration, AlreadyCompleted):
            complete(restoration, COMPLETED, given_up=CAPABILITIES)

    def test_may_be_of_the_moment_of_the_return_but_not_before(self) -> None:
        restoration = a_return()

        with refused(restoration, UnknownMoment, match="access was restored at"):
            complete(restoration, RESTORED - TICK, given_up=CAPABILITIES, recorded=COMPLETED)

        complete(restoration, RESTORED, given_up=CAPABILITIES, recorded=COMPLETED)
        assert restoration.completed_at == RESTORED

    def test_is_refused_in_the_future(self) -> None:
        restoration = a_return_with(CAPABILITIES)

        with refused(restoration, InTheFuture):
            complete(restoration, march(20, "18:00:05.000001"), recorded=COMPLETED)


class TestGivenUpCapability:
    """A capability without which the restoration was completed."""

    def test_may_come_back_after_all(self) -> None:
        restoration = a_completion()

        say(restoration, march(21), REFUNDS)

        assert restoration.condition(REFUNDS, march(21)) == a_condition()
        assert (restoration.unavailable(), restoration.given_up) == ([], (REFUNDS,))

    def test_is_the_only_one_of_which_more_can_be_said(self) -> None:
        restoration = a_completion()

        for capability in (ORDERS, FEED):
            with refused(restoration, AlreadyCompleted):
                say(restoration, march(21), capability, a_condition(CapabilityState.DEGRADED))

    def test_is_late_though_given_up_if_it_was_expected(self) -> None:
        restoration = a_return_with((LOGIN, API, ORDERS))
        say(restoration, march(17), REFUNDS, a_condition(CapabilityState.DEGRADED, expected=by_day(22)))
        complete(restoration, COMPLETED, given_up=(REFUNDS,))
        assert restoration.next_due == march(23)

        handle_due(restoration, march(23))

        assert recorded(restoration)[-2:] == ["restoration.completed", "restoration.expectation_lapsed"]
        assert restoration.capabilities[REFUNDS][-1].is_overdue

    def test_has_no_past_before_the_loss_and_no_future(self) -> None:
        restoration = a_completion()

        with refused(restoration, UnknownMoment, match="access was lost at"):
            say(restoration, LOST - TICK, REFUNDS, recorded=march(21))
        with refused(restoration, InTheFuture):
            say(restoration, march(21, "00:00:05.000001"), REFUNDS, recorded=march(21))
