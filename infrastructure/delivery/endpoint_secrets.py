"""How many secrets of a webhook are kept: with each of them a message has one more signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import instant

if TYPE_CHECKING:
    from datetime import datetime

    from infrastructure.store.base import Connection

MOST_SECRETS = 5
"""How many secrets of a webhook are valid at once: that of now, and those before it."""
FORGET_OLD = """
    DELETE FROM endpoint_secrets WHERE subscription = :subscription AND secret NOT IN (
        SELECT secret FROM endpoint_secrets
        WHERE subscription = :subscription AND (valid_until IS NULL OR valid_until > :now)
        ORDER BY made_at DESC, valid_until DESC LIMIT :before
    )
"""


def make_room(connection: Connection, subscription: str, now: datetime) -> None:
    """Forget the secrets of a webhook that are not valid any more, and the oldest ones, before one is added."""
    connection.execute(FORGET_OLD, {"subscription": subscription, "now": instant(now), "before": MOST_SECRETS - 1})
