"""What routes ask for: who calls, which position, which language, which version."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from api.parameters import read_instant
from application.access import Identity, identify
from application.caller import Caller
from application.errors import Forbidden, Invalid, Malformed, NotAuthenticated, NotYetVisible
from application.inbound import Service
from application.projections.rows import View
from domain.keyring import Role

BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9._~+/-]+=*)")
VERSION = re.compile(r'"(\d{1,18})"')
IN_FLIGHT = timedelta(seconds=10)
"""How recent an instant is if a transaction of then may still be under way."""
DIGITS = 18
"""How many digits a position may have; whatever has more lies in the future."""
COARSE = 1_000
"""What readers learn of the length of the log: its thousands, and no more."""


def service_of(request: Request) -> Service:
    """Give the service."""
    service: Service = request.app.state.service
    return service


async def serving(request: Request) -> Service:
    """Give the service; asynchronous like every dependency, because FastAPI runs the others on threads."""
    return service_of(request)


Serving = Annotated[Service, Depends(serving)]


async def who(request: Request) -> Identity | None:
    """Tell who calls; None for a reader without a token.

    Raises:
        NotAuthenticated: if there is an ``Authorization`` header that names no good token.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    bearer = BEARER.fullmatch(header.strip())
    if bearer is None:
        raise NotAuthenticated("the Authorization header holds no bearer token")
    identity = identify(bearer[1], await service_of(request).keys.current())
    # The gate reads it, to say in every answer to somebody known which position it reflects.
    request.scope["identity"] = identity
    return identity


Guard = Callable[[Request], Awaitable[Identity | None]]


def permitting(*roles: Role) -> frozenset[Role]:
    """Give the roles that may do what these may: the admin may do all of it."""
    return frozenset(roles) | {Role.ADMIN}


def allow(*roles: Role) -> Guard:
    """Make a dependency that lets these roles, and the admin, through; ``Role.READER`` lets everybody through.

    The roles stand on the dependency, so that a route without any is found before it serves.
    """
    permitted = permitting(*roles)

    async def guard(request: Request) -> Identity | None:
        identity = await who(request)
        if Role.READER in permitted:
            return identity
        if identity is None:
            raise NotAuthenticated("this needs a token")
        if identity.role not in permitted:
            needed = " or ".join(sorted(permitted - {Role.ADMIN}))
            raise Forbidden(f"this needs the role {needed}; the token {identity.name} is {identity.role}")
        return identity

    guard.roles = permitted  # type: ignore[attr-defined]  # read where the routes are checked
    return guard


Reader = Annotated[Identity | None, Depends(allow(Role.READER))]
Operator = Annotated[Identity, Depends(allow(Role.OPERATOR))]
Emitter = Annotated[Identity, Depends(allow(Role.EMITTER))]
Auditor = Annotated[Identity, Depends(allow(Role.AUDITOR))]
Inspector = Annotated[Identity, Depends(allow(Role.OPERATOR, Role.AUDITOR))]
Reviewer = Annotated[Identity, Depends(allow(Role.REVIEWER))]
LEDGER_READERS = allow(Role.REVIEWER, Role.AUDITOR)
WORKERS = allow(Role.EMITTER, Role.OPERATOR)
Worker = Annotated[Identity, Depends(WORKERS)]
Keeper = Annotated[Identity, Depends(allow(Role.ADMIN))]


def caller(request: Request, identity: Identity) -> Caller:
    """Give the caller that a command's events name."""
    return caller_of(identity, str(request.scope.get("request_id", "")))


def caller_of(identity: Identity, request_id: str) -> Caller:
    """Give the caller that a command's events name; see ``caller``."""
    return Caller(actor=f"token:{identity.name}", source="http", request_id=request_id)


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
    raise Malformed("If-Match holds no version; send the ETag of the last answer")


Expected = Annotated[int | None, Depends(expected_version)]


@dataclass(frozen=True, kw_only=True)
class Point:
    """What a read is of: the log up to ``position``, the world at ``at`` (None: whatever is open at that position).

    ``now`` is the moment at which that position was the last; for readers, who may not know it, that of the read.
    """

    position: int
    now: datetime
    at: datetime | None


async def point(
    request: Request,
    views: Sequence[View],
    *,
    as_of: str | None = None,
    at: str | None = None,
    min_position: int | None = None,
    sees_private: bool,
) -> Point:
    """Find the position that a read of some ``views`` is of, and wait until they reflect it.

    Raises:
        Invalid: if ``as_of`` or ``at`` is no instant with an offset, or lies in the future.
        NotYetVisible: if the views do not come to ``min_position`` in time, or one of them is being built anew.
    """
    service = service_of(request)
    now = service.clock.now()
    moment = _past(at, "at", now) if at is not None else None
    if min_position is not None:
        await _reach(service, min_position, sees_private=sees_private)
    if as_of is None and request.scope.get("identity") is not None:
        await service.visibility.reach_own()
    if as_of is None:
        return Point(position=settled(service, views), now=now, at=moment)
    position, then = await _as_of(service, as_of, now, sees_private=sees_private)
    await service.visibility.reach(position)
    return Point(position=position, now=then, at=moment)


def settled(service: Service, views: Sequence[View]) -> int:
    """Give the position that some views reflect, whatever is the matter with the others.

    Raises:
        NotYetVisible: if one of them has not come to where it was before: it would tell of the past as of now.
    """
    for view in views:
        if service.visibility.is_rebuilding(view.name):
            raise NotYetVisible(f"the view {view.name} is being built anew")
    return min(service.visibility.position_of(view.name) for view in views)


async def _reach(service: Service, position: int, *, sees_private: bool) -> None:
    """Wait for a position; one that was not given out yet tells readers nothing of the length of the log."""
    if not sees_private:
        last, _ = await service.reads.run(service.events.last)
        if position <= _coarse(last):
            position = min(position, last)
    await service.visibility.reach(position)


def _coarse(last: int) -> int:
    return (last // COARSE + 1) * COARSE


async def _as_of(service: Service, text: str, now: datetime, *, sees_private: bool) -> tuple[int, datetime]:
    if text.isascii() and text.isdigit():
        last, _ = await service.reads.run(service.events.last)
        position = int(text) if len(text) <= DIGITS else 10**DIGITS
        limit = last if sees_private else _coarse(last)
        if position > limit:
            raise Invalid(f"position {text} lies in the future", pointer="/as_of")
        position = min(position, last)
        # When an event was recorded says when something happened that readers may not know of.
        then = await service.reads.run(lambda: service.events.time_of(position)) if sees_private else None
        return position, then or now
    moment = _past(text, "as_of", now)
    if moment > now - IN_FLIGHT:
        # What is being recorded at this very moment belongs to the answer: wait for it.
        await service.commands.run(lambda log: log.position)
    return await service.reads.run(lambda: service.events.position_at(moment)), moment


def _past(text: str, name: str, now: datetime) -> datetime:
    moment = read_instant(text, name)
    if moment > now:
        raise Invalid(f"{text} lies in the future", pointer=f"/{name}")
    return moment
