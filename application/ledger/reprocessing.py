"""Commands by which workers outside reprocess held requests: start a run, lease a batch, report results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from application.batches import ItemResult
from application.ids import new_id
from application.ledger.causes import find_holding
from application.ledger.disposition import catch_up, reconcile, set_timers
from domain.comparison import comparable
from domain.errors import DomainError
from domain.ledger.errors import NotLeased
from domain.ledger.held_request import HeldRequest, RequestState, Result
from domain.ledger.held_request.guards import not_handed_out_message
from domain.ledger.reprocessing import ReprocessingRun, Selection

if TYPE_CHECKING:
    from application.caller import Caller
    from application.log import Log
    from domain.provenance import Provenance


class ReportedResult(StrEnum):
    """What became of a reported result: the first one counts, and another one later is kept as evidence."""

    RECORDED = "recorded"
    REPEAT = "repeat"
    LATE = "late"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class ResultEntry:
    """The result of one request, as a worker reports it."""

    request: UUID
    result: Result
    note: str | None


@dataclass(frozen=True, kw_only=True)
class LeasedBatch:
    """Requests that a worker has leased, and until when; None for an empty one."""

    run: ReprocessingRun
    requests: Sequence[HeldRequest]
    until: datetime | None


class Reprocessing:
    """Commands on reprocessing runs; each method runs inside one transaction of the log."""

    def __init__(self, lease: timedelta) -> None:
        """Lease batches for the time ``lease``."""
        self._lease = lease

    def start(self, log: Log, *, selection: Selection, caller: Caller) -> ReprocessingRun:
        """Start a run by hand.

        Raises:
            Invalid: if there is no such cause.
        """
        find_holding(log, selection.cause)
        run = ReprocessingRun.start(
            id=new_id(log.now), selection=selection, by_policy=False, provenance=caller.says(log)
        )
        log.save(run)
        return run

    def lease(
        self, log: Log, *, run: UUID, candidates: Sequence[UUID], limit: int, worker: str, caller: Caller
    ) -> LeasedBatch:
        """Lease up to ``limit`` of the requests that a view names as ``candidates``.

        Raises:
            NotFound: if there is no such run.
        """
        running, provenance = log.load(ReprocessingRun, run), caller.says(log)
        until = provenance.recorded_at + self._lease
        log.read_ahead(candidates)
        leased: list[HeldRequest] = []
        for id in candidates:
            request = log.load(HeldRequest, id)
            catch_up(log, request)
            if len(leased) < limit and request.state is RequestState.REPROCESSING and request.lease is None:
                request.hand_out(run=run, worker=worker, until=until, provenance=provenance)
                leased.append(request)
            if request.pending_events:
                log.save(request)
        set_timers(log, [running.selection.cause])
        running.note_leased(worker=worker, size=len(leased), until=until, provenance=provenance)
        log.save(running)
        return LeasedBatch(run=running, requests=leased, until=until if leased else None)

    def report(
        self,
        log: Log,
        *,
        run: UUID,
        entries: Sequence[ResultEntry],
        worker: str,
        sources: Sequence[str] = (),
        caller: Caller,
    ) -> Sequence[ItemResult]:
        """Record results; one that is refused does not hold up the others, and the same one again changes nothing.

        A worker that is bound to ``sources`` leases no request of another one, so that its result is refused.

        Raises:
            NotFound: if there is no such run.
        """
        running, provenance = log.load(ReprocessingRun, run), caller.says(log)
        log.read_ahead(entry.request for entry in entries)
        done = [_report(log, run, worker, entry, provenance, sources=sources) for entry in entries]
        first = [entry for entry, each in zip(entries, done, strict=True) if each.outcome is ReportedResult.RECORDED]
        running.note_reported(
            worker=worker, results=dict(Counter(entry.result for entry in first)), provenance=provenance
        )
        log.save(running)
        reconcile(log, [log.load(HeldRequest, entry.request).cause for entry in first])
        return done


def _report(
    log: Log, run: UUID, worker: str, entry: ResultEntry, provenance: Provenance, *, sources: Sequence[str]
) -> ItemResult:
    request = log.find(HeldRequest, entry.request)
    own = {comparable(source) for source in sources}
    if request is None or (own and comparable(request.reference.source) not in own):
        # A worker is not to learn which requests exist beside those that it leased.
        return ItemResult(outcome=ReportedResult.REFUSED, refusal=NotLeased(not_handed_out_message(entry.request, run)))
    try:
        is_first = request.report(run=run, worker=worker, result=entry.result, note=entry.note, provenance=provenance)
    except DomainError as refusal:
        return ItemResult(outcome=ReportedResult.REFUSED, refusal=refusal)
    if not request.pending_events:
        return ItemResult(outcome=ReportedResult.REPEAT)
    log.save(request)
    return ItemResult(outcome=ReportedResult.RECORDED if is_first else ReportedResult.LATE)
