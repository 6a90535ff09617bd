"""Commands that take held requests in, settle what was sent again, and assign causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from application.batches import ItemResult
from application.caller import Caller
from application.ledger.causes import find_holding
from application.ledger.disposition import catch_up, dispose, find_or_open_ledger, reconcile, set_timers
from domain.errors import DomainError
from domain.ledger.cause import Cause
from domain.ledger.cause_ledger import Ledger
from domain.ledger.held_request import Content, HeldRequest, Reference, same_handle
from domain.ledger.held_request.guards import require_received

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


class SentAgain(StrEnum):
    """What became of a resend: whether it settled a request, had before, found none that waits for it, or none."""

    SETTLED = "settled"
    REPEAT = "repeat"
    NOT_WAITING = "not_waiting"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class RequestEntry:
    """A request as it is handed in; without a cause it waits for an operator."""

    cause: Cause | None
    reference: Reference
    received_at: datetime
    content: Content

    @cached_property
    def identity(self) -> UUID:
        """The id of the request, which follows from cause and reference."""
        return HeldRequest.id_of(self.cause, self.reference)


@dataclass(frozen=True, kw_only=True)
class ResendEntry:
    """A request that its source says to have sent again; ``received_at`` None means now."""

    reference: Reference
    received_at: datetime | None
    digest: str | None


class HeldRequests:
    """Commands on held requests; each method runs inside one transaction of the log."""

    def __init__(self, tolerance: timedelta) -> None:
        """Let clocks of sources differ by ``tolerance``."""
        self._tolerance = tolerance

    def receive(self, log: Log, *, entries: Sequence[RequestEntry], caller: Caller) -> Sequence[ItemResult]:
        """Take requests in; one that is refused does not hold up the others, and the same one again is a repeat."""
        log.read_ahead(entry.identity for entry in entries)
        return _RequestIntake(log, self._tolerance, caller.says(log)).receive(entries)

    def receive_resends(self, log: Log, *, entries: Sequence[ResendEntry], caller: Caller) -> Sequence[ItemResult]:
        """Settle the requests that wait to be sent again; those that wait for something else stay as they are."""
        provenance = caller.says(log)
        found = [log.find_ids(same_handle(entry.reference), limit=None) for entry in entries]
        log.read_ahead(id for ids in found for id in ids)
        settled: list[Cause | None] = []
        done = [self._resend(log, entry, ids, provenance, settled) for entry, ids in zip(entries, found, strict=True)]
        reconcile(log, settled)
        return done

    def assign(self, log: Log, *, target: Target, cause: Cause, reason: str | None) -> HeldRequest:
        """Say what held a request up that came without a cause.

        Raises:
            Invalid: if there is no such cause.
            AlreadyAssigned: if it has one.
            OutsideCause: if it was received before that began, or after it ended.
        """
        request, provenance = target.load(log, HeldRequest)
        holding = find_holding(log, cause)
        ledger = log.find(Ledger, Ledger.id_of(cause))
        identity = HeldRequest.id_of(cause, request.reference)
        known = identity if ledger is None else ledger.request_of(identity)
        other = None if log.find(HeldRequest, known) is None else known
        request.assign(holding=holding, other=other, reason=reason, tolerance=self._tolerance, provenance=provenance)
        causation = log.save(request)
        ledger = find_or_open_ledger(log, holding, causation)
        if other is None:
            dispose(log, request, holding, causation=causation)
            log.save(request)
            ledger.note_assigned(identity=identity, request=request.id, provenance=provenance)
            log.save(ledger)
        set_timers(log, [cause])
        reconcile(log, [cause])
        return request

    def _resend(
        self, log: Log, entry: ResendEntry, ids: Sequence[UUID], provenance: Provenance, settled: list[Cause | None]
    ) -> ItemResult:
        received_at = entry.received_at or provenance.recorded_at
        try:
            require_received(received_at, self._tolerance, provenance)
        except DomainError as refusal:
            return ItemResult(outcome=SentAgain.REFUSED, refusal=refusal)
        known = [log.load(HeldRequest, id) for id in ids]
        before = any(request.resent_at is not None for request in known)
        count = len(settled)
        for request in known:
            catch_up(log, request)
            if request.cause is not None:
                # It can come sooner than its request, whose cause has ended, is disposed of.
                dispose(log, request, find_holding(log, request.cause))
            if request.resend(received_at=received_at, digest=entry.digest, provenance=provenance):
                settled.append(request.cause)
            if request.pending_events:
                log.save(request)
                set_timers(log, [request.cause] if request.due_at is not None else [])
        if len(settled) > count:
            return ItemResult(outcome=SentAgain.SETTLED)
        if before:
            return ItemResult(outcome=SentAgain.REPEAT)
        return ItemResult(outcome=SentAgain.NOT_WAITING if known else SentAgain.UNMATCHED)


class _RequestIntake:
    """Requests of one command, with what is known of their causes."""

    def __init__(self, log: Log, tolerance: timedelta, provenance: Provenance) -> None:
        self._log = log
        self._tolerance = tolerance
        self._provenance = provenance
        self._known: dict[Cause, tuple[Holding, Ledger | None]] = {}

    def receive(self, entries: Sequence[RequestEntry]) -> list[ItemResult]:
        """Take them in one by one; a reconciled cause for which one more came is reconciled no longer."""
        begun: list[Cause | None] = []
        done = [self._receive(entry, begun) for entry in entries]
        set_timers(self._log, [cause for cause, (holding, _) in self._known.items() if holding.ended_at is not None])
        reconcile(self._log, begun)
        return done

    def _receive(self, entry: RequestEntry, begun: list[Cause | None]) -> ItemResult:
        try:
            holding, ledger = (None, None) if entry.cause is None else self._cause(entry.cause)
            id = entry.identity if ledger is None else ledger.request_of(entry.identity)
            known = self._log.find(HeldRequest, id)
            if known is not None:
                return self._again(known, entry, begun)
            self._begin(entry, holding)
        except DomainError as refusal:
            return ItemResult(outcome=HandedIn.REFUSED, refusal=refusal)
        begun.append(entry.cause)
        return ItemResult(outcome=HandedIn.UNASSIGNED if holding is None else HandedIn.HELD)

    def _begin(self, entry: RequestEntry, holding: Holding | None) -> None:
        request = HeldRequest.receive(
            id=entry.identity,
            holding=holding,
            reference=entry.reference,
            received_at=entry.received_at,
            content=entry.content,
            tolerance=self._tolerance,
            provenance=self._provenance,
        )
        if holding is not None:
            if self._known[holding.cause][1] is None:
                self._known[holding.cause] = holding, find_or_open_ledger(self._log, holding)
            if holding.ended_at is not None:
                dispose(self._log, request, holding)
        self._log.save(request)

    def _again(self, known: HeldRequest, entry: RequestEntry, begun: list[Cause | None]) -> ItemResult:
        was_open = known.is_open
        known.receive_again(content=entry.content, received_at=entry.received_at, provenance=self._provenance)
        if known.is_open is not was_open:
            begun.append(known.cause)
        is_changed = any(isinstance(event, HeldRequest.Changed) for event in known.pending_events)
        if known.pending_events:
            self._log.save(known)
        return ItemResult(outcome=HandedIn.CHANGED if is_changed else HandedIn.REPEAT)

    def _cause(self, cause: Cause) -> tuple[Holding, Ledger | None]:
        if cause not in self._known:
            holding = find_holding(self._log, cause)
            self._known[cause] = holding, self._log.find(Ledger, Ledger.id_of(cause))
        return self._known[cause]
