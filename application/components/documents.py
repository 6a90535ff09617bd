"""A component as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, duration, instant

if TYPE_CHECKING:
    from domain.components import Component


def component_document(component: Component) -> Document:
    """Write the private side."""
    return {
        "id": str(component.id),
        "version": component.version,
        **public_component(component),
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


def public_component(component: Component) -> Document:
    """Write what readers see of it."""
    return {
        "key": component.key,
        "name": dict(component.name),
        "group": component.group,
        "description": dict(component.description),
        "markets": list(component.markets),
        "since": component.since.isoformat() if component.since else None,
        "position": component.position,
    }
