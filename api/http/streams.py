"""Streams of server-sent events (``text/event-stream``, HTML, 9.2): what those of every kind have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.http.gate import IS_HEAD
from application.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope, Send

SHARE = 0.75
"""How many of the connections may be streams: readers who load a page need the others."""
COMMENT_SECONDS = 15.0
"""How often something is sent to streams to which nothing is to be said."""
# Without an empty line, at which some clients would find an event without data.
OPENING = b": open\nretry: %d\n"
COMMENT = b":\n"
RETRY = 5_000
MEDIA_TYPE = "text/event-stream"
HEADERS = [
    (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()),
    (b"cache-control", b"no-store"),
    # Some proxies would wait for the end of an answer.
    (b"x-accel-buffering", b"no"),
]
LINE_ENDS = ((b"\xc2\x85", b"\\u0085"), (b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))
"""What some clients take for the end of a line, and how JSON says it otherwise."""


class OpenStreams:
    """The streams of a server, of every kind: how many there may be, and how all of them end."""

    def __init__(self, connections: int) -> None:
        """Allow as many as there may be of so many ``connections``."""
        self.limit_to(connections)
        self._ends: dict[object, Callable[[], None]] = {}
        self._stopped = False

    def limit_to(self, connections: int) -> None:
        """Allow as many as there may be of so many connections."""
        self.limit = int(connections * SHARE)

    def __len__(self) -> int:
        """Count them."""
        return len(self._ends)

    def add(self, stream: object, end: Callable[[], None], *, instead: str) -> None:
        """Count a stream, which ``end`` ends; ``instead`` says what a client can do if there are too many.

        Raises:
            Busy: if there are as many as there may be, or if the server stops.
        """
        if len(self._ends) >= self.limit or self._stopped:
            raise Busy(f"as many streams are open as can be; {instead}")
        self._ends[stream] = end

    def remove(self, stream: object) -> None:
        """Count a stream no more."""
        self._ends.pop(stream, None)

    def end_all(self) -> None:
        """End every stream, and open none any more: the server stops."""
        self._stopped = True
        for end in list(self._ends.values()):
            end()


async def begin(scope: Scope, send: Send, more: bytes = b"", *, retry: int = RETRY) -> bool:
    """Begin the answer, with ``more`` behind its opening; False if only its head was asked for, which is sent.

    A client that was cut off comes back after ``retry`` milliseconds.
    """
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    is_head = bool(scope.get(IS_HEAD))
    body = b"" if is_head else OPENING % retry + more
    await send({"type": "http.response.body", "body": body, "more_body": not is_head})
    return not is_head


def message(id: str, data: bytes, event: str | None = None) -> bytes:
    """Write an event with a line of JSON; without a name it is a ``message``, which clients hear without asking."""
    if not data.isascii():
        for character, escape in LINE_ENDS:
            data = data.replace(character, escape)
    name = "" if event is None else f"event: {event}\n"
    return f"id: {id}\n{name}data: ".encode() + data + b"\n\n"
