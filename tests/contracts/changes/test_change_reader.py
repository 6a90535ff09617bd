"""The list of changes, applied to what the board showed, gives what the board shows, whatever happened between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.changes.kinds import ChangeKind, PublicChange
from application.changes.private_queries import AuditedChange, PrivateChangeReader
from application.changes.queries import ChangeReader, TimedChange
from application.status.board import PRIVATE, PUBLIC, Viewer, board
from tests.application.program import Program
from tests.contracts.request_strategies import RequestWalker
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS

Statuses = dict[tuple[str, str], str]
STATUSES = {ChangeKind.COMPONENT_STATUS, ChangeKind.PANEL_STATUS}
ADDED = {ChangeKind.COMPONENT_ADDED, ChangeKind.PANEL_ADDED}


def reader_of(program: Program) -> ChangeReader:
    """Read the changes of a program."""
    queries = program.bitacora.facade.queries
    return ChangeReader(changes=queries.changes, events=queries.events)


def listed(program: Program, after: int, until: int, *, limit: int, falling: bool = False) -> Iterator[TimedChange]:
    """Page through a list of changes."""
    reader, place = reader_of(program), None
    while True:
        piece = reader.page(after, until, place=place, limit=limit, falling=falling)
        assert len(piece.changes) <= limit
        yield from piece.changes
        place = piece.goes_on
        if place is None:
            return


def listed_privately(
    program: Program, after: int, until: int, *, limit: int, falling: bool = False
) -> Iterator[AuditedChange]:
    """Page through the list of operators."""
    queries, place = program.bitacora.facade.queries, None
    reader = PrivateChangeReader(changes=queries.private_changes, events=queries.events)
    while True:
        piece = reader.page(after, until, place=place, limit=limit, falling=falling)
        assert len(piece.changes) <= limit
        yield from piece.changes
        place = piece.goes_on
        if place is None:
            return


def on_board(program: Program, position: int, side: Viewer = PUBLIC) -> Statuses:
    """Give the status of each component and panel that a side saw at a position."""
    queries = program.bitacora.facade.queries
    now = queries.events.time_of(position) or program.clock.now()
    components, causes, panels = queries.board.read(position, None, now=now)
    shown = board(components, causes, panels, side=side, at=None, now=now)
    found = {("component", each["key"]): each["status"] for each in shown["components"]}
    return found | {("panel", each["key"]): each["status"] for each in shown["panels"]}


def applied(statuses: Statuses, changes: Iterable[PublicChange]) -> Statuses:
    """Apply changes to a board; each has to begin where the one before it ended."""
    found = dict(statuses)
    for change in changes:
        thing = (str(change.thing["type"]), str(change.thing.get("key")))
        if change.kind in STATUSES:
            assert change.before is not None
            assert change.after is not None
            assert found[thing] == change.before["status"]
            found[thing] = change.after["status"]
        elif change.kind in ADDED:
            assert change.after is not None
            assert thing not in found
            found[thing] = change.after["status"]
        elif change.kind is ChangeKind.COMPONENT_REMOVED:
            del found[thing]
    return found


class TestChanges:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_between_two_moments_lead_from_one_board_to_the_other(self, data: st.DataObject, program: Program) -> None:
        wipe(program.bitacora.store)
        RequestWalker(program).walk(data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES, "walk"))
        program.bitacora.follower.catch_up()
        last, _ = program.bitacora.facade.queries.events.last()
        first = data.draw(st.integers(0, last), "first")
        then = data.draw(st.integers(first, last), "then")
        limit = data.draw(st.sampled_from([1, 2, 7, 200]), "limit")

        changes = list(listed(program, first, then, limit=limit))

        assert applied(on_board(program, first), (each.change for each in changes)) == on_board(program, then)
        assert list(listed(program, first, then, limit=limit, falling=True)) == changes[::-1]

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_of_both_sides_are_those_of_readers_and_lead_from_one_private_board_to_the_other(
        self, data: st.DataObject, program: Program
    ) -> None:
        wipe(program.bitacora.store)
        RequestWalker(program).walk(data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES, "walk"))
        program.bitacora.follower.catch_up()
        last, _ = program.bitacora.facade.queries.events.last()
        first = data.draw(st.integers(0, last), "first")
        then = data.draw(st.integers(first, last), "then")
        limit = data.draw(st.sampled_from([1, 2, 7, 200]), "limit")

        changes = list(listed_privately(program, first, then, limit=limit))

        public = [(each.event["position"], each.change) for each in changes if each.is_public]
        assert public == [(each.position, each.change) for each in listed(program, first, then, limit=200)]
        private = [each.change for each in changes if not each.only_readers]
        assert applied(on_board(program, first, PRIVATE), private) == on_board(program, then, PRIVATE)
        assert list(listed_privately(program, first, then, limit=limit, falling=True)) == changes[::-1]
