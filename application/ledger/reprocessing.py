"""Commands by which workers outside reprocess held requests: start a run, lease a batch, report results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from application.batches import ItemResult
from application.ids import new_id
from application.ledger.causes import find_holding
from application.ledger.claims import ACCESS, MOST_RELEASED
from application.ledger.disposition import catch_up, reconcile, set_timers
from domain.comparison import comparable
from domain.ledger.errors import NotLeased
from domain.ledger.held_request import HeldRequest, RequestState, Result, leases_handle
from domain.ledger.held_request.guards import not_leased_message
from domain.ledger.reprocessing import ReprocessingRun, Selection

if TYPE_CHECKING:
    from application.caller import Caller
    from application.log import Log
    from application.targets import Target
    from domain.provenance import Provenance


LAST = datetime.max.replace(tzinfo=UTC)


class ReportedResult(StrEnum):
    """What became of a reported result: that of a lease counts, and any other one is kept as evidence."""

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
    """Requests that a worker has leased, and until when; None for an empty one.

    It is empty while the run is paused, for its cause goes on again.
    """

    run: ReprocessingRun
    requests: Sequence[HeldRequest]
    until: datetime | None
    is_paused: bool = False


class Reprocessing:
    """Commands on reprocessing runs; each method runs inside one transaction of the log."""

    def __init__(self, lease: timedelta) -> None:
        """Lease batches for the time ``lease``."""
        self._lease = lease

    def start(self, log: Log, *, selection: Selection, caller: Caller) -> ReprocessingRun:
        """Start a run by hand.

        Raises:
            Invalid: if there is no such cause.
            CauseVoid: if it was withdrawn, dismissed or cancelled.
        """
        find_holding(log, selection.cause).require_valid()
        run = ReprocessingRun.start(
            id=new_id(log.now), selection=selection, by_policy=False, provenance=caller.says(log)
        )
        log.save(run)
        return run

    def stop(self, log: Log, *, target: Target, reason: str) -> ReprocessingRun:
        """Stop a run: it hands out nothing more, and takes the results of what it handed out.

        Raises:
            NotFound: if there is no such run.
            RunStopped: if it was stopped before.
        """
        running, provenance = target.load(log, ReprocessingRun)
        running.stop(reason=reason, provenance=provenance)
        log.save(running)
        return running

    def lease(
        self,
        log: Log,
        *,
        run: UUID,
        candidates: Sequence[UUID],
        limit: int,
        worker: str,
        ends_by: datetime | None = None,
        caller: Caller,
    ) -> LeasedBatch:
        """Lease up to ``limit`` of the requests that a view names as ``candidates``; none while the run is paused.

        The lease ends by when the token of the worker does.

        Raises:
            NotFound: if there is no such run.
            RunStopped: if the run was stopped.
        """
        running, provenance = log.load(ReprocessingRun, run), caller.says(log)
        running.require_running()
        holding = find_holding(log, running.selection.cause)
        if holding.ended_at is None or holding.void is not None:
            return LeasedBatch(run=running, requests=(), until=None, is_paused=True)
        until = min(provenance.recorded_at + self._lease, ends_by or LAST)
        log.read_ahead(candidates)
        leased: list[HeldRequest] = []
        for id in candidates:
            request = log.load(HeldRequest, id)
            catch_up(log, request)
            if len(leased) < limit and _waits_in(running, request):
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
        """Record results of who has leased the requests; the same one again changes nothing.

        One that is refused does not hold up the others. It is kept as evidence if the worker does not have the lease.

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
        causes = [log.load(HeldRequest, entry.request).cause for entry in first]
        reconcile(log, causes)
        return done


def release_leases(log: Log, *, worker: str, reason: str) -> None:
    """End the leases of a worker whose token is good no longer: others can carry the requests out at once.

    It is a thousand requests at most: whatever is beyond is free when the leases run out, which is soon.
    """
    ids = log.find_ids(leases_handle(worker), limit=MOST_RELEASED)
    log.read_ahead(ids)
    provenance = ACCESS.says(log, causation=log.position)
    requests = [log.load(HeldRequest, id) for id in ids]
    for request in requests:
        request.release_lease(reason=reason, provenance=provenance)
        log.save(request)
    set_timers(log, [request.cause for request in requests])


def _waits_in(run: ReprocessingRun, request: HeldRequest) -> bool:
    # The views name candidates, and may be behind: what was assigned to another cause meanwhile is none any more.
    is_free = request.state is RequestState.REPROCESSING and request.lease is None
    return is_free and request.cause == run.selection.cause


def _report(
    log: Log, run: UUID, worker: str, entry: ResultEntry, provenance: Provenance, *, sources: Sequence[str]
) -> ItemResult:
    request = log.find(HeldRequest, entry.request)
    own = {comparable(source) for source in sources}
    if request is None or (own and comparable(request.reference.source) not in own):
        # A worker is not to learn which requests exist beside those that it leased.
        return ItemResult(outcome=ReportedResult.REFUSED, refusal=NotLeased(not_leased_message(entry.request, run)))
    catch_up(log, request)
    try:
        done = ItemResult(outcome=_outcome_of(request, run, worker, entry, provenance))
    except NotLeased as refusal:
        request.keep_result(run=run, worker=worker, result=entry.result, note=entry.note, provenance=provenance)
        done = ItemResult(outcome=ReportedResult.REFUSED, refusal=refusal)
    if request.pending_events:
        log.save(request)
    return done


def _outcome_of(
    request: HeldRequest, run: UUID, worker: str, entry: ResultEntry, provenance: Provenance
) -> ReportedResult:
    known = len(request.pending_events)
    if request.report(run=run, worker=worker, result=entry.result, note=entry.note, provenance=provenance):
        return ReportedResult.RECORDED
    return ReportedResult.REPEAT if len(request.pending_events) == known else ReportedResult.LATE
