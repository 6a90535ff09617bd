"""Forgets what nobody needs any more, and mends what a crash has left half done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from infrastructure.delivery.moves import settle_moves, unfinished_moves
from infrastructure.delivery.suppressions import writing
from infrastructure.delivery.validity import UNCONFIRMED_FOR
from infrastructure.store.base import instant

if TYPE_CHECKING:
    from datetime import datetime

    from infrastructure.store.base import Store, Value

LETTERS_FOR = timedelta(days=7)
"""How long words are kept: longer than anything is tried, so that what was given up can be sent again."""
DELIVERIES_FOR = timedelta(days=400)
"""How long it is kept what became of a delivery."""
AT_ONCE = 1_000
"""How many rows one transaction deletes, so that nobody waits for it for long."""
CONFIRMED = "EXISTS (SELECT 1 FROM stored_events WHERE originator_id = CAST(recipients.subscription AS {id}))"
TO_MEND = f"SELECT 1 FROM recipients WHERE state = 'asked' AND {CONFIRMED} LIMIT 1"
MEND = f"UPDATE recipients SET state = 'active', wanted = NULL WHERE state = 'asked' AND {CONFIRMED}"
"""Whose confirmation is in the log has confirmed, also if a crash came before that was noted here."""
REGISTERED_WITHIN = timedelta(hours=1)
"""How long after its address, at most, the registration of an endpoint is in the log."""
CUT_OFF = f"""
    SELECT subscription FROM recipients WHERE channel <> 'email' AND state = 'active' AND asked_at < :before
    AND NOT {CONFIRMED} ORDER BY asked_at LIMIT :limit
"""
FORGET_SECRETS = f"DELETE FROM endpoint_secrets WHERE subscription IN ({CUT_OFF})"
FORGET_CUT_OFF = f"DELETE FROM recipients WHERE subscription IN ({CUT_OFF}) RETURNING subscription"
"""An endpoint whose registration was cut off after its address was kept. Nothing is ever planned for it."""
FORGET_ASKED = f"""
    DELETE FROM recipients WHERE subscription IN (
        SELECT subscription FROM recipients WHERE state = 'asked' AND asked_at < :before AND NOT {CONFIRMED}
        ORDER BY asked_at LIMIT :limit
    ) RETURNING subscription
"""
FORGET_LETTERS = """
    DELETE FROM letters WHERE letter IN (
        SELECT letter FROM letters WHERE written_at < :before AND letter NOT IN (
            SELECT letter FROM deliveries WHERE state = 'due' UNION ALL
            SELECT letter FROM deliveries WHERE state = 'waiting'
        ) ORDER BY written_at LIMIT :limit
    ) RETURNING letter
"""
FORGET_DELIVERIES = """
    DELETE FROM deliveries WHERE delivery IN (
        SELECT delivery FROM deliveries WHERE finished_at < :before ORDER BY finished_at LIMIT :limit
    ) RETURNING delivery
"""


def mend(store: Store, now: datetime) -> None:
    """Note who has confirmed, and where endpoints were moved to."""
    with store.reading_log() as reading:
        is_behind, unfinished = bool(reading.execute(TO_MEND.format(**store.types))), unfinished_moves(reading)
    if is_behind:
        with writing(store) as connection:
            connection.execute(MEND.format(**store.types))
    for each in unfinished:
        with writing(store) as connection:
            settle_moves(connection, store.types, each, now)


def tidy(store: Store, now: datetime) -> None:
    """Forget who has not confirmed, endpoints that nobody registered, old words, and what was sent long ago."""
    mend(store, now)
    for statements, span in (
        ((FORGET_SECRETS.format(**store.types), FORGET_CUT_OFF.format(**store.types)), REGISTERED_WITHIN),
        ((FORGET_ASKED.format(**store.types),), UNCONFIRMED_FOR),
        ((FORGET_LETTERS,), LETTERS_FOR),
        ((FORGET_DELIVERIES,), DELIVERIES_FOR),
    ):
        values: dict[str, Value] = {"before": instant(now - span), "limit": AT_ONCE}
        while True:
            with writing(store) as connection:
                forgotten = [connection.execute(statement, values) for statement in statements][-1]
            if len(forgotten) < AT_ONCE:
                break
