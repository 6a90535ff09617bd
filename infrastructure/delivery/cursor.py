"""How far the planner has come in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrastructure.store.base import Connection, Value

NAME = "planner"
BEGIN_AT_END = f"""
    INSERT INTO delivery_cursor (name, position, subscription)
    SELECT '{NAME}', coalesce(max(position), 0), '' FROM stored_events WHERE true
    ON CONFLICT (name) DO NOTHING
"""
"""Begins behind the last event, if there is no cursor: in a store from before, or if it was lost."""
READ = f"SELECT position, subscription FROM delivery_cursor WHERE name = '{NAME}'"
MOVE = f"""
    UPDATE delivery_cursor SET position = :position, subscription = :subscription
    WHERE name = '{NAME}' AND position = :was AND subscription = :was_subscription RETURNING position
"""


@dataclass(frozen=True, kw_only=True)
class DeliveryCursor:
    """Up to ``position`` all is planned, and of the event behind it what goes to subscribers up to ``subscription``."""

    position: int
    subscription: str = ""


def find_cursor(connection: Connection) -> DeliveryCursor | None:
    """Read it; None if there is none."""
    rows = connection.execute(READ)
    return DeliveryCursor(position=int(rows[0][0] or 0), subscription=str(rows[0][1])) if rows else None


def read_cursor(connection: Connection) -> DeliveryCursor:
    """Read it; where there is none, it begins at the end of the log."""
    found = find_cursor(connection)
    while found is None:
        connection.execute(BEGIN_AT_END)
        found = find_cursor(connection)
    return found


def move_cursor(connection: Connection, was: DeliveryCursor, to: DeliveryCursor) -> bool:
    """Move it inside a transaction; false if another process has moved it meanwhile."""
    values: dict[str, Value] = {
        "position": to.position,
        "subscription": to.subscription,
        "was": was.position,
        "was_subscription": was.subscription,
    }
    return bool(connection.execute(MOVE, values))
