"""A signal as a document, and what became of it; there is no public side."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, cast

from typing_extensions import TypedDict

from application.document import Id, Instant, Key, Market, Page, StatusName, instant
from application.ids import written
from application.incidents.reported_signals import SignalOutcome
from application.schema import Encodes, documented
from domain.incidents.report import SignalCause

if TYPE_CHECKING:
    from datetime import datetime

    from application.incidents.reported_signals import SignalResult
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

    index: int
    """Its place among the alerts of the body, from 0."""
    fingerprint: str | None
    outcome: Literal["refused"]
    code: str
    detail: str


@documented
class AlertsTaken(TypedDict):
    """What became of each alert, in order."""

    alerts: list[AlertTaken | AlertRefused]
    truncated_alerts: int
    """How many more there were that Alertmanager left out, because of its `max_alerts`."""


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
    markets: list[Market]
    """Those that it names; empty if it does not say where it is."""
    labels: dict[str, str] | None
    """Those of an alert that named no known component, so that you can tell what it is; null of others."""
    annotations: dict[str, str] | None
    """As `labels`."""
    generator_url: str | None
    """As `labels`."""
    still_reported: bool
    """Whether its source goes on to report it though an operator has cleared it by hand."""
    still_reported_at: Instant | None
    """When its newest report came since then; as of then it can be let fire again."""


@documented
class SignalPage(Page):
    """Signals by id."""

    data: list[SignalDocument]


def signal_document(signal: Signal) -> SignalDocument:
    """Write what operators see of a signal that has fired."""
    details, newest = signal.report.details, signal.still_reported
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
        # One that has not fired yet stands in no list.
        "fired_at": instant(cast("datetime", signal.fired_at)),
        "reported_at": signal.report.reported_at,
        "cleared_at": instant(signal.cleared_at),
        "clear_reason": signal.clear_reason,
        "markets": list(signal.report.markets),
        "labels": dict(details.labels) if details else None,
        "annotations": dict(details.annotations) if details else None,
        "generator_url": details.generator_url if details else None,
        "still_reported": newest is not None,
        "still_reported_at": instant(newest.received_at) if newest else None,
    }


def signal_taken(taken: SignalResult) -> SignalTaken:
    """Write what became of a signal."""
    return {
        "outcome": str(taken.outcome),
        "signal": written(taken.signal),
        "component": taken.component,
        "incident": written(taken.incident) if taken.incident else None,
    }
