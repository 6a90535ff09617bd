"""What the log is called where it is verified: fixed in the store when its tree is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from application.errors import BadSetting
from infrastructure.event_log import store_facts
from infrastructure.store.base import LogDamaged
from infrastructure.transparency.checkpoint import origin_of, parse_generation
from infrastructure.transparency.notes import BadNote, named

if TYPE_CHECKING:
    from infrastructure.settings import Settings
    from infrastructure.store.base import Connection, Store

RESTORED_FROM = "restored_from"
"""What is to be recorded of a restored log, before anything else; as JSON."""
UNREADABLE = "it cannot be read what the store notes of its last restore; restore it again"


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
    """Name the present tree of a log.

    Raises:
        LogDamaged: if the store does not note how it is called.
    """
    base = store_facts.find(connection, store_facts.LOG_ORIGIN) or ""
    try:
        return origin_of(named(base), current_generation(connection))
    except BadNote as error:
        raise LogDamaged(f"the store notes that its log is called {base!r}: {error}") from error


def reached_generation(connection: Connection) -> int:
    """Give the highest number that a log has had or is about to get: that of a restore that waits to be recorded.

    Raises:
        LogDamaged: if the store notes what is no number.
    """
    waiting = store_facts.find(connection, RESTORED_FROM)
    try:
        number = 1 if waiting is None else parse_generation(str(json.loads(waiting)["generation"]))
    except (ValueError, LookupError, TypeError):
        number = None
    if number is None:
        raise LogDamaged(UNREADABLE)
    return max(current_generation(connection), number)


def current_generation(connection: Connection) -> int:
    """Give how many trees a log has had; 1 if it has none yet.

    Raises:
        LogDamaged: if the store notes what is no number.
    """
    noted = store_facts.find(connection, store_facts.LOG_GENERATION)
    number = 1 if noted is None else parse_generation(noted)
    if number is None:
        raise LogDamaged(f"the store notes that its log has had {noted!r} trees, and that is no number")
    return number


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
