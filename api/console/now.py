"""The first screen: what needs somebody now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Staff
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import read_cause
from domain.access.keyring import Role

if TYPE_CHECKING:
    from application.ledger.summary import OpenCauses

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)
OPEN_STATES = ("investigating", "identified", "monitoring")
OPEN_RESTORATIONS = ("access_lost", "access_restored")
FEW = 20
"""How many things of one kind the screen lists; it says that there are more."""
SOON = timedelta(days=1)
"""How far ahead windows are listed."""
FEW_REQUESTS = 5


@router.get("")
async def show_now(visit: Staff) -> Response:
    """Show what needs somebody now."""
    return await answer_screen(visit, read_now)


async def read_now(visit: Visit) -> Screen:
    """Read what the person may see of it."""
    operates, checks = visit.may(Role.OPERATOR, Role.AUDITOR), visit.may(Role.REVIEWER, Role.AUDITOR)
    position = visit.facade.visibility.position
    board, health = await asyncio.gather(visit.api.read("/v1/status"), visit.api.send("GET", "/readyz"))
    document: dict[str, object] = {
        "position": position,
        "board": board,
        "troubled": [each for each in board["components"] if each["status"] != "operational"],
        "names": {each["key"]: each["name"] for each in board["components"]},
        "health": health.document,
        "operates": operates,
        "checks": checks,
    }
    if operates:
        document |= await _operations(visit)
    if operates and not checks:
        document |= await _open_causes(visit)
    if checks:
        document |= await _queue(visit)
    # Where the service itself is not well, it is not known that nothing needs anybody.
    is_well = health.is_good and not health.document["reasons"]
    document["is_quiet"] = is_well and not any(
        document.get(name)
        for name in ("incidents", "signals", "unrouted", "windows", "late", "restorations", "troubled", "open_requests")
    )
    return Screen(template="now.html", document=document)


async def _operations(visit: Visit) -> dict[str, object]:
    api = visit.api
    (
        (incidents, more_incidents),
        (restorations, more_restorations),
        panels,
        (signals, unrouted, active, upcoming),
    ) = await asyncio.gather(
        _lists(visit, "/v1/incidents", OPEN_STATES),
        _lists(visit, "/v1/restorations", OPEN_RESTORATIONS),
        api.read("/v1/panels"),
        asyncio.gather(
            api.read("/v1/signals", state="firing", limit=FEW),
            api.read("/v1/unrouted-signals", state="firing", limit=FEW),
            api.read("/v1/maintenance-windows", stage="active", limit=FEW),
            api.read("/v1/maintenance-windows", stage="upcoming", limit=FEW),
        ),
    )
    soon = [each for each in upcoming["data"] if datetime.fromisoformat(each["starts_at"]) <= visit.now + SOON]
    windows = [*active["data"], *soon]
    incidents = sorted(incidents, key=lambda each: str(each["started_at"] or ""), reverse=True)
    return {
        "incidents": [*await _relapsed(visit, signals["data"], incidents), *incidents],
        "more_incidents": more_incidents,
        "restorations": restorations,
        "more_restorations": more_restorations,
        "panels": {each["key"]: each["name"] for each in panels["data"]},
        "signals": [each for each in signals["data"] if each["routed"]],
        "more_signals": signals["has_more"],
        "unrouted": unrouted["data"],
        "more_unrouted": unrouted["has_more"],
        "windows": windows,
        # The upcoming ones are listed by their start: if the last of them begins soon, others may.
        "more_windows": active["has_more"] or (upcoming["has_more"] and len(soon) == len(upcoming["data"])),
        "late": list(_late(incidents, windows, restorations)),
    }


async def _relapsed(
    visit: Visit, signals: Iterable[Mapping[str, Any]], known: Iterable[Mapping[str, Any]]
) -> list[Any]:
    """Read the incidents that may be back, of which readers see nothing: they are resolved, and a signal fires."""
    ids = dict.fromkeys(each["incident"] for each in signals if each["incident"])
    for each in known:
        ids.pop(each["id"], None)
    found = await asyncio.gather(*(visit.api.find(f"/v1/incidents/{id}") for id in ids))
    return [each for each in found if each and each["relapse"]]


async def _lists(visit: Visit, path: str, states: Iterable[str]) -> tuple[list[Any], bool]:
    """Give what is in any of the states, the first of each, and whether there is more."""
    pages = await asyncio.gather(*(visit.api.read(path, state=state, limit=FEW) for state in states))
    return [each for page in pages for each in page["data"]], any(page["has_more"] for page in pages)


def _late(
    incidents: Iterable[Mapping[str, Any]],
    windows: Iterable[Mapping[str, Any]],
    restorations: Iterable[Mapping[str, Any]],
) -> Iterable[dict[str, object]]:
    """Give the promises to readers whose time has passed, each with what it is about and where it is kept."""
    for kind, things in (("incidents", incidents), ("maintenance-windows", windows)):
        for each in things:
            if each["overdue"]:
                yield {"path": f"{kind}/{each['id']}", "name": each["title"], "by": each["expected_at"]}
    for each in restorations:
        path = f"restorations/{each['id']}"
        if each["promise"] is not None and each["promise"]["overdue"]:
            yield {"path": path, "panel": each["panel"], "by": each["promise"]["due_at"]}
        for key, capability in each["capabilities"].items():
            if capability["overdue"]:
                yield {"path": path, "panel": each["panel"], "function": key, "by": capability["expected_by"]}


async def _open_causes(visit: Visit) -> dict[str, object]:
    """Count the requests that are open, by what held them up: of more, an operator reads nothing."""
    summary: OpenCauses = await visit.api.read("/v1/held-requests/causes/summary")
    few = summary["causes"][:FEW]
    found = await asyncio.gather(*(read_cause(visit, each["cause"]) for each in few))
    return {
        "open_requests": summary["open"],
        "unassigned": summary["unassigned"],
        "open_causes": [{**named, **each} for named, each in zip(found, few, strict=True)],
        "more_causes": len(few) < len(summary["causes"]),
    }


async def _queue(visit: Visit) -> dict[str, object]:
    """Count the requests to be checked, and find those that wait longest."""
    api = visit.api
    summary, oldest = await asyncio.gather(
        api.read("/v1/held-requests/summary"),
        api.read("/v1/held-requests", state="to_check", sort="received_at", limit=FEW_REQUESTS),
    )
    return {"queue": summary, "open_requests": summary["open"], "oldest": oldest["data"]}
