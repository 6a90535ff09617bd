"""The rows of incidents, with their timelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.incidents.documents import PrivateSide, PublicSide, incident_sides
from application.incidents.timeline_documents import ENTRIES, PRIVATE_ENTRIES, PublicUpdateDocument, UpdateDocument
from application.memo import Memo
from application.projections.tables import Row, Table, View
from domain.aggregate import Aggregate
from domain.incidents import Incident, Update

INCIDENTS = Table(
    name="incidents",
    key=("incident",),
    columns={
        "incident": "key",
        "public": "flag",
        "state": "key",
        "components": "text",
        "ended_at": "instant",
        "document": "document",
        "public_document": "document",
    },
)


INCIDENT_UPDATES = Table(
    name="incident_updates",
    key=("incident", "number"),
    columns={"incident": "key", "number": "number", "document": "document", "public_document": "document"},
)


@dataclass(frozen=True, kw_only=True)
class IncidentRow(Row):
    """An incident: what operators and what readers see of it, but for its updates.

    ``components`` is ``|key|key|``; ``ended_at`` says when it was resolved, dismissed or withdrawn.
    """

    TABLE: ClassVar[Table] = INCIDENTS

    incident: str
    public: bool
    state: str
    components: str
    ended_at: datetime | None
    document: PrivateSide
    public_document: PublicSide | None


@dataclass(frozen=True, kw_only=True)
class UpdateRow(Row):
    """An entry of a timeline, which stays as it is when the incident moves on."""

    TABLE: ClassVar[Table] = INCIDENT_UPDATES

    incident: str
    number: int
    document: UpdateDocument
    public_document: PublicUpdateDocument | None


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an incident as it is."""
    if not isinstance(aggregate, Incident):
        return ()
    document, public = incident_sides(aggregate)
    row = IncidentRow(
        incident=document["id"],
        public=aggregate.is_public,
        state=document["state"],
        components=f"|{'|'.join(aggregate.components)}|",
        ended_at=aggregate.ended_at,
        document=document,
        public_document=public,
    )
    return (row, *[UPDATE_ROWS(entry, row.incident) for entry in aggregate.timeline])


def _update_row(entry: Update, incident: str) -> UpdateRow:
    return UpdateRow(
        incident=incident,
        number=entry.number,
        document=PRIVATE_ENTRIES(entry),
        public_document=ENTRIES(entry) if entry.is_public else None,
    )


UPDATE_ROWS = Memo(_update_row)
INCIDENT_VIEW = View(name="incidents", version=7, tables=(INCIDENTS, INCIDENT_UPDATES), of=(Incident,), rows_of=rows_of)
