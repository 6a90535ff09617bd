"""A signal as a document, and what became of it; there is no public side."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from typing_extensions import TypedDict

from application.document import Id, Instant, Key, Page, StatusName, instant
from application.ids import written
from application.incidents.signal_intake import SignalOutcome
from application.schema import Encodes, documented
from domain.incidents.signal import SignalCause

if TYPE_CHECKING:
    from application.incidents.signal_intake import SignalResult
    from domain.incidents.signal import Signal


class SignalState(StrEnum):
    """Whether a signal fires."""

    FIRING = "firing"
    CLEAR = "clear"


@documented
class SignalTaken(TypedDict):
    """What became of a signal that was handed in."""

    outcome: Annotated[str, Encodes(SignalOutcome)]
    signal: Id
    """The id of the signal, which follows from its source and fingerprint."""
    component: str | None
    """What it names, known or not."""
    incident: Id | None
    """The incident that it belongs to."""


@documented
class AlertTaken(SignalTaken):
    """What became of an alert."""

    fingerprint: str


@documented
class AlertRefused(TypedDict):
    """An alert that cannot be read; it does not keep the others from being taken."""

    fingerprint: str | None
    outcome: Literal["refused"]
    code: str
    detail: str


@documented
class AlertsTaken(TypedDict):
    """What became of each alert, in order."""

    alerts: list[AlertTaken | AlertRefused]


@documented
class SignalDocument(TypedDict):
    """A signal, as it was last reported."""

    id: Id
    version: int
    """The number of its events."""
    source: str
    fingerprint: str
    state: Annotated[str, Encodes(SignalState)]
    component: Key | None
    """What it names, known or not."""
    routed: bool
    """Whether its component is known."""
    status: StatusName
    cause: Annotated[str, Encodes(SignalCause)] | None
    summary: str | None
    incident: Id | None
    """The incident that it belongs to."""
    fired_at: Instant
    reported_at: str | None
    """The instant of the firing as the source wrote it, which may be finer than a microsecond."""
    cleared_at: Instant | None
    """When it cleared last, even if it fires again."""
    clear_reason: str | None
    """Why an operator cleared it by hand."""


@documented
class SignalPage(Page):
    """Signals by id."""

    data: list[SignalDocument]


def signal_document(signal: Signal) -> SignalDocument:
    """Write what operators see."""
    return {
        "id": written(signal.id),
        "version": signal.version,
        "source": signal.system,
        "fingerprint": signal.fingerprint,
        "state": "firing" if signal.is_firing else "clear",
        "component": signal.report.component,
        "routed": signal.is_routed,
        "status": str(signal.report.status),
        "cause": signal.report.cause,
        "summary": signal.report.summary,
        "incident": written(signal.incident) if signal.incident else None,
        "fired_at": instant(signal.fired_at),
        "reported_at": signal.report.reported_at,
        "cleared_at": instant(signal.cleared_at),
        "clear_reason": signal.clear_reason,
    }


def signal_taken(taken: SignalResult) -> SignalTaken:
    """Write what became of a signal."""
    return {
        "outcome": str(taken.outcome),
        "signal": written(taken.signal),
        "component": taken.component,
        "incident": written(taken.incident) if taken.incident else None,
    }
