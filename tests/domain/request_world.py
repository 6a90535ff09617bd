"""The world of a random life of a held request: two causes that end, go on and are taken back, and runs of workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.ledger.cause import Cause, CauseType, Holding, Void
from domain.ledger.held_request import HeldRequest
from domain.ledger.reprocessing import ReprocessingRun, Selection
from domain.ledger.request_policy import RequestPolicy
from tests.domain.builders import ana, at, provenance
from tests.domain.request_builders import BEGAN, LEASE, ORDER, RUN, WINDOW

OUTAGE = Cause(type=CauseType.INCIDENT, id=UUID(int=3))
OTHER_RUN = UUID(int=10)


@dataclass
class AnyCause:
    """What held the request up, as far as anybody knows by now."""

    cause: Cause
    policy: RequestPolicy
    ended_at: datetime | None = None
    void: Void | None = None

    @property
    def holding(self) -> Holding:
        """What is known of it."""
        return Holding(
            cause=self.cause,
            began_at=BEGAN,
            ended_at=self.ended_at,
            policies={ORDER.kind: self.policy},
            void=self.void,
        )

    @property
    def is_over(self) -> bool:
        """Whether workers may carry out what it held up."""
        return self.ended_at is not None and self.void is None

    def end(self, moment: datetime) -> None:
        """Be over."""
        self.ended_at = self.ended_at or moment

    def resume(self) -> None:
        """Go on, unless it was taken back."""
        if self.void is None:
            self.ended_at = None

    def take_back(self, why: Void, moment: datetime) -> None:
        """Never have been, perhaps after it was over."""
        if self.void is None:
            self.ended_at, self.void = moment, why

    def dispose(self, request: HeldRequest, recorded: datetime) -> None:
        """Let a request of it go on by the policy, or learn that it never was, as the ledger does."""
        if self.ended_at is not None and request.awaits_disposal(self.holding):
            moment = max(self.ended_at, request.held_since)
            request.dispose(holding=self.holding, provenance=provenance("policy:disposition", moment, recorded))


class World:
    """Two causes with a run of workers each."""

    def __init__(self, policy: RequestPolicy, other: RequestPolicy) -> None:
        """Let both go on."""
        self.causes = {WINDOW: AnyCause(WINDOW, policy), OUTAGE: AnyCause(OUTAGE, other)}
        self.runs = {
            run: ReprocessingRun.start(
                id=run, selection=Selection(cause=cause), by_policy=True, provenance=ana(at("11:00"))
            )
            for run, cause in ((RUN, WINDOW), (OTHER_RUN, OUTAGE))
        }

    def of(self, request: HeldRequest) -> AnyCause | None:
        """Give the cause of a request, if it has one."""
        return None if request.cause is None else self.causes[request.cause]

    def stop(self, run: UUID, moment: datetime) -> None:
        """Stop a run; it stays so."""
        if self.runs[run].stopped_at is None:
            self.runs[run].stop(reason="it books twice", provenance=ana(moment))

    def begin_anew(self, run: UUID, moment: datetime) -> None:
        """Begin a run like another one that was stopped."""
        selection = self.runs[run].selection
        self.causes[selection.cause].holding.require_valid()
        self.runs[run] = ReprocessingRun.start(id=run, selection=selection, by_policy=False, provenance=ana(moment))

    def hand_out(self, request: HeldRequest, moment: datetime, *, run: UUID, worker: str) -> bool:
        """Lease a request to a worker in a run, unless that is paused or is of another cause."""
        running = self.runs[run]
        running.require_running()
        cause = self.causes[running.selection.cause]
        if not cause.is_over or request.cause != cause.cause:
            return False
        request.hand_out(run=run, worker=worker, until=moment + LEASE, provenance=ana(moment))
        return True
