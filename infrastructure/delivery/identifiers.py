"""Ids of deliveries, digests of addresses, and the secrets of links: functions of what they stand for."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from application.digests import new_secret

if TYPE_CHECKING:
    from application.subscriptions.recipients import LinkPurpose
    from infrastructure.store.base import Connection

SECRET = "notification_secret"  # noqa: S105 - the name of a fact of the store
FIND = "SELECT value FROM meta WHERE name = :name"
KEEP = "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"


def delivery_id(subscription: str, notification: str, kind: str) -> str:
    """Give the id of a message of a kind to a subscriber about an announcement: the same on every machine and run."""
    return sha256(f"{subscription}/{notification}/{kind}".encode()).hexdigest()[:32]


def link_secret(store_secret: str, subscription: str, purpose: LinkPurpose, generation: int) -> str:
    """Give the secret part of a link (HMAC-SHA-256, hexadecimal); a higher generation makes it void."""
    text = f"{subscription}/{purpose}/{generation}"
    return hmac.digest(store_secret.encode(), text.encode(), "sha256").hex()


def address_digest(store_secret: str, address: str) -> str:
    """Give what finds an address without having it; mailboxes are told apart without regard to case."""
    return hmac.new(store_secret.encode(), f"address/{address.casefold()}".encode(), sha256).hexdigest()


def find_store_secret(connection: Connection) -> str | None:
    """Give the secret of a store from which links and digests follow; None if it was not made yet."""
    rows = connection.execute(FIND, {"name": SECRET})
    return str(rows[0][0]) if rows else None


def store_secret(connection: Connection) -> str:
    """Give the secret of a store from which links and digests follow; it is made when it is first needed."""
    rows = connection.execute(FIND, {"name": SECRET})
    if not rows:
        connection.execute(KEEP, {"name": SECRET, "value": new_secret()})
        rows = connection.execute(FIND, {"name": SECRET})
    return str(rows[0][0])
