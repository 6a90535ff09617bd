"""What the commands of one transaction have done so far, to be written at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infrastructure.log import agenda, directory, receipts

if TYPE_CHECKING:
    from datetime import datetime

    from eventsourcing.persistence import StoredEvent

    from domain.aggregate import Event
    from infrastructure.store.base import Connection


@dataclass
class Pending:
    """Events, directory entries, timers and receipts, each in order."""

    events: list[tuple[StoredEvent, datetime, Event]] = field(default_factory=list)
    entries: list[directory.Entry] = field(default_factory=list)
    timers: list[agenda.Planned] = field(default_factory=list)
    receipts: list[receipts.Receipt] = field(default_factory=list)

    @property
    def has_any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.entries or self.timers or self.receipts)

    def mark(self) -> tuple[int, int, int, int]:
        """Remember how much there is."""
        return len(self.events), len(self.entries), len(self.timers), len(self.receipts)

    def back_to(self, mark: tuple[int, int, int, int]) -> None:
        """Forget what came since."""
        for done, count in zip((self.events, self.entries, self.timers, self.receipts), mark, strict=True):
            del done[count:]  # type: ignore[attr-defined]

    def write(self, connection: Connection) -> None:
        """Write all but the events."""
        directory.write(connection, self.entries)
        agenda.write(connection, self.timers)
        receipts.write(connection, self.receipts)
