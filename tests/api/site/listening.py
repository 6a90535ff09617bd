"""Somebody who listens to what changes, without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message

    from api.site.live import LiveStreams


class Client:
    """A client of the server, which takes what is sent to it only while it reads."""

    def __init__(self) -> None:
        """Read, and stay."""
        self.reads, self.left = asyncio.Event(), asyncio.Event()
        self.reads.set()
        self.changed = asyncio.Event()
        self.got: list[bytes] = []
        self.is_over = False

    async def receive(self) -> Message:
        """Leave at last."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message; while nothing is read, the server has to wait."""
        await self.reads.wait() if not self.reads.is_set() else None
        self.got.append(message.get("body", b""))
        self.changed.set()
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_over = True
            self.left.set()

    def heard(self, words: bytes) -> bool:
        """Tell whether it was told so."""
        return words in b"".join(self.got)

    async def hears(self, words: bytes) -> None:
        """Wait until it is told so."""
        async with asyncio.timeout(30):
            while not self.heard(words):
                await self.changed.wait()
                self.changed.clear()


async def listening(streams: LiveStreams) -> tuple[Client, asyncio.Task[None]]:
    """Open a stream, and give its client and what serves it."""
    client = Client()
    served = asyncio.ensure_future(streams.serve({}, client.receive, client.send, language="en", last=None))
    await client.hears(b": open")
    return client, served


async def leave(client: Client, served: asyncio.Task[None]) -> None:
    """Let a client leave."""
    client.left.set()
    await served
