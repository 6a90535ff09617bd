"""Checks one section of a log against its leaves, and looks closer where they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infrastructure.verification import diagnosis
from infrastructure.verification.log_sections import read_pairs, read_section
from infrastructure.verification.mismatch import LogCut, LogMismatch
from infrastructure.verification.row_checks import first_gap, first_other, fits, has_form, hashes_of, require_form

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from infrastructure.store.base import Connection
    from infrastructure.verification.log_sections import Leaf, LeafedRow, LogEnds


class CheckedSection(NamedTuple):
    """Rows that fit, and their hashes."""

    pairs: Sequence[LeafedRow]
    hashes: list[bytes]


class SectionCheck:
    """Checks sections of a log; ``searches`` says whether the whole log is searched for what became of a row."""

    def __init__(
        self, connection: Connection, ends: LogEnds, topics: AbstractSet[str], *, searches: bool = True
    ) -> None:
        """Read through ``connection``; ``topics`` are the event types that are known."""
        self._connection = connection
        self._ends = ends
        self._topics = topics
        self._searches = searches

    def check(self, after: int, until: int, before: str = "") -> CheckedSection:
        """Check the rows after a position and up to another; ``before`` is the time of the row before them.

        Raises:
            LogMismatch: naming the first position that does not fit.
        """
        pairs = read_pairs(self._connection, after, until)
        hashes = hashes_of(pairs)
        if not fits(pairs, hashes, until) or not has_form(pairs, before, self._topics):
            raise self._first_mismatch(after, until, before)
        return CheckedSection(pairs, hashes)

    def _first_mismatch(self, after: int, until: int, before: str) -> LogMismatch:
        rows, leaves = read_section(self._connection, after, until)
        row_gap, leaf_gap = first_gap(after, rows), first_gap(after, leaves)
        whole = min(row_gap, leaf_gap, until + 1) - after - 1
        place = first_other(rows[:whole], leaves[:whole])
        require_form(rows[:whole][:place], before, self._topics, self._ends.size)
        if place is not None:
            return diagnosis.changed(self._connection, self._ends, rows[place], leaves[place], searches=self._searches)
        if row_gap > leaf_gap:
            return diagnosis.without_leaf(self._ends, rows[whole])
        return self._gap(leaves[whole:], row_gap)

    def _gap(self, leaves: Sequence[Leaf], position: int) -> LogMismatch:
        if not leaves:
            what = "a row" if self._ends.last_event > self._ends.last_leaf else "a leaf of the tree"
            return LogMismatch(
                f"position {position}: nothing is there, and {what} was inserted at position {self._ends.size}",
                position=position,
            )
        if leaves[0].position > self._ends.last_event:
            return LogCut(self._ends.last_event, self._ends.last_leaf, "the tree")
        return diagnosis.missing(self._connection, self._ends, leaves[0], searches=self._searches)
