"""A cause is reconciled when it has ended and nothing of it is open; that it has ended is another fact."""

from collections.abc import Callable

import pytest

from domain.errors import InTheFuture
from domain.incidents import Incident
from domain.ledger.reconciliation import CauseOfRequests
from domain.maintenance import MaintenanceWindow
from domain.panels.restoration import PanelRestoration
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import TICK, ana, at
from tests.domain.ledger_builders import (
    CAUSES,
    NEVER_WERE,
    Act,
    a_loss,
    an_incident,
    end_incident,
    end_loss,
    note_requests,
    reconcile,
    resume_incident,
    resume_loss,
    show,
)

ENDED, SETTLED, LATER = at("12:00"), at("13:00"), at("14:00")
Begin = Callable[[], CauseOfRequests]
RESUMED: list[tuple[Begin, Act, Act]] = [
    (an_incident, end_incident, resume_incident),
    (a_loss, end_loss, resume_loss),
]


@pytest.mark.parametrize(("begin", "end"), CAUSES)
class TestReconciliation:
    def test_is_not_while_it_goes_on(self, begin: Begin, end: Act) -> None:
        cause = begin()
        assert cause.reconciled_at is None

        note_requests(cause, at("11:00"))
        before = state(cause)
        reconcile(cause, at("11:30"))

        assert cause.reconciled_at is None
        assert state(cause) == before
        end(cause, ENDED)
        assert cause.reconciled_at is None

    def test_comes_with_the_end_where_nothing_was_handed_in(self, begin: Begin, end: Act) -> None:
        cause = begin()
        end(cause, ENDED)
        before = state(cause)

        reconcile(cause, SETTLED)

        assert cause.reconciled_at == ENDED
        assert state(cause) == before

    def test_comes_with_the_last_settlement(self, begin: Begin, end: Act) -> None:
        cause = begin()
        note_requests(cause, at("11:00"))
        end(cause, ENDED)

        reconcile(cause, SETTLED)
        before = state(cause)
        reconcile(cause, LATER)

        assert cause.reconciled_at == SETTLED
        assert state(cause) == before
        assert recorded(cause)[-1] == f"{cause.TOPIC}.reconciled"

    def test_is_over_with_one_more_request(self, begin: Begin, end: Act) -> None:
        cause = begin()
        end(cause, ENDED)

        note_requests(cause, SETTLED)
        before = state(cause)
        note_requests(cause, LATER)

        assert cause.reconciled_at is None
        assert state(cause) == before
        assert recorded(cause)[-1] == f"{cause.TOPIC}.requests_came"

    def test_comes_again(self, begin: Begin, end: Act) -> None:
        cause = begin()
        note_requests(cause, at("11:00"))
        end(cause, ENDED)
        reconcile(cause, SETTLED)
        note_requests(cause, SETTLED + TICK)

        reconcile(cause, LATER)

        assert cause.reconciled_at == LATER

    def test_is_shown_to_readers_only_where_an_operator_says_so(self, begin: Begin, end: Act) -> None:
        cause = begin()
        end(cause, ENDED)
        told = [cause.reconciliation.is_shown]
        for public in (False, True, True, False):
            show(cause, SETTLED, public=public)
            told.append(cause.reconciliation.is_shown)

        assert told == [False, False, True, True, False]
        assert recorded(cause)[-2:] == [f"{cause.TOPIC}.reconciliation_shown"] * 2

    def test_stays_shown_whatever_comes(self, begin: Begin, end: Act) -> None:
        cause = begin()
        show(cause, at("11:00"))
        note_requests(cause, at("11:00"))
        end(cause, ENDED)
        reconcile(cause, SETTLED)

        assert cause.reconciliation.is_shown

    def test_is_not_shown_in_the_future(self, begin: Begin, end: Act) -> None:
        cause = begin()
        end(cause, ENDED)

        with refused(cause, InTheFuture):
            cause.show_reconciliation(public=True, reason=None, provenance=ana(LATER, SETTLED))


@pytest.mark.parametrize(("begin", "end", "resume"), RESUMED)
class TestResumedCause:
    def test_is_reconciled_no_longer(self, begin: Begin, end: Act, resume: Act) -> None:
        cause = begin()
        note_requests(cause, at("11:00"))
        end(cause, ENDED)
        reconcile(cause, SETTLED)

        resume(cause, LATER)

        assert cause.reconciled_at is None

    def test_is_reconciled_with_its_next_end_if_nothing_came(self, begin: Begin, end: Act, resume: Act) -> None:
        cause = begin()
        note_requests(cause, at("11:00"))
        end(cause, ENDED)
        reconcile(cause, SETTLED)
        resume(cause, LATER)

        end(cause, at("15:00"))

        assert cause.reconciled_at == at("15:00")

    def test_waits_for_what_is_open_still(self, begin: Begin, end: Act, resume: Act) -> None:
        cause = begin()
        note_requests(cause, at("11:00"))
        end(cause, ENDED)
        resume(cause, LATER)
        end(cause, at("15:00"))

        assert cause.reconciled_at is None
        reconcile(cause, at("16:00"))
        assert cause.reconciled_at == at("16:00")


@pytest.mark.parametrize(("begin", "end"), NEVER_WERE)
class TestCauseThatNeverWas:
    """An incident that was dismissed or withdrawn, and a window that was cancelled, have ended by that."""

    def test_ends_at_that_moment(self, begin: Begin, end: Act) -> None:
        cause = begin()
        assert cause.ended_at is None

        end(cause, at("01:30"))

        assert cause.ended_at == at("01:30")
        assert cause.reconciled_at == at("01:30")

    def test_is_reconciled_with_the_last_settlement(self, begin: Begin, end: Act) -> None:
        cause = begin()
        note_requests(cause, at("01:10"))
        end(cause, at("01:30"))
        assert (cause.ended_at, cause.reconciled_at) == (at("01:30"), None)

        reconcile(cause, SETTLED)

        assert (cause.ended_at, cause.reconciled_at) == (at("01:30"), SETTLED)


class TestCauses:
    def test_are_of_three_kinds(self) -> None:
        assert {type(begin()) for begin, _ in CAUSES} == {Incident, MaintenanceWindow, PanelRestoration}
