"""What operators do with restorations of panels."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, command_on, steady
from api.http.auth import CurrentFacade, Operator, caller
from api.http.contacts import ContactBody
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, tells
from api.http.preview import PREVIEWED
from api.http.text_language import language_of
from api.http.values import Key, localized
from api.panels.automation_rules import new_automations
from api.panels.restoration_bodies import (
    BacklogBody,
    CapabilityBody,
    EndingBody,
    InstructionBody,
    InventoryBody,
    LossBody,
    PoliciesBody,
    ProgressBody,
    PromiseBody,
    RecoveryCompletionBody,
    RecoveryPointBody,
    RestorationBody,
    RestorationUpdateBody,
    ReturnBody,
    SuppressionBody,
)
from application.panels.restoration_documents import RestorationDocument, SuppressedRestoration, restoration_document
from domain.panels.restoration import PanelRestoration

router = APIRouter(prefix="/v1/restorations", tags=["restorations"])

RESTORATION = Representation(steady(restoration_document), "/v1/restorations")
Restoring = Annotated[AggregateCommand[PanelRestoration], Depends(command_on(RESTORATION))]
CapabilityName = Annotated[Key, Path(description="The name of the capability.", examples=["stock_sync"])]
AutomationName = Annotated[Key, Path(description="The name of the automation.", examples=["order_paid"])]
InstructionNumber = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the instruction.")]

ContactNumber = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the contact.")]


@router.post("", status_code=201, responses=creates(RestorationDocument), dependencies=PREVIEWED)
async def begin_restoration(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: RestorationBody
) -> Response:
    """Report that access to a panel was lost; readers see it at once.

    What the panel can do is unavailable from then on, until it is said otherwise. A panel has one restoration at a time
    that is not completed.
    """
    by, news = body.of(caller(request, operator)), body.to_command(language_of(request))
    return await execute(
        operator,
        lambda log: RESTORATION.to_answer(
            log,
            facade.commands.restorations.begin(log, news=news, occurred_at=body.lost_at, caller=by),
            created=True,
        ),
    )


@router.patch("/{id}", responses=tells(RestorationDocument))
async def change_restoration_policies(work: Restoring, body: PoliciesBody) -> Response:
    """Change what happens to requests that fell into the gap. What is left out stays; null takes a kind away."""
    policies = {kind: None if each is None else each.to_change() for kind, each in body.request_policies.items()}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.change_request_policies(
            log, target=target, request_policies=policies, reason=body.because
        )
    )


@router.post("/{id}/access-lost", responses=tells(RestorationDocument), dependencies=PREVIEWED)
async def lose_access(work: Restoring, body: LossBody | None = None) -> Response:
    """Report that access was lost again; what you suspended yourself stays suspended."""
    loss = body or LossBody()
    provider, reason = work.text(loss.provider) or {}, work.text(loss.reason) or {}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.lose_access(
            log, target=target, provider=provider, reason=reason
        ),
        occurred_at=loss.lost_at,
        body=loss,
    )


@router.post("/{id}/access-restored", responses=tells(RestorationDocument), dependencies=PREVIEWED)
async def restore_access(work: Restoring, body: ReturnBody | None = None) -> Response:
    """Report that access is restored. Capabilities that were lost with it are unknown until you report them."""
    change = body or ReturnBody()
    note = work.text(change.note) or {}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.restore_access(log, target=target, note=note),
        occurred_at=change.occurred_at,
        body=change,
    )


@router.post("/{id}/promises", status_code=201, responses=creates(RestorationDocument), dependencies=PREVIEWED)
async def promise_access(work: Restoring, body: PromiseBody) -> Response:
    """Record a promise: who promised access, and for when. Earlier promises stay in the history."""
    news = body.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.promise(log, target=target, news=news),
        occurred_at=body.occurred_at,
        created=True,
        body=body,
    )


@router.post("/{id}/recovery-point", status_code=201, responses=creates(RestorationDocument))
async def set_recovery_point(work: Restoring, body: RecoveryPointBody) -> Response:
    """Report to which instant the data was restored, and which kinds of data are missing from then until the loss."""
    news = body.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.set_recovery_point(log, target=target, news=news),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.put("/{id}/capabilities/{name}", responses=tells(RestorationDocument))
async def set_capability(work: Restoring, name: CapabilityName, body: CapabilityBody) -> Response:
    """Report the state of a capability of the panel, or of one that an earlier restoration brought.

    Components show what ``components`` say as long as it is so. What is said of an earlier time holds until what is
    known to have been said next.
    """
    news = body.converted(work.language, capability=name)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.set_capability(log, target=target, news=news),
        occurred_at=body.occurred_at,
    )


@router.post("/{id}/suppressions", status_code=201, responses=creates(SuppressedRestoration))
async def suppress_automation(work: Restoring, body: SuppressionBody) -> Response:
    """Suppress an automation for items created before an instant. It lasts until you end it, past the completion.

    A name that nothing had named before is listed in `new_keys`.
    """
    note = work.text(body.note) or {}
    named = await new_automations(work.facade, body.automation)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.suppress(
            log, target=target, automation=body.automation, created_before=body.created_before, note=note
        ),
        occurred_at=body.occurred_at,
        created=True,
        more=named,
    )


@router.post("/{id}/suppressions/{automation}/ending", responses=tells(RestorationDocument))
async def end_suppression(work: Restoring, automation: AutomationName, body: EndingBody | None = None) -> Response:
    """End a suppression: the automation runs for every item again."""
    change = body or EndingBody()
    return await work.do(
        lambda log, target: work.facade.commands.restorations.end_suppression(
            log, target=target, automation=automation, reason=change.reason
        ),
        occurred_at=change.occurred_at,
    )


@router.post("/{id}/abandoned-backlogs", status_code=201, responses=creates(RestorationDocument))
async def abandon_backlog(work: Restoring, body: BacklogBody) -> Response:
    """Publish which actions will never be executed."""
    note = work.text(body.note) or {}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.abandon_backlog(
            log,
            target=target,
            actions=tuple(body.actions),
            due_from=body.due_from,
            due_until=body.due_until,
            note=note,
        ),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.post("/{id}/instructions", status_code=201, responses=creates(RestorationDocument))
async def instruct_owners(work: Restoring, body: InstructionBody) -> Response:
    """Add an instruction for the owners of accounts, under a heading if you name one, and at a place there."""
    text = localized(body.text, work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.instruct(
            log, target=target, heading=body.heading, text=text, place=body.place
        ),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.delete("/{id}/instructions/{number}", responses=tells(RestorationDocument))
async def withdraw_instruction(work: Restoring, number: InstructionNumber) -> Response:
    """Remove an instruction from the list."""
    return await work.do(
        lambda log, target: work.facade.commands.restorations.withdraw_instruction(log, target=target, number=number)
    )


@router.post("/{id}/updates", status_code=201, responses=creates(RestorationDocument), dependencies=PREVIEWED)
async def update_restoration(work: Restoring, body: RestorationUpdateBody) -> Response:
    """Post an update; an internal one is for operators only."""
    message = localized(body.message, work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.update(
            log, target=target, message=message, internal=body.internal
        ),
        occurred_at=body.occurred_at,
        created=True,
        body=body,
    )


@router.post("/{id}/contacts", status_code=201, responses=creates(RestorationDocument))
async def add_contact(work: Restoring, body: ContactBody) -> Response:
    """Add where to ask about a restoration."""
    contact = body.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.add_contact(log, target=target, contact=contact),
        created=True,
    )


@router.delete("/{id}/contacts/{number}", responses=tells(RestorationDocument))
async def remove_contact(work: Restoring, number: ContactNumber) -> Response:
    """Remove a contact."""
    return await work.do(
        lambda log, target: work.facade.commands.restorations.remove_contact(log, target=target, number=number)
    )


@router.post("/{id}/inventory", status_code=201, responses=creates(RestorationDocument))
async def take_inventory(work: Restoring, body: InventoryBody) -> Response:
    """Report how many accounts there are. Progress that was published before keeps the number of its time."""
    note = work.text(body.note) or {}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.take_inventory(
            log, target=target, accounts=body.accounts, note=note
        ),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.post("/{id}/progress", status_code=201, responses=creates(RestorationDocument))
async def report_progress(work: Restoring, body: ProgressBody) -> Response:
    """Report how many accounts are at each stage; the sum is never larger than the inventory."""
    news = body.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.restorations.report_progress(log, target=target, news=news),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.post("/{id}/completion", responses=tells(RestorationDocument), dependencies=PREVIEWED)
async def complete_restoration(work: Restoring, body: RecoveryCompletionBody | None = None) -> Response:
    """Complete a restoration; refused while a capability is neither available nor given up."""
    change = body or RecoveryCompletionBody()
    note = work.text(change.note) or {}
    return await work.do(
        lambda log, target: work.facade.commands.restorations.complete(
            log, target=target, given_up=tuple(change.given_up), note=note
        ),
        occurred_at=change.occurred_at,
        body=change,
    )
