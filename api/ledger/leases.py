"""Leases requests of a run to workers: the views name candidates, and the command decides who gets which."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request

from api.http.answers import Answer, answer
from api.http.read_point import point
from application.errors import TakenMeanwhile
from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import RequestCount, RequestFilter
from application.ledger.run_documents import RunState, batch_document, parse_run
from application.ledger.summary import find_end
from domain.comparison import comparable
from domain.errors import NotFound
from domain.ledger.cause import CauseType
from domain.ledger.held_request import RequestState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from api.http.idempotency import IdempotentExecution
    from application.access.identity import Identity
    from application.caller import Caller
    from application.facade import Facade
    from application.ledger.run_documents import Run, StartedRun
    from application.log import Log

TRIES = 5
"""How often to look anew for requests when others were quicker to lease them."""
REPROCESSING = (RequestState.REPROCESSING,)


class Leases:
    """Leases requests of one run to one worker."""

    def __init__(self, facade: Facade, request: Request, worker: Identity, by: Caller, run: UUID) -> None:
        """Lease for ``worker``; ``by`` is what its events say of it."""
        self._facade = facade
        self._request = request
        self._worker = worker
        self._by = by
        self._run = run

    async def lease(self, limit: int, execute: IdempotentExecution) -> Response:
        """Lease ``limit`` requests at most.

        Raises:
            NotFound: if there is no such run.
            RunStopped: if the run was stopped.
            TakenMeanwhile: if others were quicker at each of the tries.
        """
        for _ in range(TRIES - 1):
            with suppress(TakenMeanwhile):
                return await self._try(limit, execute)
        return await self._try(limit, execute)

    async def _try(self, limit: int, execute: IdempotentExecution) -> Response:
        candidates = await self._candidates(limit)
        return await execute(self._worker, lambda log: self._lease(log, candidates, limit))

    async def _candidates(self, limit: int) -> Sequence[UUID]:
        """Find requests that nobody had leased a moment ago, some more than are wanted."""
        where = await point(self._request, (LEDGER_VIEW,), sees_private=True)
        queue = self._facade.queries.held_requests
        sources = self._worker.sources
        run = await self._facade.reads.run(lambda: find_run(self._facade, where.position, self._run, sources))
        wanted = filter_of(run, sources)
        found = await self._facade.reads.run(lambda: queue.ids(where.position, wanted, 2 * limit))
        return [each.id for each in found]

    def _lease(self, log: Log, candidates: Sequence[UUID], limit: int) -> Answer:
        batch = self._facade.commands.reprocessing.lease(
            log,
            run=self._run,
            candidates=candidates,
            limit=limit,
            worker=self._worker.name,
            ends_by=self._worker.expires_at,
            caller=self._by,
        )
        if candidates and not batch.requests and not batch.is_paused:
            raise TakenMeanwhile("others lease what waits in this run; ask again")
        return answer(batch_document(batch), position=log.position)


def find_run(facade: Facade, at: int, id: UUID, sources: tuple[str, ...]) -> StartedRun:
    """Find a run that is for a caller who is bound to ``sources``, or to none.

    Raises:
        NotFound: if there is none.
    """
    text = facade.queries.held_requests.find_run(at, id, sources)
    if text is None:
        raise NotFound(f"there is no reprocessing run {id}")
    return parse_run(text)


def filter_of(run: StartedRun, sources: tuple[str, ...]) -> RequestFilter:
    """Select the requests of a run that nobody has leased, of these ``sources`` alone if there are any."""
    return RequestFilter(
        cause=UUID(run["cause"]["id"]),
        kind=run["kind"],
        source=run["source"],
        sources=sources,
        states=REPROCESSING,
        holder="",
    )


def add_remaining(facade: Facade, at: int, runs: Sequence[StartedRun], sources: tuple[str, ...]) -> list[Run]:
    """Add to each run how far it is, and how many requests of ``sources``, or of all, it has left.

    Those of a cause are counted once.
    """
    causes = {run["cause"]["id"]: CauseType(run["cause"]["type"]) for run in runs}
    counts = {cause: facade.queries.held_requests.counts(at, UUID(cause)) for cause in causes}
    finders = facade.queries.cause_finders
    over = {id: find_end(finders, at, UUID(id), kind) is not None for id, kind in causes.items()}
    return [_with_remaining(run, counts[id], sources, is_over=over[id]) for run in runs for id in [run["cause"]["id"]]]


def _with_remaining(run: StartedRun, counts: Sequence[RequestCount], sources: tuple[str, ...], *, is_over: bool) -> Run:
    own = {comparable(source) for source in sources}
    left = [
        each
        for each in counts
        if each.state is RequestState.REPROCESSING
        and run["kind"] in {None, each.kind}
        and (run["source"] is None or comparable(run["source"]) == each.source)
        and (not sources or each.source in own)
    ]
    remaining, leased = sum(each.count for each in left), sum(each.count for each in left if each.holder)
    state = RunState.STOPPED if run["stopped_at"] else RunState.RUNNING if is_over else RunState.PAUSED
    return {**run, "state": str(state), "remaining": remaining, "leased": leased}
