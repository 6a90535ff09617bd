"""Keeps the addresses to which nothing is sent."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from application.subscriptions.recipients import SuppressedAddress
from infrastructure.delivery.identifiers import address_digest, store_secret
from infrastructure.store.base import instant, moment, optional_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.ports import Clock
    from infrastructure.store.base import Connection, Store

SUPPRESS = """
    INSERT INTO suppressions (address_digest, reason, since) VALUES (:digest, :reason, :now)
    ON CONFLICT (address_digest) DO UPDATE SET reason = excluded.reason, since = excluded.since
"""
ALLOW = "DELETE FROM suppressions WHERE address_digest = :digest RETURNING address_digest"
SUPPRESSED = """
    SELECT suppressions.address_digest, (
        SELECT min(address) FROM recipients
        WHERE recipients.address_digest = suppressions.address_digest AND recipients.channel = 'email'
    ), reason, since FROM suppressions WHERE suppressions.address_digest > :after
    ORDER BY suppressions.address_digest LIMIT :limit
"""


class StoredSuppressions:
    """Implements ``Suppressions`` on a store; see there for what each method gives."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Keep them in ``store``."""
        self._store, self._clock = store, clock

    def suppress(self, address: str, reason: str) -> None:
        """Send nothing to an address any more."""
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), address)
            now = instant(self._clock.now())
            connection.execute(SUPPRESS, {"digest": digest, "reason": reason, "now": now})

    def digest_of(self, address: str) -> str:
        """Give what finds an address."""
        with writing(self._store) as connection:
            return address_digest(store_secret(connection), address)

    def allow(self, digest: str) -> bool:
        """Take back a suppression."""
        with writing(self._store) as connection:
            return bool(connection.execute(ALLOW, {"digest": digest}))

    def page(self, after: str, limit: int) -> Sequence[SuppressedAddress]:
        """List the suppressed addresses."""
        with self._store.reading_log() as connection:
            rows = connection.execute(SUPPRESSED, {"after": after, "limit": limit})
        return [
            SuppressedAddress(
                digest=str(row[0]), address=optional_text(row[1]), reason=str(row[2]), since=moment(row[3])
            )
            for row in rows
        ]


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Open a transaction on a connection of its own."""
    connection = store.connect_outbox()
    try:
        connection.begin()
        yield connection
        connection.commit()
    finally:
        connection.rollback()
        connection.close()
