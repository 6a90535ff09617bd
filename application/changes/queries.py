"""Public changes, as they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from application.changes.statuses import PublicStatuses
from application.changes.telling import tell
from application.document import instant
from domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.audit.queries import EventQueries, EventTimes
    from application.changes.hidden import Hidden
    from application.changes.kinds import PublicChange
    from application.changes.snapshots import Snapshot
    from application.changes.telling import SnapshotChange

LOOKED_AT = 50
"""How many events more than changes are looked at for one piece: some change nothing that readers see."""
PARTS = 4
"""How many parts a cursor has: when, the thing, which of its events then, which change of that event."""
DIGITS = 6


class ChangeQueries(Protocol):
    """What readers see of things, event by event."""

    def section(
        self, after: int, until: int, limit: int, *, falling: bool
    ) -> tuple[Sequence[tuple[str, Snapshot]], Sequence[SnapshotChange]]:
        """Give the first ``limit`` changes beyond ``after`` and up to ``until``, or the last ones if ``falling``.

        They come by position, rising, with the snapshots of all things that spoke just before the first of them.

        Raises:
            NotYetVisible: if the view does not reflect ``until``, or is being built anew.
        """
        ...

    def positions(self, thing: str, first: int, last: int, limit: int) -> Sequence[int]:
        """Give up to ``limit`` positions from ``first`` to ``last`` at which a thing changed, rising."""
        ...


@dataclass(frozen=True, kw_only=True)
class TimedChange:
    """A public change, and when it was shown and occurred."""

    position: int
    """That of the event; readers are not told it."""
    times: EventTimes
    change: PublicChange


@dataclass(frozen=True, kw_only=True)
class ChangePiece:
    """A piece of the list of changes; ``goes_on`` is the place where the next one begins, None at the end."""

    changes: Sequence[TimedChange]
    goes_on: str | None


@dataclass(frozen=True, kw_only=True)
class ChangeReader:
    """Reads what changed in public."""

    changes: ChangeQueries
    events: EventQueries

    def page(
        self,
        after: int,
        until: int,
        *,
        place: str | None,
        limit: int,
        falling: bool,
        hidden: Hidden | None = None,
        looked_at: int = LOOKED_AT,
    ) -> ChangePiece:
        """Give up to ``limit`` changes beyond the position ``after`` and up to ``until``, the oldest or newest first.

        They are those that readers saw then, without those of what is ``hidden`` from readers now. No more events are
        looked at than ``limit`` and ``looked_at``, so that a piece may be shorter and the list yet go on.

        Raises:
            Invalid: if ``place`` is not where a piece of this list ended.
            NotYetVisible: if the view does not reflect ``until``, or is being built anew.
        """
        skipped = 0
        if place is not None:
            position, skipped = self._found(place)
            after, until = (after, min(until, position)) if falling else (max(after, position - 1), until)
        asked = limit + looked_at
        speaking, rows = self.changes.section(after, until, asked, falling=falling)
        if not rows:
            return ChangePiece(changes=(), goes_on=None)
        times = self.events.times([row.position for row in rows])
        found = self._told(speaking, rows, times, falling=falling)
        # Places count what is hidden, too, so that they stay right when something is hidden between two pieces.
        flat = [(row, index, each) for row, changes in found for index, each in enumerate(changes)][skipped:]
        shown = [entry for entry in flat if hidden is None or not hidden.names(entry[-1])]
        listed = [
            TimedChange(position=row.position, times=times[row.position], change=each) for row, _, each in shown[:limit]
        ]
        if len(shown) > limit:
            row, index, _ = shown[limit]
            return ChangePiece(changes=listed, goes_on=self._place(row, index, times))
        if len(rows) < asked:
            return ChangePiece(changes=listed, goes_on=None)
        row, changes = found[-1]
        index = len(changes)
        if shown and hidden is not None and any(map(hidden.names, changes)):
            # Not what is hidden, which the place would name.
            row, index = shown[-1][0], shown[-1][1] + 1
        return ChangePiece(changes=listed, goes_on=self._place(row, index, times))

    def _told(
        self,
        speaking: Sequence[tuple[str, Snapshot]],
        rows: Sequence[SnapshotChange],
        times: Mapping[int, EventTimes],
        *,
        falling: bool,
    ) -> list[tuple[SnapshotChange, list[PublicChange]]]:
        statuses = PublicStatuses(speaking)
        found = [(row, tell(statuses, row, times[row.position].recorded_at)) for row in rows]
        return [(row, changes[::-1]) for row, changes in reversed(found)] if falling else found

    def _place(self, row: SnapshotChange, index: int, times: Mapping[int, EventTimes]) -> str:
        """Name a change by what readers see of it: a position would tell how much happened that they do not."""
        when = times[row.position].recorded_at
        first = self.events.position_before(when) + 1
        nth = len(self.changes.positions(row.thing, first, row.position, 10**DIGITS)) - 1
        return f"{instant(when)}|{row.thing}|{nth}|{index}"

    def _found(self, place: str) -> tuple[int, int]:
        when, thing, nth, index = _parts(place)
        first, last = self.events.position_before(when) + 1, self.events.position_at(when)
        positions = self.changes.positions(thing, first, last, nth + 1)
        if len(positions) <= nth:
            raise _foreign()
        return positions[nth], index


def _parts(place: str) -> tuple[datetime, str, int, int]:
    parts = place.split("|")
    if len(parts) != PARTS or not all(each.isascii() and each.isdigit() and len(each) <= DIGITS for each in parts[2:]):
        raise _foreign()
    try:
        when = datetime.fromisoformat(parts[0])
    except ValueError:
        raise _foreign() from None
    if when.tzinfo is None:
        raise _foreign()
    return when, parts[1], int(parts[2]), int(parts[3])


def _foreign() -> Invalid:
    return Invalid("the cursor is not one that this list returned", pointer="/cursor")
