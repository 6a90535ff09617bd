"""A component as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from typing_extensions import TypedDict

from application.document import (
    Day,
    Duration,
    Id,
    Instant,
    Key,
    Localized,
    Market,
    Page,
    StatusName,
    StatusSpan,
    duration,
    instant,
)
from application.schema import documented

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from domain.components import Component


@documented
class PublicComponentParts(TypedDict):
    """What everybody sees of a component."""

    key: Key
    name: Localized
    group: str
    description: Localized | None
    """With `lang` null if there is none; else empty then."""
    markets: list[Market]
    """Where it matters; empty if everywhere."""
    since: Day
    """The day from which its status is vouched for; before it, the status is `unknown`."""
    position: int
    """Its place on the page; ties are ordered by key."""


@documented
class PublicComponentDocument(PublicComponentParts):
    """A component, as readers see it."""

    retired_at: Instant | None


_Pin = TypedDict("_Pin", {"id": Id, "status": StatusName, "reason": str, "from": Instant})


@documented
class PinDocument(_Pin):
    """A status that an operator set, in force until it is removed."""


@documented
class ComponentDocument(PublicComponentDocument):
    """A component, as operators, auditors and admins see it."""

    id: Id
    version: int
    """The number of its events; the `ETag`, and what `If-Match` takes."""
    public: bool
    """Whether readers see it."""
    heartbeat: Duration | None
    """After how long without a sign of life it shows as `unknown`."""
    silent: bool
    """Whether it has been longer than that."""
    pins: list[PinDocument]
    """Those in force."""


@documented
class DescribedComponent(ComponentDocument):
    """A component of which was just said something."""

    new_keys: list[str]
    """Its group, if it was named and nothing had named it before; it may be a mistake."""


@documented
class PinnedComponent(ComponentDocument):
    """A component with a new pin."""

    pin: Id
    """The id of the new pin."""


@documented
class HeartbeatTaken(TypedDict):
    """A sign of life was taken notice of."""

    key: Key
    heard_at: Instant
    heartbeat: Duration
    silent_from: Instant
    """When it falls silent if nothing more is heard."""


@documented
class ComponentPage(Page):
    """Components in the order of the page."""

    data: list[ComponentDocument | PublicComponentDocument]


@documented
class PastSpan(StatusSpan):
    """A span of the history of a component; the last one ends where the history was asked to end."""

    until: Instant


@documented
class HistoryPage(Page):
    """The history of a component; `next_cursor` is the `from` with which it goes on."""

    data: list[PastSpan]


def component_document(component: Component) -> ComponentDocument:
    """Write the private side."""
    return {
        "id": str(component.id),
        "version": component.version,
        "key": component.key,
        "name": dict(component.name),
        "group": component.group,
        "description": dict(component.description),
        "markets": list(component.markets),
        # Every component that was registered is vouched for from some day on.
        "since": cast("date", component.since).isoformat(),
        "position": component.position,
        "public": component.is_public,
        "heartbeat": duration(component.heartbeat),
        "silent": component.is_silent,
        "retired_at": instant(component.retired_at),
        "pins": [
            {"id": str(id), "status": str(pin.span.status), "reason": pin.reason, "from": instant(pin.span.start)}
            for id, pin in component.pins.items()
            if pin.span.end is None
        ],
    }


def public_parts(document: ComponentDocument) -> PublicComponentParts:
    """Take from the private side what everybody sees, whether or not it is retired."""
    return {
        "key": document["key"],
        "name": document["name"],
        "group": document["group"],
        "description": document["description"],
        "markets": document["markets"],
        "since": document["since"],
        "position": document["position"],
    }


def public_component(document: ComponentDocument) -> PublicComponentDocument:
    """Take from the private side what readers see."""
    return {**public_parts(document), "retired_at": document["retired_at"]}


def heartbeat_taken(component: Component, heard_at: datetime) -> HeartbeatTaken:
    """Write when a component was heard of; only one that has a heartbeat is."""
    return {
        "key": component.key,
        "heard_at": instant(heard_at),
        "heartbeat": duration(cast("timedelta", component.heartbeat)),
        "silent_from": instant(cast("datetime", component.silent_from(heard_at))),
    }
