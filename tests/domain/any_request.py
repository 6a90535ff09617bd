"""A random life of a held request: whatever sources, workers, people, the clock and its cause do, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.errors import DomainError
from domain.ledger.cause import Cause, Void
from domain.ledger.errors import CauseVoid, OutsideCause, RunStopped
from domain.ledger.held_request import Content, HeldRequest, Outcome, RequestState, Result
from domain.ledger.request_policy import Disposition, RequestPolicy
from tests.domain.assertions import recorded, state
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
    WINDOW,
    WORKER,
    a_request,
    an_unassigned_request,
    assign,
    attach,
    claim,
    decide,
    handle_due,
    release,
    reopen,
    report,
    resend,
    sign,
    take_again,
)
from tests.domain.request_invariants import require_invariants
from tests.domain.request_steps import (
    decide_in_bulk,
    keep,
    label,
    note,
    release_claim,
    release_lease,
    send_back,
    sign_in_bulk,
    undo,
    withdraw_from_run,
    withdraw_in_bulk,
)
from tests.domain.request_world import OTHER_RUN, OUTAGE, World

# Two of them are spelled in another way, too.
people = st.sampled_from(["ana", "ben", "cara", " Ana", "BEN\u200b"])
workers = st.sampled_from(["importer-1", "importer-2"])
digests = st.sampled_from([None, None, None, CONTENT.digest, OTHER_CONTENT.digest])
contents = st.sampled_from([CONTENT, CONTENT, OTHER_CONTENT])
often = st.sampled_from([True, True, True, False])
rarely = st.sampled_from([False, False, False, True])
labels = st.sampled_from(["after-0100", "told", "vip"])
bulks = st.sampled_from(["b-1", "b-2"])
causes = st.sampled_from([WINDOW, WINDOW, OUTAGE])
runs = st.sampled_from([RUN, OTHER_RUN])
policies = st.builds(
    RequestPolicy,
    policy=st.sampled_from([*Disposition, Disposition.REPROCESS, Disposition.REPROCESS]),
    deadline=st.sampled_from([timedelta(minutes=40), timedelta(hours=3)]),
    four_eyes=st.booleans(),
)
steps = st.sampled_from([TICK, LEASE - TICK, LEASE, CLAIM - TICK, CLAIM, timedelta(hours=2)])
outcomes = st.sampled_from([*Outcome, Outcome.DONE_NOW, Outcome.DONE_NOW])


class AnyRequest(RuleBasedStateMachine):
    """One request, at times a twin of it in each of two causes, three people, two workers, and a clock never late."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("11:00")
        self.world = World(RequestPolicy(), RequestPolicy())
        self.request = a_request()
        self.twins: dict[Cause, HeldRequest] = {}
        self.replaced: Content | None = None
        self.refusal: DomainError | None = None

    @initialize(policy=policies, other=policies, assigned=st.booleans(), goes_on=rarely)
    def begin(self, policy: RequestPolicy, other: RequestPolicy, assigned: bool, goes_on: bool) -> None:
        self.world = World(policy, other)
        self.request = a_request() if assigned else an_unassigned_request()
        if not goes_on:
            self.world.causes[WINDOW].end(ENDED)
            self.wait(ENDED - RECEIVED)

    @property
    def one(self) -> HeldRequest:
        """Whom everybody deals with: the request, or what stands for it."""
        twin = None if self.request.cause is None else self.twins.get(self.request.cause)
        return self.request if twin is None or self.request.merged_into is None else twin

    @property
    def requests(self) -> list[HeldRequest]:
        """The request and its twins."""
        return [self.request, *self.twins.values()]

    def attempt(self, do: Callable[..., object], *facts: object, **named: object) -> object:
        """Do what may be refused, or change nothing, with what stands for the request; then nothing was recorded."""
        return self.attempt_on(self.one, do, *facts, **named)

    def attempt_on(self, request: HeldRequest, do: Callable[..., object], *facts: object, **named: object) -> object:
        count, known = len(recorded(request)), state(request)
        answer: object = None
        self.refusal = None
        try:
            answer = do(request, self.now, *facts, **named)
        except DomainError as refusal:
            self.refusal = refusal
            assert len(recorded(request)) == count
        if len(recorded(request)) == count:
            assert state(request) == known
        self.settle_down()
        return answer

    def settle_down(self) -> None:
        """Let the causes and the clock do with each request what is due by now."""
        for request in self.requests:
            cause = self.world.of(request)
            if cause is not None:
                cause.dispose(request, self.now)
            while request.due_at is not None and request.due_at <= self.now:
                handle_due(request, request.due_at, recorded=self.now)

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        self.settle_down()

    @rule(moment=st.sampled_from([ENDED, ENDED + CLAIM]))
    def visit_for_nothing(self, moment: datetime) -> None:
        if moment != self.one.due_at:
            before = recorded(self.one)
            handle_due(self.one, moment, recorded=self.now)
            assert recorded(self.one) == before

    @rule(which=causes, goes_on=st.booleans())
    def turn(self, which: Cause, goes_on: bool) -> None:
        cause = self.world.causes[which]
        if goes_on:
            before = [(request.state, request.due) for request in self.requests]
            cause.resume()
            assert before == [(request.state, request.due) for request in self.requests]
        else:
            cause.end(self.now)
        self.settle_down()

    @rule(which=causes, why=st.sampled_from(Void), often=rarely)
    def take_back(self, which: Cause, why: Void, often: bool) -> None:
        if often:
            was_settled = self.request.state is RequestState.SETTLED
            self.world.causes[which].take_back(why, self.now)
            self.settle_down()
            assert (self.request.state is RequestState.SETTLED) is was_settled

    @rule(run=runs, begins_anew=often)
    def stop(self, run: UUID, begins_anew: bool) -> None:
        before = state(self.request)
        self.world.stop(run, self.now)
        if begins_anew:
            self.attempt(lambda _, moment: self.world.begin_anew(run, moment))
            is_void = self.world.causes[self.world.runs[run].selection.cause].void is not None
            assert isinstance(self.refusal, CauseVoid) is is_void
        assert state(self.request) == before

    @rule(other=st.booleans(), once_more=st.booleans())
    def take_again(self, other: bool, once_more: bool) -> None:
        received = self.now if once_more else self.one.received_at
        content, was_settled = OTHER_CONTENT if other else CONTENT, self.one.state is RequestState.SETTLED
        is_news = not self.one.has_seen(received, content.digest) and content != self.one.content
        self.come(content, received)
        is_outside = isinstance(self.refusal, OutsideCause)
        assert is_outside or not (was_settled and is_news and self.one.state is RequestState.SETTLED)

    def come(self, content: Content, received: datetime) -> None:
        """Hand it in again, or what stands for it."""
        cause = self.world.of(self.one)
        self.attempt(take_again, content, received=received, holding=None if cause is None else cause.holding)

    def change(self) -> None:
        """Hand it in again with the other one of two contents."""
        self.come(CONTENT if self.one.content == OTHER_CONTENT else OTHER_CONTENT, self.one.received_at)

    @precondition(lambda self: self.request.cause is None)
    @rule(which=causes, twice=st.booleans(), changes=st.booleans())
    def assign(self, which: Cause, twice: bool, changes: bool) -> None:
        if changes and self.request.cause is None:
            self.change()
        holding = self.world.causes[which].holding
        if twice and which not in self.twins:
            self.twins[which] = a_request(holding)
            self.settle_down()
        twin = self.twins.get(which)
        before = None if twin is None else twin.content
        findings = {each.finding for each in self.request.evidence}
        self.attempt_on(self.request, assign, holding, twin=twin)
        if twin is not None and self.refusal is None:
            self.replaced = None if before == twin.content else before
            assert (twin.merges[-1].request, self.request.merged_into) == (self.request.id, twin.id)
            assert findings <= {each.finding for each in twin.evidence} or len(twin.evidence) >= 100
            assert twin.content == self.request.content or twin.state is RequestState.SETTLED
            assert self.replaced is None or twin.is_open

    @precondition(lambda self: self.request.came_unassigned and self.request.cause is not None)
    @rule()
    def undo(self) -> None:
        assert self.request.cause is not None
        twin = self.one if self.request.merged_into is not None else None
        content = None if twin is None else self.replaced if twin.content == self.request.content else twin.content
        content = content if twin is None else content or twin.content
        self.attempt_on(self.request, undo, self.world.causes[self.request.cause].holding, twin=twin)
        if twin is not None and self.request.merged_into is None:
            assert (twin.merges, twin.content) == ((), content)

    @rule(before=st.sampled_from([timedelta(0), timedelta(minutes=30), timedelta(hours=9)]), content=contents)
    def resend(self, before: timedelta, content: Content) -> None:
        request, sent = self.one, self.now - before
        waits = request.state is RequestState.AWAITING_SOURCE or is_unclaimed(request)
        is_later = sent > request.last_received_at
        differs = content.digest != request.content.digest

        assert self.attempt(resend, received=sent, digest=content.digest) is (waits and is_later)
        if waits and is_later:
            assert request.resent_differently is differs
        else:
            self.attempt(keep, received=sent, digest=content.digest)
            assert request.is_resent or not request.is_open or not is_later

    @precondition(lambda self: self.one.state is RequestState.REPROCESSING)
    @rule(run=st.none() | runs, worker=workers, changes=rarely, is_revoked=rarely)
    def hand_out(self, run: UUID | None, worker: str, changes: bool, is_revoked: bool) -> None:
        run, was_leased = run or self.run_of_cause, self.one.lease
        self.attempt(self.world.hand_out, run=run, worker=worker)
        if self.world.runs[run].stopped_at is not None:
            assert isinstance(self.refusal, RunStopped)
        if self.world.runs[run].stopped_at is not None or not self.world.causes[self.cause_of(run)].is_over:
            assert self.one.lease == was_leased
        if changes:
            self.change()
        if is_revoked:
            self.attempt(release_lease)
            assert self.one.lease is None

    @property
    def run_of_cause(self) -> UUID:
        return OTHER_RUN if self.one.cause == OUTAGE else RUN

    def cause_of(self, run: UUID) -> Cause:
        return self.world.runs[run].selection.cause

    @precondition(lambda self: self.one.state is RequestState.REPROCESSING or self.one.runs)
    @rule(run=st.none() | runs, worker=st.none() | workers, result=st.sampled_from(Result), lessee=st.none() | workers)
    def report(self, run: UUID | None, worker: str | None, result: Result, lessee: str | None) -> None:
        run, worker = run or self.run_of_cause, worker or lessee or WORKER
        if lessee is not None:
            self.attempt(self.world.hand_out, run=run, worker=lessee)
        request = self.one
        lease, before = request.lease, request.state
        counts = lease is not None and (lease.run, lease.worker) == (run, worker)
        assert bool(self.attempt(report, result, run=run, worker=worker)) is counts
        if lease is not None and counts:
            settles = result is not Result.FAILED and lease.digest == request.content.digest
            assert request.state is (RequestState.SETTLED if settles else RequestState.TO_CHECK)
        else:
            assert (request.state, request.lease) == (before, lease)

    @precondition(lambda self: self.one.state is RequestState.REPROCESSING)
    @rule(person=people, bulk=st.none() | bulks)
    def withdraw_from_run(self, person: str, bulk: str | None) -> None:
        was_in_run = self.one.state is RequestState.REPROCESSING and bulk not in self.one.bulks
        if bulk is None:
            self.attempt(withdraw_from_run, person=person)
        else:
            self.attempt(withdraw_in_bulk, bulk=bulk, person=person)
        assert not was_in_run or (self.one.state, self.one.lease) == (RequestState.TO_CHECK, None)

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
            assert self.one.claim is None

    @precondition(lambda self: self.one.state in {RequestState.AWAITING_SIGNATURE, RequestState.SETTLED})
    @rule(person=people, do=st.sampled_from([send_back, reopen]))
    def doubt(self, person: str, do: Callable[..., None]) -> None:
        self.attempt(do, person=person)

    @precondition(lambda self: self.one.waits_for_check)
    @rule(person=people, outcome=outcomes, seen=digests, claims=often, changes=rarely)
    def decide(self, person: str, outcome: Outcome, seen: str | None, claims: bool, changes: bool) -> None:
        if claims:
            self.attempt(claim, person=person)
        if changes:
            self.change()
        self.attempt(decide, outcome, person=person, seen=seen)

    @precondition(lambda self: self.one.state is RequestState.AWAITING_SIGNATURE)
    @rule(person=people, seen=digests, changes=st.booleans())
    def sign(self, person: str, seen: str | None, changes: bool) -> None:
        if changes:
            self.change()
        self.attempt(sign, person=person, seen=seen)

    @precondition(lambda self: self.one.waits_for_check or self.one.decision is not None)
    @rule(person=people, outcome=outcomes, bulk=bulks, is_seen=st.booleans())
    def decide_in_bulk(self, person: str, outcome: Outcome, bulk: str, is_seen: bool) -> None:
        was_part = bulk in self.one.bulks
        basis = None if is_seen else "another"
        assert not self.attempt(decide_in_bulk, outcome, person=person, bulk=bulk, basis=basis) or is_seen or was_part

    @precondition(lambda self: self.one.decision is not None)
    @rule(person=people, bulk=st.sampled_from(["s-1", "s-2"]), is_seen=st.booleans())
    def sign_in_bulk(self, person: str, bulk: str, is_seen: bool) -> None:
        was_part = bulk in self.one.bulks
        basis = None if is_seen else "another"
        assert not self.attempt(sign_in_bulk, person=person, bulk=bulk, basis=basis) or is_seen or was_part

    @invariant()
    def all_of_it_holds(self) -> None:
        for request in self.requests:
            require_invariants(request, self.world, self.now)


def is_unclaimed(request: HeldRequest) -> bool:
    """Tell whether it waits to be checked, and nobody does."""
    return request.state is RequestState.TO_CHECK and request.claim is None
