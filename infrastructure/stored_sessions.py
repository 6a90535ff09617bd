"""Keeps in the store how sessions are found, when each was used last, and in which zone its times are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from application.access.sessions import SessionRow
from domain.access.session import OPEN, StaffSession, person_handle
from infrastructure.delivery.suppressions import writing
from infrastructure.event_log import recorder
from infrastructure.event_log.effects import replayed
from infrastructure.event_log.handle_index import find as find_by_handle
from infrastructure.sign_in_fields import LONGEST_SESSION
from infrastructure.store.base import BulkStatement, instant, moment, optional_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ports import Clock
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store, Value

FIND = "SELECT session, last_used_at, zone FROM sessions WHERE digest = :digest"
FIND_ROWS = BulkStatement(sql="SELECT session, last_used_at, zone FROM sessions WHERE session {among}", columns=("id",))
ADD = "INSERT INTO sessions (session, digest, last_used_at, zone) VALUES (:session, :digest, :now, :zone)"
NOTE_USE = "UPDATE sessions SET last_used_at = :now WHERE session = :session AND last_used_at < :now"
CHOOSE_ZONE = "UPDATE sessions SET zone = :zone WHERE session = :session"
FORGET_OLD = "DELETE FROM sessions WHERE last_used_at < :before"
FORGET_ALL = "DELETE FROM sessions"


class StoredSessions:
    """Implements ``SessionStore`` on a store; see there for what each method gives."""

    def __init__(self, store: Store, mapper: TypedMapper, clock: Clock) -> None:
        """Keep them in ``store``."""
        self._store, self._mapper, self._clock = store, mapper, clock

    def find(self, digest: str) -> tuple[StaffSession, SessionRow] | None:
        """Give a session."""
        with self._store.reading_log() as connection:
            rows = connection.execute(FIND, {"digest": digest})
            if not rows:
                return None
            row = _row(rows[0])
            stored = recorder.stream(connection, row.session)
        if not stored:
            return None
        return cast("StaffSession", replayed(stored, self._mapper)), row

    def find_rows(self, sessions: Sequence[UUID]) -> Mapping[UUID, SessionRow]:
        """Give what is kept of sessions."""
        if not sessions:
            return {}
        with self._store.reading_log() as connection:
            rows = connection.run(FIND_ROWS, [(str(each),) for each in sessions])
        return {each.session: each for each in map(_row, rows)}

    def find_open(self, person: str | None) -> Sequence[StaffSession]:
        """List sessions."""
        handle = OPEN if person is None else person_handle(person)
        with self._store.reading_log() as connection:
            ids = list(find_by_handle(connection, handle))
            streams = recorder.streams(connection, ids)
        sessions = (replayed(streams[id], self._mapper) for id in ids if streams.get(id))
        return [each for each in sessions if isinstance(each, StaffSession) and each.is_open(self._clock.now())]

    def add(self, session: UUID, digest: str, *, zone: str | None) -> None:
        """Let a session be found."""
        values: dict[str, Value] = {"session": str(session), "digest": digest, "zone": zone}
        now = self._clock.now()
        with writing(self._store) as connection:
            connection.execute(FORGET_OLD, {"before": instant(now - LONGEST_SESSION)})
            connection.execute(ADD, values | {"now": instant(now)})

    def note_use(self, session: UUID) -> None:
        """Note a use."""
        self._write(NOTE_USE, {"session": str(session), "now": instant(self._clock.now())})

    def choose_zone(self, session: UUID, zone: str | None) -> None:
        """Keep a zone."""
        self._write(CHOOSE_ZONE, {"session": str(session), "zone": zone})

    def _write(self, sql: str, values: Mapping[str, Value]) -> None:
        with writing(self._store) as connection:
            connection.execute(sql, values)


def end_all_sessions(owner: Store, _service: Store) -> None:
    """Let no session of a log that was put back be good: whatever ended after it was written ended for good."""
    with writing(owner) as connection:
        connection.execute(FORGET_ALL)


def _row(row: tuple[Value, ...]) -> SessionRow:
    return SessionRow(session=UUID(str(row[0])), last_used_at=moment(row[1]), zone=optional_text(row[2]))
