"""Reads templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.pieces import Piece
from application.register_view import REGISTER_VIEW
from application.templates.projection import TEMPLATES
from infrastructure.queries.document_table import DocumentTable

if TYPE_CHECKING:
    from uuid import UUID

    from infrastructure.store.base import Store

IN_USE = ("retired = 0",)


class SqlTemplateQueries:
    """Reads templates, in use and retired."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._templates = DocumentTable(store, REGISTER_VIEW, TEMPLATES)

    def find(self, at: int, id: UUID) -> str | None:
        """Give one template, in use or retired; None if there was none at position ``at``."""
        found = self._templates.find(at, template=str(id))
        return None if found is None else str(found[0])

    def page(self, at: int, after: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give key and document of templates in use, in the order of their keys, of those beyond the key ``after``."""
        rows = self._templates.page(at, "named", after=after, limit=limit, either=IN_USE)
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)
