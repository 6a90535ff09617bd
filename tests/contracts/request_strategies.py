"""What a random walk does with held requests, beside all that other walks do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hypothesis import strategies as st

from application.errors import ApplicationError
from domain.errors import DomainError
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Finding, Outcome, Result
from domain.ledger.reprocessing import ReprocessingRun, Selection
from domain.ledger.request_policy import RequestPolicy
from tests.application.held_requests import KINDS, Desk, a_resend, an_order
from tests.application.program import MINUTE, Program
from tests.application.recovery import Recovery
from tests.application.window_steps import Maintenance
from tests.contracts.strategies import Step, Walker, steps

if TYPE_CHECKING:
    from application.ledger.intake import RequestEntry

REQUEST_VERBS = (
    *("hand_in", "hand_in", "hand_in", "send_again", "send_again", "assign", "assign", "begin_cause", "end_cause"),
    *("resume_cause", "start_run", "lease_out", "lease_out", "bring", "bring", "find", "claim_some", "claim_some"),
    *(
        "give_up",
        "decide_some",
        "decide_some",
        "decide_all",
        "sign_some",
        "sign_some",
        "return_some",
        "doubt",
        "tell_readers",
    ),
    *("label_some", "label_some", "note_some", "undo", "take_back", "set_defaults"),
    *("wait", "wait", "follow"),
)
SOURCES = ("shop", "erp")
LABELS = ("after-0100", "told")
PEOPLE = ("ana", "ben", "cara")
WORKERS = ("importer-1", "importer-2")
SPANS = (1, 4, 5, 31, 125, 200)
BEGINNING = steps(("begin_cause",), SPANS), steps(("hand_in",), SPANS), steps(("end_cause",), SPANS)
BEGUN = st.tuples(*BEGINNING).map(
    lambda begun: [
        *(replace(begun[0], which=which, ago=20) for which in range(3)),
        *(replace(begun[1], which=3, span=number, ago=1) for number in range(3)),
        replace(begun[1], which=3, component=None, ago=1),
        *(replace(begun[2], which=which, ago=0) for which in (0, 2)),
    ]
)
WALKS_OF_REQUESTS = st.builds(list.__add__, BEGUN, st.lists(steps(REQUEST_VERBS, SPANS), min_size=10, max_size=30))
"""Walks that begin with a cause of each kind, and requests of them and of none; two of the causes end."""


class RequestWalker(Walker):
    """Walks on a program in which requests are held up as well."""

    def __init__(self, program: Program) -> None:
        """Begin without causes."""
        super().__init__(program)
        self._desk = Desk(program)
        self._maintained, self._recovered = Maintenance(program), Recovery(program)
        self.causes: list[Cause] = []
        self.requests: list[UUID] = []
        self.runs: list[UUID] = []

    def begin_cause(self, step: Step) -> None:
        """Declare an incident, plan a window, or lose a panel."""
        now, name = self._program.clock.now(), f"p{len(self.causes)}"
        if step.which % 3 == 0:
            self.causes.append(self._desk.declare(occurred_at=self._past(step)))
        elif step.which % 3 == 1:
            self.causes.append(self._desk.plan(now - step.ago * MINUTE, now + step.span * MINUTE))
        else:
            self._recovered.register(name, None if not self.causes else now.date() + timedelta(len(self.causes)))
            self.causes.append(self._desk.lose(name, occurred_at=self._past(step)))

    def end_cause(self, step: Step) -> None:
        """End a cause."""
        cause = self._cause(step)
        if cause.type is CauseType.INCIDENT:
            self._program.resolve(cause.id, occurred_at=self._past(step))
        elif cause.type is CauseType.MAINTENANCE_WINDOW:
            self._maintained.complete(cause.id, occurred_at=self._past(step))
        else:
            self._recovered.restore(cause.id, occurred_at=self._past(step))

    def take_back(self, step: Step) -> None:
        """Withdraw an incident, or cancel a window."""
        cause = self._cause(step)
        if cause.type is CauseType.INCIDENT:
            self._program.withdraw(cause.id)
        elif cause.type is CauseType.MAINTENANCE_WINDOW:
            self._maintained.cancel(cause.id)

    def set_defaults(self, step: Step) -> None:
        """Set the policies of incidents that signals begin, and let a signal begin one."""
        self._desk.set_defaults({kind: RequestPolicy(four_eyes=step.flag) for kind in KINDS[: step.which]})
        self.fire(step)

    def resume_cause(self, step: Step) -> None:
        """Let a cause that has ended go on."""
        cause = self._cause(step)
        if cause.type is CauseType.INCIDENT:
            self._program.reopen(cause.id)
        elif cause.type is CauseType.RESTORATION:
            self._recovered.lose_again(cause.id)

    def hand_in(self, step: Step) -> None:
        """Hand requests in, of a cause or of none, some of which were handed in before."""
        cause = self._cause(step) if step.component is not None and self.causes else None
        entries = [self._entry(step, number, cause) for number in range(1 + step.which)]
        self._desk.hand_in(*entries)
        self.requests = list(dict.fromkeys((*self.requests, *self._desk.requests())))

    def send_again(self, step: Step) -> None:
        """Send requests again."""
        entries = [self._entry(step, number, None) for number in range(1 + step.which)]
        self._desk.send_again(
            *(
                a_resend(
                    each.reference.reference,
                    None if step.flag else self._past(step),
                    kind=each.reference.kind,
                    source=each.reference.source,
                )
                for each in entries
            )
        )

    def assign(self, step: Step) -> None:
        """Say what held requests up."""
        self._each(step, lambda id: self._desk.assign(id, self._cause(step)))

    def undo(self, step: Step) -> None:
        """Say that it was not that."""
        self._each(step, self._desk.undo)

    def start_run(self, step: Step) -> None:
        """Begin a run by hand."""
        selection = Selection(
            cause=self._cause(step), kind=KINDS[step.which] if step.flag else None, source=SOURCES[step.which % 2]
        )
        self.runs.append(self._desk.start_run(selection))

    def lease_out(self, step: Step) -> None:
        """Hand requests out."""
        worker = WORKERS[step.which % 2]
        self._desk.lease(self._run(step), self.requests, limit=3 + step.ago, worker=worker)

    def bring(self, step: Step) -> None:
        """Hand requests out, and report results."""
        self.lease_out(step)
        result = list(Result)[step.ago % 3]
        self._desk.report(self._run(step), dict.fromkeys(self._some(step), result), note="so" if step.flag else None)

    def find(self, step: Step) -> None:
        """Attach evidence."""
        finding = Finding(
            kind="tracking_number",
            source="marketplace",
            value=f"{step.span}",
            suggests=list(Outcome)[step.ago % len(Outcome)] if step.flag else None,
        )
        self._each(step, lambda id: self._desk.attach(id, finding, PEOPLE[step.which % 3]))

    def label_some(self, step: Step) -> None:
        """Set a label, or take it off."""
        label, others = [LABELS[step.ago % 2]], [LABELS[1 - step.ago % 2]]
        self._desk.label(self._some(step), label, others if step.flag else [], f"l-{step.span}", PEOPLE[step.which % 3])

    def note_some(self, step: Step) -> None:
        """Write a note."""
        self._desk.note(self._some(step), f"n-{step.span}", PEOPLE[step.which % 3])

    def claim_some(self, step: Step) -> None:
        """Claim requests."""
        self._each(step, lambda id: self._desk.claim(id, PEOPLE[step.span % 3]))

    def give_up(self, step: Step) -> None:
        """Release requests."""
        self._each(step, lambda id: self._desk.release(id, PEOPLE[step.span % 3]))

    def decide_some(self, step: Step) -> None:
        """Claim requests and decide them."""
        person, outcome = PEOPLE[step.span % 3], list(Outcome)[(step.ago + step.span) % len(Outcome)]
        self._each(step, lambda id: self._desk.claim(id, person))
        self._each(step, lambda id: self._desk.decide(id, outcome, person))

    def decide_all(self, step: Step) -> None:
        """Decide requests in bulk."""
        outcome = list(Outcome)[step.span % len(Outcome)]
        self._desk.decide_many(self._some(step), outcome, bulk=f"b-{step.span % 3}", person=PEOPLE[step.which % 3])

    def sign_some(self, step: Step) -> None:
        """Sign what was decided."""
        self._each(step, lambda id: self._desk.sign(id, PEOPLE[step.which % 3]))

    def return_some(self, step: Step) -> None:
        """Send back what was decided."""
        self._each(step, lambda id: self._desk.send_back(id, PEOPLE[step.which % 3]))

    def doubt(self, step: Step) -> None:
        """Reopen what was settled."""
        self._each(step, lambda id: self._desk.reopen(id, PEOPLE[step.span % 3]))

    def tell_readers(self, step: Step) -> None:
        """Let readers see whether a cause is reconciled."""
        self._desk.show_reconciled(self._cause(step))

    def _entry(self, step: Step, number: int, cause: Cause | None) -> RequestEntry:
        return an_order(
            f"{step.span % 4}",
            cause,
            kind=KINDS[(step.which + number) % len(KINDS)],
            source=SOURCES[number % 2],
            received_at=self._past(step),
            content="other" if step.flag else None,
        )

    def _each(self, step: Step, act: Callable[[UUID], None]) -> None:
        for id in self._some(step):
            with suppress(DomainError, ApplicationError):
                act(id)

    def _some(self, step: Step) -> list[UUID]:
        return self.requests[step.which % 3 :: 3 if step.flag else 2]

    def _run(self, step: Step) -> UUID:
        # That by policy begins with the first of its requests; until then there is none to find.
        found = [id for id in (*map(ReprocessingRun.id_by_policy, self.causes), *self.runs) if self._has_run(id)]
        return found[step.which % len(found)] if found else UUID(int=step.which)

    def _has_run(self, id: UUID) -> bool:
        return self._program.do(lambda log: log.find(ReprocessingRun, id)) is not None

    def _cause(self, step: Step) -> Cause:
        wanted = Cause(type=CauseType.INCIDENT, id=UUID(int=step.which))
        return self.causes[step.which % len(self.causes)] if self.causes else wanted
