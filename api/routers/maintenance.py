"""Maintenance windows, as they are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import cursor_of, listed, place_of, shown
from api.dependencies import Inspector, Reader, Serving, point
from api.parameters import AsOf, At, Cursor, Language, Limit, MinPosition
from api.responses import lists, shows
from api.schemas.shown import Visibility
from api.schemas.shown_maintenance import PublicWindow, Series, SeriesPage, Window, WindowPage
from api.sides import components_at, hidden_at, side_of, spoken, without
from application.documents.resolved import as_it_stood, for_audience, in_zone
from application.errors import Invalid, NotFound
from application.projections.maintenance import Stage
from application.views import WindowFilter
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from application.inbound import Service

router = APIRouter(tags=["maintenance"])

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
    """How a reader wants windows: for an audience, in a language, by the clocks of a zone, as they stood."""

    def __init__(
        self, service: Service, *, audience: str | None, language: str | None, zone: str | None, at: datetime | None
    ) -> None:
        """Take the wish.

        Raises:
            Invalid: if there is no such zone.
        """
        self._service = service
        self._audience, self._language, self._name, self._at = audience, language, zone, at
        self._zone: tzinfo | None = None if zone is None else service.zones.find(zone)
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
        wanted: dict[str, Any] = spoken(document, self._language, self._service.languages[0])
        return wanted


@router.get("/v1/maintenance-windows", responses=lists(WindowPage))
async def list_windows(
    request: Request,
    service: Serving,
    reader: Reader,
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
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> Response:
    """List maintenance windows by their planned start: upcoming and active ones the first one first, else the last."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, at=at, min_position=min_position, sees_private=not side.public)
    if at is not None and state is not None:
        raise Invalid("with at, name a stage and no state", pointer="/state")
    position = where.position if reader else None
    if side.public and (visibility is Visibility.PRIVATE or series is not None):
        return listed(request, [], cursor=None, position=position)
    public = True if side.public else (visibility is Visibility.PUBLIC if visibility else None)
    wanted = WindowFilter(stage=stage, state=state, component=component, series=series, public=public, moment=where.at)
    wish = Wish(service, audience=audience, language=lang, zone=zone, at=where.at)
    after = place_of(cursor)
    known = await components_at(service, where.position) if side.public or component else {}
    if component is not None and not (component in known and (known[component] or not side.public)):
        # What affects the whole product affects nothing that is not there.
        return listed(request, [], cursor=None, position=position)
    page = await service.reads.run(lambda: service.calendar.page(where.position, wanted, after, limit + 1))
    hidden = frozenset(key for key, is_public in known.items() if side.public and not is_public)
    documents = [wish.of(_seen(private, seen, hidden, public=side.public)) for _, private, seen in page[:limit]]
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    return listed(request, documents, cursor=further, position=position)


@router.get("/v1/maintenance-windows/{id}", responses=shows(Window | PublicWindow))
async def read_window(
    request: Request,
    service: Serving,
    reader: Reader,
    id: UUID,
    audience: AudienceName = None,
    zone: ZoneName = None,
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> Response:
    """Read one window with its timeline; one that is not announced is not found by readers.

    With ``at``, state, outcome, beginning and end are those of then; all else is what is known.
    """
    side = side_of(reader)
    where = await point(request, as_of=as_of, at=at, min_position=min_position, sees_private=not side.public)
    wish = Wish(service, audience=audience, language=lang, zone=zone, at=where.at)
    found = await service.reads.run(lambda: service.calendar.find(where.position, id))
    if found is None or (side.public and found[1] is None):
        raise NotFound(f"there is no maintenance window {id}")
    hidden = await hidden_at(service, where.position) if side.public else frozenset()
    document = _seen(*found, hidden, public=side.public)
    version = None if side.public else document["version"]
    return shown(request, wish.of(document), position=where.position if reader else None, version=version)


@router.get("/v1/maintenance-series", responses=lists(SeriesPage))
async def list_series(
    request: Request,
    service: Serving,
    inspector: Inspector,
    cursor: Cursor = None,
    limit: Limit = 50,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """List the rules by which windows recur, the newest first."""
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=True)
    before = place_of(cursor)
    page = await service.reads.run(lambda: service.calendar.page_of_series(where.position, before, limit + 1))
    documents = [spoken(json.loads(document), lang, service.languages[0]) for _, document in page[:limit]]
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    return listed(request, documents, cursor=further, position=where.position)


@router.get("/v1/maintenance-series/{id}", responses=shows(Series))
async def read_series(
    request: Request,
    service: Serving,
    inspector: Inspector,
    id: UUID,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Read one series; its windows are listed by ``GET /v1/maintenance-windows?series=``."""
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=True)
    found = await service.reads.run(lambda: service.calendar.find_series(where.position, id))
    if found is None:
        raise NotFound(f"there is no maintenance series {id}")
    document = json.loads(found)
    return shown(
        request, spoken(document, lang, service.languages[0]), position=where.position, version=document["version"]
    )


def _seen(private: str, public_side: str | None, hidden: frozenset[str], *, public: bool) -> dict[str, Any]:
    if public:
        return without(json.loads(public_side or "{}"), hidden)
    document: dict[str, Any] = json.loads(private)
    return document
