"""The first screen: what needs somebody now."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Staff
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)


@router.get("")
async def show_now(visit: Staff) -> Response:
    """Show what needs somebody now."""
    return await answer_screen(visit, read_now)


async def read_now(visit: Visit) -> Screen:
    """Read it."""
    status = await visit.api.read("/v1/status")
    return Screen(template="now.html", document={"status": status})
