"""The newest checkpoint of each log, in a file outside of the store: what a restore is compared with."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from infrastructure.checkpoints.signing_key import write_durably
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import SignedNote
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import tree_size

if TYPE_CHECKING:
    from pathlib import Path

    from infrastructure.store.base import Connection

FOLDER = "checkpoints"


class CheckpointFile:
    """The file of one log."""

    def __init__(self, folder: Path, log: str) -> None:
        """Name it by the identity of the log, in ``folder``."""
        self.path = folder / FOLDER / f"{log}.checkpoint"

    def read(self) -> str | None:
        """Give the note; None if there is none, or none that can be read."""
        try:
            note = self.path.read_text()
            Checkpoint.parse(SignedNote.parse(note).text)
        except (OSError, ValueError):
            return None
        return note

    def misfit(self, connection: Connection, origin: str) -> str | None:
        """Say why the log is not the one that has this checkpoint of its tree; None if it is."""
        note = self.read()
        if note is None and self.path.exists():
            return f"{self.path} is no checkpoint that can be read, so that nothing tells whether events were lost"
        kept = Checkpoint.parse(note) if note is not None else None
        if kept is None or kept.origin != origin:
            return None
        size = tree_size(connection)
        if kept.size <= size and TreeReader(connection).root(kept.size) == kept.root:
            return None
        return (
            f"the log has {size} events, and is not the one that has the checkpoint in {self.path}, of {kept.size}; if "
            "a backup was put in its place, stop, and run: bitacora restore --adopt"
        )

    def keep(self, note: str) -> None:
        """Write a note, unless there is a larger one of the same tree.

        Raises:
            OSError: if it cannot be written.
        """
        new = Checkpoint.parse(SignedNote.parse(note).text)
        there = self.read()
        if there is not None:
            old = Checkpoint.parse(SignedNote.parse(there).text)
            if old.origin == new.origin and old.size >= new.size:
                return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}-{token_hex(8)}")
        try:
            write_durably(beside, note.encode())
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
