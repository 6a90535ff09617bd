"""The base of the events of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.aggregate import Event

if TYPE_CHECKING:
    from datetime import datetime


class IncidentEvent(Event):
    """Something that happened to an incident."""

    @property
    def at(self) -> datetime:
        """When it was true in the world."""
        return self.provenance.occurred_at
