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
    # One object and no call: whoever verifies a log writes every entry of it.
    position, aggregate_id, version, topic, state, recorded_at = row
    try:
        # The members stand in the order of their names. orjson escapes what RFC 8785 escapes, and nothing else.
        entry = orjson.dumps(
            {
                "aggregate_id": aggregate_id,
                "aggregate_version": version,
                "position": position,
                "recorded_at": recorded_at,
                "salt": salt.hex(),
                "state": state.decode(),
                "topic": topic,
            }
        )
    except UnicodeDecodeError:
        return _without_state(row, salt)
    return entry if len(entry) <= LONGEST else _without_state(row, salt)


def new_salts(count: int) -> list[bytes]:
    """Make salts."""
    random = secrets.token_bytes(count * SALT_SIZE)
    return [random[start : start + SALT_SIZE] for start in range(0, len(random), SALT_SIZE)]


def _without_state(row: LogRow, salt: bytes) -> bytes:
    position, aggregate_id, version, topic, state, recorded_at = row
    return orjson.dumps(
        {
            "aggregate_id": aggregate_id,
            "aggregate_version": version,
            "position": position,
            "recorded_at": recorded_at,
            "salt": salt.hex(),
            "state_sha256": sha256(state).hexdigest(),
            "topic": topic,
        }
    )
