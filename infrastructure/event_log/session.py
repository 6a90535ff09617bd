"""The log as the commands of one transaction see it.

Under the writer's lock nobody else appends, so that what was loaded once stays true until another process is seen to
have appended: aggregates and directory entries are kept between transactions. If the end of the log is not the one that
this session left, they follow what was appended since, and are dropped where that cannot be told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from application.errors import TooLarge
from application.log import FEW, Timer
from domain.aggregate import Aggregate
from domain.errors import NotFound
from infrastructure.event_log import event_index, idempotency, recorder, store_facts
from infrastructure.event_log.aggregate_cache import Kept
from infrastructure.event_log.caches import Caches
from infrastructure.event_log.effects import effects_of, missed, replayed
from infrastructure.event_log.event_index import SECTION
from infrastructure.event_log.pending_writes import Mark, PendingWrites
from infrastructure.store.base import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from application.events_missed import EventMissed
    from application.ports import Clock
    from infrastructure.event_log.effects import Effect
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection

A = TypeVar("A", bound=Aggregate)

EVENT_LIMIT = 60_000
"""The size of one event, in bytes."""


class Session:
    """One transaction after another on the one connection that appends."""

    def __init__(self, connection: Connection, mapper: TypedMapper, clock: Clock) -> None:
        """Append through ``connection``; events are recorded at the times of ``clock``."""
        self._connection = connection
        self._mapper = mapper
        self._clock = clock
        self._end = recorder.NOTHING
        self._pending = PendingWrites()
        self._touched: set[UUID] = set()
        self._caches = caches = Caches()
        self._aggregate_cache, self._handles, self._timers = caches.aggregates, caches.handles, caches.timers
        self._indexed = 0
        self._before = self._pending.mark()
        self.was_committing = False
        self.now = clock.now()
        self.clock_behind = timedelta()

    def begin(self) -> None:
        """Start a transaction: lock the log, see what was appended to it meanwhile, and read the clock."""
        end = recorder.begin(self._connection)
        if end != self._end and not self._caches.follow(self._connection, self._mapper, known=self._end, end=end):
            self.forget()
        self._end = end
        # One time for the whole transaction, lest a command pass a due time that came since the clock's turn; it
        # never falls, whatever the clock says.
        now = self._clock.now()
        self.now = now if end.recorded_at is None else max(now, end.recorded_at)
        self.clock_behind = self.now - now
        self._aggregate_cache.begin()

    def read_ahead(self, ids: Iterable[UUID]) -> None:
        """Load in one query the aggregates that commands are known to use, and remember which do not exist."""
        known, begun = self._aggregate_cache, self._pending.ids
        wanted = {id for id in ids if id not in known and id not in begun and not known.is_absent(id)}
        for id, stored in recorder.streams(self._connection, wanted).items():
            if stored:
                self._aggregate_cache.keep(id, self._replayed(stored))
            else:
                self._aggregate_cache.note_absent(id)

    def commit(self) -> int:
        """Write everything at once, make it durable, and give the position of the last event."""
        pending, connection, last, tree = self._pending, self._connection, self._end.position, self._caches.tree
        self.was_committing = True
        if pending.events:
            tree.catch_up(connection, last)
        with connection.committing():
            pending.write(connection, last, tree)
        if pending.events:
            event, recorded_at = pending.events[-1]
            origin = UUID(str(event.originator_id)), event.originator_version
            self._end = recorder.End(self.position, recorded_at, origin)
        self._pending = PendingWrites()
        return self._end.position

    def rollback(self) -> None:
        """Roll back the transaction and drop all caches."""
        self._connection.rollback()
        self._pending = PendingWrites()
        self.forget()

    def forget(self) -> None:
        """Drop all caches."""
        self._caches.forget()
        self._touched.clear()

    @property
    def has_pending(self) -> bool:
        """Whether there is anything to commit."""
        return self._pending.has_any

    @property
    def pending_topics(self) -> list[str]:
        """The types of the events that wait for the commit."""
        return [event.topic for event, _ in self._pending.events]

    def end_reading(self) -> None:
        """Release the lock after a transaction that wrote nothing; the caches stay valid."""
        self._connection.rollback()

    @property
    def has_section(self) -> bool:
        """Whether a section of the log may be full that is not indexed."""
        return self._end.position - self._indexed >= SECTION

    def index_section(self) -> int:
        """Index the next section of the log, if it is full, and give the position up to which it is indexed."""
        self._indexed = event_index.advance(self._connection)
        return self._indexed

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def was_committed(self, connection: Connection) -> bool:
        """Tell, on a new connection, whether the pending events were recorded before the old one was lost."""
        if not self._pending.events:
            return False
        event = self._pending.events[-1][0]
        stored = recorder.stream(connection, UUID(str(event.originator_id)), after=event.originator_version - 1)
        return stored[:1] == [event]

    def mark(self) -> Mark:
        """Remember the state before a command."""
        self._touched.clear()
        self._before = self._pending.mark()
        return self._before

    def undo(self) -> Sequence[Effect]:
        """Undo what this command has recorded, and give its effects, but for those of which nobody is notified."""
        recorded = (event for event, _ in self._pending.events[self._before[0] :])
        found = effects_of(recorded, self._mapper, lambda id: self._stream(id, 0))
        self.back_to(self._before)
        return found

    def back_to(self, mark: Mark) -> None:
        """Undo a command that was refused."""
        self._handles.drop(self._pending.entries[mark[1] :])
        self._pending.back_to(mark)
        for id in self._touched:
            self._aggregate_cache.drop(id)
        self._timers.forget()

    def require_saved(self) -> None:
        """Check that the command has saved every aggregate that it changed."""
        for id in self._touched:
            kept = self._aggregate_cache.find(id)
            if kept is not None and kept.aggregate.pending_events:
                raise RuntimeError(f"{kept.aggregate.TOPIC} {id} was changed and not saved")

    @property
    def position(self) -> int:
        """The position of the last event, pending ones included."""
        return self._end.position + len(self._pending.events)

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Rebuild an aggregate from its events; None if there is none."""
        self._touched.add(id)
        kept = self._aggregate_cache.find(id)
        if kept is None:
            stored = [] if self._aggregate_cache.is_absent(id) else self._stream(id, 0)
            if not stored:
                return None
            kept = self._aggregate_cache.keep(id, self._replayed(stored))
        return kept.aggregate if isinstance(kept.aggregate, kind) else None

    def load(self, kind: type[A], id: UUID) -> A:
        """Rebuild an aggregate from its events."""
        found = self.find(kind, id)
        if found is None:
            raise NotFound(f"there is no {kind.TOPIC} {id}")
        return found

    def find_ids(self, handle: str, *, limit: int | None = FEW) -> Sequence[UUID]:
        """Give the ids that have this handle, the highest ranked first."""
        return self._handles.find_ids(self._connection, self._pending.entries, handle, limit=limit)

    def find_ranked(self, handle: str, *, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Give the ids that have this handle, each with its rank, the lowest first."""
        return self._handles.find_ranked(self._connection, self._pending.entries, handle, limit=limit)

    def save(self, aggregate: Aggregate) -> int:
        """Record what happened to the aggregate."""
        waiting = aggregate.collect_events()
        stored = [self._mapper.to_stored_event(event) for event in waiting]
        for event in stored:
            if len(event.state) >= EVENT_LIMIT:
                raise TooLarge(f"an event {event.topic} has {len(event.state)} bytes; {EVENT_LIMIT} are too many")
        self._pending.add(stored, self.now)
        kept = self._aggregate_cache.find(aggregate.id)
        if kept is None or kept.aggregate is not aggregate:
            kept = self._aggregate_cache.keep(aggregate.id, Kept(aggregate, None, {}))
        self._touched.add(aggregate.id)
        self._index(kept)
        return self.position

    def remind(self, aggregate: Aggregate, due: datetime | None) -> None:
        """Set the timer of an aggregate; None clears it."""
        timer = None
        if due is not None:
            timer = Timer(aggregate=aggregate.id, kind=aggregate.TOPIC, due=due, position=self.position)
            self._timers.expect(due)
        self._pending.timers.append((aggregate.id, timer))

    def events_after(self, id: UUID, version: int) -> Sequence[EventMissed]:
        """List type, version and actor of the events of an aggregate after ``version``."""
        return missed(self._stream(id, version), self._mapper)

    def due(self, limit: int, aside: Collection[UUID] = ()) -> list[Timer]:
        """Give the timers that are due now, in order; those of aggregates put ``aside`` never are."""
        return self._timers.due(self._connection, self._pending.timers, now=self.now, limit=limit, aside=aside)

    def look_again(self) -> None:
        """Read the due timers from the table the next time."""
        self._timers.forget()

    def planned_since(self, mark: Mark) -> list[Timer]:
        """List the timers that were set since a mark, of all aggregates."""
        return [timer for _, timer in self._pending.timers[mark[2] :] if timer is not None]

    def clear_timer(self, timer: Timer, again: datetime | None) -> None:
        """Drop a timer that its aggregate no longer needs."""
        latest = next((latest for id, latest in reversed(self._pending.timers) if id == timer.aggregate), timer)
        if latest is timer:
            due = None if again is None else replace(timer, due=again)
            self._pending.timers.append((timer.aggregate, due))

    @property
    def next_due(self) -> datetime | None:
        """The earliest due time that is known, a lower bound."""
        return self._timers.earliest

    def receipt(self, token: str, key: str) -> tuple[str, str] | None:
        """Find digest of the request and answer that are stored for an idempotency key; None if it was not used."""
        return idempotency.find(self._connection, self._pending.receipts, token=token, key=key, now=self.now)

    def keep_receipt(self, token: str, key: str, request: str, answer: str) -> None:
        """Store the answer to a request, in the transaction of its events."""
        self._pending.receipts.append(
            {"token": token, "key": key, "request": request, "answer": answer, "recorded_at": instant(self.now)}
        )

    def find_fact(self, name: str) -> str | None:
        """Read what is noted about the store itself."""
        waiting = {each: value for each, value in self._pending.facts if each == name}
        return waiting[name] if waiting else store_facts.find(self._connection, name)

    def note_fact(self, name: str, value: str | None) -> None:
        """Note something about the store itself, in the transaction of the events."""
        self._pending.facts.append((name, value))

    def _stream(self, id: UUID, after: int) -> list[StoredEvent]:
        return recorder.stream(self._connection, id, after=after) + self._pending.of(id, after)

    def _replayed(self, events: Iterable[StoredEvent]) -> Kept:
        aggregate = replayed(events, self._mapper)
        return Kept(aggregate, aggregate.next_due, aggregate.handles)

    def _index(self, kept: Kept) -> None:
        due = kept.aggregate.next_due
        if due != kept.due:
            self.remind(kept.aggregate, due)
            kept.due = due
        for entry in kept.renewed_handles():
            self._pending.entries.append(entry)
            self._handles.enter(entry)
