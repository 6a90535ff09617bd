"""The ledgers of causes: what is done when a cause ends, and when the last request of it is settled."""

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
"""How many requests are disposed of in one transaction: others wait meanwhile."""
PAUSE = timedelta(milliseconds=1)
"""After how long the next of them follow, behind the commands that wait."""
FOLLOWING = by_policy("ledger")
DISPOSITION = by_policy("disposition")
RECONCILIATION = by_policy("reconciliation")


def save_cause(log: Log, aggregate: CauseAggregate) -> int:
    """Record what happened to a cause; its ledger, if it has one, takes notice of its end.

    Returns:
        The position of its last event.
    """
    turns = [event for event in aggregate.pending_events if isinstance(event, TURNS)]
    position = log.save(aggregate)
    if turns:
        holding = holding_of(aggregate)
        ledger = log.find(Ledger, Ledger.id_of(holding.cause))
        if ledger is not None:
            told = FOLLOWING.says(log, occurred_at=turns[-1].provenance.occurred_at, causation=position)
            ledger.follow(ended_at=holding.ended_at, provenance=told)
            log.save(ledger)
            # A disposition that is given up leaves what was disposed of before, with deadlines of its own.
            expect(log, [holding.cause])
    return position


def ledger_of(log: Log, holding: Holding, causation: int | None = None) -> Ledger:
    """Give the ledger of a cause, which begins with this if there is none."""
    ledger = log.find(Ledger, Ledger.id_of(holding.cause))
    if ledger is None:
        told = FOLLOWING.says(log, causation=causation)
        ledger = Ledger.open(cause=holding.cause, ended_at=holding.ended_at, provenance=told)
        log.save(ledger)
    return ledger


def dispose(log: Log, request: HeldRequest, holding: Holding, *, causation: int | None = None) -> None:
    """Let a request go on by the policy of its cause, if that has ended; it has to be saved afterwards."""
    is_held = request.state is RequestState.HELD
    if holding.ended_at is None or not is_held:
        return
    told = DISPOSITION.says(log, occurred_at=max(holding.ended_at, request.held_since), causation=causation)
    request.dispose(holding=holding, provenance=told)
    if request.state is RequestState.REPROCESSING:
        _start_run(log, holding.cause)


def expect(log: Log, causes: Iterable[Cause | None]) -> None:
    """Let the clock visit the ledgers of these causes when something is due with a request of theirs."""
    for cause in dict.fromkeys(causes):
        ledger = None if cause is None else log.find(Ledger, Ledger.id_of(cause))
        if ledger is not None and ledger.disposing_since is None:
            log.remind(ledger, _first_due(log, ledger))


def bring_up(log: Log, request: HeldRequest) -> None:
    """Do what is due with a request, if the clock has not come to it yet; it has to be saved afterwards."""
    due = request.due_at
    if due is not None and due <= log.now:
        request.handle_due(provenance=BY_CLOCK.says(log, occurred_at=due, causation=None))


def reconcile(log: Log, causes: Iterable[Cause | None]) -> None:
    """Look whether these causes are reconciled, after what was recorded of their requests.

    One that has ended, and of which nothing is open, is; one that was, and of which one more is open, is so no longer.
    """
    for cause in dict.fromkeys(causes):
        if cause is not None:
            _reconcile(log, cause)


class Dispositions:
    """The use cases; each runs inside one command."""

    def show(self, log: Log, *, kind: type[C], target: Target, public: bool, reason: str | None) -> C:
        """Say whether readers are told if a cause is reconciled."""
        cause, told = target.load(log, kind)
        cause.show_reconciliation(public=public, reason=reason, provenance=told)
        log.save(cause)
        return cause

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Dispose of some of what a cause held up that has ended, or do what is due with some of its requests.

        Returns:
            When the clock has to come again.
        """
        ledger = log.load(Ledger, timer.aggregate)
        if ledger.disposing_since is None:
            return self._do_what_is_due(log, ledger, timer)
        holding = find_holding(log, ledger.cause)
        ids = log.find_ids(unsettled_handle(ledger.cause.id), limit=AT_ONCE)
        log.read_ahead(ids)
        held = [each for each in (log.load(HeldRequest, id) for id in ids) if each.state is RequestState.HELD]
        for request in held:
            dispose(log, request, holding, causation=timer.position)
            log.save(request)
        if len(held) == AT_ONCE:
            return log.now + PAUSE
        ledger.note_disposed(provenance=DISPOSITION.says(log, causation=timer.position))
        log.save(ledger)
        _reconcile(log, ledger.cause)
        first = _first_due(log, ledger)
        log.remind(ledger, first)
        return first

    def _do_what_is_due(self, log: Log, ledger: Ledger, timer: Timer) -> datetime | None:
        due = [each for each in log.find_ranked(due_handle(ledger.cause.id), limit=AT_ONCE) if each[1] <= log.now]
        log.read_ahead(id for id, _ in due)
        for id, moment in due:
            request = log.load(HeldRequest, id)
            request.handle_due(provenance=BY_CLOCK.says(log, occurred_at=moment, causation=timer.position))
            log.save(request)
        return log.now + PAUSE if len(due) == AT_ONCE else _first_due(log, ledger)


def _first_due(log: Log, ledger: Ledger) -> datetime | None:
    """Tell when something is due with a request of a cause, if anything ever is."""
    first = log.find_ranked(due_handle(ledger.cause.id), limit=1)
    return first[0][1] if first else None


def _reconcile(log: Log, cause: Cause) -> None:
    held_up = load_cause(log, cause)
    if held_up.ended_at is not None or not held_up.reconciliation.has_open:
        ledger = log.find(Ledger, Ledger.id_of(cause))
        has_open = (ledger is not None and ledger.disposing_since is not None) or bool(
            log.find_ids(unsettled_handle(cause.id), limit=1)
        )
        told = RECONCILIATION.says(log, causation=log.position)
        if has_open:
            held_up.note_requests(provenance=told)
        else:
            held_up.reconcile(provenance=told)
        if held_up.pending_events:
            log.save(held_up)


def _start_run(log: Log, cause: Cause) -> None:
    id = ReprocessingRun.id_by_policy(cause)
    if log.find(ReprocessingRun, id) is None:
        told = DISPOSITION.says(log, causation=log.position)
        log.save(ReprocessingRun.start(id=id, selection=Selection(cause=cause), by_policy=True, provenance=told))
