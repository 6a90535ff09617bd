"""What the tests of held requests are given: a window that holds them up, and requests in every state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from domain.ledger.cause import Cause, CauseType, Holding, Void
from domain.ledger.held_request import (
    Content,
    Finding,
    HeldRequest,
    Outcome,
    Reference,
    RequestState,
    Result,
)
from domain.ledger.request_policy import Disposition, RequestPolicy
from tests.domain.builders import ana, at, provenance, the_alerts, the_clock

WINDOW = Cause(type=CauseType.MAINTENANCE_WINDOW, id=UUID(int=1))
LOSS = Cause(type=CauseType.RESTORATION, id=UUID(int=2))
BEGAN, RECEIVED, ENDED = at("10:00"), at("11:00"), at("12:00")
TOLERANCE = timedelta(minutes=5)
CLAIM = timedelta(minutes=30)
LEASE = timedelta(minutes=5)
DEADLINE = timedelta(hours=3)

ANA, BEN = "ana", "ben"
WORKER = "importer-1"
RUN = UUID(int=9)
BULK = "b-1"

ORDER = Reference(source="marketplace", kind="order", reference="4711")
CONTENT = Content(digest="ab" * 32, summary="two lamps")
OTHER_CONTENT = Content(digest="cd" * 32, summary="three lamps")
SENT = Finding(kind="tracking_number", source="marketplace", value="RR1", suggests=Outcome.ALREADY_DONE)

REPROCESS = RequestPolicy(policy=Disposition.REPROCESS, deadline=DEADLINE)
RESENDS = RequestPolicy(policy=Disposition.SOURCE_RESENDS, deadline=DEADLINE)
RETRIES = RequestPolicy(policy=Disposition.SOURCE_RETRIES, deadline=DEADLINE)
BY_HAND = RequestPolicy(policy=Disposition.CHECK_BY_HAND, deadline=DEADLINE)
FOUR_EYES = RequestPolicy(policy=Disposition.CHECK_BY_HAND, deadline=DEADLINE, four_eyes=True)

Given = Callable[[], HeldRequest]


def a_holding(
    policy: RequestPolicy = BY_HAND,
    *,
    kind: str = ORDER.kind,
    cause: Cause = WINDOW,
    began: datetime | None = BEGAN,
    ended: datetime | None = None,
    void: Void | None = None,
) -> Holding:
    """Give what is known of the window that held requests up; it goes on unless ``ended`` says otherwise."""
    return Holding(cause=cause, began_at=began, ended_at=ended, policies={kind: policy}, void=void)


def a_request(
    holding: Holding | None = None,
    *,
    reference: Reference = ORDER,
    received: datetime = RECEIVED,
    taken: datetime | None = None,
) -> HeldRequest:
    """Give a request that the window held up; it is handed in when it was received, or when ``taken`` says."""
    holding = holding or a_holding()
    return HeldRequest.receive(
        id=HeldRequest.id_of(holding.cause, reference),
        holding=holding,
        reference=reference,
        received_at=received,
        content=CONTENT,
        tolerance=TOLERANCE,
        provenance=the_alerts(taken or received),
    )


def an_unassigned_request(*, received: datetime = RECEIVED, taken: datetime | None = None) -> HeldRequest:
    """Give a request that came without a cause."""
    return HeldRequest.receive(
        id=HeldRequest.id_of(None, ORDER),
        holding=None,
        reference=ORDER,
        received_at=received,
        content=CONTENT,
        tolerance=TOLERANCE,
        provenance=the_alerts(taken or received),
    )


def take_again(
    request: HeldRequest,
    moment: datetime,
    content: Content = CONTENT,
    *,
    received: datetime = RECEIVED,
    holding: Holding | None = None,
) -> None:
    """Hand it in again, as it was received at first unless ``received`` says when it was once more."""
    request.receive_again(
        content=content, received_at=received, holding=holding, tolerance=TOLERANCE, provenance=the_alerts(moment)
    )


def assign(
    request: HeldRequest, moment: datetime, holding: Holding | None = None, *, twin: HeldRequest | None = None
) -> None:
    """Let Ana say what held it up."""
    request.assign(
        holding=holding or a_holding(), twin=twin, reason="the log", tolerance=TOLERANCE, provenance=ana(moment)
    )


def dispose(request: HeldRequest, policy: RequestPolicy = BY_HAND, *, at: datetime = ENDED) -> None:
    """Let it go on by a policy, at the end of the window."""
    told = provenance("policy:disposition", at)
    request.dispose(holding=a_holding(policy, ended=ENDED), provenance=told)


def void(request: HeldRequest, moment: datetime = ENDED, policy: RequestPolicy = BY_HAND) -> None:
    """Let it learn that its cause was taken back."""
    told = provenance("policy:disposition", moment)
    request.dispose(holding=a_holding(policy, ended=moment, void=Void.WITHDRAWN), provenance=told)


def resend(
    request: HeldRequest, moment: datetime, *, received: datetime | None = None, digest: str | None = CONTENT.digest
) -> bool:
    """Let its source send it again."""
    return request.resend(received_at=received or moment, digest=digest, provenance=the_alerts(moment))


def hand_out(request: HeldRequest, moment: datetime, *, run: UUID = RUN, worker: str = WORKER) -> None:
    """Lease it to a worker."""
    request.hand_out(run=run, worker=worker, until=moment + LEASE, provenance=the_alerts(moment))


def report(
    request: HeldRequest,
    moment: datetime,
    result: Result = Result.DONE,
    *,
    run: UUID = RUN,
    worker: str = WORKER,
    note: str | None = None,
) -> bool:
    """Let a worker say what came of it."""
    return request.report(run=run, worker=worker, result=result, note=note, provenance=the_alerts(moment))


def attach(request: HeldRequest, moment: datetime, finding: Finding = SENT, *, person: str = ANA) -> None:
    """Add what was found outside."""
    request.attach(finding=finding, person=person, provenance=ana(moment))


def claim(request: HeldRequest, moment: datetime, *, person: str = ANA) -> None:
    """Let a person check it."""
    request.claim_for(person=person, lease=CLAIM, provenance=ana(moment))


def release(request: HeldRequest, moment: datetime, *, person: str = ANA) -> None:
    """Let a person give it up."""
    request.release(person=person, provenance=ana(moment))


def decide(
    request: HeldRequest,
    moment: datetime,
    outcome: Outcome = Outcome.DONE_NOW,
    *,
    person: str = ANA,
    seen: str | None = None,
) -> None:
    """Let a person say what became of it."""
    request.decide(person=person, outcome=outcome, note="seen", seen=seen, provenance=ana(moment))


def sign(request: HeldRequest, moment: datetime, *, person: str = BEN, seen: str | None = None) -> None:
    """Let a second person agree."""
    request.sign(person=person, note="so it is", seen=seen, provenance=ana(moment))


def reopen(request: HeldRequest, moment: datetime, *, person: str = BEN) -> None:
    """Let a person doubt what became of it."""
    request.reopen(person=person, reason="a complaint", provenance=ana(moment))


def handle_due(request: HeldRequest, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let the clock visit it for what is due at ``moment``."""
    request.handle_due(provenance=the_clock(moment, recorded))


def let_time_pass(request: HeldRequest, *, until: datetime) -> None:
    """Let the clock do what is due up to ``until``, in order."""
    while request.due_at is not None and request.due_at <= until:
        handle_due(request, request.due_at, recorded=until)


def a_disposed_request(policy: RequestPolicy = BY_HAND) -> HeldRequest:
    """Give a request that goes on by a policy since the end of the window."""
    request = a_request()
    dispose(request, policy)
    return request


def one_to_reprocess() -> HeldRequest:
    """Give a request that waits for a worker."""
    return a_disposed_request(REPROCESS)


def a_leased_request() -> HeldRequest:
    """Give a request that a worker has had since half past twelve."""
    request = one_to_reprocess()
    hand_out(request, at("12:30"))
    return request


def one_awaiting_source() -> HeldRequest:
    """Give a request that its source has to send again until three."""
    return a_disposed_request(RESENDS)


def one_to_check() -> HeldRequest:
    """Give a request that waits for anybody to check it."""
    return a_disposed_request()


def a_claimed_request(policy: RequestPolicy = BY_HAND) -> HeldRequest:
    """Give a request that Ana has been checking since half past twelve."""
    request = a_disposed_request(policy)
    claim(request, at("12:30"))
    return request


def one_awaiting_signature() -> HeldRequest:
    """Give a request that Ana has decided, and another person has to sign."""
    request = a_claimed_request(FOUR_EYES)
    decide(request, at("12:40"))
    return request


def a_resent_request() -> HeldRequest:
    """Give a request that was settled by its source."""
    request = one_awaiting_source()
    resend(request, at("12:40"))
    return request


def a_reprocessed_request() -> HeldRequest:
    """Give a request that a worker has carried out."""
    request = a_leased_request()
    report(request, at("12:31"))
    return request


def a_decided_request() -> HeldRequest:
    """Give a request that Ana has settled."""
    request = a_claimed_request()
    decide(request, at("12:40"))
    return request


def a_signed_request() -> HeldRequest:
    """Give a request that Ana has settled, and Ben has signed."""
    request = one_awaiting_signature()
    sign(request, at("12:50"))
    return request


def one_found_twice() -> HeldRequest:
    """Give a request whose cause had the same one already, as such were settled in old logs."""
    request = an_unassigned_request()
    told, other = ana(at("11:30")), HeldRequest.id_of(WINDOW, ORDER)
    request.record(HeldRequest.Assigned, cause=WINDOW, reason=None, provenance=told)
    request.record(HeldRequest.FoundTwice, other=other, policy=BY_HAND, provenance=told)
    return request


def a_merged_request(twin: HeldRequest | None = None) -> HeldRequest:
    """Give a request that was merged into the one that the window had already."""
    request = an_unassigned_request()
    assign(request, at("11:30"), twin=twin or a_request())
    return request


SETTLED: tuple[Given, ...] = (
    a_resent_request,
    a_reprocessed_request,
    a_decided_request,
    a_signed_request,
    one_found_twice,
)
GIVEN: dict[Given, RequestState] = {
    a_request: RequestState.HELD,
    an_unassigned_request: RequestState.HELD,
    one_to_reprocess: RequestState.REPROCESSING,
    a_leased_request: RequestState.REPROCESSING,
    one_awaiting_source: RequestState.AWAITING_SOURCE,
    one_to_check: RequestState.TO_CHECK,
    a_claimed_request: RequestState.TO_CHECK,
    one_awaiting_signature: RequestState.AWAITING_SIGNATURE,
    **dict.fromkeys(SETTLED, RequestState.SETTLED),
    a_merged_request: RequestState.MERGED,
}
"""Requests in every state."""


def but_for(*states: RequestState) -> list[Given]:
    """Give requests in every other state."""
    return [given for given, state in GIVEN.items() if state not in states]


NOT_TO_CHECK = [given for given in but_for(RequestState.TO_CHECK) if given is not an_unassigned_request]
"""Requests that nobody can check: one without a cause is to be checked or assigned."""
