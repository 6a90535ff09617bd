"""What changed, as operators and auditors can read it: each change with whether readers saw it, and who made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from application.changes.private_telling import PrivateSnapshotChange, is_of_status, not_told, tell_privately
from application.changes.queries import LOOKED_AT
from application.changes.snapshots import Snapshot
from application.changes.statuses import PublicStatuses
from application.changes.telling import SnapshotChange, tell
from domain.errors import Invalid

if TYPE_CHECKING:
    from application.audit.documents import EventDocument
    from application.audit.queries import EventQueries, EventTimes
    from application.changes.kinds import PublicChange

DIGITS = 18
"""How many digits a part of a cursor may have."""

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class ChangeSection(Generic[Row]):
    """Changes by position, rising, with the snapshots of all things that spoke just before the first of them."""

    speaking: Sequence[tuple[str, Snapshot]]
    changes: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class BothSections:
    """What changed on each side, of one and the same building of the view."""

    public: ChangeSection[SnapshotChange]
    private: ChangeSection[PrivateSnapshotChange]


class PrivateChangeQueries(Protocol):
    """What readers, and operators and auditors, see of things, event by event."""

    def both_sections(self, after: int, until: int, limit: int, *, falling: bool) -> BothSections:
        """Give the first ``limit`` changes of each side beyond ``after`` and up to ``until``, or the last ones.

        Raises:
            NotYetVisible: if the view does not reflect ``until``, or is being built anew.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class AuditedChange:
    """A change with the event that made it; ``is_public`` if readers were told of it.

    It is ``only_readers`` if it is of a status that changed so for readers, but not on the board of operators.
    """

    change: PublicChange
    is_public: bool
    only_readers: bool
    event: EventDocument


@dataclass(frozen=True, kw_only=True)
class AuditedPiece:
    """A piece of the list; ``goes_on`` is the place where the next one begins, None at the end."""

    changes: Sequence[AuditedChange]
    goes_on: str | None


@dataclass(frozen=True, kw_only=True)
class _SidedChange:
    change: PublicChange
    is_public: bool
    only_readers: bool = False


@dataclass(frozen=True, kw_only=True)
class PrivateChangeReader:
    """Reads what changed on both sides."""

    changes: PrivateChangeQueries
    events: EventQueries

    def page(
        self, after: int, until: int, *, place: str | None, limit: int, falling: bool, looked_at: int = LOOKED_AT
    ) -> AuditedPiece:
        """Give up to ``limit`` changes beyond the position ``after`` and up to ``until``, the oldest or newest first.

        No more events are looked at than ``limit`` and ``looked_at``, so that a piece may be shorter and the list yet
        go on.

        Raises:
            Invalid: if ``place`` is not where a piece of this list ended.
            NotYetVisible: if the view does not reflect ``until``, or is being built anew.
        """
        skipped = 0
        if place is not None:
            position, skipped = _found(place)
            after, until = (after, min(until, position)) if falling else (max(after, position - 1), until)
        asked = limit + looked_at
        sections = self.changes.both_sections(after, until, asked, falling=falling)
        known = {row.position for row in sections.public.changes} | {row.position for row in sections.private.changes}
        positions = sorted(known, reverse=falling)[:asked]
        by_position = _by_position(sections, self.events.times(list(known)))
        flat = [
            (position, index, each)
            for position in positions
            for index, each in enumerate(by_position[position][::-1] if falling else by_position[position])
        ][skipped:]
        listed = flat[:limit]
        events = self.events.at([position for position, _, _ in listed])
        goes_on = None
        if len(flat) > limit:
            goes_on = f"{flat[limit][0]}|{flat[limit][1]}"
        elif len(positions) == asked:
            goes_on = f"{positions[-1]}|{len(by_position[positions[-1]])}"
        return AuditedPiece(
            changes=[
                AuditedChange(
                    change=each.change,
                    is_public=each.is_public,
                    only_readers=each.only_readers,
                    event=events[position],
                )
                for position, _, each in listed
            ],
            goes_on=goes_on,
        )


def _by_position(sections: BothSections, times: Mapping[int, EventTimes]) -> Mapping[int, list[_SidedChange]]:
    public, private = PublicStatuses(sections.public.speaking), PublicStatuses(sections.private.speaking)
    to_readers = {row.position: tell(public, row, times[row.position].recorded_at) for row in sections.public.changes}
    to_operators = {
        row.position: tell_privately(private, row, times[row.position].recorded_at) for row in sections.private.changes
    }
    found: dict[int, list[_SidedChange]] = {}
    for position in times:
        readers, operators = to_readers.get(position, []), to_operators.get(position, [])
        elsewhere = not_told(readers, operators)
        found[position] = [
            *(
                _SidedChange(change=each, is_public=True, only_readers=is_of_status(each) and each in elsewhere)
                for each in readers
            ),
            *(_SidedChange(change=each, is_public=False) for each in not_told(operators, readers)),
        ]
    return found


def _found(place: str) -> tuple[int, int]:
    position, _, skipped = place.partition("|")
    if not all(each.isascii() and each.isdigit() and len(each) <= DIGITS for each in (position, skipped)):
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    return int(position), int(skipped)
