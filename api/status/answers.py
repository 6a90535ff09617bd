"""The board, as answers show it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from api.components.answers import PublicComponentParts
from api.http.answer_values import SOMETIMES, LocalizedText, Shown, Visibility
from domain.impact import Status


class Indicator(StrEnum):
    """How bad the worst status on the board is."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class BoardCause(Shown):
    """Why a component shows what it shows."""

    type: Literal["incident", "relapse", "maintenance_window", "restoration", "pin"]
    """A `relapse`, the return of a resolved problem before it is published, is shown to operators, auditors and admins
    only."""
    status: Status
    since: datetime
    id: UUID = SOMETIMES
    """Of the incident, the window, the restoration or the pin; readers get no ids of pins."""
    title: LocalizedText | None = SOMETIMES
    """Of the incident or the window; null while an incident has none, absent for a pin or a restoration."""
    panel: str = SOMETIMES
    """Of the restoration; so too `capability`."""
    capability: str = SOMETIMES
    visibility: Visibility = SOMETIMES
    """For operators, auditors and admins only."""


class BoardComponent(PublicComponentParts):
    """A component on the board."""

    status: Status
    status_since: datetime | None
    """Null if it is not known."""
    causes: list[BoardCause]
    """The worst first; empty if nothing is the matter, or if it has fallen silent."""
    public: bool = SOMETIMES
    """For operators, auditors and admins only: whether readers see it."""
    version: int = SOMETIMES
    """For operators, auditors and admins only."""


class Board(Shown):
    """What works, and what does not."""

    indicator: Indicator
    components: list[BoardComponent]
