"""The two roles of a database of PostgreSQL: one owns the log, the other one serves it and cannot change it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from infrastructure.store.base import StoreDown
from infrastructure.store.postgres_connection import WRITER_LOCK
from infrastructure.store.postgres_programs import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrastructure.store.base import Connection
    from infrastructure.store.postgres import PostgresStore

OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass(:table)"
MAY_BUILD = """
    SELECT current_schema(), has_schema_privilege(:role, current_schema(), 'USAGE')
        AND has_schema_privilege(:role, current_schema(), 'CREATE')
"""
BESIDE = "SELECT to_regnamespace(:schema) IS NOT NULL, has_database_privilege(current_database(), 'CREATE')"
MAY_CHANGE = """
    SELECT current_user FROM pg_class AS log JOIN pg_namespace AS place ON place.oid = log.relnamespace
    WHERE log.oid = to_regclass('stored_events') AND (
        has_table_privilege(log.oid, 'UPDATE, DELETE, TRUNCATE') OR pg_has_role(log.relowner, 'MEMBER')
        OR pg_has_role(place.nspowner, 'MEMBER'))
"""


def role_that_may_change_events(store: PostgresStore) -> str | None:
    """Name the role of a store if it may change or remove events, or the table itself; None if it may not."""
    with store.reading_log() as connection:
        rows = connection.execute(MAY_CHANGE)
    return str(rows[0][0]) if rows else None


def are_of_one_database(one: PostgresStore, other: PostgresStore) -> bool:
    """Tell whether two URLs lead to the same database: a lock that one holds there, the other does not get."""
    with closing(one.connect_log()) as holding, other.reading_log() as trying:
        holding.begin()
        try:
            rows = trying.execute("SELECT pg_try_advisory_xact_lock(:lock)", {"lock": WRITER_LOCK})
        finally:
            holding.rollback()
    return rows != [(True,)]


def take_over(owner: PostgresStore, tables: Iterable[str]) -> None:
    """Let tables that are there belong to the role of ``owner``.

    Raises:
        StoreDown: if it may not have them.
    """
    with closing(owner.connect_log()) as connection:
        for table in tables:
            if _owner_of(connection, table) is not None:
                _own(connection, table)


def grant(owner: PostgresStore, service: PostgresStore, rights: Mapping[str, str], derived: Iterable[str]) -> None:
    """Let the role of ``service`` do with each table what is named, and build the tables that are ``derived``.

    Derived tables that belong to another role are dropped.
    """
    role = _role_of(service)
    with closing(owner.connect_log()) as connection:
        connection.begin()
        try:
            for table, allowed in rights.items():
                connection.execute(f"REVOKE ALL ON {table} FROM PUBLIC, {_quoted(role)}")
                connection.execute(f"GRANT {allowed} ON {table} TO {_quoted(role)}")
            _let_build(connection, role)
            foreign = [table for table in derived if _owner_of(connection, table) not in {None, role}]
            for table in foreign:
                connection.execute(f"DROP TABLE {table}")
            connection.commit()
        finally:
            connection.rollback()
    if foreign:
        service.forget_views()


def _role_of(store: PostgresStore) -> str:
    with store.reading_log() as connection:
        return str(connection.execute("SELECT current_user")[0][0])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _owner_of(connection: Connection, table: str) -> str | None:
    rows = connection.execute(OWNER, {"table": table})
    return str(rows[0][0]) if rows else None


def _own(connection: Connection, table: str) -> None:
    owner = _owner_of(connection, table)
    if connection.execute("SELECT current_user")[0][0] == owner:
        return
    try:
        connection.execute(f"ALTER TABLE {table} OWNER TO CURRENT_USER")
    except StoreDown as error:
        raise StoreDown(
            f"the table {table} belongs to {owner}, and it should belong to the role of BITACORA_OWNER_DATABASE; let a "
            f"superuser run the command once ({error})"
        ) from error


def _let_build(connection: Connection, role: str) -> None:
    [(schema, may)] = connection.execute(MAY_BUILD, {"role": role})
    if not may:
        connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {_quoted(str(schema))} TO {_quoted(role)}")
    for beside in filter(None, SLOTS):
        [(is_there, may_make)] = connection.execute(BESIDE, {"schema": beside})
        if not is_there and may_make:
            connection.execute(f"CREATE SCHEMA {beside}")
            connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {beside} TO {_quoted(role)}")
