"""Health checks and metrics."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.auth import CurrentFacade, Reader, permitting
from api.http.metrics import Metrics
from api.http.openapi_answers import writes
from api.http.read_point import settled
from api.http.visibility import viewer_of
from api.operations.documents import Life, Readiness
from api.site.kernel.reading import PageRead
from api.status.cached_pages import read_board
from application.health import NOTICES
from application.incidents.projection import INCIDENT_VIEW
from application.ledger.projection import LEDGER_VIEW
from application.maintenance.projection import WINDOW_VIEW
from application.panels.account_projection import ACCOUNT_VIEW
from application.panels.availability import read_availability
from application.panels.projection import PANEL_VIEW
from application.status.projection import BOARD_VIEW
from domain.access.keyring import Role

router = APIRouter(tags=["operations"])

ALL_VIEWS = (ACCOUNT_VIEW, PANEL_VIEW, BOARD_VIEW, INCIDENT_VIEW, WINDOW_VIEW, LEDGER_VIEW)
"""The views that the metrics are read from."""
PUBLIC_VIEWS = (PANEL_VIEW, BOARD_VIEW, INCIDENT_VIEW)
"""The views that the metrics for readers are read from."""

MOST_COUNTED = 1_000
"""How many published incidents of one state the metrics count at most."""

DETAILED = permitting(Role.OPERATOR, Role.AUDITOR)
"""Who may know positions and what is wrong in words."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/livez", responses={200: {"model": Life, "description": "The process answers."}})
async def live(reader: Reader) -> Response:
    """Answer while the process runs."""
    document: Life = {"status": "alive"}
    return JSONResponse(document, headers={"Cache-Control": "no-store"})


@router.get(
    "/readyz",
    responses={
        200: {"model": Readiness, "description": "It can."},
        503: {"model": Readiness, "description": "It cannot, and why."},
    },
)
async def ready(facade: CurrentFacade, reader: Reader) -> Response:
    """Tell whether the service can do its work: store, log, views, timers, clock.

    Operators, auditors and admins get the `details`: sentences and positions.
    """
    findings = await facade.reads.run(facade.health.findings)
    reasons = list(dict.fromkeys(finding["code"] for finding in findings))
    is_ready = NOTICES.issuperset(reasons)
    document: Readiness = {
        "status": "ready" if is_ready else "unready",
        "stale": facade.health.stale(),
        "reasons": reasons,
    }
    if reader is not None and reader.has_any(DETAILED):
        document["details"] = list(findings)
    return JSONResponse(document, 200 if is_ready else 503, {"Cache-Control": "no-store"})


@router.get(
    "/metrics",
    response_class=Response,
    responses=writes("text/plain", "The text format of Prometheus, version 0.0.4."),
)
async def measure(request: Request, facade: CurrentFacade, reader: Reader) -> Response:
    """Read the metrics. Without a token you get the public ones: of components, panels and incidents."""
    metrics: Metrics = request.app.state.metrics
    side = viewer_of(reader)
    # The metrics for readers do not wait for views that they do not see.
    position = settled(facade, PUBLIC_VIEWS if side.public else ALL_VIEWS)
    now = facade.clock.now()
    board, _ = await read_board(facade, position, None, now, side)
    incidents = await PageRead(facade=facade, position=position, now=now).open_incidents(MOST_COUNTED)
    panels = await facade.reads.run(
        lambda: read_availability(facade.queries.panels, position, None, public=side.public)
    )
    if side.public:
        readers_size = await facade.reads.run(facade.queries.proofs.readers_size)
        return Response(metrics.public_page(board, panels, incidents, readers_size), media_type=PROMETHEUS)
    # Asked in this order, the views are never ahead of the log.
    reflected = facade.visibility.position
    last, _ = await facade.reads.run(facade.queries.events.last)
    overdue = await facade.reads.run(facade.health.overdue)
    clock_behind = await facade.reads.run(facade.health.clock_behind)
    windows = await facade.reads.run(lambda: facade.queries.windows.counts(position))
    restorations = await facade.reads.run(lambda: facade.queries.panels.counts(position))
    accounts = await facade.reads.run(lambda: facade.queries.accounts.counts(position))
    held = Counter[str]()
    for (state, _), count in (await facade.reads.run(lambda: facade.queries.held_requests.totals(position))).items():
        held[state] += count
    oldest = await facade.reads.run(lambda: facade.queries.held_requests.oldest(position))
    log = await facade.reads.run(facade.queries.proofs.figures)
    page = metrics.page(
        board,
        panels,
        incidents,
        appended=facade.appended,
        windows=windows,
        restorations=restorations,
        accounts=accounts,
        held=held,
        oldest_held_seconds=0.0 if oldest is None else (facade.clock.now() - oldest).total_seconds(),
        last=last,
        position=reflected,
        overdue=overdue,
        clock_behind_seconds=clock_behind.total_seconds(),
        log_sample=facade.health.log_sample(),
        log=log,
        deliveries=await facade.reads.run(facade.deliveries.figures),
        read_lag=facade.health.read_lag(),
    )
    return Response(page, media_type=PROMETHEUS)
