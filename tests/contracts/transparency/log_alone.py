"""A log without views, which grows by thousands of events at once, with its tree, its signer and its witnesses."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from eventsourcing.persistence import StoredEvent

from application.audit.commands import FIRST_LOG_KEY, LOG_KEY
from application.ids import new_id
from application.registry import event_types
from infrastructure.checkpoints.log_origin import fix_origin
from infrastructure.checkpoints.log_proofs import TreeProofs
from infrastructure.checkpoints.signer import Signer
from infrastructure.checkpoints.witnesses import Witnesses
from infrastructure.clock import SetClock
from infrastructure.event_log import recorder, store_facts
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.schema import migrate
from infrastructure.event_log.tree_keeper import TreeKeeper
from infrastructure.queries.audit import SqlEventQueries
from infrastructure.settings import Settings, read_settings
from infrastructure.store.factory import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrastructure.store.base import Store

BEGIN = datetime.fromisoformat("2025-03-04T08:00:00+00:00")
TURN = timedelta(minutes=5)
"""How often readers get a checkpoint."""
AT_ONCE = 1_000


class LogAlone:
    """The parts of a program that keep and show the tree."""

    def __init__(self, settings: Settings) -> None:
        """Open the store; see ``opened``."""
        self.store = open_store(settings.database)
        migrate(self.store)
        fix_origin(self.store, settings)
        self.clock = SetClock(BEGIN)
        self.signer = Signer(self.store, settings, self.clock)
        self.witnesses = Witnesses(self.store, settings.witnesses)
        self.signer.signed_for_readers = self.witnesses.wake
        events = SqlEventQueries(self.store, TypedMapper(event_types()))
        self.proofs = TreeProofs(self.store, self.signer, events, self.clock, self.witnesses.asked)

    def note_key(self, own: str) -> str:
        """Let a key sign, the first or the next."""
        connection = self.store.connect_log()
        try:
            connection.begin()
            first = store_facts.find(connection, FIRST_LOG_KEY) or own
            store_facts.write(connection, [(LOG_KEY, own), (FIRST_LOG_KEY, first)])
            connection.commit()
        finally:
            connection.close()
        return own

    def turn(self) -> None:
        """Let the next turn of the clock come, in which readers get a checkpoint."""
        self.clock.moment += TURN
        self.signer.sign_for_readers()


def append(store: Store, count: int) -> None:
    """Append so many events; nobody but the tree reads what they say."""
    connection, keeper = store.connect_log(), TreeKeeper()
    try:
        while count > 0:
            last = recorder.begin(connection).position
            keeper.catch_up(connection, last)
            some = min(count, AT_ONCE)
            rows = recorder.append(connection, last + 1, [(_event(last + 1 + place), BEGIN) for place in range(some)])
            keeper.append(connection, rows)
            connection.commit()
            count -= some
    finally:
        connection.rollback()
        connection.close()


def _event(position: int) -> StoredEvent:
    state = json.dumps({"version": 1, "said": f"event {position}"}, separators=(",", ":")).encode()
    return StoredEvent(new_id(BEGIN), 1, "tests.happened", state)


@contextmanager
def opened(database: str, witnesses: str = "") -> Iterator[LogAlone]:
    """Open a log, and let it be signed; ``witnesses`` is the setting."""
    log = LogAlone(read_settings(database=database, witnesses=witnesses))
    log.signer.start(log.note_key)
    log.witnesses.start()
    try:
        yield log
    finally:
        log.witnesses.stop()
        log.signer.stop()
        log.store.close()
