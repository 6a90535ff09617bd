"""On PostgreSQL, the events can stand on another disk than everything else; nothing of the program notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from application.registry import VIEWS
from infrastructure.verification.view_verification import verify_views
from tests.application.program import MINUTE, Program, running
from tests.contracts.verification.standing_log import verified

SPACE = "large_disk"
TABLES = ("stored_events", "event_leaves")
WHERE = """
    SELECT coalesce(t.spcname, '') FROM pg_class c LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
    WHERE c.relname = ANY(%s) ORDER BY c.relname
"""


def test_events_that_were_moved_are_read_and_added_to_as_before(postgres_url: str) -> None:
    with running(postgres_url) as program:
        for number in range(5):
            program.fire(f"f{number}")
            program.clock.advance(MINUTE)
        program.bitacora.follower.catch_up()
        position = program.count("stored_events")
        before = seen(program, position)
        with moved(postgres_url):
            program.fire("later")
            program.bitacora.follower.catch_up()
            program.bitacora.migrate()

            assert spaces(postgres_url) == [SPACE, SPACE]
            assert program.count("stored_events") > position
            assert seen(program, position) == before
            verified(program.bitacora)
            verify_views(program.bitacora.store, program.bitacora.mapper, VIEWS, advanced=lambda *_: None)


def seen(program: Program, position: int) -> list[object]:
    """Give all events up to a position, and the board as of then."""
    events = program.facade.queries.events
    return [program.events()[:position], events.time_of(position), program.facade.queries.board.read(position, None)]


@contextmanager
def moved(url: str) -> Iterator[None]:
    """Move the events to a tablespace, and at the end back to where the rest is."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET allow_in_place_tablespaces = on")
        db.execute(f"CREATE TABLESPACE {SPACE} LOCATION ''".encode())
        try:
            move(db, SPACE)
            yield
        finally:
            move(db, "pg_default")
            db.execute(f"DROP TABLESPACE {SPACE}".encode())


def move(db: psycopg.Connection[tuple[object, ...]], space: str) -> None:
    """Move the tables of the events; their indexes stay where they are."""
    for table in TABLES:
        db.execute(f"ALTER TABLE {table} SET TABLESPACE {space}".encode())


def spaces(url: str) -> list[str]:
    """Name the tablespace of each table of the events; empty for that of the database."""
    with psycopg.connect(url) as db:
        return [str(name) for (name,) in db.execute(WHERE, (list(TABLES),))]
