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
from api.http.read_context import Look, looking
from api.http.visibility import components_at, without
from api.maintenance.answers import PublicWindow, Series, SeriesPage, Window, WindowPage
from application.document import Visibility
from application.errors import Invalid, NotFound
from application.maintenance.projection import CALENDAR, Stage
from application.maintenance.queries import WindowFilter
from application.maintenance.reader_view import as_it_stood, for_audience, in_zone
from application.status.projection import BOARD
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from datetime import tzinfo

router = APIRouter(tags=["maintenance"])

LookingBack = Annotated[Look, Depends(looking(CALENDAR, BOARD, at=True))]
Inspecting = Annotated[Look, Depends(looking(CALENDAR, guard=INSPECTORS))]

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

    def __init__(self, look: Look, *, audience: str | None, zone: str | None) -> None:
        """Take the wish.

        Raises:
            Invalid: if there is no such zone.
        """
        self._audience, self._name, self._at = audience, zone, look.at
        self._is_public = look.side.public
        self._zone: tzinfo | None = None if zone is None else look.service.zones.find(zone)
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
    look: LookingBack,
    stage: Annotated[Stage | None, Query(description="Where they lie in time; with `at`, as seen from then.")] = None,
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
    if look.at is not None and state is not None:
        raise Invalid("with at, name a stage and no state", pointer="/state")
    if look.side.public and (visibility is Visibility.PRIVATE or series is not None):
        return look.all([])
    public = True if look.side.public else (visibility is Visibility.PUBLIC if visibility else None)
    wanted = WindowFilter(stage=stage, state=state, component=component, series=series, public=public, moment=look.at)
    wish, after = Wish(look, audience=audience, zone=zone), place_of(cursor)
    known = await components_at(look.service, look.position) if look.side.public or component else {}
    if component is not None and not (component in known and (known[component] or not look.side.public)):
        # What affects the whole product affects nothing that is not there.
        return look.all([])
    page = await look.read(lambda: look.service.calendar.page(look.position, wanted, after, limit + 1))
    hidden = frozenset(key for key, is_public in known.items() if look.side.public and not is_public)
    return look.page(page, limit, lambda row: wish.of(_seen(row[1], row[2], hidden, look)))


@router.get("/v1/maintenance-windows/{id}", responses=shows(Window | PublicWindow))
async def read_window(look: LookingBack, id: UUID, audience: AudienceName = None, zone: ZoneName = None) -> Response:
    """Read one window with its timeline; one that is not announced is not found by readers.

    With ``at``, state, outcome, beginning and end are those of then; all else is what is known.
    """
    wish = Wish(look, audience=audience, zone=zone)
    found = await look.read(lambda: look.service.calendar.find(look.position, id))
    if found is None or (look.side.public and found[1] is None):
        raise NotFound(f"there is no maintenance window {id}")
    return look.one(wish.of(_seen(*found, await look.hidden(), look)))


@router.get("/v1/maintenance-series", responses=lists(SeriesPage))
async def list_series(look: Inspecting, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List the rules by which windows recur, the newest first."""
    before = place_of(cursor)
    page = await look.read(lambda: look.service.calendar.page_of_series(look.position, before, limit + 1))
    return look.page(page, limit, lambda row: json.loads(row[1]))


@router.get("/v1/maintenance-series/{id}", responses=shows(Series))
async def read_series(look: Inspecting, id: UUID) -> Response:
    """Read one series; its windows are listed by ``GET /v1/maintenance-windows?series=``."""
    found = await look.read(lambda: look.service.calendar.find_series(look.position, id))
    if found is None:
        raise NotFound(f"there is no maintenance series {id}")
    return look.one(json.loads(found))


def _seen(private: str, public_side: str | None, hidden: frozenset[str], look: Look) -> dict[str, Any]:
    """Give one side; a reader who looks ``at`` a moment needs when it was reconciled, to be told whether it was."""
    if not look.side.public:
        document: dict[str, Any] = json.loads(private)
        return document
    seen = without(json.loads(public_side or "{}"), hidden)
    return seen if look.at is None else seen | {"reconciled_at": json.loads(private)["reconciled_at"]}
