"""What held requests were long ago is let go of, if the settings say so; what can be asked is answered as ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from application.errors import NoLongerKept
from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import RequestFilter
from application.registry import VIEWS
from domain.ledger.held_request import RequestState
from infrastructure.projections import past_rows
from infrastructure.projections.past_rows import PIECE, PastRows, kept_past
from infrastructure.projections.rebuild import Rebuild
from infrastructure.projections.tallies import counted_until
from infrastructure.store.base import Connection
from infrastructure.verification import view_rows
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from infrastructure.verification.view_verification import verify_views
from tests.application.held_requests import PRICE, Desk, an_order
from tests.application.program import Program, at
from tests.contracts.faults import last
from tests.contracts.snapshots import stored

DAY = timedelta(days=1)
REQUESTS = 7

Answer = tuple[Sequence[str], Sequence[object]]


@pytest.fixture
def life(program: Program) -> tuple[Program, int]:
    """Requests that were claimed and decided long ago, and some of today; and the last position of long ago."""
    desk = Desk(program)
    program.register()
    cause = desk.declare(occurred_at=at("10:00"))
    program.clock.show(at("11:00"))
    desk.hand_in(*(an_order(f"{number}", cause, kind=PRICE) for number in range(REQUESTS)))
    program.resolve(cause.id)
    program.bitacora.follower.catch_up()
    checked = list(desk.requests())[:3]
    for request in checked:
        desk.claim(request)
        program.bitacora.follower.catch_up()
    for request in checked[:2]:
        desk.decide(request)
    # The batch in which these ended goes on until today, and the counts are written at its end.
    ended = last(program)
    program.clock.advance(3 * DAY)
    for request in (checked[2], list(desk.requests())[-1]):
        desk.claim(request)
        program.bitacora.follower.catch_up()
    desk.decide(checked[2])
    program.bitacora.follower.catch_up()
    return program, ended


def test_all_that_can_still_be_read_is_what_it_was(life: tuple[Program, int]) -> None:
    program, earliest = life
    positions = range(earliest, last(program) + 1)
    before = [answer(program, position) for position in positions]
    rows = closed_rows(program)

    dropped = of(program).drop_some()

    assert [answer(program, position) for position in positions] == before
    assert rows - closed_rows(program) == dropped > 0


def test_what_is_gone_is_said_to_be_and_the_earliest_is_named(life: tuple[Program, int]) -> None:
    program, earliest = life
    of(program).drop_some()

    for position in range(earliest):
        for read in (everything, counts, first_page, totals):
            with pytest.raises(NoLongerKept, match=f"the earliest is position {earliest}") as refused:
                read(program, position)
            assert refused.value.facts == {"earliest": earliest}


def test_nothing_that_ended_before_is_left(life: tuple[Program, int]) -> None:
    program, earliest = life

    drop_all(of(program))

    assert {until for until in ends(program) if until <= written_last(program, earliest)} == set()
    assert ends(program), "what ended lately is kept"


def test_it_goes_in_pieces(life: tuple[Program, int], monkeypatch: pytest.MonkeyPatch) -> None:
    program, _ = life
    monkeypatch.setattr(past_rows, "PIECE", 2)
    rows = closed_rows(program)

    pieces = drop_all(of(program))

    assert set(pieces[:-1]) == {2}
    assert len(pieces) > 2
    assert closed_rows(program) == rows - sum(pieces)


def test_a_read_under_way_does_not_go_on_with_less(life: tuple[Program, int], monkeypatch: pytest.MonkeyPatch) -> None:
    program, earliest = life
    monkeypatch.setattr("infrastructure.queries.ledger.SECTION", 2)
    found = program.facade.queries.held_requests.all(earliest - 1, RequestFilter())
    next(found)

    of(program).drop_some()

    with pytest.raises(NoLongerKept):
        list(found)


def test_views_are_still_what_the_events_make(life: tuple[Program, int]) -> None:
    program, _ = life
    rows = verified(program)

    dropped = of(program).drop_some()

    assert verified(program) == rows - dropped
    change(program, "DELETE FROM held_requests WHERE to_position IS NOT NULL")
    with pytest.raises(LogMismatch, match="the row is missing"):
        verified(program)


def test_rows_that_go_while_views_are_compared_are_no_mismatch(
    life: tuple[Program, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, _ = life
    compare: Callable[..., int] = view_rows.compare

    def dropping(*given: object) -> int:
        of(program).drop_some()
        return compare(*given)

    monkeypatch.setattr("infrastructure.verification.view_verification.compare", dropping)
    with pytest.raises(CannotVerify, match="dropped meanwhile"):
        verified(program)


def test_a_view_built_anew_has_all_of_it_again(life: tuple[Program, int]) -> None:
    program, _ = life
    rows = closed_rows(program)
    of(program).drop_some()

    Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS).run(advanced=lambda _: None)
    program.bitacora.follower.catch_up()

    assert closed_rows(program) == rows
    for position in range(1, last(program) + 1):
        everything(program, position)


def test_nothing_goes_while_the_view_is_built_anew(life: tuple[Program, int]) -> None:
    program, _ = life
    rows = closed_rows(program)
    change(program, "UPDATE views SET complete_at = position + 1")

    assert of(program).drop_some() == 0
    assert closed_rows(program) == rows


def test_it_is_looked_for_once_an_hour(life: tuple[Program, int], monkeypatch: pytest.MonkeyPatch) -> None:
    program, _ = life
    now = [1_000_000.0]
    monkeypatch.setattr(past_rows, "monotonic", lambda: now[0])
    past = of(program)
    assert 0 < past.drop_some() < PIECE
    program.clock.advance(3 * DAY)

    assert past.drop_some() == 0
    now[0] += past_rows.LOOK_SECONDS
    assert past.drop_some() > 0


def test_all_of_it_is_kept_if_nobody_says_for_how_long(program: Program) -> None:
    assert kept_past(program.bitacora.store, program.clock, None) is None


def of(program: Program) -> PastRows:
    past = kept_past(program.bitacora.store, program.clock, DAY)
    assert past is not None
    return past


def drop_all(past: PastRows) -> list[int]:
    pieces = []
    while count := past.drop_some():
        pieces.append(count)
    return pieces


def answer(program: Program, at: int) -> Answer:
    return everything(program, at), [*counts(program, at), *first_page(program, at), *totals(program, at)]


def everything(program: Program, at: int) -> Sequence[str]:
    return list(program.facade.queries.held_requests.all(at, RequestFilter()))


def counts(program: Program, at: int) -> Sequence[object]:
    queue = program.facade.queries.held_requests
    found = [count for cause in causes(program) for count in queue.counts(at, cause)]
    return sorted(found, key=repr)


def causes(program: Program) -> set[UUID | None]:
    return {None, *(request.cause.id for request in Desk(program).requests().values() if request.cause)}


def first_page(program: Program, at: int) -> Sequence[object]:
    return program.facade.queries.held_requests.page(at, RequestFilter(states=(RequestState.TO_CHECK,)), None, 5)


def totals(program: Program, at: int) -> Sequence[object]:
    return sorted(program.facade.queries.held_requests.totals(at).items())


def ends(program: Program) -> list[int]:
    rows = (row for table in LEDGER_VIEW.tables for row in stored(program.bitacora.store, table))
    return [until for *_, until in rows if until is not None]


def closed_rows(program: Program) -> int:
    return len(ends(program))


def written_last(program: Program, at: int) -> int:
    """Give the last position up to which the counts at ``at`` need no row that ended."""
    with program.bitacora.store.reading_views() as connection:
        return min(counted_until(connection, tally, at) for tally in LEDGER_VIEW.tallies)


def verified(program: Program) -> int:
    return verify_views(program.bitacora.store, program.bitacora.mapper, (LEDGER_VIEW,), advanced=lambda *_: None)


def change(program: Program, statement: str) -> None:
    connection: Connection = program.bitacora.store.connect_views()
    try:
        connection.execute(statement)
    finally:
        connection.close()
