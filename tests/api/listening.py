"""Somebody who listens to a stream, without a socket."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Message

    from api.site.live import LiveStreams
    from tests.api.client import Caller, Site


class Client:
    """A client of the server, which takes what is sent to it only while it reads."""

    def __init__(self) -> None:
        """Read, and stay."""
        self.reads, self.left = asyncio.Event(), asyncio.Event()
        self.reads.set()
        self.changed = asyncio.Event()
        self.status = 0
        self.got: list[bytes] = []
        self.is_over = False

    async def receive(self) -> Message:
        """Leave at last."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message; while nothing is read, the server has to wait."""
        await self.reads.wait() if not self.reads.is_set() else None
        self.status = message.get("status", self.status)
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

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the events that came."""
        return [line.decode()[4:] for line in self._lines if line.startswith(b"id: ")]

    @property
    def events(self) -> Sequence[Any]:
        """The data of the events that came."""
        return [json.loads(line[6:]) for line in self._lines if line.startswith(b"data: ")]

    @property
    def _lines(self) -> Sequence[bytes]:
        whole, _, _ = b"".join(self.got).rpartition(b"\n")
        return whole.split(b"\n")


async def listening(streams: LiveStreams) -> tuple[Client, asyncio.Task[None]]:
    """Open a stream of changes, and give its client and what serves it."""
    client = Client()
    served = asyncio.ensure_future(streams.serve({}, client.receive, client.send, language="en", last=None))
    await client.hears(b": open")
    return client, served


async def following(
    site: Site, caller: Caller, client: Client, last: str | None = None, **asked: object
) -> asyncio.Task[None]:
    """Let a client ask for the stream of events, as somebody, behind the event of an id; give what serves it."""
    headers: Mapping[str, str | None] = {"authorization": f"Bearer {caller.token}", "last-event-id": last}
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/events/stream",
        "query_string": urlencode(asked).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        "client": ("127.0.0.1", 1),
        "app": site.app,
    }
    return asyncio.ensure_future(site.app(scope, client.receive, client.send))


async def leave(client: Client, served: asyncio.Task[None]) -> None:
    """Let a client leave."""
    client.left.set()
    await served
