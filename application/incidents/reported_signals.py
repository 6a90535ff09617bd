"""A signal as a source hands it in, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.impact import Status
from domain.incidents.firing import joined_markets
from domain.incidents.report import AlertDetails, Report, SignalCause
from domain.provenance import FUTURE_TOLERANCE


class SignalOutcome(StrEnum):
    """What became of a signal that was handed in."""

    DETECTED = "detected"
    JOINED = "joined"
    RELAPSED = "relapsed"
    RECORDED = "recorded"
    UNROUTED = "unrouted"
    CLEARED = "cleared"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class ReportedSignal:
    """A signal as a source hands it in.

    ``reported_at`` is the instant as the source wrote it; ``occurred_at`` the same to the microsecond, or None for now.
    Of a clear, ``started_at`` is the start of the firing that it ends, and ``started_text`` how that was written; None
    if it does not say. ``details`` are kept if no component is known for it.
    """

    source: str
    fingerprint: str
    firing: bool
    component: str | None
    status: Status
    cause: SignalCause | None = None
    summary: str | None = None
    occurred_at: datetime | None = None
    reported_at: str | None = None
    markets: tuple[str, ...] = ()
    details: AlertDetails | None = None
    started_at: datetime | None = None
    started_text: str | None = None

    def happened(self, now: datetime) -> datetime:
        """Tell as of when it is taken; from the future, as of now: a wrong clock must not lose an alert."""
        at = self.occurred_at
        return now if at is None or at > now + FUTURE_TOLERANCE else at

    @property
    def exact_text(self) -> str | None:
        """How the source wrote the instant; None if it wrote none that can be read, which tells no firing apart."""
        return None if self.occurred_at is None else self.reported_at

    def report(self, *, routed: bool) -> Report:
        """Give what it says; its details only if nothing else tells what it is."""
        return Report(
            component=self.component,
            status=self.status,
            cause=self.cause,
            summary=self.summary,
            reported_at=self.reported_at,
            markets=self.markets,
            details=None if routed else self.details,
        )

    def worsened(self, known: Report) -> Report:
        """Give what is known of a signal that fires, and now says this, which is worse."""
        return replace(
            known,
            status=self.status,
            cause=self.cause or known.cause,
            summary=self.summary or known.summary,
            markets=joined_markets(known.markets, self.markets),
        )


@dataclass(frozen=True, kw_only=True)
class SignalResult:
    """What became of it."""

    outcome: SignalOutcome
    signal: UUID
    component: str | None
    incident: UUID | None
