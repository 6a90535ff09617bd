"""What the log is called where it is verified: fixed in the store when its tree is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import BadSetting
from infrastructure.event_log import store_facts
from infrastructure.transparency.checkpoint import origin_of

if TYPE_CHECKING:
    from infrastructure.settings import Settings
    from infrastructure.store.base import Connection, Store


def fix_origin(store: Store, settings: Settings) -> None:
    """Give the log its name, if it has none yet.

    Raises:
        BadSetting: if a setting names another one than it has.
    """
    with store.reading_log() as connection:
        known = store_facts.find(connection, store_facts.LOG_ORIGIN)
    if known is None:
        _note(store, settings.origin)
    elif settings.log_origin not in {"", known}:
        raise BadSetting(
            f"BITACORA_LOG_ORIGIN is {settings.log_origin}, and the log of this store is {known}: a log keeps its name"
        )


def current_origin(connection: Connection) -> str:
    """Name the present tree of a log."""
    base = store_facts.find(connection, store_facts.LOG_ORIGIN) or ""
    return origin_of(base, int(store_facts.find(connection, store_facts.LOG_GENERATION) or 1))


def _note(store: Store, origin: str) -> None:
    connection = store.connect_log()
    try:
        connection.begin()
        # Another process may have been quicker.
        if store_facts.find(connection, store_facts.LOG_ORIGIN) is None:
            store_facts.write(connection, [(store_facts.LOG_ORIGIN, origin), (store_facts.LOG_GENERATION, "1")])
        connection.commit()
    finally:
        connection.rollback()
        connection.close()
