"""The ledger of one cause: whether it has ended, what is still to be disposed of, and what was assigned to it."""

from datetime import datetime
from uuid import UUID

import pytest

from domain.ledger.cause import Cause, CauseType
from domain.ledger.cause_ledger import Ledger
from tests.domain.assertions import recorded, state
from tests.domain.builders import TICK, ana, at, provenance
from tests.domain.ledger_builders import FOLLOWING, a_ledger
from tests.domain.request_builders import ENDED, LOSS, WINDOW

BACK = at("15:00")


class TestLedger:
    def test_is_one_for_each_cause(self) -> None:
        again = Cause(type=CauseType.MAINTENANCE_WINDOW, id=WINDOW.id)

        assert Ledger.id_of(WINDOW) == Ledger.id_of(again) == a_ledger().id
        assert len({Ledger.id_of(WINDOW), Ledger.id_of(LOSS), WINDOW.id, LOSS.id}) == 4

    @pytest.mark.parametrize("ended", [None, ENDED])
    def test_has_nothing_to_dispose_of_when_it_begins(self, ended: datetime | None) -> None:
        ledger = a_ledger(ended=ended)

        assert (ledger.cause, ledger.ended_at, ledger.next_due) == (WINDOW, ended, None)
        assert recorded(ledger) == ["ledger.opened"]


class TestEnd:
    def test_lets_the_clock_come_as_soon_as_it_is_known(self) -> None:
        ledger = a_ledger()

        ledger.follow(ended_at=ENDED, provenance=provenance(FOLLOWING, ENDED, BACK))

        assert (ledger.ended_at, ledger.disposing_since, ledger.next_due) == (ENDED, BACK, BACK)
        assert recorded(ledger)[-1] == "ledger.cause_ended"

    @pytest.mark.parametrize("ended", [ENDED, ENDED + TICK])
    def test_is_noticed_once(self, ended: datetime | None) -> None:
        ledger = a_ledger(ended=ENDED)
        before = state(ledger)

        ledger.follow(ended_at=ended, provenance=provenance(FOLLOWING, BACK))

        assert state(ledger) == before

    def test_is_done_with_once_all_is_disposed_of(self) -> None:
        ledger = an_ending_ledger()

        ledger.note_disposed(provenance=provenance(FOLLOWING, BACK))
        ledger.note_disposed(provenance=provenance(FOLLOWING, BACK))

        assert (ledger.ended_at, ledger.next_due) == (ENDED, None)
        assert recorded(ledger)[-2:] == ["ledger.cause_ended", "ledger.disposed"]

    def test_that_was_none_lets_what_is_left_wait(self) -> None:
        ledger = an_ending_ledger()

        ledger.follow(ended_at=None, provenance=provenance(FOLLOWING, BACK))

        assert (ledger.ended_at, ledger.next_due) == (None, None)
        assert recorded(ledger)[-1] == "ledger.cause_resumed"

    def test_comes_again_after_it_went_on(self) -> None:
        ledger = an_ending_ledger()
        ledger.note_disposed(provenance=provenance(FOLLOWING, ENDED))
        ledger.follow(ended_at=None, provenance=provenance(FOLLOWING, at("13:00")))
        ledger.follow(ended_at=None, provenance=provenance(FOLLOWING, at("13:01")))

        ledger.follow(ended_at=BACK, provenance=provenance(FOLLOWING, BACK))

        assert (ledger.ended_at, ledger.next_due) == (BACK, BACK)
        assert recorded(ledger)[3:] == ["ledger.cause_resumed", "ledger.cause_ended"]

    def test_leaves_alone_what_goes_on(self) -> None:
        ledger = a_ledger()
        before = state(ledger)

        ledger.follow(ended_at=None, provenance=provenance(FOLLOWING, ENDED))
        ledger.note_disposed(provenance=provenance(FOLLOWING, ENDED))

        assert state(ledger) == before


class TestAssignedRequest:
    def test_is_found_by_the_identity_that_it_has_here(self) -> None:
        ledger = a_ledger()
        identity, request, other = (UUID(int=number) for number in (3, 4, 5))

        ledger.note_assigned(identity=identity, request=request, provenance=ana(ENDED))

        assert [ledger.request_of(each) for each in (identity, request, other)] == [request, request, other]


def an_ending_ledger() -> Ledger:
    """Give the ledger of a window that has ended, before anything was disposed of."""
    ledger = a_ledger()
    ledger.follow(ended_at=ENDED, provenance=provenance(FOLLOWING, ENDED))
    return ledger
