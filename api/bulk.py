"""Bulk decisions: a dry run first, then by a token that binds the very same set."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import from_json

from api.answers import dump
from application.errors import Invalid, SetChanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.schemas.held_requests import BulkBody
    from application.access import Identity
    from application.caller import Caller
    from application.documents.parts import Document
    from application.inbound import Service

MOST = 50_000
"""How many requests one bulk decision can be about."""
AT_ONCE = 200
"""How many are decided in one command: others wait meanwhile."""
SAMPLE = 20


class BulkDecision:
    """One decision of one person about all the requests that a filter finds.

    The token names the position of the dry run and a hash of what was shown there: person, filter, outcome, note and
    set. The views give what the set was at that position, so that nothing has to be kept; and because every event says
    which bulk decision it is part of, one that was cut off goes on when it is sent again.
    """

    def __init__(self, service: Service, reviewer: Identity, by: Caller, body: BulkBody) -> None:
        """Decide as ``body`` says."""
        self._service = service
        self._person = reviewer.person
        self._by = by
        self._body = body
        self._wanted = body.filter.told()

    async def rehearse(self, position: int) -> Document:
        """Tell what would be decided, and what is left out because others have claimed it."""
        ids, left_out = await self._set(position)
        queue = self._service.queue
        sample = await self._service.reads.run(
            lambda: [text for text in (queue.find(position, id) for id in ids[:SAMPLE]) if text is not None]
        )
        return {
            "dry_run": True,
            "count": len(ids),
            "left_out": left_out,
            "sample": [_parsed(text) for text in sample],
            "token": f"{position}-{self._digest(ids)}",
            "position": position,
        }

    async def carry_out(self, token: str | None, position: int) -> tuple[Document, int]:
        """Decide what the dry run showed, piece by piece.

        Returns:
            What was decided, and the position of the last event.

        Raises:
            Invalid: if the token is missing, or none of this decision.
            SetChanged: if the set is another one than in the dry run.
        """
        if token is None:
            raise Invalid("make a dry run first, and send the token that it gives", pointer="/token")
        then, _, digest = token.partition("-")
        shown, _ = await self._set(int(then)) if int(then) <= position else ([], 0)
        if self._digest(shown) != digest:
            raise Invalid("the token is none of this decision, by this person", pointer="/token")
        now, left_out = await self._set(position)
        removed = await self._not_by_this(list(set(shown) - set(now)), digest)
        added = [id for id in now if id not in set(shown)]
        if added or removed:
            raise SetChanged(added=added, removed=removed)
        decided = 0
        for some in _pieces(shown):
            count, position = await self._decide(some, digest)
            decided += count
        return {
            "dry_run": False,
            "count": len(shown),
            "decided": decided,
            "left_out": left_out + len(shown) - decided,
            "token": token,
            "position": position,
        }, position

    async def _decide(self, ids: Sequence[UUID], bulk: str) -> tuple[int, int]:
        return await self._service.commands.run(
            lambda log: (
                self._service.checks.decide_many(
                    log,
                    ids=ids,
                    outcome=self._body.outcome,
                    note=self._body.note,
                    bulk=bulk,
                    person=self._person,
                    caller=self._by,
                ),
                log.position,
            ),
            reads=ids,
        )

    async def _set(self, position: int) -> tuple[list[UUID], int]:
        """Give what a position has of the set, and count what others have claimed of it."""
        found = await self._service.reads.run(lambda: self._service.queue.ids(position, self._wanted, MOST + 1))
        if len(found) > MOST:
            raise Invalid(f"a bulk decision can be about {MOST} requests; narrow the filter", pointer="/filter")
        ids = [id for id, holder in found if holder in {"", self._person}]
        return ids, len(found) - len(ids)

    async def _not_by_this(self, ids: Sequence[UUID], bulk: str) -> list[UUID]:
        """Leave out what this very decision has decided before it was cut off."""
        left: list[UUID] = []
        for some in _pieces(ids):
            left += await self._service.commands.run(
                lambda log, some=some: self._service.checks.not_decided_by(log, ids=some, bulk=bulk),  # type: ignore[misc]
                reads=some,
            )
        return left

    def _digest(self, ids: Sequence[UUID]) -> str:
        said = dump([self._person, self._body.filter, self._body.outcome, self._body.note, sorted(map(str, ids))])
        return hashlib.sha256(said.encode()).hexdigest()


def _pieces(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _parsed(text: str) -> Document:
    document: Document = from_json(text)
    return document
