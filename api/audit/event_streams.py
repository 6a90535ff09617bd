"""The streams of the log of a server: who gets what next, and until when.

What a client gets is in the order of the log, and complete, since positions have no gaps. A stream that is up to date
gets what is read once for all of them; one that is behind reads the log itself, as fast as its client fetches.
"""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from api.audit.log_tail import AT_ONCE, LogPiece, LogTail, written
from api.http.streams import COMMENT, COMMENT_SECONDS, begin
from application.access.tokens import identify
from application.errors import NotAuthenticated, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.audit.log_tail import WrittenEvent
    from api.http.streams import OpenStreams
    from application.audit.queries import EventFilter
    from application.facade import Facade

PIECE_BYTES = 512 * 1024
"""How much is written at once; as much, and what the connection holds, waits for a client that does not read."""
RETRY = 1_000
"""After how many milliseconds a client that was cut off comes back."""
READERS = 2
"""How many streams read the log at the same time: other reads need the other threads."""
TOKENS = "keyring."
"""How the types of events about tokens begin."""
STORE_SECONDS = 0.5
"""How long to wait before a store that is away is asked again."""

log = structlog.get_logger()


class EventStream:
    """One client: its token, what it wants, and how far it has come."""

    def __init__(self, secret: str, expires_at: datetime | None, wanted: EventFilter, position: int) -> None:
        """Send the events that ``wanted`` describes after ``position``."""
        self.secret = secret
        self.expires_at = expires_at
        self.wanted = wanted
        self.position = position
        self.first = LogPiece(data=b"", position=position)
        """What it begins with, read before it does."""
        self.spoke_at = monotonic()
        self.has_news = asyncio.Event()
        self.is_over = False
        self.is_doubtful = False
        """Whether its token has to be looked up before anything more is sent."""

    def end(self) -> None:
        """Let it end."""
        self.is_over = True
        self.has_news.set()

    async def write(self, send: Send, data: bytes, *, goes_on: bool = True) -> None:
        """Write, and wait for a client that does not read."""
        await send({"type": "http.response.body", "body": data, "more_body": goes_on})
        self.spoke_at = monotonic()


class EventStreams:
    """The streams of the log of a server."""

    def __init__(self, facade: Facade, opened: OpenStreams, beat: float = COMMENT_SECONDS) -> None:
        """Serve streams, which count among those that are ``opened``; each says something every ``beat`` seconds."""
        self._facade = facade
        self._opened = opened
        self._beat = beat
        self._streams: dict[EventStream, None] = {}
        self._tail = LogTail(facade, lambda: bool(self._streams))
        self._following: asyncio.Task[None] | None = None
        self._places = asyncio.Semaphore(READERS)

    def __len__(self) -> int:
        """Count the streams."""
        return len(self._streams)

    async def open(self, stream: EventStream) -> ASGIApp:
        """Give the answer to a client; what it cannot be answered with is refused before it begins.

        Raises:
            Busy: if there are as many streams as there may be.
            StoreUnavailable: if the store cannot be read.
        """
        stream.first = await self._read(stream)
        self._opened.add(stream, stream.end, instead="read GET /v1/events instead")
        return partial(self._serve, stream)

    async def _serve(self, stream: EventStream, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client until it leaves, its token is no longer good, or the server stops."""
        leaving: asyncio.Task[None] | None = None
        try:
            if not await begin(scope, send, retry=RETRY):
                return
            self._streams[stream] = None
            leaving = asyncio.ensure_future(_leave(receive, stream))
            if self._following is None or self._following.done():
                self._following = asyncio.ensure_future(self._follow())
            await self._pass_on(stream, send, stream.first)
            # It would be in memory for as long as the stream goes on.
            del stream.first
            while not stream.is_over:
                await self._go_on(stream, send)
            await stream.write(send, b"", goes_on=False)
        finally:
            self._streams.pop(stream, None)
            self._opened.remove(stream)
            if leaving is not None:
                leaving.cancel()

    async def stop(self) -> None:
        """Stop to read: the server stops."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _follow(self) -> None:
        try:
            await self._tail.follow(self._announce)
        finally:
            # Who comes back is told what is the matter.
            for stream in list(self._streams):
                stream.end()

    def _announce(self, news: Sequence[WrittenEvent]) -> None:
        tokens_changed = any(event.type.startswith(TOKENS) for event in news)
        for stream in self._streams:
            stream.is_doubtful |= tokens_changed
            stream.has_news.set()

    async def _go_on(self, stream: EventStream, send: Send) -> None:
        stream.has_news.clear()
        if stream.expires_at is not None and self._facade.clock.now() >= stream.expires_at:
            stream.is_doubtful = True
        if stream.is_doubtful:
            await self._confirm(stream, send)
            return
        piece = self._tail.piece(stream.position, stream.wanted, PIECE_BYTES)
        if piece is None:
            try:
                # Not farther than what is known to have changed no token.
                piece = await self._read(stream, self._tail.end)
            except StoreUnavailable:
                await self._wait_for_store(stream, send)
                return
            except Exception:
                log.exception("events_not_streamed")
                stream.end()
                return
        if piece.position > stream.position:
            await self._pass_on(stream, send, piece)
        else:
            await self._wait(stream, send)

    async def _pass_on(self, stream: EventStream, send: Send, piece: LogPiece) -> None:
        if stream.is_doubtful:
            # It is read again once the token was looked up.
            return
        if piece.data:
            await stream.write(send, piece.data)
        stream.position = piece.position

    async def _wait(self, stream: EventStream, send: Send) -> None:
        """Wait for news, and look the token up where there are none for a while, and say so."""
        left = stream.spoke_at + self._beat - monotonic()
        try:
            await asyncio.wait_for(stream.has_news.wait(), max(left, 0))
        except TimeoutError:
            await self._confirm(stream, send)
            if not stream.is_over:
                await stream.write(send, COMMENT)

    async def _confirm(self, stream: EventStream, send: Send) -> None:
        """Look the token up: a stream does not outlive it."""
        stream.is_doubtful = False
        try:
            identify(stream.secret, await self._facade.keys.current(), self._facade.clock.now())
        except NotAuthenticated:
            stream.end()
        except StoreUnavailable:
            stream.is_doubtful = True
            await self._wait_for_store(stream, send)

    async def _wait_for_store(self, stream: EventStream, send: Send) -> None:
        await asyncio.sleep(STORE_SECONDS)
        await stream.write(send, COMMENT)

    async def _read(self, stream: EventStream, until: int | None = None) -> LogPiece:
        async with self._places:
            return await self._facade.reads.run(partial(_piece, self._facade, stream.position, stream.wanted, until))


def _piece(facade: Facade, after: int, wanted: EventFilter, until: int | None) -> LogPiece:
    """Read what comes after a position, up to another: as many events as are read at once, unless they are large."""
    end = facade.queries.events.last()[0] if until is None else until
    found = facade.queries.events.page(wanted, after, AT_ONCE)
    data: list[bytes] = []
    size, position = 0, after
    for event in found:
        if event["position"] > end or size >= PIECE_BYTES:
            break
        data.append(written(event))
        size, position = size + len(data[-1]), event["position"]
    is_all = len(found) < AT_ONCE and size < PIECE_BYTES
    return LogPiece(data=b"".join(data), position=max(position, end) if is_all else position)


async def _leave(receive: Receive, stream: EventStream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
