"""Whether readers are told if what an incident, a window or a restoration held up is settled."""

from __future__ import annotations

from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand
from api.http.openapi_answers import tells
from api.incidents.commands import Handling
from api.ledger.bodies import ShowingBody
from api.maintenance.commands import Working
from api.panels.restoration_commands import Restoring
from application.incidents.documents import IncidentDocument
from application.maintenance.documents import WindowDocument
from application.panels.restoration_documents import RestorationDocument
from domain.incidents import Incident
from domain.ledger.reconciliation import CauseOfRequests
from domain.maintenance import MaintenanceWindow
from domain.panels.restoration import PanelRestoration

router = APIRouter(prefix="/v1", tags=["held requests"])

C = TypeVar("C", bound=CauseOfRequests)


@router.post("/incidents/{id}/reconciliation", responses=tells(IncidentDocument))
async def show_reconciliation_of_incident(case: Handling, body: ShowingBody) -> Response:
    """Show readers, or hide from them, whether every request that the incident held up is settled."""
    return await _answer(case, Incident, body)


@router.post("/maintenance-windows/{id}/reconciliation", responses=tells(WindowDocument))
async def show_reconciliation_of_window(work: Working, body: ShowingBody) -> Response:
    """Show readers, or hide from them, whether every request that the window held up is settled."""
    return await _answer(work, MaintenanceWindow, body)


@router.post("/restorations/{id}/reconciliation", responses=tells(RestorationDocument))
async def show_reconciliation_of_restoration(work: Restoring, body: ShowingBody) -> Response:
    """Show readers, or hide from them, whether every request that the loss held up is settled."""
    return await _answer(work, PanelRestoration, body)


async def _answer(work: AggregateCommand[C], kind: type[C], body: ShowingBody) -> Response:
    return await work.do(
        lambda log, target: work.facade.commands.dispositions.show_reconciliation(
            log, kind=kind, target=target, public=body.public, reason=body.reason
        ),
        occurred_at=body.occurred_at,
    )
