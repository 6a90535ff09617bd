"""Events, as answers show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.http.answer_values import Page, Shown


class EventAggregate(Shown):
    """What an event happened to."""

    type: str
    id: UUID
    version: int
    """The place of the event among those of the aggregate, from 1."""


class Event(Shown):
    """Something that happened; it never changes and is never taken back."""

    position: int
    """Its place in the log, from 1."""
    id: UUID
    type: str = Field(examples=["incident.published"])
    version: int
    """The version of the shape of `data`."""
    aggregate: EventAggregate
    occurred_at: datetime
    """When it was true."""
    recorded_at: datetime
    """When it was taken down."""
    actor: str = Field(examples=["token:ana", "policy:publication", "clock"])
    source: str
    """The system that it came through."""
    request_id: str
    """The `X-Request-Id` of the request; empty if there was none."""
    causation: int | None
    """The position of the event that led to it."""
    data: dict[str, Any]
    """What happened, by type."""


class EventPage(Page[Event]):
    """Events in their order; `next_cursor` is the `after` with which they go on."""
