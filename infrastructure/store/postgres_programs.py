"""Which programs have a database of PostgreSQL open, and in which of two schemas each keeps its views.

Every program holds advisory locks as long as it is connected. The server gives them up when the connection ends, in
whatever way: there is nothing to clean up after a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from infrastructure.store.base import Connection

OPEN_LOCK = 4_271_009_312
"""The advisory lock that programs share while they have the store open."""
SLOT_LOCKS = (4_271_009_313, 4_271_009_314)
"""The advisory locks that programs share which keep views in the one slot, and in the other."""
SLOTS = ("", "bitacora_beside")
"""The schemas of views: that of the log, and another one; with two, the views of two versions are there at once."""
LINGER_SECONDS = 1
"""How long the server may take, at most, to notice that a program has ended."""
LOOKS = 20
"""How often it is looked meanwhile."""
PAUSE = f"SELECT pg_sleep({LINGER_SECONDS / LOOKS})"
PROGRAMS = f"""
    SELECT held.pid, coalesce(activity.application_name, ''), coalesce(host(activity.client_addr), ''),
        max(CASE CAST(held.objid AS bigint) WHEN {SLOT_LOCKS[0]} THEN 0 WHEN {SLOT_LOCKS[1]} THEN 1 ELSE -1 END),
        max(CASE CAST(held.objid AS bigint) WHEN {OPEN_LOCK} THEN 1 ELSE 0 END)
    FROM pg_locks AS held LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
    WHERE held.locktype = 'advisory' AND held.granted AND held.mode = 'ShareLock'
        AND held.classid = 0 AND held.objsubid = 1
        AND CAST(held.objid AS bigint) IN ({OPEN_LOCK}, {SLOT_LOCKS[0]}, {SLOT_LOCKS[1]})
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY 1, 2, 3 ORDER BY 1
"""


class OpenProgram(NamedTuple):
    """A connection by which a program has the database open, and the slot in which it keeps its views.

    ``serves`` says that it follows the log.
    """

    process: int
    name: str
    address: str
    slot: int
    serves: bool

    def __str__(self) -> str:
        """Name it for an operator."""
        return f"{self.name or 'a program'} ({self.address or 'on this machine'}, process {self.process} of the server)"


def open_programs(connection: Connection) -> list[OpenProgram]:
    """List the programs that have the database open; one that is older than the slots has its views beside the log."""
    return [
        OpenProgram(int(process or 0), str(name), str(address), max(int(slot or 0), 0), bool(serves))
        for process, name, address, slot, serves in connection.execute(PROGRAMS)
    ]


def serving_programs(connection: Connection) -> list[OpenProgram]:
    """List those that follow the log; those that have just ended are not waited for longer than a moment."""
    left = LOOKS
    while (found := [program for program in open_programs(connection) if program.serves]) and left:
        connection.execute(PAUSE)
        left -= 1
    return found
