"""The book of incidents, with their timelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.documents.incident import incident_document, public_incident
from application.documents.parts import Document
from application.projections.rows import Row, Table, View
from domain.aggregate import Aggregate
from domain.incident import Incident

INCIDENTS = Table(
    name="incidents",
    key=("incident",),
    columns={
        "incident": "key",
        "public": "flag",
        "state": "key",
        "components": "text",
        "document": "document",
        "public_document": "document",
    },
)


@dataclass(frozen=True, kw_only=True)
class IncidentRow(Row):
    """An incident: what operators and what readers see; ``components`` is ``|key|key|``."""

    TABLE: ClassVar[Table] = INCIDENTS

    incident: str
    public: bool
    state: str
    components: str
    document: Document
    public_document: Document | None


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from an incident as it is."""
    if not isinstance(aggregate, Incident):
        return ()
    document, public = incident_document(aggregate), public_incident(aggregate)
    row = IncidentRow(
        incident=document["id"],
        public=aggregate.is_public,
        state=document["state"],
        components=f"|{'|'.join(aggregate.components)}|",
        document=document,
        public_document=public,
    )
    return (row,)


BOOK = View(name="incidents", version=4, tables=(INCIDENTS,), of=(Incident,), rows_of=rows_of)
