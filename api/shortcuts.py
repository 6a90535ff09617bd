"""Shortcuts: the plain form of what is asked most, answered without the machinery of the routes.

Each stands in for one route, which describes it and answers every other form of the request: walking the routes and
solving their dependencies costs several times what a shortcut does itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from pydantic import ValidationError

from api.http.answers import FRESH, JSON, answer, dump, hash_tag, matches
from api.http.auth import BEARER, caller_of, permitting
from api.http.problems import refusal
from api.http.values import parse_instant
from api.incidents.signal_bodies import SignalBody
from api.incidents.signals import outcome
from api.panels.automation_rules import decision_document
from application.access.tokens import confirm, identify
from application.errors import ApplicationError, NotAuthenticated
from domain.access.keyring import KEYRING, Role
from domain.components import Component
from domain.errors import DomainError
from domain.incidents.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.answers import Answer
    from api.http.page_cache import Editions
    from api.panels.automation_rules import DecisionBook
    from application.access.tokens import Identity
    from application.facade import Service
    from application.incidents.signal_intake import Reported
    from application.log import Log

JSON_TYPE = (b"content-type", JSON.encode())
EMITTERS = permitting(Role.EMITTER)
ITEM = "item_created_at="


class Shortcut(Protocol):
    """Stands in for the route of this method and path."""

    method: str
    path: str

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answer, or give what the route is to receive."""
        ...


class Shortcuts:
    """Answers what it can, and lets everything else pass."""

    def __init__(self, app: ASGIApp, shortcuts: Iterable[Shortcut]) -> None:
        """Stand before the routes of ``app``."""
        self._app = app
        shortcuts = tuple(shortcuts)
        self._shortcuts = {(shortcut.method, shortcut.path): shortcut for shortcut in shortcuts}
        # A path with names in it has to be looked at; each such shortcut knows the word that its paths end with.
        self._endings = {_ending(shortcut.path): shortcut for shortcut in shortcuts if "{" in shortcut.path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the shortcut, if there is one."""
        if scope["type"] == "http":
            shortcut = self._shortcuts.get((scope["method"], scope["path"]))
            if shortcut is None and (named := self._endings.get(_ending(scope["path"]))) is not None:
                shortcut = named if named.method == scope["method"] else None
            if shortcut is not None:
                scope["route"] = shortcut
                try:
                    going_on = await shortcut.handle(scope, receive, send)
                except (DomainError, ApplicationError) as error:
                    if isinstance(error, NotAuthenticated):
                        # Whoever is nobody any more learns no position.
                        scope.pop("identity", None)
                    await refusal(error, scope["request_id"])(scope, receive, send)
                    return
                if going_on is None:
                    return
                receive = going_on
        await self._app(scope, receive, send)


class PageShortcut:
    """A public page of now, in one language or in all, for readers without a token."""

    method = "GET"

    def __init__(self, path: str, editions: Editions, languages: Sequence[str]) -> None:
        """Answer from ``editions``."""
        self.path = path
        self._editions = editions
        self._forms: dict[bytes, str | None] = {b"": None, **{f"lang={name}".encode(): name for name in languages}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answer with the bytes, or with 304 if the caller has them."""
        if scope["query_string"] not in self._forms or _header(scope, b"authorization") is not None:
            return receive
        rendered, age = await self._editions.public(self._forms[scope["query_string"]])
        wanted = _header(scope, b"if-none-match")
        has_it = wanted is not None and matches(wanted.decode("latin-1"), rendered.tag)
        await _send(send, rendered.body, rendered.tag, has_it=has_it, age=age)
        return None


class DecisionShortcut:
    """Whether an automation may run for an item, as of now, for jobs without a token."""

    method = "GET"
    path = "/v1/panels/{key}/automations/{name}/decision"

    def __init__(self, book: DecisionBook) -> None:
        """Answer from ``book``."""
        self._book = book
        self._path = re.compile(r"/v1/panels/([a-z0-9_-]{1,64})/automations/([a-z0-9_-]{1,64})/decision")

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Decide; whatever else is asked for, or is wrong, the route will say."""
        found = self._path.fullmatch(scope["path"])
        asked = scope["query_string"].decode("latin-1")
        if found is None or _header(scope, b"authorization") is not None or not asked.startswith(ITEM):
            return receive
        ((_, text), *others) = parse_qsl(asked, keep_blank_values=True)
        try:
            created = parse_instant(text)
        except ValueError:
            return receive
        if others:
            return receive
        rules = await self._book.rules(found[1], found[2])
        body = dump(decision_document(rules.decide(created)) | {"position": rules.position}).encode()
        tag = hash_tag(body)
        wanted = _header(scope, b"if-none-match")
        await _send(send, body, tag, has_it=wanted is not None and matches(wanted.decode("latin-1"), tag))
        return None


class SignalShortcut:
    """A signal that is well formed, from an emitter whose token is known, without an idempotency key."""

    method = "POST"
    path = "/v1/signals"

    def __init__(self, service: Service) -> None:
        """Hand signals to ``service``."""
        self._service = service

    def _emitter(self, scope: Scope) -> Identity | None:
        header = _header(scope, b"authorization")
        bearer = BEARER.fullmatch(header.decode("latin-1").strip()) if header else None
        if bearer is None:
            return None
        try:
            identity = identify(bearer[1], self._service.keys.known)
        except NotAuthenticated:
            return None
        return identity if identity.role in EMITTERS else None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Take the signal in; what is wrong with its form, the route will say."""
        identity = self._emitter(scope)
        if identity is None or _header(scope, b"idempotency-key") is not None:
            return receive
        messages = await _received(receive)
        try:
            reported = SignalBody.model_validate_json(b"".join(part.get("body", b"") for part in messages)).told()
        except ValidationError:
            return _again(messages, receive)
        scope["identity"] = identity
        done = await self._take(reported, identity, scope["request_id"])
        await done.response()(scope, receive, send)
        return None

    async def _take(self, reported: Reported, identity: Identity, request_id: str) -> Answer:
        by = caller_of(identity, request_id)

        def act(log: Log) -> Answer:
            # The token was looked up in memory; here nobody can revoke it any more before the signal is taken.
            confirm(log, identity)
            taken = self._service.signals.take(log, reported=reported, caller=by)
            return answer(outcome(taken), position=log.position)

        signal = Signal.id_of(reported.source, reported.fingerprint)
        component = Component.id_of(reported.component or "")
        return await self._service.commands.run(act, reads=(KEYRING, signal, component))


async def _send(send: Send, body: bytes, tag: str, *, has_it: bool, age: int | None = None) -> None:
    """Answer with bytes, or with 304 if the caller has them; ``age`` if they are not known to hold still."""
    headers = [
        (b"etag", tag.encode()),
        (b"cache-control", FRESH.encode()),
        (b"vary", b"Authorization"),
        *([] if age is None else [(b"age", b"%d" % age)]),
        *([] if has_it else [(b"content-length", b"%d" % len(body)), JSON_TYPE]),
    ]
    await send({"type": "http.response.start", "status": 304 if has_it else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if has_it else body})


def _ending(path: str) -> str:
    return path.rpartition("/")[2]


def _header(scope: Scope, name: bytes) -> bytes | None:
    """Give the value of a header; the first, if there are several."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


async def _received(receive: Receive) -> list[Message]:
    """Read to the end of the body, or of the connection."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _again(messages: Sequence[Message], receive: Receive) -> Receive:
    """Let what was received be received again, and go on from there."""
    rest = iter(messages)

    async def next_message() -> Message:
        for message in rest:
            return message
        return await receive()

    return next_message
