"""Views are compared, row by row, with what the events make of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from eventsourcing.persistence import IntegrityError
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from application.projections.tables import Table
from application.registry import VIEWS
from infrastructure.projections.temporal_tables import tables_of
from infrastructure.store.base import Store, Value
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from infrastructure.verification.view_verification import SUFFIX, verify_views
from tests.contracts.verification.standing_log import StandingLog

TABLES = [table for view in VIEWS for table in tables_of(view)]
Cells = dict[str, Value]


class TestViews:
    def test_that_are_kept_are_what_the_events_make(self, standing_log: StandingLog) -> None:
        rows = sum(len(rows_of(standing_log.store, table)) for table in TABLES)

        assert checked(standing_log) == rows > 100

    def test_leave_nothing_behind(self, standing_log: StandingLog) -> None:
        checked(standing_log)

        with standing_log.store.reading_views() as connection:
            assert not connection.has_table(f"{TABLES[0].name}{SUFFIX}")
            names = connection.execute("SELECT name FROM views ORDER BY name")
        assert {str(name) for (name,) in names} == {view.name for view in VIEWS}

    def test_are_known_by_any_cell_that_was_changed(self, standing_log: StandingLog) -> None:
        filled = [table for table in TABLES if rows_of(standing_log.store, table)]
        how = settings(max_examples=10, suppress_health_check=list(HealthCheck))

        how(given(data=st.data())(change_and_look))(standing_log, filled)

    def test_are_known_by_a_row_that_is_missing(self, standing_log: StandingLog) -> None:
        table = next(table for table in TABLES if table.name == "incidents")
        row = rows_of(standing_log.store, table)[0]
        write(standing_log.store, deletion(table), {name: row[name] for name in keys_of(table)})
        try:
            mismatch = found(standing_log)
        finally:
            write(standing_log.store, insertion(table), row)

        assert str(mismatch).startswith(f"the view incidents, table incidents, incident {row['incident']!s}, ")
        assert str(mismatch).endswith(": the row is missing")
        assert mismatch.position == row["from_position"]

    def test_are_named_where_they_are_of_another_version(self, standing_log: StandingLog) -> None:
        write(standing_log.store, "UPDATE views SET version = version + 1 WHERE name = 'incidents'", {})
        try:
            with pytest.raises(CannotVerify, match="the view incidents has version"):
                checked(standing_log)
        finally:
            write(standing_log.store, "UPDATE views SET version = version - 1 WHERE name = 'incidents'", {})


def change_and_look(log: StandingLog, tables: list[Table], data: st.DataObject) -> None:
    """Change a cell of any row, and expect that verifying names the table and the place."""
    table = data.draw(st.sampled_from(tables), "table")
    row = data.draw(st.sampled_from(rows_of(log.store, table)), "row")
    column = data.draw(st.sampled_from([*table.columns, "from_position", "to_position"]), "column")
    value = other(row[column], column)
    change = f"UPDATE {table.name} SET {column} = :new WHERE "  # noqa: S608 - our own names
    where = " AND ".join(f"{name} = :{name}" for name in keys_of(table))
    row_keys = {name: row[name] for name in keys_of(table)}
    try:
        write(log.store, change + where, {**row_keys, "new": value})
    except IntegrityError:
        reject()
    try:
        mismatch = found(log)
    finally:
        back = {**row_keys, **({column: value} if column in row_keys else {}), "new": row[column]}
        write(log.store, change + where, back)
    assert f"table {table.name}, " in str(mismatch)


def other(value: Value, column: str) -> Value:
    """Give another value of the kind of a column."""
    if column == "to_position":
        return None if value is not None else 299
    if isinstance(value, int):
        return value ^ 1
    return "x" if value is None else f"{value!s}x"


def checked(log: StandingLog) -> int:
    """Compare the views of a log."""
    bitacora = log.program.bitacora
    return verify_views(log.store, bitacora.mapper, VIEWS, advanced=lambda _count, _total: None)


def found(log: StandingLog) -> LogMismatch:
    """Compare the views of a log, and give what differs."""
    with pytest.raises(LogMismatch) as raised:
        checked(log)
    return raised.value


def keys_of(table: Table) -> tuple[str, ...]:
    """Name the columns by which a row is known."""
    return (*table.key, "from_position")


def rows_of(store: Store, table: Table) -> list[Cells]:
    """Read all rows of a table."""
    names = (*table.columns, "from_position", "to_position")
    with store.reading_views() as connection:
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {', '.join(keys_of(table))}")  # noqa: S608
    return [dict(zip(names, row, strict=True)) for row in rows]


def deletion(table: Table) -> str:
    """Write the statement that deletes a row."""
    return f"DELETE FROM {table.name} WHERE {' AND '.join(f'{name} = :{name}' for name in keys_of(table))}"  # noqa: S608


def insertion(table: Table) -> str:
    """Write the statement that inserts a row."""
    names = (*table.columns, "from_position", "to_position")
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608


def write(store: Store, statement: str, values: Mapping[str, Value]) -> None:
    """Run a statement on the views."""
    connection = store.connect_views()
    try:
        connection.execute(statement, values)
    finally:
        connection.close()
