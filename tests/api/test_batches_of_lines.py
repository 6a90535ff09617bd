"""Lines are read while those before are carried out, and no further than one batch ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from pydantic import BaseModel, model_validator
from starlette.requests import Request
from starlette.types import Message

from api.http.ndjson import LineOutcome, LineReader, LineRefusal, LineReport
from application.errors import StoreUnavailable

PATIENCE_SECONDS = 10.0
READ: list[int] = []
"""Which lines were read, in order."""

Receive = Callable[[], Awaitable[Message]]


class Body(BaseModel):
    """A line that tells when it is read."""

    number: int

    @model_validator(mode="after")
    def _note(self) -> Body:
        READ.append(self.number)
        return self


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    """Begin with nothing read."""
    READ.clear()


def arriving(*numbers: int, at_last: Callable[[], Awaitable[Message]] | None = None) -> Receive:
    """Let a line for each number arrive at once, and then ``at_last``, else the end."""
    waiting: list[Message] = [
        {"type": "http.request", "body": b'{"number": %d}\n' % number, "more_body": True} for number in numbers
    ]

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        return await at_last() if at_last is not None else {"type": "http.request", "body": b"", "more_body": False}

    return receive


def taken(receive: Receive, carry_out: Callable[[Sequence[Body]], Awaitable[Sequence[LineOutcome]]]) -> LineReport:
    """Take a body of lines, two at a time."""
    reader = LineReader(Body, together=2)
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": []}

    async def take() -> LineReport:
        return await asyncio.wait_for(reader.take(Request(scope, receive), carry_out), PATIENCE_SECONDS)

    return asyncio.run(take())


class TestBatch:
    def test_is_read_while_the_one_before_is_carried_out(self) -> None:
        seen: list[tuple[list[int], list[int]]] = []

        async def carry_out(bodies: Sequence[Body]) -> Sequence[LineOutcome]:
            before = list(READ)
            for _ in range(5):
                await asyncio.sleep(0)
            seen.append((before, list(READ)))
            return ["held"] * len(bodies)

        report = taken(arriving(1, 2, 3, 4, 5, 6), carry_out)

        # It begins before the next is read; the next is read before it has ended, and no other.
        assert seen == [
            ([1, 2], [1, 2, 3, 4]),
            ([1, 2, 3, 4], [1, 2, 3, 4, 5, 6]),
            ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]),
        ]
        assert (report.lines, dict(report.counts)) == (6, {"held": 6})

    def test_that_fails_ends_the_reading_at_once(self) -> None:
        async def nothing_more() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def carry_out(_bodies: Sequence[Body]) -> Sequence[LineOutcome]:
            await asyncio.sleep(0)
            raise StoreUnavailable("the store is away")

        with pytest.raises(StoreUnavailable, match="the store is away"):
            taken(arriving(1, 2, 3, at_last=nothing_more), carry_out)

    def test_that_fails_is_the_last_one(self) -> None:
        begun: list[int] = []

        async def carry_out(bodies: Sequence[Body]) -> Sequence[LineOutcome]:
            begun.append(bodies[0].number)
            await asyncio.sleep(0)
            if bodies[0].number == 3:
                raise StoreUnavailable("the store is away")
            return ["held"] * len(bodies)

        with pytest.raises(StoreUnavailable):
            taken(arriving(1, 2, 3, 4, 5, 6, 7), carry_out)
        assert begun == [1, 3]

    def test_is_counted_in_the_order_of_its_lines(self) -> None:
        async def carry_out(bodies: Sequence[Body]) -> Sequence[LineOutcome]:
            await asyncio.sleep(0)
            return [LineRefusal(code="odd", detail=str(body.number)) if body.number % 2 else "held" for body in bodies]

        report = taken(arriving(*range(1, 8)), carry_out)

        assert [(refused["line"], refused["detail"]) for refused in report.refused] == [
            (1, "1"),
            (3, "3"),
            (5, "5"),
            (7, "7"),
        ]
        assert dict(report.counts) == {"refused": 4, "held": 3}
