"""Sealed pages: what an address answered as of a position, the events that it follows from, and their proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol
from uuid import UUID

from typing_extensions import TypedDict

from application.schema import Described, documented

if TYPE_CHECKING:
    from collections.abc import Collection

FORMAT = "bitacora-sealed-page/1"


@documented
class SealedEvent(TypedDict):
    """An event, and the proof that it is in the log."""

    entry: str
    """The row of the log as it is stored, as canonical JSON (RFC 8785): what the tree of the log hashes. Its leaf is
    that of the `position` in it, less one."""
    hashes: list[str]
    """The inclusion proof (RFC 6962, section 2.1.1), in base64, from the sibling of the leaf up."""


@documented
class SealedPage(TypedDict):
    """A page as of a moment, in one file that can be checked without the service: `bitacora verify --export`.

    It proves what the service says of that moment, and that the events are in the log. It does not prove that no other
    event was left out; for that, check the whole log.
    """

    format: Annotated[str, Described(examples=[FORMAT])]
    address: Annotated[str, Described(examples=["/v1/status?as_of=120"])]
    position: int
    """The last position of the log that the page knows of."""
    recorded_at: Annotated[str, Described(examples=["2026-11-30T10:00:00.000000Z"])] | None
    """When the event at that position was recorded; null if there is none."""
    media_type: str
    page: str
    """What the address answered: of a page the HTML that readers got, of JSON what the role of the caller sees."""
    events: list[SealedEvent]
    """By position: those of everything that the page names, up to its position."""
    checkpoint: str
    """A signed checkpoint (C2SP tlog-checkpoint), to which the proofs lead."""
    seal: str
    """A signed note (C2SP signed-note) about the address, the position and the SHA-256 of the page."""


@dataclass(frozen=True, kw_only=True)
class AnsweredPage:
    """What an address answered as of a position; ``page`` is its text."""

    address: str
    position: int
    media_type: str
    page: str


class PageSealer(Protocol):
    """Seals pages."""

    def seal(self, answered: AnsweredPage, aggregates: Collection[UUID]) -> SealedPage:
        """Seal a page with the events of these aggregates; those that do not exist have none.

        Raises:
            LogKeyMissing: if this process has no key to sign with.
            Invalid: if there are more than a file may have.
        """
        ...
