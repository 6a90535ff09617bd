"""A steady load: signals that fire and clear, as many as a rate says, and reads of the board beside them.

The same signals join the same incidents again and again, so that there is never more to keep in memory than at first.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from tests.bench.client import Connection

COMPONENTS = 20
CONNECTIONS = 16
FINGERPRINTS = 10
"""How many signals each connection lets fire and clear, one after the other."""
READS_PER_SECOND = 50
SAMPLE_SECONDS = 0.5

Look = Callable[[], Awaitable[None]]


@dataclass
class Load:
    """Hands in signals on ``port`` for some seconds, as fast as they are answered or at a rate per second."""

    port: int
    headers: Mapping[str, str]
    answered: int = 0
    slowest: float = 0.0
    _ends: float = field(default=0.0, init=False)

    async def run(self, seconds: float, *, rate: float | None = None, look: Look | None = None) -> float:
        """Do it, and give how many signals were durable per second; ``look`` is called now and then meanwhile."""
        began, self.answered, self.slowest = monotonic(), 0, 0.0
        self._ends = began + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(CONNECTIONS):
                group.create_task(self._send(number, CONNECTIONS / rate if rate else 0.0))
            group.create_task(self._read())
            if look is not None:
                group.create_task(self._watch(look))
        return self.answered / (monotonic() - began)

    async def anchor(self) -> None:
        """Let one signal fire on every component and never clear, so that the others join its incident."""
        line = await self._call(200)
        for number in range(COMPONENTS):
            await line.ask(_post(self.headers, _signal(f"anchor-{number}", number, fires=True)))
        line.close()

    async def _send(self, number: int, every: float) -> None:
        line, due, turn = await self._call(200), monotonic() + every * number / CONNECTIONS, 0
        while monotonic() < self._ends:
            await asyncio.sleep(max(0.0, due - monotonic()))
            asked, due = monotonic(), due + every
            body = _signal(f"{number}-{turn // 2 % FINGERPRINTS}", number + turn // 2, fires=turn % 2 == 0)
            await line.ask(_post(self.headers, body))
            self.slowest = max(self.slowest, monotonic() - asked)
            self.answered, turn = self.answered + 1, turn + 1
        if turn % 2:
            await line.ask(_post(self.headers, _signal(f"{number}-{turn // 2 % FINGERPRINTS}", number, fires=False)))
        line.close()

    async def _read(self) -> None:
        line = await self._call(200)
        while monotonic() < self._ends:
            await line.ask(b"GET /v1/status HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            await asyncio.sleep(1 / READS_PER_SECOND)
        line.close()

    async def _watch(self, look: Look) -> None:
        while monotonic() < self._ends:
            await look()
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _call(self, expected: int) -> Connection:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Connection(expected), "127.0.0.1", self.port)
        return line


async def ask(port: int, path: str, headers: Mapping[str, str]) -> str:
    """Ask once, and give the body."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Connection(200), "127.0.0.1", port)
    try:
        return (await line.ask(_head("GET", path, headers) + b"\r\n")).partition(b"\r\n\r\n")[2].decode()
    finally:
        line.close()


def _signal(fingerprint: str, component: int, *, fires: bool) -> bytes:
    body = {
        "source": "soak",
        "fingerprint": fingerprint,
        "state": "firing" if fires else "clear",
        "component": f"soak-{component % COMPONENTS}",
        "status": "partial_outage",
    }
    return json.dumps(body).encode()


def _post(headers: Mapping[str, str], body: bytes) -> bytes:
    named = {**headers, "content-type": "application/json", "content-length": str(len(body))}
    return _head("POST", "/v1/signals", named) + b"\r\n" + body


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()
