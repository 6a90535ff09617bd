"""What is known of a signal, and what can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.aggregate import Created, Event
from domain.impact import Status
from domain.incidents.report import Report, SignalCause, exactly


@dataclass(frozen=True, kw_only=True)
class Rise:
    """What a signal implies, and since when; while it fires, only a worse status follows."""

    status: Status
    cause: SignalCause | None
    since: datetime


@dataclass(frozen=True, kw_only=True)
class LateReport:
    """The newest report of a signal that was cleared by hand; ``starts_at`` is the start of the firing it names."""

    report: Report
    received_at: datetime
    starts_at: datetime


class KnownSignal:
    """What is known of a signal; only its events change it.

    ``fired_at`` is None until it has fired; ``starts_at`` is the start that the source names of the firing, which a
    clear cannot precede; ``still_reported`` is set if it was cleared by hand, and is reported all the same.
    """

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.system: str
        self.fingerprint: str
        self.report: Report
        self.is_firing = False
        self.is_routed = True
        self.incident: UUID | None = None
        self.fired_at: datetime | None = None
        self.starts_at: datetime | None = None
        self.rises: tuple[Rise, ...] = ()
        self.cleared_at: datetime | None = None
        self.cleared_text: str | None = None
        self.clear_reason: str | None = None
        self.still_reported: LateReport | None = None

    def take(
        self, report: Report, incident: UUID | None, at: datetime, *, routed: bool, starts_at: datetime | None = None
    ) -> None:
        """Fire with this report."""
        self.report, self.incident, self.is_routed = report, incident, routed
        self.is_firing, self.fired_at, self.starts_at = True, at, starts_at or at
        self.rises, self.still_reported = (Rise(status=report.status, cause=report.cause, since=at),), None

    def be_clear(self, at: datetime, reported_at: str | None, reason: str | None) -> None:
        """Fire no more; that it was clear later is not forgotten."""
        known = self.cleared_at
        if known is None or exactly(at, reported_at) > exactly(known, self.cleared_text):
            self.cleared_at, self.cleared_text = at, reported_at
        self.is_firing, self.clear_reason, self.still_reported = False, reason, None


class SignalEvent(Event):
    """Something that happened to a signal."""


def _with_markets(state: dict[str, Any]) -> dict[str, Any]:
    return {**state, "report": {**state["report"], "markets": [], "details": None}}


class FiredFirst(Created, SignalEvent):
    """The signal fired for the first time."""

    TOPIC = "signal.fired_first"
    VERSION = 2
    system: str
    fingerprint: str
    report: Report
    routed: bool
    incident: UUID | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a report that names no markets."""
        return _with_markets(state)

    def apply(self, aggregate: KnownSignal) -> None:
        """Take over who it is and what it says."""
        aggregate.system, aggregate.fingerprint = self.system, self.fingerprint
        aggregate.take(self.report, self.incident, self.provenance.occurred_at, routed=self.routed)


class ClearedFirst(Created, SignalEvent):
    """The clear of a firing that nobody has told of yet: it begins nothing, and neither will that firing."""

    TOPIC = "signal.cleared_first"
    system: str
    fingerprint: str
    component: str | None
    reported_at: str | None

    def apply(self, aggregate: KnownSignal) -> None:
        """Take over who it is and when it cleared."""
        aggregate.system, aggregate.fingerprint = self.system, self.fingerprint
        aggregate.report = Report(component=self.component, status=Status.OPERATIONAL)
        aggregate.be_clear(self.provenance.occurred_at, self.reported_at, None)


class Fired(SignalEvent):
    """The signal fired anew."""

    TOPIC = "signal.fired"
    VERSION = 2
    report: Report
    routed: bool
    incident: UUID | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a report that names no markets."""
        return _with_markets(state)

    def apply(self, aggregate: KnownSignal) -> None:
        """Take over what it says now."""
        aggregate.take(self.report, self.incident, self.provenance.occurred_at, routed=self.routed)


class Escalated(SignalEvent):
    """The signal, which fires, implies something worse from now on; ``report`` is what it says as a whole."""

    TOPIC = "signal.escalated"
    report: Report
    routed: bool
    incident: UUID | None

    def apply(self, aggregate: KnownSignal) -> None:
        """Take over what it says now; it fires since it did before."""
        aggregate.report, aggregate.is_routed, aggregate.incident = self.report, self.routed, self.incident
        rise = Rise(status=self.report.status, cause=self.report.cause, since=self.provenance.occurred_at)
        aggregate.rises = (*aggregate.rises, rise)


class Cleared(SignalEvent):
    """The signal does not fire any more; with a reason if an operator says so."""

    TOPIC = "signal.cleared"
    reason: str | None
    reported_at: str | None

    def apply(self, aggregate: KnownSignal) -> None:
        """Stop firing."""
        aggregate.be_clear(self.provenance.occurred_at, self.reported_at, self.reason)


class StillReported(SignalEvent):
    """The source goes on to report a firing that an operator has cleared; ``starts_at`` is its start."""

    TOPIC = "signal.still_reported"
    report: Report
    starts_at: datetime

    def apply(self, aggregate: KnownSignal) -> None:
        """Keep the newest report."""
        aggregate.still_reported = LateReport(
            report=self.report, received_at=self.provenance.occurred_at, starts_at=self.starts_at
        )


class Refired(SignalEvent):
    """An operator let the signal fire that he, or another, had cleared: as its newest report says."""

    TOPIC = "signal.refired"
    reason: str
    report: Report
    starts_at: datetime
    routed: bool
    incident: UUID | None

    def apply(self, aggregate: KnownSignal) -> None:
        """Take over what it says now."""
        at = self.provenance.occurred_at
        aggregate.take(self.report, self.incident, at, routed=self.routed, starts_at=self.starts_at)


class Routed(SignalEvent):
    """An operator said which component it is on."""

    TOPIC = "signal.routed"
    component: str
    incident: UUID | None

    def apply(self, aggregate: KnownSignal) -> None:
        """Take the component."""
        aggregate.report = replace(aggregate.report, component=self.component)
        aggregate.is_routed, aggregate.incident = True, self.incident
