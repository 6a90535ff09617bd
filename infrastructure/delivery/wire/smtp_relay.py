"""Hands e-mails to a relay over SMTP, on connections that are kept for the next one."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later
from infrastructure.delivery.wire.masking import mask_mailbox
from infrastructure.delivery.wire.smtp_answers import DialogueStage, to_answer

if TYPE_CHECKING:
    from collections.abc import Collection

    from infrastructure.delivery.wire.smtp_address import SmtpAddress

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 20.0
"""How long the relay may take to answer a command."""
CONTENT_SECONDS = 60.0
"""How long it may take to answer the content. Who gives up early sends it twice."""
QUIT_SECONDS = 2.0
MOST_MESSAGES = 100
"""How many e-mails go over one connection; some relays refuse more."""
CLOSING = 421
COMPLETED, WILL_FORWARD, GO_ON = 250, 251, 354
FAULTS = (SMTPException, OSError, ValueError)
"""What a relay, or what is between, can cause."""


class NoEncryption(Exception):
    """The relay would get the password in the clear."""


@dataclass
class _Connection:
    client: SMTP
    sent: int = 0
    stage: DialogueStage = DialogueStage.CONNECT


@dataclass(frozen=True)
class _Mail:
    content: bytes
    sender: str
    recipient: str

    @property
    def is_ascii(self) -> bool:
        return self.sender.isascii() and self.recipient.isascii()

    def mask(self, text: str) -> str:
        return mask_mailbox(text, self.recipient)


class MailRelay:
    """One relay. It is used from one loop; nothing that the relay does raises."""

    def __init__(
        self,
        address: SmtpAddress,
        *,
        connections: int,
        hello_name: str,
        tls: ssl.SSLContext | None = None,
        trusts_loopback: bool = True,
    ) -> None:
        """Open at most so many ``connections``, and greet as ``hello_name``, the domain of the sender.

        ``tls`` checks the certificate of the relay, by default against those that the system trusts. With
        ``trusts_loopback`` a relay on this machine may have any certificate for STARTTLS, and get a password in the
        clear: nobody stands in between.
        """
        self._address, self._hello_name = address, hello_name
        self._is_trusted = trusts_loopback and address.is_loopback
        self._tls = tls
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []

    async def send(self, mail: bytes, envelope_sender: str, recipient: str) -> WireAnswer:
        """Hand over one e-mail. Addresses are those of `parse_address` and `verp`; the answer does not repeat them.

        Raises:
            ValueError: if a line of the e-mail does not end with CRLF. A relay could take it for the end of the e-mail.
        """
        if mail != b"\r\n".join([*mail.splitlines(), b""]):
            raise ValueError("each line of an e-mail ends with CRLF")
        parts = _Mail(mail, envelope_sender, recipient)
        async with self._slots:
            while self._idle:
                # The relay may have closed it since; the mail goes over another one then.
                answer = await self._send_over(self._idle.pop(), parts)
                if answer is not None:
                    return answer
            try:
                connection = _Connection(await self._connect())
            except SMTPResponseException as error:
                return to_answer(DialogueStage.CONNECT, error.code, error.message)
            except (*FAULTS, NoEncryption) as error:
                return later(f"No connection to the relay: {_reason(error)}")
            answer = await self._send_over(connection, parts)
            return answer or later("The relay closed a new connection at once.")

    async def close(self) -> None:
        """Say goodbye on all connections that are kept."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_quit(each.client) for each in idle))

    async def _connect(self) -> SMTP:
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        address = self._address
        client = SMTP(
            hostname=address.host,
            port=address.port,
            local_hostname=self._hello_name,
            timeout=COMMAND_SECONDS,
            use_tls=address.is_tls,
            start_tls=False,
            tls_context=self._tls if address.is_tls else None,
        )
        try:
            await client.connect(timeout=CONNECT_SECONDS)
            await _greet(client)
            if not address.is_tls:
                await self._start_tls(client)
            if address.user:
                await client.login(address.user, address.password)
        except BaseException:
            client.close()
            raise
        return client

    async def _start_tls(self, client: SMTP) -> None:
        if client.supports_extension("starttls"):
            await client.starttls(tls_context=_unchecked() if self._is_trusted else self._tls)
            await _greet(client)
        elif self._address.user and not self._is_trusted:
            raise NoEncryption("it offers no STARTTLS, and would get the password in the clear.")

    async def _send_over(self, connection: _Connection, mail: _Mail) -> WireAnswer | None:
        """Send over a connection; None if the relay has closed it before it had anything of the mail."""
        client, is_reusable = connection.client, False
        connection.stage = DialogueStage.SENDER
        try:
            answer = await _hand_over(connection, mail)
            is_reusable = True
        except SMTPServerDisconnected:
            if connection.stage is DialogueStage.SENDER:
                return None
            answer = later("The relay hung up before it answered.")
        except SMTPResponseException as error:
            if connection.stage is DialogueStage.SENDER and error.code == CLOSING and connection.sent:
                return None
            answer = to_answer(connection.stage, error.code, mail.mask(error.message))
            is_reusable = await _reset(client)
        except FAULTS as error:
            answer = later(f"The dialogue with the relay broke off: {mail.mask(_reason(error))}")
        finally:
            connection.sent += 1
            if is_reusable and client.is_connected and connection.sent < MOST_MESSAGES:
                self._idle.append(connection)
            else:
                client.close()
        return answer


async def _hand_over(connection: _Connection, mail: _Mail) -> WireAnswer:
    client = connection.client
    if not (mail.is_ascii or client.supports_extension("smtputf8")):
        return WireAnswer(outcome=WireOutcome.REFUSED, text="The relay takes no address with letters outside of ASCII.")
    options, encoding = ([], "ascii") if mail.is_ascii else ([b"SMTPUTF8", b"BODY=8BITMIME"], "utf-8")
    await _ask(client, {COMPLETED}, b"MAIL", f"FROM:<{mail.sender}>".encode(encoding), *options)
    connection.stage = DialogueStage.RECIPIENT
    await _ask(client, {COMPLETED, WILL_FORWARD}, b"RCPT", f"TO:<{mail.recipient}>".encode(encoding))
    connection.stage = DialogueStage.CONTENT
    await _ask(client, {GO_ON}, b"DATA", seconds=CONTENT_SECONDS)
    response = await _write_content(client, mail.content)
    return WireAnswer(outcome=WireOutcome.ACCEPTED, code=response.code, text=mail.mask(response.message))


async def _ask(client: SMTP, wanted: Collection[int], *words: bytes, seconds: float = COMMAND_SECONDS) -> None:
    """Give a command; the methods of the client would read addresses again that `parse_address` has read."""
    response = await client.execute_command(*words, timeout=seconds)
    if response.code not in wanted:
        raise SMTPResponseException(response.code, response.message)


async def _write_content(client: SMTP, content: bytes) -> SMTPResponse:
    """Write the content and its end. The client would look for lines that end otherwise, which takes long."""
    if client.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    # A line that is a dot alone would end the content (RFC 5321, 4.5.2).
    client.protocol.write((b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
    response = await client.protocol.read_response(timeout=CONTENT_SECONDS)
    if response.code != COMPLETED:
        raise SMTPResponseException(response.code, response.message)
    return response


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _reset(client: SMTP) -> bool:
    """Make the connection ready for the next e-mail, and tell whether that went well."""
    if not client.is_connected:
        return False
    try:
        await client.rset()
    except FAULTS:
        return False
    return True


async def _quit(client: SMTP) -> None:
    try:
        await client.quit(timeout=QUIT_SECONDS)
    except FAULTS:
        client.close()


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
