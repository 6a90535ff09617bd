"""A database that tests use again is as new for each of them, or it is another."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.application.program import running
from tests.databases import PostgresDatabases

CHANGES = [
    "CREATE TABLE more (id integer)",
    "CREATE INDEX more ON meta (value)",
    "DROP TABLE views",
    "ALTER TABLE views ADD COLUMN more text",
    "ALTER TABLE views ALTER COLUMN name SET DEFAULT 'more'",
    "ALTER TABLE views RENAME TO more",
    "TRUNCATE views",
    "CREATE TABLE more AS SELECT * FROM views; DROP TABLE views; ALTER TABLE more RENAME TO views",
    "GRANT SELECT ON views TO PUBLIC",
    "CREATE SCHEMA more",
    "CREATE TYPE more AS (id integer)",
    "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE RULE more AS ON DELETE TO views DO INSTEAD NOTHING",
    "ANALYZE views",
    "INSERT INTO meta SELECT 'more ' || number, 'x' FROM generate_series(1, 10000) AS numbers (number)",
]


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Read every row, but not which log it is."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        read = {name: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))) for name in tables}
        found = {name: sorted(rows.fetchall()) for name, rows in read.items()}
        (identity,) = (value for name, value in found["meta"] if name == "log")
        return {
            name: [tuple("" if cell == identity else cell for cell in row) for row in rows]
            for name, rows in found.items()
        }


@pytest.fixture(scope="module")
def postgres_databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    """Databases of which other tests have used none: one that they have worn out is given up sooner."""
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


class TestEmptiedDatabase:
    def test_is_used_again_with_the_rows_that_a_new_one_has(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.migrated() as url, psycopg.connect(url, autocommit=True) as connection:
            new = everything(url)
            identity = connection.execute("SELECT value FROM meta WHERE name = 'log'").fetchone()
            connection.execute("UPDATE meta SET value = 'x'")
            connection.execute("DELETE FROM views")
            connection.execute("INSERT INTO meta VALUES ('more', 'x')")
        with postgres_databases.migrated() as again, psycopg.connect(again) as connection:
            assert again == url
            assert everything(again) == new
            assert connection.execute("SELECT value FROM meta WHERE name = 'log'").fetchone() != identity

    def test_is_used_again_by_a_program_that_begins_no_view_anew(self, postgres_databases: PostgresDatabases) -> None:
        urls, views = set[str](), set[tuple[object, ...]]()
        for _ in range(2):
            with postgres_databases.migrated() as url:
                with running(url):
                    pass
                with psycopg.connect(url) as connection:
                    urls.add(url)
                    views.add(tuple(connection.execute("SELECT name, built FROM views ORDER BY name")))

        assert len(urls) == len(views) == 1

    def test_lets_go_whoever_is_still_connected(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.migrated() as url:
            left = psycopg.connect(url)
            left.execute("LOCK TABLE views")

        with left, pytest.raises(psycopg.OperationalError, match="terminat"):
            left.execute("SELECT 1")

    @pytest.mark.parametrize("change", CHANGES)
    def test_is_not_used_again_with_another_shape(self, change: str, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.migrated() as url, psycopg.connect(url, autocommit=True) as connection:
            connection.execute(change)

        with postgres_databases.migrated() as another:
            assert another != url

    def test_is_not_used_again_with_other_settings(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.migrated() as url, psycopg.connect(url, autocommit=True) as connection:
            name = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("ALTER DATABASE {} SET lock_timeout = '1s'").format(name))

        with postgres_databases.migrated() as another:
            assert another != url
