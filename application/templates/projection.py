"""The rows of templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.projections.tables import Index, Row, Table
from application.templates.documents import TemplateDocument, template_document
from domain.aggregate import Aggregate
from domain.templates.template import TextTemplate

TEMPLATES = Table(
    name="templates",
    key=("named",),
    columns={"named": "key", "template": "key", "retired": "flag", "document": "document"},
    indexes=(Index(("template", "from_position")), Index(("retired", "named"), "to_position IS NULL")),
)


@dataclass(frozen=True, kw_only=True)
class TemplateRow(Row):
    """A template as operators see it."""

    TABLE: ClassVar[Table] = TEMPLATES

    named: str
    template: str
    retired: bool
    document: TemplateDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from a template as it is."""
    if not isinstance(aggregate, TextTemplate):
        return ()
    row = TemplateRow(
        named=aggregate.key,
        template=str(aggregate.id),
        retired=aggregate.retired_at is not None,
        document=template_document(aggregate),
    )
    return (row,)
