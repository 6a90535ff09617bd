"""Receivers of webhooks on a port of this machine, as good or as bad as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """What a receiver has heard."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    written: int = 0
    """Bytes of the answers that could be written."""


def saying(*parts: bytes) -> Callable[[Receiver], Speak]:
    """Read a request, answer with bytes and end the connection."""

    def of(receiver: Receiver) -> Speak:
        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            receiver.requests.append(await read_request(reader))
            await write(receiver, writer, parts)
            writer.close()

        return speak

    return of


def staying_after(*parts: bytes) -> Callable[[Receiver], Speak]:
    """Read a request, answer with bytes and then say nothing more, until the other side ends the connection."""

    def of(receiver: Receiver) -> Speak:
        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            receiver.requests.append(await read_request(reader))
            await write(receiver, writer, parts)
            await end_of(reader)
            writer.close()

        return speak

    return of


def dripping(head: bytes, each: bytes) -> Callable[[Receiver], Speak]:
    """Answer with a head, and then with the same bytes again and again, as often as the loop turns."""

    def of(receiver: Receiver) -> Speak:
        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            receiver.requests.append(await read_request(reader))
            writer.write(head)
            while not writer.is_closing():
                await write(receiver, writer, [each])
                await asyncio.sleep(0)

        return speak

    return of


@asynccontextmanager
async def receiving(of: Callable[[Receiver], Speak], tls: SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Listen, on this loop."""
    receiver = Receiver()
    speak = of(receiver)
    speaking: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        try:
            await speak(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for each in speaking:
            each.cancel()
        await asyncio.gather(*speaking)
        await asyncio.sleep(0)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    return head + await reader.readexactly(length)


async def write(receiver: Receiver, writer: asyncio.StreamWriter, parts: Iterable[bytes]) -> None:
    """Write, and count."""
    for part in parts:
        writer.write(part)
        await writer.drain()
        receiver.written += len(part)


async def end_of(reader: asyncio.StreamReader) -> None:
    """Wait until the other side ends the connection."""
    try:
        while await reader.read(1024):
            pass
    except ConnectionError:
        return
