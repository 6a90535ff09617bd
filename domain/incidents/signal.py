"""A signal from monitoring: firing or clear, known by its source and fingerprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.impact import Status
from domain.incidents.errors import AlreadyClear, AlreadyRouted
from domain.provenance import Provenance

NAMESPACE = UUID("0f0c1c52-6f6f-4c9d-8a0e-7a1f7c1f5e21")


class SignalCause(StrEnum):
    """A cause that a signal or an incident may name."""

    CODE_CHANGE = "code_change"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a source says when a signal fires.

    ``component`` is the key it names, known or not; ``status`` what the signal implies for it (``operational``
    if nothing); ``reported_at`` the instant as the source wrote it, which may be finer than a microsecond.
    """

    component: str | None
    status: Status
    cause: SignalCause | None = None
    summary: str | None = None
    reported_at: str | None = None


class SignalEvent(Event):
    """Something that happened to a signal."""


class FiredFirst(Created, SignalEvent):
    """The signal fired for the first time."""

    TOPIC = "signal.fired_first"
    system: str
    fingerprint: str
    report: Report
    routed: bool
    incident: UUID | None

    def apply(self, aggregate: Signal) -> None:
        """Take over who it is and what it says."""
        aggregate.system, aggregate.fingerprint = self.system, self.fingerprint
        aggregate.take(self.report, self.incident, self.provenance.occurred_at, routed=self.routed)


class Fired(SignalEvent):
    """The signal fired anew."""

    TOPIC = "signal.fired"
    report: Report
    routed: bool
    incident: UUID | None

    def apply(self, aggregate: Signal) -> None:
        """Take over what it says now."""
        aggregate.take(self.report, self.incident, self.provenance.occurred_at, routed=self.routed)


class Cleared(SignalEvent):
    """The signal does not fire any more; with a reason if an operator says so."""

    TOPIC = "signal.cleared"
    reason: str | None
    reported_at: str | None

    def apply(self, aggregate: Signal) -> None:
        """Stop firing."""
        aggregate.is_firing = False
        aggregate.cleared_at, aggregate.cleared_text = self.provenance.occurred_at, self.reported_at
        aggregate.clear_reason = self.reason


class Routed(SignalEvent):
    """An operator said which component it is on."""

    TOPIC = "signal.routed"
    component: str
    incident: UUID | None

    def apply(self, aggregate: Signal) -> None:
        """Take the component."""
        aggregate.report = replace(aggregate.report, component=self.component)
        aggregate.is_routed, aggregate.incident = True, self.incident


class Signal(Aggregate):
    """One signal. Its id follows from source and fingerprint."""

    TOPIC = "signal"
    Event = SignalEvent
    FiredFirst = FiredFirst
    Fired = Fired
    Cleared = Cleared
    Routed = Routed

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.system: str
        self.fingerprint: str
        self.report: Report
        self.is_firing: bool
        self.is_routed: bool
        self.incident: UUID | None
        self.fired_at: datetime
        self.cleared_at: datetime | None = None
        self.cleared_text: str | None = None
        self.clear_reason: str | None = None

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

    def repeats(self, *, occurred_at: datetime, reported_at: str | None) -> bool:
        """Tell whether a firing says nothing new: it fires already, or that firing has been cleared since."""
        if self.is_firing or (reported_at is not None and reported_at == self.report.reported_at):
            return True
        if self.cleared_at is None:
            return False
        return exactly(occurred_at, reported_at) <= exactly(self.cleared_at, self.cleared_text)

    def outlasts(self, *, occurred_at: datetime, reported_at: str | None) -> bool:
        """Tell whether a clear says nothing: it does not fire, or it fired anew after that clear."""
        if not self.is_firing:
            return True
        return exactly(occurred_at, reported_at) < exactly(self.fired_at, self.report.reported_at)

    def fire(self, *, report: Report, routed: bool, incident: UUID | None, provenance: Provenance) -> None:
        """Record that it fires anew."""
        self.record(self.Fired, report=report, routed=routed, incident=incident, provenance=provenance)

    def clear(self, *, reason: str | None, reported_at: str | None, provenance: Provenance) -> None:
        """Record that it does not fire any more.

        Raises:
            AlreadyClear: if it does not fire.
        """
        if not self.is_firing:
            raise AlreadyClear(f"signal {self.id} does not fire")
        provenance.require_past()
        self.record(self.Cleared, reason=reason, reported_at=reported_at, provenance=provenance)

    def route(self, *, component: str, incident: UUID | None, provenance: Provenance) -> None:
        """Say which component it is on.

        Raises:
            AlreadyRouted: if that is known.
        """
        provenance.require_past()
        if self.is_routed:
            raise AlreadyRouted(f"signal {self.id} is on component {self.report.component} already")
        self.record(self.Routed, component=component, incident=incident, provenance=provenance)

    def take(self, report: Report, incident: UUID | None, at: datetime, *, routed: bool) -> None:
        """Fire with this report; called by its events only."""
        self.report, self.incident, self.is_routed = report, incident, routed
        self.is_firing, self.fired_at = True, at


def exactly(moment: datetime, text: str | None) -> tuple[datetime, str]:
    """Give an instant in a form that orders finer than a microsecond, by the digits that ``datetime`` cuts.

    ``text`` is the RFC 3339 form of the same instant, as reported; Alertmanager writes nanoseconds.
    """
    fraction = (text or "").partition(".")[2]
    digits = "".join(character for character in fraction.partition("+")[0].partition("-")[0] if character.isdigit())
    return moment, digits[6:].ljust(3, "0")
