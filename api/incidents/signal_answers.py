"""Signals and what becomes of them, as answers show them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from api.http.answer_values import Key, Page, Shown
from api.incidents.signal_bodies import SignalState
from application.incidents.signal_intake import Outcome
from domain.impact import Status
from domain.incidents.signal import Cause


class SignalTaken(Shown):
    """What became of a signal that was handed in."""

    outcome: Outcome
    signal: UUID
    """The id of the signal, which follows from its source and fingerprint."""
    component: str | None
    """What it names, known or not."""
    incident: UUID | None
    """The incident that it belongs to."""


class AlertTaken(SignalTaken):
    """What became of an alert."""

    fingerprint: str


class AlertRefused(Shown):
    """An alert that cannot be read; it does not keep the others from being taken."""

    fingerprint: str | None
    outcome: Literal["refused"]
    code: str
    detail: str


class AlertsTaken(Shown):
    """What became of each alert, in order."""

    alerts: list[AlertTaken | AlertRefused]


class Signal(Shown):
    """A signal, as it was last reported."""

    id: UUID
    version: int
    """The number of its events."""
    source: str
    fingerprint: str
    state: SignalState
    component: Key | None
    """What it names, known or not."""
    routed: bool
    """Whether its component is known."""
    status: Status
    cause: Cause | None
    summary: str | None
    incident: UUID | None
    """The incident that it belongs to."""
    fired_at: datetime
    reported_at: str | None
    """The instant of the firing as the source wrote it, which may be finer than a microsecond."""
    cleared_at: datetime | None
    """When it cleared last, even if it fires again."""
    clear_reason: str | None
    """Why an operator cleared it by hand."""


class SignalPage(Page[Signal]):
    """Signals by id."""
