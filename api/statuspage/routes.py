"""The routes of Statuspage, version 2, which everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import Reader
from api.http.hot_route import HotRoute
from api.http.openapi_answers import shows
from api.http.parameters import AsOf, Language, read_instant
from api.http.read_point import is_position
from api.site.kernel.files import answer_file, language_of
from api.statuspage import answers
from api.statuspage.documents import (
    StatuspageComponents,
    StatuspageIncidents,
    StatuspageMaintenances,
    StatuspageOverall,
    StatuspageSummary,
)

if TYPE_CHECKING:
    from api.statuspage.answers import StatuspageAnswer

router = APIRouter(prefix="/api/v2", tags=["statuspage"], route_class=HotRoute, default_response_class=Response)


@router.get("/summary.json", responses=shows(StatuspageSummary), response_model=None)
async def read_statuspage_summary(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """Read the summary: status, components, open incidents, and maintenance that goes on or is to come."""
    return await _answer(request, answers.SUMMARY, as_of)


@router.get("/status.json", responses=shows(StatuspageOverall), response_model=None)
async def read_statuspage_status(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """Read the indicator, and a sentence that says the same."""
    return await _answer(request, answers.STATUS, as_of)


@router.get("/components.json", responses=shows(StatuspageComponents), response_model=None)
async def list_statuspage_components(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List groups, components and panels, each with its status."""
    return await _answer(request, answers.COMPONENTS, as_of)


@router.get("/incidents.json", responses=shows(StatuspageIncidents), response_model=None)
async def list_statuspage_incidents(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List the fifty newest incidents and losses of panels, whether they go on or not."""
    return await _answer(request, answers.INCIDENTS, as_of)


@router.get("/incidents/unresolved.json", responses=shows(StatuspageIncidents), response_model=None)
async def list_statuspage_unresolved_incidents(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List the incidents and losses of panels that go on."""
    return await _answer(request, answers.UNRESOLVED, as_of)


@router.get("/scheduled-maintenances.json", responses=shows(StatuspageMaintenances), response_model=None)
async def list_statuspage_maintenances(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List maintenance, the last to begin first: fifty that go on, that come next and that are over."""
    return await _answer(request, answers.MAINTENANCES, as_of)


@router.get("/scheduled-maintenances/upcoming.json", responses=shows(StatuspageMaintenances), response_model=None)
async def list_statuspage_upcoming_maintenances(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List the maintenance that is to come, the next one first."""
    return await _answer(request, answers.UPCOMING, as_of)


@router.get("/scheduled-maintenances/active.json", responses=shows(StatuspageMaintenances), response_model=None)
async def list_statuspage_active_maintenances(
    request: Request, reader: Reader, lang: Language = None, as_of: AsOf = None
) -> Response:
    """List the maintenance that goes on."""
    return await _answer(request, answers.ACTIVE, as_of)


async def _answer(request: Request, answer: StatuspageAnswer, as_of: str | None) -> Response:
    if as_of is not None and not is_position(as_of):
        # A civil time, which forms of pages send, has no zone here.
        read_instant(as_of, "as_of")
    return await answer_file(request, language_of(request), request.scope["path"], answer.read)
