"""The accounts of a restoration, as operators and auditors read them; nothing of them is public."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import place_of, shown
from api.http.auth import INSPECTORS, CurrentFacade, Inspector
from api.http.openapi_answers import lists, shows
from api.http.parameters import AsOf, Cursor, Limit, MinPosition
from api.http.pattern_words import ONE_LINE_OR_NONE
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import point
from api.panels.account_bodies import AccountName
from application.panels.account_documents import AccountDocument, AccountPage, AccountSummary
from application.panels.account_projection import ACCOUNT_VIEW
from application.panels.projection import PANEL_VIEW
from application.panels.queries import AccountFilter
from domain.errors import NotFound
from domain.panels.account import RecoveryState

if TYPE_CHECKING:
    from application.facade import Facade

router = APIRouter(prefix="/v1/restorations/{id}/accounts", tags=["accounts"])

VIEWS = (ACCOUNT_VIEW, PANEL_VIEW)
Inspecting = Annotated[ReadContext, Depends(read_context_of(*VIEWS, guard=INSPECTORS))]

AccountPath = Annotated[AccountName, Path(description="The account, as the platform names it.", examples=["shop-1001"])]


@router.get("", responses=lists(AccountPage))
async def list_accounts(
    context: Inspecting,
    id: UUID,
    state: Annotated[RecoveryState | None, Query(description="How far they have come.")] = None,
    account_prefix: Annotated[
        str | None,
        Query(max_length=128, pattern=ONE_LINE_OR_NONE, description="How their names begin.", examples=["shop-10"]),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List the accounts of a restoration, by name."""
    wanted = AccountFilter(restoration=id, state=state, prefix=account_prefix)
    after = place_of(cursor)
    page = await context.read(lambda: context.facade.queries.accounts.page(context.position, wanted, after, limit + 1))
    if not page:
        await _require_restoration(context.facade, context.position, id)
    return context.page(page, limit, lambda row: json.loads(row[1]), AccountDocument)


@router.get("/summary", responses=shows(AccountSummary))
async def summarize_accounts(
    request: Request,
    facade: CurrentFacade,
    inspector: Inspector,
    id: UUID,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Count the accounts of a restoration by state."""
    where = await point(request, VIEWS, as_of=as_of, min_position=min_position, sees_private=True)
    counts = await facade.reads.run(lambda: facade.queries.accounts.counts(where.position, id))
    if not counts:
        await _require_restoration(facade, where.position, id)
    document: AccountSummary = {
        "accounts": sum(counts.values()),
        "states": {str(state): counts.get(state, 0) for state in RecoveryState},
    }
    return shown(request, document, position=where.position)


@router.get("/{account}", responses=shows(AccountDocument))
async def read_account(context: Inspecting, id: UUID, account: AccountPath) -> Response:
    """Read one account."""
    found = await context.read(lambda: context.facade.queries.accounts.find(context.position, id, account))
    if found is None:
        raise NotFound(f"there is no account {account} in restoration {id}")
    return context.one(cast("AccountDocument", json.loads(found)), AccountDocument)


async def _require_restoration(facade: Facade, position: int, id: UUID) -> None:
    if await facade.reads.run(lambda: facade.queries.panels.find_restoration(position, id)) is None:
        raise NotFound(f"there is no restoration {id}")
