"""E-mails reach a real relay, and each of its answers is read for what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from ssl import SSLContext

import pytest

from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from infrastructure.delivery.wire.smtp_address import SmtpAddress
from infrastructure.delivery.wire.smtp_relay import MailRelay
from tests.certificates import tls_for
from tests.mail_relay import HANG_UP, PeerRelay, relay_listening

ACCEPTED, LATER = WireOutcome.ACCEPTED, WireOutcome.LATER
REFUSED, NO_ADDRESS = WireOutcome.REFUSED, WireOutcome.NO_ADDRESS
SENDER, ANA = "status+0123456789abcdef@example.com", "ana@example.org"
MAIL = b"Subject: Hello\r\n\r\nA line.\r\n.\r\n..dots\r\n"
WITH_LOGIN = "bitacora:se%20same%2F%40%3A%25@"


class TestMails:
    def test_are_accepted_as_they_are(self) -> None:
        with relay_listening() as relay:
            (answer,) = sent(relay, ANA)

        assert (answer.outcome, answer.code) == (ACCEPTED, 250)
        (mail,) = relay.mails
        assert (mail.sender, mail.recipient, mail.content) == (SENDER, ANA, MAIL)

    @pytest.mark.parametrize("content", [b".\r\n", b"..\r\n.\r\n\r\n.\r\nEnd\r\n", b".a\r\n.b.\r\n"])
    def test_may_have_dots_at_the_beginning_of_lines(self, content: bytes) -> None:
        with relay_listening() as relay:
            answers = sent(relay, ANA, ANA, mail=content)

        assert [each.outcome for each in answers] == [ACCEPTED, ACCEPTED]
        assert [each.content for each in relay.mails] == [content, content]

    @pytest.mark.parametrize("content", [b"A\n.\nB\r\n", b"A\r.\rB\r\n", b"A\r\n.\n", b"A\r\nB"])
    def test_whose_lines_end_otherwise_are_not_sent(self, content: bytes) -> None:
        with relay_listening() as relay, pytest.raises(ValueError, match="CRLF"):
            sent(relay, ANA, mail=content)

        assert (relay.mails, relay.connections) == ([], [])

    @pytest.mark.parametrize(
        ("command", "text", "outcome", "code"),
        [
            ("RCPT", "452 4.2.2 The mailbox is full", LATER, 452),
            ("RCPT", "451 Greylisted", LATER, 451),
            ("RCPT", "421 4.3.0 Too busy", LATER, 421),
            ("RCPT", "550 5.1.1 Unknown", NO_ADDRESS, 550),
            ("RCPT", "550 5.1.10 Unknown", NO_ADDRESS, 550),
            ("RCPT", "553 5.1.2 No such domain", NO_ADDRESS, 553),
            ("RCPT", "550 Unknown", NO_ADDRESS, 550),
            ("RCPT", "550 5.7.1 Relay access denied", REFUSED, 550),
            ("RCPT", "550 5.1.8 Your domain does not exist", REFUSED, 550),
            ("RCPT", "554 No", REFUSED, 554),
            ("DATA", "452 4.3.1 No room", LATER, 452),
            ("DATA", "421 Bye", LATER, 421),
            ("DATA", "550 This looks like spam", REFUSED, 550),
            ("DATA", "550 5.1.1 Unknown", NO_ADDRESS, 550),
            ("DATA", "554 5.7.1 No", REFUSED, 554),
        ],
    )
    def test_are_answered_with_what_the_relay_says(
        self, command: str, text: str, outcome: WireOutcome, code: int
    ) -> None:
        with relay_listening() as relay:
            relay.answers[command, ANA] = text
            first, second = sent(relay, ANA, "ben@example.org")

        assert (first.outcome, first.code, first.text) == (outcome, code, text[4:])
        assert second.outcome is ACCEPTED

    @pytest.mark.parametrize(
        ("command", "code"), [("RCPT", 450), ("RCPT", 550), ("DATA", 450), ("DATA", 550), ("DATA", 250)]
    )
    def test_are_answered_without_their_address(self, command: str, code: int) -> None:
        with relay_listening() as relay:
            relay.answers[command, ANA] = (
                f"{code} <Ana@Example.org>: user ana unknown, analysts look at ana@example.org"
            )
            (answer,) = sent(relay, ANA)

        assert (answer.code, answer.text) == (code, "<…>: user … unknown, analysts look at …")

    @pytest.mark.parametrize("text", ["550 5.7.1 You may not send", "451 Not now", "530 5.7.0 Log in first"])
    def test_are_tried_again_when_the_fault_is_that_of_the_sender(self, text: str) -> None:
        with relay_listening() as relay:
            relay.answers["MAIL", SENDER] = text
            (answer,) = sent(relay, ANA)

        assert (answer.outcome, answer.code) == (LATER, int(text[:3]))
        assert text[4:] in answer.text

    @pytest.mark.parametrize("command", ["RCPT", "DATA"])
    def test_are_tried_again_when_the_relay_hangs_up(self, command: str) -> None:
        with relay_listening() as relay:
            relay.answers[command, ANA] = HANG_UP
            first, second = sent(relay, ANA, "ben@example.org")

        assert (first.outcome, first.code, first.text) == (LATER, None, "The relay hung up before it answered.")
        assert second.outcome is ACCEPTED

    def test_are_tried_again_when_the_relay_hangs_up_at_once(self) -> None:
        with relay_listening() as relay:
            relay.answers["MAIL", SENDER] = HANG_UP
            (answer,) = sent(relay, ANA)

        assert answer.outcome is LATER

    def test_are_tried_again_when_no_relay_listens(self) -> None:
        with relay_listening() as relay:
            pass

        (answer,) = sent(relay, ANA)

        assert (answer.outcome, answer.code) == (LATER, None)
        assert "No connection to the relay" in answer.text

    def test_are_tried_again_when_something_else_listens(self) -> None:
        async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async def run() -> WireAnswer:
            async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
                port = server.sockets[0].getsockname()[1]
                relay = MailRelay(
                    SmtpAddress.parse(f"smtp://127.0.0.1:{port}"), connections=1, hello_name="example.com"
                )
                return await relay.send(MAIL, SENDER, ANA)

        answer = asyncio.run(run())

        assert (answer.outcome, answer.code) == (LATER, None)

    def test_to_letters_outside_of_ascii_need_a_relay_that_takes_them(self) -> None:
        with relay_listening(enable_SMTPUTF8=True) as relay:
            assert sent(relay, "łucja@example.org")[0].outcome is ACCEPTED
            assert relay.mails[0].recipient == "łucja@example.org"
        with relay_listening() as relay:
            first, second = sent(relay, "łucja@example.org", ANA)

        assert (first.outcome, second.outcome) == (REFUSED, ACCEPTED)


class TestConnections:
    def test_are_kept_for_the_next_mail(self) -> None:
        with relay_listening() as relay:
            relay.answers["RCPT", ANA] = "550 5.1.1 Unknown"
            answers = sent(relay, ANA, *(f"reader-{number}@example.org" for number in range(20)))

        assert [each.outcome for each in answers] == [NO_ADDRESS, *[ACCEPTED] * 20]
        assert len(relay.connections) == 1

    def test_are_no_more_than_they_may_be(self) -> None:
        recipients = [f"reader-{number}@example.org" for number in range(30)]

        async def work(client: MailRelay) -> list[WireAnswer]:
            return await asyncio.gather(*(client.send(MAIL, SENDER, each) for each in recipients))

        with relay_listening() as relay:
            answers = asyncio.run(using(relay, work, connections=3))

        assert {each.outcome for each in answers} == {ACCEPTED}
        assert len(relay.connections) <= 3
        assert sorted(each.recipient for each in relay.mails) == sorted(recipients)

    def test_that_the_relay_has_closed_cost_no_mail(self) -> None:
        async def work(client: MailRelay) -> list[WireAnswer]:
            first = await client.send(MAIL, SENDER, ANA)
            await asyncio.to_thread(relay.hang_up)
            return [first, await client.send(MAIL, SENDER, ANA)]

        with relay_listening() as relay:
            answers = asyncio.run(using(relay, work))

        assert [each.outcome for each in answers] == [ACCEPTED, ACCEPTED]
        assert (len(relay.mails), len(relay.connections)) == (2, 2)

    def test_are_replaced_when_the_relay_wants_no_more_over_one(self) -> None:
        async def work(client: MailRelay) -> list[WireAnswer]:
            first = await client.send(MAIL, SENDER, ANA)
            relay.answers["MAIL", SENDER] = "421 4.7.0 Too many messages"
            return [first, await client.send(MAIL, SENDER, ANA)]

        with relay_listening() as relay:
            first, second = asyncio.run(using(relay, work))

        # The new one hears the same, and then it is an answer.
        assert (first.outcome, second.outcome, second.code) == (ACCEPTED, LATER, 421)
        assert len(relay.connections) == 2

    def test_are_closed_when_a_mail_is_given_up(self) -> None:
        async def run() -> None:
            async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"220 relay.example\r\n")
                while data := await reader.readline():
                    commands.append(data)
                    if data.startswith((b"EHLO", b"MAIL")):
                        writer.write(b"250 OK\r\n")
                    else:
                        waiting.set()
                ended.set()
                writer.close()

            commands: list[bytes] = []
            waiting, ended = asyncio.Event(), asyncio.Event()
            async with await asyncio.start_server(be_silent, "127.0.0.1", 0) as server:
                port = server.sockets[0].getsockname()[1]
                relay = MailRelay(
                    SmtpAddress.parse(f"smtp://127.0.0.1:{port}"), connections=1, hello_name="example.com"
                )
                task = asyncio.create_task(relay.send(MAIL, SENDER, ANA))
                await waiting.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await ended.wait()
            assert commands[-1].startswith(b"RCPT")

        asyncio.run(run())


class TestEncryption:
    def test_begins_with_starttls_where_it_is_offered(self) -> None:
        sides = tls_for("localhost")
        with relay_listening(starttls=sides.server, host="localhost") as relay:
            (answer,) = sent(relay, ANA, login=WITH_LOGIN, tls=sides.client)

        assert answer.outcome is ACCEPTED
        assert relay.mails[0].is_encrypted
        assert relay.mails[0].user == b"bitacora"

    def test_comes_first_with_smtps(self) -> None:
        sides = tls_for("localhost")
        with relay_listening(tls=sides.server, host="localhost", auth_require_tls=False) as relay:
            (answer,) = sent(relay, ANA, scheme="smtps", login=WITH_LOGIN, tls=sides.client)

        assert answer.outcome is ACCEPTED
        assert relay.mails[0].user == b"bitacora"

    def test_needs_no_certificate_on_the_same_machine(self) -> None:
        with relay_listening(starttls=tls_for("another.example").server) as relay:
            (answer,) = sent(relay, ANA, is_trusted=True)

        assert answer.outcome is ACCEPTED
        assert relay.mails[0].is_encrypted

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_needs_the_right_certificate_elsewhere(self, scheme: str) -> None:
        sides = tls_for("another.example")
        options = {"starttls": sides.server} if scheme == "smtp" else {"tls": sides.server}
        with relay_listening(host="localhost", **options) as relay:
            (answer,) = sent(relay, ANA, scheme=scheme, tls=sides.client)

        assert answer.outcome is LATER
        assert "certificate" in answer.text
        assert relay.mails == []

    def test_is_needed_for_a_login(self) -> None:
        with relay_listening(auth_require_tls=False) as relay:
            (answer,) = sent(relay, ANA, login=WITH_LOGIN)

        assert answer.outcome is LATER
        assert "STARTTLS" in answer.text
        assert relay.mails == []

    def test_is_not_needed_for_a_login_on_the_same_machine(self) -> None:
        with relay_listening(auth_require_tls=False) as relay:
            (answer,) = sent(relay, ANA, login=WITH_LOGIN, is_trusted=True)

        assert answer.outcome is ACCEPTED
        assert relay.mails[0].user == b"bitacora"

    def test_helps_nothing_when_the_login_is_wrong(self) -> None:
        sides = tls_for("localhost")
        with relay_listening(starttls=sides.server, host="localhost") as relay:
            (answer,) = sent(relay, ANA, login="bitacora:wrong@", tls=sides.client)

        assert (answer.outcome, answer.code) == (LATER, 535)
        assert "refuses the login" in answer.text
        assert "wrong" not in answer.text


def sent(
    relay: PeerRelay,
    *recipients: str,
    scheme: str = "smtp",
    login: str = "",
    tls: SSLContext | None = None,
    is_trusted: bool = False,
    mail: bytes = MAIL,
) -> list[WireAnswer]:
    """Send one mail to each, one after the other."""

    async def work(client: MailRelay) -> list[WireAnswer]:
        return [await client.send(mail, SENDER, each) for each in recipients]

    return asyncio.run(using(relay, work, scheme=scheme, login=login, tls=tls, is_trusted=is_trusted))


async def using(
    relay: PeerRelay,
    work: Callable[[MailRelay], Coroutine[None, None, list[WireAnswer]]],
    *,
    connections: int = 2,
    scheme: str = "smtp",
    login: str = "",
    tls: SSLContext | None = None,
    is_trusted: bool = False,
) -> list[WireAnswer]:
    """Do some work with a client of the relay."""
    host = "localhost" if tls is not None else "127.0.0.1"
    address = SmtpAddress.parse(f"{scheme}://{login}{host}:{relay.port}")
    client = MailRelay(address, connections=connections, hello_name="example.com", tls=tls, trusts_loopback=is_trusted)
    try:
        return await work(client)
    finally:
        await client.close()
