"""Endpoints: operators register, change and remove what gets notifications by HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, command_on, steady
from api.http.answers import cursor_of, listed, place_of, shown
from api.http.auth import CurrentFacade, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from api.http.problems import request_id_of
from api.http.read_point import settled
from api.subscriptions.endpoint_bodies import EndpointBody, EndpointChangeBody, RotationBody
from api.subscriptions.scopes import known_language, require_known_scope
from application.document import instant
from application.ids import new_id
from application.register_view import REGISTER_VIEW
from application.status.board import PRIVATE
from application.subscriptions.commands import EndpointRegistration
from application.subscriptions.documents import EndpointDocument, EndpointPage, endpoint_document
from domain.errors import NotFound
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.values import Channel, Preferences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.http.answers import Answer
    from application.facade import Facade
    from application.log import Log
    from application.targets import Target

router = APIRouter(prefix="/v1/endpoints", tags=["notifications"])

SHAPE = Representation(steady(endpoint_document), "/v1/endpoints")
Work = Annotated[AggregateCommand[Endpoint], Depends(command_on(SHAPE))]


@router.get("", responses=lists(EndpointPage))
async def list_endpoints(
    request: Request, facade: CurrentFacade, operator: Operator, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """List all endpoints, the first registered first. Nobody is shown an address or a secret again."""
    position, after = await _position(facade), place_of(cursor)
    found = await facade.reads.run(lambda: facade.queries.endpoints.page(position, after, limit + 1))
    page = found[:limit]
    further = cursor_of(page[-1]["id"]) if len(found) > limit else None
    return listed(request, page, cursor=further, position=position)


@router.post("", status_code=201, responses=creates(EndpointDocument))
async def register_endpoint(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: EndpointBody
) -> Response:
    """Register an endpoint. It gets what is announced from now on.

    Messages to a webhook are signed by [Standard Webhooks](https://www.standardwebhooks.com); the answer shows the
    secret this once. Slack takes the address of an incoming webhook, Teams that of a Workflows webhook.
    """
    by, id = caller(request, operator), new_id(facade.clock.now())
    host = facade.recipients.check_url(body.url)
    preferences = Preferences(language=known_language(facade, body.language), scope=body.scope.to_domain())
    await require_known_scope(facade, preferences.scope, PRIVATE)
    registration = EndpointRegistration(name=body.name, channel=body.channel, host=host, preferences=preferences)
    secret = facade.recipients.new_secret() if body.channel is Channel.WEBHOOK else None
    # Its address first, so that no endpoint is without one.
    await facade.reads.run(lambda: facade.recipients.add_endpoint(id, body.channel, body.url, secret))
    is_registered = False

    def act(log: Log) -> Answer:
        nonlocal is_registered
        endpoint = facade.commands.endpoints.register(log, id=id, registration=registration, caller=by)
        is_registered = True
        made = SHAPE.to_answer(log, endpoint, created=True, more={} if secret is None else {"secret": secret})
        return made if secret is None else replace(made, shows_secret=True)

    try:
        return await execute(operator, act)
    finally:
        if not is_registered:
            await facade.reads.run(lambda: facade.recipients.end(id, erases=True))


@router.get("/{id}", responses=shows(EndpointDocument))
async def read_endpoint(request: Request, facade: CurrentFacade, operator: Operator, id: UUID) -> Response:
    """Read one endpoint."""
    position = await _position(facade)
    found = await facade.reads.run(lambda: facade.queries.endpoints.find(position, id))
    if found is None:
        raise NotFound(f"there is no endpoint {id}")
    return shown(request, found, position=position, version=found["version"])


@router.patch("/{id}", responses=tells(EndpointDocument))
async def change_endpoint(request: Request, work: Work, id: UUID, body: EndpointChangeBody) -> Response:
    """Change an endpoint, or disable and enable it. What is left out stays."""
    facade, url = work.facade, body.url
    host = None if url is None or await _is_at(facade, id, url) else facade.recipients.check_url(url)
    language = None if body.language is None else known_language(facade, body.language)
    revision = replace(body.converted(host=host), language=language)
    if revision.scope is not None:
        await require_known_scope(facade, revision.scope.whole, PRIVATE)
    by = request_id_of(request)
    if url is not None and host is not None:
        await facade.reads.run(lambda: facade.recipients.begin_move(id, url, by))
    try:
        return await work.do(
            lambda log, target: facade.commands.endpoints.change(log, target=target, revision=revision)
        )
    finally:
        if host is not None:
            await facade.reads.run(lambda: facade.recipients.end_move(id, by))


@router.post("/{id}/secret", status_code=201, responses=creates(EndpointDocument))
async def rotate_endpoint_secret(work: Work, id: UUID, body: RotationBody | None = None) -> Response:
    """Make a new secret for a webhook. Messages have two signatures until the one before is no longer valid.

    If you make further ones meanwhile, messages have a signature of each of the newest five that are valid. The answer
    shows the new secret this once.
    """
    facade, overlap = work.facade, (body or RotationBody()).overlap
    secret, until = facade.recipients.new_secret(), facade.clock.now() + overlap

    def act(log: Log, target: Target) -> tuple[Endpoint, Mapping[str, object]]:
        endpoint = facade.commands.endpoints.rotate_secret(log, target=target, old_until=until)
        return endpoint, {"secret": secret, "old_secret_until": instant(until)}

    answered = await work.show_once(act)
    await facade.reads.run(lambda: facade.recipients.rotate_secret(id, secret, until))
    return answered


@router.delete("/{id}", responses=tells(EndpointDocument))
async def remove_endpoint(work: Work, id: UUID) -> Response:
    """Remove an endpoint: it gets nothing any more, and its address and its secrets are forgotten."""
    facade = work.facade
    answered = await work.do(lambda log, target: facade.commands.endpoints.remove(log, target=target))
    await facade.reads.run(lambda: facade.recipients.end(id, erases=True))
    return answered


async def _is_at(facade: Facade, id: UUID, url: str) -> bool:
    found = (await facade.reads.run(lambda: facade.recipients.find([id]))).get(id)
    return found is not None and found.address == url


async def _position(facade: Facade) -> int:
    await facade.visibility.reach_own((REGISTER_VIEW.name,))
    return settled(facade, (REGISTER_VIEW,))
