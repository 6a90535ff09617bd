"""Connections as the server serves them: half-closed ones, and requests that come together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvloop

from tests.api.connections import WHOLE, served

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSING = b"\r\nConnection: close\r\n\r\n"


async def answers(requests: bytes, *, half_closed: bool = False) -> bytes:
    """Serve the app to one connection until the server closes it, and give all that came."""
    async with served() as server:
        client = await server.connect()
        client.writer.write(requests)
        if half_closed:
            client.writer.write_eof()
        return await client.rest()


def bodies_of(came: bytes) -> list[bytes]:
    """Give the bodies of answers that went well."""
    return [part.partition(b"\r\n\r\n")[2] for part in came.split(b"HTTP/1.1 200 OK")[1:]]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
class TestAServer:
    def test_answers_a_client_that_has_said_that_it_sends_no_more(self, run: Any) -> None:  # noqa: ANN401 - two runners
        for _ in range(20):
            assert bodies_of(run(answers(REQUEST, half_closed=True))) == [b"/"]

    def test_answers_such_a_client_also_when_the_answer_takes_a_while(self, run: Any) -> None:  # noqa: ANN401 - two runners
        requests = REQUEST + REQUEST.replace(b" / ", b" /late ")

        assert bodies_of(run(answers(requests, half_closed=True))) == [b"/", b"/late"]

    def test_closes_the_connection_of_such_a_client_whose_body_is_not_whole(self, run: Any) -> None:  # noqa: ANN401 - two runners
        request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"

        assert b"200 OK" in run(answers(REQUEST + request, half_closed=True))

    def test_answers_requests_that_come_together_each_whole_and_in_order(self, run: Any) -> None:  # noqa: ANN401 - two runners
        paths = [b"/a", b"/long", b"/b"]
        requests = b"".join(REQUEST.replace(b" / ", b" %b " % path) for path in paths)

        came = run(answers(requests.removesuffix(b"\r\n\r\n") + CLOSING))

        assert bodies_of(came) == [b"/a", b"y" * 500_000, b"/b"]

    def test_sends_no_chunks_to_a_client_of_http_1_0(self, run: Any) -> None:  # noqa: ANN401 - two runners
        came = run(answers(REQUEST.replace(b" / HTTP/1.1", b" /unknown HTTP/1.0")))

        head, _, body = came.partition(b"\r\n\r\n")
        assert b"transfer-encoding" not in head
        assert b"connection: close" in head
        assert body == b"of any\r\n3\r\nlength"

    def test_sends_such_a_client_an_answer_of_known_length_as_it_is(self, run: Any) -> None:  # noqa: ANN401 - two runners
        came = run(answers(REQUEST.replace(b" / HTTP/1.1", b" /a HTTP/1.0")))

        assert b"content-length: 2\r\n" in came
        assert came.endswith(b"connection: close\r\n\r\n/a")

    @pytest.mark.parametrize("path", [b"", b"/known"])
    @pytest.mark.parametrize("ending", [b"HTTP/1.1" + CLOSING, b"HTTP/1.0\r\n\r\n"])
    @pytest.mark.parametrize("method", [b"GET", b"HEAD"])
    def test_sends_a_head_that_is_kept_as_it_would_a_new_one(
        self,
        run: Any,  # noqa: ANN401 - two runners
        method: bytes,
        path: bytes,
        ending: bytes,
    ) -> None:
        kept, new = (run(answers(b"%b /%b%b %b" % (method, name, path, ending))) for name in (b"kept", b"new"))

        assert kept == new
        assert kept.startswith(b"HTTP/1.1 304" if path else b"HTTP/1.1 200")

    def test_works_such_a_head_out_once(self, run: Any) -> None:  # noqa: ANN401 - two runners
        vars(WHOLE).clear()
        run(answers(b"GET /new HTTP/1.1" + CLOSING))
        before = dict(vars(WHOLE))
        run(answers(b"GET /kept HTTP/1.1" + CLOSING))

        assert before == {}
        assert vars(WHOLE) == {"lines": b'etag: "1"\r\ncontent-length: 6\r\n', "length": 6}
