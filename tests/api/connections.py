"""What the tests of connections are given: a real server in this process, and clients that misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from api.http.auth import KnownCallers
from api.http.connections import ConnectionTable, Limits
from api.http.ndjson import STREAMED
from api.http.server_protocol import ServerProtocol
from api.http.written_head import WrittenHead
from application.digests import digest_of
from domain.access.keyring import Role, Token

SECRET = "bita_known"
DEADLINE_SECONDS = 10
LONG = 60.0
"""Seconds that are never waited for."""


class Keys:
    """One token that everybody knows."""

    def __init__(self) -> None:
        token = Token(
            name="known",
            role=Role.EMITTER,
            person="known",
            digest=digest_of(SECRET),
            issued_at=datetime(2025, 1, 1, tzinfo=UTC),
        )
        self.known: Mapping[str, Token] = {token.digest: token}

    def now(self) -> datetime:
        """Give a time at which it is good."""
        return datetime(2025, 1, 2, tzinfo=UTC)

    async def current(self) -> Mapping[str, Token]:
        """Give it."""
        return self.known


KEPT_BODY = b"a body"
WHOLE = WrittenHead(((b"etag", b'"1"'), (b"content-length", b"%d" % len(KEPT_BODY))))
KNOWN = WrittenHead(((b"etag", b'"1"'),))
KEPT_HEADS = {
    "/kept": (HTTPStatus.OK, WHOLE),
    "/new": (HTTPStatus.OK, tuple(WHOLE)),
    "/kept/known": (HTTPStatus.NOT_MODIFIED, KNOWN),
    "/new/known": (HTTPStatus.NOT_MODIFIED, tuple(KNOWN)),
}


async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Answer with the path after the body; ``/long`` is long, ``/late`` takes a while, ``/lines`` is a stream.

    The length of ``/unknown`` is not known before its end. The head of ``/kept`` is kept, and that of ``/new`` is the
    same; so are those of ``/kept/known`` and ``/new/known``, which have no body.
    """
    if scope["path"] == "/lines":
        scope[STREAMED], scope["identity"] = True, "a caller"
    received = 0
    while True:
        message = await receive()
        received += len(message.get("body", b""))
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    for _ in range(50 if scope["path"] == "/late" else 0):
        await asyncio.sleep(0)
    if scope["path"] == "/never":
        await receive()
        return
    if scope["path"] in KEPT_HEADS:
        status, head = KEPT_HEADS[scope["path"]]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b"" if status == HTTPStatus.NOT_MODIFIED else KEPT_BODY})
        return
    pieces = [b"y" * 1_000] * 500 if scope["path"] == "/long" else [scope["path"].encode()]
    pieces = [b"z" * 64 * 1024] * 500 if scope["path"] == "/huge" else pieces
    pieces = [str(received).encode()] if scope["path"] == "/count" else pieces
    pieces = [b"of", b"", b" any\r\n", b"3\r\nlength"] if scope["path"] == "/unknown" else pieces
    length = [(b"content-length", str(sum(map(len, pieces))).encode())]
    headers = [] if scope["path"] == "/unknown" else length
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for piece in pieces[:-1]:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": pieces[-1]})


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        """Send, even if the server has closed the connection meanwhile."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def answer(self) -> tuple[int, bytes]:
        """Read one answer whose length is known."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            return int(head.split()[1]), await self.reader.readexactly(int(length.partition(b":")[2]))

    async def rest(self) -> bytes:
        """Read until the server closes the connection."""
        came = bytearray()
        async with asyncio.timeout(DEADLINE_SECONDS):
            try:
                while piece := await self.reader.read(65_536):
                    came += piece
            except ConnectionError:
                pass
        return bytes(came)


class Served:
    """A server, its connections, and whoever connects."""

    def __init__(self, address: tuple[str, int], table: ConnectionTable, tasks: set[Any]) -> None:
        self.address, self.table, self.tasks = address, table, tasks
        self._clients: list[Client] = []

    async def connect(self) -> Client:
        """Connect, and wait until the server knows."""
        before = len(self.table.all)
        client = Client(*await asyncio.open_connection(*self.address))
        self._clients.append(client)
        for _ in range(100):
            if len(self.table.all) != before:
                break
            await asyncio.sleep(0)
        return client

    def close(self) -> None:
        """Close all that are left."""
        for client in self._clients:
            client.writer.close()


@asynccontextmanager
async def served(**limits: float) -> AsyncIterator[Served]:
    """Serve the app within limits."""
    chosen = Limits(**{"connections": 100, "head": LONG, "body": LONG, "idle": LONG, **limits})  # type: ignore[arg-type]
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, date_header=False)
    config.load()
    table = ConnectionTable(chosen, KnownCallers(Keys()))
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(partial(ServerProtocol, table, config, state, {}), "127.0.0.1", 0)
    clients = Served(server.sockets[0].getsockname(), table, state.tasks)
    try:
        yield clients
    finally:
        clients.close()
        for connection in tuple(table.all):
            connection.drop()
        server.close()
        await server.wait_closed()


async def eventually(look: Callable[[], bool]) -> None:
    """Let the loop turn until something is so."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not look():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), 0.005)


def problem_of(came: bytes) -> tuple[int, str]:
    """Give the status and the code of an answer that is a problem document, and the last of its connection."""
    head, _, body = came.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower(), came[:500]
    assert b"connection: close" in head.lower()
    document = json.loads(body)
    assert document["status"] == int(head.split()[1])
    assert document["type"] == f"urn:bitacora:problem:{document['code']}"
    return document["status"], document["code"]
