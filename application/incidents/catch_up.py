"""What was due in the past on incidents, as is found out when late facts come several at a time."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING
from uuid import UUID

from domain.incidents import Incident

if TYPE_CHECKING:
    from datetime import datetime

    from application.incidents.commands import Incidents
    from application.log import Log


class CatchUp:
    """The incidents that late facts have touched, by when a policy would have acted on them."""

    def __init__(self, log: Log, incidents: Incidents) -> None:
        """Begin with none; a transaction begins when all that is known to be due is done."""
        self._log = log
        self._incidents = incidents
        self._waiting: list[tuple[datetime, int, UUID]] = []

    def expect(self, id: UUID) -> None:
        """Take notice that a fact about this incident was recorded."""
        self._wait(self._log.load(Incident, id), self._log.position)

    def act(self, until: datetime) -> None:
        """Do what was due at ``until`` at the latest, in order."""
        while self._waiting and self._waiting[0][0] <= until:
            due, position, id = heapq.heappop(self._waiting)
            incident = self._log.load(Incident, id)
            # A later fact may have moved it, and waits for itself.
            if incident.next_due == due:
                self._incidents.act(self._log, incident, causation=position, until=due)
                self._wait(incident, position)

    def _wait(self, incident: Incident, position: int) -> None:
        if incident.next_due is not None and incident.next_due <= self._log.now:
            heapq.heappush(self._waiting, (incident.next_due, position, incident.id))
