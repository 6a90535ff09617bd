"""The reads of maintenance windows and series."""

from __future__ import annotations

import json
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.http.answers import number_of, place_of
from api.http.auth import INSPECTORS
from api.http.key_names import require_component, require_key
from api.http.openapi_answers import lists, shows
from api.http.parameters import Cursor, Limit
from api.http.pattern_words import KEY_TO_FIND, ZONE
from api.http.read_context import ReadContext, read_context_of
from api.http.visibility import components_at
from application.document import Visibility
from application.key_names import KeyKind
from application.maintenance.documents import PublicWindowDocument, WindowDocument, WindowPage
from application.maintenance.projection import WINDOW_VIEW, WindowStage
from application.maintenance.queries import WindowFilter
from application.maintenance.reader_view import ReaderView
from application.maintenance.series_documents import SeriesDocument, SeriesPage
from application.maintenance.timeline_documents import (
    PublicWindowUpdateDocument,
    WindowUpdateDocument,
    WindowUpdatePage,
)
from application.pieces import Piece
from application.shapes import redact
from application.status.projection import BOARD_VIEW
from domain.errors import Invalid, NotFound
from domain.maintenance import WindowState

router = APIRouter(tags=["maintenance"])

Looking = Annotated[ReadContext, Depends(read_context_of(WINDOW_VIEW, BOARD_VIEW))]
LookingBack = Annotated[ReadContext, Depends(read_context_of(WINDOW_VIEW, BOARD_VIEW, at=True))]
Inspecting = Annotated[ReadContext, Depends(read_context_of(WINDOW_VIEW, guard=INSPECTORS))]
SIDES = WindowDocument | PublicWindowDocument
UPDATES = WindowUpdateDocument | PublicWindowUpdateDocument

AudienceName = Annotated[
    str | None, Query(max_length=255, description="Only what concerns this audience.", examples=["sellers"])
]
ZoneName = Annotated[
    str | None,
    Query(
        pattern=ZONE,
        description="Start and end by the clocks of this IANA zone, instead of those of every market.",
        examples=["America/Lima"],
    ),
]


@router.get("/v1/maintenance-windows", responses=lists(WindowPage))
async def list_windows(
    context: LookingBack,
    stage: Annotated[
        WindowStage | None, Query(description="Where they lie in time; with `at`, as seen from then.")
    ] = None,
    state: Annotated[WindowState | None, Query(description="How far they have come. Not with `at`.")] = None,
    component: Annotated[
        str | None,
        Query(
            pattern=KEY_TO_FIND,
            description="Those that affect this component.",
        ),
    ] = None,
    visibility: Annotated[Visibility | None, Query(description="Only those that readers can see, or cannot.")] = None,
    series: Annotated[UUID | None, Query(description="Those that this series made; not for readers.")] = None,
    audience: AudienceName = None,
    zone: ZoneName = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List windows by their planned start: upcoming and active ones the earliest first, others the latest first."""
    if context.at is not None and state is not None:
        raise Invalid("with at, name a stage and no state", pointer="/state")
    if context.side.public and (visibility is Visibility.PRIVATE or series is not None):
        return context.all([], SIDES)
    await require_component(context, component)
    await require_key(context, KeyKind.AUDIENCE, audience)
    public = True if context.side.public else (visibility is Visibility.PUBLIC if visibility else None)
    wanted = WindowFilter(
        stage=stage, state=state, component=component, series=series, public=public, moment=context.at
    )
    view, after = _reader_view(context, audience, zone), place_of(cursor)
    known = await components_at(context.facade, context.position) if context.side.public or component else {}
    if component is not None and not (component in known and (known[component] or not context.side.public)):
        # What affected the whole product then affected nothing that was not there.
        return context.all([], SIDES)
    page = await context.read(lambda: context.facade.queries.windows.page(context.position, wanted, after, limit + 1))
    hidden = frozenset(key for key, is_public in known.items() if context.side.public and not is_public)
    return context.page(page, limit, lambda row: _side(row[1], row[2], hidden, view, public=context.side.public), SIDES)


@router.get("/v1/maintenance-windows/{id}", responses=shows(SIDES))
async def read_window(context: LookingBack, id: UUID, audience: AudienceName = None, zone: ZoneName = None) -> Response:
    """Read one window with its newest updates; one that is not announced is not found by readers.

    With ``at``, state, outcome, beginning and end are those of then; all else is what is known.
    """
    await require_key(context, KeyKind.AUDIENCE, audience)
    view = _reader_view(context, audience, zone)
    found = await context.read(lambda: context.facade.queries.windows.find(context.position, id))
    if found is None or (context.side.public and found[1] is None):
        raise NotFound(f"there is no maintenance window {id}")
    return context.one(_side(*found, await context.hidden(), view, public=context.side.public), SIDES)


@router.get("/v1/maintenance-windows/{id}/updates", responses=lists(WindowUpdatePage))
async def list_window_updates(context: Looking, id: UUID, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List every entry of the timeline of a window, the oldest first."""
    public, after = context.side.public, number_of(cursor)
    windows = context.facade.queries.windows
    found = await context.read(
        lambda: windows.updates(context.position, id, public=public, after=after, limit=limit + 1)
    )
    if found is None:
        raise NotFound(f"there is no maintenance window {id}")
    hidden = await context.hidden()
    return context.page(Piece(found), limit, lambda row: redact(json.loads(row[1]), UPDATES, hidden), UPDATES)


@router.get("/v1/maintenance-series", responses=lists(SeriesPage))
async def list_series(context: Inspecting, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List the series, the newest first."""
    before = place_of(cursor)
    page = await context.read(
        lambda: context.facade.queries.windows.page_of_series(context.position, before, limit + 1)
    )
    return context.page(page, limit, lambda row: _series(row[1]), SeriesDocument)


@router.get("/v1/maintenance-series/{id}", responses=shows(SeriesDocument))
async def read_series(context: Inspecting, id: UUID) -> Response:
    """Read one series; its windows are listed by ``GET /v1/maintenance-windows?series=``."""
    found = await context.read(lambda: context.facade.queries.windows.find_series(context.position, id))
    if found is None:
        raise NotFound(f"there is no maintenance series {id}")
    return context.one(_series(found), SeriesDocument)


def _reader_view(context: ReadContext, audience: str | None, zone: str | None) -> ReaderView:
    clocks = None if zone is None else context.facade.zones.find(zone)
    if zone is not None and clocks is None:
        raise Invalid(f"there is no time zone {zone}", pointer="/zone")
    return ReaderView(now=context.now, audience=audience, zone=zone, clocks=clocks, moment=context.at)


def _side(
    private: str, public_side: str | None, hidden: frozenset[str], view: ReaderView, *, public: bool
) -> WindowDocument | PublicWindowDocument:
    if not public:
        return view.private_window(cast("WindowDocument", json.loads(private)))
    return public_window(private, public_side or "{}", hidden, view)


def public_window(private: str, text: str, hidden: frozenset[str], view: ReaderView) -> PublicWindowDocument:
    """Read the side of a window that readers see, as one of them asks for it, without ``hidden`` components."""
    document = redact(json.loads(text), PublicWindowDocument, hidden)
    # When it was reconciled stands on the private side alone, and is only asked for to look back at a moment.
    reconciled_at = None if view.moment is None else json.loads(private)["reconciled_at"]
    return view.public_window(document, reconciled_at)


def _series(text: str) -> SeriesDocument:
    return cast("SeriesDocument", json.loads(text))
