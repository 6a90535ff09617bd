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
from infrastructure.projections.yielding import Yielding
from infrastructure.store.base import Connection, StoreDown, TableUnfit, Value, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.projections.projector import Prepared
    from infrastructure.store.base import Store

PACE_SECONDS = 0.02
"""The least time between the starts of two batches, so that a busy log is followed in large batches."""
# In the order of the names, so that two followers lock in the same order.
POSITIONS = "SELECT name, position, version FROM views ORDER BY name"
MOVE = setting("views", "position", "number", {"name": "key"}, where="true")
GO_ON = 1
"""The result of a step that wrote nothing because another process was quicker: there may be more to do."""
POLL_SECONDS = 0.25
"""How often to read the log without being woken."""

log = structlog.get_logger()


class Follower:
    """Updates views from the log, each with its own position; one that fails stops alone and is named in ``failed``."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Sequence[View]) -> None:
        """Follow the log of ``store`` for ``views``."""
        self._store = store
        self._views = {view.name: view for view in views}
        self._projector = projector.Projector(store, mapper, self._views)
        # Whoever hands it a batch waits for the end of that, so that the connection has one user at a time.
        self._second = ThreadPoolExecutor(max_workers=1, thread_name_prefix="views")
        self._connection: Connection | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._listeners: list[Callable[[int], None]] = []
        self._threads = [
            threading.Thread(target=self._loop, name="follower", daemon=True),
            threading.Thread(target=self._listen, name="listener", daemon=True),
        ]
        self.positions: dict[str, int] = dict.fromkeys(self._views, 0)
        self.changed: dict[str, int] = dict.fromkeys(self._views, 0)
        self._highest: dict[str, int] = dict.fromkeys(self._views, 0)
        self.failed: dict[str, str] = {}
        self._turns = Yielding()
        self._confirmed: dict[str, float] = dict.fromkeys(self._views, monotonic())

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        return min(self.positions.values())

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log."""
        return monotonic() - self._confirmed[view]

    def is_rebuilding(self, view: str) -> bool:
        """Tell whether ``view`` began anew and has not come to where it was before."""
        return self.positions[view] < self._highest[view]

    def on_progress(self, listener: Callable[[int], None]) -> None:
        """Call ``listener``, on the follower's thread, with each position that all views have reached."""
        self._listeners.append(listener)

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
        self._disconnect()

    def catch_up(self, *, advanced: Callable[[int], None] | None = None) -> None:
        """Follow the log to where it ends now; ``advanced`` is told how many events each batch had.

        What others append meanwhile is left for later: behind a busy log there would be no end.

        Raises:
            StoreDown: if the store cannot be reached.
        """
        with self._store.reading_log() as reading:
            end, _ = recorder.last(reading)
        while taken := self._step():
            if advanced is not None:
                advanced(taken)
            if all(position >= end for name, position in self.positions.items() if name not in self.failed):
                return

    def _loop(self) -> None:
        while not self._stopping.is_set():
            began = monotonic()
            self._wake.clear()
            try:
                more = self._step(gives_way=True)
            except StoreDown as error:
                log.warning("views_wait_for_store", error=str(error))
                self._disconnect()
                more = 0
            except Exception:  # an edge: whatever is wrong with the views, the log goes on and they are tried again
                log.exception("follower_failed")
                self._disconnect()
                more = 0
            if more:
                # The first batch goes at once; a busy log is then followed at a steady pace.
                if more < projector.BATCH:
                    self._pause(PACE_SECONDS - (monotonic() - began))
            else:
                self._wake.wait(PACE_SECONDS if self._turns.has_led else POLL_SECONDS)

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._stopping.wait(seconds)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.wait_for_change(POLL_SECONDS)
            except StoreDown:
                self._pause(POLL_SECONDS)
            self._wake.set()

    def _step(self, *, gives_way: bool = False) -> int:
        """Take the next batch for every view, those at the same position together.

        With ``gives_way``, the views that failed lately or that another process keeps are left alone.
        """
        positions = self._read_positions()
        resting = self._resting(positions) if gives_way else set()
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for name, position in positions.items():
            if name not in resting:
                groups[position].append(name)
        taken = max((self._advance(tuple(names), position) for position, names in groups.items()), default=0)
        for listener in self._listeners:
            listener(self.position)
        return taken

    def _resting(self, positions: Mapping[str, int]) -> set[str]:
        for name, position in positions.items():
            if position != self.positions[name]:
                self._turns.led(name)
                if position > self.positions[name]:
                    self.failed.pop(name, None)
                self._note_positions((name,), position, position, {})
        resting = self._turns.resting()
        if self._turns.has_led:
            with self._store.reading_log() as reading:
                end, _ = recorder.last(reading)
            for name, moment in self._turns.confirmed(positions.items(), end).items():
                self._confirmed[name] = max(self._confirmed[name], moment)
        return resting

    def _advance(self, names: tuple[str, ...], start: int) -> int:
        try:
            return self._take_batch(names, start)
        except Exception as error:  # an edge: a view that fails must not stop the others
            self._rollback()
            self._projector.forget(names)
            if isinstance(error, StoreDown) and not isinstance(error, TableUnfit):
                raise
            if len(names) > 1:
                return max(self._advance((name,), start) for name in names)
            self._note_failure(names[0], error)
            return 0

    def _take_batch(self, names: tuple[str, ...], start: int) -> int:
        """Take one batch; while a full one is written, the next is worked out."""
        prepared = self._projector.prepare(names, start)
        if not prepared.count:
            self._note_progress(names, prepared)
            return 0
        if prepared.is_full:
            writing = self._second.submit(self._write, names, prepared)
            self._projector.prepare_ahead(names, prepared.end)
            is_written = writing.result()
        else:
            is_written = self._write(names, prepared)
        return prepared.count if is_written else GO_ON

    def _write(self, names: tuple[str, ...], prepared: Prepared) -> bool:
        """Write rows and positions in one transaction, or nothing if another process has moved the positions."""
        connection = self._connected()
        positions = self._known(connection.begin(f"{POSITIONS} {self._store.for_update}"))
        if any(positions.get(name) != prepared.start for name in names):
            connection.rollback()
            return False
        with connection.committing():
            prepared.write(connection)
            connection.run(MOVE, [(name, prepared.end) for name in names])
        # Here, and not when the next batch is prepared: others may note what another process did meanwhile.
        self._note_progress(names, prepared)
        return True

    def _note_progress(self, names: tuple[str, ...], prepared: Prepared) -> None:
        for name in names:
            self.failed.pop(name, None)
        self._note_positions(names, prepared.start, prepared.end, prepared.touched)
        if not prepared.is_full:
            self._confirmed |= dict.fromkeys(names, prepared.asked)

    def _note_positions(self, names: tuple[str, ...], start: int, end: int, touched: Mapping[str, int]) -> None:
        for name in names:
            # What another process projected may have changed anything.
            elsewhere = start if self.positions[name] != start else 0
            self.changed[name] = max(self.changed[name], elsewhere, touched.get(name, 0))
            self.positions[name] = end
            self._highest[name] = max(self._highest[name], end)

    def _read_positions(self) -> dict[str, int]:
        return self._known(self._connected().execute(POSITIONS))

    def _known(self, rows: Sequence[Sequence[Value]]) -> dict[str, int]:
        known = {str(name): (int(position or 0), version) for name, position, version in rows if name in self._views}
        for name, (_, version) in known.items():
            if version != self._views[name].version:
                self._note_failure(name, SchemaMismatch(f"another program keeps the view in its version {version!r}"))
        return {name: position for name, (position, version) in known.items() if version == self._views[name].version}

    def _note_failure(self, name: str, error: Exception) -> None:
        sentence = f"{type(error).__name__}: {error}"
        self._turns.failed(name)
        if self.failed.get(name) != sentence:
            self.failed[name] = sentence
            log.error("view_failed", view=name, error=sentence)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._store.connect_views()
        return self._connection

    def _rollback(self) -> None:
        if self._connection is not None:
            self._connection.rollback()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.rollback()
            self._connection.close()
            self._connection = None
