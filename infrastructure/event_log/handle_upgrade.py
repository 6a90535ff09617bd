"""Copies the index of handles of an older store into the table that it has since version 6.

The older table gets another name first, so that an older program that still runs cannot write into it any more. It is
copied some rows at a time, each time in a transaction with the place where the next one goes on. It is dropped once
everything is copied; until then, no program works with the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from infrastructure.event_log import store_facts
from infrastructure.event_log.handle_index import ENTER, to_row
from infrastructure.store.base import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrastructure.store.base import Connection

OLDER = "directory"
ASIDE = "directory_to_copy"
OLDER_TABLES = (OLDER, ASIDE)
COPIED = "handles_copied"
"""The fact that says which row was copied last: its aggregate and its handle."""
BATCH = 10_000
"""How many rows are copied in one transaction."""
FIRST = UUID(int=0)

SECTION = f"""
    SELECT handle, aggregate, ranked_at FROM {ASIDE}
    WHERE (handle, aggregate) > (:handle, :aggregate) ORDER BY handle, aggregate LIMIT :limit
"""
COUNT = "SELECT count(*) FROM "


def put_aside(connection: Connection) -> None:
    """Rename the table of an older program, if there is one, inside a transaction of the one writer."""
    if connection.has_table(OLDER):
        connection.execute(f"ALTER TABLE {OLDER} RENAME TO {ASIDE}")


def is_waiting(connection: Connection) -> bool:
    """Tell whether there are rows of an older program that are not copied yet."""
    return connection.has_table(ASIDE)


def copy_rest(connection: Connection, copied: Callable[[int, int], None]) -> None:
    """Copy what is left, and go on where an interrupted copy was; ``copied`` gets how many rows are, of how many."""
    if not is_waiting(connection):
        return
    every, done = (int(connection.execute(COUNT + name)[0][0] or 0) for name in (ASIDE, "handle_entries"))
    while True:
        connection.begin()
        # Another process may have come further, or be done.
        count = _copy_some(connection) if is_waiting(connection) else 0
        connection.commit()
        if not count:
            return
        done += count
        copied(min(done, every), every)


def _copy_some(connection: Connection) -> int:
    aggregate, _, handle = (store_facts.find(connection, COPIED) or f"{FIRST} ").partition(" ")
    rows = connection.execute(SECTION, {"handle": handle, "aggregate": aggregate, "limit": BATCH})
    if rows:
        connection.run(ENTER, [to_row(str(row[0]), UUID(str(row[1])), moment(row[2])) for row in rows])
        store_facts.write(connection, [(COPIED, f"{UUID(str(rows[-1][1]))} {rows[-1][0]!s}")])
    else:
        connection.execute(f"DROP TABLE {ASIDE}")
        store_facts.write(connection, [(COPIED, None)])
    return len(rows)
