"""What is known of held requests by a plain look at every event, one after the other: the measure of the check queue.

It knows the events and the rules alone, and nothing of how aggregates, views or counts are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.ledger.queries import RequestCount, RequestFilter
from application.ledger.traits import Trait
from domain.aggregate import Event
from domain.ledger.held_request import HeldRequest, RequestState
from domain.ledger.reprocessing import ReprocessingRun

AFTER_THE_END = {
    "reprocess": "reprocessing",
    "source_resends": "awaiting_source",
    "source_retries": "awaiting_source",
    "check_by_hand": "to_check",
}
CLOSED = {"settled", "merged"}
AWAY = {"held", "reprocessing", "awaiting_source"}
"""Where no person has it."""
FREES = (HeldRequest.LeaseLapsed, HeldRequest.LeaseReleased, HeldRequest.ClaimLapsed, HeldRequest.Released)
TURNS = (HeldRequest.Assigned, HeldRequest.Merged, HeldRequest.AssignmentUndone, HeldRequest.CauseVoided)
MARKS = (HeldRequest.LabelsChanged, HeldRequest.Noted)
CHECKS = (
    HeldRequest.DeadlinePassed,
    HeldRequest.Returned,
    HeldRequest.Reopened,
    HeldRequest.OpenedAgain,
    HeldRequest.HeldBack,
    HeldRequest.WithdrawnFromRun,
)


@dataclass(kw_only=True)
class Known:
    """What is known of one request."""

    id: UUID
    cause: UUID | None
    kind: str
    source: str
    reference: str
    received_at: datetime
    state: str = "held"
    outcome: str = ""
    holder: str = ""
    decided: str = ""
    four_eyes: bool = False
    evidence: int = 0
    suggested: set[str] = field(default_factory=set)
    repeats: int = 0
    changes: int = 0
    labels: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    traits: set[Trait] = field(default_factory=set)
    twins: set[UUID] = field(default_factory=set)

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the queue: the longest held first."""
        return self.received_at, str(self.id)

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        self._set_apart(event)
        match event:
            case HeldRequest.Repeated() | HeldRequest.Changed():
                self.repeats += isinstance(event, HeldRequest.Repeated)
                self.changes += isinstance(event, HeldRequest.Changed)
            case HeldRequest.WasDisposed(policy=policy):
                self.state, self.four_eyes = AFTER_THE_END[policy.policy], policy.four_eyes
            case HeldRequest.Resent():
                self._settle("resent")
            case HeldRequest.Reprocessed(outcome=outcome) if outcome is not None:
                self._settle(str(outcome))
            case HeldRequest.Reprocessed():
                self._check()
            case HeldRequest.WasLeased(worker=name) | HeldRequest.WasClaimed(person=name):
                self.holder = name
                self.state = "to_check" if self.state == "held" else self.state
            case HeldRequest.EvidenceAttached(finding=finding):
                self.evidence += 1
                self.suggested |= {str(finding.suggests)} if finding.suggests else set()
            case HeldRequest.ResendKept():
                self.evidence += 1
                self.suggested.add("resent")
            case HeldRequest.Decided(outcome=outcome, person=person):
                self._decide(str(outcome), person)
            case HeldRequest.WasSigned():
                decider = self.holder
                self._settle(self.decided)
                self.holder = decider
            case _ if isinstance(event, TURNS):
                self._turn(event)
            case _ if isinstance(event, MARKS):
                self._mark(event)
            case _ if isinstance(event, FREES):
                self.holder = ""
            case _ if isinstance(event, CHECKS):
                self._check()

    def answers(self, wanted: RequestFilter) -> bool:
        """Tell whether a filter wants it."""
        return (
            (self.cause is None if wanted.unassigned else wanted.cause in {None, self.cause})
            and wanted.kind in {None, self.kind}
            and wanted.source in {None, self.source}
            and self.state in {str(state) for state in wanted.states}
            and wanted.holder in {None, self.holder}
            and (not wanted.holders or self.holder in wanted.holders)
            and (wanted.received_from is None or wanted.received_from <= self.received_at)
            and (wanted.received_until is None or self.received_at < wanted.received_until)
            and self._has(wanted.evidence)
            and self._is_named(wanted)
        )

    def _is_named(self, wanted: RequestFilter) -> bool:
        return (
            (not wanted.sources or self.source in wanted.sources)
            and (not wanted.ids or self.id in wanted.ids)
            and (not wanted.references or self.reference in wanted.references)
            and (wanted.prefix is None or self.reference.startswith(wanted.prefix))
            and (wanted.label is None or wanted.label in self.labels)
            and (wanted.trait is None or wanted.trait in self.traits)
        )

    def _has(self, evidence: str | None) -> bool:
        if evidence in {None, "any", "none"}:
            return evidence is None or (self.evidence > 0) == (evidence == "any")
        return evidence in self.suggested

    def _turn(self, event: Event) -> None:
        match event:
            case HeldRequest.Assigned(cause=cause):
                self.cause, self.four_eyes, self.state = cause.id, False, "held"
            case HeldRequest.CauseVoided(policy=policy):
                self.four_eyes = policy.four_eyes
                if self.state in AWAY:
                    self._check()
            case HeldRequest.Merged():
                self.state = "merged"
            case HeldRequest.AssignmentUndone(four_eyes=four_eyes):
                self.cause, self.state, self.outcome, self.four_eyes = None, "held", "", four_eyes

    def _set_apart(self, event: Event) -> None:
        match event:
            case HeldRequest.Changed() if self.state == "settled":
                self.traits.add(Trait.CHANGED_AFTER_SETTLEMENT)
            case HeldRequest.OpenedAgain():
                self.traits.add(Trait.OPENED_AGAIN)
            case HeldRequest.ResendKept():
                self.traits.add(Trait.RESEND_KEPT)
            case HeldRequest.Merged(other=other) | HeldRequest.TwinMerged(other=other):
                self.twins.add(other)
            case HeldRequest.TwinParted(other=other):
                self.twins.discard(other)
            case HeldRequest.AssignmentUndone():
                self.twins.clear()
        self.traits = self.traits - {Trait.MERGED} | ({Trait.MERGED} if self.twins else set())

    def _mark(self, event: Event) -> None:
        match event:
            case HeldRequest.LabelsChanged(added=added, removed=removed):
                self.labels = (self.labels | set(added)) - set(removed)
            case HeldRequest.Noted(note=note):
                self.notes.append(note)

    def _decide(self, outcome: str, person: str) -> None:
        if self.four_eyes or outcome == "cannot_tell":
            self.state = "awaiting_signature"
        else:
            self._settle(outcome)
        self.decided, self.holder = outcome, person

    def _settle(self, outcome: str) -> None:
        self.state, self.outcome, self.holder = "settled", outcome, ""

    def _check(self) -> None:
        self.state, self.outcome, self.holder, self.decided = "to_check", "", "", ""


@dataclass(kw_only=True)
class KnownRun:
    """What is known of one run."""

    id: UUID
    cause: UUID
    source: str | None
    handed_out: int = 0
    results: Counter[str] = field(default_factory=Counter)


@dataclass(kw_only=True)
class KnownQueue:
    """What is known after some events."""

    requests: dict[UUID, Known] = field(default_factory=dict)
    runs: dict[UUID, KnownRun] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        id = event.originator_id
        match event:
            case HeldRequest.Received(cause=cause, reference=reference, received_at=received_at):
                self.requests[id] = Known(
                    id=id,
                    cause=cause.id if cause else None,
                    kind=reference.kind,
                    source=reference.source,
                    reference=reference.reference,
                    received_at=received_at,
                )
            case ReprocessingRun.Started(selection=selection):
                self.runs[id] = KnownRun(id=id, cause=selection.cause.id, source=selection.source)
            case ReprocessingRun.BatchLeased(size=size):
                self.runs[id].handed_out += size
            case ReprocessingRun.Reported(results=results):
                self.runs[id].results.update({str(result): count for result, count in results.items()})
            case _ if id in self.requests:
                self.requests[id].take(event)

    def listed(self, wanted: RequestFilter) -> list[Known]:
        """Give what a filter wants, the longest held first."""
        return sorted((each for each in self.requests.values() if each.answers(wanted)), key=lambda each: each.place)

    def runs_for(self, cause: UUID | None, sources: Sequence[str]) -> list[UUID]:
        """Give the runs of a cause, or of any, that are for some sources, or for any, the highest id first."""
        held = {(each.cause, each.source) for each in self.requests.values()}

        def is_for(run: KnownRun) -> bool:
            own = {run.source} if run.source else {source for of, source in held if of == run.cause}
            return not sources or not own.isdisjoint(sources)

        return sorted(
            (run.id for run in self.runs.values() if cause in {None, run.cause} and is_for(run)), reverse=True
        )

    def totals(self) -> dict[tuple[str, str], int]:
        """Count all by state and outcome."""
        return Counter((each.state, each.outcome) for each in self.requests.values())

    def counts(self, cause: UUID | None) -> Counter[RequestCount]:
        """Count those of a cause, or of none, and say of each group how many."""
        alike = Counter(
            (each.kind, each.source, each.state, each.outcome, each.holder)
            for each in self.requests.values()
            if each.cause == cause
        )
        return Counter(
            RequestCount(
                kind=kind, source=source, state=RequestState(state), outcome=outcome, holder=holder, count=count
            )
            for (kind, source, state, outcome, holder), count in alike.items()
        )

    def open_counts(self) -> Counter[UUID]:
        """Count the open ones of each cause."""
        return Counter(each.cause for each in self.requests.values() if each.cause and each.state not in CLOSED)

    def oldest(self, wanted: RequestFilter) -> datetime | None:
        """Give when the oldest open one was received."""
        found = [each.received_at for each in self.listed(wanted) if each.state not in CLOSED]
        return min(found, default=None)


def known(events: Iterable[Event]) -> KnownQueue:
    """Give what is known after these events."""
    found = KnownQueue()
    for event in events:
        found.take(event)
    return found
