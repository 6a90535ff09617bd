"""Follows the log and updates the views; woken by the writer, by other processes, and after a while in any case."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from application.errors import SchemaMismatch
from infrastructure.event_log import recorder
from infrastructure.projections import projector
from infrastructure.projections.known_views import KnownViews
from infrastructure.projections.projector import CannotProject, Diverged, Projector
from infrastructure.projections.tracker import Tracker
from infrastructure.projections.view_slots import UnusedViews
from infrastructure.projections.view_states import Failure, ViewRow
from infrastructure.projections.yielding import Yielding
from infrastructure.store.base import StoreDown, TableUnfit, ViewsDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.projections.past_rows import PastRows
    from infrastructure.projections.projector import Prepared
    from infrastructure.store.base import Store

PACE_SECONDS = 0.02
"""The least time between the starts of two batches, so that a busy log is followed in large batches."""
GO_ON = 1
"""The result of a step that wrote nothing, but after which there may be more to do."""
POLL_SECONDS = 0.25
"""How often to read the log without being woken."""
ATTEMPTS = 3
"""How often views are put aside, one after the other, before it is given up to catch up with them."""

log = structlog.get_logger()


class Follower(KnownViews):
    """Updates views from the log, each with its own position; one that fails stops alone and is named in ``failed``.

    One that saw another log than the one there is begins anew, and so do all if what is stored of them is damaged.
    """

    def __init__(
        self,
        store: Store,
        mapper: TypedMapper,
        views: Sequence[View],
        *,
        suffix: str = "",
        past: PastRows | None = None,
    ) -> None:
        """Follow the log of ``store`` for ``views``; with a ``suffix``, for those built beside the ones of now.

        Between two batches, rows of the ``past`` are dropped.
        """
        self._past = past
        super().__init__(view.name for view in views)
        self._store = store
        self._views = {view.name: view for view in views}
        self._suffix = suffix
        self._projector = Projector(store, mapper, self._views, suffix=suffix)
        # Whoever hands it a batch waits for the end of that, so that the connection has one user at a time.
        self._second = ThreadPoolExecutor(max_workers=1, thread_name_prefix="views")
        self._tracker = Tracker(store, self._views, suffix)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, name="follower", daemon=True),
            threading.Thread(target=self._listen, name="listener", daemon=True),
        ]
        self.failed: dict[str, Failure] = {}
        self._turns = Yielding()
        self._unused = UnusedViews(store)

    def wake(self, _position: int = 0) -> None:
        """Wake the follower: there are new events."""
        self._wake.set()

    def start(self) -> None:
        """Begin to follow."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the current batch."""
        self._stopping.set()
        self._wake.set()
        running = [thread for thread in self._threads if thread.is_alive()]
        if running:
            # One that was never started leaves the store alone, which another may follow.
            self._store.end_waiting()
        for thread in running:
            thread.join()
        self._second.shutdown()
        self._tracker.disconnect()

    def catch_up(self, *, advanced: Callable[[int], None] | None = None) -> None:
        """Follow the log to where it ends now; ``advanced`` is told how many events each batch had.

        What others append meanwhile is left for later: behind a busy log there would be no end.

        Raises:
            StoreDown: if the store cannot be reached, or its log is damaged.
        """
        with self._store.reading_log() as reading:
            end, _ = recorder.last(reading)
        attempts = 0
        while True:
            try:
                taken = self._step()
            except ViewsDamaged:
                attempts += 1
                if attempts == ATTEMPTS:
                    raise
                continue
            if taken and advanced is not None:
                advanced(taken)
            if not taken or all(each >= end for name, each in self.positions.items() if name not in self.failed):
                return

    def _loop(self) -> None:
        complaint = ""
        while not self._stopping.is_set():
            began, more = monotonic(), 0
            self._wake.clear()
            try:
                more = self._step(gives_way=True) or self._drop_past()
                complaint = ""
            except StoreDown as error:
                if complaint != str(error):
                    # Once: what is damaged stays so, and the log would fill with it.
                    complaint = str(error)
                    log.warning("views_wait_for_store", error=complaint)
                self._doubts = True
                self._tracker.disconnect()
            except Exception:  # an edge: whatever is wrong with the views, the log goes on and they are tried again
                log.exception("follower_failed")
                self._tracker.disconnect()
            if more:
                # The first batch goes at once; a busy log is then followed at a steady pace.
                if more < projector.BATCH:
                    self._pause(PACE_SECONDS - (monotonic() - began))
            else:
                self._wake.wait(PACE_SECONDS if self._turns.has_led else POLL_SECONDS)

    def _drop_past(self) -> int:
        return 0 if self._past is None else self._past.drop_some()

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(max(seconds, 0))

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.wait_for_change(POLL_SECONDS)
                self._unused.tidy(is_read=all(state.is_complete for state in self.states.values()))
            except StoreDown:
                self._pause(POLL_SECONDS)
            self._wake.set()

    def _step(self, *, gives_way: bool = False) -> int:
        """Take the next batch for every view, those at the same position together.

        With ``gives_way``, the views that failed lately or that another process keeps are left alone.
        """
        self._mend()
        self._resolve_doubts(self._store)
        rows = self._read_positions()
        resting = self._resting(rows) if gives_way else set()
        groups: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for name, row in rows.items():
            self.states[name].note(row)
            if name not in resting:
                groups[row.position, row.last_event].append(name)
        taken = max((self._advance(tuple(names), *stands) for stands, names in groups.items()), default=0)
        for listener in self._listeners:
            listener(self.position)
        return taken

    def _mend(self) -> None:
        """Put the views aside if anybody in this process has found them damaged."""
        if self._store.damage.views is not None:
            self._tracker.mend()
            self._note(tuple(self._views))

    def _note(self, names: Sequence[str]) -> None:
        # Lest what this process itself has done be taken for the work of another.
        rows = self._read_positions()
        for name in rows.keys() & set(names):
            self.states[name].note(rows[name])

    def _resting(self, rows: Mapping[str, ViewRow]) -> set[str]:
        for name, row in rows.items():
            state = self.states[name]
            if row.position != state.position:
                self._turns.led(name)
                if row.position > state.position:
                    self.failed.pop(name, None)
            state.note(row)
        resting = self._turns.resting()
        if self._turns.has_led:
            with self._store.reading_log() as reading:
                end, _ = recorder.last(reading)
            positions = [(name, row.position) for name, row in rows.items()]
            for name, moment in self._turns.confirmed(positions, end).items():
                self.states[name].confirm(moment)
        return resting

    def _advance(self, names: tuple[str, ...], start: int, last_event: str, until: int | None = None) -> int:
        try:
            return self._take_batch(names, start, last_event, until)
        except Exception as error:  # an edge: a view that fails must not stop the others
            self._tracker.rollback()
            self._projector.forget(names)
            if isinstance(error, StoreDown) and not isinstance(error, TableUnfit):
                raise
            if isinstance(error, Diverged) and not self._suffix:
                self._tracker.begin_anew(names, start, last_event)
                self._note(names)
                return GO_ON
            if len(names) > 1:
                return max(self._advance((name,), start, last_event) for name in names)
            if isinstance(error, CannotProject) and error.position > start + 1:
                # What comes before the event is right, and is shown.
                return self._advance(names, start, last_event, until=error.position - 1)
            self._note_failure(names[0], error)
            return 0

    def _take_batch(self, names: tuple[str, ...], start: int, last_event: str, until: int | None) -> int:
        """Take one batch; while a full one is written, the next is worked out."""
        prepared = self._projector.prepare(names, start, last_event, until)
        if not prepared.count:
            self._note_progress(names, prepared)
            return 0
        if prepared.is_full:
            writing = self._second.submit(self._write, names, prepared)
            self._projector.prepare_ahead(names, prepared.end, prepared.last_event)
            is_written = writing.result()
        else:
            is_written = self._write(names, prepared)
        return prepared.count if is_written else GO_ON

    def _write(self, names: tuple[str, ...], prepared: Prepared) -> bool:
        """Write rows and positions in one transaction, or nothing if another process has moved the positions."""
        connection, rows = self._tracker.begin()
        rows = self._of_our_version(rows)
        stand = (prepared.start, prepared.follows)
        if any(name not in rows or (rows[name].position, rows[name].last_event) != stand for name in names):
            connection.rollback()
            return False
        with connection.committing():
            prepared.write(connection)
            self._tracker.move(names, prepared)
        # Here, and not when the next batch is prepared: others may note what another process did meanwhile.
        self._note_progress(names, prepared)
        return True

    def _note_progress(self, names: tuple[str, ...], prepared: Prepared) -> None:
        for name in names:
            self.failed.pop(name, None)
            state = self.states[name]
            state.changed = max([state.changed, *prepared.touched.get(name, ())[-1:]])
            state.stand = prepared.end, prepared.last_event
            if not prepared.is_full:
                state.confirm(prepared.asked)
                if not state.is_complete:
                    # The log was longer when it began anew.
                    self._tracker.lower(name, prepared.end)
                    state.complete_at = prepared.end

    def _read_positions(self) -> dict[str, ViewRow]:
        return self._of_our_version(self._tracker.read())

    def _of_our_version(self, rows: Mapping[str, ViewRow]) -> dict[str, ViewRow]:
        for name, row in rows.items():
            if row.version != self._views[name].version:
                sentence = f"another program keeps the view in its version {row.version!r}"
                self._note_failure(name, SchemaMismatch(sentence))
        return {name: row for name, row in rows.items() if row.version == self._views[name].version}

    def _note_failure(self, name: str, error: Exception) -> None:
        failure = Failure(f"{type(error).__name__}: {error}")
        if isinstance(error, CannotProject):
            failure = Failure(str(error), error.position, error.topic)
        self._turns.failed(name)
        self.states[name].doubt()
        if self.failed.get(name) != failure:
            self.failed[name] = failure
            log.error("view_failed", view=name, error=failure.sentence, position=failure.position, type=failure.event)
