"""Whether the service can do its work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from application.errors import CorruptEvent, SchemaMismatch
from application.status.board import STALE_SECONDS
from application.status.projection import BOARD_VIEW
from domain.provenance import FUTURE_TOLERANCE
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import require_present
from infrastructure.projections.temporal_tables import tables_of
from infrastructure.projections.view_states import ROWS, rows_by_name
from infrastructure.store.base import LogDamaged, StoreDown, instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from application.health import LogSample, ReadinessDetail, ReadLag
    from application.ports import Clock
    from application.projections.tables import View
    from infrastructure.event_log.timer_runner import TimerRunner
    from infrastructure.projections.follower import Follower
    from infrastructure.projections.view_states import ViewRow
    from infrastructure.read_side import ReadSide
    from infrastructure.store.base import Store
    from infrastructure.token_cache import TokenCache
    from infrastructure.verification.sampler import LogSampler

LAG = 10_000
"""How many events the views may be behind before the service is not ready."""
NOT_AT_ALL = timedelta()


class StoreHealth:
    """Checks the store, the views and the clock."""

    def __init__(
        self,
        store: Store,
        follower: Follower,
        timer_runner: TimerRunner,
        clock: Clock,
        *,
        tokens: TokenCache,
        sampler: LogSampler,
        views: Sequence[View],
        signing_problem: Callable[[], ReadinessDetail | None],
        read_side: ReadSide,
    ) -> None:
        """Check the parts of a running program."""
        self._read_side = read_side
        self._signing_problem = signing_problem
        self._store = store
        self._follower = follower
        self._timer_runner = timer_runner
        self._clock = clock
        self._tokens = tokens
        self._sampler = sampler
        # One row of each table: that it is there, and that it can be read.
        tables = [table.name for view in views for table in tables_of(view)]
        self._probe = " UNION ALL ".join(f"SELECT 1 FROM (SELECT 1 FROM {name} LIMIT 1) AS {name}_1" for name in tables)

    def stale(self) -> bool:
        """Tell whether the board has not been seen to reflect the log for some seconds, or is built anew."""
        state = self._read_side.views.states[BOARD_VIEW.name]
        return not state.is_complete or state.age >= STALE_SECONDS

    def findings(self) -> Sequence[ReadinessDetail]:
        """List what does not work, and what somebody has to look at."""
        try:
            with self._store.reading_log() as connection:
                require_present(connection)
                last, last_at = recorder.last(connection)
        except LogDamaged:
            return [*self._of_log(), *self._of_views()]
        except StoreDown as error:
            away: ReadinessDetail = {"code": "store_unavailable", "message": f"The store does not answer: {error}."}
            return [away, *self._read_side.findings()]
        except SchemaMismatch as error:
            return [{"code": "schema_mismatch", "message": f"{error}."}]
        problem = self._signing_problem()
        return [
            *self._of_tokens(),
            *self._of_log(),
            *self._of_views(last),
            *self._of_clock(last_at),
            *([problem] if problem else []),
            *self._read_side.findings(),
        ]

    def read_lag(self) -> ReadLag | None:
        """Give how far what is read is behind what is written; None where both are one."""
        return self._read_side.lag()

    def log_sample(self) -> LogSample:
        """Give how far this process has come on its way round the log, and how many mismatches it found."""
        return self._sampler.sample

    def overdue(self) -> int:
        """Count the timers whose time has come and that were not carried out."""
        with self._store.reading_log() as connection:
            now = instant(self._clock.now())
            return int(connection.execute("SELECT count(*) FROM timers WHERE due < :now", {"now": now})[0][0] or 0)

    def clock_behind(self) -> timedelta:
        """Give how long the clock has to go until it shows the time of the last event."""
        with self._store.reading_log() as connection:
            return self._behind(recorder.last(connection)[1])

    def _behind(self, last_at: datetime | None) -> timedelta:
        return NOT_AT_ALL if last_at is None else max(last_at - self._clock.now(), NOT_AT_ALL)

    def _of_tokens(self) -> Iterator[ReadinessDetail]:
        try:
            self._tokens.by_digest()
        except CorruptEvent as error:
            yield {"code": "tokens_unreadable", "message": f"The tokens cannot be read: {error}."}
        except StoreDown:
            # Whatever it is, it is noted of the log.
            return

    def _of_log(self) -> Iterator[ReadinessDetail]:
        if self._store.damage.log is not None:
            yield {
                "code": "log_damaged",
                "message": f"{self._store.damage.log}. Restore the log from a backup; it is never put aside.",
            }
        for mismatch in self._sampler.found:
            found: ReadinessDetail = {
                "code": "log_mismatch",
                "message": f"The log is not what was recorded: {mismatch}. Run: bitacora verify.",
            }
            if mismatch.position is not None:
                found["position"] = mismatch.position
            yield found

    def _of_views(self, last: int | None = None) -> Iterator[ReadinessDetail]:
        yield from self._of_tables()
        for aside in self._store.put_aside:
            message = f"Views were damaged and have begun anew; look at {aside}, and delete it."
            yield {"code": "views_put_aside", "message": message}
        for name, failure in sorted(self._follower.failed.items()):
            finding: ReadinessDetail = {
                "code": "view_stopped",
                "message": f"The view {name} has stopped: {failure.sentence}.",
                "view": name,
            }
            if failure.position is not None and failure.event is not None:
                finding |= {"position": failure.position, "event": failure.event}
            yield finding
        if self.stale():
            yield {"code": "board_stale", "message": "The board is not up to date."}
        position = self._follower.position
        if last is not None and last - position > LAG:
            message = f"The views are {last - position} events behind."
            yield {"code": "views_behind", "message": message, "position": position}

    def _of_tables(self) -> Iterator[ReadinessDetail]:
        """Ask the store itself: the follower notes that views begin anew when they are empty already."""
        rows: dict[str, ViewRow] = {}
        try:
            with self._store.reading_views() as connection:
                connection.execute(self._probe)
                rows = rows_by_name(connection.execute(ROWS), "")
            error = self._store.damage.views
        except StoreDown as down:
            error = str(down)
        if error is not None:
            yield {"code": "views_damaged", "message": f"The views cannot be read: {error}."}
        for name in sorted(self._follower.states.keys() & rows.keys()):
            position, complete_at = rows[name].position, rows[name].complete_at
            if position < complete_at:
                message = f"The view {name} is built anew, up to position {complete_at}."
                yield {"code": "view_rebuilding", "message": message, "view": name, "position": position}

    def _of_clock(self, last_at: datetime | None) -> Iterator[ReadinessDetail]:
        for aggregate, sentence in sorted(self._timer_runner.failed.items()):
            message = f"A timer of {aggregate} cannot be carried out: {sentence}."
            yield {"code": "timer_failed", "message": message}
        behind = self._behind(last_at)
        if behind > FUTURE_TOLERANCE:
            message = (
                f"The clock is {behind.total_seconds():.0f} seconds behind the last event."
                " Nothing becomes due until it has caught up."
            )
            yield {"code": "clock_behind_log", "message": message}
