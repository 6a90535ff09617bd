"""PostgreSQL databases that are used again, once they are as they were.

To create one takes 150 ms of processor time, since each of 300 relations is a file; to empty one takes 15 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

ROWS_AT_MOST = 5_000
"""How many may have been deleted from one before it is given up: what is deleted stays on its pages, and slows it."""
OURS = 16384
"""Where the numbers of objects begin that are no part of the server itself."""

# Every row of the catalogs about what is ours, each with the transaction that wrote it: whatever the statements were
# that changed a table, an index, a right or a setting, they show here. So do statistics, which change plans.
SHAPE = f"""
    SELECT (SELECT array_agg(ROW(oid, xmin, reltuples) ORDER BY oid) FROM pg_class WHERE oid >= {OURS})::text,
        (SELECT array_agg(ROW(attrelid, attnum, xmin) ORDER BY attrelid, attnum)
            FROM pg_attribute WHERE attrelid >= {OURS})::text,
        (SELECT array_agg(ROW(indexrelid, xmin) ORDER BY indexrelid) FROM pg_index WHERE indexrelid >= {OURS})::text,
        (SELECT array_agg(ROW(classid, objid, objsubid, refobjid) ORDER BY classid, objid, objsubid, refobjid)
            FROM pg_depend WHERE objid >= {OURS} OR refobjid >= {OURS})::text,
        (SELECT array_agg(ROW(oid, xmin) ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp')::text,
        (SELECT array_agg(ROW(oid, xmin) ORDER BY oid) FROM pg_constraint WHERE oid >= {OURS})::text,
        (SELECT array_agg(ROW(oid, xmin) ORDER BY oid) FROM pg_proc WHERE oid >= {OURS})::text,
        (SELECT array_agg(ROW(oid, xmin) ORDER BY oid) FROM pg_trigger WHERE oid >= {OURS})::text,
        (SELECT count(*) FROM pg_statistic WHERE starelid >= {OURS}),
        (SELECT count(*) FROM pg_default_acl) + (SELECT count(*) FROM pg_largeobject_metadata),
        (SELECT ROW(datdba, datacl, datallowconn, datconnlimit)
            FROM pg_database WHERE datname = current_database())::text,
        (SELECT count(*) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
            WHERE datname = current_database())
"""  # noqa: S608 - a constant of ours
OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


@dataclass(frozen=True)
class Original:
    """What databases are made to be once more: their shape, and the rows of each table as ``COPY`` writes them."""

    shape: tuple[object, ...]
    rows: tuple[tuple[sql.Identifier, bytes], ...]

    @classmethod
    def of(cls, url: str) -> Original:
        """Look at the database from which the others are copied."""
        with psycopg.connect(url, autocommit=True) as connection:
            tables = [sql.Identifier(*name) for name in connection.execute(TABLES)]
            return cls(_shape(connection), tuple((table, _copied(connection, table)) for table in tables))

    def restored(self, connection: psycopg.Connection) -> int | None:
        """Make a copy what it was, with nobody else connected to it, and give how many rows were deleted.

        Returns None of one that has another shape, which is not touched.
        """
        connection.execute(OTHERS)
        if _shape(connection) != self.shape:
            return None
        with connection.transaction():
            deletions = [sql.SQL("DELETE FROM {}").format(table) for table, _ in self.rows]
            with connection.pipeline():
                cursors = [connection.execute(deletion) for deletion in deletions]
            for table, rows in self.rows:
                if rows:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                        copy.write(rows)
        return sum(cursor.rowcount for cursor in cursors)


def _shape(connection: psycopg.Connection) -> tuple[object, ...]:
    found = connection.execute(SHAPE).fetchone()
    assert found is not None
    return found


def _copied(connection: psycopg.Connection, table: sql.Identifier) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copy:
        return b"".join(bytes(piece) for piece in copy)
