"""A log of which nine of ten events are of held requests, and how many bytes each of its tables takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from application.incidents.commands import Declaration
from application.ledger.intake import RequestEntry
from domain.impact import Status
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Content, Reference
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SetClock
from infrastructure.event_log.walls import RIGHTS
from infrastructure.settings import Settings
from tests.bench.filling import ANA, BEGINNING, MONITORING, History

if TYPE_CHECKING:
    from uuid import UUID

    from application.log import Log

PART = 10
"""One of so many events is not of a held request."""
TOGETHER = 500
"""How many requests are taken in by one command."""
SQLITE = "sqlite:///"
RELATIONS = """
    SELECT c.relname, coalesce(t.relname, c.relname),
        pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace
"""
PAGES = "SELECT d.name, m.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1, 2"

Sizes = Mapping[str, Mapping[str, int]]
"""The bytes of each table and index of the log, and of the views."""


def write_mix(database: str, size: int) -> int:
    """Write ``size`` events or a few more into an empty database, views included, and give how many there are."""
    clock = SetClock(BEGINNING)
    bitacora = Bitacora(Settings(database=database), clock=clock)
    bitacora.migrate()
    bitacora.writer.start()
    try:
        History(bitacora, clock).write(size // PART)
        run, commands = bitacora.writer.call, bitacora.facade.commands
        cause = run(partial(_declared, bitacora))
        entries = _entries(cause, bitacora, size - run(_position))
        while some := list(islice(entries, TOGETHER)):
            run(partial(commands.held_requests.receive, entries=some, caller=MONITORING))
        bitacora.follower.catch_up()
        return run(_position)
    finally:
        bitacora.stop()


def _position(log: Log) -> int:
    return log.position


def _declared(bitacora: Bitacora, log: Log) -> UUID:
    declaration = Declaration(
        title={"en": "Requests wait"},
        message={"en": "They do."},
        components={"component-000": Status.MAJOR_OUTAGE},
        request_policies={},
    )
    return bitacora.facade.commands.incidents.declare(log, declaration=declaration, caller=ANA).id


def _entries(cause: UUID, bitacora: Bitacora, number: int) -> Iterator[RequestEntry]:
    now = bitacora.clock.now()
    for place in range(number):
        yield RequestEntry(
            cause=Cause(type=CauseType.INCIDENT, id=cause),
            reference=Reference(source=f"shop-{place % 17}", kind="callback", reference=f"{place:07}"),
            received_at=now + timedelta(milliseconds=place % TOGETHER),
            content=Content(digest=sha256(f"{place}".encode()).hexdigest()),
        )


def bytes_of(database: str) -> int:
    """Give the bytes that all tables and indexes of a database take; of SQLite, those of the one file."""
    if database.startswith(SQLITE):
        return sum(_pages(Path(database.removeprefix(SQLITE))).values())
    with psycopg.connect(database) as connection:
        return sum(size for _, _, size in connection.execute(RELATIONS))


def sizes_of(database: str) -> Sizes:
    """Give the bytes that the database takes, by table and index."""
    if database.startswith(SQLITE):
        path = Path(database.removeprefix(SQLITE))
        return {"log": _pages(path), "views": _pages(path.with_name(f"{path.name}-views"))}
    with psycopg.connect(database) as connection:
        rows = connection.execute(RELATIONS).fetchall()
    return {
        "log": {name: size for name, table, size in rows if table in RIGHTS},
        "views": {name: size for name, table, size in rows if table not in RIGHTS},
    }


def _pages(path: Path) -> Mapping[str, int]:
    with closing(sqlite3.connect(path)) as db:
        return {name: size for name, _, size in db.execute(PAGES)}
