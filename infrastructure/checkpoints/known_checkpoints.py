"""The checkpoints of a log that are known outside of it: what a restored one is compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from application.audit.commands import FIRST_LOG_KEY, LOG_KEY
from application.errors import BadSetting
from domain.audit.log_notice import KeyRotated
from infrastructure.checkpoints.kept_outside import CheckpointFile
from infrastructure.checkpoints.log_origin import reached_generation
from infrastructure.checkpoints.signing_key import find_key, public_text
from infrastructure.event_log import store_facts
from infrastructure.event_log.schema import log_identity
from infrastructure.store.base import LogDamaged, StoreNotRestored
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import BadNote, VerifierKey, require_signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from infrastructure.log_check import LogEnd
    from infrastructure.settings import Settings
    from infrastructure.store.base import Connection

ROTATIONS = "SELECT state FROM stored_events WHERE topic = :topic"
NEWEST_NOTES = """
    SELECT note FROM checkpoints AS one
    WHERE size = (SELECT max(size) FROM checkpoints AS others WHERE others.origin = one.origin)
"""


@dataclass(frozen=True, kw_only=True)
class KnownCheckpoint:
    """A checkpoint that a known key has signed; ``place`` says where it was found."""

    checkpoint: Checkpoint
    note: str
    place: str


@dataclass(frozen=True, kw_only=True)
class ReplacedLog:
    """What there is to know of the log whose place another one takes."""

    end: LogEnd
    generation: int
    keys: frozenset[str]
    notes: tuple[str, ...]

    @classmethod
    def read(cls, connection: Connection, end: LogEnd) -> ReplacedLog:
        """Read what a log says of itself."""
        rows = connection.execute(NEWEST_NOTES) if connection.has_table("checkpoints") else []
        return cls(
            end=end,
            generation=reached_generation(connection),
            keys=frozenset(public_keys(connection)),
            notes=tuple(str(row[0]) for row in rows),
        )


class KnownCheckpoints:
    """Looks for them: in a file that is named, in the one beside the key, and in the log that is replaced.

    ``doubtful`` says of one why it does not count.
    """

    def __init__(self, settings: Settings, given: Path | None, replaced: ReplacedLog | None) -> None:
        """Look at ``given``, at the file of ``settings``, and into an older log of the same identity."""
        self._settings = settings
        self._given = given
        self._replaced = replaced
        self.doubtful: str | None = None

    def find(self, log: Connection) -> list[KnownCheckpoint]:
        """Give those of a log.

        Raises:
            StoreNotRestored: if the file that is named has none, or none that a known key has signed.
        """
        replaced, keys = self._replaced, public_keys(log) | self._own_key()
        keys |= replaced.keys if replaced else frozenset()
        found: list[KnownCheckpoint] = []
        if self._given is not None:
            found.append(self._read_given(self._given, keys))
        outside = CheckpointFile(self._settings.log_folder, log_identity(log)).path
        if outside.exists():
            found += self._if_signed(partial(_text_of, outside), keys, str(outside))
        for note in replaced.notes if replaced else ():
            found += self._if_signed(partial(str, note), keys, "the log that was there")
        return found

    def _own_key(self) -> set[str]:
        try:
            key = find_key(self._settings)
        except BadSetting:
            return set()
        return set() if key is None else {public_text(key)}

    def _read_given(self, file: Path, keys: set[str]) -> KnownCheckpoint:
        try:
            return _signed(_text_of(file), keys, str(file))
        except BadNote as error:
            raise StoreNotRestored(
                f"{file} cannot be used: {error}; the keys that count are those that the log names, and that of this "
                "machine"
            ) from error

    def _if_signed(self, read: Callable[[], str], keys: set[str], place: str) -> list[KnownCheckpoint]:
        try:
            return [_signed(read(), keys, place)]
        except BadNote as error:
            self.doubtful = f"the checkpoint of {place} does not count: {error}"
            return []


def public_keys(connection: Connection) -> set[str]:
    """Give the public keys (base64) that a log says have signed it.

    Raises:
        LogDamaged: if it cannot be read what it says.
    """
    keys = {store_facts.find(connection, name) for name in (LOG_KEY, FIRST_LOG_KEY)}
    for row in connection.execute(ROTATIONS, {"topic": KeyRotated.TOPIC}):
        try:
            state = json.loads(row[0] if isinstance(row[0], bytes) else str(row[0]))
            keys |= {str(state["key"]), str(state["previous"])}
        except (ValueError, LookupError, TypeError) as error:
            raise LogDamaged(f"an event {KeyRotated.TOPIC} of the log cannot be read") from error
    return {key for key in keys if key}


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadNote(f"it cannot be read ({error})") from error


def _signed(note: str, keys: set[str], place: str) -> KnownCheckpoint:
    # The name beside a signature is the origin of its tree.
    checkpoint = Checkpoint.parse(note)
    require_signed(note, [VerifierKey.of(checkpoint.origin, key) for key in sorted(keys)])
    return KnownCheckpoint(checkpoint=checkpoint, note=note, place=place)
