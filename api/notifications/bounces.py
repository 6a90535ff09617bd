"""Bounces and complaints, as a mail server or its provider reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.answers import answer
from api.http.auth import CurrentFacade, Emitter, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import tells
from api.http.read_point import end_of_log
from api.http.values import Body, example
from api.subscriptions.mail_addresses import MailAddress
from application.document import Id
from application.schema import documented
from application.subscriptions.recipients import RecipientState
from application.targets import Target
from domain.errors import Invalid
from domain.subscriptions.values import Channel, EndReason

if TYPE_CHECKING:
    from api.http.answers import Answer
    from application.caller import Caller
    from application.facade import Facade
    from application.subscriptions.recipients import Recipient

router = APIRouter(prefix="/v1", tags=["notifications"])

LONGEST_RECIPIENT = 320
SOURCE = "bounces"
"""The source of what is reported here, for tokens that are bound to some."""
BOUNCES = {"bounce": EndReason.BOUNCE, "complaint": EndReason.COMPLAINT}


class BounceBody(Body):
    """A message that came back, or that somebody complained of."""

    model_config = example(recipient="status+15fd2436daf22b420347e1340e6dddcd@example.com", kind="bounce")

    recipient: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_RECIPIENT,
            description="The address that the bounce came back to, which names the message.",
        ),
    ] = None
    address: Annotated[MailAddress | None, Field(description="Or the address of the mailbox.")] = None
    kind: Annotated[str, Field(pattern="^(bounce|complaint)$", description="`bounce` or `complaint`.")] = "bounce"


@documented
class BounceDocument(TypedDict):
    """What followed from a bounce."""

    ended: list[Id]
    """The subscriptions that ended, because nothing is sent to their address any more."""


@router.post("/bounces", responses=tells(BounceDocument, tagged=False))
async def report_bounce(
    request: Request, facade: CurrentFacade, execute: Idempotent, emitter: Emitter, body: BounceBody
) -> Response:
    """Report a bounce or a complaint. Nothing more is sent to that address, and its subscriptions end.

    Name the address that the bounce came back to (it has a token between `+` and `@`), or the address of the mailbox.
    An address that nobody has subscribed is suppressed all the same. A token that is bound to sources needs the source
    `bounces`.
    """
    emitter.require_source(SOURCE)
    if (body.recipient is None) == (body.address is None):
        raise Invalid("name the recipient of the bounce, or the address of the mailbox", pointer="/recipient")
    by, reason = caller(request, emitter), BOUNCES[body.kind]

    async def work() -> Answer:
        recipients = await facade.reads.run(lambda: _recipients(facade, body))
        ended: BounceDocument = {"ended": []}
        for each in recipients:
            await _end(facade, each, reason, by)
            ended["ended"].append(str(each.subscription))
        return answer(ended, position=await end_of_log(facade))

    return await execute.piecewise(emitter, work)


def _recipients(facade: Facade, body: BounceBody) -> list[Recipient]:
    """Suppress the address, and give who was notified there."""
    address = body.address
    if address is None:
        subscription = facade.deliveries.subscription_of(body.recipient or "")
        found = None if subscription is None else facade.recipients.find([subscription]).get(subscription)
        if found is None:
            raise Invalid("no message that was sent has this recipient", pointer="/recipient")
        address = found.address
    if address is None:
        return []
    facade.suppressions.suppress(address, body.kind)
    return [
        each
        for each in facade.recipients.find_address(address)
        if each.channel is Channel.EMAIL and each.state is RecipientState.ACTIVE
    ]


async def _end(facade: Facade, recipient: Recipient, reason: EndReason, by: Caller) -> None:
    target = Target(id=recipient.subscription, expected_version=None, caller=by)
    await facade.runner.run(lambda log: facade.commands.subscriptions.end(log, target=target, reason=reason))
    await facade.reads.run(lambda: facade.recipients.end(recipient.subscription, erases=False))
