"""The plain facts that an incident is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from domain.impact import Impact, Status
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Progress(StrEnum):
    """How far the work has come; it may go back."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Standing(StrEnum):
    """Whether the incident goes on, and how it ended if not."""

    OPEN = "open"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Because(StrEnum):
    """Why a transition happened."""

    PERSON = "person"
    PERSISTED = "persisted"
    CODE_CHANGE = "code_change"
    CLEARED = "cleared"
    STABLE = "stable"
    OVERRIDE = "override"
    BACKFILL = "backfill"


class Occasion(StrEnum):
    """What a generated text is for."""

    TITLE = "title"
    PUBLISHED = "published"
    FIRED_AGAIN = "fired_again"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Wording(Protocol):
    """The texts that a policy publishes, in all languages."""

    def __call__(self, occasion: Occasion, *, components: Mapping[str, Status], markets: Iterable[str]) -> Text:
        """Word an occasion on an incident that has these statuses."""
        ...


@dataclass(frozen=True, kw_only=True)
class Update:
    """An entry of the timeline.

    ``public_number`` counts the entries that readers see. It is None for what was written while the incident was
    private and for internal notes; such an entry is never shown to readers, not even after publication. ``original``
    is the entry before its correction.
    """

    number: int
    progress: Progress
    message: Text
    occurred_at: datetime
    recorded_at: datetime
    components: Mapping[str, Status]
    expected_at: datetime | None = None
    internal: bool = False
    public_number: int | None = None
    by_policy: bool = False
    original: Update | None = None

    @property
    def is_public(self) -> bool:
        """Whether readers see it."""
        return self.public_number is not None


@dataclass(frozen=True, kw_only=True)
class Relapse:
    """A run of firing after the resolution that no reader saw."""

    began_at: datetime
    ended_at: datetime | None
    impact: Impact
    because: str | None = None


@dataclass(frozen=True, kw_only=True)
class Postmortem:
    """What was learned, as readers see it."""

    body: Text
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What an operator sets right; None leaves a thing as it was."""

    title: Text | None = None
    update: int | None = None
    message: Text | None = None
    occurred_at: datetime | None = None
    impact: Impact | None = None
    markets: tuple[str, ...] | None = None
