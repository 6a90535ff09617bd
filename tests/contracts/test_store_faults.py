"""What a store that is damaged, or was away, is taken for, and how work goes on with it."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import psycopg
import pytest

from application.registry import VIEWS
from application.status.projection import BOARD_VIEW, CAUSES
from domain.impact import Status
from infrastructure.projections.rebuild import Rebuild
from infrastructure.store.base import Store, StoreDown, TableUnfit, inserting, setting
from infrastructure.store.factory import open_store
from tests.application.program import Program, running
from tests.contracts.faults import eventually
from tests.contracts.snapshots import stored
from tests.postgres_server import EmbeddedServer, controlled_server

END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL server that can be ended."""
    with controlled_server() as server:
        yield server


class TestTable:
    def test_that_is_missing_is_told_from_a_store_that_is_away(self, database: str) -> None:
        store = open_store(database)
        connection = store.connect_views()
        columns = {"name": "text"}

        with pytest.raises(TableUnfit):
            connection.execute("SELECT name FROM nothing WHERE name = :name", {"name": "x"})
        with pytest.raises(TableUnfit):
            connection.run(setting("nothing", "name", "text", columns, where="true"), [["x", "y"]])
        with pytest.raises(TableUnfit):
            connection.run(inserting("nothing", columns), [["x"]])

        assert connection.execute("SELECT 1") == [(1,)]
        connection.close()
        store.close()

    def test_of_a_view_that_is_missing_stops_that_view_alone_until_it_is_rebuilt(self, database: str) -> None:
        with running(database) as program:
            follower = program.bitacora.follower
            program.register()
            program.fire()
            follower.catch_up()
            drop(program)
            program.pin(Status.MAJOR_OUTAGE)
            end = program.facade.queries.events.last()[0]

            follower.catch_up()
            assert set(follower.failed) == {BOARD_VIEW.name}
            assert {name for name, position in follower.positions.items() if position == end} == {
                view.name for view in VIEWS if view is not BOARD_VIEW
            }

            Rebuild(program.bitacora.store, program.bitacora.mapper, [BOARD_VIEW]).run(advanced=lambda _count: None)
            follower.catch_up()
            assert follower.failed == {}
            assert follower.position == end
            assert stored(program.bitacora.store, CAUSES)


class TestReading:
    def test_of_a_store_that_is_away_is_refused_at_once_and_goes_on_as_it_is_back(self, server: EmbeddedServer) -> None:
        store = open_store(server.url)
        assert answers(store)

        server.crash()
        began = monotonic()
        for _ in range(20):
            with pytest.raises(StoreDown):
                answers(store)
        assert monotonic() - began < 5

        server.start()
        assert answers(store)
        store.close()

    def test_borrows_no_connection_that_the_server_has_ended(self, postgres_url: str) -> None:
        store = open_store(postgres_url)
        with store.reading_log() as one, store.reading_views() as other:
            assert one.execute("SELECT 1") == other.execute("SELECT 1") == [(1,)]

        with psycopg.connect(postgres_url, autocommit=True) as connection:
            eventually(lambda: connection.execute(END_THE_OTHERS).fetchall() == [])

        assert answers(store)
        assert answers(store)
        store.close()


def answers(store: Store) -> bool:
    """Read something."""
    with store.reading_log() as connection:
        return connection.execute("SELECT 1") == [(1,)]


def drop(program: Program) -> None:
    """Drop a table of a view behind the back of the program."""
    connection = program.bitacora.store.connect_views()
    connection.execute(f"DROP TABLE {CAUSES.name}")
    connection.close()
