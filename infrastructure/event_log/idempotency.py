"""The answers that idempotency keys stand for, kept in the transaction of the events they speak of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from infrastructure.store.base import inserting, instant, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infrastructure.store.base import Connection, Value

KEPT = timedelta(hours=24)
"""How long an idempotency key is good."""

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
    """Give request and answer that a key stands for; those that wait for their commit count as well."""
    for kept in reversed(waiting):
        if kept["token"] == token and kept["key"] == key:
            return str(kept["request"]), str(kept["answer"])
    rows = connection.execute(FIND, {"token": token, "key": key, "since": instant(now - KEPT)})
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def write(connection: Connection, receipts: Sequence[Receipt]) -> None:
    """Keep receipts, and delete some of those that are no longer good."""
    if receipts:
        last = {(receipt["token"], receipt["key"]): receipt for receipt in receipts}
        connection.run(KEEP, [[receipt[name] for name in COLUMNS] for receipt in last.values()])
        oldest = min(str(receipt["recorded_at"]) for receipt in receipts)
        connection.execute(FORGET, {"before": instant(moment(oldest) - KEPT)})
