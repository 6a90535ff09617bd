"""The one writer: runs whole commands in groups, each group one transaction.

Routes put commands in a queue and await their outcome. The writer takes all that wait, locks the log, lets the clock
do what is due, runs the commands and commits once. Because it locks before it loads, a command decides on what is
true; because the clock goes first, no command passes a due time that has not been carried out.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import structlog
from eventsourcing.persistence import IntegrityError

from application.errors import ConcurrentChange, OutcomeUnknown, SchemaMismatch, StoreUnavailable
from domain.provenance import FUTURE_TOLERANCE
from infrastructure.clock import ClockWatch
from infrastructure.event_log import store_facts
from infrastructure.event_log.command_queue import Command, fail, finish, run
from infrastructure.event_log.session import Session
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from application.ports import Clock, Transaction
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.event_log.timer_runner import TimerRunner
    from infrastructure.store.base import Store

T = TypeVar("T")

GROUP = 200
"""How many commands are executed in one transaction at most."""
LOOKED_AT = 1_000
"""How many aggregates they are known to use at most."""
BUSY = 4
"""From which size of a group on the writer waits for the next group to fill."""
PAUSE_SECONDS = 0.001
"""How long it waits: writer and event loop share one interpreter, so that the loop gets time to answer."""
WAITING = 10_000
"""How many commands wait at most; further ones are refused."""
POLL_SECONDS = 1.0
"""How often the writer reads the due times that another process has recorded."""

REPORTED = 50_000
"""After how many events that were indexed late the log says how far it is."""

log = structlog.get_logger()


class Writer:
    """Executes commands on a thread of its own, in groups that share a transaction."""

    def __init__(
        self,
        store: Store,
        mapper: TypedMapper,
        clock: Clock,
        timer_runner: TimerRunner,
        *,
        committed: Callable[[int, Sequence[str]], None],
    ) -> None:
        """Append to the log of ``store``; ``committed`` is called with last position and event types of each commit."""
        self._store = store
        self._mapper = mapper
        self._clock = clock
        self._timer_runner = timer_runner
        self._committed = committed
        self._queue: SimpleQueue[Command | None] = SimpleQueue()
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._gate = threading.Lock()
        self._stopping = threading.Event()
        self._indexes = True
        self._is_outdated = False
        self._clock_watch = ClockWatch(FUTURE_TOLERANCE)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Execute the waiting commands, then stop the thread."""
        with self._gate:
            self._stopping.set()
            self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._disconnect()

    async def run(self, command: Callable[[Transaction], T], *, reads: Sequence[UUID] = ()) -> T:
        """Run a command and wait until what it recorded is durable; ``reads`` are aggregates that it looks at.

        Raises:
            StoreUnavailable: if the store does not take writes, or too many commands wait already.
            OutcomeUnknown: if the store went away during the commit and did not come back.
        """
        loop = asyncio.get_running_loop()
        promise: asyncio.Future[T] = loop.create_future()
        self._put(Command(command, promise, loop, reads))
        return await promise

    def call(self, command: Callable[[Transaction], T]) -> T:
        """Run a command from a thread; see ``run``."""
        promise: Future[T] = Future()
        self._put(Command(command, promise, None))
        return promise.result()

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        return self._queue.qsize()

    def _put(self, command: Command) -> None:
        # Behind the gate, so that nothing is put in after the last look of a writer that stops.
        with self._gate:
            if self._stopping.is_set() or self._queue.qsize() >= WAITING:
                raise StoreUnavailable("the service takes no more commands at the moment; try again")
            self._queue.put(command)

    def _loop(self) -> None:
        while True:
            group = self._next_group()
            self._together(group)
            finish(group)
            self._index_section()
            if BUSY <= len(group) < GROUP:
                self._stopping.wait(PAUSE_SECONDS)
            if self._stopping.is_set() and self._queue.empty():
                return

    def _next_group(self) -> list[Command]:
        group: list[Command] = []
        with suppress(Empty):
            first = self._queue.get(timeout=self._patience())
            group = [first] if first is not None else []
            looked_at = sum(len(each.reads) for each in group)
            while len(group) < GROUP and looked_at < LOOKED_AT:
                command = self._queue.get_nowait()
                if command is not None:
                    group.append(command)
                    looked_at += len(command.reads)
        return group

    def _patience(self) -> float:
        """Give the seconds until the next timer is due or is to be read again."""
        due = self._session.next_due if self._session is not None else None
        if self._has_section:
            return 0.001
        if due is None:
            return POLL_SECONDS
        return min(max((due - self._clock.now()).total_seconds(), 0.001), POLL_SECONDS)

    def _together(self, group: Sequence[Command]) -> None:
        """Run a group in one transaction."""
        try:
            session = self._begin()
            session.read_ahead(id for command in group for id in command.reads)
            for command in group:
                run(command, session)
            self._commit(session)
        except StoreDown as error:
            self._lose(group, error)
        except SchemaMismatch as error:
            self._refuse(group, error)
        except OutcomeUnknown as error:
            fail(group, error)
        except Exception as error:
            # Another process was quicker, or what a command wants to record cannot be: which one, is found out alone.
            if not isinstance(error, IntegrityError):
                log.exception("group_failed")
            self._abandon()
            self._one_by_one(group)

    def _one_by_one(self, group: Sequence[Command]) -> None:
        """Run each command again in a transaction of its own; commands do no I/O and can be repeated."""
        for command in group:
            command.outcome = command.error = None
            try:
                session = self._begin()
                run(command, session)
                self._commit(session)
            except StoreDown as error:
                self._lose([command], error)
            except OutcomeUnknown as error:
                command.error = error
            except IntegrityError:
                self._abandon()
                command.error = ConcurrentChange("another process changed the same thing at the same moment")
            except Exception as error:
                log.exception("command_failed")
                self._abandon()
                command.error = error

    @property
    def _has_section(self) -> bool:
        return self._indexes and self._session is not None and self._session.has_section

    def _index_section(self) -> None:
        """Index a section of the log between two groups; an old log is indexed so while it is served."""
        session = self._session
        if session is None or not self._has_section:
            return
        try:
            end = session.index_section()
        except StoreDown as error:
            log.warning("store_unavailable", error=str(error))
            self._disconnect()
        except Exception:
            # Without an index, lists of events are slower, and still right.
            log.exception("indexing_failed")
            self._indexes = False
            self._abandon()
        else:
            if session.has_section and end % REPORTED == 0:
                log.info("log_is_being_indexed", position=end, of=session.position)

    def _lose(self, group: Sequence[Command], error: StoreDown) -> None:
        log.warning("store_unavailable", error=str(error))
        self._disconnect()
        fail(group, StoreUnavailable("the store does not take writes at the moment; nothing was recorded"))

    def _refuse(self, group: Sequence[Command], error: SchemaMismatch) -> None:
        if not self._is_outdated:
            # Once: it stays so until this program ends.
            self._is_outdated = True
            log.error("store_migrated_past_this_version", error=str(error))
        self._abandon()
        fail(group, error)

    def _begin(self) -> Session:
        """Lock the log and carry out due timers, in transactions of bounded size."""
        session = self._locked()
        self._clock_watch.note(session.clock_behind)
        while self._timer_runner.carry_out(session):
            self._commit(session)
            session.begin()
        return session

    def _locked(self) -> Session:
        if self._session is not None:
            try:
                self._session.begin()
            except StoreDown:
                # It was cut off while it was idle; nothing was under way.
                self._disconnect()
            else:
                return self._session
        self._session = Session(self._store.connect_log(), self._mapper, self._clock)
        self._session.begin()
        return self._session

    def _commit(self, session: Session) -> None:
        if not session.has_pending:
            session.end_reading()
            return
        topics = session.pending_topics
        try:
            position = session.commit()
        except StoreDown as error:
            position = self._settled(session, error)
        self._committed(position, topics)

    def _settled(self, session: Session, error: StoreDown) -> int:
        """Find out on a new connection whether a commit succeeded whose confirmation was lost."""
        self._disconnect()
        if not session.was_committing:
            raise error
        try:
            connection = self._store.connect_log()
            try:
                # Whoever holds the lock knows that the lost transaction has ended, one way or the other.
                connection.begin()
                was_committed = session.was_committed(connection)
                # If its wait for a standby was cut off, no standby may have it yet.
                store_facts.settle(connection)
            finally:
                connection.rollback()
                connection.close()
        except StoreDown:
            raise OutcomeUnknown("the store went away during the commit; ask again with the same key") from error
        if not was_committed:
            raise error
        return session.position

    def _abandon(self) -> None:
        if self._session is not None:
            self._session.rollback()

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
