"""What routes ask for: who calls, with which role, and which version the caller knows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.types import Scope

from api.http.query_members import check_query
from application.access.identity import Identity
from application.access.tokens import identify
from application.caller import Caller
from application.errors import Forbidden, Malformed, NotAuthenticated, StoreUnavailable
from application.facade import Facade
from application.ports import KeySource
from domain.access.keyring import Role

SIGNED_IN = "signed_in"
"""Where the scope of a request that we make ourselves has the ``Identity`` on whose behalf it is made."""
BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9._~+/-]+=*)")
VERSION = re.compile(r'"(\d{1,18})"')


def facade_of(request: Request) -> Facade:
    """Give the facade of the application that serves a request."""
    facade: Facade = request.app.state.facade
    return facade


async def current_facade(request: Request) -> Facade:
    """Give the facade; asynchronous like every dependency, because FastAPI runs the others on threads."""
    return facade_of(request)


CurrentFacade = Annotated[Facade, Depends(current_facade)]


def header_of(scope: Scope, name: bytes) -> str | None:
    """Give the value of a header, the first if there are several; a third of what ``Request.headers`` takes."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


def list_of(scope: Scope, name: bytes) -> str | None:
    """Give the value of a header that is a list, which may come on several lines."""
    values = [str(value, "latin-1") for key, value in scope["headers"] if key == name]
    return ", ".join(values) if values else None


async def identity_of(request: Request) -> Identity | None:
    """Tell who calls; None for a reader without a token.

    A page of the console asks on behalf of who has signed in: it puts the identity into the scope of the request, which
    no client can. A cookie identifies nobody here.

    Raises:
        NotAuthenticated: if there is an ``Authorization`` header that names no good token.
    """
    signed_in = request.scope.get(SIGNED_IN)
    if isinstance(signed_in, Identity):
        request.scope["identity"] = signed_in
        return signed_in
    header = header_of(request.scope, b"authorization")
    if header is None:
        return None
    bearer = BEARER.fullmatch(header.strip())
    if bearer is None:
        raise NotAuthenticated("the Authorization header has no bearer token; write Bearer and the token")
    facade = facade_of(request)
    identity = identify(bearer[1], await facade.keys.current(), facade.clock.now())
    # The gate reads it: every answer to a caller with a token names the position that it reflects.
    request.scope["identity"] = identity
    return identity


def secret_of(request: Request) -> str:
    """Give the secret of the token with which a request came; empty if there is none."""
    bearer = BEARER.fullmatch((header_of(request.scope, b"authorization") or "").strip())
    return bearer[1] if bearer else ""


def known_identity(header: str | None, keys: KeySource) -> Identity | None:
    """Tell whom an ``Authorization`` header names, by the keyring in memory; None if it has no good token."""
    bearer = BEARER.fullmatch(header.strip()) if header else None
    if bearer is None:
        return None
    try:
        return identify(bearer[1], keys.known, keys.now())
    except NotAuthenticated:
        return None


class KnownCallers:
    """Recognizes tokens by the keyring in memory, as it was read last."""

    def __init__(self, keys: KeySource) -> None:
        """Recognize those of ``keys``."""
        self._keys = keys
        self._asking: asyncio.Task[None] | None = None

    def knows(self, header: str) -> bool:
        """Tell whether an ``Authorization`` header has a good token."""
        return known_identity(header, self._keys) is not None

    def refresh(self) -> None:
        """Read the keyring again, beside everything else; a store that is away changes nothing."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        with suppress(StoreUnavailable):
            await self._keys.current()


Guard = Callable[[Request], Awaitable[Identity | None]]


def permitting(*roles: Role) -> frozenset[Role]:
    """Give these roles and the admin, who may do everything."""
    return frozenset(roles) | {Role.ADMIN}


def allow(*roles: Role) -> Guard:
    """Make a dependency that lets these roles, and the admin, through; ``Role.READER`` lets everybody through.

    The roles stand on the dependency, so that a route without any is found before it serves.
    """
    permitted = permitting(*roles)

    async def guard(request: Request) -> Identity | None:
        identity = await identity_of(request)
        if Role.READER not in permitted:
            if identity is None:
                raise NotAuthenticated("this needs a token")
            if not identity.has_any(permitted):
                needed = " or ".join(sorted(permitted - {Role.ADMIN})) or Role.ADMIN
                raise Forbidden(f"this needs the role {needed}; {_described(identity)}")
        check_query(request)
        return identity

    guard.roles = permitted  # type: ignore[attr-defined]  # read where the routes are checked
    return guard


EVERYBODY = allow(Role.READER)
INSPECTORS = allow(Role.OPERATOR, Role.AUDITOR)
Reader = Annotated[Identity | None, Depends(EVERYBODY)]
Admin = Annotated[Identity, Depends(allow(Role.ADMIN))]
Operator = Annotated[Identity, Depends(allow(Role.OPERATOR))]
Emitter = Annotated[Identity, Depends(allow(Role.EMITTER))]
Auditor = Annotated[Identity, Depends(allow(Role.AUDITOR))]
Inspector = Annotated[Identity, Depends(INSPECTORS)]
Reviewer = Annotated[Identity, Depends(allow(Role.REVIEWER))]
Releaser = Annotated[Identity, Depends(allow(Role.REVIEWER, Role.OPERATOR))]
Finder = Annotated[Identity, Depends(allow(Role.EMITTER, Role.REVIEWER))]
LEDGER_READERS = allow(Role.REVIEWER, Role.AUDITOR)
QUEUE_STAFF = allow(Role.OPERATOR, Role.REVIEWER, Role.AUDITOR)
WORKERS = allow(Role.EMITTER, Role.OPERATOR)
Worker = Annotated[Identity, Depends(WORKERS)]


def _described(identity: Identity) -> str:
    roles = " and ".join(sorted(identity.roles)) or "none"
    return f"the token {identity.name} is {roles}" if identity.session is None else f"{identity.person} is {roles}"


def caller(request: Request, identity: Identity) -> Caller:
    """Give the caller of a request, whom the events of its command name."""
    return caller_of(identity, str(request.scope.get("request_id", "")))


def caller_of(identity: Identity, request_id: str) -> Caller:
    """Give the caller of a request by its id; see ``caller``."""
    return Caller(actor=identity.actor, source="http", request_id=request_id, signed_in=identity.signed_in)


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the last answer: the command is refused if anything has happened since. Without it,"
        " or with `*`, it applies to whatever there is.",
        json_schema_extra={"pattern": r'^(\*|"[0-9]{1,18}")$', "examples": ['"7"']},
    ),
]


async def expected_version(if_match: IfMatch = None) -> int | None:
    """Read ``If-Match``: the version that the caller has read; None if any will do.

    A weak tag matches nothing (RFC 9110, 13.1.1), so it stands for a version that never is.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tag = VERSION.fullmatch(if_match.strip())
    if tag:
        return int(tag[1])
    if if_match.strip().startswith(("W/", '"')):
        return 0
    raise Malformed("If-Match is not a version; send the ETag of the last answer")


Expected = Annotated[int | None, Depends(expected_version)]
