"""The caller of a command, who becomes part of the provenance of its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.access.keyring import CONSOLE
from domain.provenance import Provenance

if TYPE_CHECKING:
    from datetime import datetime

    from application.log import Log

CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The actor (``token:<name>``, ``owner``, ``clock``, ``policy:<name>``), what it came through, and the request."""

    actor: str
    source: str
    request_id: str

    def says(self, log: Log, *, occurred_at: datetime | None = None, causation: int | None = None) -> Provenance:
        """Give the provenance of an event that occurred at ``occurred_at``, or now; ``causation`` is a position."""
        return Provenance(
            actor=self.actor,
            source=self.source,
            request_id=self.request_id,
            causation=causation,
            occurred_at=occurred_at or log.now,
            recorded_at=log.now,
        )


BY_CONSOLE = Caller(actor=f"token:{CONSOLE}", source="cli", request_id="")
"""The caller that stands for the command line."""
BY_CLOCK = Caller(actor=CLOCK, source="bitacora", request_id="")
"""The caller that stands for the clock."""


def by_policy(name: str) -> Caller:
    """Give the caller that stands for a policy."""
    return Caller(actor=f"policy:{name}", source="bitacora", request_id="")
