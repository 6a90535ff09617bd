"""What every request passes before its route: an id, limits, a measurement, and the last handler of failures."""

from __future__ import annotations

import asyncio
import random
import re
from http import HTTPStatus
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import Response

from api.http.alternates import alternate
from api.http.answers import POSITION
from api.http.cors import ALLOWED, is_anonymous
from api.http.forms import FORM, media_of
from api.http.ndjson import NDJSON, STREAMED
from api.http.problems import defect, refusal
from api.http.request_checks import (
    ANONYMOUS_BODIES,
    BODY_LIMIT,
    HEADERS_READ,
    LIMIT,
    WITH_BODY,
    BodyTooLarge,
    HeldBodies,
    TooManyBodies,
    refused,
    too_large,
    too_many_bodies,
)
from api.http.request_log import RefusedTokens, log_request
from api.http.secret_paths import is_secret, masked
from api.http.written_head import WrittenHead
from application.errors import OutcomeUnknown
from application.status.board import STALE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.metrics import Metrics
    from application.ports import KeySource

IS_HEAD = "bitacora.is_head"
"""Where a scope says that only the head of the answer is wanted."""
READ_AHEAD = 8
"""How many pieces of a body of lines are received ahead at most, each of some 64 KiB."""
VALID_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
SERVICE_STOPS = "the service stops, and has given up this request; send it again, with the same key"

log = structlog.get_logger()


class RequestGate:
    """The outermost middleware; plain ASGI, because one made of functions costs two thirds of a hot route."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        keys: KeySource,
        streams: Sequence[re.Pattern[str]] = (),
        forms: Sequence[tuple[re.Pattern[str], Sequence[str], int]] = (),
        limits: Mapping[str, int] = MappingProxyType({}),
        *,
        access_log: bool = False,
        languages: Sequence[str] = (),
        show: Callable[[Scope, Response], Awaitable[Response]] | None = None,
    ) -> None:
        """Wrap ``app``; the paths that ``streams`` match accept lines (``application/x-ndjson``) of any number.

        Those that ``forms`` match accept forms, of the media types and up to the size in bytes beside them, and nothing
        else. ``limits`` are the sizes of bodies on other paths that have one of their own; ``languages`` those of the
        pages. ``show`` gives what a browser is shown in place of a refusal for the head of a request.
        """
        self._app = app
        self._metrics = metrics
        self._streams = tuple(streams)
        self._forms = tuple(forms)
        self._limits = dict(limits)
        self._access_log = access_log
        self._languages = tuple(languages)
        self._show = show
        self._refused_tokens = RefusedTokens(keys)
        self._bodies = HeldBodies(ANONYMOUS_BODIES, keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, hand it on, and answer if nothing else does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        asked = scope["method"]
        is_head = asked == "HEAD"
        if is_head:
            # A HEAD is answered as a GET without its body; the server goes on with a scope of its own.
            scope = {**scope, "method": "GET", IS_HEAD: True}
        if scope["path"].endswith("\n"):
            # The pattern of a route matches in front of a last line feed, but in front of no other character.
            scope = {**scope, "path": f"{scope['path'][:-1]}\r"}
        lines = [line for line in scope["headers"] if line[0] in HEADERS_READ]
        headers = dict(lines)
        scope["request_id"] = self._request_id(headers)
        # The route asks this, and not the headers again: what has no limit must never be read as a whole.
        scope[STREAMED] = self._is_stream(scope, headers)
        scope[FORM], limit = self._form(scope["path"]) if scope["method"] == "POST" else ((), BODY_LIMIT)
        scope[LIMIT] = self._limits.get(scope["path"], limit)
        ahead = ReadAhead(receive) if scope[STREAMED] else None
        exchange = Exchange(scope, receive if ahead is None else ahead.receive, send, self._bodies, is_head=is_head)
        if scope["method"] == "GET" and is_anonymous(headers) and not is_secret(scope["path"]):
            exchange.added = ALLOWED
            if b"accept" in headers:
                exchange.added = (*ALLOWED, *alternate(scope, headers, self._languages))
        try:
            answer = refused(scope, headers, lines, self._takes_lines)
            if answer is not None and self._show is not None:
                answer = await self._show(scope, answer)
            await (answer or self._app)(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            # The server stops, and gives up what has not come to its end within the grace.
            await exchange.answer(refusal(OutcomeUnknown(SERVICE_STOPS), scope["request_id"]))
        except BodyTooLarge:
            await exchange.answer(too_large(scope, self._takes_lines))
        except TooManyBodies:
            await exchange.answer(too_many_bodies(scope["request_id"]))
        except Exception:
            log.exception("request_failed", request_id=scope["request_id"], path=masked(scope["path"]))
            await exchange.answer(defect(scope["request_id"]))
        finally:
            if ahead is not None:
                ahead.close()
            exchange.close()
            took, route = perf_counter() - began, getattr(scope.get("route"), "path", "-")
            self._metrics.observe(scope["method"], route, exchange.status, took)
            if exchange.status == HTTPStatus.UNAUTHORIZED and b"authorization" in headers:
                self._refused_tokens.note(scope, headers, asked)
            if self._access_log:
                log_request(scope, asked, status=exchange.status, sent=exchange.sent, seconds=took)

    def _request_id(self, headers: Mapping[bytes, bytes]) -> str:
        given = headers.get(b"x-request-id")
        if given is not None and VALID_ID.fullmatch(text := given.decode("latin-1")):
            return text
        # It tells requests apart and protects nothing: a secret one would be a call of the system for each request.
        return f"{random.getrandbits(128):032x}"

    def _is_stream(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        media = headers.get(b"content-type", b"")
        if not media or scope["method"] not in WITH_BODY or media_of(media.decode("latin-1")) != NDJSON:
            return False
        return self._takes_lines(scope["path"])

    def _form(self, path: str) -> tuple[Sequence[str], int]:
        """Give in which ways a form can be sent to a path, and how large a body there may be."""
        return next(((media, limit) for form, media, limit in self._forms if form.fullmatch(path)), ((), BODY_LIMIT))

    def _takes_lines(self, path: str) -> bool:
        return any(stream.fullmatch(path) for stream in self._streams)


class ReadAhead:
    """Receives a body of lines ahead of the commands that it is read for.

    A server that sees a connection cut reports it before it hands on what came until then: what was received here by
    that moment is not lost.
    """

    def __init__(self, receive: Receive) -> None:
        """Start to receive."""
        self._receive = receive
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(READ_AHEAD)
        self._task = asyncio.ensure_future(self._fill())

    async def receive(self) -> Message:
        """Give the next message."""
        return await self._waiting.get()

    def close(self) -> None:
        """Stop receiving."""
        self._task.cancel()

    async def _fill(self) -> None:
        goes_on = True
        while goes_on:
            message = await self._receive()
            goes_on = bool(message.get("more_body"))
            await self._waiting.put(message)


class Exchange:
    """One request and its answer: limits the size of the body, and remembers the status."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, bodies: HeldBodies, *, is_head: bool) -> None:
        """Wrap the two channels of ASGI."""
        self._is_head = is_head
        self.status = 500
        self.sent = 0
        self.added: Sequence[tuple[bytes, bytes]] = ()
        """Headers that the answer gets besides its own."""
        self._bodies = bodies
        self._counts: bool | None = None
        self._held = 0
        self._started = False
        self._received = 0
        self._scope, self._receive, self._send = scope, receive, send

    async def receive(self) -> Message:
        """Receive a message.

        Raises:
            BodyTooLarge: if the body exceeds the limit; a body of lines has none.
            TooManyBodies: if as much is held of the bodies of callers without a token as may be.
        """
        message = await self._receive()
        if message["type"] == "http.request" and not self._scope[STREAMED]:
            size = len(message.get("body", b""))
            self._received += size
            if self._received > self._scope[LIMIT]:
                raise BodyTooLarge
            if self._held or message.get("more_body"):
                self._hold(size)
        return message

    def close(self) -> None:
        """Let go of the body."""
        if self._held:
            self._bodies.release(self._held)

    def _hold(self, size: int) -> None:
        if self._counts is None:
            self._counts = self._bodies.counts(self._scope)
        if self._counts:
            self._bodies.hold(size)
            self._held += size

    async def send(self, message: Message) -> None:
        """Send a message; callers with a token get the id of the request and the position."""
        if message["type"] == "http.response.start":
            self.status, self._started = message["status"], True
            if self._scope.get("identity") is not None:
                self._add_headers(MutableHeaders(scope=message))
            elif self.added:
                message["headers"] = _with(message["headers"], self.added)
            lag = self._scope["app"].state.facade.visibility.lag
            if lag is not None and lag >= STALE_SECONDS:
                self._add_age(message, lag)
        elif self._is_head:
            message = {**message, "body": b""}
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self._scope["request_id"]
        headers.setdefault(POSITION, str(self._scope["app"].state.facade.visibility.position))

    def _add_age(self, message: Message, lag: float) -> None:
        """Say of an answer that was read how old it is, unless it knows better."""
        if self._scope["method"] == "GET" and self.status in {200, 304}:
            MutableHeaders(scope=message).setdefault("Age", str(int(lag)))

    async def answer(self, response: Response) -> None:
        """Answer instead of the route, if it has not begun to."""
        if not self._started:
            await response(self._scope, self._receive, self.send)


def _with(
    headers: Sequence[tuple[bytes, bytes]], added: Sequence[tuple[bytes, bytes]]
) -> Sequence[tuple[bytes, bytes]]:
    return headers.readable if added is ALLOWED and isinstance(headers, WrittenHead) else [*headers, *added]
