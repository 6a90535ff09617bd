"""Whether the service can do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import ApplicationError
from application.status.board import STALE_SECONDS
from application.status.projection import BOARD_VIEW
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import require_present
from infrastructure.store.base import StoreDown, instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports import Clock
    from infrastructure.event_log.timer_runner import TimerRunner
    from infrastructure.projections.follower import Follower
    from infrastructure.store.base import Store

LAG = 10_000
"""How many events the views may be behind before the service is not ready."""


class StoreHealth:
    """Checks the store, the views and the clock."""

    def __init__(self, store: Store, follower: Follower, timer_runner: TimerRunner, clock: Clock) -> None:
        """Check the parts of a running program."""
        self._store = store
        self._follower = follower
        self._timer_runner = timer_runner
        self._clock = clock

    def stale(self) -> bool:
        """Tell whether the board has not been seen to reflect the log for some seconds."""
        return self._follower.age(BOARD_VIEW.name) >= STALE_SECONDS

    def problems(self) -> Sequence[str]:
        """Give a sentence for each part that does not work; none holds anything that readers may not know."""
        try:
            with self._store.reading_log() as connection:
                require_present(connection)
                last, _ = recorder.last(connection)
        except StoreDown:
            return ["the store does not answer"]
        except ApplicationError as error:
            return [str(error)]
        problems = ["the board is not up to date"] if self.stale() else []
        problems += [f"the view {name} has stopped" for name in sorted(self._follower.failed)]
        if last - self._follower.position > LAG:
            problems.append(f"the views are more than {LAG} events behind")
        if self._timer_runner.failed:
            problems.append("a timer cannot be carried out")
        return problems

    def overdue(self) -> int:
        """Count the timers whose time has come and that were not carried out."""
        with self._store.reading_log() as connection:
            now = instant(self._clock.now())
            return int(connection.execute("SELECT count(*) FROM timers WHERE due < :now", {"now": now})[0][0] or 0)
