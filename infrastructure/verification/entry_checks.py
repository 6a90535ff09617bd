"""Reads entries of a log, and holds what is said of an event against its entry."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from infrastructure.store.base import instant, moment
from infrastructure.transparency.entries import SALT_SIZE, LogRow, to_entry

DIGEST = "state_sha256"
MEMBERS = ("position", "aggregate_id", "aggregate_version", "topic", "recorded_at", "salt")


class BadEntry(ValueError):
    """A text is no entry, or an event is said to be what its entry does not say."""


class StoredEntry(NamedTuple):
    """What an entry says; ``state`` is None if only its digest is there."""

    position: int
    aggregate_id: str
    aggregate_version: int
    topic: str
    recorded_at: str
    state: str | None


def parse_entry(text: str) -> StoredEntry:
    """Read an entry, which is written in one way only.

    Raises:
        BadEntry: if it is none.
    """
    try:
        found: dict[str, Any] = orjson.loads(text)
        position, id, version, topic, recorded_at, salt = (found[name] for name in MEMBERS)
        row = LogRow(position, str(UUID(id)), version, topic, found.get("state", "").encode(), recorded_at)
        if _is_written_so(text, row, bytes.fromhex(salt), found):
            return StoredEntry(position, id, version, topic, recorded_at, found.get("state"))
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    raise BadEntry("its entry is no entry of a log")


def _is_written_so(text: str, row: LogRow, salt: bytes, found: dict[str, Any]) -> bool:
    is_instant = instant(moment(row.recorded_at)) == row.recorded_at
    if len(salt) != SALT_SIZE or not is_instant or not row.position > 0 < row.aggregate_version:
        return False
    if DIGEST not in found:
        return to_entry(row, salt).decode() == text
    # The state is not there, so that only its digest can be compared; the members stand in the order of their names.
    digest = found[DIGEST]
    is_digest = bytes.fromhex(digest).hex() == digest and len(digest) == 2 * sha256().digest_size
    return is_digest and [*found] == sorted(found) and len(found) == len(MEMBERS) + 1 and _compact(found) == text


def _compact(found: dict[str, Any]) -> str:
    return orjson.dumps(found).decode()


def require_said(entry: StoredEntry, document: dict[str, Any]) -> None:
    """Check that the members of an event say what its entry says, as far as the type has not got a newer version.

    Raises:
        BadEntry: naming the first member that says something else.
    """
    state = _state(entry)
    said: dict[str, Any] = {} if state is None else dict(state.get("provenance", {}))
    said |= {
        "position": entry.position,
        "type": entry.topic,
        "aggregate": {
            "type": entry.topic.partition(".")[0],
            "id": entry.aggregate_id,
            "version": entry.aggregate_version,
        },
    }
    if state is not None:
        version = state.pop("version", 1)
        del state["provenance"]
        if version == document.get("version"):
            said["data"] = state
    for name, value in said.items():
        if name in document and not _is_same(document[name], value):
            raise BadEntry(f"its {name} is not what its entry says")
    if any(name not in document for name in ("position", "type", "aggregate")):
        raise BadEntry("it does not say its position, its type and its aggregate")


def _state(entry: StoredEntry) -> dict[str, Any] | None:
    try:
        state = orjson.loads(entry.state) if entry.state is not None else None
    except orjson.JSONDecodeError:
        return None
    return state if isinstance(state, dict) and isinstance(state.get("provenance"), dict) else None


def _is_same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON, in which 1 is not true."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
