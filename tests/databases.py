"""Databases for the tests: empty ones, and copies of one that is migrated already.

To copy one takes a third of the time that it takes to create its tables, which nearly every test would wait for. One of
PostgreSQL is used again, if it can be emptied.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
from tests.emptied_database import ROWS_AT_MOST, Original
from tests.postgres_server import with_database

EMPTY = "template0"
ANOTHER_LOG = """
    WITH named AS (UPDATE meta SET value = gen_random_uuid() WHERE name = 'log' RETURNING value)
    UPDATE views SET log = named.value FROM named
"""


class PostgresDatabases:
    """Makes databases on a server, which are dropped when they are no longer used."""

    def __init__(self, server_url: str) -> None:
        """Make them on the server at ``server_url``."""
        self._server_url = server_url
        self._templates: list[str] = []
        # Those that nobody uses, each with how many rows were deleted from it.
        self._free: dict[str, int] = {}
        # One to each of those, used or not: half of the work is to get to know its tables.
        self._connections: dict[str, psycopg.Connection] = {}

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the URL of a database without any table."""
        with self._copy_of(EMPTY) as url:
            yield url

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Give the URL of a database that has every table, and no row in them."""
        name, deleted = self._free.popitem() if self._free else (self._create(self._template), 0)
        try:
            # Each is a log of its own, whose checkpoints are kept under its identity, with views of its own.
            self._connection(name).execute(ANOTHER_LOG)
            yield with_database(self._server_url, name)
        finally:
            self._give_back(name, deleted)

    @contextmanager
    def owned(self) -> Iterator[tuple[str, str]]:
        """Give two URLs of an empty database: of the role that owns it, and of one that may do nothing there yet."""
        roles = [f"bitacora_{what}_{uuid4().hex[:8]}" for what in ("owner", "service")]
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            for role in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'sesame'").format(sql.Identifier(role)))
        try:
            with self.empty() as url:
                with psycopg.connect(url, autocommit=True) as connection:
                    names = [sql.Identifier(connection.info.dbname), sql.Identifier(roles[0])]
                    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
                owner, service = (with_user(url, role) for role in roles)
                yield owner, service
        finally:
            with psycopg.connect(self._server_url, autocommit=True) as connection:
                for role in roles:
                    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))

    def close(self) -> None:
        """Drop what the others were copied from, and those that nobody uses."""
        for name in (*self._templates, *self._free):
            self._drop(name)

    @cached_property
    def _template(self) -> str:
        name = self._create(EMPTY)
        self._templates.append(name)
        migrate(with_database(self._server_url, name))
        return name

    @cached_property
    def _original(self) -> Original:
        return Original.of(with_database(self._server_url, self._template))

    def _connection(self, name: str) -> psycopg.Connection:
        connection = self._connections.get(name)
        # A test may let the server end all that are open.
        if connection is None or not _lives(connection):
            connection = psycopg.connect(with_database(self._server_url, name), autocommit=True)
            self._connections[name] = connection
        return connection

    def _give_back(self, name: str, deleted: int) -> None:
        try:
            more = self._original.restored(self._connection(name))
        except psycopg.Error:
            # A test may have taken it away, or left it in the hands of somebody else.
            more = None
        if more is None or deleted + more > ROWS_AT_MOST:
            self._drop(name)
        else:
            self._free[name] = deleted + more

    @contextmanager
    def _copy_of(self, template: str) -> Iterator[str]:
        name = self._create(template)
        try:
            yield with_database(self._server_url, name)
        finally:
            self._drop(name)

    def _create(self, template: str) -> str:
        name = f"bitacora_test_{uuid4().hex}"
        # The other strategy writes every page of the copy to the log of the server first.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _drop(self, name: str) -> None:
        if connection := self._connections.pop(name, None):
            connection.close()
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            # A failed test may leave a connection behind, which must not keep the database alive.
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class SQLiteFiles:
    """Makes SQLite files, each in a folder that is given."""

    def __init__(self, folder: Path) -> None:
        """Keep what the others are copied from in ``folder``."""
        self._folder = folder

    def empty(self, folder: Path) -> str:
        """Give the URL of a file that does not exist yet."""
        return f"sqlite:///{folder / _a_name()}"

    def migrated(self, folder: Path) -> str:
        """Give the URL of a file that has every table, and no row in them."""
        name = _a_name()
        for original in self._template:
            shutil.copyfile(original, folder / f"{name}{original.name.removeprefix(self._folder.name)}")
        return f"sqlite:///{folder / name}"

    @cached_property
    def _template(self) -> list[Path]:
        migrate(f"sqlite:///{self._folder / self._folder.name}")
        return sorted(self._folder.iterdir())


def migrate(url: str) -> None:
    """Create the tables of this program in a database."""
    bitacora = Bitacora(Settings(database=url))
    bitacora.migrate()
    bitacora.stop()


def _lives(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT")
    except psycopg.OperationalError:
        connection.close()
    return not connection.closed


def with_user(url: str, role: str) -> str:
    """Give ``url`` for another role, which has the password of the tests."""
    return re.sub(r"^([a-z]+://)([^/?@]*@)?", rf"\1{role}:sesame@", url)


def _a_name() -> str:
    return f"bitacora-{uuid4().hex}.sqlite3"
