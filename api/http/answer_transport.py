"""The transports of answers: one whose head goes together with its body, and one for clients of HTTP/1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

CHUNKED = b"transfer-encoding: chunked\r\n"


class AnswerTransport:
    """Lets the head of an answer of known length wait for what is written next, which is its body.

    The server writes one after the other, and each would be a packet, and a call of the system, of its own.
    """

    __slots__ = ("_held", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to ``transport``."""
        self._transport = transport
        self._held = b""

    def write(self, data: bytes) -> None:
        """Send ``data`` with the head that waits for it, or let it wait if it is such a head."""
        if self._held:
            data, self._held = self._held + data, b""
        elif data.startswith(b"HTTP/1.1 ") and b"content-length" in data:
            self._held = data
            return
        if data:
            self._transport.write(data)

    def flush(self) -> None:
        """Send the head of an answer that has no body."""
        if self._held:
            data, self._held = self._held, b""
            self._transport.write(data)

    def close(self) -> None:
        """Send what waits, and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the connection is closed, or will be."""
        return self._transport.is_closing()


class UnchunkedTransport(AnswerTransport):
    """Writes one answer without chunks, whose end is that of the connection: HTTP/1.0 has none (RFC 9112, 6.1)."""

    __slots__ = ("_unwraps",)

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to ``transport``."""
        super().__init__(transport)
        self._unwraps: bool | None = None

    def write(self, data: bytes) -> None:
        """Send the head without the header that announces chunks, and then what is in them."""
        if self._unwraps is None:
            # The server writes the head at once, and each message of the body: whole chunks.
            head, end, rest = data.partition(b"\r\n\r\n")
            self._unwraps = CHUNKED in head + b"\r\n"
            data = (head + b"\r\n").replace(CHUNKED, b"") + end[2:] + rest
        elif self._unwraps:
            data = _unchunked(data)
        super().write(data)


def _unchunked(data: bytes) -> bytes:
    pieces: list[bytes] = []
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        pieces.append(data[:length])
        data = data[length + 2 :]
    return b"".join(pieces)
