"""The queries on templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from uuid import UUID

    from application.pieces import Piece


class TemplateQueries(Protocol):
    """Reads templates, as JSON texts, at a position of the log."""

    def find(self, at: int, id: UUID) -> str | None:
        """Give one template, in use or retired; None if there was none at position ``at``."""
        ...

    def page(self, at: int, after: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give key and document of templates in use, in the order of their keys, of those beyond the key ``after``."""
        ...
