"""A connection that sends the head of an answer together with its body.

The server hands them on one by one, and uvloop sends each at once: two calls of the system, and two packets that wake
whoever waits for the answer.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ENOUGH = 64 * 1024
"""What is sent without waiting for more, in bytes: a stream must notice that its reader is slow."""


class Gathering:
    """A transport that sends what is written in one turn of the event loop in one piece, if it is not long."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to ``transport``."""
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Let ``data`` wait for what comes with it."""
        if not self._pieces:
            self._loop.call_soon(self.flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= ENOUGH:
            self.flush()

    def close(self) -> None:
        """Send what waits, and close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what waits."""
        if self._pieces and not self._transport.is_closing():
            self._transport.write(b"".join(self._pieces))
        self._pieces.clear()
        self._size = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else the server asks of a transport
        """Be the transport in what does not write."""
        return getattr(self._transport, name)


class GatheringProtocol(HttpToolsProtocol):
    """HTTP/1.1 over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As in its base.
        """Begin to serve a connection."""
        self._gathering = Gathering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._gathering))

    def eof_received(self) -> None:
        """Send what waits: the event loop closes the connection next."""
        self._gathering.flush()
        super().eof_received()
