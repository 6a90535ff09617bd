"""Takes many things in at once: as a JSON list, in one command, or as lines, however many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request

from api.http.answers import Answer, answer
from api.http.ndjson import (
    NDJSON,
    LineMatched,
    LineOutcome,
    LineReader,
    LineRefusal,
    LineReport,
    bodies_of,
    without_mark,
)
from api.http.problems import code_of
from application.errors import SourceNotAllowed

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.http.idempotency import IdempotentExecution
    from application.access.identity import Identity
    from application.batches import ItemResult
    from application.log import Log
    from application.ports import CommandRunner

B = TypeVar("B", bound=BaseModel)
E = TypeVar("E")

LISTED = 1_000
"""How many items a JSON list may have."""


@dataclass(frozen=True, kw_only=True)
class BulkIntake(Generic[B, E]):
    """How bodies of one kind are taken in, for one caller.

    ``entry_of`` reads a body as the use case takes it; ``carry_out`` takes a batch of these, ``outcomes`` are what may
    become of each; ``looks_at`` names the aggregates that one is about, as far as they are known by it; ``opens``
    refuses before anything is read. ``refuses``, if there is one, says why an entry is not taken from this caller. If
    it ``counts_each``, the report says of each entry about how many things it is.
    """

    lines: LineReader[B]
    entry_of: Callable[[B], E]
    outcomes: Sequence[str]
    carry_out: Callable[[Log, Sequence[E]], Sequence[ItemResult]]
    looks_at: Callable[[E], Iterable[UUID]] = lambda _: ()
    opens: Callable[[Log], object] = lambda _: None
    refuses: Callable[[E], LineRefusal | None] | None = None
    listed: int = LISTED
    counts_each: bool = False

    def read(self, body: bytes) -> dict[int, B | LineRefusal]:
        """Read a list, or one item for a list of one: by the place of each its body, or why it is none.

        Raises:
            RequestValidationError: if it is neither.
        """
        text = without_mark(body)
        whole = b"[%b]" % text if text.lstrip().startswith(b"{") else text
        return self.lines.read(self.lines.items(whole, self.listed))

    def entries(self, handed: Iterable[B]) -> list[E]:
        """Give what bodies say."""
        return [self.entry_of(body) for body in handed]

    async def take(self, request: Request, execute: IdempotentExecution, identity: Identity) -> Response:
        """Take a list in, in one command, and answer with what became of it.

        Raises:
            RequestValidationError: if the body is no list.
        """
        handed = self.read(await request.body())
        entries = self.entries(bodies_of(handed))

        def act(log: Log) -> Answer:
            self.opens(log)
            report = LineReport()
            report.count(handed, self.outcomes_of(log, entries))
            return answer(report.document(self.outcomes, counts_each=self.counts_each), position=log.position)

        return await execute(identity, act, reads=self.ids(entries))

    async def stream(self, request: Request, commands: CommandRunner) -> Response:
        """Take lines in, batch by batch, each in a command of its own."""

        def begin(log: Log) -> int:
            self.opens(log)
            return log.position

        position = await commands.run(begin)

        async def carry_out(handed: Sequence[B]) -> Sequence[LineOutcome]:
            nonlocal position
            entries = self.entries(handed)
            outcomes, position = await commands.run(
                lambda log: (self.outcomes_of(log, entries), log.position), reads=self.ids(entries)
            )
            return outcomes

        report = await self.lines.take(request, carry_out)
        document = report.document(self.outcomes, counts_each=self.counts_each)
        return answer(document, position=position).response()

    def outcomes_of(self, log: Log, entries: Sequence[E]) -> list[LineOutcome]:
        """Carry a batch out, and say of each what became of it."""
        if self.refuses is None:
            return [_outcome(done) for done in self.carry_out(log, entries)]
        refused = [self.refuses(entry) for entry in entries]
        taken = [entry for entry, refusal in zip(entries, refused, strict=True) if refusal is None]
        outcomes = iter(self.carry_out(log, taken))
        return [refusal or _outcome(next(outcomes)) for refusal in refused]

    def ids(self, entries: Iterable[E]) -> list[UUID]:
        """Name what entries are about, as far as it is known by them."""
        return [id for entry in entries for id in self.looks_at(entry)]


def for_sources(identity: Identity | None, source_of: Callable[[E], str]) -> Callable[[E], LineRefusal | None] | None:
    """Make what refuses the entries of other sources than those that a caller is bound to; None if it is to none."""
    if identity is None or not identity.sources:
        return None

    def refuse(entry: E) -> LineRefusal | None:
        try:
            identity.require_source(source_of(entry))
        except SourceNotAllowed as refusal:
            return LineRefusal(code=code_of(SourceNotAllowed), detail=str(refusal))
        return None

    return refuse


def _outcome(done: ItemResult) -> LineOutcome:
    """Say what became of one."""
    refusal = done.refusal
    if refusal is not None:
        return LineRefusal(code=code_of(type(refusal)), detail=str(refusal))
    return str(done.outcome) if done.matches is None else LineMatched(outcome=str(done.outcome), matches=done.matches)


def taking(model: type[BaseModel], what: str, *, listed: int = LISTED) -> dict[str, object]:
    """Describe a body that is one item, a list of them, or one a line; routes read it themselves."""
    item = {"$ref": f"#/components/schemas/{model.__name__}"}
    many = {"type": "array", "items": item}
    return {
        "requestBody": {
            "required": True,
            "description": f"{what}: one, a list of up to {listed}, or one a line, however many.",
            "content": {
                "application/json": {"schema": {"anyOf": [item, many]}},
                NDJSON: {"schema": {"type": "string"}},
            },
        }
    }
