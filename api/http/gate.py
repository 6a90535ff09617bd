"""What every request passes before its route: an id, limits, a measurement, and the last handler of failures."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.answers import POSITION
from api.http.ndjson import NDJSON, STREAMED
from api.http.problems import defect, problem, refusal
from application.errors import OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.metrics import Metrics

BODY_LIMIT = 1024 * 1024
"""The size of a JSON body, in bytes."""
LIMIT = "bitacora.body_limit"
"""Where the scope of a request says how many bytes its body may have."""
READ_AHEAD = 8
"""How many pieces of a body of lines are received ahead at most, each of some 64 KiB."""
VALID_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
HEADERS_READ = frozenset(
    {b"x-request-id", b"content-length", b"content-type", b"content-encoding", b"transfer-encoding"}
)
"""The headers that the gate reads."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SERVICE_STOPS = "the service stops, and has given up this request; send it again, with the same key"

log = structlog.get_logger()


def media_of(content_type: str) -> str:
    """Give the media type of a ``Content-Type``, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


class BodyTooLarge(HTTPException):
    """A body exceeded the limit while it was read; FastAPI lets only an ``HTTPException`` through from there."""

    def __init__(self) -> None:
        """Answer 413."""
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class RequestGate:
    """The outermost middleware; plain ASGI, because one made of functions costs two thirds of a hot route."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        streams: Sequence[re.Pattern[str]] = (),
        limits: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Wrap ``app``; the paths that ``streams`` match accept lines (``application/x-ndjson``) of any number.

        ``limits`` are the sizes of bodies, in bytes, on paths that have one of their own.
        """
        self._app = app
        self._metrics = metrics
        self._streams = tuple(streams)
        self._limits = dict(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, hand it on, and answer if nothing else does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        is_head = scope["method"] == "HEAD"
        if is_head:
            # A HEAD is answered as a GET without its body; the server goes on with a scope of its own.
            scope = {**scope, "method": "GET"}
        headers = {name: value for name, value in scope["headers"] if name in HEADERS_READ}
        scope["request_id"] = self._request_id(headers)
        # The route asks this, and not the headers again: what has no limit must never be read as a whole.
        scope[STREAMED] = self._is_stream(scope, headers)
        scope[LIMIT] = self._limits.get(scope["path"], BODY_LIMIT)
        ahead = ReadAhead(receive) if scope[STREAMED] else None
        exchange = Exchange(scope, receive if ahead is None else ahead.receive, send, is_head=is_head)
        try:
            refused = _refused(scope, headers)
            await (refused or self._app)(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            # The server stops, and gives up what has not come to its end within the grace.
            await exchange.answer(refusal(OutcomeUnknown(SERVICE_STOPS), scope["request_id"]))
        except BodyTooLarge:
            await exchange.answer(_too_large(scope))
        except Exception:
            log.exception("request_failed", request_id=scope["request_id"], path=scope["path"])
            await exchange.answer(defect(scope["request_id"]))
        finally:
            if ahead is not None:
                ahead.close()
            route = getattr(scope.get("route"), "path", "-")
            self._metrics.observe(scope["method"], route, exchange.status, perf_counter() - began)

    def _request_id(self, headers: Mapping[bytes, bytes]) -> str:
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        return given if VALID_ID.fullmatch(given) else token_hex(16)

    def _is_stream(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        media = headers.get(b"content-type", b"")
        if not media or scope["method"] not in WITH_BODY or media_of(media.decode("latin-1")) != NDJSON:
            return False
        return any(path.fullmatch(scope["path"]) for path in self._streams)


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

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, is_head: bool) -> None:
        """Wrap the two channels of ASGI."""
        self._is_head = is_head
        self.status = 500
        self._started = False
        self._received = 0
        self._scope, self._receive, self._send = scope, receive, send

    async def receive(self) -> Message:
        """Receive a message.

        Raises:
            BodyTooLarge: if the body exceeds the limit; a body of lines has none.
        """
        message = await self._receive()
        if message["type"] == "http.request" and not self._scope[STREAMED]:
            self._received += len(message.get("body", b""))
            if self._received > self._scope[LIMIT]:
                raise BodyTooLarge
        return message

    async def send(self, message: Message) -> None:
        """Send a message; callers with a token get the id of the request and the position."""
        if message["type"] == "http.response.start":
            self.status, self._started = message["status"], True
            if self._scope.get("identity") is not None:
                self._add_headers(MutableHeaders(scope=message))
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self._scope["request_id"]
        headers.setdefault(POSITION, str(self._scope["app"].state.facade.visibility.position))

    async def answer(self, response: Response) -> None:
        """Answer instead of the route, if it has not begun to."""
        if not self._started:
            await response(self._scope, self._receive, self.send)


def _refused(scope: Scope, headers: Mapping[bytes, bytes]) -> Response | None:
    if scope["method"] not in WITH_BODY:
        return None
    coding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    if coding != "identity":
        return _unsupported(scope["request_id"], f"send the body as it is, not in the content coding {coding[:40]}")
    if scope[STREAMED]:
        return None
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > scope[LIMIT]:
        return _too_large(scope)
    media = media_of(headers.get(b"content-type", b"").decode("latin-1"))
    has_body = length != b"0" or b"transfer-encoding" in headers
    if has_body and media != "application/json" and not media.endswith("+json"):
        return _unsupported(scope["request_id"], f"send application/json, not {media or 'a body without a type'}")
    return None


def _unsupported(request_id: str, detail: str) -> Response:
    return problem(
        status=415,
        code="unsupported_media",
        title="The body is of a type that this route does not take",
        detail=detail,
        request_id=request_id,
    )


def _too_large(scope: Scope) -> Response:
    return problem(
        status=413,
        code="too_large",
        title="The body is larger than the limit",
        detail=f"a JSON body may have {scope[LIMIT]} bytes",
        request_id=scope["request_id"],
    )
