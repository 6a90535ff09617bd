"""What happens in the ledger when a cause ends, when something is due, and when its last request is settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from application.caller import BY_CLOCK, by_policy
from application.ledger.causes import TURNS, CauseAggregate, find_holding, holding_of, load_cause
from domain.ledger.cause_ledger import Ledger
from domain.ledger.held_request import HeldRequest, RequestState, due_handle, unsettled_handle
from domain.ledger.reconciliation import CauseOfRequests
from domain.ledger.reprocessing import ReprocessingRun, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.log import Log, Timer
    from application.targets import Target
    from domain.ledger.cause import Cause, Holding

C = TypeVar("C", bound=CauseOfRequests)

AT_ONCE = 200
"""How many requests are disposed of in one transaction; other commands wait meanwhile."""
PAUSE = timedelta(milliseconds=1)
"""After how long the next ones follow, so that waiting commands go first."""
OPENED = (HeldRequest.Reopened, HeldRequest.OpenedAgain)
FOLLOWING = by_policy("ledger")
DISPOSITION = by_policy("disposition")
RECONCILIATION = by_policy("reconciliation")


def save_cause(log: Log, aggregate: CauseAggregate) -> int:
    """Save a cause, and tell its ledger, if it has one, that the cause has ended or goes on.

    Returns:
        The position of its last event.
    """
    turns = [event for event in aggregate.pending_events if isinstance(event, TURNS)]
    position = log.save(aggregate)
    if turns:
        holding = holding_of(aggregate)
        ledger = log.find(Ledger, Ledger.id_of(holding.cause))
        if ledger is not None:
            provenance = FOLLOWING.says(log, occurred_at=turns[-1].provenance.occurred_at, causation=position)
            ledger.follow(ended_at=holding.ended_at, void=holding.void, provenance=provenance)
            log.save(ledger)
            # If the cause goes on, what was disposed of before keeps its deadlines.
            set_timers(log, [holding.cause])
    return position


def find_or_open_ledger(log: Log, holding: Holding, causation: int | None = None) -> Ledger:
    """Find the ledger of a cause, or open it."""
    ledger = log.find(Ledger, Ledger.id_of(holding.cause))
    if ledger is None:
        provenance = FOLLOWING.says(log, causation=causation)
        ledger = Ledger.open(cause=holding.cause, ended_at=holding.ended_at, provenance=provenance)
        log.save(ledger)
    return ledger


def dispose(log: Log, request: HeldRequest, holding: Holding, *, causation: int | None = None) -> None:
    """Apply the policy of its cause to a held request, if the cause has ended; the caller saves the request."""
    if holding.ended_at is None or not request.awaits_disposal(holding):
        return
    provenance = DISPOSITION.says(log, occurred_at=max(holding.ended_at, request.held_since), causation=causation)
    request.dispose(holding=holding, provenance=provenance)
    if request.state is RequestState.REPROCESSING:
        _start_run(log, holding.cause)


def learn_void(log: Log, request: HeldRequest) -> None:
    """Let a request that was opened again know if its cause was taken back meanwhile; the caller saves the request."""
    happened = request.pending_events
    if request.cause is not None and any(isinstance(event, OPENED) for event in happened):
        dispose(log, request, find_holding(log, request.cause))


def set_timers(log: Log, causes: Iterable[Cause | None]) -> None:
    """Set the timers of the ledgers of these causes to when something is first due with one of their requests."""
    for cause in dict.fromkeys(causes):
        ledger = None if cause is None else log.find(Ledger, Ledger.id_of(cause))
        if ledger is not None and ledger.disposing_since is None:
            log.remind(ledger, _first_due(log, ledger))


def catch_up(log: Log, request: HeldRequest) -> None:
    """Do what is due with a request, if no timer has done it yet; the caller saves the request."""
    due = request.due_at
    if due is not None and due <= log.now:
        request.handle_due(provenance=BY_CLOCK.says(log, occurred_at=due, causation=None))


def reconcile(log: Log, causes: Iterable[Cause | None]) -> None:
    """Update whether these causes are reconciled, after events of their requests.

    A cause is reconciled when it has ended and none of its requests is open; one more open request ends that.
    """
    for cause in dict.fromkeys(causes):
        if cause is not None:
            _reconcile(log, cause)


class Dispositions:
    """Commands on the ledgers of causes; each method runs inside one transaction of the log."""

    def show_reconciliation(self, log: Log, *, kind: type[C], target: Target, public: bool, reason: str | None) -> C:
        """Let readers see whether a cause is reconciled, or let them not."""
        cause, provenance = target.load(log, kind)
        cause.show_reconciliation(public=public, reason=reason, provenance=provenance)
        log.save(cause)
        return cause

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Dispose of some of the requests of a cause that has ended, or do what is due with some of them.

        Returns:
            When the timer of the ledger is due next; None if never.
        """
        ledger = log.load(Ledger, timer.aggregate)
        if ledger.disposing_since is None:
            return self._handle_due_requests(log, ledger, timer)
        holding = find_holding(log, ledger.cause)
        ids = log.find_ids(unsettled_handle(ledger.cause.id), limit=AT_ONCE)
        log.read_ahead(ids)
        waiting = [each for each in (log.load(HeldRequest, id) for id in ids) if each.awaits_disposal(holding)]
        for request in waiting:
            dispose(log, request, holding, causation=timer.position)
            log.save(request)
        if len(waiting) == AT_ONCE:
            return log.now + PAUSE
        ledger.note_disposed(provenance=DISPOSITION.says(log, causation=timer.position))
        log.save(ledger)
        _reconcile(log, ledger.cause)
        first = _first_due(log, ledger)
        log.remind(ledger, first)
        return first

    def handle_due_request(self, log: Log, timer: Timer) -> datetime | None:
        """Do what is due with a request that has no cause, and thus no ledger that would find it.

        Returns:
            When it is due next; None if never.
        """
        request = log.load(HeldRequest, timer.aggregate)
        request.handle_due(provenance=BY_CLOCK.says(log, occurred_at=timer.due, causation=timer.position))
        log.save(request)
        return request.next_due

    def _handle_due_requests(self, log: Log, ledger: Ledger, timer: Timer) -> datetime | None:
        due = [each for each in log.find_ranked(due_handle(ledger.cause.id), limit=AT_ONCE) if each[1] <= log.now]
        log.read_ahead(id for id, _ in due)
        for id, moment in due:
            request = log.load(HeldRequest, id)
            request.handle_due(provenance=BY_CLOCK.says(log, occurred_at=moment, causation=timer.position))
            log.save(request)
        return log.now + PAUSE if len(due) == AT_ONCE else _first_due(log, ledger)


def _first_due(log: Log, ledger: Ledger) -> datetime | None:
    """Find when something is first due with a request of a cause; None if nothing is."""
    first = log.find_ranked(due_handle(ledger.cause.id), limit=1)
    return first[0][1] if first else None


def _reconcile(log: Log, cause: Cause) -> None:
    held_up = load_cause(log, cause)
    if held_up.ended_at is not None or not held_up.reconciliation.has_open:
        ledger = log.find(Ledger, Ledger.id_of(cause))
        has_open = (ledger is not None and ledger.disposing_since is not None) or bool(
            log.find_ids(unsettled_handle(cause.id), limit=1)
        )
        provenance = RECONCILIATION.says(log, causation=log.position)
        if has_open:
            held_up.note_requests(provenance=provenance)
        else:
            held_up.reconcile(provenance=provenance)
        if held_up.pending_events:
            log.save(held_up)


def _start_run(log: Log, cause: Cause) -> None:
    id = ReprocessingRun.id_by_policy(cause)
    if log.find(ReprocessingRun, id) is None:
        provenance = DISPOSITION.says(log, causation=log.position)
        log.save(ReprocessingRun.start(id=id, selection=Selection(cause=cause), by_policy=True, provenance=provenance))
