"""The protocol that the server speaks on a connection: uvicorn's, within limits.

What is counted here is counted before the parser sees it, which takes whatever comes: it adds up a header of any length
piece by piece, in time that grows with the square of the length.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.http.answer_cycle import AnswerCycle
from api.http.answer_transport import AnswerTransport, UnchunkedTransport
from api.http.early_refusals import (
    BODY_RATE,
    FRAMING,
    HEAD_LIMIT,
    LINE_LIMIT,
    LINGER_BYTES,
    LINGER_SECONDS,
    PIPELINED,
    TARGET_LIMIT,
    Refused,
    crowded,
    head_too_large,
    malformed,
    target_too_long,
    too_slow,
    written,
)
from api.http.ndjson import STREAMED

if TYPE_CHECKING:
    import asyncio

    from api.http.connections import ConnectionTable


class ServerProtocol(HttpToolsProtocol):
    """HTTP/1.1 within limits; a client that sends nothing more, but still reads, gets the answers to what it sent."""

    # Beyond thirty attributes in its dictionary, each access to one of them takes longer.
    __slots__ = (
        "_answers",
        "_began_inside",
        "_discarded",
        "_discards",
        "_framing",
        "_head_size",
        "_reads_head",
        "_unread",
        "deadline",
        "table",
    )

    def __init__(self, table: ConnectionTable, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - as in its base
        """Serve a connection of ``table``."""
        super().__init__(*arguments, **named)
        self.table = table
        self.deadline = 0.0
        """Until when the client may keep us waiting; only that of a connection that waits says anything."""
        self._reads_head = True
        self._head_size = 0
        self._began_inside = False
        self._framing = 0
        self._discards = False
        self._discarded = 0
        self._unread: tuple[float, int] | None = None

    # What the event loop reports.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As in its base.
        """Begin to serve, or refuse if there are too many connections and none of them can go."""
        super().connection_made(transport)
        self._answers = AnswerTransport(transport)
        if self.table.admit(self, self.loop):
            self._wait(self.table.limits.head)
        else:
            self._refuse(
                Refused(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_connections", "the service has no connection left")
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.table.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what comes, piece by piece: none is larger than what a head may have left."""
        if self._discards:
            self._discard(data)
            return
        if self._reads_head and not self._head_size:
            self.table.waiting.pop(self, None)
        size = len(data)
        if size <= HEAD_LIMIT - self._head_size:
            self._feed(data)
        else:
            rest = memoryview(data)
            while rest and not self._discards:
                most = HEAD_LIMIT - self._head_size if self._reads_head else HEAD_LIMIT
                self._feed(bytes(rest[:most]))
                rest = rest[most:]
        if (self._head_size or not self._reads_head) and not self._discards:
            self._go_on_waiting(size)

    def eof_received(self) -> bool:  # type: ignore[override]  # Its base says nothing, and so closes at once.
        """Keep the connection open until the last answer is sent; close it if nothing can be answered."""
        # It is the newest of this connection; before the first there is none, though the base declares otherwise.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return False
        cycle.keep_alive = False
        return True

    def resume_writing(self) -> None:
        """Go on to write: the client reads."""
        self._unread = None
        super().resume_writing()

    # What the parser reports.

    def on_headers_complete(self) -> None:
        """Begin to serve a request."""
        if len(self.url) > TARGET_LIMIT or len(self.headers) > LINE_LIMIT or self._began_inside:
            self._check_head()
        if len(self.pipeline) >= PIPELINED:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", "too many requests wait")
        self._reads_head, self._head_size, self._framing = False, 0, 0
        if len(self.table.all) > self.table.crowded and not self.table.serves(self.url, self.headers):
            self.app, app = cast("Any", crowded), self.app
            super().on_headers_complete()
            self.app = app
        else:
            super().on_headers_complete()
        answers = self._answers if self.scope["http_version"] != "1.0" else UnchunkedTransport(self.transport)
        AnswerCycle.take_over(self.cycle, answers)
        # What comes behind the body is no header of the request.
        self.headers = []
        if self in self.table.waiting:
            self.deadline = self.loop.time() + self.table.limits.body

    def on_body(self, body: bytes) -> None:
        """Keep a piece of a body."""
        self._framing -= FRAMING * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        super().on_message_complete()
        self._reads_head = True
        if self in self.table.waiting:
            del self.table.waiting[self]
            if self.cycle.response_complete:
                self._wait(self.table.limits.idle)

    def on_response_complete(self) -> None:
        """Answer the next request, or wait for one."""
        self._answers.flush()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            if cycle.more_body:
                self._wait(self.table.limits.body)
        elif self.cycle.more_body:
            # The rest of the body is thrown away; this ends, however quickly it comes.
            self._wait(self.table.limits.body)
        else:
            self._wait(self.table.limits.head if self._head_size else self.table.limits.idle)
        if not self.pipeline:
            self.flow.resume_reading()

    # What the table of all connections asks and orders.

    @property
    def is_open_stream(self) -> bool:
        """Whether lines come from a caller with a token: they may come slowly, and for as long as they like."""
        cycle: RequestResponseCycle | None = self.cycle
        if self._reads_head or cycle is None or cycle.response_complete:
            return False
        scope: Any = cycle.scope
        return bool(scope.get(STREAMED)) and scope.get("identity") is not None

    def drop(self) -> None:
        """Close the connection at once."""
        self.table.waiting.pop(self, None)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def expire(self, now: float) -> None:
        """End a connection whose client has kept us waiting for too long."""
        if self._discards:
            self.table.waiting.pop(self, None)
            self.transport.abort()
        elif not self._reads_head and self.flow.read_paused:
            # It is we who do not read on.
            self.deadline = now + self.table.limits.body
        elif not self._reads_head and not self.cycle.response_complete:
            self._refuse(too_slow("the body"))
        elif self._head_size:
            self._refuse(too_slow("the head"))
        else:
            self.drop()

    def check_reader(self, now: float) -> None:
        """End the connection if its client fetches less of an answer than ``BODY_RATE`` times the time for a body."""
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unread = None
        elif self._unread is None or size <= self._unread[1] - BODY_RATE:
            self._unread = now, size
        elif now >= self._unread[0] + self.table.limits.body:
            self.transport.abort()

    def _wait(self, seconds: float) -> None:
        self.table.waiting.pop(self, None)
        self.table.waiting[self] = None
        self.deadline = self.loop.time() + seconds

    def _go_on_waiting(self, size: int) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        is_answered = cycle is None or cycle.response_complete
        if self not in self.table.waiting:
            if is_answered or (not self._reads_head and not self.pipeline):
                self._wait(self.table.limits.head if self._reads_head else self.table.limits.body)
        elif self.is_open_stream:
            self.deadline = self.loop.time() + self.table.limits.body
        elif not self._reads_head and not is_answered:
            self.deadline += size / BODY_RATE

    def _feed(self, data: bytes) -> None:
        if self._reads_head:
            self._head_size += len(data)
        else:
            self._framing = max(self._framing, 0) + len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # There is no other protocol to change to: what comes next is not read.
            self._discards, self.cycle.keep_alive = True, False
        except httptools.HttpParserError as error:
            # What one of the callbacks raised, or what the parser found.
            ours = error.__context__ if isinstance(error.__context__, Refused) else None
            self._refuse(ours or malformed("this is not a request of HTTP/1.1"))
        else:
            if not self._reads_head or self._head_size or self.scope is not self.cycle.scope:
                self._check_unfinished()

    def _check_head(self) -> None:
        if len(self.url) > TARGET_LIMIT:
            raise target_too_long()
        size = sum(len(name) + len(value) + 4 for name, value in self.headers)
        if len(self.headers) > LINE_LIMIT or size > HEAD_LIMIT:
            raise head_too_large()
        self._began_inside = False

    def _check_unfinished(self) -> None:
        if self._reads_head and not self._head_size:
            # A head began behind a request: how much of what was read is its own is not known before its end.
            self._head_size, self._began_inside = 1, True
        if self._head_size >= HEAD_LIMIT:
            self._refuse(target_too_long() if len(getattr(self, "url", b"")) > TARGET_LIMIT else head_too_large())
        elif self._framing > HEAD_LIMIT:
            self._refuse(malformed("the body has more framing than content"))

    def _refuse(self, fault: Refused) -> None:
        """Refuse what cannot be a request, after the answers that are still owed."""
        cycle: RequestResponseCycle | None = self.cycle
        self._discards = True
        if self.transport.is_closing():
            return
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:
                cycle.keep_alive = False
                return
            if self.pipeline or cycle.response_started:
                self.transport.abort()
                return
            # The request was begun, and never ends.
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(written(fault, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._wait(LINGER_SECONDS)
        self.flow.resume_reading()

    def _discard(self, data: bytes) -> None:
        self._discarded += len(data)
        if self._discarded > LINGER_BYTES:
            self.flow.pause_reading()
