"""Events, as auditors read them."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from application.document import Id, Instant, Page
from application.schema import Described, documented


@documented
class EventAggregate(TypedDict):
    """What an event happened to."""

    type: str
    id: Id
    version: int
    """The place of the event among those of the aggregate, from 1."""


@documented
class EventDocument(TypedDict):
    """Something that happened; it never changes and is never taken back."""

    position: int
    """Its place in the log, from 1."""
    id: Id
    type: Annotated[str, Described(examples=["incident.published"])]
    version: int
    """The version of the shape of `data`."""
    aggregate: EventAggregate
    occurred_at: Instant
    """When it was true."""
    recorded_at: Instant
    """When it was taken down."""
    actor: Annotated[str, Described(examples=["token:ana", "policy:publication", "clock"])]
    source: str
    """The system that it came through."""
    request_id: str
    """The `X-Request-Id` of the request; empty if there was none."""
    causation: int | None
    """The position of the event that led to it."""
    data: dict[str, object]
    """What happened, by type."""


@documented
class EventPage(Page):
    """Events in their order; `next_cursor` is the `after` with which they go on."""

    data: list[EventDocument]
