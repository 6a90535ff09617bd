"""Bodies of lines (``application/x-ndjson``): of any length, read piece by piece, never held as a whole."""

from __future__ import annotations

import asyncio
import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import to_json
from starlette.requests import ClientDisconnect, Request

from api.http.problems import code_of, detail_of, escaped
from application.errors import Malformed, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

    from application.batches import IntakeCounts, LineMatches, RefusedLine

B = TypeVar("B", bound=BaseModel)
T = TypeVar("T")

NDJSON = "application/x-ndjson"
STREAMED = "bitacora.streamed"
"""Where the scope of a request says that its body comes as lines, and may be of any length."""
LINE_LIMIT = 64 * 1024
"""The size of a line, in bytes."""
BATCH = 200
"""How many lines are carried out in one command, if nothing else is said: others wait meanwhile."""
BATCH_BYTES = 1024 * 1024
"""How much of a body is carried out in one command at most, and a line more."""
SHOWN = 200
"""How much of a name that was sent is repeated."""
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How a file in UTF-16 begins."""
NAMED = 1_000
"""How many refused lines an answer names."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that is not blank: its number, from 1, and its text; None if it is longer than a line may be."""

    number: int
    text: bytes | None


@dataclass(frozen=True, kw_only=True)
class LineRefusal:
    """Why a line was not taken in."""

    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class LineMatched:
    """What became of a line that can be about several things, and about how many it is."""

    outcome: str
    matches: int


LineOutcome = str | LineMatched | LineRefusal
"""What became of a line."""


@dataclass(kw_only=True)
class LineReport:
    """What became of the lines so far."""

    lines: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedLine] = field(default_factory=list)
    matches: list[LineMatches] = field(default_factory=list)

    def count(self, read: Mapping[int, object], outcomes: Iterable[LineOutcome]) -> None:
        """Count what became of lines, and name those that were refused, in their order.

        ``outcomes`` are those of the lines that hold a body.
        """
        carried_out = iter(outcomes)
        for number, body in read.items():
            self.lines += 1
            outcome = body if isinstance(body, LineRefusal) else next(carried_out)
            if isinstance(outcome, LineRefusal):
                self.refuse(number, outcome)
            elif isinstance(outcome, LineMatched):
                self.counts[outcome.outcome] += 1
                if len(self.matches) < NAMED:
                    self.matches.append({"line": number, "matches": outcome.matches})
            else:
                self.counts[outcome] += 1

    def refuse(self, number: int, refusal: LineRefusal) -> None:
        """Count a line that was refused, and name it if it is among the first."""
        self.counts["refused"] += 1
        if len(self.refused) < NAMED:
            self.refused.append({"line": number, "code": refusal.code, "detail": refusal.detail})

    def document(self, outcomes: Sequence[str], *, counts_each: bool = False) -> IntakeCounts:
        """Write it, with a count for each outcome, and one for each line if ``counts_each``."""
        document: IntakeCounts = {
            "lines": self.lines,
            "counts": {name: self.counts[name] for name in outcomes},
            "refused": self.refused,
        }
        return {**document, "matches": self.matches} if counts_each else document


class LineReader(Generic[B]):
    """Reads lines as bodies of one kind, and lets them be carried out batch by batch."""

    def __init__(self, kind: type[B], *, together: int = BATCH) -> None:
        """Read each line as a body of this kind; so many are carried out ``together``, in one command."""
        self._adapter = TypeAdapter(kind)
        self.together = together

    async def take(
        self, request: Request, carry_out: Callable[[Sequence[B]], Awaitable[Sequence[LineOutcome]]]
    ) -> LineReport:
        """Carry out all whole lines of a body; a bad line never loses a good one.

        ``carry_out`` takes the bodies of a batch and says of each, in order, what became of it. A body that is cut
        off keeps its whole lines.
        """
        report = LineReport()
        under_way: asyncio.Task[None] | None = None
        try:
            # A batch is read while the one before it is carried out; one that fails ends the reading.
            async with asyncio.TaskGroup() as group:
                async for batch in _batches(request, self.together):
                    read = self.read(batch)
                    if under_way is not None:
                        await under_way
                    under_way = group.create_task(_counted(report, read, carry_out))
                    # Lines that have come already are read without a pause: let it begin before.
                    await asyncio.sleep(0)
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return report

    def read(self, batch: Sequence[Line]) -> dict[int, B | LineRefusal]:
        """Read the lines of a batch: by the number of each its body, or why it is none."""
        return {line.number: self._read(line) for line in batch}

    def items(self, body: bytes, most: int) -> list[Line]:
        """Give the items of a JSON list as lines.

        Raises:
            RequestValidationError: if it is no list, or has more than ``most``.
        """
        listed = _validated(TypeAdapter(Annotated[list[Any], Field(max_length=most)]), body)
        return [Line(number=number, text=to_json(item)) for number, item in enumerate(listed, 1)]

    def one(self, body: bytes) -> B:
        """Read one body.

        Raises:
            RequestValidationError: if it is no JSON, or not of this kind.
        """
        return _validated(self._adapter, body)

    def _read(self, line: Line) -> B | LineRefusal:
        if line.text is None:
            return LineRefusal(code=code_of(TooLarge), detail=f"a line may have {LINE_LIMIT} bytes")
        try:
            return self._adapter.validate_json(line.text)
        except ValidationError as error:
            fault = error.errors()[0]
            if fault["type"] == "json_invalid":
                wrong = "is UTF-16; send UTF-8" if line.text.startswith(UTF_16) else "is not JSON"
                return LineRefusal(code=code_of(Malformed), detail=f"the line {wrong}")
            where = "".join(f"/{escaped(str(part)[:SHOWN])}" for part in fault["loc"])
            detail = f"{where[:SHOWN] or '/'}: {detail_of(fault)[:SHOWN]}"
            return LineRefusal(code="invalid", detail=UNPRINTABLE.sub("?", detail.encode(errors="replace").decode()))


def without_mark(text: bytes) -> bytes:
    """Give a text without the byte order mark that some programs put before UTF-8, and that is no part of it."""
    return text.removeprefix(codecs.BOM_UTF8)


def is_lines(request: Request) -> bool:
    """Tell whether a body was let in as lines."""
    return bool(request.scope.get(STREAMED))


def bodies_of(read: Mapping[int, B | LineRefusal]) -> list[B]:
    """Give the bodies among what was read, in order."""
    return [body for body in read.values() if not isinstance(body, LineRefusal)]


async def _counted(
    report: LineReport,
    read: Mapping[int, B | LineRefusal],
    carry_out: Callable[[Sequence[B]], Awaitable[Sequence[LineOutcome]]],
) -> None:
    good = bodies_of(read)
    report.count(read, await carry_out(good) if good else ())


def _validated(adapter: TypeAdapter[T], body: bytes) -> T:
    """Read a body by hand, and refuse it in the words of every other route."""
    try:
        return adapter.validate_json(without_mark(body))
    except ValidationError as error:
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]) from None


def batches(many: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give lines, or anything, batch by batch."""
    rest = iter(many)
    while batch := list(islice(rest, size)):
        yield batch


def lines_of(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Split what comes in chunks at its line feeds; the last line need not be ended."""
    splitter = _Splitter()
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.feed(b"\n")


async def _batches(request: Request, size: int) -> AsyncIterator[list[Line]]:
    """Split a body into batches; what is not ended counts only if the body came whole."""
    splitter, waiting, weight = _Splitter(), list[Line](), 0
    try:
        async for chunk in request.stream():
            for line in splitter.feed(chunk):
                waiting.append(line)
                weight += len(line.text or b"")
                if len(waiting) >= size or weight > BATCH_BYTES:
                    yield waiting
                    waiting, weight = [], 0
    except ClientDisconnect:
        pass
    else:
        waiting += splitter.feed(b"\n")
    if waiting:
        yield waiting


class _Splitter:
    """Splits chunks into lines, and remembers of a line that is too long nothing but that."""

    def __init__(self) -> None:
        self._number = 0
        self._rest = b""
        self._is_too_long = False

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """Give the lines that end in a chunk."""
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._add(piece)
            self._number += 1
            # Files with a mark that were joined have one in their midst, too.
            text = without_mark(self._rest)
            if self._is_too_long or text.strip():
                yield Line(number=self._number, text=None if self._is_too_long else text)
            self._rest, self._is_too_long = b"", False
        self._add(rest)

    def _add(self, piece: bytes) -> None:
        if self._is_too_long or len(self._rest) + len(piece) > LINE_LIMIT:
            self._rest, self._is_too_long = b"", True
        else:
            self._rest += piece
