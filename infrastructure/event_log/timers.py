"""The timers: when which aggregate is due."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import written
from application.log import Timer
from infrastructure.store.base import deleting, identity, inserting, instant, moment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from infrastructure.store.base import Connection, Value

Planned = tuple[UUID, Timer | None]
"""A timer that waits for its commit; None clears the one of this aggregate."""

DUE = "SELECT aggregate, kind, due, position FROM timers ORDER BY due, position LIMIT :limit"
PLAN = inserting(
    "timers", {"aggregate": "id", "kind": "key", "due": "instant", "position": "number"}, keys=("aggregate",)
)
CANCEL = deleting("timers", {"aggregate": "id"})


class Timers:
    """Caches the earliest due time, so that the table is read only when a timer may be due."""

    def __init__(self) -> None:
        """Start without a cached due time."""
        self._is_known = False
        self.earliest: datetime | None = None

    def forget(self) -> None:
        """Drop the cached due time."""
        self._is_known = False

    def know(self, earliest: datetime | None) -> None:
        """Take over the earliest due time of the table."""
        self.earliest, self._is_known = earliest, True

    def expect(self, due: datetime) -> None:
        """Note a new due time."""
        self.earliest = min(self.earliest or due, due)

    def due(
        self,
        connection: Connection,
        planned: Sequence[Planned],
        *,
        now: datetime,
        limit: int,
        aside: Collection[UUID] = (),
    ) -> list[Timer]:
        """Give the timers that are due, in order, ``limit`` at most; those of aggregates put ``aside`` never are."""
        if self._is_known and (self.earliest is None or self.earliest > now):
            return []
        rows = connection.execute(DUE, {"limit": limit + len(planned) + len(aside) + 1})
        timers = {identity(row[0]): _timer(row) for row in rows}
        for id, timer in planned:
            timers.pop(id, None)
            if timer is not None:
                timers[id] = timer
        wanted = (timer for timer in timers.values() if timer.aggregate not in aside)
        in_order = sorted(wanted, key=lambda timer: (timer.due, timer.position))
        self.know(in_order[0].due if in_order else None)
        return [timer for timer in in_order if timer.due <= now][:limit]


def write(connection: Connection, planned: Sequence[Planned]) -> None:
    """Write the last timer that was set for each aggregate."""
    final = dict(planned)
    gone = [(written(id),) for id, timer in final.items() if timer is None]
    there = [
        (written(id), timer.kind, instant(timer.due), timer.position)
        for id, timer in final.items()
        if timer is not None
    ]
    if gone:
        connection.run(CANCEL, gone)
    if there:
        connection.run(PLAN, there)


def _timer(row: tuple[Value, ...]) -> Timer:
    return Timer(aggregate=identity(row[0]), kind=str(row[1]), due=moment(row[2]), position=int(row[3] or 0))
