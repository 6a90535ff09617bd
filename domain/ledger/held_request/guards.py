"""The guards of a held request: each raises if a command is not possible now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import TooManyEntries
from domain.instants import EARLIEST, written
from domain.ledger.errors import (
    CauseIsFixed,
    ClaimedByAnother,
    ContentChanged,
    NotAssigned,
    NotClaimed,
    NothingToSign,
    NotInRun,
    NotLeased,
    NotSettled,
    NotToBeChecked,
    NotToReprocess,
    ReceivedInFuture,
    ReceivedTooEarly,
    SamePerson,
)
from domain.ledger.held_request.values import Means, RequestState
from domain.people import is_same_person

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from domain.ledger.held_request.state import HeldRequestState
    from domain.ledger.held_request.values import Claim
    from domain.provenance import Provenance

MOST_EVIDENCE = 100
"""How much evidence one request can have."""
MOST_REPEATS = 100
"""How many repeats of one request are recorded; whatever comes after changes nothing."""
MOST_CHANGES = 100
"""How many times the content of one request can change."""


def require_assigned(request: HeldRequestState) -> None:
    """Refuse to take the cause away that no operator assigned, or on which something rests.

    Raises:
        NotAssigned: if it has no cause, or came with it.
        ClaimedByAnother: if a person checks it.
        CauseIsFixed: if a worker has it, it was decided or settled, or it stands for another one.
    """
    if request.cause is None:
        raise NotAssigned(f"request {request.id} has no cause")
    if not request.came_unassigned:
        raise NotAssigned(f"request {request.id} came with its cause, {request.cause}")
    if request.merges:
        other = request.merges[0].request
        raise CauseIsFixed(f"request {request.id} stands for {other}; undo that assignment first")
    require_in_nobodys_hands(request)


def require_in_nobodys_hands(request: HeldRequestState) -> None:
    """Refuse to change the cause of what somebody deals with, or has dealt with.

    Raises:
        ClaimedByAnother: if a person checks it.
        CauseIsFixed: if a worker has it, or it was decided or settled.
    """
    if request.claim is not None:
        raise ClaimedByAnother(request.id, person=request.claim.person, until=request.claim.until)
    if request.lease is not None:
        raise CauseIsFixed(
            f"request {request.id} is leased until {written(request.lease.until)}; what held it up cannot change now"
        )
    by = None if request.settlement is None else request.settlement.by
    if request.state is RequestState.AWAITING_SIGNATURE or by not in {None, Means.ASSIGNMENT}:
        how = "sent back" if request.state is RequestState.AWAITING_SIGNATURE else "reopened"
        raise CauseIsFixed(f"request {request.id} is {request.state}; what held it up cannot change until it is {how}")


def require_to_check(request: HeldRequestState, person: str) -> None:
    """Refuse whoever cannot check it now.

    Raises:
        NotToBeChecked: if it does not wait to be checked by hand.
        ClaimedByAnother: if another person checks it.
    """
    if not request.waits_for_check:
        raise NotToBeChecked(f"request {request.id} is {request.state}, and does not wait to be checked by hand")
    if request.claim is not None and not is_same_person(request.claim.person, person):
        raise ClaimedByAnother(request.id, person=request.claim.person, until=request.claim.until)


def require_any_claim(request: HeldRequestState) -> Claim:
    """Give the claim, whoever has it.

    Raises:
        NotClaimed: if nobody has.
    """
    if request.claim is None:
        raise NotClaimed(f"request {request.id} is claimed by nobody; claim it first")
    return request.claim


def require_claimed(request: HeldRequestState, person: str) -> Claim:
    """Refuse whoever has not claimed it, and give the claim of who has.

    Raises:
        NotClaimed: if nobody has.
        NotToBeChecked: if it does not wait to be checked by hand.
        ClaimedByAnother: if another person checks it.
    """
    require_to_check(request, person)
    return require_any_claim(request)


def require_second_person(request: HeldRequestState, person: str) -> None:
    """Refuse whoever cannot sign, or send back.

    Raises:
        NothingToSign: if it does not wait for a signature.
        SamePerson: if the same person decided.
    """
    decision = request.decision
    if request.state is not RequestState.AWAITING_SIGNATURE or decision is None:
        raise NothingToSign(f"request {request.id} is {request.state}, and does not wait for a signature")
    if is_same_person(decision.person, person):
        raise SamePerson(f"{person} decided request {request.id}; another person has to sign it, or send it back")


def require_seen(request: HeldRequestState, digest: str) -> None:
    """Refuse what is said about a content that the request no longer has.

    Raises:
        ContentChanged: if the content has another digest than was seen.
    """
    if digest != request.content.digest:
        raise ContentChanged(
            f"the content of request {request.id} is another than you saw; read it, and claim it again or send its"
            " digest",
            digest=request.content.digest,
            changed_at=request.changed_at,
        )


def require_decided_about_content(request: HeldRequestState) -> None:
    """Refuse to sign what was decided about another content.

    Raises:
        ContentChanged: if the content has changed since the decision.
    """
    if not is_decided_about_content(request):
        raise ContentChanged(
            f"the content of request {request.id} has changed since it was decided; send it back, to be checked again",
            digest=request.content.digest,
            changed_at=request.changed_at,
        )


def is_decided_about_content(request: HeldRequestState) -> bool:
    """Tell whether what was decided is about the content that the request has."""
    return request.decision is not None and request.decision.digest == request.content.digest


def require_settled(request: HeldRequestState) -> None:
    """Refuse to doubt what is not settled.

    Raises:
        NotSettled: if it is not.
    """
    if request.state is not RequestState.SETTLED:
        raise NotSettled(f"request {request.id} is {request.state}, and not settled")


def require_to_reprocess(request: HeldRequestState) -> None:
    """Refuse to hand out what does not wait for a worker.

    Raises:
        NotToReprocess: if it does not wait for one, or one has it.
    """
    if request.state is not RequestState.REPROCESSING or request.lease is not None:
        what = request.state if request.lease is None else f"leased until {written(request.lease.until)}"
        raise NotToReprocess(f"request {request.id} is {what}, and does not wait to be reprocessed")


def require_reported(request: HeldRequestState, run: UUID, worker: str) -> None:
    """Refuse another result of whoever has no lease, and reported none while having it.

    Raises:
        NotLeased: if the last result is not of this worker in this run.
    """
    attempt = request.attempt
    if attempt is None or (attempt.run, attempt.worker) != (run, worker):
        raise NotLeased(not_leased_message(request.id, run))


def require_in_run(request: HeldRequestState) -> None:
    """Refuse to take out of a run what is in none.

    Raises:
        NotInRun: if it neither waits for a worker, nor has one.
    """
    if request.state is not RequestState.REPROCESSING:
        raise NotInRun(f"request {request.id} is {request.state}, and waits for no worker")


def require_room_for_evidence(request: HeldRequestState) -> None:
    """Refuse more evidence than there can be.

    Raises:
        TooManyEntries: if there is as much already.
    """
    if len(request.evidence) >= MOST_EVIDENCE:
        raise TooManyEntries(f"request {request.id} has {MOST_EVIDENCE} pieces of evidence; there can be no more")


def require_room_for_change(request: HeldRequestState) -> None:
    """Refuse more changes of the content than there can be.

    Raises:
        TooManyEntries: if there were as many already.
    """
    if request.changes >= MOST_CHANGES:
        raise TooManyEntries(
            f"the content of request {request.id} has changed {MOST_CHANGES} times; it cannot change again"
        )


def not_leased_message(request: UUID, run: UUID) -> str:
    """Write the message of ``NotLeased``; it is the same for a request that does not exist."""
    return f"request {request} is not leased to this token in run {run}"


def require_received(received_at: datetime, tolerance: timedelta, provenance: Provenance) -> None:
    """Refuse what was not received yet, and what has the time of a clock that was never set.

    Clocks may differ by ``tolerance``.

    Raises:
        ReceivedInFuture: if it says so.
        ReceivedTooEarly: if it says to have been received before anything can have been.
    """
    if received_at < EARLIEST:
        raise ReceivedTooEarly(f"received at {written(received_at)}; the earliest that can be is {written(EARLIEST)}")
    if received_at - provenance.recorded_at > tolerance:
        latest = written(provenance.recorded_at + tolerance)
        raise ReceivedInFuture(f"received at {written(received_at)}, which has not come yet; the latest is {latest}")
