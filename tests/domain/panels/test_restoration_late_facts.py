"""What is told late of a restoration takes the place that its time gives it, and what is told again keeps its mark."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.errors import TooManyEntries, UnknownMoment
from domain.panels.account import Particulars, Relief
from domain.panels.errors import CapabilityNotAvailable, NoInventory
from domain.panels.restoration import CapabilityState, PanelRestoration
from tests.domain.assertions import recorded, refused
from tests.domain.builders import ana
from tests.domain.panel_builders import (
    CAPABILITIES,
    COMPLETED,
    NOTE,
    ORDERS,
    REFUNDS,
    a_completion,
    a_condition,
    a_loss,
    a_return,
    abandon,
    by_day,
    complete,
    count_accounts,
    end_suppression,
    instruct,
    let_time_pass,
    lose_access,
    march,
    promise,
    report,
    restore_access,
    say,
    set_recovery_point,
    suppress,
)
from tests.domain.recovery_builders import an_account, describe


class TestCompletionToldLate:
    def test_is_refused_if_something_was_not_available_then(self) -> None:
        restoration = a_return()
        for capability in CAPABILITIES:
            say(restoration, march(19), capability)

        with refused(restoration, CapabilityNotAvailable):
            complete(restoration, march(17), recorded=COMPLETED)

        complete(restoration, march(19), recorded=COMPLETED)
        assert restoration.completed_at == march(19)


class TestPromiseToldLate:
    def test_does_not_displace_the_one_that_was_made_later(self) -> None:
        restoration = a_loss()
        promise(restoration, march(14), by_day(22))
        promise(restoration, march(12), by_day(16), recorded=march(15))

        assert restoration.promise is not None
        assert restoration.promise.promised_for.said == "2021-03-22"
        let_time_pass(restoration, until=march(20))
        assert recorded(restoration)[-1] == "restoration.promised"


class TestRecoveryPointToldLate:
    def test_does_not_displace_the_one_that_was_said_later(self) -> None:
        restoration = a_loss()
        set_recovery_point(restoration, march(14), march(9))
        set_recovery_point(restoration, march(12), march(8), recorded=march(15))

        assert restoration.recovery_point is not None
        assert restoration.recovery_point.as_of == march(9)


class TestProgressToldLate:
    def test_does_not_displace_what_was_said_later(self) -> None:
        restoration = a_loss()
        count_accounts(restoration, march(12), 10)
        report(restoration, march(14))
        report(restoration, march(13), recorded=march(15))

        assert restoration.report is not None
        assert restoration.report.number == 1


class TestMeasureToldLate:
    @pytest.mark.parametrize("do", [suppress, abandon, instruct])
    def test_is_refused_of_a_time_before_the_loss(self, do: Callable[..., None]) -> None:
        restoration = a_loss()

        with refused(restoration, UnknownMoment):
            do(restoration, march(1), recorded=march(12))

    def test_does_not_end_before_it_began(self) -> None:
        restoration = a_loss()
        suppress(restoration, march(16))

        with refused(restoration, UnknownMoment):
            end_suppression(restoration, march(12), recorded=march(17))


class TestOverdueCapability:
    @staticmethod
    def overdue() -> PanelRestoration:
        restoration = a_return()
        expected = a_condition(CapabilityState.UNAVAILABLE, expected=by_day(19))
        say(restoration, march(16), ORDERS, expected)
        let_time_pass(restoration, until=march(20))
        assert restoration.capabilities[ORDERS][-1].is_overdue
        return restoration

    def test_stays_overdue_with_another_note(self) -> None:
        restoration = self.overdue()
        noted = a_condition(CapabilityState.UNAVAILABLE, expected=by_day(19), note=NOTE)

        say(restoration, march(22), ORDERS, noted)

        assert restoration.capabilities[ORDERS][-1].condition == noted
        assert restoration.capabilities[ORDERS][-1].is_overdue
        assert restoration.next_due is None

    def test_is_overdue_no_more_once_it_is_available_or_expected_later(self) -> None:
        for condition in (
            a_condition(expected=by_day(19)),
            a_condition(CapabilityState.UNAVAILABLE, expected=by_day(29)),
        ):
            restoration = self.overdue()
            say(restoration, march(22), ORDERS, condition)
            assert not restoration.capabilities[ORDERS][-1].is_overdue


class TestSecondLoss:
    def test_leaves_what_was_said_to_be_unavailable_as_it_was_said(self) -> None:
        restoration = a_return()
        said = a_condition(CapabilityState.UNAVAILABLE, note=NOTE)
        say(restoration, march(16), ORDERS, said)

        lose_access(restoration, march(17))
        restore_access(restoration, march(18))

        assert restoration.condition(ORDERS, march(19)) == said


class TestGivenUpCapability:
    def test_can_be_expected_after_all(self) -> None:
        restoration = a_completion()
        say(restoration, march(21), REFUNDS, a_condition(CapabilityState.UNAVAILABLE, expected=by_day(24)))

        let_time_pass(restoration, until=march(25))

        assert recorded(restoration)[-1] == "restoration.expectation_lapsed"


class TestInventoryZero:
    def test_is_no_inventory(self) -> None:
        restoration = a_loss()
        count_accounts(restoration, march(12), 10)

        with refused(restoration, NoInventory):
            report(restoration, march(13), revision=0)


class TestAccountHandedInAgain:
    def test_keeps_what_is_not_said_anew(self) -> None:
        recovery = an_account()
        known = recovery.particulars
        describe(recovery, march(13), Particulars(note="a small shop"))
        describe(recovery, march(14), Particulars())

        assert recovery.particulars == Particulars(created_on=known.created_on, note="a small shop")


class TestRelief:
    def test_gets_another_end_though_there_is_no_room_for_more(self) -> None:
        recovery = an_account()

        def relieve(day: int, days: int) -> None:
            start = march(1) + timedelta(days=day)
            recovery.relieve(
                relief=Relief.FREE_OF_CHARGE,
                start=start,
                until=start + timedelta(days=days),
                note={},
                provenance=ana(march(13)),
            )

        for day in range(200):
            relieve(day, 1)

        relieve(7, 3)
        assert len(recovery.reliefs) == 200
        with refused(recovery, TooManyEntries):
            relieve(200, 1)


class TestSuppressionToldLate:
    def test_does_not_undo_its_end(self) -> None:
        restoration = a_loss()
        suppress(restoration, march(12))
        end_suppression(restoration, march(16))

        with refused(restoration, UnknownMoment):
            suppress(restoration, march(14), recorded=march(17))


class TestManyNotes:
    def test_of_one_state_are_two_hundred_at_most_and_the_state_can_always_change(self) -> None:
        restoration = a_return()
        notes = [a_condition(CapabilityState.DEGRADED, note={"en": f"note {number}"}) for number in range(200)]
        for number, noted in enumerate(notes):
            say(restoration, march(16) + timedelta(seconds=number), ORDERS, noted)

        before = len(recorded(restoration))
        say(restoration, march(17), ORDERS, notes[-1])
        assert len(recorded(restoration)) == before
        with refused(restoration, TooManyEntries):
            say(restoration, march(17), ORDERS, a_condition(CapabilityState.DEGRADED))
        say(restoration, march(18), ORDERS)
        say(restoration, march(19), ORDERS, a_condition(CapabilityState.DEGRADED))
        assert restoration.capabilities[ORDERS][-1].since == march(19)


class TestRecoveryPointOutOfTime:
    def test_is_refused(self) -> None:
        restoration = a_loss()

        with refused(restoration, UnknownMoment):
            set_recovery_point(restoration, march(14), march(9), tolerance=timedelta(days=3_000_000))
