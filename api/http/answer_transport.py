"""The transport of an answer: its head goes together with its body.

The server writes one after the other, and each would be a packet, and a call of the system, of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class AnswerTransport:
    """Lets the head of an answer of known length wait for what is written next, which is its body."""

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
