"""Incidents and signals, as they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.pieces import Piece


@dataclass(frozen=True, kw_only=True)
class IncidentFilter:
    """Which incidents to list; None means any."""

    state: str | None = None
    component: str | None = None
    public: bool | None = None


class IncidentQueries(Protocol):
    """Incidents with their newest updates, as JSON texts: private side, public side or None."""

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give one incident; None if there was none at position ``at``."""
        ...

    def ended_at(self, at: int, id: UUID) -> datetime | None:
        """Give when an incident was resolved, dismissed or withdrawn; None while it goes on, at position ``at``."""
        ...

    def page(
        self, at: int, wanted: IncidentFilter, before: str | None, limit: int
    ) -> Piece[tuple[str, str, str | None]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        ...

    def began(
        self, at: int, *, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
    ) -> Sequence[tuple[str, str]]:
        """Give place and public side of incidents that began from ``start`` to ``end``, the newest first.

        Of those that readers see, ``limit`` at most, of which the place in time is less than ``before``.
        """
        ...

    def beginning(self, at: int, moment: datetime, *, component: str | None, later: bool) -> datetime | None:
        """Give when the last public incident before a moment began, or with ``later`` the first one from then on."""
        ...

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of ``limit`` updates at most, the oldest first, beyond the number ``after``.

        Of those that readers see, if ``public``, with their numbers among these. None if there was no such incident at
        position ``at``, or readers do not see it.
        """
        ...

    def public_titles(self, at: int, ids: Sequence[str]) -> Mapping[str, dict[str, str]]:
        """Give the titles that readers see, by id, of those incidents that they see at position ``at``."""
        ...


class SignalQueries(Protocol):
    """Signals, as JSON texts."""

    def find(self, at: int, id: UUID) -> str | None:
        """Give one signal; None if there was none at position ``at``."""
        ...

    def page(
        self, at: int, *, routed: bool | None, firing: bool | None = None, after: str | None, limit: int
    ) -> Piece[tuple[str, str]]:
        """Give id and document, by id, of those whose id is greater than ``after``."""
        ...
