"""Suppressed addresses: mailboxes to which nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.answers import answer, cursor_of, listed, place_of
from api.http.auth import CurrentFacade, Operator
from api.http.idempotency import Idempotent
from api.http.openapi_answers import lists, tells
from api.http.parameters import Cursor, Limit
from api.http.read_point import end_of_log
from api.http.values import Body, example
from api.subscriptions.mail_addresses import MailAddress
from application.document import Instant, Page, instant
from application.schema import documented
from domain.errors import NotFound

if TYPE_CHECKING:
    from api.http.answers import Answer
    from application.subscriptions.recipients import SuppressedAddress

router = APIRouter(prefix="/v1/suppressions", tags=["notifications"])

SuppressionId = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The id of a suppressed address.")]


@documented
class SuppressedAddressDocument(TypedDict):
    """An address to which nothing is sent."""

    id: str
    address: str | None
    """Null if nobody has subscribed with it."""
    reason: str
    """`bounce`, `complaint` or `operator`."""
    since: Instant


@documented
class SuppressedAddressPage(Page):
    """Suppressed addresses, in the order of their ids."""

    data: list[SuppressedAddressDocument]


class AddressToSuppressBody(Body):
    """An address to which nothing is to be sent."""

    model_config = example(address="ana@example.com")

    address: MailAddress


@documented
class SuppressionReference(TypedDict):
    """The id of what was suppressed, or is no more."""

    id: str


@router.get("", responses=lists(SuppressedAddressPage))
async def list_suppressions(
    request: Request, facade: CurrentFacade, operator: Operator, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """List the addresses to which nothing is sent, because a message bounced, somebody complained, or you said so."""
    after = place_of(cursor) or ""
    found = await facade.reads.run(lambda: facade.suppressions.page(after, limit + 1))
    page = [_document(each) for each in found[:limit]]
    further = cursor_of(page[-1]["id"]) if len(found) > limit else None
    return listed(request, page, cursor=further, position=facade.visibility.position)


@router.post("", responses=tells(SuppressionReference, tagged=False))
async def suppress_address(
    facade: CurrentFacade, execute: Idempotent, operator: Operator, body: AddressToSuppressBody
) -> Response:
    """Send nothing to an address any more. What waits for it is dropped."""

    async def work() -> Answer:
        await facade.reads.run(lambda: facade.suppressions.suppress(body.address, "operator"))
        done: SuppressionReference = {"id": await facade.reads.run(lambda: facade.suppressions.digest_of(body.address))}
        return answer(done, position=await end_of_log(facade))

    return await execute.piecewise(operator, work)


@router.delete("/{id}", responses=tells(SuppressionReference, tagged=False))
async def allow_address(facade: CurrentFacade, execute: Idempotent, operator: Operator, id: SuppressionId) -> Response:
    """Take back a suppression: the address can be subscribed again. Subscriptions that ended stay ended."""

    async def work() -> Answer:
        if not await facade.reads.run(lambda: facade.suppressions.allow(id)):
            raise NotFound(f"there is no suppressed address {id}")
        done: SuppressionReference = {"id": id}
        return answer(done, position=await end_of_log(facade))

    return await execute.piecewise(operator, work)


def _document(found: SuppressedAddress) -> SuppressedAddressDocument:
    return {
        "id": found.digest,
        "address": found.address,
        "reason": found.reason,
        "since": instant(found.since),
    }
