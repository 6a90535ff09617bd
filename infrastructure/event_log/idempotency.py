"""The answers that are stored for idempotency keys, in the transaction of the events that they report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from infrastructure.store.base import inserting, instant, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infrastructure.store.base import Connection, Value

KEPT = timedelta(hours=24)
"""How long an idempotency key is valid."""

Receipt = dict[str, "Value"]

FIND = "SELECT request, answer FROM receipts WHERE token = :token AND key = :key AND recorded_at > :since"
COLUMNS = {"token": "key", "key": "key", "request": "text", "answer": "text", "recorded_at": "instant"}
KEEP = inserting("receipts", COLUMNS, keys=("token", "key"))
FORGET = (
    "DELETE FROM receipts WHERE (token, key) IN"
    " (SELECT token, key FROM receipts WHERE recorded_at <= :before ORDER BY recorded_at LIMIT 1000)"
)


def find(
    connection: Connection, waiting: Sequence[Receipt], *, token: str, key: str, now: datetime
) -> tuple[str, str] | None:
    """Find the digest of the request and the answer that are stored for a key, or wait for their commit."""
    for kept in reversed(waiting):
        if kept["token"] == token and kept["key"] == key:
            return str(kept["request"]), str(kept["answer"])
    rows = connection.execute(FIND, {"token": token, "key": key, "since": instant(now - KEPT)})
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def write(connection: Connection, receipts: Sequence[Receipt]) -> None:
    """Store receipts, and delete some that have expired."""
    if receipts:
        last = {(receipt["token"], receipt["key"]): receipt for receipt in receipts}
        connection.run(KEEP, [[receipt[name] for name in COLUMNS] for receipt in last.values()])
        oldest = min(str(receipt["recorded_at"]) for receipt in receipts)
        connection.execute(FORGET, {"before": instant(moment(oldest) - KEPT)})
