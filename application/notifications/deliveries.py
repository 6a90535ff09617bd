"""Deliveries, as operators read them and act on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Protocol

from typing_extensions import TypedDict

from application.document import Id, Instant, Page
from application.schema import Encodes, documented
from domain.errors import Conflict, Invalid, NotFound
from domain.subscriptions.values import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


PLACE = re.compile(r"[0-9T:.Z-]{20,40}/[0-9a-f]{32}")


class DeliveryState(StrEnum):
    """How far a delivery has come.

    It is `due` until it is sent, or `waiting` for a digest. It is `superseded` if a later message has what it would
    have said, `dropped` if nothing may be sent to its address any more, `failed` if it was given up, and `perhaps_sent`
    if it was due in a backup that was restored.
    """

    DUE = "due"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"
    PERHAPS_SENT = "perhaps_sent"


class NoSuchDelivery(NotFound):
    """There is no such delivery."""


class NothingToRetry(Conflict):
    """The delivery was sent, or a later one has taken its place."""


@documented
class DeliveryDocument(TypedDict):
    """One message to one subscriber."""

    id: str
    subscription: Id
    channel: Annotated[str, Encodes(Channel)]
    language: str
    state: Annotated[str, Encodes(DeliveryState)]
    kind: str
    """`instant`, `hourly` or `daily` as it was announced, `digest` for what waited, or `confirmation`."""
    thing: str
    """The type and the id of what it is about (`incident/…`)."""
    notification: str
    """The id of what was announced."""
    position: int
    """The position of the event that was announced."""
    attempts: int
    due: Instant
    """When it is tried next, or was to be."""
    planned_at: Instant
    finished_at: Instant | None
    code: int | None
    """The status of the last answer, of SMTP or HTTP."""
    answer: str | None
    """The last answer."""


@dataclass(frozen=True, kw_only=True)
class DeliveryFigures:
    """``attempts`` counts those of this process by channel and outcome, ``waiting`` what waits by channel and state.

    ``oldest_due`` is how long the oldest of what is due is late.
    """

    attempts: Mapping[tuple[str, str], int]
    waiting: Mapping[tuple[str, str], int]
    oldest_due: timedelta


@documented
class DeliveryPage(Page):
    """Deliveries, the newest first."""

    data: list[DeliveryDocument]


class Deliveries(Protocol):
    """What waits to be sent, and what became of it. Every method blocks."""

    def page(
        self,
        *,
        state: DeliveryState | None,
        subscription: UUID | None,
        thing: str | None,
        before: str | None,
        limit: int,
    ) -> Sequence[tuple[str, DeliveryDocument]]:
        """List deliveries, the newest first, each with its place in the list, behind a place."""
        ...

    def find(self, id: str) -> DeliveryDocument:
        """Give one of them.

        Raises:
            NoSuchDelivery: if there is none.
        """
        ...

    def retry(self, id: str) -> DeliveryDocument:
        """Let one be tried now, whether it was given up, waits for its next attempt, or was held back.

        One that is being tried at this moment stays as it is.

        Raises:
            NoSuchDelivery: if there is none.
            NothingToRetry: if it was sent, or a later one has taken its place, or its text is gone.
        """
        ...

    def retry_perhaps_sent(self) -> int:
        """Let all be tried now that were due in a backup that was restored, and give how many there were."""
        ...

    def require_text(self, notification: UUID, subscription: UUID) -> None:
        """Refuse if the message about an announcement cannot be sent to a subscriber once more.

        Raises:
            NoSuchDelivery: if he was not notified of it.
            NothingToRetry: if its text is gone.
        """
        ...

    def send_again(self, notification: UUID, subscription: UUID) -> DeliveryDocument:
        """Send a subscriber the message about an announcement once more, under an id of its own.

        Raises:
            NoSuchDelivery: if he was not notified of it.
            NothingToRetry: if its text is gone.
        """
        ...

    def figures(self) -> DeliveryFigures:
        """Count what waits, and what this process has sent."""
        ...

    def subscription_of(self, recipient: str) -> UUID | None:
        """Give whose delivery came back to an address with a token; None if none has that token."""
        ...


def require_place(text: str) -> str:
    """Refuse what is no place in the list of deliveries.

    Raises:
        Invalid: if it is none.
    """
    if PLACE.fullmatch(text) is None:
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    return text
