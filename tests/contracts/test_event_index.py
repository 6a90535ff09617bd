"""Events are listed by type, actor and aggregate as a plain look at the log finds them, indexed or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest

from application.audit.documents import EventDocument
from application.audit.queries import EventFilter
from application.registry import event_types
from infrastructure.event_log import event_index
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.event_index import SECTION
from infrastructure.event_log.schema import migrate
from infrastructure.queries.audit import SqlEventQueries
from infrastructure.store.base import Store
from infrastructure.store.factory import open_store
from tests.application.program import running
from tests.contracts.faults import eventually
from tests.contracts.reads import BEGIN, COMMON, RARE, fill_log, id_of
from tests.contracts.tampering import drop_walls

EVENTS = 2 * SECTION + 200
FILTERS = [
    EventFilter(type=topic, actor=actor, aggregate=aggregate, since=since, until=until)
    for topic, actor, aggregate, since, until in product(
        (None, "incident.resolved", "incident.dismissed", "incident.nothing"),
        (None, RARE, COMMON),
        (None, id_of(0), id_of(7)),
        (None, BEGIN + timedelta(seconds=700)),
        (None, BEGIN + timedelta(seconds=EVENTS - 3)),
    )
]


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with a log that is longer than two sections, as is the stream of one aggregate."""
    store = open_store(database)
    try:
        fill_log(store, EVENTS)
        yield store
    finally:
        store.close()


def is_wanted(event: EventDocument, wanted: EventFilter, position: int) -> bool:
    """Tell whether an event is one of those; it was recorded as many seconds after the first as its position says."""
    when = BEGIN + timedelta(seconds=position)
    return (
        wanted.type in {None, event["type"]}
        and wanted.actor in {None, event["actor"]}
        and wanted.aggregate in {None, event["aggregate"]["id"]}
        and (wanted.since is None or when >= wanted.since)
        and (wanted.until is None or when < wanted.until)
    )


def each_of(runs: str) -> str:
    """Write out each number of runs like ``3,7-9``."""
    ends = [[int(end) for end in run.split("-")] for run in runs.split(",")]
    return ",".join(str(number) for run in ends for number in range(run[0], run[-1] + 1))


class TestEvents:
    def test_are_found_as_by_a_plain_look(self, store: Store) -> None:
        queries = SqlEventQueries(store, TypedMapper(event_types()))
        events = list(queries.all(0, EVENTS))

        for is_indexed in (False, True):
            if is_indexed:
                event_index.index_log(store, advanced=lambda _: None)
            for wanted, after in product(FILTERS, (0, 650)):
                plain = [each for each in events[after:] if is_wanted(each, wanted, each["position"])]
                assert list(queries.page(wanted, after, 30)) == plain[:30], (wanted, after, is_indexed)

    def test_are_found_by_rows_that_name_each_of_them(self, store: Store) -> None:
        event_index.index_log(store, advanced=lambda _: None)
        queries = SqlEventQueries(store, TypedMapper(event_types()))
        found = [list(queries.page(wanted, 0, 30)) for wanted in FILTERS]
        connection = store.connect_log()
        rows = connection.execute("SELECT stream, type, actor, section, places FROM event_index")
        assert any("-" in str(places) for *_, places in rows)
        names = ("stream", "type", "actor", "section")
        for *key, places in rows:
            # As programs wrote them before version 6 of the tables.
            connection.execute(
                "UPDATE event_index SET places = :places"
                " WHERE stream = :stream AND type = :type AND actor = :actor AND section = :section",
                {**dict(zip(names, key, strict=True)), "places": each_of(str(places))},
            )
        connection.close()

        assert [list(queries.page(wanted, 0, 30)) for wanted in FILTERS] == found

    def test_of_one_type_take_the_bytes_of_a_run(self, store: Store) -> None:
        connection = store.connect_log()
        drop_walls(connection)
        connection.execute("UPDATE stored_events SET topic = 'incident.resolved'")

        event_index.index_log(store, advanced=lambda _: None)

        found = connection.execute("SELECT places FROM event_index WHERE stream = '' AND actor = '' ORDER BY section")
        assert found == [(f"1-{SECTION}",), (f"{SECTION + 1}-{2 * SECTION}",)]
        connection.close()

    def test_are_indexed_by_the_writer_while_it_serves(self, store: Store, database: str) -> None:
        with running(database), store.reading_log() as connection:
            eventually(lambda: event_index.indexed(connection) == 2 * SECTION)

    def test_of_a_store_of_the_first_version_are_indexed_once_it_is_migrated(self, store: Store) -> None:
        connection = store.connect_log()
        connection.execute("DROP TABLE event_index")
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'schema'")

        migrate(store)
        event_index.index_log(store, advanced=lambda _: None)

        assert event_index.indexed(connection) == 2 * SECTION
        connection.close()
