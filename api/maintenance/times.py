"""What the times of a plan mean, before anything is planned. Nothing is recorded."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.http.answers import answer
from api.http.auth import CurrentFacade, Inspector
from api.http.openapi_answers import tells
from api.maintenance.time_bodies import PatternBody, TimesBody
from application.maintenance.documents import PlannedTimes, planned_times
from application.maintenance.series_documents import ComingWindows, coming_windows
from domain.maintenance.guards import require_order

router = APIRouter(prefix="/v1", tags=["maintenance"])

NEXT = 10
"""How many windows of a series are given."""


@router.post("/maintenance-windows/times", responses=tells(PlannedTimes, tagged=False, keyed=False))
async def read_times(facade: CurrentFacade, _inspector: Inspector, body: TimesBody) -> Response:
    """Ask which instants the times of a plan mean, and what the clocks of each market show then.

    It refuses what planning a window refuses: a civil time that no clock shows, or that clocks show twice.
    """
    timetable = facade.commands.windows.timetables.to_timetable(body.to_times())
    require_order(timetable)
    return answer(planned_times(timetable), position=facade.visibility.position).response()


@router.post("/maintenance-series/dates", responses=tells(ComingWindows, tagged=False, keyed=False))
async def read_dates(facade: CurrentFacade, _inspector: Inspector, body: PatternBody) -> Response:
    """Ask for the first ten windows that a series would make from now on, with their times.

    Those within the horizon have to be possible when the series is planned; of others that are not, none is made.
    """
    series, asked, now = facade.commands.series, body.to_pattern(), facade.clock.now()

    def read() -> ComingWindows:
        pattern = series.check(asked)
        return coming_windows(pattern, series.coming(pattern, now, NEXT))

    return answer(await facade.reads.run(read), position=facade.visibility.position).response()
