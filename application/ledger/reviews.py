"""Commands by which people check held requests, one by one or in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from application.batches import ItemResult
from application.errors import SignInRequired
from application.ledger.disposition import catch_up, learn_void, reconcile, set_timers
from application.ledger.evidence import EvidenceEntry, attach_to_each
from application.ledger.resends import find_same
from application.targets import Target
from domain.errors import TooManyEntries
from domain.ledger.held_request import Finding, HeldRequest, Outcome, RequestState
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from uuid import UUID

    from application.caller import Caller
    from application.log import Log
    from domain.provenance import Provenance


class Reviews:
    """Commands of reviewers; each runs inside one transaction of the log.

    Those on one request return it as it is afterwards; ``person`` is who acts.
    """

    def __init__(self, lease: timedelta, *, has_provider: bool = False) -> None:
        """Let each claim last for ``lease``.

        With a provider of identities (``has_provider``), what needs four eyes has to come from who signed in there.
        """
        self._lease, self._has_provider = lease, has_provider

    def attach(self, log: Log, *, target: Target, finding: Finding, person: str) -> HeldRequest:
        """Add evidence that was found outside; if another one stands for the request, to that as well."""
        request = _act_on(
            log, target, lambda it, provenance: it.attach(finding=finding, person=person, provenance=provenance)
        )
        if request.merged_into is not None:
            twin = Target(id=request.merged_into, expected_version=None, caller=target.caller)
            self.attach(log, target=twin.at(target.occurred_at), finding=finding, person=person)
        return request

    def attach_to_all(
        self, log: Log, *, entries: Sequence[EvidenceEntry], person: str, caller: Caller
    ) -> Sequence[ItemResult]:
        """Add evidence to every request of each reference, and count these; one that is refused holds up no other."""
        found = [find_same(log, entry.reference) for entry in entries]
        log.read_ahead(id for ids in found for id in ids)
        return [
            attach_to_each(log, entry, ids, person, caller.says(log, occurred_at=entry.occurred_at))
            for entry, ids in zip(entries, found, strict=True)
        ]

    def claim(self, log: Log, *, target: Target, person: str, ends_by: datetime | None = None) -> HeldRequest:
        """Claim a request for checking, or prolong the claim; it ends by when the token of the person does."""
        return _act_on(
            log,
            target,
            lambda it, provenance: it.claim_for(
                person=person, lease=self._lease, ends_by=ends_by, provenance=provenance
            ),
        )

    def release(self, log: Log, *, target: Target, person: str, reason: str | None = None) -> HeldRequest:
        """Give up a claim without a decision."""
        return _act_on(
            log, target, lambda it, provenance: it.release(person=person, reason=reason, provenance=provenance)
        )

    def release_claim(self, log: Log, *, target: Target, person: str, reason: str) -> HeldRequest:
        """End the claim of another person, for a reason."""
        return _act_on(
            log, target, lambda it, provenance: it.release_claim(by=person, reason=reason, provenance=provenance)
        )

    def decide(
        self, log: Log, *, target: Target, outcome: Outcome, note: str, person: str, seen: str | None = None
    ) -> HeldRequest:
        """Decide what became of a claimed request; ``seen`` is the digest of the content that it is about.

        Without, it is about what the caller has read if the target says at which version, else about what was claimed.

        Raises:
            SignInRequired: if another person has to sign it, and it does not come from who signed in at the provider.
        """
        decided = _act_on(
            log,
            target,
            lambda it, provenance: it.decide(
                person=person, outcome=outcome, note=note, seen=_seen(it, target, seen), provenance=provenance
            ),
        )
        if decided.state is RequestState.AWAITING_SIGNATURE:
            self.require_sign_in(target.caller)
        return decided

    def sign(self, log: Log, *, target: Target, note: str | None, person: str, seen: str | None = None) -> HeldRequest:
        """Sign what another person decided; ``seen`` is the digest of the content that the signature is about.

        Raises:
            SignInRequired: if it has to come from who signed in at the provider of identities, and does not.
        """
        signed = _act_on(
            log, target, lambda it, provenance: it.sign(person=person, note=note, seen=seen, provenance=provenance)
        )
        self.require_sign_in(target.caller)
        return signed

    def needs_sign_in(self, caller: Caller) -> bool:
        """Whether a caller may not decide or sign what needs four eyes."""
        return self._has_provider and caller.signed_in is not SignInMethod.OIDC

    def require_sign_in(self, caller: Caller) -> None:
        """Refuse what needs four eyes if its caller did not sign in at the provider of identities.

        Raises:
            SignInRequired: if there is a provider, and the caller has a token, or signed in with one.
        """
        if self.needs_sign_in(caller):
            raise SignInRequired("a decision that another person has to sign, and the signature, need a sign-in")

    def require_sign_in_for(self, log: Log, *, ids: Sequence[UUID], outcome: Outcome, caller: Caller) -> None:
        """Refuse to decide many if one of them needs four eyes, and the caller did not sign in; see ``decide``.

        Raises:
            SignInRequired: as ``require_sign_in`` does.
        """
        log.read_ahead(ids)
        if outcome is Outcome.CANNOT_TELL or any(log.load(HeldRequest, id).needs_signature for id in ids):
            self.require_sign_in(caller)

    def withdraw_from_run(self, log: Log, *, target: Target, reason: str, person: str) -> HeldRequest:
        """Take a request out of what workers carry out: it is to be checked by hand."""
        return _act_on(
            log,
            target,
            lambda it, provenance: it.withdraw_from_run(person=person, reason=reason, provenance=provenance),
        )

    def send_back(self, log: Log, *, target: Target, reason: str, person: str) -> HeldRequest:
        """Refuse to sign: the request is to be checked again."""
        return _act_on(
            log, target, lambda it, provenance: it.send_back(person=person, reason=reason, provenance=provenance)
        )

    def reopen(self, log: Log, *, target: Target, reason: str, person: str) -> HeldRequest:
        """Reopen a settled request: it is to be checked again."""
        return _act_on(
            log, target, lambda it, provenance: it.reopen(person=person, reason=reason, provenance=provenance)
        )

    def exclude_bulk(self, log: Log, *, ids: Sequence[UUID], bulk: str) -> list[UUID]:
        """Return those of many requests that were not decided or signed as part of ``bulk``."""
        log.read_ahead(ids)
        return [id for id in ids if bulk not in log.load(HeldRequest, id).bulks]

    def decide_many(
        self,
        log: Log,
        *,
        seen: Mapping[UUID, str],
        outcome: Outcome,
        note: str,
        bulk: str,
        person: str,
        caller: Caller,
    ) -> int:
        """Decide many alike, each by the basis on which it was ``seen``.

        What somebody else has claimed or decided meanwhile is left out, and what has another basis by now.

        Returns:
            How many are decided in this bulk.
        """
        provenance = caller.says(log)
        return _act_on_many(
            log,
            tuple(seen),
            lambda it: it.decide_in_bulk(
                person=person, outcome=outcome, note=note, basis=seen[it.id], bulk=bulk, provenance=provenance
            ),
        )

    def sign_many(
        self, log: Log, *, seen: Mapping[UUID, str], note: str | None, bulk: str, person: str, caller: Caller
    ) -> int:
        """Sign many, each by the basis on which it was ``seen``.

        What waits for no signature any more, was decided by the same person, or has another basis by now is left out.

        Returns:
            How many are signed in this bulk.
        """
        provenance = caller.says(log)
        return _act_on_many(
            log,
            tuple(seen),
            lambda it: it.sign_in_bulk(person=person, note=note, basis=seen[it.id], bulk=bulk, provenance=provenance),
        )

    def withdraw_many(
        self, log: Log, *, ids: Sequence[UUID], reason: str, bulk: str, person: str, caller: Caller
    ) -> int:
        """Take many out of what workers carry out; what is in no run any more is left out.

        Returns:
            How many are taken out in this bulk.
        """
        provenance = caller.says(log)
        return _act_on_many(
            log,
            ids,
            lambda it: it.withdraw_in_bulk(person=person, reason=reason, bulk=bulk, provenance=provenance),
        )

    def label_many(
        self,
        log: Log,
        *,
        ids: Sequence[UUID],
        add: Sequence[str],
        remove: Sequence[str],
        bulk: str,
        person: str,
        caller: Caller,
    ) -> int:
        """Set labels of many, and take others off; what would have too many is left out.

        Returns:
            How many are labeled so.
        """
        provenance = caller.says(log)
        return _act_on_many(
            log,
            ids,
            lambda it: _has_room(
                lambda: it.label_in_bulk(person=person, add=add, remove=remove, bulk=bulk, provenance=provenance)
            ),
        )

    def note_many(self, log: Log, *, ids: Sequence[UUID], note: str, bulk: str, person: str, caller: Caller) -> int:
        """Write a note on many; what has too many is left out.

        Returns:
            On how many it is written.
        """
        provenance = caller.says(log)
        return _act_on_many(
            log,
            ids,
            lambda it: _has_room(lambda: it.note_in_bulk(person=person, note=note, bulk=bulk, provenance=provenance)),
        )


def _seen(request: HeldRequest, target: Target, seen: str | None) -> str | None:
    # Who names the version has read the content of it.
    return request.content.digest if seen is None and target.expected_version is not None else seen


def _has_room(act: Callable[[], bool]) -> bool:
    try:
        return act()
    except TooManyEntries:
        return False


def _act_on_many(log: Log, ids: Sequence[UUID], act: Callable[[HeldRequest], bool]) -> int:
    log.read_ahead(ids)
    requests = [log.load(HeldRequest, id) for id in ids]
    for request in requests:
        catch_up(log, request)
    done = [request for request in requests if act(request)]
    for request in requests:
        if request.pending_events:
            log.save(request)
    reconcile(log, [request.cause for request in done])
    return len(done)


def _act_on(log: Log, target: Target, act: Callable[[HeldRequest, Provenance], None]) -> HeldRequest:
    request, provenance = target.load(log, HeldRequest)
    was_open, was_due = request.is_open, request.due_at
    catch_up(log, request)
    act(request, provenance)
    learn_void(log, request)
    log.save(request)
    if request.due_at != was_due:
        set_timers(log, [request.cause])
    if request.is_open is not was_open:
        reconcile(log, [request.cause])
    return request
