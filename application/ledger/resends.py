"""What becomes of resends: they settle the requests that wait for them, or are kept for those that do not yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from application.batches import ItemResult
from application.ledger.causes import find_holding
from application.ledger.disposition import catch_up, dispose, reconcile, set_timers
from domain.comparison import comparable
from domain.errors import DomainError
from domain.ledger.cause import Cause
from domain.ledger.held_request import HeldRequest, Reference, RequestState, Resend, same_handles
from domain.ledger.held_request.guards import require_received
from domain.ledger.source_resend import SourceResend, kept_handle

if TYPE_CHECKING:
    from uuid import UUID

    from application.log import Log
    from domain.provenance import Provenance


class SentAgain(StrEnum):
    """What became of a resend: whether it settled a request, had before, found none that waits for it, or none.

    What settled nothing is kept.
    """

    SETTLED = "settled"
    REPEAT = "repeat"
    NOT_WAITING = "not_waiting"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class ResendEntry:
    """A request that its source says to have sent again; ``received_at`` None means now."""

    reference: Reference
    received_at: datetime | None
    digest: str | None


def find_same(log: Log, reference: Reference) -> list[UUID]:
    """List the ids of all requests that a source calls the same, whatever their cause, the last received first."""
    found = (log.find_ids(handle, limit=None) for handle in same_handles(reference))
    return list(dict.fromkeys(id for ids in found for id in ids))


class ResendIntake:
    """Resends of one command."""

    def __init__(self, log: Log, tolerance: timedelta, provenance: Provenance) -> None:
        """Let clocks differ by ``tolerance``."""
        self._log = log
        self._tolerance = tolerance
        self._provenance = provenance
        self._settled: list[Cause | None] = []

    def receive(self, entries: Sequence[ResendEntry]) -> list[ItemResult]:
        """Take them in one by one; one that is refused does not hold up the others."""
        found = [find_same(self._log, entry.reference) for entry in entries]
        self._log.read_ahead(id for ids in found for id in ids)
        self._log.read_ahead(SourceResend.id_of(entry.reference) for entry in entries)
        done = [self._receive(entry, ids) for entry, ids in zip(entries, found, strict=True)]
        reconcile(self._log, self._settled)
        return done

    def _receive(self, entry: ResendEntry, ids: Iterable[UUID]) -> ItemResult:
        resend = Resend(received_at=entry.received_at or self._provenance.recorded_at, digest=entry.digest)
        known = [request for request in self._load(ids) if request.state is not RequestState.MERGED]
        times = {request.resent_at for request in known} - {None}
        try:
            require_received(resend.received_at, self._tolerance, self._provenance)
            if self._settles_any(known, resend):
                return ItemResult(outcome=SentAgain.SETTLED)
            if resend.received_at not in times:
                self._keep(entry.reference, resend)
        except DomainError as refusal:
            return ItemResult(outcome=SentAgain.REFUSED, refusal=refusal)
        if times:
            return ItemResult(outcome=SentAgain.REPEAT)
        return ItemResult(outcome=SentAgain.NOT_WAITING if known else SentAgain.UNMATCHED)

    def _load(self, ids: Iterable[UUID]) -> list[HeldRequest]:
        return [self._log.load(HeldRequest, id) for id in ids]

    def _settles_any(self, known: Iterable[HeldRequest], resend: Resend) -> bool:
        """Settle the requests that wait for it; the others know it as evidence."""
        count = len(self._settled)
        for request in known:
            catch_up(self._log, request)
            if request.cause is not None:
                # It can come sooner than its request, whose cause has ended, is disposed of.
                dispose(self._log, request, find_holding(self._log, request.cause))
            if request.resend(received_at=resend.received_at, digest=resend.digest, provenance=self._provenance):
                self._settled.append(request.cause)
            request.keep_resend(resend, provenance=self._provenance)
            if request.pending_events:
                self._log.save(request)
                set_timers(self._log, [request.cause] if request.due_at is not None else [])
        return len(self._settled) > count

    def _keep(self, reference: Reference, resend: Resend) -> None:
        kept = self._log.find(SourceResend, SourceResend.id_of(reference))
        if kept is None:
            kept = SourceResend.keep(reference=reference, resend=resend, provenance=self._provenance)
        else:
            kept.keep_again(resend, provenance=self._provenance)
        if kept.pending_events:
            self._log.save(kept)


class KeptResends:
    """What is kept for requests that are handed in later."""

    def __init__(self, log: Log, provenance: Provenance) -> None:
        """Look into ``log``."""
        self._log = log
        self._provenance = provenance
        self._sources: set[str] = set()

    def read_ahead(self, references: Iterable[Reference]) -> None:
        """Find out of which sources anything is kept, and read that: of most sources nothing is."""
        wanted = list(references)
        sources = {comparable(each.source) for each in wanted}
        self._sources = {each for each in sources if self._log.find_ids(kept_handle(each), limit=1)}
        if self._sources:
            self._log.read_ahead(SourceResend.id_of(each) for each in wanted if self._is_known(each))

    def note(self, request: HeldRequest) -> None:
        """Let a request know what is kept of it; the caller saves the request."""
        if self._is_known(request.reference):
            kept = self._log.find(SourceResend, SourceResend.id_of(request.reference))
            if kept is not None:
                request.keep_resend(kept.resend, provenance=self._provenance)

    def _is_known(self, reference: Reference) -> bool:
        return bool(self._sources) and comparable(reference.source) in self._sources
