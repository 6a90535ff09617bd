"""What uptime is computed from is read with few statements, and with as many rows as its period has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from application.projections.tables import Table
from application.reports.periods import Basis
from application.reports.uptime import UptimeReads
from application.reports.uptime_days import read_uptime_days
from application.status.projection import CAUSES, COMPONENTS
from domain.impact import Status
from infrastructure.queries.reports import SqlUptimeQueries
from infrastructure.store.base import Value, inserting, instant
from infrastructure.store.factory import open_store
from infrastructure.store.postgres_connection import PostgresConnection
from tests.application.program import MINUTE, Program, at, running
from tests.contracts.counting import Counter, counting
from tests.contracts.reads import BEGIN, LookingStore, fill_log, id_of, instant_of
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.stores import EACH

SHORT, LONG = 2_000, 20_000
SPAN = 1_000
"""How many events, one a second, the periods have."""
KEYS = ("labels", "imports")
SLACK, EACH_STEP = 1.5, 400
Histories = tuple["History", "History"]


class History:
    """A log of so many events, in which an incident begins and ends every ten seconds."""

    def __init__(self, store: LookingStore, events: int) -> None:
        """Read from ``store``, whose last event is at ``events``."""
        self.queries, self.looks, self.events = SqlUptimeQueries(cast("Any", store)), store.looks, events

    def looked_at(self, basis: Basis, begins: int, component: str | None) -> int:
        """Count the rows, or steps, that reading a period takes which begins with an event."""
        start, until = BEGIN + begins * timedelta(seconds=1), BEGIN + (begins + SPAN) * timedelta(seconds=1)
        read = self.queries.shown if basis is Basis.PUBLISHED else self.queries.known
        self.looks.rows = 0
        read(self.events, start, until, component)
        return self.looks.rows


@pytest.fixture(scope="module", params=EACH)
def histories(
    request: pytest.FixtureRequest, sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Histories]:
    """A short and a long history on a store."""
    with ExitStack() as stack:
        found = []
        for events in (SHORT, LONG):
            if request.param == "sqlite":
                url = sqlite_files.migrated(tmp_path_factory.mktemp("history"))
            else:
                databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
                url = stack.enter_context(databases.migrated())
            store = open_store(url)
            stack.callback(store.close)
            fill_log(store, events)
            connection = store.connect_views()
            connection.begin()
            write(connection, CAUSES, causes(events))
            write(connection, COMPONENTS, components(events))
            connection.execute("UPDATE views SET position = :last", {"last": events})
            connection.commit()
            if isinstance(connection, PostgresConnection):
                connection.execute("ANALYZE")
            connection.close()
            found.append(History(LookingStore(store), events))
        yield found[0], found[1]


def write(connection: Any, table: Table, rows: Iterator[list[Value]]) -> None:  # noqa: ANN401 - of either store
    """Write rows, each with the positions between which it holds."""
    connection.run(
        inserting(table.name, {**table.columns, "from_position": "number", "to_position": "number"}), list(rows)
    )


def causes(events: int) -> Iterator[list[Value]]:
    """Give the rows of incidents: each is open for nine events, and over from then on."""
    for number in range(1, events - 9, 10):
        key = KEYS[number // 10 % 2]
        for ended, begins, ends in ((None, number, number + 9), (instant_of(number + 9), number + 9, None)):
            yield [id_of(number), "incident", key, instant_of(number), ended, "major_outage", 1, None, begins, ends]


def components(events: int) -> Iterator[list[Value]]:
    """Give the rows of components, which change with every hundredth event."""
    for key in KEYS:
        for number in range(1, events, 100):
            ends = number + 100 if number + 100 < events else None
            yield [key, 0, 1, 0, instant(datetime(2024, 1, 1, tzinfo=UTC)), instant(BEGIN), "{}", number, ends]


class TestRowsRead:
    @pytest.mark.parametrize("component", [None, KEYS[0]])
    def test_of_the_last_days_are_no_more_of_a_long_history(self, histories: Histories, component: str | None) -> None:
        for basis in Basis:
            few, many = (each.looked_at(basis, each.events - SPAN, component) for each in histories)
            assert many <= few * SLACK + EACH_STEP, (basis, few, many)

    @pytest.mark.parametrize("component", [None, KEYS[0]])
    def test_of_a_period_long_ago_are_no_more_as_published(self, histories: Histories, component: str | None) -> None:
        few, many = (each.looked_at(Basis.PUBLISHED, each.events // 2, component) for each in histories)

        assert many <= few * SLACK + EACH_STEP, (few, many)


class TestStatements:
    def test_of_the_last_days_are_as_many_for_one_component_as_for_many(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = []
        with counting(monkeypatch) as counter, running(database) as program:
            for keys in (["first"], [f"more-{number}" for number in range(9)]):
                trouble(program, keys)
                counts.append(statements(counter, program))

        # Components, what was shown (four), its times, and what is known (one), each within two looks at the view.
        assert counts[0] == counts[1] <= 13


def trouble(program: Program, keys: Sequence[str]) -> None:
    """Register components, and let each have an incident."""
    for key in keys:
        program.register(key)
        incident = program.declare({key: Status.MAJOR_OUTAGE})
        program.clock.advance(MINUTE)
        program.resolve(incident)
        program.clock.advance(MINUTE)
    program.bitacora.follower.catch_up()


def statements(counter: Counter, program: Program) -> int:
    """Count the statements of reading the last days of all components."""
    queries = program.facade.queries
    reads = UptimeReads(board=queries.board, uptime=queries.uptime, incidents=queries.incidents)
    position = queries.events.last()[0]
    return counter.during(
        lambda: read_uptime_days(reads, position, now=program.clock.now() + MINUTE, zone=at("10:00").tzinfo or UTC)
    ).statements
