"""What the commands of one transaction have done so far, to be written at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from infrastructure.store.base import Connection, Value, instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from eventsourcing.persistence import StoredEvent

    from application.log import Timer

KEEP_RECEIPT = (
    "INSERT INTO receipts (token, key, request, answer, recorded_at)"
    " VALUES (:token, :key, :request, :answer, :recorded_at)"
    " ON CONFLICT (token, key) DO UPDATE SET"
    " request = excluded.request, answer = excluded.answer, recorded_at = excluded.recorded_at"
)


@dataclass
class Pending:
    """Events, directory entries, timers and receipts, each in order."""

    events: list[tuple[StoredEvent, datetime]] = field(default_factory=list)
    entries: list[tuple[str, UUID, datetime | None]] = field(default_factory=list)
    timers: list[tuple[UUID, Timer | None]] = field(default_factory=list)
    receipts: list[dict[str, Value]] = field(default_factory=list)

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
        _write_entries(connection, self.entries)
        _write_timers(connection, self.timers)
        if self.receipts:
            connection.execute_many(KEEP_RECEIPT, self.receipts)


def _write_entries(connection: Connection, entries: Sequence[tuple[str, UUID, datetime | None]]) -> None:
    final = {(handle, id): ranked_at for handle, id, ranked_at in entries}
    gone = [{"handle": handle, "id": str(id)} for (handle, id), at in final.items() if at is None]
    there = [{"handle": handle, "id": str(id), "at": instant(at)} for (handle, id), at in final.items() if at]
    if gone:
        connection.execute_many("DELETE FROM directory WHERE handle = :handle AND aggregate = :id", gone)
    if there:
        connection.execute_many(
            "INSERT INTO directory (handle, aggregate, ranked_at) VALUES (:handle, :id, :at)"
            " ON CONFLICT (handle, aggregate) DO UPDATE SET ranked_at = excluded.ranked_at",
            there,
        )


def _write_timers(connection: Connection, timers: Sequence[tuple[UUID, Timer | None]]) -> None:
    final = dict(timers)
    gone = [{"id": str(id)} for id, timer in final.items() if timer is None]
    there: list[dict[str, Value]] = [
        {"id": str(id), "kind": timer.kind, "due": instant(timer.due), "position": timer.position}
        for id, timer in final.items()
        if timer is not None
    ]
    if gone:
        connection.execute_many("DELETE FROM timers WHERE aggregate = :id", gone)
    if there:
        connection.execute_many(
            "INSERT INTO timers (aggregate, kind, due, position) VALUES (:id, :kind, :due, :position)"
            " ON CONFLICT (aggregate) DO UPDATE SET"
            " kind = excluded.kind, due = excluded.due, position = excluded.position",
            there,
        )
