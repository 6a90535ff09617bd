"""Incidents: from the declaration to the postmortem."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.http.answers import number_of, place_of
from api.http.key_names import require_component
from api.http.openapi_answers import lists, shows
from api.http.parameters import Cursor, Limit
from api.http.pattern_words import KEY_TO_FIND
from api.http.read_context import ReadContext, read_context_of
from application.document import Visibility, has_passed
from application.incidents.documents import IncidentDocument, IncidentPage, IncidentStateName, PublicIncidentDocument
from application.incidents.projection import INCIDENT_VIEW
from application.incidents.queries import IncidentFilter
from application.incidents.timeline_documents import PublicUpdateDocument, UpdateDocument, UpdatePage
from application.pieces import Piece
from application.shapes import redact
from application.status.projection import BOARD_VIEW
from domain.errors import NotFound
from domain.impact import LEVELS, Level, Status, worst

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])

Looking = Annotated[ReadContext, Depends(read_context_of(INCIDENT_VIEW, BOARD_VIEW))]
SIDES = IncidentDocument | PublicIncidentDocument
UPDATES = UpdateDocument | PublicUpdateDocument


@router.get("", responses=lists(IncidentPage))
async def list_incidents(
    context: Looking,
    state: Annotated[IncidentStateName | None, Query(description="How far the work has come, or how it ended.")] = None,
    component: Annotated[
        str | None,
        Query(
            pattern=KEY_TO_FIND,
            description="Those that affect this component, or did.",
        ),
    ] = None,
    visibility: Annotated[Visibility | None, Query(description="Only those that readers can see, or cannot.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List incidents, the newest first."""
    public = visibility is Visibility.PUBLIC if visibility else None
    if context.side.public and public is False:
        return context.all([], SIDES)
    await require_component(context, component)
    wanted = IncidentFilter(state=state, component=component, public=True if context.side.public else public)
    before = place_of(cursor)
    page = await context.read(
        lambda: context.facade.queries.incidents.page(context.position, wanted, before, limit + 1)
    )
    hidden = await context.hidden()
    if component is not None and component in hidden:
        page = Piece(())
    return context.page(page, limit, lambda row: _side(context, row[1], row[2], hidden), SIDES)


@router.get("/{id}", responses=shows(SIDES))
async def read_incident(context: Looking, id: UUID) -> Response:
    """Read one incident with its newest updates; a private one is not found by readers."""
    found = await context.read(lambda: context.facade.queries.incidents.find(context.position, id))
    if found is None or (context.side.public and found[1] is None):
        raise NotFound(f"there is no incident {id}")
    return context.one(_side(context, *found, await context.hidden()), SIDES)


@router.get("/{id}/updates", responses=lists(UpdatePage))
async def list_updates(context: Looking, id: UUID, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List every update of an incident, the oldest first."""
    public, after = context.side.public, number_of(cursor)
    incidents = context.facade.queries.incidents
    found = await context.read(
        lambda: incidents.updates(context.position, id, public=public, after=after, limit=limit + 1)
    )
    if found is None:
        raise NotFound(f"there is no incident {id}")
    hidden = await context.hidden()
    return context.page(Piece(found), limit, lambda row: redact(json.loads(row[1]), UPDATES, hidden), UPDATES)


def _side(
    context: ReadContext, private: str, public_side: str | None, hidden: frozenset[str]
) -> IncidentDocument | PublicIncidentDocument:
    if not context.side.public:
        known = cast("IncidentDocument", json.loads(private))
        known["overdue"] = has_passed(known["expected_at"], context.now)
        return known
    return public_incident(public_side or "{}", hidden, context.now)


def public_incident(text: str, hidden: frozenset[str], now: datetime) -> PublicIncidentDocument:
    """Read the side of an incident that readers see, as of a moment, without ``hidden`` components."""
    seen = cast("PublicIncidentDocument", redact(json.loads(text), PublicIncidentDocument, hidden))
    seen["overdue"] = has_passed(seen["expected_at"], now)
    # How bad a hidden component was shows neither.
    statuses = (Status(span["status"]) for spans in seen["impact_spans"].values() for span in spans)
    seen["impact"] = str(LEVELS.get(worst(statuses), Level.NONE))
    return seen
