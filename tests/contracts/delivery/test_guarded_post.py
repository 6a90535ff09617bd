"""A request goes to the address that was checked, and no receiver can keep us, lead us elsewhere or fill our memory."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from ssl import SSLContext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.delivery.wire.answers import LONGEST_TEXT, WireAnswer, WireOutcome
from infrastructure.delivery.wire.endpoint_url import parse_endpoint_url
from infrastructure.delivery.wire.guarded_post import GuardedPost, write_request
from infrastructure.delivery.wire.http_answer import LARGEST_BODY
from tests.certificates import tls_for
from tests.contracts.delivery.receivers import Receiver, Speak, dripping, receiving, saying, staying_after

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
BODY = b'{"type": "incident.updated"}'
METADATA = "169.254.169.254"
MEBIBYTE = 1024 * 1024
ACCEPTED, LATER, GONE = WireOutcome.ACCEPTED, WireOutcome.LATER, WireOutcome.GONE
MOST_BUFFERED = 8 * MEBIBYTE
"""What the buffers of both sides hold of an answer that nobody reads."""


class TestRequests:
    def test_arrive_as_they_are_written(self) -> None:
        answer, receiver = posted(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), path="/hooks/x?y=%20z")

        assert (answer.outcome, answer.code) == (ACCEPTED, 204)
        assert receiver.requests == [
            f"POST /hooks/x?y=%20z HTTP/1.1\r\nHost: 127.0.0.1:{receiver.port}\r\nUser-Agent: Bitacora\r\n"
            "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n".encode()
            + BODY
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("X", "a\r\nB: c"), ("X", "ä"), ("X:", "a"), ("", "a"), ("host", "other"), ("Content-Length", "0")],
    )
    def test_have_no_header_that_is_none(self, name: str, value: str) -> None:
        with pytest.raises(ValueError, match="cannot be sent as a header"):
            write_request(parse_endpoint_url("http://example.com"), {name: value}, BODY)

    def test_may_say_who_sends_them(self) -> None:
        request = write_request(parse_endpoint_url("http://example.com"), {"user-agent": "Acme"}, BODY)

        assert [line for line in request.split(b"\r\n") if line.lower().startswith(b"user-agent")] == [
            b"user-agent: Acme"
        ]

    @given(name=st.text(max_size=20), value=st.text(max_size=40))
    def test_have_as_many_lines_as_headers_whatever_is_in_them(self, name: str, value: str) -> None:
        try:
            request = write_request(parse_endpoint_url("http://example.com"), {name: value}, b"")
        except ValueError:
            return

        lines = request.split(b"\r\n")
        assert len(lines) == 10 - (name.lower() == "user-agent")
        assert request.count(b"\n") == request.count(b"\r") == len(lines) - 1

    def test_read_no_proxy_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")

        assert posted(saying(b"HTTP/1.1 200 OK\r\n\r\n"))[0].outcome is ACCEPTED


class TestAnswers:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_are_good(self, status: int) -> None:
        answer, _ = posted(staying_after(f"HTTP/1.1 {status} Fine\r\nContent-Length: 4000\r\n\r\n".encode()))

        assert answer == WireAnswer(outcome=ACCEPTED, code=status, text=f"{status} Fine")

    @pytest.mark.parametrize("status", [400, 401, 404, 408, 413, 422, 429, 500, 502, 503, 504, 599])
    def test_that_are_bad_are_for_later(self, status: int) -> None:
        answer, _ = posted(saying(f"HTTP/1.1 {status} Bad\r\nContent-Length: 9\r\n\r\nNo\x00\x1b room".encode()))

        assert answer == WireAnswer(outcome=LATER, code=status, text=f"{status} Bad: No room")

    def test_can_end_it(self) -> None:
        assert posted(saying(b"HTTP/1.1 410 Gone\r\n\r\n"))[0].outcome is GONE

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_that_lead_elsewhere_are_not_followed(self, status: int) -> None:
        answer, receiver = posted(saying(f"HTTP/1.1 {status} Moved\r\nLocation: /other\r\n\r\n".encode()))

        assert (answer.outcome, answer.code) == (LATER, status)
        assert "redirects are not followed" in answer.text
        assert len(receiver.requests) == 1

    @pytest.mark.parametrize(
        "path", ["/services/T0000/B0000/S3cr3tS3cr3t", "/h?token=S3cr3tS3cr3t&b=1", "/S3cr3tS3cr%33t"]
    )
    def test_do_not_repeat_what_is_secret_in_the_address(self, path: str) -> None:
        text = f"Cannot POST {path.replace('&', '&amp;')} or /S3CR3TS3CR3T".encode()
        answer, _ = posted(saying(b"HTTP/1.1 404 " + text + b"\r\n\r\n" + text), path=path)

        assert answer.code == 404
        assert answer.text.startswith("404 Cannot POST ")
        assert "s3cr" not in answer.text.lower()

    def test_may_have_interim_ones_before_them(self) -> None:
        answer, _ = posted(
            saying(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        )

        assert (answer.outcome, answer.code) == (ACCEPTED, 200)

    @pytest.mark.parametrize(
        ("value", "pause"),
        [
            ("120", timedelta(minutes=2)),
            ("9" * 40, timedelta(days=1)),
            ("Wed, 04 Mar 2026 11:30:00 GMT", timedelta(minutes=30)),
            ("Fri, 04 Mar 2067 11:30:00 GMT", timedelta(days=1)),
            ("Wed, 04 Mar 2026 10:30:00 GMT", None),
            ("0", None),
            ("-5", None),
            ("soon", None),
            ("²", None),
            ("", None),
        ],
    )
    def test_may_ask_to_wait(self, value: str, pause: timedelta | None) -> None:
        answer, _ = posted(saying(f"HTTP/1.1 429 Slow down\r\nRetry-After: {value}\r\n\r\n".encode()))

        assert (answer.outcome, answer.retry_after) == (LATER, pause)


class TestBadReceivers:
    @pytest.mark.parametrize(
        "parts",
        [
            [],
            [b"220 mail.example ESMTP\r\n"],
            [b"HTTP/1.1 200"],
            [b"HTTP/1.1 200 OK\r\nContent-Le"],
            [b"HTTP/9.9 ???\r\n\r\n"],
            [b"\x00" * 10_000],
        ],
    )
    def test_that_give_no_answer_are_asked_again_later(self, parts: list[bytes]) -> None:
        answer, _ = posted(saying(*parts))

        assert (answer.outcome, answer.code) == (LATER, None)
        assert answer.text.startswith("No answer: ")

    def test_that_are_silent_are_left_in_time(self) -> None:
        answer, _ = posted(staying_after(), seconds=0.1)

        assert answer == WireAnswer(outcome=LATER, text="No answer within 0.1 seconds.")

    @pytest.mark.parametrize("each", [b"X-A: b\r\n", b"x"])
    def test_whose_head_does_not_end_are_left(self, each: bytes) -> None:
        answer, receiver = posted(dripping(b"HTTP/1.1 200 OK\r\n", each), seconds=0.3)

        assert (answer.outcome, answer.code) == (LATER, None)
        assert receiver.written < MEBIBYTE

    def test_that_send_interim_answers_without_end_are_left(self) -> None:
        answer, _ = posted(dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))

        assert answer == WireAnswer(outcome=LATER, text="No answer: the head of the answer is too long.")

    def test_whose_body_drips_are_left_with_their_status(self) -> None:
        answer, _ = posted(dripping(b"HTTP/1.1 503 Busy\r\nContent-Length: 4000000000\r\n\r\n", b""), seconds=0.1)

        assert (answer.outcome, answer.code, answer.text) == (LATER, 503, "503 Busy")

    def test_whose_body_has_no_end_are_read_to_a_limit(self) -> None:
        head = b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer, receiver = posted(dripping(head, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"))

        assert (answer.outcome, answer.code, len(answer.text)) == (LATER, 500, LONGEST_TEXT)
        assert LARGEST_BODY <= receiver.written < MOST_BUFFERED

    @pytest.mark.parametrize(
        ("length", "body"), [(5_000, b"short"), (5, b"short, and then some more"), (5, b"shortHTTP/1.1 200 OK\r\n\r\n")]
    )
    def test_that_lie_about_the_length_are_left_with_their_status(self, length: int, body: bytes) -> None:
        answer, _ = posted(saying(f"HTTP/1.1 500 Oh\r\nContent-Length: {length}\r\n\r\n".encode() + body))

        assert answer == WireAnswer(outcome=LATER, code=500, text="500 Oh: short")

    @pytest.mark.parametrize("lengths", [b"Content-Length: -1", b"Content-Length: 1\r\nContent-Length: 2"])
    def test_that_contradict_themselves_give_no_answer(self, lengths: bytes) -> None:
        answer, _ = posted(saying(b"HTTP/1.1 200 OK\r\n" + lengths + b"\r\n\r\n"))

        assert (answer.outcome, answer.code) == (LATER, None)

    def test_that_compress_what_they_say_are_not_unpacked(self) -> None:
        bomb = zlib.compress(b"x" * 5 * MEBIBYTE)
        head = f"HTTP/1.1 500 Oh\r\nContent-Encoding: deflate\r\nContent-Length: {len(bomb)}\r\n\r\n"

        answer, _ = posted(saying(head.encode(), bomb))

        assert answer == WireAnswer(outcome=LATER, code=500, text="500 Oh")

    def test_that_are_not_there_are_asked_again_later(self) -> None:
        answer = asyncio.run(post().send("http://127.0.0.1:1/", {}, BODY))

        assert (answer.outcome, answer.code) == (LATER, None)


class TestAddresses:
    @pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "::1", "::ffff:127.0.0.1", METADATA, "fe80::1%lo"])
    def test_in_private_networks_are_not_connected_to(self, address: str) -> None:
        answer, receiver = posted(
            saying(b"HTTP/1.1 200 OK\r\n\r\n"), host="hooks.example", found=[[address]], allow_private=False
        )

        assert (answer.outcome, answer.code) == (LATER, None)
        assert "private network" in answer.text
        assert receiver.requests == []

    def test_that_change_on_the_second_look_up_are_checked_again(self) -> None:
        found: list[Sequence[str]] = [["127.0.0.1"], [METADATA]]

        async def run() -> tuple[list[WireAnswer], int]:
            async with receiving(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as receiver:
                client = post(found=found)
                url = f"http://hooks.example:{receiver.port}/"
                return [await client.send(url, {}, BODY) for _ in range(2)], len(receiver.requests)

        (first, second), requests = asyncio.run(run())

        # Each request looks up once, and connects to what it has checked.
        assert found == []
        assert (first.outcome, second.outcome, requests) == (ACCEPTED, LATER, 1)
        assert "private network" in second.text

    def test_that_are_not_allowed_are_left_out_beside_one_that_is(self) -> None:
        answer, receiver = posted(
            saying(b"HTTP/1.1 200 OK\r\n\r\n"), host="hooks.example", found=[[METADATA, "::", "127.0.0.1"]]
        )

        assert (answer.outcome, len(receiver.requests)) == (ACCEPTED, 1)

    def test_are_tried_in_turn(self) -> None:
        answer, _ = posted(saying(b"HTTP/1.1 200 OK\r\n\r\n"), host="hooks.example", found=[["127.0.0.2", "127.0.0.1"]])

        assert answer.outcome is ACCEPTED

    @pytest.mark.parametrize("found", [[], [[]]])
    def test_that_are_not_found_are_looked_up_again_later(self, found: list[Sequence[str]]) -> None:
        answer, _ = posted(saying(b""), host="hooks.example", found=found)

        assert (answer.outcome, answer.code) == (LATER, None)

    def test_that_are_none_are_refused_without_a_request(self) -> None:
        answer = asyncio.run(post().send("ftp://example.com", {}, BODY))

        assert answer.outcome is WireOutcome.REFUSED


class TestCertificates:
    def test_of_the_host_are_good(self) -> None:
        sides = tls_for("hooks.example")
        answer, receiver = posted(
            saying(b"HTTP/1.1 200 OK\r\n\r\n"),
            host="hooks.example",
            found=[["127.0.0.1"]],
            tls=(sides.server, sides.client),
        )

        assert answer.outcome is ACCEPTED
        assert f"Host: hooks.example:{receiver.port}\r\n".encode() in receiver.requests[0]

    @pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
    def test_of_another_host_are_not(self, host: str) -> None:
        sides = tls_for("hooks.example")
        answer, receiver = posted(
            saying(b"HTTP/1.1 200 OK\r\n\r\n"), host=host, found=[["127.0.0.1"]], tls=(sides.server, sides.client)
        )

        assert (answer.outcome, receiver.requests) == (LATER, [])
        assert "certificate" in answer.text

    def test_that_nobody_knows_are_not(self) -> None:
        sides = tls_for("hooks.example")
        answer, _ = posted(
            saying(b""), host="hooks.example", found=[["127.0.0.1"]], tls=(sides.server, tls_for("a.example").client)
        )

        assert answer.outcome is LATER
        assert "certificate" in answer.text

    def test_are_needed_for_https(self) -> None:
        async def run() -> WireAnswer:
            async with receiving(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as receiver:
                return await post().send(f"https://127.0.0.1:{receiver.port}/", {}, BODY, seconds=0.3)

        assert asyncio.run(run()).outcome is LATER


def post(
    *, found: list[Sequence[str]] | None = None, allow_private: bool = True, tls: SSLContext | None = None
) -> GuardedPost:
    """Make a client whose look-ups find the given addresses, one list after the other, and then none."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        if not found:
            raise OSError("no such host")
        return found.pop(0)

    return GuardedPost(now=lambda: NOW, allow_private=allow_private, resolve=resolve, tls=tls)


def posted(
    of: Callable[[Receiver], Speak],
    *,
    path: str = "/",
    host: str = "127.0.0.1",
    found: list[Sequence[str]] | None = None,
    allow_private: bool = True,
    tls: tuple[SSLContext, SSLContext] | None = None,
    seconds: float = 10,
) -> tuple[WireAnswer, Receiver]:
    """Post once to a receiver; ``tls`` is that of the server and that of the client."""

    async def run() -> tuple[WireAnswer, Receiver]:
        async with receiving(of, tls[0] if tls else None) as receiver:
            client = post(found=found, allow_private=allow_private, tls=tls[1] if tls else None)
            url = f"{'https' if tls else 'http'}://{host}:{receiver.port}{path}"
            return await client.send(url, {"Content-Type": "application/json"}, BODY, seconds=seconds), receiver

    return asyncio.run(run())
