"""Components and the board, as answers show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.answer_values import Duration, Key, LocalizedText, Market, Page, PastSpan, Shown
from domain.impact import Status


class PublicComponentParts(Shown):
    """What everybody sees of a component."""

    key: Key
    name: LocalizedText
    group: str
    description: LocalizedText | None
    """With `lang` null if there is none; else empty then."""
    markets: list[Market]
    """Where it matters; empty if everywhere."""
    since: date
    """The day from which its status is vouched for; before it, the status is `unknown`."""
    position: int
    """Its place on the page; ties are ordered by key."""


class PublicComponent(PublicComponentParts):
    """A component, as readers see it."""

    retired_at: datetime | None


class Pin(Shown):
    """A status that an operator set, in force until it is removed."""

    id: UUID
    status: Status
    reason: str
    from_: Annotated[datetime, Field(alias="from")]


class Component(PublicComponent):
    """A component, as operators, auditors and admins see it."""

    id: UUID
    version: int
    """The number of its events; the `ETag`, and what `If-Match` takes."""
    public: bool
    """Whether readers see it."""
    heartbeat: Duration | None
    """After how long without a sign of life it shows as `unknown`."""
    silent: bool
    """Whether it has been longer than that."""
    pins: list[Pin]
    """Those in force."""


class PinnedComponent(Component):
    """A component with a new pin."""

    pin: UUID
    """The id of the new pin."""


class HeartbeatTaken(Shown):
    """A sign of life was taken notice of."""

    key: Key
    heard_at: datetime
    heartbeat: Duration
    silent_from: datetime
    """When it falls silent if nothing more is heard."""


class ComponentPage(Page[Component | PublicComponent]):
    """Components in the order of the page."""


class HistoryPage(Page[PastSpan]):
    """The history of a component; `next_cursor` is the `from` with which it goes on."""
