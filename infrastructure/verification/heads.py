"""Checkpoints that the log is compared with: those in the store, one kept outside of it, one that somebody kept."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from infrastructure.checkpoints.kept_outside import CheckpointFile
from infrastructure.event_log.schema import log_identity
from infrastructure.store.base import instant, moment
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import BadNote, SignedNote
from infrastructure.transparency.tree_tables import WIDTH
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from infrastructure.store.base import Connection
    from infrastructure.verification.log_history import KnownKey, LogHistory

PAGE = 1_000
"""How many stored checkpoints are read at once."""
BEFORE_ALL = -(2**63), -(2**62)
"""A size and a flag before those of any row, also of one that nobody here has written."""
ORIGINS = "SELECT DISTINCT origin FROM checkpoints ORDER BY origin"
STORED = """
    SELECT size, for_readers, signed_at, note FROM checkpoints
    WHERE origin = :origin AND (size, for_readers) > (:size, :for_readers) ORDER BY size, for_readers LIMIT :limit
"""


class Head(NamedTuple):
    """A checkpoint, and the words by which a sentence names it; ``is_stored`` is it in the store itself."""

    checkpoint: Checkpoint
    note: SignedNote
    name: str
    is_stored: bool = False
    for_readers: bool = False

    @property
    def size(self) -> int:
        """How many events it is of."""
        return self.checkpoint.size

    def signer(self, history: LogHistory) -> KnownKey:
        """Give the key of the log that has signed it.

        Raises:
            LogMismatch: if none has, or one that was not the key of the log then.
        """
        if not history.has(self.checkpoint.origin):
            raise LogMismatch(
                f"{self.name} is of the log {self.checkpoint.origin}, and this one is {history.origin}: it does not "
                "belong here"
            )
        keys = history.signers(self.checkpoint.origin)
        try:
            signed = [keys[key] for key in self.note.signed_by(keys)]
        except BadNote as error:
            raise LogMismatch(f"{self.name} was changed: {error}", position=self._place) from error
        if not signed:
            raise LogMismatch(f"{self.name} is not signed by any key of this log", position=self._place)
        for key in signed:
            # Whoever asks for an earlier size gets it signed by the key of today. The store keeps none of these.
            if key.may_sign(self.size, for_readers=self.for_readers or not self.is_stored):
                return key
        raise LogMismatch(
            f"{self.name} is signed by a key that did not sign the log when it had {self.size} events",
            position=self._place,
        )

    @property
    def _place(self) -> int | None:
        return self.size if self.is_stored and self.size else None


def to_head(note: str, name: str) -> Head:
    """Read a note.

    Raises:
        BadNote: if it is no checkpoint.
    """
    parsed = SignedNote.parse(note)
    return Head(Checkpoint.parse(parsed.text), parsed, name)


def kept_outside(connection: Connection, folder: Path) -> Head | None:
    """Read the newest checkpoint that was kept in a folder outside of the store; None if there is none.

    Raises:
        LogMismatch: if it is no checkpoint any more.
    """
    file = CheckpointFile(folder, log_identity(connection))
    note, name = file.read(), f"the checkpoint in {file.path}"
    if note is None and file.path.exists():
        raise LogMismatch(f"{name} cannot be read, or is no checkpoint any more")
    return None if note is None else to_head(note, name)


def stored_heads(connection: Connection) -> Iterator[Head]:
    """Read the checkpoints in the store by size.

    Raises:
        LogMismatch: naming one whose columns do not say what its note says.
    """
    origins = [str(row[0]) for row in connection.execute(ORIGINS)]
    return heapq.merge(*(_heads_of(connection, origin) for origin in origins), key=lambda head: head.size)


def _heads_of(connection: Connection, origin: str) -> Iterator[Head]:
    size, for_readers = BEFORE_ALL
    while True:
        rows = connection.execute(STORED, {"origin": origin, "size": size, "for_readers": for_readers, "limit": PAGE})
        for row in rows:
            yield _stored_head(origin, row)
        if len(rows) < PAGE:
            return
        size, for_readers = int(rows[-1][0] or 0), int(rows[-1][1] or 0)


def _stored_head(origin: str, row: Sequence[object]) -> Head:
    size, for_readers, signed_at, note = row
    name = f"the checkpoint of {signed_at}{' for readers' if for_readers else ''}"
    place = size if isinstance(size, int) and size > 0 else None
    try:
        head = to_head(str(note), name)
        is_written_so = str(head.note) == note and head.checkpoint.text == head.note.text
    except BadNote as error:
        raise LogMismatch(f"{name} was changed: {error}", position=place) from error
    if not is_written_so or (head.checkpoint.origin, head.size) != (origin, size):
        raise LogMismatch(f"{name} was changed: its columns do not say what its note says", position=place)
    if for_readers not in {0, 1} or (for_readers and head.size % WIDTH):
        raise LogMismatch(f"{name} was changed: readers get sizes of whole tiles of {WIDTH}", position=place)
    if not _is_instant(signed_at):
        raise LogMismatch(f"{name} was changed: its time is written as none is", position=place)
    return head._replace(is_stored=True, for_readers=bool(for_readers))


def _is_instant(text: object) -> bool:
    try:
        return isinstance(text, str) and instant(moment(text)) == text
    except ValueError:
        return False
