"""What happened to the log as a whole."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.provenance import Provenance

NAMESPACE = UUID("7d0f6c1e-64a5-4c0c-9a55-2f8f0f2f6b1c")
"""Of the ids of notices of keys: there is one notice for each key."""


class LogEvent(Event):
    """Something that happened to the log."""


class KeyRotated(Created, LogEvent):
    """Checkpoints are signed with another key from now on; those of the key before stay valid."""

    TOPIC = "log.key_rotated"
    key: str
    """The public key (Ed25519), in base64."""
    previous: str


class Restored(Created, LogEvent):
    """A backup took the place of the log; what follows is a tree of its own, with its own origin.

    ``checkpoint`` is the newest one of the tree before that is known, as it was signed, and ``previous_size`` how many
    events it had; None if there is none, so that nobody can tell how much was lost.
    """

    TOPIC = "log.restored"
    origin: str
    kept: int
    """How many events the backup has."""
    previous_origin: str
    previous_size: int | None
    checkpoint: str | None


class LogNotice(Aggregate):
    """One thing that happened to the log as a whole; each is an aggregate of a single event."""

    TOPIC = "log"
    Event = LogEvent
    KeyRotated = KeyRotated
    Restored = Restored

    @classmethod
    def rotate_key(cls, *, key: str, previous: str, provenance: Provenance) -> Self:
        """Tell that another key signs."""
        notice: Any = cls.begin_with(
            KeyRotated, id=cls.id_of_key(key), provenance=provenance, key=key, previous=previous
        )
        return notice  # type: ignore[no-any-return]

    @classmethod
    def restore(
        cls,
        *,
        id: UUID,
        origin: str,
        kept: int,
        previous_origin: str,
        previous_size: int | None,
        checkpoint: str | None,
        provenance: Provenance,
    ) -> Self:
        """Tell that a backup took the place of the log."""
        notice: Any = cls.begin_with(
            Restored,
            id=id,
            provenance=provenance,
            origin=origin,
            kept=kept,
            previous_origin=previous_origin,
            previous_size=previous_size,
            checkpoint=checkpoint,
        )
        return notice  # type: ignore[no-any-return]

    @staticmethod
    def id_of_key(key: str) -> UUID:
        """Give the id of the notice of a key: a key that was replaced does not come back."""
        return uuid5(NAMESPACE, key)
