"""The log as the commands of one transaction see it.

Under the writer's lock nobody else appends, so that what was loaded once stays true until another process is seen to
have appended: aggregates and directory entries are kept between transactions and dropped as soon as the last position
is not the one that this session left.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from application.errors import NotFound, TooLarge
from application.log import Timer
from domain.aggregate import Aggregate
from infrastructure import recorder
from infrastructure.pending import Pending
from infrastructure.store.base import instant, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from application.ports import Clock
    from infrastructure.mapper import TypedMapper
    from infrastructure.store.base import Connection, Value

A = TypeVar("A", bound=Aggregate)

EVENT_LIMIT = 60_000
"""The size of one event, in bytes."""
KEPT = 10_000
"""How many aggregates, and how many handles, stay in memory."""
KEPT_RECEIPTS = timedelta(hours=24)
"""How long an idempotency key is good."""
NAMED = 20
"""How many aggregates a handle gives at most."""


@dataclass
class Kept:
    """An aggregate in memory, with what the tables say of it."""

    aggregate: Aggregate
    due: datetime | None
    handles: Mapping[str, datetime]


class Session:
    """One transaction after another on the one connection that appends."""

    def __init__(self, connection: Connection, mapper: TypedMapper, clock: Clock) -> None:
        """Work on ``connection``; the times of the events are read from ``clock``."""
        self._connection = connection
        self._mapper = mapper
        self._clock = clock
        self._last = 0
        self._last_at: datetime | None = None
        self._pending = Pending()
        self._touched: set[UUID] = set()
        self._kept: OrderedDict[UUID, Kept] = OrderedDict()
        self._named: OrderedDict[str, dict[UUID, datetime]] = OrderedDict()
        self._earliest: datetime | None = None
        self._knows_earliest = False
        self.was_committing = False
        self.now = clock.now()

    # A transaction

    def begin(self) -> None:
        """Take the lock and find out where the log ends."""
        self._connection.begin()
        last, self._last_at = recorder.last(self._connection)
        if last != self._last:
            self.forget()
        self._last = last
        self.tell_time()

    def tell_time(self) -> None:
        """Read the clock; ``now`` never falls, whatever it says."""
        floor = self._pending.events[-1][1] if self._pending.events else self._last_at
        now = self._clock.now()
        self.now = now if floor is None else max(now, floor)

    def commit(self) -> int:
        """Write everything at once and make it durable.

        Returns:
            The position of the last event.
        """
        pending, connection = self._pending, self._connection
        self.was_committing = False
        if pending.events:
            recorder.append(connection, self._last + 1, pending.events)
        pending.write(connection)
        self.was_committing = True
        connection.commit()
        self._last = self.position
        if pending.events:
            self._last_at = pending.events[-1][1]
        self._pending = Pending()
        return self._last

    def rollback(self) -> None:
        """Undo everything and forget what was in memory."""
        self._connection.rollback()
        self._pending = Pending()
        self.forget()

    def forget(self) -> None:
        """Drop what was kept in memory."""
        self._kept.clear()
        self._named.clear()
        self._touched.clear()
        self._knows_earliest = False

    @property
    def has_pending(self) -> bool:
        """Whether there is anything to commit."""
        return self._pending.has_any

    @property
    def pending_types(self) -> list[str]:
        """The types of the events that wait for the commit."""
        return [event.topic for event, _ in self._pending.events]

    def end_reading(self) -> None:
        """Give the lock back after a transaction that wrote nothing; what is in memory stays true."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def was_committed(self, connection: Connection) -> bool:
        """Tell, on a new connection, whether the pending events were recorded before the old one was lost."""
        if not self._pending.events:
            return False
        event = self._pending.events[-1][0]
        stored = recorder.stream(connection, UUID(str(event.originator_id)), after=event.originator_version - 1)
        return bool(stored) and stored[0] == event

    # One command

    def mark(self) -> tuple[int, int, int, int]:
        """Remember the state before a command."""
        self._touched.clear()
        self.tell_time()
        return self._pending.mark()

    def back_to(self, mark: tuple[int, int, int, int]) -> None:
        """Undo a command that was refused."""
        for handle, *_ in self._pending.entries[mark[1] :]:
            self._named.pop(handle, None)
        self._pending.back_to(mark)
        for id in self._touched:
            self._kept.pop(id, None)
        self._knows_earliest = False

    def require_saved(self) -> None:
        """Refuse to go on after a command that changed an aggregate and did not save it."""
        for id in self._touched:
            kept = self._kept.get(id)
            if kept is not None and kept.aggregate.pending_events:
                raise RuntimeError(f"{kept.aggregate.TOPIC} {id} was changed and not saved")

    @property
    def position(self) -> int:
        """The position of the last event, pending ones included."""
        return self._last + len(self._pending.events)

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Rebuild an aggregate from its events; None if there is none."""
        self._touched.add(id)
        kept = self._kept.get(id)
        if kept is None:
            kept = self._rebuilt(id)
            if kept is None:
                return None
            self._keep(id, kept)
        return kept.aggregate if isinstance(kept.aggregate, kind) else None

    def load(self, kind: type[A], id: UUID) -> A:
        """Rebuild an aggregate from its events."""
        found = self.find(kind, id)
        if found is None:
            raise NotFound(f"there is no {kind.TOPIC} {id}")
        return found

    def named(self, handle: str) -> Sequence[UUID]:
        """Give the ids that have this handle, the highest ranked first."""
        entries = self._named.get(handle)
        if entries is None:
            rows = self._connection.execute(NAMED_BY, {"handle": handle, "limit": NAMED})
            entries = {UUID(str(row[0])): moment(row[1]) for row in rows}
            for name, id, ranked_at in self._pending.entries:
                if name == handle:
                    _enter(entries, id, ranked_at)
            self._named[handle] = entries
            if len(self._named) > KEPT:
                self._named.popitem(last=False)
        return sorted(entries, key=lambda id: entries[id], reverse=True)[:NAMED]

    def save(self, aggregate: Aggregate) -> int:
        """Record what happened to the aggregate."""
        waiting = aggregate.collect_events()
        stored = [self._mapper.to_stored_event(event) for event in waiting]
        for event in stored:
            if len(event.state) >= EVENT_LIMIT:
                raise TooLarge(f"an event {event.topic} has {len(event.state)} bytes; {EVENT_LIMIT} are too many")
        self._pending.events += [(event, self.now) for event in stored]
        kept = self._kept.get(aggregate.id)
        if kept is None or kept.aggregate is not aggregate:
            kept = Kept(aggregate, None, {})
            self._keep(aggregate.id, kept)
        self._touched.add(aggregate.id)
        self._index(kept)
        return self.position

    def remind(self, aggregate: Aggregate, due: datetime | None) -> None:
        """Let the clock visit an aggregate."""
        timer = None
        if due is not None:
            timer = Timer(aggregate=aggregate.id, kind=aggregate.TOPIC, due=due, position=self.position)
            self._earliest = min(self._earliest or due, due)
        self._pending.timers.append((aggregate.id, timer))

    def events_after(self, id: UUID, version: int) -> Sequence[Mapping[str, Any]]:
        """Give what happened to an aggregate after ``version``."""
        events = [cast("Any", self._mapper.to_domain_event(stored)) for stored in self._stream(id, version)]
        return [
            {"type": event.TOPIC, "version": event.originator_version, "actor": event.provenance.actor}
            for event in events
        ]

    # The clock's visits

    def due(self, limit: int) -> list[Timer]:
        """Give the timers that are due now, in order, ``limit`` at most."""
        if self._knows_earliest and (self._earliest is None or self._earliest > self.now):
            return []
        rows = self._connection.execute(DUE, {"limit": limit + len(self._pending.timers) + 1})
        timers = {UUID(str(row[0])): _timer(row) for row in rows}
        for id, timer in self._pending.timers:
            timers.pop(id, None)
            if timer is not None:
                timers[id] = timer
        in_order = sorted(timers.values(), key=lambda timer: (timer.due, timer.position))
        self._earliest, self._knows_earliest = (in_order[0].due if in_order else None), True
        return [timer for timer in in_order if timer.due <= self.now][:limit]

    def settle_timer(self, timer: Timer, again: datetime | None) -> None:
        """Drop a timer that its aggregate no longer knows: what it meant has happened otherwise."""
        latest = next((latest for id, latest in reversed(self._pending.timers) if id == timer.aggregate), timer)
        if latest is timer:
            due = None if again is None else replace(timer, due=again)
            self._pending.timers.append((timer.aggregate, due))

    @property
    def next_due(self) -> datetime | None:
        """The earliest due time that is known, a lower bound."""
        return self._earliest

    # Receipts

    def receipt(self, token: str, key: str) -> tuple[str, str] | None:
        """Give request and answer that an idempotency key stands for, if it was used."""
        for kept in reversed(self._pending.receipts):
            if kept["token"] == token and kept["key"] == key:
                return str(kept["request"]), str(kept["answer"])
        since = instant(self.now - KEPT_RECEIPTS)
        rows = self._connection.execute(RECEIPT, {"token": token, "key": key, "since": since})
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def keep_receipt(self, token: str, key: str, request: str, answer: str) -> None:
        """Keep the answer to a request, in the transaction of its events."""
        self._pending.receipts.append(
            {"token": token, "key": key, "request": request, "answer": answer, "recorded_at": instant(self.now)}
        )

    def forget_receipts(self) -> None:
        """Delete receipts that are no longer good, a bounded number at a time."""
        self._connection.execute(FORGET_RECEIPTS, {"before": instant(self.now - KEPT_RECEIPTS)})

    def _stream(self, id: UUID, after: int) -> list[StoredEvent]:
        waiting = [event for event, _ in self._pending.events if event.originator_id == id]
        stored = recorder.stream(self._connection, id, after=after)
        return stored + [event for event in waiting if event.originator_version > after]

    def _rebuilt(self, id: UUID) -> Kept | None:
        aggregate: Aggregate | None = None
        for stored in self._stream(id, 0):
            aggregate = cast("Any", self._mapper.to_domain_event(stored)).mutate(aggregate)
        return None if aggregate is None else Kept(aggregate, aggregate.next_due, aggregate.handles)

    def _keep(self, id: UUID, kept: Kept) -> None:
        self._kept[id] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _index(self, kept: Kept) -> None:
        aggregate = kept.aggregate
        due, handles = aggregate.next_due, aggregate.handles
        if due != kept.due:
            self.remind(aggregate, due)
        for handle in kept.handles.keys() - handles.keys():
            self._enter(handle, aggregate.id, None)
        for handle, ranked_at in handles.items():
            if kept.handles.get(handle) != ranked_at:
                self._enter(handle, aggregate.id, ranked_at)
        kept.due, kept.handles = due, handles

    def _enter(self, handle: str, id: UUID, ranked_at: datetime | None) -> None:
        self._pending.entries.append((handle, id, ranked_at))
        if handle in self._named:
            _enter(self._named[handle], id, ranked_at)


NAMED_BY = (
    "SELECT aggregate, ranked_at FROM directory WHERE handle = :handle ORDER BY ranked_at DESC LIMIT :limit"
)
DUE = "SELECT aggregate, kind, due, position FROM timers ORDER BY due, position LIMIT :limit"
RECEIPT = "SELECT request, answer FROM receipts WHERE token = :token AND key = :key AND recorded_at > :since"
FORGET_RECEIPTS = (
    "DELETE FROM receipts WHERE (token, key) IN"
    " (SELECT token, key FROM receipts WHERE recorded_at < :before ORDER BY recorded_at LIMIT 1000)"
)


def _enter(entries: dict[UUID, datetime], id: UUID, ranked_at: datetime | None) -> None:
    entries.pop(id, None)
    if ranked_at is not None:
        entries[id] = ranked_at


def _timer(row: tuple[Value, ...]) -> Timer:
    return Timer(aggregate=UUID(str(row[0])), kind=str(row[1]), due=moment(row[2]), position=int(row[3] or 0))
