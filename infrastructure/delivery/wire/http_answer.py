"""Reads the answer of a receiver, and no more of it than is needed."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from httptools import HttpParserError, HttpResponseParser

from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later
from infrastructure.delivery.wire.retry_after import parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LARGEST_HEAD = 32 * 1024
"""Bytes before the body, with all interim answers."""
LARGEST_BODY = 64 * 1024
KEPT_BODY = 1_000
"""Bytes of the body that may end up in the text of the answer."""
BODY_SECONDS = 2.0
"""How long the body of a refusal is waited for; its status is known by then."""
CHUNK = 16 * 1024
INTERIM, SUCCESS, REDIRECT, REFUSAL = 100, 200, 300, 400


class NoHttpAnswer(Exception):
    """What came back is no answer of HTTP."""


class HttpAnswer:
    """An answer while it is read. Its methods that begin with ``on_`` are those that the parser calls."""

    def __init__(self, mask: Callable[[str], str] = lambda text: text) -> None:
        """Read an answer, and ``mask`` in what it says what nobody is to read."""
        self._mask = mask
        self.status = 0
        """0 until the head is complete."""
        self.is_complete = False
        self._headers: dict[str, str] = {}
        self._reason = b""
        self._body = b""
        self._size = 0
        self._parser = HttpResponseParser(self)

    @property
    def has_head(self) -> bool:
        """Whether the status is known."""
        return self.status > 0

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Read the head, and the body only of a refusal, whose text an operator wants to see.

        That the body ends too early, comes slowly or is long changes nothing: the status says what came of it.

        Raises:
            NoHttpAnswer: if the connection ends before the head does, or the head is no head.
        """
        received = 0
        while not self.has_head:
            data = await reader.read(CHUNK)
            received += len(data)
            if not data:
                raise NoHttpAnswer("the connection ended before an answer came")
            self._feed(data)
            if received > LARGEST_HEAD and not self.has_head:
                raise NoHttpAnswer("the head of the answer is too long")
        if self.status < REFUSAL:
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while not self.is_complete and self._size < LARGEST_BODY:
                    data = await reader.read(CHUNK)
                    if not data:
                        return
                    self._feed(data)
        except (TimeoutError, OSError, NoHttpAnswer):
            return

    def to_wire(self, now: datetime) -> WireAnswer:
        """Say what the answer means; ``now`` is what a date of `Retry-After` is compared with."""
        if SUCCESS <= self.status < REDIRECT:
            return WireAnswer(outcome=WireOutcome.ACCEPTED, code=self.status, text=self._line())
        if REDIRECT <= self.status < REFUSAL:
            return later(f"{self._line()}: redirects are not followed; register the new address.", self.status)
        outcome = WireOutcome.GONE if self.status == HTTPStatus.GONE else WireOutcome.LATER
        return WireAnswer(
            outcome=outcome,
            code=self.status,
            text=": ".join(filter(None, (self._line(), self._excerpt()))),
            retry_after=parse_retry_after(self._headers.get("retry-after", ""), now),
        )

    def on_message_begin(self) -> None:
        """Begin an answer; interim ones may come before it, and what comes behind it is none."""
        if not self.has_head:
            self._headers, self._reason = {}, b""

    def on_status(self, reason: bytes) -> None:
        """Add to the reason behind the status."""
        if not self.has_head:
            self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; of several with one name, the last one."""
        if not self.has_head:
            self._headers[name.decode("latin-1").lower()] = (value or b"").decode("latin-1")

    def on_headers_complete(self) -> None:
        """Note the status, unless it is that of an interim answer."""
        status = self._parser.get_status_code()
        is_final = status >= SUCCESS or status == HTTPStatus.SWITCHING_PROTOCOLS
        if is_final and not self.has_head:
            self.status = status

    def on_body(self, data: bytes) -> None:
        """Keep the beginning of the body."""
        self._size += len(data)
        if not self.is_complete:
            self._body += data[: max(KEPT_BODY - len(self._body), 0)]

    def on_message_complete(self) -> None:
        """End the answer."""
        self.is_complete = self.has_head

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            if not self.has_head:
                raise NoHttpAnswer("what came back is no answer of HTTP") from None
            # The head was good, and nobody needs the rest.
            self.is_complete = True

    def _line(self) -> str:
        return f"{self.status} {self._mask(self._reason.decode('latin-1'))}".strip()

    def _excerpt(self) -> str:
        # Compressed it was not asked for, and unpacking could take all our memory.
        encoding = self._headers.get("content-encoding", "identity").strip().lower()
        return self._mask(self._body.decode("utf-8", "replace")) if encoding in {"", "identity"} else ""
