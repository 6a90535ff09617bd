"""Verifies a log as it is stored."""

from __future__ import annotations

import heapq
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.registry import event_types
from infrastructure.checkpoints.log_origin import RESTORED_FROM
from infrastructure.event_log import store_facts
from infrastructure.event_log.schema import require_present
from infrastructure.transparency.notes import BadNote
from infrastructure.verification.beside_pass import checked_beside
from infrastructure.verification.cosignature_checks import other_cosignatures
from infrastructure.verification.heads import stored_heads
from infrastructure.verification.log_history import LogHistory
from infrastructure.verification.log_pass import LogPass
from infrastructure.verification.mismatch import CannotVerify, LogCut, LogMismatch, first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store
    from infrastructure.transparency.notes import VerifierKey
    from infrastructure.verification.heads import Head


@dataclass(frozen=True, kw_only=True)
class LogComparison:
    """What a log is compared with, beside what is in the store itself.

    ``outside`` is the newest checkpoint that the program has kept beside the store, ``older`` one that somebody kept,
    ``keys`` those that somebody got elsewhere.
    """

    outside: Head | None = None
    older: Head | None = None
    keys: Sequence[VerifierKey] = ()


@dataclass(frozen=True, kw_only=True)
class VerifiedLog:
    """What was found of a log that fits in every part."""

    origin: str
    size: int
    root: bytes
    checkpoints: int
    newest: Head | None
    key: VerifierKey | None
    prefix: str | None
    """What became of the events of an older checkpoint, as a sentence."""

    @property
    def root_text(self) -> str:
        """The root, in base64."""
        return b64encode(self.root).decode()


def verify_log(
    store: Store, mapper: TypedMapper, comparison: LogComparison, *, advanced: Callable[[int, int], None]
) -> VerifiedLog:
    """Compute everything again, of one moment, and write nothing.

    ``advanced`` is told of how many events of how many each section was.

    Raises:
        LogMismatch: naming the first position that does not fit, and what does not.
        CannotVerify: if what it is compared with belongs to another log.
        SchemaMismatch: if it is no log of this version.
        StoreDown: if it cannot be read.
    """
    with (
        checked_beside(store) as beside,
        store.reading_log() as connection,
        connection.snapshot(),
    ):
        require_present(connection)
        history = LogHistory.read(connection)
        _require_of_this_log(history, comparison)
        log = LogPass(connection, mapper, frozenset(event_types()), history)
        found = [*_passed(connection, log, comparison, advanced), *beside()]
        if not found:
            found += _other_heads(log, history)
        if not found:
            found += _unsigned(connection, history, comparison)
        if not found:
            found += other_cosignatures(connection)
        first = first_of(found)
        if first is not None:
            if store_facts.find(connection, RESTORED_FROM) is not None:
                first.add_note("a backup took its place, which the next program that opens it records; verify it then")
            raise first
        history.require_noted()
        return _verified(log, history, comparison)


def _passed(
    connection: Connection, log: LogPass, comparison: LogComparison, advanced: Callable[[int, int], None]
) -> Iterator[LogMismatch]:
    given = [head for head in (comparison.outside, comparison.older) if head is not None]
    heads = heapq.merge(stored_heads(connection), sorted(given, key=_size), key=_size)
    try:
        log.run(heads, advanced=advanced)
    except LogCut as cut:
        yield _cut(connection, cut, log, given)
    except LogMismatch as mismatch:
        yield mismatch


def _size(head: Head) -> int:
    return head.size


def _require_of_this_log(history: LogHistory, comparison: LogComparison) -> None:
    older, keys = comparison.older, comparison.keys
    if older is not None and not history.has(older.checkpoint.origin):
        raise CannotVerify(f"{older.name} is of the log {older.checkpoint.origin}, and this one is {history.origin}")
    names = {key.name for key in keys}
    if keys and not any(map(history.has, names)):
        raise CannotVerify(f"the key is of the log {', '.join(names)}, and this one is {history.origin}")
    if older is not None and keys:
        try:
            signed = older.note.signed_by(keys)
        except BadNote as error:
            raise LogMismatch(f"{older.name} was changed: {error}") from error
        if not signed:
            raise LogMismatch(f"{older.name} is not signed by the key that you gave")


def _cut(connection: Connection, cut: LogCut, log: LogPass, given: Sequence[Head]) -> LogMismatch:
    """Name the newest checkpoint that has more events; it is worth more than the tree."""
    size = log.ends.last_event
    more = [head for head in (*stored_heads(connection), *given) if head.size > size]
    newest = max(more, key=_size, default=None)
    return cut if newest is None else LogCut(size, newest.size, newest.name)


def _other_heads(log: LogPass, history: LogHistory) -> Iterator[LogMismatch]:
    """Find checkpoints that are not of the log as it is, and that no restore accounts for."""
    for head in log.unfit:
        restore = history.lost_after(head.checkpoint.origin)
        if restore is None or head.size <= restore.event.kept:
            before = log.newest_fitting
            first = before.size + 1 if before is not None and before.size < head.size else 1
            yield LogMismatch(
                f"positions {first} to {head.size} of {log.size}: rows and tree fit one another, and are not what was "
                f"signed: the root of the first {head.size} events is another one than that of {head.name}",
                position=first,
            )
    if log.beyond is not None:
        yield LogCut(log.size, log.beyond.size, log.beyond.name)


def _unsigned(connection: Connection, history: LogHistory, comparison: LogComparison) -> Iterator[LogMismatch]:
    """Find the first checkpoint that no key of the log has signed."""
    outside, older = comparison.outside, comparison.older
    given = [older] if older is not None and not comparison.keys else []
    if outside is not None and outside.checkpoint.origin == history.origin:
        # What a restore has lost may have had a key of its own.
        given.append(outside)
    for head in (*given, *stored_heads(connection)):
        try:
            head.signer(history)
        except LogMismatch as mismatch:
            yield mismatch
            return


def _verified(log: LogPass, history: LogHistory, comparison: LogComparison) -> VerifiedLog:
    older = comparison.older
    public = {b64encode(key.public).decode() for key in comparison.keys}
    if public and public.isdisjoint(known.public for known in history.keys):
        raise LogMismatch("the key that you gave is none by which this log was ever signed")
    return VerifiedLog(
        origin=history.origin,
        size=log.size,
        root=log.root,
        checkpoints=log.fitting,
        newest=log.newest_fitting,
        key=next((each for each, known in history.signers(history.origin).items() if known.until is None), None),
        prefix=None if older is None else _prefix(older, history),
    )


def _prefix(older: Head, history: LogHistory) -> str:
    """Say what became of the events of an older checkpoint, which fits."""
    restore = history.lost_after(older.checkpoint.origin)
    if restore is None:
        return f"The log begins with the {older.size:,} events of {older.name}."
    kept, position = restore.event.kept, restore.position
    if older.size <= kept:
        return (
            f"The {older.size:,} events of {older.name} are a prefix of what was restored: at position {position} the "
            f"log says that a backup of {kept:,} events took its place."
        )
    lost = older.size - kept
    raise LogMismatch(
        f"restored, {lost} event{'s' if lost > 1 else ''} lost: {older.name} has {older.size} events, and at "
        f"position {position} the log says that a backup of {kept} took its place",
        position=position,
    )
