"""Calls of the routes of this application, in the same process, on behalf of somebody who is signed in.

A screen shows what routes answer, and a form becomes the body of a command. The console therefore has no rule of its
own: roles, validation, versions and idempotency are those of the routes.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from api.http.answers import JSON
from api.http.auth import SIGNED_IN
from api.http.forms import FORM
from api.http.ndjson import NDJSON, STREAMED
from api.http.request_checks import BODY_LIMIT, LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from application.access.identity import Identity

QueryValue = str | int | bool | None
Query = dict[str, "QueryValue | Sequence[str]"]


def part(text: str) -> str:
    """Give what somebody typed as one part of a path, so that it leads to no other route: no id or key has a slash."""
    return text.replace("/", "%2F")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a route answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the route did what it was asked for."""
        return self.status < HTTPStatus.BAD_REQUEST

    @cached_property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        """The body, read as JSON; None if it has none."""
        return json.loads(self.body) if self.body else None

    @property
    def version(self) -> str:
        """The ``ETag``, to be sent as ``If-Match``; empty if there is none."""
        return self.headers.get("etag", "")

    @property
    def position(self) -> int:
        """The position of the log that the answer reflects; 0 if it names none."""
        return int(self.headers.get("bitacora-position", "0"))


class RefusedCall(Exception):
    """A route refused what a screen needs in order to be shown."""

    def __init__(self, reply: Reply) -> None:
        """Keep what the route answered."""
        super().__init__(str(reply.status))
        self.reply = reply


class ApiClient:
    """Calls routes on behalf of one person.

    A path is written as it is read, and not as in an address: nothing of it is decoded again. What does not come from
    the path of the screen is put into it as a ``part``.
    """

    def __init__(self, app: ASGIApp, scope: Scope, identity: Identity) -> None:
        """Call the routes of ``app``; ``scope`` is that of the request for the screen."""
        self._app, self._scope, self._identity = app, scope, identity

    async def read(self, path: str, **query: QueryValue | Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
        """Read a document.

        Raises:
            RefusedCall: if the route refuses.
        """
        return (await self.get(path, **query)).document

    async def get(self, path: str, **query: QueryValue | Sequence[str]) -> Reply:
        """Read a document, its version and its position.

        Raises:
            RefusedCall: if the route refuses.
        """
        reply = await self.send("GET", path, query=query)
        if not reply.is_good:
            raise RefusedCall(reply)
        return reply

    async def find(self, path: str, **query: QueryValue | Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
        """Read a document; None if there is no such thing.

        Raises:
            RefusedCall: if the route refuses for another reason.
        """
        reply = await self.send("GET", path, query=query)
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        if not reply.is_good:
            raise RefusedCall(reply)
        return reply.document

    async def read_all(self, *paths: str) -> list[Any]:
        """Read several documents at once.

        Raises:
            RefusedCall: if a route refuses.
        """
        return list(await asyncio.gather(*(self.read(path) for path in paths)))

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, QueryValue | Sequence[str]] | None = None,
        if_match: str = "",
        key: str = "",
        media: str = JSON,
    ) -> Reply:
        """Send a request, and give whatever is answered. A ``body`` of bytes is sent as it is.

        ``if_match`` is the version that the person has seen, ``key`` the idempotency key; empty for none.
        """
        headers: list[tuple[bytes, bytes]] = []
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers = [(b"content-type", media.encode()), (b"content-length", b"%d" % len(content))]
        if if_match:
            headers.append((b"if-match", if_match.encode("latin-1", "replace")))
        if key:
            headers.append((b"idempotency-key", key.encode("latin-1", "replace")))
        return await self._call(method, path, _written(query or {}), headers, content)

    async def _call(
        self, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> Reply:
        exchange = _Exchange(content)
        await self._app(self._inner_scope(method, path, query, headers), exchange.receive, exchange.send)
        return Reply(status=exchange.status, headers=exchange.headers, body=bytes(exchange.body))

    async def forward(
        self, path: str, query: Mapping[str, QueryValue | Sequence[str]], receive: Receive, send: Send
    ) -> None:
        """Read a document and hand its answer on piece by piece, as it comes: it may be longer than memory is wide."""
        await self._app(self._inner_scope("GET", path, _written(query), []), receive, send)

    def _inner_scope(self, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]]) -> Scope:
        outer = self._scope
        return {
            **{name: outer[name] for name in ("type", "asgi", "http_version", "server", "client", "scheme", "app")},
            "root_path": "",
            "state": outer.get("state", {}),
            "request_id": outer["request_id"],
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "headers": headers,
            # What the gate notes of a request from outside.
            STREAMED: (b"content-type", NDJSON.encode()) in headers,
            FORM: (),
            LIMIT: BODY_LIMIT,
            SIGNED_IN: self._identity,
        }


class _Exchange:
    """The two channels of a call: its body goes in whole, its answer comes out whole."""

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()

    async def receive(self) -> Message:
        if self._content is None:
            # The route asks whether the client has left; it stays until the answer is there.
            await asyncio.Event().wait()
        content, self._content = self._content, None
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {str(name, "latin-1").lower(): str(value, "latin-1") for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")


def _written(query: Mapping[str, QueryValue | Sequence[str]]) -> str:
    """Write a query; members that are None or empty are left out, and several values are joined by commas."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None or value == "":
            continue
        if isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        else:
            pairs.extend((name, each) for each in value)
    return urlencode(pairs)
