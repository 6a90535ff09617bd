"""What operators do with incidents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, command_on
from api.http.auth import CurrentFacade, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, tells
from api.http.preview import PREVIEWED
from api.http.text_language import language_of
from api.incidents.bodies import (
    CorrectionBody,
    DeclarationBody,
    IncidentRevisionBody,
    PostmortemBody,
    PublicationBody,
    ReasonBody,
    ReopeningBody,
    UpdateBody,
    WithdrawalBody,
)
from application.incidents.documents import IncidentDocument, incident_document
from domain.errors import Invalid
from domain.incidents import Incident

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


SHAPE = Representation(incident_document, "/v1/incidents")
Handling = Annotated[AggregateCommand[Incident], Depends(command_on(SHAPE))]


@router.post("", status_code=201, responses=creates(IncidentDocument), dependencies=PREVIEWED)
async def declare_incident(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: DeclarationBody
) -> Response:
    """Declare an incident; it is public at once unless ``publish`` is false. With ``resolved_at`` it is backfilled."""
    by, declaration = body.of(caller(request, operator)), body.to_command(language_of(request))
    return await execute(
        operator,
        lambda log: SHAPE.to_answer(
            log, facade.commands.incidents.declare(log, declaration=declaration, caller=by), created=True
        ),
    )


@router.patch("/{id}", responses=tells(IncidentDocument))
async def revise_incident(case: Handling, body: IncidentRevisionBody) -> Response:
    """Change where to ask about an incident, and what happens to requests that it holds up.

    What is left out stays. Null takes the policy of a kind away, so that it is checked by hand. Contacts are replaced
    as a whole.
    """
    revision = body.to_command(case.language)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.revise(log, target=target, revision=revision)
    )


@router.post("/{id}/updates", status_code=201, responses=creates(IncidentDocument), dependencies=PREVIEWED)
async def update_incident(case: Handling, facade: CurrentFacade, body: UpdateBody) -> Response:
    """Post an update. The state ``resolved`` is refused before the incident has been stable for long enough."""
    news = body.to_command(case.language)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.update(log, target=target, news=news),
        occurred_at=body.occurred_at,
        created=True,
        body=body,
    )


@router.post("/{id}/publication", responses=tells(IncidentDocument), dependencies=PREVIEWED)
async def publish_incident(case: Handling, body: PublicationBody) -> Response:
    """Publish an incident now."""
    title, message = case.text(body.title), case.text(body.message)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.publish(
            log, target=target, reason=body.reason, title=title, message=message
        ),
        body=body,
    )


@router.post("/{id}/publication-hold", responses=tells(IncidentDocument))
async def hold_publication(case: Handling, body: ReasonBody) -> Response:
    """Hold publication: no policy publishes, dismisses or reopens the incident until the hold is released."""
    return await case.do(
        lambda log, target: case.facade.commands.incidents.hold(log, target=target, reason=body.reason)
    )


@router.delete("/{id}/publication-hold", responses=tells(IncidentDocument))
async def release_publication(case: Handling) -> Response:
    """Release the hold; what was due meanwhile happens now."""
    return await case.do(lambda log, target: case.facade.commands.incidents.release(log, target=target, reason=None))


@router.post("/{id}/dismissal", responses=tells(IncidentDocument))
async def dismiss_incident(case: Handling, body: ReasonBody) -> Response:
    """Dismiss a detection, or a relapse, that readers have not seen."""
    return await case.do(
        lambda log, target: case.facade.commands.incidents.dismiss(log, target=target, reason=body.reason)
    )


@router.post("/{id}/withdrawal", responses=tells(IncidentDocument), dependencies=PREVIEWED)
async def withdraw_incident(case: Handling, body: WithdrawalBody) -> Response:
    """Withdraw a false alarm that readers have seen; it stays listed as withdrawn."""
    return await case.do(
        lambda log, target: case.facade.commands.incidents.withdraw(log, target=target, reason=body.reason),
        body=body,
    )


@router.post("/{id}/reopening", responses=tells(IncidentDocument), dependencies=PREVIEWED)
async def reopen_incident(case: Handling, body: ReopeningBody) -> Response:
    """Reopen a resolved incident."""
    message = case.text(body.message)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.reopen(
            log, target=target, reason=body.reason, message=message, components=body.components
        ),
        occurred_at=body.occurred_at,
        body=body,
    )


@router.post("/{id}/corrections", status_code=201, responses=creates(IncidentDocument), dependencies=PREVIEWED)
async def correct_incident(case: Handling, facade: CurrentFacade, body: CorrectionBody) -> Response:
    """Correct a text, a time or a span of impact. The original text stays in the log.

    Subscribers are notified of it only with `"notify": true`.
    """
    correction = body.to_command(case.language)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.correct(
            log, target=target, correction=correction, reason=body.reason
        ),
        body=body,
        created=True,
    )


@router.post("/{id}/postmortem", responses=tells(IncidentDocument), dependencies=PREVIEWED)
async def write_postmortem(case: Handling, body: PostmortemBody) -> Response:
    """Draft the postmortem (``body``), publish the draft (``publish``), or both."""
    if body.body is None and not body.publish:
        raise Invalid("say a body, or publish the draft", pointer="/body")
    text = case.text(body.body)
    return await case.do(
        lambda log, target: case.facade.commands.incidents.write_postmortem(
            log, target=target, body=text, publish=body.publish
        ),
        body=body,
    )
