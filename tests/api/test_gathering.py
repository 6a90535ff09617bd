"""Answers that are sent in one piece."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from api.gathering import ENOUGH, Gathering, GatheringProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Sent:
    """A transport that remembers what it is given, and is closed by hand."""

    def __init__(self) -> None:
        """Begin open."""
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        """Take a piece."""
        self.pieces.append(data)

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self.closed

    def close(self) -> None:
        """Close it."""
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        """Name what it was asked for."""
        return name


@pytest.fixture
def sent() -> Sent:
    """A connection on which nothing was sent."""
    return Sent()


def gathering(sent: Sent) -> Gathering:
    """Gather what is written to a connection."""
    return Gathering(cast("asyncio.Transport", sent), asyncio.get_running_loop())


class TestATransport:
    def test_sends_what_is_written_in_one_turn_in_one_piece(self, sent: Sent) -> None:
        async def write() -> None:
            transport = gathering(sent)
            for first, second in ((b"head", b"body"), (b"more", b"")):
                transport.write(first)
                transport.write(second)
                await asyncio.sleep(0)

        asyncio.run(write())

        assert sent.pieces == [b"headbody", b"more"]

    def test_waits_for_nothing_once_there_is_enough(self, sent: Sent) -> None:
        async def write() -> list[bytes]:
            transport = gathering(sent)
            transport.write(b"head")
            transport.write(b"x" * ENOUGH)
            transport.write(b"tail")
            return list(sent.pieces)

        assert asyncio.run(write()) == [b"head" + b"x" * ENOUGH]
        assert sent.pieces[1:] == [b"tail"]

    def test_sends_what_waits_before_it_closes(self, sent: Sent) -> None:
        async def write() -> None:
            transport = gathering(sent)
            transport.write(b"last words")
            transport.close()
            await asyncio.sleep(0)

        asyncio.run(write())

        assert (sent.pieces, sent.closed) == ([b"last words"], True)

    def test_writes_nothing_to_a_connection_that_is_gone(self, sent: Sent) -> None:
        async def write() -> None:
            transport = gathering(sent)
            transport.write(b"too late")
            sent.closed = True
            await asyncio.sleep(0)

        asyncio.run(write())

        assert sent.pieces == []

    def test_is_the_connection_in_everything_else(self, sent: Sent) -> None:
        async def ask() -> object:
            return gathering(sent).get_extra_info("peername")

        assert asyncio.run(ask()) == "peername"


class Watched:
    """A connection that takes down what the server sends over it at once."""

    def __init__(self, transport: asyncio.Transport, pieces: list[bytes]) -> None:
        """Send by ``transport``."""
        self._transport, self._pieces = transport, pieces

    def write(self, data: bytes) -> None:
        """Send a piece."""
        self._pieces.append(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        """Be the transport in everything else."""
        return getattr(self._transport, name)


async def app(scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Answer with the path, or with a body of many pieces."""
    pieces = [b"y" * 1_000] * 500 if scope["path"] == "/long" else [scope["path"].encode()]
    length = str(sum(map(len, pieces))).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    for piece in pieces[:-1]:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": pieces[-1]})


async def answers(requests: bytes, *, half_closed: bool = False) -> tuple[list[bytes], bytes]:
    """Serve the app to one connection until it is closed: give the pieces that were sent, and all that came."""
    pieces: list[bytes] = []

    class Server(GatheringProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As in its base.
            super().connection_made(cast("asyncio.Transport", Watched(transport, pieces)))

    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, date_header=False)
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(config, state, {}), "127.0.0.1", 0)
    try:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(requests)
        if half_closed:
            writer.write_eof()
        came = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return pieces, came
    finally:
        server.close()
        await server.wait_closed()


class TestAServer:
    def test_sends_head_and_body_of_an_answer_in_one_piece(self) -> None:
        pieces, came = asyncio.run(answers(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))

        assert pieces == [came]
        assert came.startswith(b"HTTP/1.1 200 OK")
        assert came.endswith(b"\r\n\r\n/")

    def test_answers_a_client_that_has_said_that_it_sends_no_more(self) -> None:
        for _ in range(20):
            assert asyncio.run(answers(REQUEST, half_closed=True))[1].endswith(b"\r\n\r\n/")

    def test_answers_requests_that_come_together_each_whole_and_in_order(self) -> None:
        paths = [b"/a", b"/long", b"/b"]
        requests = b"".join(REQUEST.replace(b" / ", b" %b " % path) for path in paths)

        pieces, came = asyncio.run(answers(requests[:-2] + b"Connection: close\r\n\r\n"))

        bodies = [part.partition(b"\r\n\r\n")[2] for part in came.split(b"HTTP/1.1 200 OK")[1:]]
        assert bodies == [b"/a", b"y" * 500_000, b"/b"]
        assert max(map(len, pieces)) < 2 * ENOUGH
