"""The entries of the tree: each is a row of the log, exactly as it is stored, as canonical JSON (RFC 8785).

A row never changes its entry: it is not brought up to a newer version of its type, and its state is a text, not JSON
inside of JSON. The random salt keeps the hash of a private event from being guessed. An entry that would be too long
for the bundles of C2SP tlog-tiles, or whose state is damaged and no UTF-8, has the SHA-256 of the state in its place.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import NamedTuple

import orjson

SALT_SIZE = 16
LONGEST = 65_535
"""The largest number of bytes of an entry; a bundle has 16 bits for it."""


class LogRow(NamedTuple):
    """A row of the log as it is stored, in the order of its columns; ``recorded_at`` is RFC 3339, in UTC."""

    position: int
    aggregate_id: str
    aggregate_version: int
    topic: str
    state: bytes
    recorded_at: str


def to_entry(row: LogRow, salt: bytes) -> bytes:
    """Write a row and its salt as an entry."""
    try:
        entry = _written(row, salt, {"state": row.state.decode()})
    except UnicodeDecodeError:
        entry = b""
    if entry and len(entry) <= LONGEST:
        return entry
    return _written(row, salt, {"state_sha256": sha256(row.state).hexdigest()})


def new_salts(count: int) -> list[bytes]:
    """Make salts."""
    random = secrets.token_bytes(count * SALT_SIZE)
    return [random[start : start + SALT_SIZE] for start in range(0, len(random), SALT_SIZE)]


def _written(row: LogRow, salt: bytes, state: dict[str, str]) -> bytes:
    # The members stand in the order of their names. orjson escapes what RFC 8785 escapes, and nothing else.
    return orjson.dumps(
        {
            "aggregate_id": row.aggregate_id,
            "aggregate_version": row.aggregate_version,
            "position": row.position,
            "recorded_at": row.recorded_at,
            "salt": salt.hex(),
            **state,
            "topic": row.topic,
        }
    )
