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
    """A transport that sends what is written in one turn of the event loop in one piece."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to ``transport``."""
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Let ``data`` wait for what comes with it."""
        if not self._pieces:
            self._loop.call_soon(self._send)
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= ENOUGH:
            self._send()

    def close(self) -> None:
        """Send what waits, and close."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        """Be the transport in everything else."""
        return getattr(self._transport, name)

    def _send(self) -> None:
        if self._pieces and not self._transport.is_closing():
            self._transport.write(b"".join(self._pieces))
        self._pieces.clear()
        self._size = 0


class GatheringProtocol(HttpToolsProtocol):
    """HTTP/1.1 over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As in its base.
        """Begin to serve a connection."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport, self.loop)))
