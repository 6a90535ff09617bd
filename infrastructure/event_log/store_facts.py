"""What is noted about a store itself, by name: which log it has, where its tree comes from, and which key signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import deleting, inserting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrastructure.store.base import Connection

Fact = tuple[str, str | None]
"""A name, and a text; None forgets it."""

LOG_ORIGIN = "log_origin"
"""How the first tree of the log is called; see ``LOG_GENERATION``."""
LOG_GENERATION = "log_generation"
"""How many trees the log has had; a restore that loses events begins the next one."""
FIND = "SELECT value FROM meta WHERE name = :name"
NOTE = inserting("meta", {"name": "key", "value": "text"}, keys=("name",))
FORGET = deleting("meta", {"name": "key"})
SETTLE = "UPDATE meta SET value = value WHERE name = 'schema'"


def find(connection: Connection, name: str) -> str | None:
    """Read a fact; None if it is not noted."""
    rows = connection.execute(FIND, {"name": name})
    return str(rows[0][0]) if rows else None


def write(connection: Connection, facts: Sequence[Fact]) -> None:
    """Note the last that is said of each name."""
    last = dict(facts)
    gone = [(name,) for name, value in last.items() if value is None]
    there = [(name, value) for name, value in last.items() if value is not None]
    if gone:
        connection.run(FORGET, gone)
    if there:
        connection.run(NOTE, there)


def settle(connection: Connection) -> None:
    """Commit the open transaction, with something in it, so that all that was committed before is as safe as it.

    What changes nothing waits neither for the disk nor for a standby.
    """
    connection.execute(SETTLE)
    connection.commit()
