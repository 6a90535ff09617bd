"""Looks how far a hot standby has come: what reads of this process may rely on."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import structlog

from application.health import ReadLag
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import log_identity
from infrastructure.projections.known_views import KnownViews
from infrastructure.projections.log_marks import LogMarks
from infrastructure.projections.view_states import ROWS, rows_by_name
from infrastructure.store.base import StoreDown
from infrastructure.store.postgres_connection import ReadCancelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.health import ReadinessDetail, ReasonCode
    from application.projections.tables import View
    from infrastructure.projections.follower import Follower
    from infrastructure.projections.view_states import ViewRow
    from infrastructure.store.base import Connection, Store
    from infrastructure.store.postgres_standby import PostgresStandby

POLL_SECONDS = 0.25
"""How often to look without being woken."""
PACE_SECONDS = 0.02
"""How soon to look again while more is expected; each look that finds nothing new doubles it, up to the other."""
BEHIND_SECONDS = 10.0
"""How far the standby may be behind before the service is not ready."""
UNSEEN = 2**62
"""Beyond every position: nothing may be read of a view that was not seen yet."""

log = structlog.get_logger()


class LogStand(NamedTuple):
    """Where a log ends, with what tells the event there from every other, and which log it is."""

    end: int
    last_event: str
    log: str


class StandbyWatch(KnownViews):
    """What is known of the views on a standby, and of the log there; see ``look``.

    Notifications are not to be had from a standby. So whoever is told of an event by the database that is written, or
    has committed it, wakes this watch, which looks until the standby has it, too.
    """

    def __init__(
        self,
        primary: Store,
        standby: PostgresStandby,
        views: Sequence[View],
        follower: Follower,
    ) -> None:
        """Watch ``standby``, which follows ``primary``; ``follower`` wakes it when the views there have changed."""
        super().__init__(view.name for view in views)
        self._primary = primary
        self._standby = standby
        self._versions = {view.name: view.version for view in views}
        self._follower = follower
        self._marks = LogMarks()
        self._began = monotonic()
        self._log_confirmed: float | None = None
        self._log: str | None = None
        self._is_behind = False
        self._is_answered = False
        self._expected = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="standby", daemon=True)
        self.end = 0
        """The position of the last event that was seen on the standby."""
        self.problem: ReadinessDetail | None = None
        """Why nothing is read from the standby."""
        for state in self.states.values():
            state.complete_at = UNSEEN
        standby.require_log = self._require_log
        follower.on_progress(self._expect)

    @property
    def lag(self) -> ReadLag:
        """How far the log on the standby is behind."""
        since = self._began if self._log_confirmed is None else self._log_confirmed
        return ReadLag(seconds=max(monotonic() - since, 0.0), positions=max(self._marks.end - self.end, 0))

    def findings(self) -> Sequence[ReadinessDetail]:
        """List what is the matter with the standby."""
        found = [self.problem] if self.problem is not None else []
        lag = self.lag
        if lag.seconds >= BEHIND_SECONDS:
            message = (
                f"The read database is {lag.seconds:.0f} seconds and {lag.positions} events behind."
                if self._is_answered
                else f"For {lag.seconds:.0f} seconds nothing has told whether the read database has every event."
            )
            found.append({"code": "read_database_behind", "message": message, "position": self.end})
        return found

    def wake(self, position: int = 0) -> None:
        """Look at once, and until the standby has ``position``."""
        self._expected = max(self._expected, position)
        self._wake.set()

    def start(self) -> None:
        """Look once, and begin to watch."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look how far the standby has come, and whether it is of the log that is written.

        Nothing of it is read before the database that is written has said so. While that is away, what was known of
        the standby holds, and gets old.
        """
        try:
            with self._standby.watching() as connection:
                # In this order: no view is ahead of the log.
                rows = rows_by_name(connection.execute(ROWS), "")
                stand = _stand(connection)
        except ReadCancelled:
            # It is busy; the next look may go well.
            pass
        except StoreDown as error:
            self._doubts = True
            self._note("read_database_unavailable", f"The read database does not answer: {error}.")
        else:
            self._compare(stand, rows)
        self._note_lag()
        for listener in self._listeners:
            listener(self.position)

    def _compare(self, stand: LogStand, rows: Mapping[str, ViewRow]) -> None:
        asked = monotonic()
        try:
            with self._primary.reading_log() as connection:
                own = LogStand(
                    recorder.last(connection)[0],
                    recorder.fingerprint_at(connection, stand.end),
                    log_identity(connection),
                )
        except StoreDown:
            own = None
        self._is_answered = own is not None
        if own is not None:
            self._log = own.log
            self._marks.add(own.end, asked)
        misfit = _misfit(stand, own, self._log)
        if misfit is not None:
            self._standby.refusal = misfit
            code: ReasonCode = "read_database_unavailable" if self._log is None else "read_database_of_another_log"
            self._note(code, f"Nothing is read from {self._standby.address}: {misfit}.")
            return
        self._standby.refusal = self.problem = None
        try:
            self._resolve_doubts(self._standby)
        except StoreDown as error:
            self._note("read_database_unavailable", f"The read database does not answer: {error}.")
            return
        self.end = stand.end
        self._note_views(rows)

    def _note_views(self, rows: Mapping[str, ViewRow]) -> None:
        self.failed = self._follower.failed
        for name, state in self.states.items():
            row = rows.get(name)
            if row is None or row.version != self._versions[name]:
                # Another program keeps it, or none yet: this one cannot read it.
                state.complete_at = UNSEEN
                continue
            state.note(row)
            moment = self._marks.reached(row.position)
            if moment is not None:
                state.confirm(moment)
        reached = self._marks.reached(self.end)
        if reached is not None:
            self._log_confirmed = reached
        self._marks.forget(min(self.end, self.position))

    def _note(self, code: ReasonCode, sentence: str) -> None:
        if self.problem is None or self.problem["message"] != sentence:
            # Once: what is away stays so for a while.
            log.warning(code, error=sentence)
        self.problem = {"code": code, "message": sentence}

    def _note_lag(self) -> None:
        lag = self.lag
        is_behind = lag.seconds >= BEHIND_SECONDS
        if is_behind and not self._is_behind:
            log.warning("read_database_behind", seconds=round(lag.seconds), positions=lag.positions)
        elif self._is_behind and not is_behind:
            log.info("read_database_caught_up", position=self.end)
        self._is_behind = is_behind

    def _require_log(self, connection: Connection) -> None:
        there = log_identity(connection)
        if there != self._log:
            raise StoreDown(f"{self._standby.address} has another log, {there}")

    def _expect(self, position: int) -> None:
        if position > self._expected:
            self.wake(position)

    def _loop(self) -> None:
        pause = POLL_SECONDS
        while not self._stopping.is_set():
            is_woken = self._wake.wait(pause)
            self._wake.clear()
            before = self.end, self.position
            try:
                self.look()
            except Exception:  # an edge: whatever is wrong with it, the standby is looked at again
                log.exception("standby_not_watched")
            is_new = is_woken or (self.end, self.position) != before
            more = self.position < max(self._expected, self._marks.end)
            pause = (PACE_SECONDS if is_new else min(2 * pause, POLL_SECONDS)) if more else POLL_SECONDS


def _stand(connection: Connection) -> LogStand:
    end, _ = recorder.last(connection)
    return LogStand(end, recorder.fingerprint_at(connection, end), log_identity(connection))


def _misfit(stand: LogStand, own: LogStand | None, known: str | None) -> str | None:
    """Say why a standby is not to be read; ``own`` is what the database that is written has at the same position."""
    if known is None:
        return "the database that is written has not answered yet, so that nothing tells whether it has the same log"
    if stand.log != known:
        return f"it has the log {stand.log}, and not {known}"
    if own is not None and stand.last_event != own.last_event:
        return f"at position {stand.end} it has another event than the database that is written"
    return None
