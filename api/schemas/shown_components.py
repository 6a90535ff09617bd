"""Components and the board, as answers show them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.http.answer_values import SOMETIMES, Duration, Key, LocalizedText, Market, Page, PastSpan, Shown, Visibility
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


class Indicator(StrEnum):
    """How bad the worst status on the board is."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class BoardCause(Shown):
    """Why a component shows what it shows."""

    type: Literal["incident", "relapse", "maintenance_window", "restoration", "pin"]
    """A `relapse`, the return of a resolved problem before it is published, is shown to operators, auditors and admins
    only."""
    status: Status
    since: datetime
    id: UUID = SOMETIMES
    """Of the incident, the window, the restoration or the pin; readers get no ids of pins."""
    title: LocalizedText | None = SOMETIMES
    """Of the incident or the window; null while an incident has none, absent for a pin or a restoration."""
    panel: str = SOMETIMES
    """Of the restoration; so too `capability`."""
    capability: str = SOMETIMES
    visibility: Visibility = SOMETIMES
    """For operators, auditors and admins only."""


class BoardComponent(PublicComponentParts):
    """A component on the board."""

    status: Status
    status_since: datetime | None
    """Null if it is not known."""
    causes: list[BoardCause]
    """The worst first; empty if nothing is the matter, or if it has fallen silent."""
    public: bool = SOMETIMES
    """For operators, auditors and admins only: whether readers see it."""
    version: int = SOMETIMES
    """For operators, auditors and admins only."""


class Board(Shown):
    """What works, and what does not."""

    indicator: Indicator
    components: list[BoardComponent]


class ComponentPage(Page[Component | PublicComponent]):
    """Components in the order of the page."""


class HistoryPage(Page[PastSpan]):
    """The history of a component; `next_cursor` is the `from` with which it goes on."""
