"""Checks the rows of a section: each column by itself, and each row against its leaf."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from infrastructure.store.base import instant, moment
from infrastructure.transparency.entries import SALT_SIZE, to_entry
from infrastructure.transparency.merkle import leaf_hash
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from infrastructure.transparency.entries import LogRow
    from infrastructure.verification.log_sections import Leaf, LeafedRow

IDS = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n)*")
TIMES = re.compile(r"(?:\d{4}-(?:0[1-9]|1[0-2])-[0-3]\d(?:T[0-2]\d)(?::[0-5]\d){2}\.\d{6}Z\n)*")
HASH_DIGITS = 16
"""How many digits of a hash a sentence has."""


def place_of(row: LogRow, size: int) -> str:
    """Name a row in a sentence."""
    position, _, _, topic, *_ = row
    return f"position {position} of {size} ({topic})"


def hashes_of(pairs: Sequence[LeafedRow]) -> list[bytes]:
    """Hash rows as their leaves should; none, if one has a value of another kind than the store writes."""
    try:
        # In place: a whole log is hashed here.
        return [sha256(b"\x00" + to_entry(pair[:6], pair[6])).digest() for pair in pairs]  # type: ignore[arg-type]
    except (TypeError, AttributeError):
        return []


def fits(pairs: Sequence[LeafedRow], hashes: Sequence[bytes], until: int) -> bool:
    """Tell whether no row is missing up to a position, and each fits its leaf; the section begins where one did."""
    return (
        bool(pairs)
        and pairs[-1][0] == until == pairs[0][0] + len(pairs) - 1
        and hashes == [pair[7] for pair in pairs]
        and {len(pair[6]) for pair in pairs} == {SALT_SIZE}
    )


def first_other(rows: Sequence[LogRow], leaves: Sequence[Leaf]) -> int | None:
    """Give the place of the first row whose hash is not that of its leaf; None if there is none."""
    pairs = zip(rows, leaves, strict=True)
    return next((place for place, (row, leaf) in enumerate(pairs) if not _is_leaf_of(row, leaf)), None)


def _is_leaf_of(row: LogRow, leaf: Leaf) -> bool:
    return len(leaf.salt) == SALT_SIZE and leaf_hash(to_entry(row, leaf.salt)) == leaf.hash


def first_gap(after: int, found: Sequence[Sequence[object]]) -> int:
    """Give the first position after ``after`` that is missing among rows: if none is, the one behind the last."""
    return next((place for place, row in enumerate(found, after + 1) if row[0] != place), after + len(found) + 1)


def has_form(rows: Sequence[LeafedRow], before: str, topics: AbstractSet[str]) -> bool:
    """Tell whether rows that fit their leaves pass ``require_form``, for all of them together."""
    _, ids, versions, found, _, times, _, _ = zip(*rows, strict=True)
    return (
        before <= times[0]
        and [*times] == sorted(times)
        and topics >= {*found}
        and min(versions) >= 1
        and IDS.fullmatch("".join([f"{id}\n" for id in {*ids}])) is not None
        and TIMES.fullmatch("".join([f"{time}\n" for time in {*times}])) is not None
    )


def require_form(rows: Sequence[LogRow], before: str, topics: AbstractSet[str], size: int) -> None:
    """Check that the columns of rows are written as the store writes them; ``before`` is the time of the row before.

    Raises:
        LogMismatch: naming the first that is not, or whose time is before that of the row before.
    """
    for row in rows:
        _require_form_of(row, before, topics, size)
        before = row.recorded_at


def _require_form_of(row: LogRow, before: str, topics: AbstractSet[str], size: int) -> None:
    position, id, version, topic, _, time = row
    sentence = None
    if not IDS.fullmatch(f"{id}\n"):
        sentence = f"the id of its aggregate is written {id!r}, and no id is written so"
    elif version < 1:
        sentence = f"its version is {version}, and the first is 1"
    elif topic not in topics:
        sentence = "no event type of this name is known"
    elif not TIMES.fullmatch(f"{time}\n") or not _is_instant(time):
        sentence = f"its time is written {time!r}, and no time is written so"
    elif time < before:
        sentence = f"its time is {time}, before that of the event before it, {before}"
    if sentence is not None:
        raise LogMismatch(f"{place_of(row, size)}: {sentence}", position=position)


def _is_instant(time: str) -> bool:
    try:
        return instant(moment(time)) == time
    except ValueError:
        return False
