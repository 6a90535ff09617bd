"""Which side of a document a caller sees, and in which language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from application.changes.hidden import hidden_of
from application.shapes import localize
from application.status.board import PRIVATE, PUBLIC, Viewer

if TYPE_CHECKING:
    from application.access.identity import Identity
    from application.changes.hidden import Hidden
    from application.facade import Facade


def viewer_of(identity: Identity | None) -> Viewer:
    """Give the side that a caller sees."""
    return PRIVATE if identity is not None and identity.sees_private else PUBLIC


async def hidden_at(facade: Facade, position: int) -> frozenset[str]:
    """List the keys of the components that readers cannot see, as of a position."""
    return frozenset(key for key, is_public in (await components_at(facade, position)).items() if not is_public)


async def components_at(facade: Facade, position: int) -> dict[str, bool]:
    """List the keys of all components as of a position, each with whether readers can see it."""
    rows = await facade.reads.run(lambda: facade.queries.board.components(position))
    return {row.component: row.public for row in rows}


async def hidden_from_readers(facade: Facade, position: int) -> Hidden:
    """Give what readers do not see as of a position, which past changes that are read as of then do not name.

    Raises:
        NotYetVisible: if the views of components and panels do not reflect the position.
    """
    board, panels = facade.queries.board, facade.queries.panels
    return await facade.reads.run(lambda: hidden_of(board.components(position), panels.panels(position)))


def in_language(document: Any, language: str | None, default: str, shape: object) -> Any:  # noqa: ANN401 - any JSON
    """Give a document with all its texts in one language, or as it is; they are where its ``shape`` has texts."""
    return document if language is None else localize(document, shape, language, default)
