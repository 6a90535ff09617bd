"""What a client without a token can do to a connection, and to all of them."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any, cast

import pytest
import uvloop

from tests.api.connections import SECRET, Client, Served, eventually, problem_of, served

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /count HTTP/1.1\r\nHost: x\r\n"
TOKEN = f"Authorization: Bearer {SECRET}\r\n".encode()
MIB = 1024 * 1024
Run = Callable[[Any], Any]


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Give a runner."""
    return cast("Run", request.param)


async def refused(data: bytes, times: int = 1) -> tuple[int, str]:
    """Send to a server, and give the problem that it answers with."""
    async with served() as server:
        client = await server.connect()
        sending = asyncio.ensure_future(_send(client, data, times))
        came = await client.rest()
        sending.cancel()
        return problem_of(came)


async def _send(client: Client, data: bytes, times: int) -> None:
    for _ in range(times):
        await client.send(data)


class TestAHead:
    @pytest.mark.parametrize(
        ("head", "answer"),
        [
            pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, (431, "head_too_large"), id="a long header"),
            pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n", (431, "head_too_large"), id="lines"),
            pytest.param(b"GET /" + b"x" * 17_000 + b" HTTP/1.1\r\n\r\n", (414, "target_too_long"), id="a target"),
            pytest.param(b"GET /" + b"x" * 70_000, (414, "target_too_long"), id="a target without an end"),
            pytest.param(b"FOO / HTTP/1.1\r\n\r\n", (400, "malformed"), id="an unknown method"),
            pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", (400, "malformed"), id="TLS"),
            pytest.param(b"GET / HTTP/9.9\r\n\r\n", (400, "malformed"), id="an unknown version"),
            pytest.param(b"GET /\xff HTTP/1.1\r\n\r\n", (400, "malformed"), id="a target of other bytes"),
            pytest.param(b"CONNECT x:1 HTTP/1.1\r\n\r\n", (400, "malformed"), id="a request for a tunnel"),
            pytest.param(b"\r\n" * 40_000, (431, "head_too_large"), id="nothing but empty lines"),
        ],
    )
    def test_beyond_the_limits_is_refused_with_a_problem_document(
        self, run: Run, head: bytes, answer: tuple[int, str]
    ) -> None:
        assert run(refused(head)) == answer

    def test_within_the_limits_is_served(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served() as server:
                client = await server.connect()
                lines = b"".join(b"X-%d: %b\r\n" % (number, b"x" * 400) for number in range(98))
                await client.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
                return await client.answer()

        assert run(ask()) == (200, b"/")

    def test_of_a_hundred_mebibytes_costs_next_to_nothing(self) -> None:
        async def attack() -> tuple[tuple[int, str], float, int]:
            async with served() as server:
                client = await server.connect()
                await client.send(b"GET / HTTP/1.1\r\nX: ")
                tracemalloc.start()
                began = process_time()
                sending = asyncio.ensure_future(_send(client, b"x" * 65_536, 1_600))
                came = await client.rest()
                took = process_time() - began
                _, peak = tracemalloc.get_traced_memory()
                tracemalloc.stop()
                sending.cancel()
                return problem_of(came), took, peak

        answer, took, peak = uvloop.run(attack())

        assert answer == (431, "head_too_large")
        assert took < 2, "the parser alone would take fourteen seconds"
        assert peak < 8 * MIB

    def test_that_comes_after_a_body_in_one_piece_has_the_same_limit(self, run: Run) -> None:
        async def ask() -> tuple[tuple[int, bytes], tuple[int, str]]:
            async with served() as server:
                client = await server.connect()
                body = b"x" * 100_000
                await client.send(POST + b"Content-Length: 100000\r\n\r\n" + body + b"GET / HTTP/1.1\r\nX: ")
                first = await client.answer()
                await client.send(b"x" * 140_000)
                return first, problem_of(await client.rest())

        assert run(ask()) == ((200, b"100000"), (431, "head_too_large"))

    def test_of_a_method_that_nobody_knows_is_answered_after_what_came_before(self, run: Run) -> None:
        async def ask() -> bytes:
            async with served() as server:
                client = await server.connect()
                await client.send(GET.replace(b" / ", b" /late ") + b"FOO / HTTP/1.1\r\n\r\n")
                return await client.rest()

        came = run(ask())

        assert came.count(b"HTTP/1.1") == 1
        assert came.endswith(b"/late")


class TestABody:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"1;" + b"x" * 150_000, id="an endless extension of a chunk"),
            pytest.param((b"1;" + b"x" * 1_000 + b"\r\ny\r\n") * 200, id="long extensions of short chunks"),
            pytest.param(b"1\r\ny\r\n0\r\n" + b"X: " + b"x" * 150_000, id="an endless trailer"),
            pytest.param(b"zzz\r\n", id="no chunk at all"),
        ],
    )
    def test_with_more_framing_than_content_is_refused(self, run: Run, body: bytes) -> None:
        assert run(refused(POST + b"Transfer-Encoding: chunked\r\n\r\n" + body)) == (400, "malformed")

    def test_of_many_short_chunks_is_read(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served() as server:
                client = await server.connect()
                await client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\ny\r\n" * 50_000 + b"0\r\n\r\n")
                return await client.answer()

        assert run(ask()) == (200, b"50000")

    def test_may_be_of_any_length(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served() as server:
                client = await server.connect()
                await client.send(POST + b"Content-Length: 10000000\r\n\r\n" + b"x" * 10_000_000)
                return await client.answer()

        assert run(ask()) == (200, b"10000000")

    def test_brings_no_headers_behind_it(self, run: Run) -> None:
        async def ask() -> list[bytes]:
            async with served() as server:
                client = await server.connect()
                await client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: x\r\n\r\n")
                await client.answer()
                connection: Any = next(iter(server.table.all))
                return [name for name, _ in connection.cycle.scope["headers"]]

        assert run(ask()) == [b"host", b"transfer-encoding"]


class TestAClientThatWaits:
    @pytest.mark.parametrize(
        ("sent", "limits", "answer"),
        [
            pytest.param(b"GET / HT", {"head": 0.1}, (408, "request_timeout"), id="within a head"),
            pytest.param(
                POST + b"Content-Length: 9\r\n\r\n", {"body": 0.1}, (408, "request_timeout"), id="before a body"
            ),
            pytest.param(POST + b"Content-Length: 9\r\n\r\nx", {"body": 0.1}, (408, "request_timeout"), id="in a body"),
        ],
    )
    def test_is_refused(self, run: Run, sent: bytes, limits: dict[str, float], answer: tuple[int, str]) -> None:
        async def ask() -> tuple[int, str]:
            async with served(**limits) as server:
                client = await server.connect()
                await client.send(sent)
                return problem_of(await client.rest())

        assert run(ask()) == answer

    def test_is_closed_without_a_word_if_it_has_asked_nothing(self, run: Run) -> None:
        async def ask() -> bytes:
            async with served(head=0.1) as server:
                return await (await server.connect()).rest()

        assert run(ask()) == b""

    def test_is_closed_after_an_answer(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served(idle=0.1) as server:
                client = await server.connect()
                await client.send(GET)
                status, _ = await client.answer()
                return status, await client.rest()

        assert run(ask()) == (200, b"")

    def test_may_let_lines_come_slowly_if_it_has_a_token(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served() as server:
                client = await server.connect()
                await client.send(POST.replace(b"/count", b"/lines") + b"Content-Length: 3\r\n\r\na")
                await eventually(lambda: bool(server.tasks))
                connection = next(iter(server.table.all))
                for byte in (b"b", b"c"):
                    before = connection.deadline
                    await client.send(byte)
                    await eventually(lambda before=before: connection.deadline > before)  # type: ignore[misc]
                return await client.answer()

        assert run(ask()) == (200, b"/lines")

    def test_that_fetches_nothing_of_an_answer_is_closed(self, run: Run) -> None:
        async def ask() -> int:
            async with served(body=0.1) as server:
                client = await server.connect()
                await client.send(GET.replace(b" / ", b" /huge "))
                await eventually(lambda: not server.table.all)
                # The task ends in the next turn of the loop.
                await eventually(lambda: not server.tasks)
                return len(server.tasks)

        assert run(ask()) == 0


class TestConnections:
    def test_that_are_idle_go_when_they_run_out_the_oldest_first(self, run: Run) -> None:
        async def ask() -> list[bool]:
            async with served(connections=10) as server:
                clients = [await server.connect() for _ in range(13)]
                await eventually(lambda: len(server.table.all) == 10)
                return [await _is_open(client) for client in clients]

        assert run(ask()) == [False] * 3 + [True] * 10

    def test_that_have_begun_a_request_go_as_well(self, run: Run) -> None:
        async def ask() -> list[bool]:
            async with served(connections=10) as server:
                clients = [await server.connect() for _ in range(9)]
                for client, data in zip(clients, (b"GET / ", POST + b"Content-Length: 9\r\n\r\n"), strict=False):
                    await client.send(data)
                await eventually(lambda: len(server.tasks) == 1)
                clients += [await server.connect() for _ in range(11)]
                await eventually(lambda: len(server.table.all) == 10)
                return [await _is_open(client) for client in clients]

        assert run(ask()) == [False] * 10 + [True] * 10

    def test_that_are_served_stay_and_the_next_one_is_refused(self, run: Run) -> None:
        async def ask() -> tuple[int, str]:
            async with served(connections=10) as server:
                for _ in range(10):
                    client = await server.connect()
                    await client.send(GET.replace(b" / ", b" /never ").replace(b"\r\n\r\n", b"\r\n" + TOKEN + b"\r\n"))
                await eventually(lambda: len(server.tasks) == 10)
                return problem_of(await (await server.connect()).rest())

        assert run(ask()) == (503, "too_many_connections")

    def test_with_a_stream_of_a_caller_with_a_token_stay(self, run: Run) -> None:
        async def ask() -> tuple[int, bytes]:
            async with served(connections=10) as server:
                stream = await server.connect()
                await stream.send(POST.replace(b"/count", b"/lines") + b"Content-Length: 3\r\n\r\na")
                await eventually(lambda: len(server.tasks) == 1)
                for _ in range(20):
                    await server.connect()
                await stream.send(b"bc")
                return await stream.answer()

        assert run(ask()) == (200, b"/lines")

    def test_beyond_nine_tenths_serve_health_checks_and_callers_with_a_token(self, run: Run) -> None:
        async def ask() -> list[Any]:
            async with served(connections=10) as server:
                for _ in range(9):
                    await server.connect()
                heads = (
                    GET,
                    GET.replace(b"\r\n\r\n", b"\r\nAuthorization: Bearer bita_other\r\n\r\n"),
                    GET.replace(b" / ", b" /livez "),
                    GET.replace(b" / ", b" /readyz?x "),
                    GET.replace(b"\r\n\r\n", b"\r\n" + TOKEN + b"\r\n"),
                )
                return [await _status(server, head) for head in heads]

        assert run(ask()) == [503, 503, 200, 200, 200]

    def test_queue_only_so_many_requests(self, run: Run) -> None:
        async def ask() -> bytes:
            async with served() as server:
                client = await server.connect()
                await client.send(GET.replace(b" / ", b" /late ") * 3_000)
                return await client.rest()

        came = run(ask())

        assert 2 <= came.count(b"HTTP/1.1 200 OK") <= 17
        assert b"connection: close" in came


async def _status(server: Served, head: bytes) -> int:
    client = await server.connect()
    await client.send(head)
    status, _ = await client.answer()
    before = len(server.table.all)
    client.writer.close()
    await eventually(lambda: len(server.table.all) < before or before <= 9)
    return status


async def _is_open(client: Client) -> bool:
    try:
        async with asyncio.timeout(0.02):
            return bool(await client.reader.read(1))
    except TimeoutError:
        return True
    except ConnectionError:
        return False
