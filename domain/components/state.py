"""The state of a component, as its events have left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.impact import StatusSpan
from domain.policy import TICK
from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A status set by an operator, and why."""

    span: StatusSpan
    reason: str

    def ended(self, at: datetime) -> Pin:
        """Give the pin as removed at ``at``, or at its start if that is later."""
        return replace(self, span=replace(self.span, end=max(at, self.span.start)))


class ComponentState:
    """What is known of a component; only its events change it."""

    key: str
    name: Text
    group: str
    description: Text
    markets: tuple[str, ...]
    is_public: bool
    since: date | None
    vouched_from: datetime | None
    position: int
    heartbeat: timedelta | None
    registered_at: datetime

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.pins: dict[UUID, Pin] = {}
        self.silences: tuple[StatusSpan, ...] = ()
        self.retired_at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of it for longer than its heartbeat."""
        return bool(self.silences) and self.silences[-1].end is None

    def silent_from(self, heard: datetime) -> datetime | None:
        """Give the moment at which it falls silent if last heard of at ``heard``."""
        return None if self.heartbeat is None or self.retired_at else heard + self.heartbeat + TICK

    def end_silence(self, at: datetime) -> None:
        """Close the silence, if one is open."""
        if self.is_silent:
            self.silences = (*self.silences[:-1], replace(self.silences[-1], end=max(at, self.silences[-1].start)))
