"""What the commands of one transaction write at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from infrastructure.event_log import handle_index, idempotency, recorder, store_facts
from infrastructure.event_log.timers import Planned
from infrastructure.event_log.timers import write as write_timers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from eventsourcing.persistence import StoredEvent

    from infrastructure.event_log.tree_keeper import TreeKeeper
    from infrastructure.store.base import Connection

Mark = tuple[int, int, int, int, int]
"""How many events, entries, timers, receipts and facts there were."""


@dataclass
class PendingWrites:
    """Events, entries of the handle index, timers, receipts and facts about the store, each in order."""

    events: list[tuple[StoredEvent, datetime]] = field(default_factory=list)
    entries: list[handle_index.Entry] = field(default_factory=list)
    timers: list[Planned] = field(default_factory=list)
    receipts: list[idempotency.Receipt] = field(default_factory=list)
    facts: list[store_facts.Fact] = field(default_factory=list)
    ids: set[UUID | str] = field(default_factory=set)
    """Of which aggregates there are events."""

    def add(self, events: Iterable[StoredEvent], when: datetime) -> None:
        """Add events that are recorded at ``when``."""
        for event in events:
            self.events.append((event, when))
            self.ids.add(event.originator_id)

    def of(self, id: UUID, after: int) -> list[StoredEvent]:
        """Give the events of one aggregate after a version."""
        if id not in self.ids:
            return []
        return [event for event, _ in self.events if event.originator_id == id and event.originator_version > after]

    @property
    def has_any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.entries or self.timers or self.receipts or self.facts)

    def mark(self) -> Mark:
        """Remember how much there is."""
        return len(self.events), len(self.entries), len(self.timers), len(self.receipts), len(self.facts)

    def back_to(self, mark: Mark) -> None:
        """Drop what was added since a mark."""
        kinds = (self.events, self.entries, self.timers, self.receipts, self.facts)
        for done, count in zip(kinds, mark, strict=True):
            del done[count:]  # type: ignore[attr-defined]
        self.ids = {event.originator_id for event, _ in self.events}

    def write(self, connection: Connection, last: int, tree: TreeKeeper) -> None:
        """Write everything, the events behind the position ``last``."""
        if self.events:
            rows = recorder.to_rows(last + 1, self.events)
            connection.run_together([(recorder.APPEND, rows), *tree.enter(rows)])
        handle_index.write(connection, self.entries)
        write_timers(connection, self.timers)
        idempotency.write(connection, self.receipts)
        store_facts.write(connection, self.facts)
