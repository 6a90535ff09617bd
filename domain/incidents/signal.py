"""A signal from monitoring: firing or clear, known by its source and fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate
from domain.incidents import signal_state as events
from domain.incidents.errors import AlreadyClear, AlreadyRouted, NotStillReported
from domain.incidents.report import AlertDetails, Report, SignalCause, exactly
from domain.incidents.signal_state import KnownSignal

if TYPE_CHECKING:
    from domain.impact import Status
    from domain.policy import Policy
    from domain.provenance import Provenance

__all__ = ["AlertDetails", "Report", "Signal", "SignalCause", "exactly"]

NAMESPACE = UUID("0f0c1c52-6f6f-4c9d-8a0e-7a1f7c1f5e21")
HEARD_EVERY = timedelta(minutes=1)
"""How often it is recorded, at most, that a signal is still reported and says nothing else."""


class Signal(KnownSignal, Aggregate):
    """One signal. Its id follows from source and fingerprint."""

    TOPIC = "signal"
    Event = events.SignalEvent
    FiredFirst = events.FiredFirst
    ClearedFirst = events.ClearedFirst
    Fired = events.Fired
    Escalated = events.Escalated
    Cleared = events.Cleared
    StillReported = events.StillReported
    Refired = events.Refired
    Routed = events.Routed

    @staticmethod
    @lru_cache(maxsize=4_096)
    def id_of(system: str, fingerprint: str) -> UUID:
        """Give the id of the signal that ``system`` knows by ``fingerprint``."""
        return uuid5(NAMESPACE, f"{len(system)}:{system}{fingerprint}")

    @classmethod
    def begin(
        cls,
        *,
        system: str,
        fingerprint: str,
        report: Report,
        routed: bool,
        incident: UUID | None,
        provenance: Provenance,
    ) -> Self:
        """Record the first firing; ``routed`` says whether its component is known."""
        signal: Self = cls.begin_with(
            cls.FiredFirst,
            id=cls.id_of(system, fingerprint),
            system=system,
            fingerprint=fingerprint,
            report=report,
            routed=routed,
            incident=incident,
            provenance=provenance,
        )
        return signal

    @classmethod
    def begin_clear(
        cls, *, system: str, fingerprint: str, component: str | None, reported_at: str | None, provenance: Provenance
    ) -> Self:
        """Remember a clear that has overtaken its own firing."""
        signal: Self = cls.begin_with(
            cls.ClearedFirst,
            id=cls.id_of(system, fingerprint),
            system=system,
            fingerprint=fingerprint,
            component=component,
            reported_at=reported_at,
            provenance=provenance,
        )
        return signal

    def repeats(self, *, occurred_at: datetime, reported_at: str | None) -> bool:
        """Tell whether a firing says nothing new: it fires already, or that firing has been cleared since."""
        if self.is_firing or (reported_at is not None and reported_at == self.report.reported_at):
            return True
        return not self.is_after_clear(occurred_at, reported_at)

    def is_after_clear(self, moment: datetime, text: str | None) -> bool:
        """Tell whether a moment lies after the last clear; ``text`` is how the source wrote it."""
        return self.cleared_at is None or exactly(moment, text) > exactly(self.cleared_at, self.cleared_text)

    def outlasts(self, *, occurred_at: datetime, reported_at: str | None) -> bool:
        """Tell whether a clear says nothing: it does not fire, or it fired anew after that clear."""
        if not self.is_firing or self.starts_at is None:
            return True
        return exactly(occurred_at, reported_at) < exactly(self.starts_at, self.report.reported_at)

    def is_worsened_by(self, status: Status) -> bool:
        """Tell whether it fires, and a report of ``status`` would be worse than what it implies."""
        return self.is_firing and status.rank > self.report.status.rank

    def is_still_reported(self, report: Report, *, received_at: datetime, policy: Policy) -> bool:
        """Tell whether to record a repeat after a clearance by hand: past the grace, and not right after another."""
        if self.is_firing or self.clear_reason is None or self.cleared_at is None:
            return False
        if received_at <= self.cleared_at + policy.clear_grace:
            return False
        known = self.still_reported
        if known is None or (known.report.status, known.report.cause) != (report.status, report.cause):
            return True
        return received_at - known.received_at >= min(HEARD_EVERY, policy.clear_grace)

    def fire(self, *, report: Report, routed: bool, incident: UUID | None, provenance: Provenance) -> None:
        """Record that it fires anew."""
        self.record(self.Fired, report=report, routed=routed, incident=incident, provenance=provenance)

    def escalate(self, *, report: Report, routed: bool, incident: UUID | None, provenance: Provenance) -> None:
        """Record that it implies something worse; see ``is_worsened_by``."""
        self.record(self.Escalated, report=report, routed=routed, incident=incident, provenance=provenance)

    def clear(self, *, reason: str | None, reported_at: str | None, provenance: Provenance) -> None:
        """Record that it does not fire any more.

        Raises:
            AlreadyClear: if it does not fire.
        """
        if not self.is_firing:
            raise AlreadyClear(f"signal {self.id} does not fire")
        provenance.require_past()
        self.record(self.Cleared, reason=reason, reported_at=reported_at, provenance=provenance)

    def remember_clear(self, *, reported_at: str | None, provenance: Provenance) -> None:
        """Record, while it is clear, that its source says so: what it reported before is over."""
        self.record(self.Cleared, reason=None, reported_at=reported_at, provenance=provenance)

    def report_again(self, *, report: Report, starts_at: datetime, provenance: Provenance) -> None:
        """Record that its source reports it though an operator has cleared it; see ``is_still_reported``."""
        self.record(self.StillReported, report=report, starts_at=starts_at, provenance=provenance)

    def refire(
        self, *, reason: str, component: str | None, routed: bool, incident: UUID | None, provenance: Provenance
    ) -> None:
        """Let it fire, on ``component``, as its newest report says.

        Raises:
            NotStillReported: if it fires, was not cleared by hand, or is not reported any more.
        """
        newest = self.require_still_reported()
        self.record(
            self.Refired,
            reason=reason,
            report=replace(newest.report, component=component),
            starts_at=newest.starts_at,
            routed=routed,
            incident=incident,
            provenance=provenance,
        )

    def require_still_reported(self) -> events.LateReport:
        """Give its newest report after it was cleared by hand.

        Raises:
            NotStillReported: if there is none.
        """
        if self.still_reported is None:
            raise NotStillReported(f"signal {self.id} was not reported after an operator had cleared it")
        return self.still_reported

    def route(self, *, component: str, incident: UUID | None, provenance: Provenance) -> None:
        """Say which component it is on.

        Raises:
            AlreadyRouted: if that is known.
        """
        provenance.require_past()
        if self.is_routed:
            raise AlreadyRouted(f"signal {self.id} is on component {self.report.component} already")
        self.record(self.Routed, component=component, incident=incident, provenance=provenance)
