"""Opens the store that a URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.postgres import PostgresStore
from infrastructure.store.sqlite import SQLiteStore

if TYPE_CHECKING:
    from infrastructure.store.base import Store

SQLITE = "sqlite:///"


def open_store(database: str) -> Store:
    """Choose the store by its URL."""
    if database.startswith(SQLITE):
        return SQLiteStore(database.removeprefix(SQLITE))
    return PostgresStore(database)
