"""Edits a log behind the back of the program, as somebody would who has the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg

from infrastructure.store.sqlite_connection import SQLiteConnection

SQLITE = "sqlite:///"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def edit(url: str, *statements: Any) -> None:  # noqa: ANN401 - texts, which psycopg wants to be literal
    """Run statements on a store, each of which may change what was recorded."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(url.removeprefix(SQLITE), timeout=10, isolation_level=None)) as file:
            drop_walls(file)
            for statement in statements:
                file.execute(statement)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def drop_walls(connection: object) -> None:
    """Drop the triggers that keep what was recorded; PostgreSQL has none."""
    if isinstance(connection, (sqlite3.Connection, SQLiteConnection)):
        for (name,) in list(connection.execute(TRIGGERS)):
            connection.execute(f"DROP TRIGGER {name}")
