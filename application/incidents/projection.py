"""The rows of incidents, with their timelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.incidents.documents import PrivateSide, PublicSide, incident_sides
from application.incidents.timeline_documents import ENTRIES, PRIVATE_ENTRIES
from application.listings import ALL, ListingRow, listing_table, place_in_time
from application.projections.tables import Row, Table, Timeline, View
from application.timelines import UpdateRow, update_rows, updates_table
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
        "updates": "number",
        "public_updates": "number",
        "document": "document",
        "public_document": "document",
    },
)


INCIDENT_UPDATES = updates_table("incident_updates")


INCIDENT_LISTING = listing_table("incident_listing")

ANY_STATE = "any"
"""The state that all have in the lists of those that began, which do not change with it."""


def beginnings_of(component: str | None) -> str:
    """Name the list of the incidents that affect a component, or of all, in the order in which they began."""
    return f"{component or ALL}/began"


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
    updates: int
    public_updates: int
    document: PrivateSide
    public_document: PublicSide | None


@dataclass(frozen=True, kw_only=True)
class IncidentListingRow(ListingRow):
    """That an incident stands in the list of all, or of a component that it affects.

    It stands in two of each: by state, the newest first, and, if it is public, in the order in which they began.
    """

    TABLE: ClassVar[Table] = INCIDENT_LISTING


@dataclass(frozen=True, kw_only=True)
class IncidentUpdateRow(UpdateRow):
    """A side of an entry of an incident's timeline."""

    TABLE: ClassVar[Table] = INCIDENT_UPDATES


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an incident as it is, but for its updates."""
    if isinstance(aggregate, Incident):
        yield from _of_incident(aggregate)


def _of_incident(aggregate: Incident) -> Iterator[Row]:
    document, public = incident_sides(aggregate)
    yield IncidentRow(
        incident=document["id"],
        public=aggregate.is_public,
        state=document["state"],
        components=f"|{'|'.join(aggregate.components)}|",
        ended_at=aggregate.ended_at,
        updates=len(aggregate.timeline),
        public_updates=aggregate.public_updates,
        document=document,
        public_document=public,
    )
    yield from IncidentListingRow.each(
        (ALL, *aggregate.components),
        thing=document["id"],
        state=document["state"],
        public=aggregate.is_public,
        place=document["id"],
    )
    # Only readers are shown what began when.
    if aggregate.is_public and aggregate.started_at is not None:
        yield from IncidentListingRow.each(
            (beginnings_of(None), *map(beginnings_of, aggregate.components)),
            thing=document["id"],
            state=ANY_STATE,
            public=True,
            place=place_in_time(aggregate.started_at, document["id"]),
        )


def entries_of(aggregate: Aggregate) -> tuple[Update, ...]:
    """Give the entries of an incident's timeline."""
    return aggregate.timeline if isinstance(aggregate, Incident) else ()


INCIDENT_VIEW = View(
    name="incidents",
    version=11,
    tables=(INCIDENTS, INCIDENT_LISTING, INCIDENT_UPDATES),
    of=(Incident,),
    rows_of=rows_of,
    timeline=Timeline(entries_of=entries_of, rows_of=update_rows(IncidentUpdateRow, PRIVATE_ENTRIES, ENTRIES)),
)
