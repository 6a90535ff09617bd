"""Commands that take held requests in, settle what was sent again, and assign causes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from application.batches import ItemResult
from application.caller import Caller
from application.ledger.causes import find_holding
from application.ledger.disposition import catch_up, dispose, find_or_open_ledger, learn_void, reconcile, set_timers
from application.ledger.resends import KeptResends, ResendEntry, ResendIntake, find_same
from domain.errors import DomainError
from domain.ledger.cause import Cause
from domain.ledger.cause_ledger import Ledger
from domain.ledger.held_request import Content, HeldRequest, Reference

if TYPE_CHECKING:
    from uuid import UUID

    from application.log import Log
    from application.targets import Target
    from domain.ledger.cause import Holding
    from domain.provenance import Provenance


class HandedIn(StrEnum):
    """What became of a request that was handed in."""

    HELD = "held"
    REPEAT = "repeat"
    CHANGED = "changed"
    UNASSIGNED = "unassigned"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class RequestEntry:
    """A request as it is handed in; without a cause it waits for an operator."""

    cause: Cause | None
    reference: Reference
    received_at: datetime
    content: Content

    @cached_property
    def identities(self) -> tuple[UUID, ...]:
        """The ids of the request, which follow from cause and reference: that of today, and that of old logs."""
        return HeldRequest.ids_of(self.cause, self.reference)

    @property
    def identity(self) -> UUID:
        """The id that the request gets, unless its reference was another one's before."""
        return self.identities[0]


class HeldRequests:
    """Commands on held requests; each method runs inside one transaction of the log."""

    def __init__(self, tolerance: timedelta) -> None:
        """Let clocks of sources differ by ``tolerance``."""
        self._tolerance = tolerance

    def receive(self, log: Log, *, entries: Sequence[RequestEntry], caller: Caller) -> Sequence[ItemResult]:
        """Take requests in; one that is refused does not hold up the others, and the same one again is a repeat."""
        log.read_ahead(identity for entry in entries for identity in entry.identities)
        return _RequestIntake(log, self._tolerance, caller.says(log)).receive(entries)

    def receive_resends(self, log: Log, *, entries: Sequence[ResendEntry], caller: Caller) -> Sequence[ItemResult]:
        """Settle the requests that wait to be sent again; what settles nothing is kept."""
        return ResendIntake(log, self._tolerance, caller.says(log)).receive(entries)

    def assign(self, log: Log, *, target: Target, cause: Cause, reason: str | None) -> HeldRequest:
        """Say what held a request up that came without a cause.

        Raises:
            Invalid: if there is no such cause.
            AlreadyAssigned: if it has one.
            ClaimedByAnother: if a person checks it.
            CauseIsFixed: if it was decided.
            OutsideCause: if it was received before that began, or after it ended.
        """
        request, provenance = target.load(log, HeldRequest)
        catch_up(log, request)
        holding = find_holding(log, cause)
        ledger = log.find(Ledger, Ledger.id_of(cause))
        twin = _find_known(log, HeldRequest.ids_of(cause, request.reference), ledger)
        request.assign(holding=holding, twin=twin, reason=reason, tolerance=self._tolerance, provenance=provenance)
        causation = log.save(request)
        ledger = find_or_open_ledger(log, holding, causation)
        if twin is None:
            dispose(log, request, holding, causation=causation)
            log.save(request)
            identity = HeldRequest.id_of(cause, request.reference)
            ledger.note_assigned(identity=identity, request=request.id, provenance=provenance)
            log.save(ledger)
        else:
            log.save(twin)
        set_timers(log, [cause])
        reconcile(log, [cause])
        return request

    def undo_assignment(self, log: Log, *, target: Target, reason: str) -> HeldRequest:
        """Say that a request was assigned to the wrong cause: it waits for an operator again.

        Raises:
            NotAssigned: if it has no cause, or came with it.
            ClaimedByAnother: if a person checks it.
            CauseIsFixed: if a worker has it, it was decided or settled, or it stands for another one.
        """
        request, provenance = target.load(log, HeldRequest)
        catch_up(log, request)
        cause = request.cause
        holding = None if cause is None else find_holding(log, cause)
        twin = None if request.merged_into is None else log.load(HeldRequest, request.merged_into)
        request.undo_assignment(holding=holding, twin=twin, reason=reason, provenance=provenance)
        log.save(request)
        if twin is not None:
            log.save(twin)
        ledger = None if cause is None else log.find(Ledger, Ledger.id_of(cause))
        if ledger is not None:
            ledger.note_undone(request=request.id, provenance=provenance)
            log.save(ledger)
        set_timers(log, [cause])
        reconcile(log, [cause])
        return request


def _find_known(log: Log, identities: Iterable[UUID], ledger: Ledger | None) -> HeldRequest | None:
    for identity in identities:
        found = log.find(HeldRequest, identity if ledger is None else ledger.request_of(identity))
        if found is not None:
            return found
    return None


class _RequestIntake:
    """Requests of one command, with what is known of their causes."""

    def __init__(self, log: Log, tolerance: timedelta, provenance: Provenance) -> None:
        self._log = log
        self._tolerance = tolerance
        self._provenance = provenance
        self._known: dict[Cause, tuple[Holding, Ledger | None]] = {}
        self._resends = KeptResends(log, provenance)

    def receive(self, entries: Sequence[RequestEntry]) -> list[ItemResult]:
        """Take them in one by one; a reconciled cause for which one more came is reconciled no longer."""
        self._resends.read_ahead(entry.reference for entry in entries)
        opened: list[Cause | None] = []
        done = [self._receive(entry, opened) for entry in entries]
        set_timers(self._log, [cause for cause, (holding, _) in self._known.items() if holding.ended_at is not None])
        reconcile(self._log, opened)
        return done

    def _receive(self, entry: RequestEntry, opened: list[Cause | None]) -> ItemResult:
        try:
            holding, ledger = (None, None) if entry.cause is None else self._cause(entry.cause)
            known = _find_known(self._log, entry.identities, ledger)
            id = entry.identity
            if known is not None and entry.cause is None:
                known = self._without_cause(known, entry)
                id = HeldRequest.id_once_more(entry.reference, entry.received_at)
            if known is not None:
                return self._again(known, entry, holding, opened)
            self._begin(id, entry, holding)
        except DomainError as refusal:
            return ItemResult(outcome=HandedIn.REFUSED, refusal=refusal)
        opened.append(entry.cause)
        return ItemResult(outcome=HandedIn.UNASSIGNED if holding is None else HandedIn.HELD)

    def _without_cause(self, first: HeldRequest, entry: RequestEntry) -> HeldRequest | None:
        """Find which of the requests that came without a cause it is: the one received then, or that is unassigned."""
        if first.knows(entry.received_at):
            known: HeldRequest | None = first
        else:
            same = (self._log.load(HeldRequest, id) for id in find_same(self._log, entry.reference))
            came = [request for request in same if request.came_unassigned]
            then = (request for request in came if request.knows(entry.received_at))
            unassigned = (request for request in came if request.cause is None and request.is_open)
            known = next(then, None) or next(unassigned, None)
        if known is not None and known.merged_into is not None:
            return self._log.load(HeldRequest, known.merged_into)
        return known

    def _begin(self, id: UUID, entry: RequestEntry, holding: Holding | None) -> None:
        request = HeldRequest.receive(
            id=id,
            holding=holding,
            reference=entry.reference,
            received_at=entry.received_at,
            content=entry.content,
            tolerance=self._tolerance,
            provenance=self._provenance,
        )
        self._resends.note(request)
        if holding is not None:
            if self._known[holding.cause][1] is None:
                self._known[holding.cause] = holding, find_or_open_ledger(self._log, holding)
            if holding.ended_at is not None:
                dispose(self._log, request, holding)
        self._log.save(request)

    def _again(
        self, known: HeldRequest, entry: RequestEntry, holding: Holding | None, opened: list[Cause | None]
    ) -> ItemResult:
        known.receive_again(
            content=entry.content,
            received_at=entry.received_at,
            holding=holding,
            tolerance=self._tolerance,
            provenance=self._provenance,
        )
        happened = known.pending_events
        is_changed = any(isinstance(event, HeldRequest.Changed) for event in happened)
        if any(isinstance(event, HeldRequest.OpenedAgain) for event in happened):
            self._resends.note(known)
            learn_void(self._log, known)
            opened.append(known.cause)
        if happened:
            self._log.save(known)
        return ItemResult(outcome=HandedIn.CHANGED if is_changed else HandedIn.REPEAT)

    def _cause(self, cause: Cause) -> tuple[Holding, Ledger | None]:
        if cause not in self._known:
            holding = find_holding(self._log, cause)
            self._known[cause] = holding, self._log.find(Ledger, Ledger.id_of(cause))
        return self._known[cause]
