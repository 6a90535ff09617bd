"""What a panel can do is said capability by capability, from when on, and until when it is expected to be back."""

from datetime import datetime

import pytest

from domain.errors import InTheFuture, TooManyEntries, UnknownMoment
from domain.panels.restoration import CapabilityState, PanelRestoration, Spell
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import TICK, in_english
from tests.domain.panel_builders import (
    API,
    FEED,
    LOGIN,
    LOST,
    NOTE,
    ORDERS,
    REFUNDS,
    RESTORED,
    a_condition,
    a_loss,
    a_return,
    by_day,
    by_instant,
    handle_due,
    let_time_pass,
    march,
    promise,
    restore_access,
    say,
)

DEGRADED = a_condition(CapabilityState.DEGRADED, note=NOTE)
EXPECTED = a_condition(CapabilityState.SUSPENDED, expected=by_day(22))
DUE = march(23)


def spans(restoration: PanelRestoration, capability: str = ORDERS) -> list[tuple[str, datetime, datetime | None]]:
    """Give the state of a capability, and from when until when it held."""
    return [(spell.condition.state, spell.start, spell.end) for spell in restoration.capabilities[capability]]


def is_overdue(restoration: PanelRestoration, capability: str = ORDERS) -> bool:
    """Tell whether a capability is later than expected."""
    return restoration.capabilities[capability][-1].is_overdue


class TestCondition:
    @pytest.mark.parametrize("state", CapabilityState)
    def test_holds_from_when_it_is_said_of(self, state: CapabilityState) -> None:
        restoration = a_loss()
        condition = a_condition(state, note=NOTE)

        say(restoration, march(12), ORDERS, condition)

        assert recorded(restoration) == ["restoration.begun", "restoration.capability_set"]
        assert restoration.condition(ORDERS, march(12)) == condition
        assert restoration.condition(ORDERS, march(12) - TICK) == a_condition(CapabilityState.UNAVAILABLE, follows=True)
        assert spans(restoration) == [(CapabilityState.UNAVAILABLE, LOST, march(12)), (state, march(12), None)]

    def test_may_be_said_of_what_the_panel_did_not_name(self) -> None:
        restoration = a_loss()

        say(restoration, march(12), FEED, DEGRADED)

        assert restoration.capabilities[FEED] == (Spell(condition=DEGRADED, start=march(12), since=march(12)),)
        assert restoration.condition(FEED, march(11)) is None

    def test_that_is_known_is_said_no_second_time(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, DEGRADED)

        say(restoration, march(12), ORDERS, DEGRADED)
        say(restoration, march(13), ORDERS, DEGRADED)

        assert recorded(restoration).count("restoration.capability_set") == 1

    def test_that_followed_from_the_loss_is_said_by_somebody_after_all(self) -> None:
        restoration = a_loss()

        say(restoration, march(12), ORDERS, a_condition(CapabilityState.UNAVAILABLE))
        restore_access(restoration, RESTORED)

        assert spans(restoration)[-1] == (CapabilityState.UNAVAILABLE, march(12), None)

    def test_that_begins_as_another_does_takes_its_place(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, DEGRADED)

        say(restoration, march(12), ORDERS)

        assert spans(restoration)[1:] == [(CapabilityState.AVAILABLE, march(12), None)]

    def test_is_refused_beyond_two_hundred_capabilities(self) -> None:
        restoration = a_loss(capabilities=[f"capability-{number}" for number in range(199)])
        say(restoration, march(12), ORDERS)

        with refused(restoration, TooManyEntries, match="has 200 capabilities"):
            say(restoration, march(12), FEED)

        say(restoration, march(13), ORDERS, DEGRADED)

    @pytest.mark.parametrize(
        ("moment", "refusal"), [(LOST - TICK, UnknownMoment), (march(16, "00:00:05.000001"), InTheFuture)]
    )
    def test_is_refused_of_a_time_before_the_loss_or_to_come(
        self, moment: datetime, refusal: type[UnknownMoment | InTheFuture]
    ) -> None:
        restoration = a_loss()

        with refused(restoration, refusal):
            say(restoration, moment, recorded=march(16))


class TestLateCondition:
    def test_holds_until_what_is_known_to_have_been_said_next(self) -> None:
        restoration = a_loss()
        say(restoration, march(14))

        say(restoration, march(12), ORDERS, DEGRADED, recorded=march(16))

        assert spans(restoration) == [
            (CapabilityState.UNAVAILABLE, LOST, march(12)),
            (CapabilityState.DEGRADED, march(12), march(14)),
            (CapabilityState.AVAILABLE, march(14), None),
        ]
        assert restoration.condition(ORDERS, march(14) - TICK) == DEGRADED

    def test_may_come_before_all_that_is_known(self) -> None:
        restoration = a_loss()
        say(restoration, march(14), FEED)

        say(restoration, march(12), FEED, DEGRADED, recorded=march(16))

        assert spans(restoration, FEED) == [
            (CapabilityState.DEGRADED, march(12), march(14)),
            (CapabilityState.AVAILABLE, march(14), None),
        ]

    def test_is_said_though_it_is_as_it_is_now(self) -> None:
        restoration = a_loss()
        say(restoration, march(14))

        say(restoration, march(12), recorded=march(16))

        assert spans(restoration)[1:] == [
            (CapabilityState.AVAILABLE, march(12), march(14)),
            (CapabilityState.AVAILABLE, march(14), None),
        ]
        assert restoration.capabilities[ORDERS][2].since == march(12)

    def test_leaves_what_is_overdue_as_it_is(self) -> None:
        restoration = a_loss()
        say(restoration, march(14), ORDERS, EXPECTED)
        let_time_pass(restoration, until=DUE)

        say(restoration, march(12), ORDERS, DEGRADED, recorded=march(24))

        assert is_overdue(restoration)
        assert restoration.next_due is None

    def test_does_not_wait_for_what_was_expected_then(self) -> None:
        restoration = a_loss()
        say(restoration, march(14))

        say(restoration, march(12), ORDERS, EXPECTED, recorded=march(16))

        assert restoration.next_due is None


class TestSince:
    """Since when a state has held, whatever else was said meanwhile."""

    def test_is_the_beginning_of_the_state(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, DEGRADED)
        say(restoration, march(13), ORDERS, a_condition(CapabilityState.DEGRADED, note=in_english("Slow.")))
        say(restoration, march(14))
        say(restoration, march(15), ORDERS, DEGRADED)
        spells = restoration.capabilities[ORDERS]

        assert [spell.since for spell in spells] == [LOST, march(12), march(12), march(14), march(15)]

    def test_is_the_loss_if_it_was_never_otherwise(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, a_condition(CapabilityState.UNAVAILABLE, note=NOTE))

        assert restoration.capabilities[ORDERS][1].since == LOST


class TestExpectation:
    def test_passes_at_the_due_instant_and_not_before(self) -> None:
        restoration = a_return()
        say(restoration, march(16), ORDERS, EXPECTED)
        assert restoration.next_due == DUE

        handle_due(restoration, DUE - TICK)
        assert not is_overdue(restoration)

        handle_due(restoration, DUE)
        assert recorded(restoration)[-1] == "restoration.expectation_lapsed"
        assert is_overdue(restoration)
        assert restoration.next_due is None

    @pytest.mark.parametrize("state", [state for state in CapabilityState if state != "available"])
    def test_is_of_whatever_is_not_available(self, state: CapabilityState) -> None:
        restoration = a_return()

        say(restoration, march(16), ORDERS, a_condition(state, expected=by_day(22)))

        assert restoration.next_due == DUE

    def test_is_over_once_it_is_available(self) -> None:
        restoration = a_return()
        say(restoration, march(16), ORDERS, EXPECTED)
        let_time_pass(restoration, until=DUE)

        say(restoration, march(24), ORDERS, a_condition(expected=by_day(28)))

        assert not is_overdue(restoration)
        assert restoration.next_due is None

    def test_may_be_moved(self) -> None:
        restoration = a_return()
        say(restoration, march(16), ORDERS, EXPECTED)

        say(restoration, march(17), ORDERS, a_condition(CapabilityState.SUSPENDED, expected=by_day(24)))
        handle_due(restoration, DUE)

        assert (is_overdue(restoration), restoration.next_due) == (False, march(25))

    def test_passes_in_order(self) -> None:
        restoration = a_loss()
        promise(restoration, march(12), by_day(20))
        for capability, deadline in ((LOGIN, by_day(21)), (API, by_day(19)), (ORDERS, by_day(20))):
            say(restoration, march(12), capability, a_condition(CapabilityState.UNAVAILABLE, expected=deadline))

        let_time_pass(restoration, until=march(26))

        lapsed = happened(restoration)[-4:]
        assert [event.provenance.occurred_at for event in lapsed] == [march(20), march(21), march(21), march(22)]
        assert [is_overdue(restoration, name) for name in (LOGIN, API, ORDERS, REFUNDS)] == [True, True, True, False]

    def test_passes_not_before_what_passes_earlier(self) -> None:
        restoration = a_loss()
        promise(restoration, march(12), by_day(21))
        say(restoration, march(12), ORDERS, EXPECTED)

        handle_due(restoration, DUE)

        assert recorded(restoration)[-1] == "restoration.capability_set"
        assert restoration.next_due == march(22)

    def test_of_several_at_one_instant_passes_in_one_visit(self) -> None:
        restoration = a_loss()
        promise(restoration, march(12), by_day(22))
        for capability in (LOGIN, ORDERS):
            say(restoration, march(12), capability, EXPECTED)

        handle_due(restoration, DUE)

        assert recorded(restoration)[-3:] == ["restoration.promise_lapsed", *["restoration.expectation_lapsed"] * 2]
        assert restoration.next_due is None

    def test_told_of_late_passes_at_once(self) -> None:
        restoration = a_return()
        say(restoration, march(16), ORDERS, EXPECTED, recorded=march(24))

        let_time_pass(restoration, until=march(24))

        assert is_overdue(restoration)

    @pytest.mark.parametrize("due", [march(16), march(15)])
    def test_is_refused_for_the_past(self, due: datetime) -> None:
        restoration = a_return()

        with refused(restoration, UnknownMoment, match="has passed at"):
            say(restoration, march(16), ORDERS, a_condition(CapabilityState.DEGRADED, expected=by_instant(due)))
