"""The log as a tree that others verify: checkpoints, tiles, and proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from application.audit.documents import ConsistencyDocument, EventDocument, ProofDocument


@dataclass(frozen=True, kw_only=True)
class SignedCheckpoint:
    """How many events there were, and the note that says so (C2SP tlog-checkpoint)."""

    size: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A piece of the tree, or of its entries (C2SP tlog-tiles)."""

    data: bytes
    is_public: bool
    """Whether readers may have it."""


@dataclass(frozen=True, kw_only=True)
class LogFigures:
    """How the log is verified, in numbers."""

    tree_size: int
    readers_size: int
    """How many events the checkpoint of readers has."""
    checkpoint_age: timedelta | None
    """How long ago a checkpoint was signed for readers; None if there is none."""
    asked_witnesses: Mapping[tuple[str, str], int]
    """How often this process has asked a witness, by its name and what came of it."""


class LogProofs(Protocol):
    """Reads the tree. Auditors see all of it, readers what the checkpoint has that they get.

    Every method but ``figures``, ``readers_size`` and those that give tiles raises ``LogKeyMissing`` where a checkpoint
    is needed that nobody can sign.
    """

    def checkpoint(self, *, is_auditor: bool) -> SignedCheckpoint:
        """Give the newest checkpoint: for auditors of all events, for readers the one of this turn of the clock."""
        ...

    def keys(self) -> Sequence[str]:
        """Give the public keys that have signed the log, as they are published, the present one first."""
        ...

    def tile(self, level: str, place: str, *, is_auditor: bool) -> Tile:
        """Give a tile by its address, as in ``0`` and ``x001/234`` or ``000.p/7``.

        Raises:
            NotFound: if the caller may not have it, or it is none.
        """
        ...

    def bundle(self, place: str) -> Tile:
        """Give entries by the address of the tile with their hashes.

        Raises:
            NotFound: if there is no such tile.
        """
        ...

    def inclusion(self, position: int, size: int | None) -> ProofDocument:
        """Prove that the event at a position is among the first ``size``, by default all of them.

        Raises:
            NotFound: if there is no such event.
            Invalid: if the size is larger than the tree, or does not reach the event.
        """
        ...

    def consistency(self, old: int, size: int | None) -> ConsistencyDocument:
        """Prove that the first ``old`` events are a prefix of the first ``size``, by default of all.

        Raises:
            Invalid: if there are not as many.
        """
        ...

    def at(self, size: int | None) -> SignedCheckpoint:
        """Give the checkpoint of the first ``size`` events, by default the newest.

        Raises:
            Invalid: if there are not as many.
        """
        ...

    def with_entries(self, events: Iterable[EventDocument]) -> Iterator[EventDocument]:
        """Add the text to each event whose hash is in the tree."""
        ...

    def readers_size(self) -> int:
        """Give how many events the checkpoint of readers has; 0 if there is none."""
        ...

    def figures(self) -> LogFigures:
        """Give the figures."""
        ...


def tlog_proof(proof: ProofDocument) -> str:
    """Write a proof of inclusion as C2SP tlog-proof does."""
    return "\n".join(("c2sp.org/tlog-proof@v1", f"index {proof['index']}", *proof["hashes"], "", proof["checkpoint"]))
