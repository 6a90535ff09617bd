"""The addresses of incidents in the console."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.incidents.declaring import read_new
from api.console.incidents.filling import FILL, fill_in
from api.console.incidents.forms import CORRECTING, DECLARING, HANDLING, REVISING, WRITING_POSTMORTEM
from api.console.incidents.lists import read_list
from api.console.incidents.reading import (
    read_around,
    read_correction,
    read_incident,
    read_postmortem,
    read_updates,
)
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import ScreenRoute, act, answer_screen
from api.http.forms import TAKES_FORM, own_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.forms import FormCommand
    from api.console.kernel.screens import ScreenReading
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/incidents", route_class=ScreenRoute)


@router.get("")
async def show_incidents(visit: Watching) -> Response:
    """List the incidents."""
    return await answer_screen(visit, read_list)


@router.get("/new")
async def show_new_incident(visit: Operating) -> Response:
    """Show the form to declare an incident."""
    return await answer_screen(visit, read_new)


@router.post("/new", openapi_extra=TAKES_FORM)
async def declare(visit: Operating) -> Response:
    """Declare an incident, or fill in the texts of a template."""
    return await _filled_or_done(visit, read_new, DECLARING)


@router.get("/{id}")
async def show_incident(visit: Watching, id: str) -> Response:
    """Show an incident."""
    return await answer_screen(visit, partial(read_incident, id=id))


@router.post("/{id}", openapi_extra=TAKES_FORM)
async def handle(visit: Operating, id: str) -> Response:
    """Carry out what is done about an incident, or fill in the texts of a template."""
    return await _filled_or_done(visit, partial(read_incident, id=id), HANDLING, id=id)


@router.get("/{id}/updates")
async def show_updates(visit: Watching, id: str) -> Response:
    """Show the whole timeline."""
    return await answer_screen(visit, partial(read_updates, id=id))


@router.get("/{id}/correction")
async def show_correction(visit: Operating, id: str) -> Response:
    """Show what is to be set right, with the original beside."""
    return await answer_screen(visit, partial(read_correction, id=id))


@router.post("/{id}/correction", openapi_extra=TAKES_FORM)
async def correct(visit: Operating, id: str) -> Response:
    """Set it right."""
    return await act(visit, partial(read_correction, id=id), CORRECTING, id=id)


@router.get("/{id}/postmortem")
async def show_postmortem(visit: Watching, id: str) -> Response:
    """Show the postmortem and its draft."""
    return await answer_screen(visit, partial(read_postmortem, id=id))


@router.post("/{id}/postmortem", openapi_extra=TAKES_FORM)
async def write_postmortem(visit: Operating, id: str) -> Response:
    """Keep the draft, or publish it."""
    return await act(visit, partial(read_postmortem, id=id), WRITING_POSTMORTEM, id=id)


@router.get("/{id}/around")
async def show_around(visit: Watching, id: str) -> Response:
    """Show where to ask, and what becomes of requests that are held up."""
    return await answer_screen(visit, partial(read_around, id=id))


@router.post("/{id}/around", openapi_extra=TAKES_FORM)
async def revise(visit: Operating, id: str) -> Response:
    """Change that."""
    return await act(visit, partial(read_around, id=id), REVISING, id=id)


async def _filled_or_done(
    visit: Visit, read: ScreenReading, commands: Mapping[str, FormCommand], **path: str
) -> Response:
    form = await own_form(visit.request)
    if form.text("do") == FILL:
        return await fill_in(visit, read, form, commands, **path)
    return await act(visit, read, commands, **path)
