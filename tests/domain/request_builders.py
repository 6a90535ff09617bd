"""What the tests of held requests are given: a window that holds them up, and requests in every state."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from domain.ledger.cause import Cause, CauseType, Holding, Void
from domain.ledger.held_request import Content, Finding, HeldRequest, Outcome, Reference, RequestState, Result
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


def take_again(request: HeldRequest, moment: datetime, content: Content = CONTENT) -> None:
    """Hand it in again."""
    request.receive_again(content=content, provenance=the_alerts(moment))


def assign(
    request: HeldRequest, moment: datetime, holding: Holding | None = None, *, other: UUID | None = None
) -> None:
    """Let Ana say what held it up."""
    request.assign(
        holding=holding or a_holding(), other=other, reason="the log", tolerance=TOLERANCE, provenance=ana(moment)
    )


def dispose(request: HeldRequest, policy: RequestPolicy = BY_HAND, *, at: datetime = ENDED) -> None:
    """Let it go on by a policy, at the end of the window."""
    told = provenance("policy:disposition", at)
    request.dispose(holding=a_holding(policy, ended=ENDED), provenance=told)


def void(request: HeldRequest, moment: datetime = ENDED, policy: RequestPolicy = BY_HAND) -> None:
    """Let it learn that its cause was taken back."""
    told = provenance("policy:disposition", moment)
    request.dispose(holding=a_holding(policy, ended=moment, void=Void.WITHDRAWN), provenance=told)


def resend(request: HeldRequest, moment: datetime, *, received: datetime | None = None) -> bool:
    """Let its source send it again."""
    return request.resend(received_at=received or moment, digest=CONTENT.digest, provenance=the_alerts(moment))


def hand_out(request: HeldRequest, moment: datetime, *, run: UUID = RUN, worker: str = WORKER) -> None:
    """Lease it to a worker."""
    request.hand_out(run=run, worker=worker, until=moment + LEASE, provenance=the_alerts(moment))


def report(
    request: HeldRequest, moment: datetime, result: Result = Result.DONE, *, run: UUID = RUN, note: str | None = None
) -> bool:
    """Let a worker say what came of it."""
    return request.report(run=run, worker=WORKER, result=result, note=note, provenance=the_alerts(moment))


def attach(request: HeldRequest, moment: datetime, finding: Finding = SENT, *, person: str = ANA) -> None:
    """Add what was found outside."""
    request.attach(finding=finding, person=person, provenance=ana(moment))


def label(
    request: HeldRequest, moment: datetime, *add: str, remove: Iterable[str] = (), bulk: str = "l-1", person: str = ANA
) -> bool:
    """Let a person set labels, and take others off."""
    return request.label_in_bulk(person=person, add=add, remove=tuple(remove), bulk=bulk, provenance=ana(moment))


def note(request: HeldRequest, moment: datetime, text: str = "told", *, bulk: str = "n-1", person: str = ANA) -> bool:
    """Let a person write a note."""
    return request.note_in_bulk(person=person, note=text, bulk=bulk, provenance=ana(moment))


def claim(request: HeldRequest, moment: datetime, *, person: str = ANA) -> None:
    """Let a person check it."""
    request.claim_for(person=person, lease=CLAIM, provenance=ana(moment))


def release(request: HeldRequest, moment: datetime, *, person: str = ANA) -> None:
    """Let a person give it up."""
    request.release(person=person, provenance=ana(moment))


def decide(request: HeldRequest, moment: datetime, outcome: Outcome = Outcome.DONE_NOW, *, person: str = ANA) -> None:
    """Let a person say what became of it."""
    request.decide(person=person, outcome=outcome, note="seen", provenance=ana(moment))


def decide_in_bulk(
    request: HeldRequest,
    moment: datetime,
    outcome: Outcome = Outcome.DONE_NOW,
    *,
    person: str = ANA,
    bulk: str = BULK,
) -> bool:
    """Let a person decide it with many others."""
    return request.decide_in_bulk(person=person, outcome=outcome, note="all", bulk=bulk, provenance=ana(moment))


def sign(request: HeldRequest, moment: datetime, *, person: str = BEN) -> None:
    """Let a second person agree."""
    request.sign(person=person, note="so it is", provenance=ana(moment))


def send_back(request: HeldRequest, moment: datetime, *, person: str = BEN) -> None:
    """Let a second person disagree."""
    request.send_back(person=person, reason="look again", provenance=ana(moment))


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
    """Give a request whose cause, once it was assigned, had the same one already."""
    request = an_unassigned_request()
    assign(request, at("11:30"), other=HeldRequest.id_of(WINDOW, ORDER))
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
}
"""Requests in every state."""


def but_for(*states: RequestState) -> list[Given]:
    """Give requests in every other state."""
    return [given for given, state in GIVEN.items() if state not in states]
