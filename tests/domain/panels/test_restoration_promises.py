"""Access is promised for a time, promised anew, and overdue once that time has passed."""

from datetime import datetime

import pytest

from domain.errors import UnknownMoment
from domain.panels.errors import AccessNotLost
from domain.panels.restoration import Deadline, PanelRestoration, Promise
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import TICK
from tests.domain.panel_builders import (
    LOST,
    NOTE,
    PROVIDER,
    REFUNDS,
    RESTORED,
    a_loss,
    a_return,
    by_day,
    by_instant,
    complete,
    handle_due,
    let_time_pass,
    lose_access,
    march,
    promise,
    restore_access,
)

MADE = march(12, "12:00")
DUE = march(23)


def a_promise() -> PanelRestoration:
    """Give a restoration whose access was promised, on the 12th, for the 22nd."""
    restoration = a_loss()
    promise(restoration, MADE)
    return restoration


def is_overdue(restoration: PanelRestoration) -> bool:
    """Tell whether access is later than promised last."""
    return restoration.promise is not None and restoration.promise.is_overdue


class TestPromise:
    def test_says_who_promised_access_for_when(self) -> None:
        restoration = a_loss()

        promise(restoration, MADE, recorded=march(12, "13:00"))

        assert recorded(restoration)[-1] == "restoration.promised"
        assert restoration.promise == Promise(
            number=1,
            loss=1,
            promised_by=PROVIDER,
            promised_for=by_day(22),
            note=NOTE,
            made_at=MADE,
            recorded_at=march(12, "13:00"),
        )
        assert restoration.next_due == DUE

    def test_for_a_day_is_kept_until_the_day_is_over(self) -> None:
        restoration = a_promise()

        let_time_pass(restoration, until=march(22, "23:59:59.999999"))

        assert not is_overdue(restoration)

    def test_is_refused_where_there_is_access(self) -> None:
        restoration = a_return()

        with refused(restoration, AccessNotLost, match="nobody needs to promise it"):
            promise(restoration, march(16))

    @pytest.mark.parametrize("due", [MADE, MADE - TICK, march(11)])
    def test_is_refused_for_the_past(self, due: datetime) -> None:
        restoration = a_loss()

        with refused(restoration, UnknownMoment, match="has passed at"):
            promise(restoration, MADE, by_instant(due))

    def test_may_be_for_the_next_moment(self) -> None:
        restoration = a_loss()

        promise(restoration, MADE, by_instant(MADE + TICK))

        assert restoration.next_due == MADE + TICK

    def test_is_refused_of_a_time_before_the_loss_that_it_is_about(self) -> None:
        restoration = a_return()
        lose_access(restoration, march(17))

        with refused(restoration, UnknownMoment, match=r"access was lost at 2021-03-16T23:00:00Z"):
            promise(restoration, march(17) - TICK, recorded=march(18))

        promise(restoration, march(17), recorded=march(18))


class TestLapse:
    def test_comes_at_the_due_instant_and_not_before(self) -> None:
        restoration = a_promise()

        handle_due(restoration, DUE - TICK)
        assert recorded(restoration)[-1] == "restoration.promised"

        handle_due(restoration, DUE)
        assert recorded(restoration)[-1] == "restoration.promise_lapsed"
        assert is_overdue(restoration)
        assert restoration.next_due is None

    def test_comes_once(self) -> None:
        restoration = a_promise()
        handle_due(restoration, DUE)

        handle_due(restoration, DUE)

        assert recorded(restoration).count("restoration.promise_lapsed") == 1

    @pytest.mark.parametrize("moment", [LOST, MADE, DUE + TICK])
    def test_comes_at_no_other_moment(self, moment: datetime) -> None:
        restoration = a_promise()

        handle_due(restoration, moment, recorded=march(30))

        assert recorded(restoration)[-1] == "restoration.promised"

    def test_is_of_the_due_moment_though_the_clock_comes_late(self) -> None:
        restoration = a_promise()

        let_time_pass(restoration, until=march(25))

        by = happened(restoration)[-1].provenance
        assert (by.occurred_at, by.recorded_at) == (DUE, march(25))

    def test_is_none_once_access_is_there(self) -> None:
        restoration = a_promise()
        restore_access(restoration, RESTORED)

        handle_due(restoration, DUE)

        assert recorded(restoration)[-1] == "restoration.access_restored"

    def test_is_none_of_what_was_promised_about_another_loss(self) -> None:
        restoration = a_promise()
        restore_access(restoration, RESTORED)
        lose_access(restoration, march(17))

        handle_due(restoration, DUE)

        assert recorded(restoration)[-1] == "restoration.access_lost"

    def test_is_none_once_it_is_completed(self) -> None:
        restoration = a_promise()
        restore_access(restoration, RESTORED)
        complete(restoration, march(16), given_up=("login", "api", "orders", REFUNDS))

        handle_due(restoration, DUE)

        assert restoration.next_due is None
        assert recorded(restoration)[-1] == "restoration.completed"

    def test_is_not_undone_by_a_return_that_is_told_of_afterwards(self) -> None:
        restoration = a_promise()
        handle_due(restoration, DUE)

        restore_access(restoration, march(22), recorded=march(24))

        assert is_overdue(restoration)
        assert restoration.losses[0].end == march(22)

    def test_of_a_promise_told_of_late_comes_at_once(self) -> None:
        restoration = a_loss()

        promise(restoration, MADE, by_day(14), recorded=march(20))
        let_time_pass(restoration, until=march(20))

        assert is_overdue(restoration)
        assert happened(restoration)[-1].provenance.occurred_at == march(15)


class TestSlippingPromise:
    """Made for the 16th, then for the 19th, then for the 22nd."""

    @staticmethod
    def slip(restoration: PanelRestoration, moment: datetime, deadline: Deadline) -> None:
        let_time_pass(restoration, until=moment)
        promise(restoration, moment, deadline)

    def test_is_kept_with_each_revision(self) -> None:
        restoration = a_loss()
        for made, promised in ((MADE, 16), (march(16, "12:00"), 19), (march(20, "12:00"), 22)):
            self.slip(restoration, made, by_day(promised))

        assert [
            (each.number, each.made_at, each.promised_for.said, each.is_overdue) for each in restoration.promises
        ] == [
            (1, MADE, "2021-03-16", False),
            (2, march(16, "12:00"), "2021-03-19", True),
            (3, march(20, "12:00"), "2021-03-22", False),
        ]

    def test_shows_the_newest(self) -> None:
        restoration = a_loss()
        self.slip(restoration, MADE, by_day(16))
        let_time_pass(restoration, until=march(17))
        assert is_overdue(restoration)

        self.slip(restoration, march(17), by_day(19))
        assert not is_overdue(restoration)
        let_time_pass(restoration, until=march(20))
        assert is_overdue(restoration)

        self.slip(restoration, march(20), by_day(22))
        assert (is_overdue(restoration), restoration.next_due) == (False, DUE)
        let_time_pass(restoration, until=DUE)
        assert [each.is_overdue for each in restoration.promises] == [True, True, True]

    def test_stays_overdue_once_it_is_superseded_and_once_access_is_back(self) -> None:
        restoration = a_loss()
        self.slip(restoration, MADE, by_day(13))
        self.slip(restoration, march(14, "12:00"), by_day(15))
        self.slip(restoration, march(16, "12:00"), by_day(22))
        restore_access(restoration, march(17))

        since = [restoration.overdue_since(each) for each in restoration.promises]

        assert since == [march(14), march(16), None]
        assert restoration.open_promise is None

    def test_was_not_overdue_if_access_was_back_in_time_after_all(self) -> None:
        restoration = a_promise()
        let_time_pass(restoration, until=march(24))
        assert restoration.overdue_since(restoration.promises[0]) == DUE

        restore_access(restoration, march(22), recorded=march(24))

        assert restoration.overdue_since(restoration.promises[0]) is None

    def test_waits_for_the_newest_alone(self) -> None:
        restoration = a_loss()
        self.slip(restoration, MADE, by_day(16))
        self.slip(restoration, march(13), by_day(19))

        handle_due(restoration, march(17))

        assert restoration.next_due == march(20)
        assert [each.is_overdue for each in restoration.promises] == [False, False]

    def test_may_come_nearer(self) -> None:
        restoration = a_promise()

        self.slip(restoration, march(13), by_day(14))

        assert restoration.next_due == march(15)
