"""What operators do with the accounts of a restoration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, steady
from api.http.auth import CurrentFacade, Expected, Operator, caller
from api.http.bulk_intake import taking
from api.http.idempotency import Idempotent
from api.http.ndjson import is_lines, without_mark
from api.http.openapi_answers import creates, tells
from api.panels import account_bodies as bodies
from api.panels.account_intake import accounts_into
from api.panels.account_queries import AccountPath
from application.panels.account_documents import AccountDocument, IntakeReport, IssuedOwnerLink, account_document
from application.targets import Target
from domain.panels.account import AccountRecovery

if TYPE_CHECKING:
    from application.log import Log

router = APIRouter(prefix="/v1/restorations/{id}/accounts", tags=["accounts"])

REPRESENTATION = Representation(
    steady(account_document), lambda it: f"/v1/restorations/{it.restoration}/accounts/{it.account}"
)
BODY_OF_ACCOUNTS = taking(bodies.AccountBody, "Accounts")
BackfillNumber = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the backfill.")]


async def recovering(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    id: UUID,
    account: AccountPath,
    expected: Expected,
) -> AggregateCommand[AccountRecovery]:
    """Make a command of an operator on the account that the path names, at the version of ``If-Match``."""
    target = Target(
        id=AccountRecovery.id_of(id, account),
        expected_version=expected,
        caller=caller(request, operator),
        name=f"account {account} in restoration {id}",
    )
    return AggregateCommand(facade, execute, operator, target, REPRESENTATION)


Recovering = Annotated[AggregateCommand[AccountRecovery], Depends(recovering)]


@router.post(
    "",
    status_code=201,
    responses=creates(AccountDocument) | tells(IntakeReport, tagged=False),
    openapi_extra=BODY_OF_ACCOUNTS,
)
async def take_accounts(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, id: UUID
) -> Response:
    """Add accounts: one (201), or many (200, with what became of each).

    Of many, a bad one never loses a good one, and the same one again is a repeat, so that a file can be sent again.
    Lines (`application/x-ndjson`) can be of any number, and are recorded as they come: what was cut off keeps its whole
    lines. They take no `Idempotency-Key`.
    """
    by = caller(request, operator)
    intake = accounts_into(facade, id, by)
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    body = without_mark(await request.body())
    if body.lstrip().startswith(b"["):
        return await intake.take(request, execute, operator)
    entry = intake.lines.one(body).to_command()
    return await execute(
        operator,
        lambda log: REPRESENTATION.to_answer(
            log, facade.commands.accounts.open(log, restoration=id, entry=entry, caller=by), created=True
        ),
    )


@router.post("/{account}/temporary-account", responses=tells(AccountDocument))
async def open_temporary_account(work: Recovering, body: bodies.TemporaryAccountBody) -> Response:
    """Give the owner a temporary account on another panel."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.open_temporary_account(
            log, target=target, panel=body.panel, account=body.account
        ),
        occurred_at=body.occurred_at,
    )


@router.post("/{account}/link", responses=tells(AccountDocument))
async def link_account(work: Recovering, body: bodies.LinkBody | None = None) -> Response:
    """Link the temporary account, and list the numbers that both accounts have used."""
    link = body or bodies.LinkBody()
    collisions = link.to_collisions()
    return await work.do(
        lambda log, target: work.facade.commands.accounts.link(log, target=target, collisions=collisions),
        occurred_at=link.occurred_at,
    )


@router.post("/{account}/merge", responses=tells(AccountDocument))
async def merge_account(work: Recovering, body: bodies.MergeBody | None = None) -> Response:
    """Merge the two accounts, or keep them apart for good.

    Merging is refused as long as of a number that both have given nobody has said what becomes.
    """
    merge = body or bodies.MergeBody()
    resolutions = merge.to_resolutions()
    return await work.do(
        lambda log, target: work.facade.commands.accounts.join(
            log, target=target, decision=merge.decision, resolutions=resolutions, reason=merge.reason
        ),
        occurred_at=merge.occurred_at,
    )


@router.post("/{account}/archive-account", responses=tells(AccountDocument))
async def give_archive_account(work: Recovering, body: bodies.ArchiveAccountBody) -> Response:
    """Give the owner an account to read the data between backup and loss."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.give_archive_account(
            log, target=target, account=body.account, covers_from=body.covers_from, covers_until=body.covers_until
        ),
        occurred_at=body.occurred_at,
    )


@router.post("/{account}/warehouse-choice", responses=tells(AccountDocument))
async def choose_warehouse(work: Recovering, body: bodies.WarehouseChoiceBody) -> Response:
    """Record the owner's choice for the warehouse; it can be changed until it is executed."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.choose_warehouse(log, target=target, choice=body.choice),
        occurred_at=body.occurred_at,
    )


@router.post("/{account}/warehouse-choice/execution", responses=tells(AccountDocument))
async def execute_warehouse_choice(work: Recovering, body: bodies.ExecutionBody | None = None) -> Response:
    """Report that the choice for the warehouse was executed."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.execute_warehouse_choice(log, target=target),
        occurred_at=None if body is None else body.occurred_at,
    )


@router.post("/{account}/backfills", status_code=201, responses=creates(AccountDocument))
async def ask_backfill(work: Recovering, body: bodies.BackfillBody) -> Response:
    """Record that the owner asks for the data of a span."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.ask_backfill(
            log, target=target, kinds=tuple(body.kinds), start=body.from_, until=body.until
        ),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.post("/{account}/backfills/{number}/delivery", responses=tells(AccountDocument))
async def deliver_backfill(work: Recovering, number: BackfillNumber, body: bodies.DeliveryBody) -> Response:
    """Report how many records of each kind were delivered."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.deliver_backfill(
            log, target=target, number=number, counts=body.counts
        ),
        occurred_at=body.occurred_at,
    )


@router.post("/{account}/reliefs", status_code=201, responses=creates(AccountDocument))
async def relieve_account(work: Recovering, body: bodies.ReliefBody) -> Response:
    """Free the owner for a span from the fee, or from the block for a missing payment. The same start moves the end."""
    note = work.text(body.note) or {}
    return await work.do(
        lambda log, target: work.facade.commands.accounts.relieve(
            log, target=target, relief=body.relief, start=body.from_ or log.now, until=body.until, note=note
        ),
        occurred_at=body.occurred_at,
        created=True,
    )


@router.post("/{account}/acceptance", responses=tells(AccountDocument))
async def accept_account(work: Recovering, body: bodies.AcceptanceBody) -> Response:
    """Record that the owner accepts the account."""
    return await work.do(
        lambda log, target: work.facade.commands.accounts.accept(log, target=target, by=body.by, note=body.note),
        occurred_at=body.occurred_at,
    )


@router.post("/{account}/owner-link", status_code=201, responses=creates(IssuedOwnerLink))
async def issue_owner_link(work: Recovering, body: bodies.OwnerLinkBody | None = None) -> Response:
    """Give the owner a secret link to see the account, to choose and to accept. The answer shows it this once.

    A link that was given before opens nothing any more. If you repeat the request with its `Idempotency-Key`, you learn
    that the secret was shown (`secret_already_shown`), and not the secret: issue another link.
    """
    link = body or bodies.OwnerLinkBody()
    settings = work.facade.settings
    account = f"{settings.site.url}/{link.page_language(settings.languages)}/account"

    def act(log: Log, target: Target) -> tuple[AccountRecovery, dict[str, str]]:
        recovery, secret = work.facade.commands.owner_links.issue(log, target=target, expires_at=link.expires_at)
        return recovery, {"url": f"{account}/{secret}"}

    return await work.show_once(act)


@router.delete("/{account}/owner-link", responses=tells(AccountDocument))
async def revoke_owner_link(work: Recovering) -> Response:
    """Revoke the link of the owner: it opens nothing from the next request on."""
    return await work.do(lambda log, target: work.facade.commands.owner_links.revoke(log, target=target))
