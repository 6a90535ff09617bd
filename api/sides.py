"""Which side of a document a caller sees, and what readers are spared of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from application.board import PRIVATE, PUBLIC, Side
from application.documents.parts import localized

if TYPE_CHECKING:
    from application.access import Identity
    from application.inbound import Service

BY_COMPONENT = ("components", "impact_spans")
"""The members whose keys are components."""


def side_of(identity: Identity | None) -> Side:
    """Give the side that a caller sees."""
    return PRIVATE if identity is not None and identity.sees_private else PUBLIC


async def hidden_at(service: Service, position: int) -> frozenset[str]:
    """Give the components that readers cannot see."""
    rows = await service.reads.run(lambda: service.board.components(position))
    return frozenset(row.component for row in rows if not row.public)


async def is_known(service: Service, position: int, component: str, side: Side) -> bool:
    """Tell whether there is a component that a caller can see; what affects the whole product affects no other."""
    rows = await service.reads.run(lambda: service.board.components(position))
    return any(row.component == component and (row.public or not side.public) for row in rows)


def without(document: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """Leave components out of a document, and of its updates."""
    for holder in (document, *document["updates"]):
        for member in BY_COMPONENT:
            if member in holder:
                holder[member] = {key: value for key, value in holder[member].items() if key not in hidden}
    return document


def spoken(document: Any, language: str | None, default: str) -> Any:  # noqa: ANN401 - any JSON
    """Give a document with all its texts in one language, or as it is."""
    return document if language is None else localized(document, language, default)
