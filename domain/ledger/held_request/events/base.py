"""The base of the events of a held request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.aggregate import Event

if TYPE_CHECKING:
    from datetime import datetime


class RequestEvent(Event):
    """An event of a held request; ``at`` is when it occurred."""

    @property
    def at(self) -> datetime:  # noqa: D102 - see above
        return self.provenance.occurred_at
