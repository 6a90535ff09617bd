"""All connections of a server: how many there may be, how long each may wait, and which one goes when they run out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.http.auth import KnownCallers

SWEEPS = 5
"""How often connections are looked at within the shortest of the times that they may wait."""
LONGEST_PAUSE_SECONDS = 1.0
LOG_SECONDS = 60.0
"""How often the log says that connections run out."""

ALWAYS_SERVED = frozenset({b"/livez", b"/readyz"})

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many connections there may be, and how many seconds each may wait."""

    connections: int
    head: float
    """From the first byte of a head, or from the beginning of a connection, to the end of the head."""
    body: float
    """Without progress: of a body that comes, or of an answer that is fetched."""
    idle: float
    """Between two requests."""

    @property
    def shortest(self) -> float:
        """The shortest of the times."""
        return min(self.head, self.body, self.idle)


class ServedConnection(Protocol):
    """What the table asks of a connection, and orders."""

    deadline: float

    @property
    def is_open_stream(self) -> bool:
        """Whether it may wait for as long as it likes."""
        ...

    def drop(self) -> None:
        """Close it at once."""
        ...

    def expire(self, now: float) -> None:
        """End it, because its client has kept us waiting for too long."""
        ...

    def check_reader(self, now: float) -> None:
        """End it if its client does not fetch its answer."""
        ...


class ConnectionTable:
    """Knows which connections wait for their client, the oldest first.

    One timer looks at all of them, so that a request sets none.
    """

    def __init__(self, limits: Limits, callers: KnownCallers) -> None:
        """Hold connections to ``limits``; ``callers`` are those who are served to the last."""
        self.limits = limits
        self.callers = callers
        self.crowded = limits.connections * 9 // 10
        """With more connections than these, only callers with a token are served."""
        self.all: set[ServedConnection] = set()
        self.waiting: dict[ServedConnection, None] = {}
        """The connections that are idle, or whose request is unfinished, in the order in which they began to be."""
        self._sweeper: asyncio.TimerHandle | None = None
        self._said_at = -LOG_SECONDS

    def admit(self, connection: ServedConnection, loop: asyncio.AbstractEventLoop) -> bool:
        """Add a connection, and close the oldest that waits if there are too many; False if none can be closed."""
        self.all.add(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(self._pause, self.sweep, loop)
        if len(self.all) <= self.limits.connections:
            return True
        if loop.time() >= self._said_at + LOG_SECONDS:
            self._said_at = loop.time()
            log.warning("connections_run_out", connections=self.limits.connections)
        oldest = next((each for each in self.waiting if not each.is_open_stream), None)
        if oldest is None:
            return False
        oldest.drop()
        return True

    def serves(self, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Tell whether a request is served however many connections there are."""
        if target.partition(b"?")[0] in ALWAYS_SERVED:
            return True
        header = next((value for name, value in headers if name == b"authorization"), None)
        return header is not None and self.callers.knows(header.decode("latin-1"))

    def remove(self, connection: ServedConnection) -> None:
        """Forget a connection."""
        self.all.discard(connection)
        self.waiting.pop(connection, None)

    def sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what has waited for too long, and look again later while there are connections."""
        now = loop.time()
        for connection in [each for each in self.waiting if each.deadline <= now]:
            connection.expire(now)
        for connection in tuple(self.all):
            connection.check_reader(now)
        if len(self.all) > self.crowded:
            self.callers.refresh()
        self._sweeper = loop.call_later(self._pause, self.sweep, loop) if self.all else None

    @property
    def _pause(self) -> float:
        return min(LONGEST_PAUSE_SECONDS, self.limits.shortest / SWEEPS)
