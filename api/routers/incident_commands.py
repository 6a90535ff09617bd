"""What operators do with incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Answer, answer
from api.dependencies import Expected, Operator, Serving, caller
from api.perform import Performing
from api.responses import creates, tells
from api.schemas import values
from api.schemas.incidents import (
    CorrectionBody,
    DeclarationBody,
    PostmortemBody,
    PublicationBody,
    ReasonBody,
    ReopeningBody,
    UpdateBody,
)
from api.schemas.shown_incidents import Incident as IncidentShown
from application.documents.incident import incident_document
from application.errors import Invalid
from application.incidents import Target
from domain.incident import Incident

if TYPE_CHECKING:
    from application.access import Identity
    from application.inbound import Service
    from application.log import Log
    from domain.text import Text

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.post("", status_code=201, responses=creates(IncidentShown))
async def declare_incident(
    request: Request, service: Serving, perform: Performing, operator: Operator, body: DeclarationBody
) -> Response:
    """Declare an incident; it is public at once unless ``publish`` is false. With ``resolved_at`` it is backfilled."""
    by, declaration = caller(request, operator), body.told(service.languages[0])
    return await perform(
        operator,
        lambda log: _told(log, service.incidents.declare(log, declaration=declaration, caller=by), created=True),
    )


@router.post("/{id}/updates", status_code=201, responses=creates(IncidentShown))
async def update_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: UpdateBody,
) -> Response:
    """Say how the work goes; ``resolved`` is refused before the fix has been stable for long enough."""
    news = body.told(service.languages[0])
    target = _target(request, operator, id, expected, body.occurred_at)
    return await perform(
        operator,
        lambda log: _told(log, service.incidents.update(log, target=target, news=news), created=True),
    )


@router.post("/{id}/publication", responses=tells(IncidentShown))
async def publish_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: PublicationBody,
) -> Response:
    """Make it public now."""
    target, words = _target(request, operator, id, expected), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.publish(
                log, target=target, reason=body.reason, title=words(body.title), message=words(body.message)
            ),
        ),
    )


@router.post("/{id}/publication-hold", responses=tells(IncidentShown))
async def hold_publication(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Keep every policy from publishing, dismissing or reopening it, until released."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.hold(log, target=target, reason=body.reason))
    )


@router.delete("/{id}/publication-hold", responses=tells(IncidentShown))
async def release_publication(
    request: Request, service: Serving, perform: Performing, operator: Operator, id: UUID, expected: Expected
) -> Response:
    """End the hold; what it kept from happening happens now."""
    target = _target(request, operator, id, expected)
    return await perform(operator, lambda log: _told(log, service.incidents.release(log, target=target, reason=None)))


@router.post("/{id}/dismissal", responses=tells(IncidentShown))
async def dismiss_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Let go of a detection, or of a relapse, that readers never saw."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.dismiss(log, target=target, reason=body.reason))
    )


@router.post("/{id}/withdrawal", responses=tells(IncidentShown))
async def withdraw_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Take back a false alarm; it stays listed as withdrawn."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.withdraw(log, target=target, reason=body.reason))
    )


@router.post("/{id}/reopening", responses=tells(IncidentShown))
async def reopen_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReopeningBody,
) -> Response:
    """Go on after the resolution."""
    target, words = _target(request, operator, id, expected, body.occurred_at), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.reopen(
                log, target=target, reason=body.reason, message=words(body.message), components=body.components
            ),
        ),
    )


@router.post("/{id}/corrections", status_code=201, responses=creates(IncidentShown))
async def correct_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: CorrectionBody,
) -> Response:
    """Set a text, a time or an impact span right; the original stays readable."""
    target, correction = _target(request, operator, id, expected), body.told(service.languages[0])
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.correct(log, target=target, correction=correction, reason=body.reason),
            created=True,
        ),
    )


@router.post("/{id}/postmortem", responses=tells(IncidentShown))
async def write_postmortem(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: PostmortemBody,
) -> Response:
    """Draft what was learned (``body``), publish the draft (``publish``), or both."""
    if body.body is None and not body.publish:
        raise Invalid("say a body, or publish the draft", pointer="/body")
    target, words = _target(request, operator, id, expected), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.write_postmortem(log, target=target, body=words(body.body), publish=body.publish),
        ),
    )


def _target(
    request: Request, operator: Identity, id: UUID, expected: int | None, occurred_at: datetime | None = None
) -> Target:
    return Target(incident=id, expected_version=expected, caller=caller(request, operator), occurred_at=occurred_at)


def _texts(service: Service) -> Callable[[dict[str, str] | None], Text | None]:
    return lambda text: None if text is None else values.localized(text, service.languages[0])


def _told(log: Log, incident: Incident, *, created: bool = False) -> Answer:
    return answer(
        incident_document(incident),
        position=log.position,
        version=incident.version,
        status=201 if created else 200,
        location=f"/v1/incidents/{incident.id}" if created else None,
    )
