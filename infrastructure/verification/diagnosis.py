"""Says what became of a row that does not fit its leaf: the first one that was found, for a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infrastructure.event_log import recorder
from infrastructure.store.base import LogDamaged, StoreDown
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.entries import LogRow, to_entry
from infrastructure.transparency.merkle import leaf_hash, perfect_root
from infrastructure.transparency.notes import BadNote, SignedNote
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import WIDTH, read_hashes
from infrastructure.verification.log_sections import SECTION, read_pairs, read_section
from infrastructure.verification.mismatch import LogMismatch
from infrastructure.verification.row_checks import HASH_DIGITS, place_of

if TYPE_CHECKING:
    from infrastructure.store.base import Connection
    from infrastructure.verification.log_sections import Leaf, LogEnds

SIGNED_WITHIN = "SELECT note FROM checkpoints WHERE size >= :start AND size <= :end ORDER BY size LIMIT 1"


def changed(connection: Connection, ends: LogEnds, row: LogRow, leaf: Leaf, *, searches: bool = True) -> LogMismatch:
    """Say what became of the row at a position, which is not what its leaf says.

    With ``searches``, the whole log is searched for what was recorded there.
    """
    place, salt, stored = leaf
    found = leaf_hash(to_entry(row, salt))
    hashes = f"its hash is {_short(found)}, and the tree has {_short(stored)}"
    if _leaf_is_wrong(connection, ends, place, found):
        sentence = f"its leaf in the tree was changed, and the row was not: {hashes}"
    else:
        sentence = f"the row is not the one that was recorded: {hashes}"
        hint = _hint(connection, ends, row, leaf) if searches else ""
        sentence += hint or _time_hint(row)
    return LogMismatch(f"{place_of(row, ends.size)}: {sentence}", position=place)


def missing(connection: Connection, ends: LogEnds, leaf: Leaf, *, searches: bool = True) -> LogMismatch:
    """Say what became of a row that is gone, while its leaf is there."""
    now = _find(connection, ends, leaf) if searches else None
    sentence = "the row was deleted" if now is None else f"the row is gone, and stands at position {now} now"
    return LogMismatch(f"position {leaf[0]} of {ends.size}: {sentence}", position=leaf[0])


def without_leaf(ends: LogEnds, row: LogRow) -> LogMismatch:
    """Say of a row that it has no leaf."""
    if row[0] > ends.last_leaf:
        sentence = (
            f"the row is not in the tree, which has {ends.last_leaf} events: it was inserted, or is not in it yet"
        )
    else:
        sentence = "its leaf in the tree was deleted"
    return LogMismatch(f"{place_of(row, ends.size)}: {sentence}", position=row[0])


def _short(digest: bytes) -> str:
    return f"{digest.hex()[:HASH_DIGITS]}…"


def _hint(connection: Connection, ends: LogEnds, row: LogRow, leaf: Leaf) -> str:
    now = _find(connection, ends, leaf)
    comes_from = _recorded_at(connection, ends, row, now)
    if now is not None:
        if comes_from == now:
            return f"; it was swapped with the one at position {now}"
        return f"; the one that was recorded stands at position {now}: rows were inserted or moved"
    if comes_from is not None:
        return f"; it is the one that was recorded at position {comes_from}: rows were deleted or moved"
    other = _state_recorded_at(connection, row)
    return "" if other is None else f"; its state is the one of position {other}: states were swapped or moved"


def _find(connection: Connection, ends: LogEnds, leaf: Leaf) -> int | None:
    """Find where that stands which was recorded with a leaf."""
    place, salt, stored = leaf
    after = ends.first_event - 1
    while True:
        try:
            # By their order: a row that was moved may stand anywhere.
            rows = recorder.rows(connection, after=after, limit=SECTION)
        except (StoreDown, ValueError):
            return None
        for row in rows:
            if leaf_hash(to_entry(LogRow(place, *row[1:]), salt)) == stored:
                return row.position
        if len(rows) < SECTION:
            return None
        after = rows[-1].position


def _state_recorded_at(connection: Connection, row: LogRow) -> int | None:
    """Find the row that has another state than the one it was recorded with: that of ``row``."""
    after = 0
    while pairs := read_pairs(connection, after, after + SECTION):
        for pair in pairs:
            other = LogRow(pair[0], str(pair[1]), *pair[2:6])
            moved = other._replace(state=row.state)
            if pair[0] != row.position and moved != other and leaf_hash(to_entry(moved, pair[6])) == pair[7]:
                return other.position
        after += SECTION
    return None


def _recorded_at(connection: Connection, ends: LogEnds, row: LogRow, now: int | None) -> int | None:
    """Find where the row was recorded that stands somewhere: beside, or where that is which should stand here."""
    for other in (now, row[0] + 1, row[0] - 1):
        if other is None or not 1 <= other <= ends.last_leaf or other == row[0]:
            continue
        for leaf in read_section(connection, other - 1, other).leaves:
            if leaf_hash(to_entry(LogRow(other, *row[1:]), leaf[1])) == leaf[2]:
                return other
    return None


def _time_hint(row: LogRow) -> str:
    try:
        recorded_at = str(json.loads(row[4])["provenance"]["recorded_at"])
    except (ValueError, LookupError, TypeError):
        return "; its state cannot be read"
    digits = recorded_at.removesuffix("Z").ljust(len("2026-01-01T00:00:00."), ".").ljust(26, "0")
    return "" if f"{digits}Z" == row[5] else f"; its time is {row[5]}, and its state says {recorded_at}"


def _leaf_is_wrong(connection: Connection, ends: LogEnds, place: int, found: bytes) -> bool:
    """Tell whether what stands above in the tree, or is signed, fits the row and not its leaf."""
    tile = (place - 1) // WIDTH
    start, end = tile * WIDTH, min((tile + 1) * WIDTH, ends.last_leaf)
    leaves = read_hashes(connection, 0, start, end)
    if len(leaves) != end - start:
        return False
    mended = [*leaves]
    mended[place - 1 - start] = found
    if len(leaves) == WIDTH:
        nodes = read_hashes(connection, 1, tile, tile + 1)
        return nodes == [perfect_root(mended)]
    return _is_signed(connection, place, end, mended)


def _is_signed(connection: Connection, place: int, end: int, mended: list[bytes]) -> bool:
    for (note,) in connection.execute(SIGNED_WITHIN, {"start": place, "end": end}):
        try:
            checkpoint = Checkpoint.parse(SignedNote.parse(str(note)).text)
            return _Mended(connection, (place - 1) // WIDTH, mended).root(checkpoint.size) == checkpoint.root
        except (BadNote, LogDamaged):
            return False
    return False


class _Mended(TreeReader):
    """The tree with other leaves in one tile."""

    def __init__(self, connection: Connection, index: int, leaves: list[bytes]) -> None:
        super().__init__(connection)
        self._index = index
        self._leaves = leaves

    def tile(self, level: int, index: int) -> list[bytes]:
        return self._leaves if (level, index) == (0, self._index) else super().tile(level, index)
