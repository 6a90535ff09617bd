"""A run that reprocesses held requests: workers outside lease batches of it, and report what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.instants import written
from domain.ledger.cause import Cause
from domain.ledger.errors import RunStopped
from domain.ledger.held_request.values import Result
from domain.provenance import Provenance

NAME = "reprocessing_run"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which requests of a cause a run takes: of one kind and source, or of any where none is named."""

    cause: Cause
    kind: str | None = None
    source: str | None = None


class RunEvent(Event):
    """An event of a run."""


class Started(Created, RunEvent):
    """A run began, by the policy of a cause that ended or by hand."""

    TOPIC = "reprocessing_run.started"
    selection: Selection
    by_policy: bool

    def apply(self, aggregate: ReprocessingRun) -> None:
        """Begin with nothing handed out."""
        aggregate.selection, aggregate.by_policy = self.selection, self.by_policy
        aggregate.started_at = self.provenance.occurred_at


class BatchLeased(RunEvent):
    """A worker took some requests, to carry them out."""

    TOPIC = "reprocessing_run.batch_leased"
    worker: str
    size: int
    until: datetime

    def apply(self, aggregate: ReprocessingRun) -> None:
        """Count them."""
        aggregate.batches += 1
        aggregate.handed_out += self.size


class Reported(RunEvent):
    """A worker reported what came of requests; those of which that was known are not counted."""

    TOPIC = "reprocessing_run.reported"
    worker: str
    results: Mapping[Result, int]

    def apply(self, aggregate: ReprocessingRun) -> None:
        """Count them."""
        aggregate.reported_at = self.provenance.occurred_at
        counts = aggregate.results
        aggregate.results = {result: counts[result] + self.results.get(result, 0) for result in Result}


class Stopped(RunEvent):
    """An operator stopped it: nothing is handed out in it any more."""

    TOPIC = "reprocessing_run.stopped"
    reason: str

    def apply(self, aggregate: ReprocessingRun) -> None:
        """End; what was handed out can still be reported."""
        aggregate.stopped_at, aggregate.stopped_because = self.provenance.occurred_at, self.reason


class ReprocessingRun(Aggregate):
    """One run; the requests themselves know who has leased them, and what came of it."""

    TOPIC = "reprocessing_run"
    Event = RunEvent
    Started = Started
    BatchLeased = BatchLeased
    Reported = Reported
    Stopped = Stopped

    def __init__(self) -> None:
        """Begin without history; the events fill it in."""
        self.selection: Selection
        self.by_policy: bool
        self.started_at: datetime
        self.batches = 0
        self.handed_out = 0
        self.results: Mapping[Result, int] = dict.fromkeys(Result, 0)
        self.reported_at: datetime | None = None
        self.stopped_at: datetime | None = None
        self.stopped_because: str | None = None

    @staticmethod
    def id_by_policy(cause: Cause) -> UUID:
        """Give the id of the run that the policies of a cause start."""
        return uuid5(cause.id, NAME)

    @property
    def per_minute(self) -> float | None:
        """How many requests a minute were reported from its start to its last report; None before that."""
        if self.reported_at is None or self.reported_at <= self.started_at:
            return None
        return round(sum(self.results.values()) * 60 / (self.reported_at - self.started_at).total_seconds(), 2)

    @classmethod
    def start(cls, *, id: UUID, selection: Selection, by_policy: bool, provenance: Provenance) -> Self:
        """Begin a run."""
        run: Self = cls.begin_with(cls.Started, id=id, selection=selection, by_policy=by_policy, provenance=provenance)
        return run

    def stop(self, *, reason: str, provenance: Provenance) -> None:
        """Hand out nothing more; results of what was handed out are still taken.

        Raises:
            RunStopped: if it was stopped before.
        """
        provenance.require_past()
        self.require_running()
        self.record(self.Stopped, reason=reason, provenance=provenance)

    def require_running(self) -> None:
        """Refuse to go on once it was stopped.

        Raises:
            RunStopped: if it was.
        """
        if self.stopped_at is not None:
            raise RunStopped(f"run {self.id} was stopped at {written(self.stopped_at)}; begin another one")

    def note_leased(self, *, worker: str, size: int, until: datetime, provenance: Provenance) -> None:
        """Record that a batch was leased; no-op for an empty one."""
        if size:
            self.record(self.BatchLeased, worker=worker, size=size, until=until, provenance=provenance)

    def note_reported(self, *, worker: str, results: Mapping[Result, int], provenance: Provenance) -> None:
        """Record how many results of each kind came; no-op if there is none."""
        if any(results.values()):
            self.record(self.Reported, worker=worker, results=results, provenance=provenance)
