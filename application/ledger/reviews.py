"""How people check held requests by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from application.ledger.disposition import bring_up, expect, reconcile
from domain.ledger.held_request import HeldRequest

if TYPE_CHECKING:
    from uuid import UUID

    from application.caller import Caller
    from application.log import Log
    from application.targets import Target
    from domain.ledger.held_request import Finding, Outcome
    from domain.provenance import Provenance


class Reviews:
    """The use cases; each runs inside one command and gives the request as it is then; ``person`` is who asks."""

    def __init__(self, lease: timedelta) -> None:
        """Let a claim hold for ``lease``."""
        self._lease = lease

    def attach(self, log: Log, *, target: Target, finding: Finding, person: str) -> HeldRequest:
        """Add what was found outside."""
        return _done(log, target, lambda it, told: it.attach(finding=finding, person=person, provenance=told))

    def claim(self, log: Log, *, target: Target, person: str) -> HeldRequest:
        """Check a request, or go on to."""
        return _done(log, target, lambda it, told: it.claim_for(person=person, lease=self._lease, provenance=told))

    def release(self, log: Log, *, target: Target, person: str) -> HeldRequest:
        """Let it go undecided."""
        return _done(log, target, lambda it, told: it.release(person=person, provenance=told))

    def decide(self, log: Log, *, target: Target, outcome: Outcome, note: str, person: str) -> HeldRequest:
        """Say what became of it."""
        return _done(
            log, target, lambda it, told: it.decide(person=person, outcome=outcome, note=note, provenance=told)
        )

    def sign(self, log: Log, *, target: Target, note: str | None, person: str) -> HeldRequest:
        """Agree to what another person decided."""
        return _done(log, target, lambda it, told: it.sign(person=person, note=note, provenance=told))

    def send_back(self, log: Log, *, target: Target, reason: str, person: str) -> HeldRequest:
        """Do not agree."""
        return _done(log, target, lambda it, told: it.send_back(person=person, reason=reason, provenance=told))

    def reopen(self, log: Log, *, target: Target, reason: str, person: str) -> HeldRequest:
        """Doubt what became of it."""
        return _done(log, target, lambda it, told: it.reopen(person=person, reason=reason, provenance=told))

    def not_part_of(self, log: Log, *, ids: Sequence[UUID], bulk: str) -> list[UUID]:
        """Leave out of many requests those that were decided, or signed, in a bulk."""
        log.read_ahead(ids)
        return [id for id in ids if bulk not in log.load(HeldRequest, id).bulks]

    def decide_many(
        self, log: Log, *, ids: Sequence[UUID], outcome: Outcome, note: str, bulk: str, person: str, caller: Caller
    ) -> int:
        """Decide many alike, and leave out what somebody else has claimed or decided meanwhile.

        Returns:
            How many are decided in this bulk.
        """
        told = caller.says(log)
        return _many(
            log,
            ids,
            lambda it: it.decide_in_bulk(person=person, outcome=outcome, note=note, bulk=bulk, provenance=told),
        )

    def sign_many(
        self, log: Log, *, ids: Sequence[UUID], note: str | None, bulk: str, person: str, caller: Caller
    ) -> int:
        """Sign many, and leave out what waits for no signature any more, or was decided by the same person.

        Returns:
            How many are signed in this bulk.
        """
        told = caller.says(log)
        return _many(log, ids, lambda it: it.sign_in_bulk(person=person, note=note, bulk=bulk, provenance=told))


def _many(log: Log, ids: Sequence[UUID], act: Callable[[HeldRequest], bool]) -> int:
    log.read_ahead(ids)
    requests = [log.load(HeldRequest, id) for id in ids]
    for request in requests:
        bring_up(log, request)
    done = [request for request in requests if act(request)]
    for request in requests:
        if request.pending_events:
            log.save(request)
    reconcile(log, [request.cause for request in done])
    return len(done)


def _done(log: Log, target: Target, act: Callable[[HeldRequest, Provenance], None]) -> HeldRequest:
    request, told = target.load(log, HeldRequest)
    was_open, was_due = request.is_open, request.due_at
    bring_up(log, request)
    act(request, told)
    log.save(request)
    if request.due_at != was_due:
        expect(log, [request.cause])
    if request.is_open is not was_open:
        reconcile(log, [request.cause])
    return request
