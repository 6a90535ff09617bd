"""When the clock has to visit which aggregate."""

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
"""A timer that waits for its commit; None takes the one of this aggregate back."""

DUE = "SELECT aggregate, kind, due, position FROM timers ORDER BY due, position LIMIT :limit"
PLAN = inserting(
    "timers", {"aggregate": "id", "kind": "key", "due": "instant", "position": "number"}, keys=("aggregate",)
)
CANCEL = deleting("timers", {"aggregate": "id"})


class Timers:
    """Knows the earliest due time, so that the table is asked only when there may be something to do."""

    def __init__(self) -> None:
        """Begin without knowing anything."""
        self._is_known = False
        self.earliest: datetime | None = None

    def forget(self) -> None:
        """Ask the table next time."""
        self._is_known = False

    def expect(self, due: datetime) -> None:
        """Take notice of a new due time."""
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
        self.earliest, self._is_known = (in_order[0].due if in_order else None), True
        return [timer for timer in in_order if timer.due <= now][:limit]


def write(connection: Connection, planned: Sequence[Planned]) -> None:
    """Write the last of what was planned for each aggregate."""
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
