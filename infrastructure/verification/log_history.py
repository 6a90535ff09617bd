"""Which keys have signed a log, and which trees it has had: what its events say, against the notes of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from application.audit.commands import FIRST_LOG_KEY, LOG_KEY
from application.errors import CorruptEvent
from domain.audit.log_notice import KeyRotated, Restored
from infrastructure.event_log import recorder, store_facts
from infrastructure.transparency.checkpoint import generation_of, origin_of, parse_generation
from infrastructure.transparency.notes import BadNote, VerifierKey
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection
    from infrastructure.verification.log_sections import LeafedRow

TOPICS = frozenset({KeyRotated.TOPIC, Restored.TOPIC})


class KnownKey(NamedTuple):
    """A public key (base64) that signed from a position on, up to the one at which it was replaced, if it was."""

    public: str
    since: int
    until: int | None

    def may_sign(self, size: int, *, for_readers: bool) -> bool:
        """Tell whether it was the one that signed a log of ``size``; for readers, the size is rounded down."""
        return (for_readers or size >= self.since) and (self.until is None or size < self.until)


class KnownRestore(NamedTuple):
    """A restore that the log tells of, at a position; see ``domain.audit.log_notice.Restored``."""

    position: int
    event: Restored


@dataclass
class LogHistory:
    """What the log says of itself, and the store of the log."""

    base: str
    generation: int
    key: str | None
    keys: list[KnownKey] = field(default_factory=list)
    restores: list[KnownRestore] = field(default_factory=list)

    @classmethod
    def read(cls, connection: Connection) -> LogHistory:
        """Read what the store notes; the events are still to be added."""
        first, key, base = (
            store_facts.find(connection, name) for name in (FIRST_LOG_KEY, LOG_KEY, store_facts.LOG_ORIGIN)
        )
        generation = store_facts.find(connection, store_facts.LOG_GENERATION)
        generation = "1" if generation is None else generation
        number = parse_generation(generation)
        if number is None:
            raise LogMismatch(f"the store notes that the log has had {generation!r} trees, and that is no number")
        history = cls(base or "", number, key)
        if first is not None:
            history.keys.append(KnownKey(first, 0, None))
        return history

    @property
    def origin(self) -> str:
        """How the present tree is called."""
        return origin_of(self.base, self.generation)

    def has(self, origin: str) -> bool:
        """Tell whether one of the trees is or was called so."""
        return self._number(origin) is not None

    def add(self, rows: Sequence[LeafedRow], mapper: TypedMapper) -> None:
        """Take note of the events among some rows that are about the log as a whole.

        Raises:
            LogMismatch: if one of them does not follow from those before.
        """
        if TOPICS.isdisjoint({row[3] for row in rows}):
            return
        for row in rows:
            if row[3] in TOPICS:
                try:
                    self._add(row[0], mapper.to_domain_event(recorder.notification(row)))
                except CorruptEvent as error:
                    raise LogMismatch(f"position {row[0]} ({row[3]}): {error}", position=row[0]) from error

    def _add(self, position: int, event: object) -> None:
        if isinstance(event, KeyRotated):
            before = self.keys[-1].public if self.keys else None
            if before != event.previous:
                raise LogMismatch(
                    f"position {position} ({event.TOPIC}): it says that {event.previous} signed before, and the key "
                    f"that did is {before or 'not noted'}",
                    position=position,
                )
            self.keys[-1] = self.keys[-1]._replace(until=position)
            self.keys.append(KnownKey(event.key, position, None))
        else:
            self.restores.append(KnownRestore(position, cast("Restored", event)))

    def require_noted(self) -> None:
        """Check that the store notes what the events say.

        Raises:
            LogMismatch: if it does not.
        """
        last = self.keys[-1].public if self.keys else None
        if last != self.key:
            raise LogMismatch(
                f"the store notes that the key {self.key or '(none)'} signs the log, and by its events it is "
                f"{last or '(none)'}"
            )
        before = 1
        for position, event in self.restores:
            number = self._number(event.origin)
            if number is None or number <= before or self._number(event.previous_origin) is None:
                raise LogMismatch(
                    f"position {position} ({event.TOPIC}): it names the tree {event.origin}, which is none of those "
                    f"that the store notes: {self.base}, and {self.generation - 1} more",
                    position=position,
                )
            before = number
        if before != self.generation:
            # Under a new name, a log that was cut would look like another one.
            raise LogMismatch(
                f"the store notes that the log has had {self.generation} trees, and by its events it has had {before}"
            )

    def lost_after(self, origin: str) -> KnownRestore | None:
        """Give the restore that has kept the fewest events of an earlier tree; None for the present one."""
        number = self._number(origin) or self.generation
        later = [each for each in self.restores if (self._number(each.event.origin) or 0) > number]
        return min(later, key=lambda each: each.event.kept, default=None)

    def signers(self, origin: str) -> dict[VerifierKey, KnownKey]:
        """Give the keys under the name of a tree.

        Raises:
            LogMismatch: if what is noted is no key.
        """
        try:
            return {VerifierKey.of(origin, key.public): key for key in self.keys}
        except BadNote:
            raise LogMismatch("a key that the store notes is no key") from None

    def _number(self, origin: str) -> int | None:
        number = generation_of(origin, self.base)
        return number if number is not None and number <= self.generation else None
