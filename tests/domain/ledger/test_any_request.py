"""Whatever sources, workers, people and the clock do to a held request, in whatever order, some things always hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.errors import DomainError
from domain.ledger.cause import Holding
from domain.ledger.held_request import Content, HeldRequest, Means, Outcome, RequestState, Result
from domain.ledger.request_policy import Disposition, RequestPolicy
from domain.people import person_key
from tests.domain.assertions import happened, recorded, replayed, state, typed
from tests.domain.builders import TICK, at
from tests.domain.request_builders import (
    CLAIM,
    CONTENT,
    ENDED,
    LEASE,
    OTHER_CONTENT,
    RECEIVED,
    RUN,
    SENT,
    a_holding,
    a_request,
    an_unassigned_request,
    assign,
    attach,
    claim,
    decide,
    dispose,
    hand_out,
    handle_due,
    release,
    reopen,
    report,
    resend,
    sign,
    take_again,
)
from tests.domain.request_steps import (
    decide_in_bulk,
    keep,
    label,
    note,
    release_claim,
    send_back,
    sign_in_bulk,
    undo,
    withdraw_from_run,
)

OTHER_RUN = UUID(int=10)
WAITS = {RequestState.REPROCESSING, RequestState.AWAITING_SOURCE, RequestState.TO_CHECK}
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

# Two of them are spelled in another way, too.
people = st.sampled_from(["ana", "ben", "cara", " Ana", "BEN\u200b"])
workers = st.sampled_from(["importer-1", "importer-2"])
digests = st.sampled_from([None, None, None, CONTENT.digest, OTHER_CONTENT.digest])
often = st.sampled_from([True, True, True, False])
rarely = st.sampled_from([False, False, False, True])
labels = st.sampled_from(["after-0100", "told", "vip"])
bulks = st.sampled_from(["b-1", "b-2"])
policies = st.builds(
    RequestPolicy,
    policy=st.sampled_from([*Disposition, Disposition.REPROCESS, Disposition.REPROCESS]),
    deadline=st.sampled_from([timedelta(minutes=40), timedelta(hours=3)]),
    four_eyes=st.booleans(),
)
steps = st.sampled_from([TICK, LEASE - TICK, LEASE, CLAIM - TICK, CLAIM, timedelta(hours=2)])
outcomes = st.sampled_from([*Outcome, Outcome.DONE_NOW, Outcome.DONE_NOW])


class AnyRequest(RuleBasedStateMachine):
    """One request, at times a twin of it, three people, two workers, two contents, and a clock that is never late."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("11:00")
        self.policy = RequestPolicy()
        self.request = a_request()
        self.has_ended = False
        self.twin: HeldRequest | None = None

    @initialize(policy=policies, assigned=often, goes_on=rarely)
    def begin(self, policy: RequestPolicy, assigned: bool, goes_on: bool) -> None:
        self.policy = policy
        self.request = a_request() if assigned else an_unassigned_request()
        self.wait(timedelta(0) if goes_on else ENDED - RECEIVED)

    def attempt(self, do: Callable[..., object], *facts: object, **named: object) -> object:
        """Do what may be refused, or change nothing; then nothing was recorded."""
        count, known = len(recorded(self.request)), state(self.request)
        answer: object = None
        try:
            answer = do(self.request, self.now, *facts, **named)
        except DomainError:
            assert len(recorded(self.request)) == count
        if len(recorded(self.request)) == count:
            assert state(self.request) == known
        return answer

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        while self.request.due_at is not None and self.request.due_at <= self.now:
            due = self.request.due_at
            handle_due(self.request, due, recorded=self.now)
        self.has_ended = self.now >= ENDED
        if self.has_ended and self.request.cause is not None and self.request.state is RequestState.HELD:
            dispose(self.request, self.policy, at=max(ENDED, self.request.held_since))
            self.wait(timedelta(0))

    @rule(moment=st.sampled_from([ENDED, ENDED + CLAIM]))
    def visit_for_nothing(self, moment: datetime) -> None:
        if moment != self.request.due_at:
            before = recorded(self.request)
            handle_due(self.request, moment, recorded=self.now)
            assert recorded(self.request) == before

    @rule(other=st.booleans(), once_more=st.booleans())
    def take_again(self, other: bool, once_more: bool) -> None:
        received = self.now if once_more else self.request.received_at
        content, was_settled = OTHER_CONTENT if other else CONTENT, self.request.state is RequestState.SETTLED
        is_news = not self.request.has_seen(received, content.digest) and content != self.request.content
        self.come(content, received)
        assert not (was_settled and is_news and self.request.state is RequestState.SETTLED)

    def come(self, content: Content, received: datetime) -> None:
        """Hand it in again, or what stands for it."""
        if self.twin is not None and self.request.merged_into is not None:
            take_again(self.twin, self.now, content, received=received)
        else:
            self.attempt(take_again, content, received=received)

    def change(self) -> None:
        """Hand it in again with the other one of two contents."""
        self.come(CONTENT if self.request.content == OTHER_CONTENT else OTHER_CONTENT, self.request.received_at)

    @precondition(lambda self: self.request.cause is None)
    @rule(twice=st.booleans(), changes=st.booleans())
    def assign(self, twice: bool, changes: bool) -> None:
        if changes and self.request.cause is None:
            self.change()
        twin = a_request() if twice else None
        was_assigned, count = self.request.cause is not None, len(self.request.evidence)
        self.attempt(assign, self.holding(), twin=twin)
        if twin is not None and self.request.cause is not None and not was_assigned:
            self.twin = twin
            assert ([each.request for each in twin.merges], self.request.merged_into) == ([self.request.id], twin.id)
            assert (twin.content, len(twin.evidence)) == (self.request.content, count)
            assert typed(state(replayed(twin))) == typed(state(twin))
        self.wait(timedelta(0))

    @precondition(lambda self: self.request.came_unassigned and self.request.cause is not None)
    @rule()
    def undo(self) -> None:
        twin = self.twin if self.request.merged_into else None
        content = twin and (CONTENT if twin.content == self.request.content else twin.content)
        self.attempt(undo, self.holding(), twin=twin)
        if twin is not None and self.request.merged_into is None:
            assert (twin.merges, twin.content) == ((), content)

    def holding(self) -> Holding:
        return replace(a_holding(self.policy), ended_at=ENDED if self.has_ended else None)

    @rule(before=st.sampled_from([timedelta(0), timedelta(minutes=30), timedelta(hours=9)]))
    def resend(self, before: timedelta) -> None:
        waits = self.request.state is RequestState.AWAITING_SOURCE or is_unclaimed(self.request)
        is_later = self.now - before > self.request.last_received_at

        assert self.attempt(resend, received=self.now - before) is (waits and is_later)
        if not (waits and is_later):
            self.attempt(keep, received=self.now - before)
            assert self.request.is_resent or not self.request.is_open or not is_later

    @precondition(lambda self: self.request.state is RequestState.REPROCESSING)
    @rule(run=st.sampled_from([RUN, OTHER_RUN]), worker=workers, changes=st.booleans())
    def hand_out(self, run: UUID, worker: str, changes: bool) -> None:
        self.attempt(hand_out, run=run, worker=worker)
        if changes:
            self.change()

    @precondition(lambda self: self.request.state is RequestState.REPROCESSING or self.request.runs)
    @rule(
        run=st.sampled_from([RUN, RUN, OTHER_RUN]),
        worker=workers,
        result=st.sampled_from(Result),
        lessee=st.none() | workers,
    )
    def report(self, run: UUID, worker: str, result: Result, lessee: str | None) -> None:
        if lessee is not None:
            self.attempt(hand_out, run=RUN, worker=lessee)
        lease, before = self.request.lease, self.request.state
        counts = lease is not None and (lease.run, lease.worker) == (run, worker)
        assert bool(self.attempt(report, result, run=run, worker=worker)) is counts
        if lease is not None and counts:
            settles = result is not Result.FAILED and lease.digest == self.request.content.digest
            assert self.request.state is (RequestState.SETTLED if settles else RequestState.TO_CHECK)
        else:
            assert (self.request.state, self.request.lease) == (before, lease)

    @precondition(lambda self: self.request.state is RequestState.REPROCESSING)
    @rule(person=people)
    def withdraw_from_run(self, person: str) -> None:
        was_in_run = self.request.state is RequestState.REPROCESSING
        self.attempt(withdraw_from_run, person=person)
        assert not was_in_run or (self.request.state, self.request.lease) == (RequestState.TO_CHECK, None)

    @rule(person=people, add=st.sets(labels, max_size=2), remove=st.sets(labels, max_size=2), bulk=st.integers(0, 3))
    def mark(self, person: str, add: set[str], remove: set[str], bulk: int) -> None:
        self.attempt(label, *add, remove=remove - add, bulk=f"l-{bulk}", person=person)
        self.attempt(note, bulk=f"n-{bulk}", person=person)
        self.attempt(attach, replace(SENT, value=str(bulk)), person=person)

    @rule(person=people, do=st.sampled_from([claim, release, None]))
    def hold(self, person: str, do: Callable[..., None] | None) -> None:
        if do is not None:
            self.attempt(do, person=person)
        else:
            self.attempt(release_claim, by=person)
            assert self.request.claim is None

    @precondition(lambda self: self.request.state in {RequestState.AWAITING_SIGNATURE, RequestState.SETTLED})
    @rule(person=people, do=st.sampled_from([send_back, reopen]))
    def doubt(self, person: str, do: Callable[..., None]) -> None:
        self.attempt(do, person=person)

    @precondition(lambda self: self.request.waits_for_check)
    @rule(person=people, outcome=outcomes, seen=digests, claims=often, changes=rarely)
    def decide(self, person: str, outcome: Outcome, seen: str | None, claims: bool, changes: bool) -> None:
        if claims:
            self.attempt(claim, person=person)
        if changes:
            self.change()
        self.attempt(decide, outcome, person=person, seen=seen)

    @precondition(lambda self: self.request.state is RequestState.AWAITING_SIGNATURE)
    @rule(person=people, seen=digests, changes=st.booleans())
    def sign(self, person: str, seen: str | None, changes: bool) -> None:
        if changes:
            self.change()
        self.attempt(sign, person=person, seen=seen)

    @precondition(lambda self: self.request.waits_for_check or self.request.decision is not None)
    @rule(person=people, outcome=outcomes, bulk=bulks, is_seen=st.booleans())
    def decide_in_bulk(self, person: str, outcome: Outcome, bulk: str, is_seen: bool) -> None:
        was_part = bulk in self.request.bulks
        basis = None if is_seen else "another"
        assert not self.attempt(decide_in_bulk, outcome, person=person, bulk=bulk, basis=basis) or is_seen or was_part

    @precondition(lambda self: self.request.decision is not None)
    @rule(person=people, bulk=st.sampled_from(["s-1", "s-2"]), is_seen=st.booleans())
    def sign_in_bulk(self, person: str, bulk: str, is_seen: bool) -> None:
        was_part = bulk in self.request.bulks
        basis = None if is_seen else "another"
        assert not self.attempt(sign_in_bulk, person=person, bulk=bulk, basis=basis) or is_seen or was_part

    @invariant()
    def labels_are_sorted_and_notes_are_written_once(self) -> None:
        assert list(self.request.labels) == sorted(set(self.request.labels))
        assert len(self.request.notes) == len([bulk for bulk in self.request.bulks if bulk.startswith("n-")])

    @invariant()
    def replay_gives_the_same(self) -> None:
        assert typed(state(replayed(self.request))) == typed(state(self.request))

    @invariant()
    def settled_is_what_has_a_settlement(self) -> None:
        request = self.request
        assert (request.state is RequestState.SETTLED) == (request.settlement is not None)
        assert (request.state is RequestState.MERGED) == (request.merged_into is not None)
        assert request.is_open == (request.state not in {RequestState.SETTLED, RequestState.MERGED})
        if request.settlement is not None and request.settlement.by is Means.CHECK:
            assert request.decision is not None
            assert request.settlement.outcome is request.decision.outcome

    @invariant()
    def nothing_is_settled_by_what_nobody_has_seen(self) -> None:
        request = self.request
        if request.settlement is not None and request.settlement.by is Means.CHECK:
            assert request.decision is not None
            assert request.decision.digest == request.content.digest
        assert not request.changed_after_settlement or request.opened_again_at is not None

    @invariant()
    def what_was_sent_again_does_not_wait_for_its_source(self) -> None:
        assert self.request.state is not RequestState.AWAITING_SOURCE or not self.request.is_resent

    @invariant()
    def claims_and_leases_are_where_work_is_done(self) -> None:
        request = self.request
        assert request.claim is None or request.state is RequestState.TO_CHECK
        assert request.lease is None or request.state is RequestState.REPROCESSING
        assert request.claim is None or request.claim.until > self.now
        assert request.lease is None or request.lease.until > self.now

    @invariant()
    def the_clock_waits_for_what_runs_out_first(self) -> None:
        request = self.request
        waits = request.due if request.state is RequestState.AWAITING_SOURCE else None
        claimed, leased = request.claim and request.claim.until, request.lease and request.lease.until
        [*dues] = [due for due in (waits, claimed, leased) if due is not None]
        assert len(dues) <= 1
        assert request.due_at == (dues[0] if dues else None)
        assert request.due_at is None or request.due_at > self.now

    @invariant()
    def waiting_for_others_follows_from_the_policy(self) -> None:
        request = self.request
        if request.state in WAITS - {RequestState.TO_CHECK}:
            assert request.disposition == self.policy
        if request.due is not None:
            assert request.disposed_at is not None
            assert request.due == request.disposed_at + self.policy.deadline

    @invariant()
    def nothing_is_settled_but_by_what_settles(self) -> None:
        request = self.request
        for event in happened(request):
            assert event.TOPIC in BY_ANYBODY or (event.provenance.actor == "clock") == (event.TOPIC in CAUSED)
        if not request.is_open:
            assert DECIDES & set(recorded(request))

    @invariant()
    def two_people_stand_for_what_needs_two(self) -> None:
        decision = self.request.decision
        if decision is None or decision.signature is None:
            needed = self.request.needs_signature or (decision is not None and decision.outcome is Outcome.CANNOT_TELL)
            settlement = self.request.settlement
            assert not needed or settlement is None or settlement.by is not Means.CHECK
        else:
            assert person_key(decision.signature.person) != person_key(decision.person)

    @invariant()
    def it_is_found_where_it_is_looked_for(self) -> None:
        request = self.request
        open_in = 1 if request.cause is not None and request.is_open else 0
        is_due = 0 if request.cause is None or request.due_at is None else 1
        is_claimed = 0 if request.claim is None else 1
        assert request.next_due == (request.due_at if request.cause is None else None)
        assert len(request.handles) == 1 + open_in + is_due + is_claimed

    @invariant()
    def a_bulk_decision_is_recorded_once(self) -> None:
        assert len(set(self.request.bulks)) == len(self.request.bulks)


def is_unclaimed(request: HeldRequest) -> bool:
    """Tell whether it waits to be checked, and nobody does."""
    return request.state is RequestState.TO_CHECK and request.claim is None


TestAnyRequest = AnyRequest.TestCase
TestAnyRequest.settings = settings(max_examples=80, stateful_step_count=35)
