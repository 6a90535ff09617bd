"""What people do with held requests, one by one or many at once: check them, and mark them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import TooManyEntries
from domain.ledger.held_request import events, guards
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Finding, Outcome, RequestState
from domain.people import is_same_person

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from domain.aggregate import EventClass
    from domain.provenance import Provenance

MOST_LABELS = 20
"""How many labels one request can have."""
MOST_NOTES = 100
"""How many notes one request can have."""


class CheckedRequest(HeldRequestState):
    """The part of a held request that people check and mark."""

    if TYPE_CHECKING:

        def record(self, event_class: EventClass, *, provenance: Provenance, **facts: object) -> None:
            """Record what happened, as each aggregate does."""

    def attach(self, *, finding: Finding, person: str, provenance: Provenance) -> None:
        """Add evidence; no-op if there is the very same already.

        Raises:
            TooManyEntries: if there are a hundred pieces of evidence.
        """
        provenance.require_past()
        if any(each.finding == finding for each in self.evidence):
            return
        guards.require_room_for_evidence(self)
        self.record(events.EvidenceAttached, person=person, finding=finding, provenance=provenance)

    def claim_for(
        self, *, person: str, lease: timedelta, ends_by: datetime | None = None, provenance: Provenance
    ) -> None:
        """Claim it for one person for the time ``lease`` from now, but not beyond ``ends_by``; or prolong the claim.

        Raises:
            NotToBeChecked: if it does not wait to be checked.
            ClaimedByAnother: if another person has claimed it.
        """
        guards.require_to_check(self, person)
        until = provenance.recorded_at + lease
        self.record(
            events.WasClaimed,
            person=person,
            until=until if ends_by is None else min(until, ends_by),
            provenance=provenance,
        )

    def release(self, *, person: str, reason: str | None = None, provenance: Provenance) -> None:
        """Give up a claim without a decision.

        Raises:
            NotClaimed: if nobody has claimed it.
            ClaimedByAnother: if another person has.
        """
        guards.require_any_claim(self)
        guards.require_claimed(self, person)
        self.record(events.Released, person=person, by=None, reason=reason, provenance=provenance)

    def release_claim(self, *, by: str | None, reason: str, provenance: Provenance) -> None:
        """End the claim of whoever has it; ``by`` is the person who does, None for a policy.

        Raises:
            NotClaimed: if nobody has claimed it.
        """
        claim = guards.require_any_claim(self)
        self.record(events.Released, person=claim.person, by=by, reason=reason, provenance=provenance)

    def decide(
        self, *, person: str, outcome: Outcome, note: str, seen: str | None = None, provenance: Provenance
    ) -> None:
        """Decide what became of it; if its policy says so, or nobody can tell, another person has to sign.

        ``seen`` is the digest of the content that it is about: without, that which it had when it was claimed.

        Raises:
            NotToBeChecked: if it does not wait to be checked.
            NotClaimed: if nobody has claimed it.
            ClaimedByAnother: if another person has.
            ContentChanged: if its content is another now.
        """
        claim = guards.require_claimed(self, person)
        guards.require_seen(self, seen or claim.digest)
        self._decide(person, outcome, note, None, provenance)

    def decide_in_bulk(
        self, *, person: str, outcome: Outcome, note: str, basis: str, bulk: str, provenance: Provenance
    ) -> bool:
        """Decide it as part of a bulk, unless another person has claimed it, or it waits for no check any more.

        It is left out as well if it rests on another ``basis`` by now.

        Returns:
            Whether it is decided, now or by the same bulk decision before.
        """
        if bulk in self.bulks:
            # What was sent back, or reopened, since then is not decided the same way again by a mere repeat.
            return self.decision is not None and self.decision.bulk == bulk
        is_claimed = self.claim is not None and not is_same_person(self.claim.person, person)
        if not self.waits_for_check or is_claimed or basis != self.basis:
            return False
        self._decide(person, outcome, note, bulk, provenance)
        return True

    def sign(self, *, person: str, note: str | None, seen: str | None = None, provenance: Provenance) -> None:
        """Sign what another person decided; ``seen`` is the digest of the content that the signature is about.

        Raises:
            NothingToSign: if it does not wait for a signature.
            SamePerson: if the same person decided.
            ContentChanged: if its content is another now than was decided about, or was seen.
        """
        guards.require_second_person(self, person)
        guards.require_decided_about_content(self)
        guards.require_seen(self, seen or self.content.digest)
        self.record(events.WasSigned, person=person, note=note, bulk=None, provenance=provenance)

    def sign_in_bulk(self, *, person: str, note: str | None, basis: str, bulk: str, provenance: Provenance) -> bool:
        """Sign it as part of a bulk, unless the same person decided it, or it waits for no signature any more.

        It is left out as well if it rests on another ``basis`` by now, or did when it was decided.

        Returns:
            Whether it is signed, now or by the same bulk before.
        """
        if bulk in self.bulks:
            signature = None if self.decision is None else self.decision.signature
            return signature is not None and signature.bulk == bulk
        decision = self.decision
        if self.state is not RequestState.AWAITING_SIGNATURE or decision is None:
            return False
        if is_same_person(decision.person, person) or basis != self.basis or not guards.is_decided_about_content(self):
            return False
        self.record(events.WasSigned, person=person, note=note, bulk=bulk, provenance=provenance)
        return True

    def send_back(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Refuse to sign: it is to be checked again.

        Raises:
            NothingToSign: if it does not wait for a signature.
            SamePerson: if the same person decided.
        """
        guards.require_second_person(self, person)
        self.record(events.Returned, person=person, reason=reason, provenance=provenance)

    def reopen(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Reopen it, however it was settled: it is to be checked again.

        Raises:
            NotSettled: if it is not settled.
        """
        guards.require_settled(self)
        self.record(events.Reopened, person=person, reason=reason, provenance=provenance)

    def withdraw_from_run(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Take it out of what workers carry out, also while one has it: it is to be checked by hand.

        Raises:
            NotInRun: if it neither waits for a worker, nor has one.
        """
        guards.require_in_run(self)
        self.record(events.WithdrawnFromRun, person=person, reason=reason, bulk=None, provenance=provenance)

    def withdraw_in_bulk(self, *, person: str, reason: str, bulk: str, provenance: Provenance) -> bool:
        """Take it out of what workers carry out, as part of a bulk, unless it is in no run any more.

        Returns:
            Whether it is taken out, now or by the same bulk before.
        """
        if bulk in self.bulks:
            return True
        if self.state is not RequestState.REPROCESSING:
            return False
        self.record(events.WithdrawnFromRun, person=person, reason=reason, bulk=bulk, provenance=provenance)
        return True

    def label_in_bulk(
        self, *, person: str, add: Collection[str], remove: Collection[str], bulk: str, provenance: Provenance
    ) -> bool:
        """Set labels and take others off, as part of a bulk; no-op if that changes nothing.

        Returns:
            Whether it has them so by this bulk: it can be set otherwise since.

        Raises:
            TooManyEntries: if it would have more than twenty.
        """
        if bulk in self.bulks:
            return True
        added = tuple(sorted(set(add) - {*self.labels}))
        removed = tuple(sorted(set(remove) & {*self.labels}))
        if len(self.labels) + len(added) - len(removed) > MOST_LABELS:
            raise TooManyEntries(f"request {self.id} would have more than {MOST_LABELS} labels")
        if added or removed:
            self.record(
                events.LabelsChanged, person=person, added=added, removed=removed, bulk=bulk, provenance=provenance
            )
        return True

    def note_in_bulk(self, *, person: str, note: str, bulk: str, provenance: Provenance) -> bool:
        """Write a note, as part of a bulk, once.

        Returns:
            That it is written.

        Raises:
            TooManyEntries: if there are a hundred notes.
        """
        if bulk in self.bulks:
            return True
        if len(self.notes) >= MOST_NOTES:
            raise TooManyEntries(f"request {self.id} has {MOST_NOTES} notes; there can be no more")
        self.record(events.Noted, person=person, note=note, bulk=bulk, provenance=provenance)
        return True

    def _decide(self, person: str, outcome: Outcome, note: str, bulk: str | None, provenance: Provenance) -> None:
        self.record(
            events.Decided,
            person=person,
            outcome=outcome,
            note=note,
            needs_signature=self.needs_signature or outcome is Outcome.CANNOT_TELL,
            bulk=bulk,
            provenance=provenance,
        )
