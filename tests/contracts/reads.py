"""A store with a long history that is written as rows, and a count of the rows that reading it looks at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from application.changes.projection import PRIVATE_THINGS, PUBLIC_THINGS
from application.incidents.projection import ANY_STATE, INCIDENT_LISTING, INCIDENT_UPDATES, INCIDENTS, beginnings_of
from application.incidents.signal_projection import SIGNALS
from application.ledger.projection import HELD_REQUESTS, LABELS, RUNS
from application.listings import place_in_time
from application.maintenance.projection import SERIES, WINDOW_LISTING, WINDOWS, facet_of
from application.panels.account_projection import ACCOUNTS
from application.panels.projection import RESTORATIONS
from application.templates.projection import TEMPLATES
from application.timelines import entry_key
from infrastructure.event_log.event_index import index_log
from infrastructure.event_log.schema import EVENT_COLUMNS
from infrastructure.event_log.tree_keeper import fill_tree
from infrastructure.projections.packing import pack, pack_digested
from infrastructure.store.base import BulkStatement, Connection, Store, Value, inserting, instant
from infrastructure.store.instants import number_of
from infrastructure.store.postgres_connection import PostgresConnection

if TYPE_CHECKING:
    from application.projections.tables import Table

STEPS = 20
"""How many steps of its machine SQLite takes between two looks at the count; a row takes about as many."""
RARE, COMMON = "rare", "common"
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
BUSY = 10
"""How many things share half of the history: each has many versions."""
SHARED = UUID(int=1)
"""What everything rare belongs to."""

Cells = dict[str, Value]


def id_of(number: int) -> str:
    """Give an id, so that ids rise with their numbers."""
    return str(UUID(int=(number << 80) + 2))


def instant_of(number: int) -> str:
    """Give an instant, so that instants rise with their numbers."""
    return instant(BEGIN + timedelta(seconds=number))


def place_of(number: int) -> str:
    """Give a place in time, so that places rise with their numbers."""
    return place_in_time(BEGIN + timedelta(seconds=number), id_of(number))


def kind_of(number: int) -> str:
    """Tell what is rare: the first few alone, which every list that begins at the other end comes to last."""
    return RARE if number < 5 else COMMON


def fill(store: Store, events: int) -> None:
    """Write a history of so many events, and the rows that lists are made of."""
    fill_log(store, events)
    index_log(store, advanced=lambda _: None)
    fill_tree(store, advanced=lambda _: None)
    connection = store.connect_views()
    try:
        connection.begin()
        things = range(events // 2)
        write(connection, INCIDENTS, (incident(number) for number in things), events)
        write(connection, INCIDENT_LISTING, (row for number in things for row in listing(number)), events, versions=1)
        updates = range(1, events // 2)
        write(
            connection,
            INCIDENT_UPDATES,
            ({"entry": entry_key(id_of(0), number, public=False), "document": "{}"} for number in updates),
            events,
            versions=1,
        )
        write(connection, WINDOWS, (window(number) for number in things), events)
        write(connection, WINDOW_LISTING, (row for number in things for row in placed(number)), events, versions=1)
        for table in (SIGNALS, RESTORATIONS, ACCOUNTS, HELD_REQUESTS, LABELS, RUNS, SERIES, TEMPLATES):
            write(connection, table, (plain(table, number) for number in things), events)
        write_changes(connection, events)
        connection.execute("UPDATE views SET position = :last", {"last": events})
        connection.commit()
        if isinstance(connection, PostgresConnection):
            connection.execute("ANALYZE")
    finally:
        connection.close()


def fill_log(store: Store, events: int) -> None:
    """Write so many events: what is rare are the last ten, and every second one is of the same aggregate."""
    connection = store.connect_log()
    rows: list[tuple[Value, ...]] = []
    provenance = {"source": "", "request_id": "", "causation": None}
    for position in range(1, events + 1):
        # One aggregate has half of the events; what is rare lies at the end.
        is_big = position % 2 == 0
        rarely = position > events - 10
        times = dict.fromkeys(("occurred_at", "recorded_at"), instant_of(position))
        state = {"provenance": {**provenance, **times, "actor": RARE if rarely else COMMON}}
        rows.append(
            (
                position,
                id_of(0) if is_big else id_of(position),
                position // 2 if is_big else 1,
                "incident.resolved" if rarely else "incident.dismissed",
                json.dumps(state).encode(),
                instant_of(position),
            )
        )
    try:
        connection.begin()
        connection.run(inserting("stored_events", EVENT_COLUMNS), rows)
        connection.commit()
    finally:
        connection.close()


def write(
    connection: Connection, table: Table, rows: Iterator[Cells], events: int, *, versions: int | None = None
) -> None:
    """Write rows: a few have many versions, and all the others one."""
    many = events // 2 // BUSY if versions is None else versions
    columns = {**table.columns, "from_position": "number", "to_position": "number"}
    written: list[list[Value]] = []
    for place, row in enumerate(rows):
        cells = [row.get(name) for name in table.columns]
        begins = 1 + place % 7
        count = many if place < BUSY else 1
        written += [[*cells, begins + each, begins + each + 1 if each < count - 1 else None] for each in range(count)]
    connection.run(inserting(table.name, columns), written)


def write_changes(connection: Connection, events: int) -> None:
    """Write what was seen of things: each second event showed a thing, and the next one let it fall silent."""
    columns = {**PUBLIC_THINGS.columns, "from_position": "number", "to_position": "number"}
    silent = {"type": "component", "shown": False, "name": {}, "vouched_from": None, "says": []}
    shown = {**silent, "shown": True, "says": ["major_outage"]}
    written: list[list[Value]] = []
    for position in range(1, events, 2):
        thing = f"component/{position}"
        written += [[thing, 1, json.dumps(shown), position, position + 1]]
        written += [[thing, 0, json.dumps(silent), position + 1, None]]
    connection.run(inserting(PUBLIC_THINGS.name, columns), written)
    inside = {"public": True, "components": [], "notes": 0, "held": False, "relapse": False, "inside": ""}
    for row in written:
        row[2] = json.dumps({"seen": json.loads(str(row[2])), **inside})
    connection.run(inserting(PRIVATE_THINGS.name, columns), written)


def incident(number: int) -> Cells:
    """Give the row of an incident."""
    return {
        "incident": id_of(number),
        "public": 1,
        "state": "investigating" if kind_of(number) == RARE else "resolved",
        "components": f"|{kind_of(number)}|",
        "updates": 0,
        "public_updates": 0,
        "document": "{}",
        "public_document": "{}",
    }


def listing(number: int) -> Iterator[Cells]:
    """Give the rows by which an incident is listed."""
    for facet in ("", kind_of(number)):
        state = "investigating" if kind_of(number) == RARE else "resolved"
        public = int(kind_of(number) == COMMON)
        yield {"facet": facet, "thing": id_of(number), "state": state, "public": public, "place": id_of(number)}
        began, place = beginnings_of(facet or None), place_of(number)
        yield {"facet": began, "thing": id_of(number), "state": ANY_STATE, "public": public, "place": place}


def window(number: int) -> Cells:
    """Give the row of a window."""
    state = "scheduled" if kind_of(number) == RARE else "completed"
    over = None if kind_of(number) == RARE else "2025-01-02"
    return {
        "maintenance_window": id_of(number),
        "state": state,
        "began_at": over,
        "over_at": over,
        "updates": 0,
        "public_updates": 0,
        "document": "{}",
        "public_document": "{}",
    }


def placed(number: int) -> Iterator[Cells]:
    """Give the rows by which a window is listed."""
    state = "scheduled" if kind_of(number) == RARE else "completed"
    series = str(SHARED) if kind_of(number) == RARE else id_of(number)
    for component in (None, kind_of(number)):
        for of in (None, series):
            yield {
                "facet": facet_of(component, of),
                "thing": id_of(number),
                "state": state,
                "public": int(kind_of(number) == COMMON),
                "place": place_of(number),
            }


def plain(table: Table, number: int) -> Cells:
    """Give a row of any other table: what is rare is so in every column by which there is a filter."""
    is_rare = kind_of(number) == RARE
    states = {
        RESTORATIONS: ("announced", "completed"),
        ACCOUNTS: ("failed", "recovered"),
        HELD_REQUESTS: ("to_check", "settled"),
        LABELS: ("to_check", "settled"),
    }
    rare, common = states.get(table, (RARE, COMMON))
    text = RARE if is_rare else f"{COMMON}-{number}"
    cells: dict[str, Value] = {name: 0 if kind == "number" else text for name, kind in table.columns.items()}
    cells |= {
        table.key[-1]: id_of(number),
        "place": id_of(number),
        "document": "{}",
        "public_document": "{}",
        "outline": "{}",
    }
    cells |= {"state": rare if is_rare else common, "routed": 0 if is_rare else 1, "firing": int(is_rare)}
    cells |= {"received_at": instant_of(number), "began_at": "2025-01-01"}
    if table is TEMPLATES:
        cells |= {"template": id_of(number), "retired": 0}
    if table is ACCOUNTS:
        cells["restoration"] = str(SHARED)
    if table in {HELD_REQUESTS, LABELS, RUNS}:
        cells["cause"] = str(SHARED) if is_rare else id_of(number)
    if table in {HELD_REQUESTS, LABELS}:
        cells |= {"label": kind_of(number), "labels": f"|{kind_of(number)}|"}
        cells |= {
            "document": pack({}),
            "basis": pack_digested(text),
            "received_at": number_of(BEGIN + timedelta(seconds=number)),
        }
    return cells


class Looks:
    """How much was read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows = 0


class LookingConnection:
    """A connection that counts the rows which its statements look at."""

    def __init__(self, real: Connection, looks: Looks) -> None:
        """Count what is read through ``real``."""
        self._real = real
        self._looks = looks

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Count one statement."""
        if not isinstance(self._real, PostgresConnection):
            return self._real.execute(sql, parameters)
        ((plan,),) = self._real.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", parameters or {})
        self._looks.rows += _rows_of_plan(cast("Any", plan)[0]["Plan"])
        return self._real.execute(sql, parameters)

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Count what is named one by one: that is as many rows as are found."""
        found = self._real.run(bulk, rows)
        if isinstance(self._real, PostgresConnection):
            self._looks.rows += len(found)
        return found


class LookingStore:
    """A store that counts the rows which its readers look at."""

    def __init__(self, real: Store) -> None:
        """Read from ``real``."""
        self._real = real
        self.looks = Looks()

    @contextmanager
    def reading_log(self) -> Iterator[Connection]:
        """Borrow a connection that counts."""
        with self._real.reading_log() as connection, self._counted(connection) as counted:
            yield counted

    @contextmanager
    def reading_views(self) -> Iterator[Connection]:
        """Borrow a connection that counts."""
        with self._real.reading_views() as connection, self._counted(connection) as counted:
            yield counted

    @contextmanager
    def _counted(self, connection: Connection) -> Iterator[Connection]:
        database = None if isinstance(connection, PostgresConnection) else cast("Any", connection)._db  # noqa: SLF001 - see below
        if database is not None:
            # SQLite tells nothing of rows; the steps of its machine grow with them.
            database.set_progress_handler(self._step, STEPS)
        try:
            yield cast("Connection", LookingConnection(connection, self.looks))
        finally:
            if database is not None:
                database.set_progress_handler(None, 0)

    def _step(self) -> int:
        self.looks.rows += 1
        return 0


def _rows_of_plan(node: Mapping[str, Any]) -> int:
    """Count the rows that the scans of a plan looked at, and those that they threw away."""
    inner = sum(_rows_of_plan(each) for each in node.get("Plans", ()))
    if "Scan" not in node["Node Type"] or node["Node Type"] in {"CTE Scan", "Subquery Scan", "WorkTable Scan"}:
        return inner
    removed = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return inner + int((node["Actual Rows"] + removed) * node["Actual Loops"])
