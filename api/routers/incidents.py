"""Incidents: from the declaration to the postmortem."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import cursor_of, listed, place_of, shown
from api.dependencies import Reader, Serving, point
from api.parameters import AsOf, Cursor, Language, Limit, MinPosition
from api.responses import lists, shows
from api.schemas.shown import Visibility
from api.schemas.shown_incidents import Incident, IncidentPage, IncidentState, PublicIncident
from api.sides import hidden_at, side_of, spoken, without
from application.errors import NotFound
from application.views import IncidentFilter
from domain.impact import LEVELS, Level, Status, worst

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.get("", responses=lists(IncidentPage))
async def list_incidents(
    request: Request,
    service: Serving,
    reader: Reader,
    state: Annotated[IncidentState | None, Query(description="How far the work has come, or how it ended.")] = None,
    component: Annotated[
        str | None, Query(pattern="^[a-z0-9_-]{1,64}$", description="Those that affect this component, or did.")
    ] = None,
    visibility: Annotated[Visibility | None, Query(description="Only those that readers can see, or cannot.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """List incidents, the newest first."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    public = visibility is Visibility.PUBLIC if visibility else None
    if side.public and public is False:
        return listed(request, [], cursor=None, position=where.position if reader else None)
    wanted = IncidentFilter(state=state, component=component, public=True if side.public else public)
    before = place_of(cursor)
    page = await service.reads.run(lambda: service.book.page(where.position, wanted, before, limit + 1))
    hidden = await hidden_at(service, where.position) if side.public else frozenset()
    if component is not None and component in hidden:
        page = []
    documents = [_side(private, public_side, hidden, public=side.public) for _, private, public_side in page[:limit]]
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    return listed(
        request,
        spoken(documents, lang, service.languages[0]),
        cursor=further,
        position=where.position if reader else None,
    )


@router.get("/{id}", responses=shows(Incident | PublicIncident))
async def read_incident(
    request: Request,
    service: Serving,
    reader: Reader,
    id: UUID,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Read one incident with its timeline; a private one is not found by readers."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    found = await service.reads.run(lambda: service.book.find(where.position, id))
    if found is None or (side.public and found[1] is None):
        raise NotFound(f"there is no incident {id}")
    hidden = await hidden_at(service, where.position) if side.public else frozenset()
    document = _side(*found, hidden, public=side.public)
    return shown(
        request,
        spoken(document, lang, service.languages[0]),
        position=where.position if reader else None,
        version=None if side.public else document["version"],
    )


def _side(private: str, public_side: str | None, hidden: frozenset[str], *, public: bool) -> dict[str, Any]:
    if not public:
        document: dict[str, Any] = json.loads(private)
        return document
    seen = without(json.loads(public_side or "{}"), hidden)
    # How bad a hidden component was shows neither.
    statuses = (Status(span["status"]) for spans in seen["impact_spans"].values() for span in spans)
    seen["impact"] = str(LEVELS.get(worst(statuses), Level.NONE))
    return seen
