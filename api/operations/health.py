"""How the service itself is doing."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.auth import Reader, Serving
from api.http.metrics import Metrics
from api.http.openapi_answers import writes
from api.http.read_point import settled
from api.http.visibility import side_of
from api.operations.answers import Life, Readiness
from api.status.cached_pages import read_board
from application.ledger.projection import LEDGER
from application.maintenance.projection import CALENDAR
from application.panels.account_projection import ACCOUNT_LIST
from application.panels.availability import read_availability
from application.panels.projection import AVAILABILITY
from application.status.projection import BOARD

router = APIRouter(tags=["operations"])

MEASURED = (ACCOUNT_LIST, AVAILABILITY, BOARD, CALENDAR, LEDGER)
"""The views that metrics are counted in."""
SHOWN = (AVAILABILITY, BOARD)
"""Those of them that readers see something of."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/livez", responses={200: {"model": Life, "description": "The process answers."}})
async def live(reader: Reader) -> Response:
    """Tell that the process answers."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get(
    "/readyz",
    responses={
        200: {"model": Readiness, "description": "It can."},
        503: {"model": Readiness, "description": "It cannot, and why."},
    },
)
async def ready(service: Serving, reader: Reader) -> Response:
    """Tell whether the service can do its work: store, schema, views, clock."""
    problems = await service.reads.run(service.health.problems)
    document = {
        "status": "unready" if problems else "ready",
        "stale": service.health.stale(),
        "reasons": list(problems),
    }
    return JSONResponse(document, 503 if problems else 200, {"Cache-Control": "no-store"})


@router.get(
    "/metrics",
    response_class=Response,
    responses=writes("text/plain", "The text format of Prometheus, version 0.0.4."),
)
async def measure(request: Request, service: Serving, reader: Reader) -> Response:
    """Write the metrics; readers without a token see what is public: component statuses, and what works on panels."""
    metrics: Metrics = request.app.state.metrics
    side = side_of(reader)
    # What readers see does not depend on what they do not.
    position = settled(service, SHOWN if side.public else MEASURED)
    board, _ = await read_board(service, position, None, service.clock.now(), side)
    panels = await service.reads.run(lambda: read_availability(service.panel_map, position, None))
    if side.public:
        return Response(metrics.public_page(board, panels), media_type=PROMETHEUS)
    # Asked in this order, the views are never ahead of the log.
    reflected = service.visibility.position
    last, _ = await service.reads.run(service.events.last)
    overdue = await service.reads.run(service.health.overdue)
    windows = await service.reads.run(lambda: service.calendar.counts(position))
    restorations = await service.reads.run(lambda: service.panel_map.counts(position))
    accounts = await service.reads.run(lambda: service.account_list.counts(position))
    held = Counter[str]()
    for (state, _), count in (await service.reads.run(lambda: service.queue.totals(position))).items():
        held[state] += count
    oldest = await service.reads.run(lambda: service.queue.oldest(position))
    page = metrics.page(
        board,
        panels,
        appended=service.appended,
        windows=windows,
        restorations=restorations,
        accounts=accounts,
        held=held,
        oldest_held_seconds=0.0 if oldest is None else (service.clock.now() - oldest).total_seconds(),
        last=last,
        position=reflected,
        overdue=overdue,
    )
    return Response(page, media_type=PROMETHEUS)
