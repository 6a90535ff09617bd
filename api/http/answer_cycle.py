"""One request and its answer on a connection: uvicorn's, which writes heads that are kept as they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from api.http.written_head import WrittenHead

if TYPE_CHECKING:
    from api.http.answer_transport import AnswerTransport

CLOSE = b"connection: close\r\n"


class AnswerCycle(RequestResponseCycle):
    """Writes a ``WrittenHead`` without looking at its headers."""

    @classmethod
    def take_over(cls, cycle: RequestResponseCycle, answers: AnswerTransport) -> None:
        """Let a cycle that has begun nothing yet be one of these, which writes to ``answers``.

        The protocol of uvicorn makes its own, and asks nobody.
        """
        cycle.__class__ = cls
        cycle.transport = answers  # type: ignore[assignment]  # It is one for what a cycle does.

    async def send(self, message: Any) -> None:  # noqa: ANN401 - any message of ASGI
        """Send a message."""
        head = message.get("headers")
        if not isinstance(head, WrittenHead) or self.response_started or self.flow.write_paused or self.disconnected:
            await super().send(message)
            return
        self.response_started, self.waiting_for_100_continue = True, False
        if head.length is not None:
            self.expected_content_length, self.chunked_encoding = head.length, False
        common = b"".join([b"%s: %s\r\n" % header for header in self.default_headers])
        ending = b"\r\n" if self.keep_alive else CLOSE + b"\r\n"
        self.transport.write(b"".join((STATUS_LINE[message["status"]], common, head.lines, ending)))
