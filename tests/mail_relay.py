"""A mail relay (aiosmtpd) that listens on a port of this machine, and can misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOGIN = LoginPassword(b"bitacora", b"se same/@:%")
OK, HANG_UP = "250 OK", "hang up"
SECONDS = 20


@dataclass
class Received:
    """An e-mail that the relay has taken."""

    sender: str
    recipient: str
    content: bytes
    is_encrypted: bool
    user: bytes | None
    message: EmailMessage = field(init=False)

    def __post_init__(self) -> None:
        """Read it, as a mail program does."""
        self.message = message_from_bytes(self.content, policy=policy.default)


class PeerRelay:
    """What a relay has received, and how it answers."""

    def __init__(self) -> None:
        """Accept everything."""
        self.mails: list[Received] = []
        self.connections: list[PeerConnection] = []
        self.answers: dict[tuple[str, str], str] = {}
        """What is answered to `MAIL`, `RCPT` or `DATA` for an address, if not 250: one line, or `HANG_UP`."""
        self.heard: Callable[[str], None] = lambda _command: None
        """Gets `MAIL`, `RCPT` or `DATA` before it is answered, and `taken` when it has an e-mail, before it says so."""
        self.port = 0
        self._news = threading.Condition()

    def wait_for(self, count: int) -> list[Received]:
        """Wait until there are as many e-mails, and give them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, SECONDS), len(self.mails)
            return list(self.mails)

    def hang_up(self) -> None:
        """Close every connection, and wait until all are."""
        for each in self.connections:
            each.loop.call_soon_threadsafe(each.hang_up)
        for each in self.connections:
            assert each.ended.wait(SECONDS)

    async def handle_MAIL(  # noqa: N802 - as aiosmtpd calls it
        self, server: PeerConnection, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer `MAIL FROM`."""
        answer = self._answer(server, "MAIL", address)
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: PeerConnection, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer `RCPT TO`."""
        answer = self._answer(server, "RCPT", address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, server: PeerConnection, session: Session, envelope: Envelope
    ) -> str:
        """Answer the content."""
        (recipient,) = envelope.rcpt_tos
        answer = self._answer(server, "DATA", recipient)
        if answer == OK:
            user = getattr(session.auth_data, "login", None)
            content = envelope.original_content or b""
            mail = Received(str(envelope.mail_from), recipient, content, session.ssl is not None, user)
            with self._news:
                self.mails.append(mail)
                self._news.notify_all()
            self.heard("taken")
        return answer

    def _answer(self, server: PeerConnection, command: str, address: str) -> str:
        self.heard(command)
        answer = self.answers.get((command, address), OK)
        if answer == HANG_UP:
            server.hang_up()
        return answer


class PeerConnection(SMTP):
    """One connection to the relay."""

    def __init__(self, relay: PeerRelay, **options: Any) -> None:  # noqa: ANN401 - as aiosmtpd takes them
        """Let ``relay`` answer."""
        super().__init__(relay, hostname="relay.example", **options)
        self.ended = threading.Event()
        relay.connections.append(self)

    def hang_up(self) -> None:
        """Close it without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        super().connection_lost(error)
        self.ended.set()


def check_login(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
    """Let one user in."""
    return AuthResult(success=data == LOGIN, handled=False, auth_data=data if data == LOGIN else None)


@contextmanager
def relay_listening(
    *, starttls: SSLContext | None = None, tls: SSLContext | None = None, host: str = "127.0.0.1", **options: object
) -> Iterator[PeerRelay]:
    """Let a relay listen: with STARTTLS, with TLS from the first byte, or without."""
    relay = PeerRelay()
    loop = asyncio.new_event_loop()

    def connect() -> PeerConnection:
        return PeerConnection(relay, loop=loop, tls_context=starttls, authenticator=check_login, **options)

    # On a thread of its own from the beginning: in that of the test another loop may run.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = loop.create_server(connect, host, 0, ssl=tls)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result(SECONDS)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, relay), loop).result(SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


async def _end(server: asyncio.Server, relay: PeerRelay) -> None:
    server.close()
    for connection in relay.connections:
        connection.hang_up()
    this = asyncio.current_task()
    others: list[asyncio.Task[Any]] = [each for each in asyncio.all_tasks() if each is not this]
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
