"""Maintenance windows, as they are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.http.answers import place_of
from api.http.auth import INSPECTORS
from api.http.openapi_answers import lists, shows
from api.http.parameters import Cursor, Limit
from api.http.read_context import ReadContext, read_context_of
from api.http.visibility import components_at, without
from api.maintenance.answers import PublicWindow, Series, SeriesPage, Window, WindowPage
from application.document import Visibility
from application.maintenance.projection import WINDOW_VIEW, WindowStage
from application.maintenance.queries import WindowFilter
from application.maintenance.reader_view import as_it_stood, for_audience, in_zone
from application.status.projection import BOARD_VIEW
from domain.errors import Invalid, NotFound
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from datetime import tzinfo

router = APIRouter(tags=["maintenance"])

LookingBack = Annotated[ReadContext, Depends(read_context_of(WINDOW_VIEW, BOARD_VIEW, at=True))]
Inspecting = Annotated[ReadContext, Depends(read_context_of(WINDOW_VIEW, guard=INSPECTORS))]

AudienceName = Annotated[
    str | None, Query(max_length=255, description="Only what concerns this audience.", examples=["sellers"])
]
ZoneName = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_+/-]{1,64}$",
        description="Start and end by the clocks of this IANA zone, instead of those of every market.",
        examples=["America/Lima"],
    ),
]


class Wish:
    """How a reader wants windows: for an audience, by the clocks of a zone, as they stood."""

    def __init__(self, context: ReadContext, *, audience: str | None, zone: str | None) -> None:
        """Take the wish.

        Raises:
            Invalid: if there is no such zone.
        """
        self._audience, self._name, self._at = audience, zone, context.at
        self._is_public = context.side.public
        self._zone: tzinfo | None = None if zone is None else context.facade.zones.find(zone)
        if zone is not None and self._zone is None:
            raise Invalid(f"there is no time zone {zone}", pointer="/zone")

    def of(self, document: dict[str, Any]) -> dict[str, Any]:
        """Give a window as it is wanted."""
        if self._at is not None:
            document = as_it_stood(document, self._at)
        if self._audience is not None:
            document = for_audience(document, self._audience)
        if self._zone is not None and self._name is not None:
            document = in_zone(document, self._name, self._zone)
        if self._is_public:
            document.pop("reconciled_at", None)
        return document


@router.get("/v1/maintenance-windows", responses=lists(WindowPage))
async def list_windows(
    context: LookingBack,
    stage: Annotated[
        WindowStage | None, Query(description="Where they lie in time; with `at`, as seen from then.")
    ] = None,
    state: Annotated[WindowState | None, Query(description="How far they have come. Not with `at`.")] = None,
    component: Annotated[
        str | None, Query(pattern="^[a-z0-9_-]{1,64}$", description="Those that affect this component.")
    ] = None,
    visibility: Annotated[Visibility | None, Query(description="Only those that readers can see, or cannot.")] = None,
    series: Annotated[UUID | None, Query(description="Those that this series made; not for readers.")] = None,
    audience: AudienceName = None,
    zone: ZoneName = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List maintenance windows by their planned start: upcoming and active ones the first one first, else the last."""
    if context.at is not None and state is not None:
        raise Invalid("with at, name a stage and no state", pointer="/state")
    if context.side.public and (visibility is Visibility.PRIVATE or series is not None):
        return context.all([])
    public = True if context.side.public else (visibility is Visibility.PUBLIC if visibility else None)
    wanted = WindowFilter(
        stage=stage, state=state, component=component, series=series, public=public, moment=context.at
    )
    wish, after = Wish(context, audience=audience, zone=zone), place_of(cursor)
    known = await components_at(context.facade, context.position) if context.side.public or component else {}
    if component is not None and not (component in known and (known[component] or not context.side.public)):
        # What affects the whole product affects nothing that is not there.
        return context.all([])
    page = await context.read(lambda: context.facade.queries.windows.page(context.position, wanted, after, limit + 1))
    hidden = frozenset(key for key, is_public in known.items() if context.side.public and not is_public)
    return context.page(page, limit, lambda row: wish.of(_seen(row[1], row[2], hidden, context)))


@router.get("/v1/maintenance-windows/{id}", responses=shows(Window | PublicWindow))
async def read_window(context: LookingBack, id: UUID, audience: AudienceName = None, zone: ZoneName = None) -> Response:
    """Read one window with its timeline; one that is not announced is not found by readers.

    With ``at``, state, outcome, beginning and end are those of then; all else is what is known.
    """
    wish = Wish(context, audience=audience, zone=zone)
    found = await context.read(lambda: context.facade.queries.windows.find(context.position, id))
    if found is None or (context.side.public and found[1] is None):
        raise NotFound(f"there is no maintenance window {id}")
    return context.one(wish.of(_seen(*found, await context.hidden(), context)))


@router.get("/v1/maintenance-series", responses=lists(SeriesPage))
async def list_series(context: Inspecting, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List the rules by which windows recur, the newest first."""
    before = place_of(cursor)
    page = await context.read(
        lambda: context.facade.queries.windows.page_of_series(context.position, before, limit + 1)
    )
    return context.page(page, limit, lambda row: json.loads(row[1]))


@router.get("/v1/maintenance-series/{id}", responses=shows(Series))
async def read_series(context: Inspecting, id: UUID) -> Response:
    """Read one series; its windows are listed by ``GET /v1/maintenance-windows?series=``."""
    found = await context.read(lambda: context.facade.queries.windows.find_series(context.position, id))
    if found is None:
        raise NotFound(f"there is no maintenance series {id}")
    return context.one(json.loads(found))


def _seen(private: str, public_side: str | None, hidden: frozenset[str], context: ReadContext) -> dict[str, Any]:
    """Give one side; a reader who looks ``at`` a moment needs when it was reconciled, to be told whether it was."""
    if not context.side.public:
        document: dict[str, Any] = json.loads(private)
        return document
    seen = without(json.loads(public_side or "{}"), hidden)
    return seen if context.at is None else seen | {"reconciled_at": json.loads(private)["reconciled_at"]}
