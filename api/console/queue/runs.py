"""Reprocessing runs: what workers have carried out, and what is left."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from api.console.kernel.fields import FormBody, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Operating
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import offered_causes, read_cause
from api.console.queue.words import QueueWords, percent, total
from api.http.forms import TAKES_FORM
from application.ledger.run_documents import Run, RunPage, RunState
from domain.ledger.held_request import Result

router = APIRouter(include_in_schema=False, prefix="/console/queue/runs", route_class=ScreenRoute)

ROUTE = "/v1/reprocessing-runs"
PAGE = 20
STATES = {"running": "Running", "paused": "Paused", "stopped": "Stopped"}
START = {
    "start": FormCommand(
        path=ROUTE,
        body=FormBody((text("cause"), text("kind"), text("source"))),
        leads=lambda run: f"/console/queue/runs/{quote(run['id'])}",
    )
}
STOP = {"stop": FormCommand(path=f"{ROUTE}/{{run}}/stop", body=FormBody((text("reason"),)))}


@router.get("")
async def show_runs(visit: Operating) -> Response:
    """List the runs, the newest first."""
    return await answer_screen(visit, read_runs)


@router.post("", openapi_extra=TAKES_FORM)
async def start_run(visit: Operating) -> Response:
    """Begin a run by hand."""
    return await act(visit, read_runs, START)


@router.get("/{run}")
async def show_run(visit: Operating, run: str) -> Response:
    """Show how far a run is."""
    return await answer_screen(visit, partial(read_run, run=run))


@router.post("/{run}", openapi_extra=TAKES_FORM)
async def stop_run(visit: Operating, run: str) -> Response:
    """Stop a run."""
    return await act(visit, partial(read_run, run=run), STOP, run=run)


async def read_runs(visit: Visit) -> Screen:
    """Read a page of runs, and the causes that one can be begun of."""
    position = visit.facade.visibility.position
    asked = {name: visit.query.get(name) for name in ("cause", "cursor")}
    page: RunPage = await visit.api.read(ROUTE, limit=PAGE, **asked)
    causes = {run["cause"]["id"]: run["cause"] for run in page["data"]}
    named = {id: await read_cause(visit, cause) for id, cause in causes.items()}
    document = {
        "position": position,
        "runs": [{**run, **progress_of(run), "of": named[run["cause"]["id"]]} for run in page["data"]],
        "next_cursor": page["next_cursor"] if page["has_more"] else None,
        "offered": await offered_causes(visit),
        "words": QueueWords(visit),
        "states": STATES,
    }
    return Screen(template="queue/runs.html", document=document)


async def read_run(visit: Visit, run: str) -> Screen:
    """Read one run."""
    position = visit.facade.visibility.position
    found: Run = await visit.api.read(f"{ROUTE}/{run}")
    document = {
        "position": position,
        "run": {**found, **progress_of(found), "of": await read_cause(visit, found["cause"])},
        "words": QueueWords(visit),
        "states": STATES,
    }
    return Screen(template="queue/run.html", document=document)


class RunProgress(TypedDict):
    """How much of a run is done."""

    done: int
    whole: int
    percent: int
    minutes: int | None
    """How many it goes on at this rate; None if nobody can say."""


def progress_of(run: Run) -> RunProgress:
    """Tell how much is done of what there was. The operator, who asks, is told all counts."""
    done = total(run["results"], list(Result))
    whole = done + run["remaining"]
    rate = run["per_minute"] if run["state"] == RunState.RUNNING and run["remaining"] else None
    minutes = round(run["remaining"] / rate) if rate else None
    return {"done": done, "whole": whole, "percent": percent(done, whole), "minutes": minutes}
