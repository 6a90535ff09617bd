"""Subscriptions by e-mail: readers ask for them, operators see and end them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, command_on, steady
from api.http.answers import JSON, cursor_of, listed, place_of
from api.http.auth import CurrentFacade, Operator, Reader
from api.http.openapi_answers import LIMITED, REFUSES, lists, tells
from api.http.parameters import Cursor, Limit, MinPosition
from api.http.read_point import point
from api.subscriptions.asking import ask_for_subscription, require_mail
from api.subscriptions.bodies import MailAddress, SubscriptionBody
from api.subscriptions.scopes import known_language, require_known_scope
from application.register_view import REGISTER_VIEW
from application.status.board import PUBLIC
from application.subscriptions.documents import (
    EndedSubscription,
    RequestedSubscription,
    SubscriptionDocument,
    SubscriptionPage,
    ended_subscription,
    preferences_document,
)
from application.subscriptions.recipients import RecipientState
from domain.errors import Invalid
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.values import Channel, EndReason, Preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from application.facade import Facade
    from application.log import Log
    from application.subscriptions.queries import KnownSubscription
    from application.subscriptions.recipients import Recipient
    from application.targets import Target

router = APIRouter(prefix="/v1/subscriptions", tags=["notifications"])

ENDED = Representation[Subscription](steady(ended_subscription), router.prefix)
Ending = Annotated[AggregateCommand[Subscription], Depends(command_on(ENDED))]
REQUESTED: RequestedSubscription = {"state": str(RecipientState.ASKED)}


@router.post(
    "",
    status_code=202,
    responses={202: {"model": RequestedSubscription, "description": "Asked for."}, **REFUSES, **LIMITED},
)
async def ask_subscription(
    request: Request, facade: CurrentFacade, _reader: Reader, body: SubscriptionBody
) -> Response:
    """Ask for a subscription by e-mail.

    The address gets a mail with a link to a page, on which its owner confirms by a button. The answer is the same for
    every address. One address gets such a mail once in ten minutes, and a network can ask ten times an hour.
    """
    require_mail(facade)
    scope = body.scope.to_domain()
    language = known_language(facade, body.language or None)
    wanted = Preferences(language=language, rhythm=body.rhythm, scope=scope)
    wanted.require_valid(Channel.EMAIL)
    await require_known_scope(facade, scope, PUBLIC)
    await ask_for_subscription(request, body.address, wanted)
    return Response(json.dumps(REQUESTED), 202, {"Cache-Control": "no-store"}, JSON)


@router.get("", responses=lists(SubscriptionPage))
async def list_subscriptions(
    request: Request,
    facade: CurrentFacade,
    _operator: Operator,
    address: Annotated[
        MailAddress | None, Query(description="Those of one address, also one that is not confirmed yet.")
    ] = None,
    state: Annotated[
        RecipientState | None,
        Query(description="By default all; those that are not confirmed yet are found by their address only."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """List the subscriptions by e-mail, those that were asked for first first."""
    where = await point(request, (REGISTER_VIEW,), min_position=min_position, sees_private=True)
    behind = _id_in(cursor)
    if address is not None:
        found = await facade.reads.run(lambda: _of_address(facade, where.position, address))
        found = [
            each
            for each in found
            if (behind is None or each["id"] > behind) and (state is None or each["state"] == state)
        ]
    elif state is RecipientState.ASKED:
        raise Invalid("those that are not confirmed yet are found by their address only", pointer="/state")
    else:
        is_active = None if state is None else state is RecipientState.ACTIVE
        found = await facade.reads.run(lambda: _page(facade, where.position, is_active, behind, limit + 1))
    further = cursor_of(found[limit - 1]["id"]) if len(found) > limit else None
    return listed(request, found[:limit], cursor=further, position=where.position)


@router.delete("/{id}", responses=tells(EndedSubscription))
async def end_subscription(
    command: Ending,
    id: UUID,
    erase: Annotated[bool, Query(description="Whether its address is erased, too.")] = False,
) -> Response:
    """End a subscription: nothing more is sent, and the links in its mails are void.

    With `erase` its address is erased, also that of one that has ended already. The events name no address.
    """
    commands, facade = command.facade.commands.subscriptions, command.facade

    def act(log: Log, target: Target) -> Subscription:
        return commands.end(log, target=target, reason=EndReason.OPERATOR)

    answered = await command.do(act)
    await facade.reads.run(lambda: facade.recipients.end(id, erases=erase))
    return answered


def _id_in(cursor: str | None) -> str | None:
    place = place_of(cursor)
    try:
        return None if place is None else str(UUID(place))
    except ValueError:
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor") from None


def _page(
    facade: Facade,
    at: int,
    is_active: bool | None,
    behind: str | None,
    limit: int,
) -> list[SubscriptionDocument]:
    known = facade.queries.subscriptions.page(at, active=is_active, after=behind, limit=limit)
    return _documents(known, facade.recipients.find([each.id for each in known]))


def _of_address(facade: Facade, at: int, address: str) -> list[SubscriptionDocument]:
    recipients = [each for each in facade.recipients.find_address(address) if each.channel is Channel.EMAIL]
    by_id = {each.subscription: each for each in recipients}
    found = [facade.queries.subscriptions.find(at, id) for id in by_id]
    known = _documents((each for each in found if each is not None), by_id)
    asked = [_asked(each, each.wanted) for each in recipients if each.wanted is not None]
    return sorted([*known, *asked], key=lambda each: each["id"])


def _documents(known: Iterable[KnownSubscription], recipients: Mapping[UUID, Recipient]) -> list[SubscriptionDocument]:
    return [
        {
            **each.preferences,
            "id": str(each.id),
            "channel": str(Channel.EMAIL),
            "state": str(RecipientState.ACTIVE if each.ended_because is None else RecipientState.ENDED),
            "ended_because": each.ended_because,
            "address": recipients[each.id].address if each.id in recipients else None,
        }
        for each in known
    ]


def _asked(recipient: Recipient, wanted: Preferences) -> SubscriptionDocument:
    return {
        **preferences_document(wanted),
        "id": str(recipient.subscription),
        "channel": str(Channel.EMAIL),
        "state": str(RecipientState.ASKED),
        "ended_because": None,
        "address": recipient.address,
    }
