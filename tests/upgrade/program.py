"""The program in this process, at a moment that stands still, and reached over HTTP as callers reach it.

This is the one module of the folder that names modules of the product.
"""

from __future__ import annotations

import re
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import httpx
import pytest

from api.main import create_app
from application.caller import Caller
from application.registry import event_types
from domain.access.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import read_settings
from tests.api.client import StraightClient

if TYPE_CHECKING:
    from datetime import datetime

PREFIX = "bita_"
BY_HAND = Caller(actor="token:console", source="tests", request_id="")
ROLES = tuple(str(role) for role in Role if role is not Role.READER)
EVERY_TYPE = frozenset(event_types())
"""Every type under which an event can be stored."""
KEPT = ("Bitacora-Position", "Content-Type", "ETag", "Idempotent-Replayed", "Link", "Location")
"""The headers that are part of an answer."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request; ``by`` is the role that sends it, None for a reader without a token.

    ``route`` is the path with its parameters unfilled, by which differences are listed.
    """

    route: str
    path: str
    by: str | None = None
    method: str = "GET"
    key: str | None = None
    sends: Any = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered: the status, the headers that are ``KEPT``, and the whole body."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


class StandingClock:
    """A clock that stands where it is put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment


class Program:
    """The whole program on a database, started and stopped as by a server."""

    def __init__(self, database: str, moment: datetime) -> None:
        self.clock = StandingClock(moment)
        self._bitacora = Bitacora(read_settings(database=database), clock=self.clock)
        app = create_app(self._bitacora)
        self._lifespan = app.router.lifespan_context(app)
        self._client = StraightClient(httpx.ASGITransport(app))
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._lifespan)
        await self._open.enter_async_context(self._client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def ask(self, question: Question) -> Answer:
        """Send a request, and give what is answered."""
        headers = {"X-Request-Id": "request-of-the-test"}
        if question.by is not None:
            headers["Authorization"] = f"Bearer {secret_of(question.by)}"
        if question.key is not None:
            headers["Idempotency-Key"] = question.key
        content = None
        if isinstance(question.sends, bytes):
            content, headers["Content-Type"] = question.sends, "application/x-ndjson"
        body = None if content is not None else question.sends
        found = await self._client.request(
            question.method, question.path, headers=headers, json=body, content=content, timeout=60
        )
        kept = {name: found.headers[name] for name in KEPT if name in found.headers}
        # How a page looks is no part of what it says.
        body = STYLE.sub("<style></style>", found.content.decode())
        return Answer(status=found.status_code, headers=kept, body=body)

    def issue_tokens(self) -> None:
        """Issue a token for each role, with the secret that ``secret_of`` gives; and one that is revoked."""
        tokens, call = self._bitacora.facade.commands.tokens, self._bitacora.writer.call
        roles = {role: Role(role) for role in ROLES} | {"former": Role.OPERATOR}
        for name, role in roles.items():
            person = f"The {name}"
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(secrets, "token_urlsafe", partial(_chosen, name))
                call(partial(tokens.issue, name=f"the-{name}", role=role, person=person, caller=BY_HAND))
        call(partial(tokens.revoke, name="the-former", caller=BY_HAND))


def _chosen(name: str, _: int) -> str:
    return secret_of(name).removeprefix(PREFIX)


def secret_of(role: str) -> str:
    """Give the secret of the token of a role, which opens nothing but the stores of these tests."""
    return f"{PREFIX}{role}-of-the-old-stores"
