"""What holds of every held request, whatever has happened to it, and to what held it up."""

from __future__ import annotations

from datetime import datetime

from domain.ledger.held_request import HeldRequest, Means, Outcome, RequestState
from domain.people import person_key
from tests.domain.assertions import happened, recorded, replayed, state, typed
from tests.domain.request_world import World

WORK = {RequestState.REPROCESSING, RequestState.AWAITING_SOURCE}
FOR_PEOPLE = {RequestState.TO_CHECK, RequestState.AWAITING_SIGNATURE}
CAUSED = {"held_request.claim_lapsed", "held_request.lease_lapsed", "held_request.deadline_passed"}
BY_ANYBODY = {"held_request.held_back"}
"""What the clock can cause, and others as well."""
DECIDES = {
    "held_request.resent",
    "held_request.reprocessed",
    "held_request.decided",
    "held_request.signed",
    "held_request.merged",
}
"""What can settle a request, or let another one stand for it."""


def require_invariants(request: HeldRequest, world: World, now: datetime) -> None:
    """Fail if something does not hold of a request ``now``, after everything that is due was done."""
    assert typed(state(replayed(request))) == typed(state(request))
    require_sound_marks(request)
    require_sound_settlement(request)
    require_two_people(request)
    require_sound_work(request, now)
    require_policy_of_cause(request, world)
    require_handles(request)


def require_sound_marks(request: HeldRequest) -> None:
    """Fail if labels are not in order, or something was done twice in one bulk."""
    assert list(request.labels) == sorted(set(request.labels))
    assert len(request.notes) == len([bulk for bulk in request.bulks if bulk.startswith("n-")])
    assert len(set(request.bulks)) == len(request.bulks)


def require_sound_settlement(request: HeldRequest) -> None:
    """Fail if it is settled without a settlement, by nothing that settles, or about a content that nobody saw."""
    assert (request.state is RequestState.SETTLED) == (request.settlement is not None)
    assert (request.state is RequestState.MERGED) == (request.merged_into is not None)
    assert request.is_open == (request.state not in {RequestState.SETTLED, RequestState.MERGED})
    if request.settlement is not None and request.settlement.by is Means.CHECK:
        assert request.decision is not None
        assert request.settlement.outcome is request.decision.outcome
        assert request.decision.digest == request.content.digest
    assert not request.changed_after_settlement or request.opened_again_at is not None
    assert not request.resent_differently or request.resent_at is not None
    assert request.is_open or DECIDES & set(recorded(request))
    for event in happened(request):
        assert event.TOPIC in BY_ANYBODY or (event.provenance.actor == "clock") == (event.TOPIC in CAUSED)


def require_two_people(request: HeldRequest) -> None:
    """Fail if one person alone settled what needs two, or signed what is one's own."""
    decision = request.decision
    if decision is None or decision.signature is None:
        needed = request.needs_signature or (decision is not None and decision.outcome is Outcome.CANNOT_TELL)
        settlement = request.settlement
        assert not needed or settlement is None or settlement.by is not Means.CHECK
    else:
        assert person_key(decision.signature.person) != person_key(decision.person)


def require_sound_work(request: HeldRequest, now: datetime) -> None:
    """Fail if a claim, a lease or a deadline is where it cannot be, or the clock waits for something else."""
    assert request.state is not RequestState.AWAITING_SOURCE or not request.is_resent
    assert request.claim is None or request.state is RequestState.TO_CHECK
    assert request.lease is None or request.state is RequestState.REPROCESSING
    waits = request.due if request.state is RequestState.AWAITING_SOURCE else None
    claimed, leased = request.claim and request.claim.until, request.lease and request.lease.until
    [*dues] = [due for due in (waits, claimed, leased) if due is not None]
    assert len(dues) <= 1
    assert request.due_at == (dues[0] if dues else None)
    assert request.due_at is None or request.due_at > now


def require_policy_of_cause(request: HeldRequest, world: World) -> None:
    """Fail if it does not wait as its cause wants it to, or knows nothing of that the cause was taken back."""
    cause = world.of(request)
    if cause is None:
        assert (request.disposition, request.void) == (None, None)
        assert request.state not in WORK
        return
    if request.state in WORK:
        assert request.disposition == cause.policy
    if request.due is not None:
        assert request.disposed_at is not None
        assert request.due == request.disposed_at + cause.policy.deadline
    if request.is_open:
        assert request.void is cause.void
        assert (request.state is RequestState.HELD) <= (cause.ended_at is None)
        assert cause.void is None or request.state in FOR_PEOPLE
    if request.void is not None and request.disposition is not None:
        assert request.disposition.four_eyes or not cause.policy.four_eyes


def require_handles(request: HeldRequest) -> None:
    """Fail if it is not found where it is looked for, or where it is not."""
    open_in = 1 if request.cause is not None and request.is_open else 0
    is_due = 0 if request.cause is None or request.due_at is None else 1
    in_hands = len([hand for hand in (request.claim, request.lease) if hand is not None])
    assert request.next_due == (request.due_at if request.cause is None else None)
    assert len(request.handles) == 1 + open_in + is_due + in_hands
