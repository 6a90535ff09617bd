"""Tokens: admins issue, list and revoke them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.access.bodies import TokenBody
from api.http.answers import Answer, answer, cursor_of, dump, hash_tag, listed, place_of, shown
from api.http.auth import Admin, CurrentFacade, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from application.access.documents import IssuedToken, TokenDocument, TokenPage, token_document
from domain.errors import Invalid, NoSuchToken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.facade import Facade
    from application.log import Log
    from domain.access.keyring import Token

router = APIRouter(prefix="/v1/tokens", tags=["tokens"])

TokenName = Annotated[str, Path(description="The name of a token.")]


@router.get("", responses=lists(TokenPage))
async def list_tokens(
    request: Request, facade: CurrentFacade, admin: Admin, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """List all tokens, the first issued first. Nobody is shown a secret again."""
    names = list(tokens := await _tokens(facade))
    place = place_of(cursor)
    if place is not None and (place := unquote(place)) not in tokens:
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    rest = names[0 if place is None else names.index(place) + 1 :]
    page = [token_document(tokens[name]) for name in rest[:limit]]
    further = cursor_of(_quoted(rest[limit - 1])) if len(rest) > limit else None
    return listed(request, page, cursor=further, position=facade.visibility.position)


@router.post("", status_code=201, responses=creates(IssuedToken))
async def issue_token(
    request: Request, facade: CurrentFacade, execute: Idempotent, admin: Admin, body: TokenBody
) -> Response:
    """Issue a token. The answer shows its secret this once.

    An emitter can be bound to sources: it is refused to send for others, and reads of its own alone. If you repeat the
    request with its `Idempotency-Key`, you learn that the secret was shown (`secret_already_shown`), and not the
    secret: revoke the token, and issue another.
    """
    by = caller(request, admin)

    def act(log: Log) -> Answer:
        secret = facade.commands.tokens.issue(
            log,
            name=body.name,
            role=body.role,
            person=body.person or body.name,
            sources=tuple(body.sources),
            expires_at=body.expires_at,
            caller=by,
        )
        token = _document(facade, log, body.name)
        document: IssuedToken = {**token, "secret": secret}
        location = f"{router.prefix}/{_quoted(body.name)}"
        issued = answer(document, position=log.position, status=201, location=location, shows_secret=True)
        # That of the token as it is read.
        return replace(issued, headers={**issued.headers, "ETag": hash_tag(dump(token).encode())})

    return await execute(admin, act)


@router.get("/{name}", responses=shows(TokenDocument))
async def read_token(request: Request, facade: CurrentFacade, admin: Admin, name: TokenName) -> Response:
    """Read one token, without its secret."""
    token = (await _tokens(facade)).get(name)
    if token is None:
        raise NoSuchToken(f"there is no token {name}")
    return shown(request, token_document(token), position=facade.visibility.position)


@router.delete("/{name}", responses=tells(TokenDocument, tagged=False))
async def revoke_token(
    request: Request, facade: CurrentFacade, execute: Idempotent, admin: Admin, name: TokenName
) -> Response:
    """Revoke a token: it is refused from the next request on. Its name is never used again."""
    by = caller(request, admin)

    def act(log: Log) -> Answer:
        facade.commands.tokens.revoke(log, name=name, caller=by)
        return answer(_document(facade, log, name), position=log.position)

    return await execute(admin, act)


async def _tokens(facade: Facade) -> Mapping[str, Token]:
    """Give all tokens by name, as the log has them now."""
    await facade.visibility.reach_own()
    return {token.name: token for token in (await facade.keys.current()).values()}


def _document(facade: Facade, log: Log, name: str) -> TokenDocument:
    return token_document(facade.commands.tokens.find(log, name))


def _quoted(name: str) -> str:
    return quote(name, safe="")
