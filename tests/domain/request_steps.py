"""What people and sources do to a held request beside what the builders of requests need."""

from collections.abc import Iterable
from datetime import datetime

from domain.ledger.cause import Holding
from domain.ledger.held_request import HeldRequest, Outcome, Resend
from tests.domain.builders import ana, provenance, the_alerts
from tests.domain.request_builders import ANA, BEN, BULK, CONTENT, a_holding


def keep(
    request: HeldRequest, moment: datetime, *, received: datetime | None = None, digest: str = CONTENT.digest
) -> None:
    """Let it know that its source sent it again, which settled nothing."""
    sent = Resend(received_at=received or moment, digest=digest)
    request.keep_resend(sent, provenance=the_alerts(moment))


def undo(
    request: HeldRequest, moment: datetime, holding: Holding | None = None, *, twin: HeldRequest | None = None
) -> None:
    """Let Ana say that it was not that."""
    request.undo_assignment(holding=holding or a_holding(), twin=twin, reason="the wrong one", provenance=ana(moment))


def label(
    request: HeldRequest, moment: datetime, *add: str, remove: Iterable[str] = (), bulk: str = "l-1", person: str = ANA
) -> bool:
    """Let a person set labels, and take others off."""
    return request.label_in_bulk(person=person, add=add, remove=tuple(remove), bulk=bulk, provenance=ana(moment))


def note(request: HeldRequest, moment: datetime, text: str = "told", *, bulk: str = "n-1", person: str = ANA) -> bool:
    """Let a person write a note."""
    return request.note_in_bulk(person=person, note=text, bulk=bulk, provenance=ana(moment))


def decide_in_bulk(
    request: HeldRequest,
    moment: datetime,
    outcome: Outcome = Outcome.DONE_NOW,
    *,
    person: str = ANA,
    bulk: str = BULK,
    basis: str | None = None,
) -> bool:
    """Let a person decide it with many others, as it is, or on another ``basis``."""
    return request.decide_in_bulk(
        person=person,
        outcome=outcome,
        note="all",
        basis=request.basis if basis is None else basis,
        bulk=bulk,
        provenance=ana(moment),
    )


def sign_in_bulk(
    request: HeldRequest, moment: datetime, *, person: str = BEN, bulk: str = "s-1", basis: str | None = None
) -> bool:
    """Let a second person agree to many, as it is, or on another ``basis``."""
    return request.sign_in_bulk(
        person=person,
        note="all",
        basis=request.basis if basis is None else basis,
        bulk=bulk,
        provenance=ana(moment),
    )


def withdraw_from_run(request: HeldRequest, moment: datetime, *, person: str = ANA) -> None:
    """Let a person take it out of what workers carry out."""
    request.withdraw_from_run(person=person, reason="it is there", provenance=ana(moment))


def release_claim(request: HeldRequest, moment: datetime, *, by: str | None = BEN) -> None:
    """Let another person end a claim."""
    request.release_claim(by=by, reason="gone home", provenance=ana(moment))


def send_back(request: HeldRequest, moment: datetime, *, person: str = BEN) -> None:
    """Let a second person disagree."""
    request.send_back(person=person, reason="look again", provenance=ana(moment))


def release_lease(request: HeldRequest, moment: datetime) -> None:
    """End the lease of a worker that is good no longer."""
    request.release_lease(reason="revoked", provenance=provenance("policy:access", moment))


def withdraw_in_bulk(request: HeldRequest, moment: datetime, *, bulk: str = BULK, person: str = ANA) -> bool:
    """Let a person take it out of what workers carry out, with many others."""
    return request.withdraw_in_bulk(person=person, reason="it is there", bulk=bulk, provenance=ana(moment))
