"""Streams of what changed: the memory of each, the time to the last reader, and what they cost signals meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from application.components.commands import Registration
from application.ids import new_id
from infrastructure.clock import SystemClock
from infrastructure.process_tuning import raise_file_limit
from tests.bench.client import Job
from tests.bench.filling import ANA
from tests.bench.processes import Server
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from tests.bench.environments import World

FEW, MANY = 1_000, 10_000
CONNECTIONS = 32
AT_ONCE = 100
KIBIBYTES = 1024
PATIENCE_SECONDS = 600.0
SETTINGS = {"BITACORA_MAX_CONNECTIONS": "20000", "BITACORA_BODY_TIMEOUT": "5m"}
ASK = b"GET /live?lang=en HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


class Reader(asyncio.Protocol):
    """A client that listens, and notes when it hears of a change."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(ASK)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done() and b": open" in data:
            self.opened.set_result(None)
        if b"event: changed" in data and not self.heard.done():
            self.heard.set_result(perf_counter())

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.close()


def streams(world: World) -> Mapping[str, float]:
    """Let a thousand listen."""
    return _measured(world, FEW)


def many_streams(world: World) -> Mapping[str, float]:
    """Let ten thousand listen."""
    return _measured(world, MANY)


def _measured(world: World, count: int) -> Mapping[str, float]:
    raise_file_limit()
    key = f"heard-{new_id(SystemClock().now()).hex}"
    with world.assembled() as bitacora:
        bitacora.writer.start()
        registration = Registration(key=key, name={"en": "Heard of"}, group="group-0", description={})
        bitacora.writer.call(
            lambda log: bitacora.facade.commands.components.register(log, registration=registration, caller=ANA)
        )
    server = Server(
        *("api.cli", "serve", "--port", "0", "--database", world.database),
        errors=world.folder / "streams.log",
        settings=SETTINGS,
    )
    try:
        return asyncio.run(_listened_to(world, server, count, key))
    finally:
        server.stop()


async def _listened_to(world: World, server: Server, count: int, key: str) -> Mapping[str, float]:
    without, before = await _signals(world, server), server.memory or 0.0
    async with _open(server.port, count) as readers:
        each = ((server.memory or 0.0) - before) * KIBIBYTES / count
        meanwhile = await _signals(world, server)
        asked = perf_counter()
        await _publish(world, server, key)
        acknowledged = perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            last = max(await asyncio.gather(*(reader.heard for reader in readers)))
    return {
        "meanwhile": meanwhile,
        "without": without,
        "each": each,
        "page": len(server.board) / KIBIBYTES,
        "last": (last - asked) * 1000,
        "acknowledged": (acknowledged - asked) * 1000,
    }


async def _signals(world: World, server: Server) -> float:
    job = Job(
        port=server.port,
        seconds=max(2.0, world.seconds),
        connections=CONNECTIONS,
        headers=world.emitter,
        signals=world.next_prefix,
    )
    return (await asyncio.to_thread(partial(world.client.do, job))).rate


async def _publish(world: World, server: Server, key: str) -> None:
    """Report a problem of our own code, which is public at once."""
    body = (
        f'{{"source": "bench", "fingerprint": "{key}", "state": "firing", "component": "{key}",'
        ' "status": "major_outage", "cause": "code_change", "summary": "it broke"}'
    ).encode()
    names = {**world.emitter, "host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body))}
    head = "POST /v1/signals HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in names.items())
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", server.port)
    outgoing.write(head.encode() + b"\r\n" + body)
    answer = await incoming.readline()
    outgoing.close()
    if not answer.startswith(b"HTTP/1.1 20"):
        raise RuntimeError(f"the signal was answered with {answer!r}")


@asynccontextmanager
async def _open(port: int, count: int) -> AsyncIterator[Sequence[Reader]]:
    readers: list[Reader] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for begin in range(0, count, AT_ONCE):
                readers += await asyncio.gather(*(_listen(port) for _ in range(min(AT_ONCE, count - begin))))
        yield readers
    finally:
        for reader in readers:
            reader.close()


async def _listen(port: int) -> Reader:
    _, reader = await asyncio.get_running_loop().create_connection(Reader, "127.0.0.1", port)
    await reader.opened
    return reader


MEASURES = tuple(
    Measure(
        take=take,
        once=0,
        apart=count == MANY,
        figures=(
            Figure(
                what=f"signals while {count:,} listen, 32 connections",
                ours="meanwhile",
                against="ours: while nobody listens",
                bare="without",
                unit="signals/s",
            ),
            Figure(
                what=f"memory of each of {count:,} streams",
                ours="each",
                against="the board's JSON",
                bare="page",
                unit="KiB",
            ),
            Figure(
                what=f"from a signal to the last of {count:,} who listen",
                ours="last",
                against="to its acknowledgement",
                bare="acknowledged",
                unit="ms",
            ),
        ),
    )
    for take, count in ((streams, FEW), (many_streams, MANY))
)
