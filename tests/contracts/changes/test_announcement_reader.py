"""What readers are told, whatever happened: each once, with what the log says of it, and the same at each position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.changes.announcements import Announcement, announcements_of
from application.changes.differences import Visible
from tests.contracts.request_strategies import RequestWalker
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS

if TYPE_CHECKING:
    from tests.application.program import Program

ALL = 10_000
SHOWN = Visible(components=lambda _: True, panel=lambda _: None)


def announced(program: Program, until: int, limit: int = ALL) -> list[Announcement]:
    """Give what readers were told up to a position, the newest first."""
    rows = program.bitacora.facade.queries.announcements.newest(until, limit)
    return [each for row in rows for each in announcements_of(row, SHOWN)]


class TestAnnouncements:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_are_told_once_and_stay_as_they_were(self, data: st.DataObject, program: Program) -> None:
        wipe(program.bitacora.store)
        RequestWalker(program).walk(data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES, "walk"))
        program.bitacora.follower.catch_up()
        queries = program.bitacora.facade.queries
        last, _ = queries.events.last()
        then = data.draw(st.integers(0, last), "then")

        found = announced(program, last)
        first = {str(each.id): each for each in reversed(found)}
        again = [each for each in found if first[str(each.id)] is not each]

        assert all(each.is_again for each in again)
        assert announced(program, then) == [each for each in found if each.position <= then]
        rows = queries.announcements.newest(last, ALL)
        for thing in {row.thing for row in rows}:
            assert queries.announcements.of_thing(thing, last, ALL) == [row for row in rows if row.thing == thing]
        assert queries.announcements.newest(last, 2) == rows[:2]

        numbers: dict[str, list[int]] = {}
        for each in found:
            if each.number is not None:
                numbers.setdefault(each.thing, []).append(each.number)
        entries = queries.announcements.entries(last, numbers)
        told = {(each.thing, each.number): each.position for each in found if each.number is not None}
        assert entries.keys() == told.keys()
        # An entry was corrected after it was told, or not at all.
        assert all(entries[key][0] >= position for key, position in told.items())
        for thing, several in numbers.items():
            # Each entry of the timeline that readers see is told of.
            assert sorted(several) == list(range(1, len(several) + 1))
            assert (thing, len(several) + 1) not in queries.announcements.entries(last, {thing: [len(several) + 1]})
