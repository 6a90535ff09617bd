"""The client: a process of its own, so that it takes no time from what it measures.

It reads jobs from its standard input, one JSON object a line, does one after the other over connections that are kept
alive, and answers each with one line.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from time import perf_counter
from typing import cast

import uvloop

COMPONENTS = 200
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
POSITION = re.compile(rb"(?i)\r\nbitacora-position: *(\d+)")
PATIENCE_SECONDS = 60.0
CREATED = 201
STATUSES = ("major_outage", "partial_outage")
"""What updates say in turns."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Ask for ``path`` again and again, or for ``paths`` in turn, or hand in signals.

    Their fingerprints begin with ``signals``.

    Without ``rate`` (requests per second, of all connections together) each connection asks as soon as it was
    answered. ``probes`` further connections each hand in a signal and wait until a read shows it.

    One further connection writes updates on a ``component`` to the path ``news``, and waits after each until every path
    of ``shown`` shows it: its pattern is found there, with ``{number}`` and ``{status}`` of the update.
    """

    port: int
    seconds: float
    connections: int = 1
    path: str = "/v1/status"
    paths: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    expected: int = 200
    signals: str | None = None
    rate: float | None = None
    probes: int = 0
    probe_headers: dict[str, str] = field(default_factory=dict)
    news: str | None = None
    component: str = ""
    shown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How a job went: answers per second, the time each took, in seconds, and what became of the signals.

    ``visible`` are the times from the acknowledgement of a signal to a read that shows it, ``acknowledged`` those
    from its sending to its acknowledgement.
    """

    rate: float
    p50: float
    outcomes: dict[str, int]
    events: int
    acknowledged: tuple[float, float] = (0.0, 0.0)
    visible: tuple[float, float] = (0.0, 0.0)
    shown: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The times from the acknowledgement of an update until each path shows it."""


class Connection(asyncio.Protocol):
    """One connection that is kept alive; one request at a time."""

    def __init__(self, expected: int) -> None:
        self._expected = b"%d" % expected
        self._buffer = bytearray()
        self._whole = 0
        self._transport: asyncio.Transport | None = None
        self._promise: asyncio.Future[bytes] | None = None

    async def ask(self, request: bytes) -> bytes:
        """Send a request and wait for the whole answer."""
        assert self._transport is not None
        self._promise = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._promise
        if answer[9:12] != self._expected:
            raise RuntimeError(f"the answer to {request[:60]!r} was {answer[:1000]!r}")
        return answer

    def close(self) -> None:
        """Close it."""
        assert self._transport is not None
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # That of uvloop is one in all but its bases.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            length = LENGTH.search(self._buffer, 0, end)
            self._whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) >= self._whole and self._promise is not None:
            answer, self._buffer, self._whole = bytes(self._buffer), bytearray(), 0
            self._promise.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._promise is not None and not self._promise.done():
            self._promise.set_exception(exc or ConnectionError("the server closed the connection"))


class Work:
    """One job under way."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._numbers = count()
        self._answers: list[bytes] = []
        self._times: list[float] = []
        self._acknowledged: list[float] = []
        self._visible: list[float] = []
        self._shown: dict[str, list[float]] = {path: [] for path in job.shown}

    async def run(self) -> Tally:
        """Do it."""
        job = self._job
        lines = [await self._connect() for _ in range(job.connections)]
        probes = [await self._connect() for _ in range(job.probes)]
        began = perf_counter()
        async with asyncio.timeout(job.seconds + PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            for number, line in enumerate(lines):
                group.create_task(self._ask(line, began, number))
            for line in probes:
                group.create_task(self._probe(line, began + job.seconds))
            if job.news is not None:
                group.create_task(self._tell(job.news, began + job.seconds))
        took = perf_counter() - began
        for line in (*lines, *probes):
            line.close()
        return self._tally(took)

    async def _connect(self, expected: int | None = None) -> Connection:
        loop, job = asyncio.get_running_loop(), self._job
        _, line = await loop.create_connection(lambda: Connection(expected or job.expected), "127.0.0.1", job.port)
        return line

    async def _ask(self, line: Connection, began: float, number: int) -> None:
        job = self._job
        every = job.connections / job.rate if job.rate else 0.0
        due = began + every * number / job.connections
        while perf_counter() < began + job.seconds:
            if due > perf_counter():
                await asyncio.sleep(due - perf_counter())
            due += every
            asked = perf_counter()
            answer = await line.ask(self._request())
            self._times.append(perf_counter() - asked)
            if job.signals is not None:
                self._answers.append(answer)

    async def _probe(self, line: Connection, until: float) -> None:
        while perf_counter() < until:
            # Out of step with whoever follows the log at a steady pace.
            await asyncio.sleep(random.uniform(0, 0.1))
            asked = perf_counter()
            position = _position(await line.ask(self._request()))
            acknowledged = perf_counter()
            path = f"/v1/signals?limit=1&min_position={position}"
            shown = await line.ask(_request("GET", path, self._job.probe_headers))
            assert _position(shown) >= position
            self._visible.append(perf_counter() - acknowledged)
            self._acknowledged.append(acknowledged - asked)

    async def _tell(self, news: str, until: float) -> None:
        teller = await self._connect(CREATED)
        lines = {path: await self._connect() for path in self._job.shown}
        for number in count():
            if perf_counter() >= until:
                break
            await asyncio.sleep(random.uniform(0, 0.1))
            status = STATUSES[number % len(STATUSES)]
            body = {"message": f"News {number}.", "components": {self._job.component: status}}
            await teller.ask(_request("POST", news, self._job.probe_headers, json.dumps(body).encode()))
            acknowledged, said = perf_counter(), {"number": number, "status": status}
            await asyncio.gather(*(self._look(lines[path], path, acknowledged, said) for path in lines))
        for line in (teller, *lines.values()):
            line.close()

    async def _look(self, line: Connection, path: str, acknowledged: float, said: dict[str, object]) -> None:
        wanted = re.compile(self._job.shown[path].format_map(said).encode())
        while not wanted.search(await line.ask(_request("GET", path, {}))):
            pass
        self._shown[path].append(perf_counter() - acknowledged)

    def _request(self) -> bytes:
        job = self._job
        if job.signals is None:
            path = job.paths[next(self._numbers) % len(job.paths)] if job.paths else job.path
            return _request("GET", path, job.headers)
        return _request("POST", "/v1/signals", job.headers, _signal(job.signals, next(self._numbers)))

    def _tally(self, took: float) -> Tally:
        bodies = (json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in self._answers)
        positions = [_position(answer) for answer in self._answers]
        return Tally(
            rate=len(self._times) / took,
            p50=statistics.median(self._times),
            outcomes=dict(Counter(str(body["outcome"]) for body in bodies)),
            events=max(positions, default=0) - min(positions, default=0),
            acknowledged=percentiles(self._acknowledged),
            visible=percentiles(self._visible),
            shown={path: percentiles(times) for path, times in self._shown.items()},
        )


def _signal(prefix: str, number: int) -> bytes:
    """Write a new firing; every second one implies an impact, so that it begins an incident or joins one."""
    is_impact = (number + number // COMPONENTS) % 2 == 0
    body = {
        "source": "bench",
        "fingerprint": f"{prefix}-{number}",
        "state": "firing",
        "component": f"component-{number % COMPONENTS:03}",
        "status": "partial_outage" if is_impact else "operational",
        "summary": "error rate above 20 %",
    }
    return json.dumps(body).encode()


def _request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body


def _position(answer: bytes) -> int:
    found = POSITION.search(answer)
    return int(found[1]) if found else 0


def percentiles(times: list[float]) -> tuple[float, float]:
    """Give the median and the 99th percentile."""
    if not times:
        return 0.0, 0.0
    return statistics.median(times), sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]


def _jobs() -> Iterator[Job]:
    for line in sys.stdin:
        yield Job(**json.loads(line))


def main() -> None:
    for job in _jobs():
        print(json.dumps(asdict(uvloop.run(Work(job).run()))), flush=True)


if __name__ == "__main__":
    main()
