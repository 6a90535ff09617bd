"""Reads entries of a log, and holds what is said of an event against its entry."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from eventsourcing.persistence import Notification

from infrastructure.queries.audit import event_document
from infrastructure.store.base import instant, moment
from infrastructure.transparency.entries import SALT_SIZE, LogRow, to_entry

if TYPE_CHECKING:
    from infrastructure.event_log.event_codec import TypedMapper

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


def require_said(entry: StoredEntry, document: dict[str, Any], mapper: TypedMapper) -> None:
    """Check that an event says what its entry says, and nothing else, as far as the entry has the state.

    Raises:
        BadEntry: naming the first member that says something else.
        CorruptEvent: if the state is of a newer version of its type than this program knows.
    """
    said = _said(entry, mapper)
    for name, value in said.items():
        if name not in document or not _is_same(document[name], value):
            raise BadEntry(f"its {name} is not what its entry says")
    more = document.keys() - said.keys() - {"entry"}
    if more and entry.state is not None:
        raise BadEntry(f"it says {min(more)}, and its entry does not")


def read_once(text: bytes) -> dict[str, Any]:
    """Read a JSON object in which no member is named twice: readers differ in which of the two they take.

    Raises:
        BadEntry: if it is none.
    """
    try:
        found = orjson.loads(text)
        if json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() != text.strip():
            found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadEntry(f"it is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadEntry("it is no JSON object")
    return found


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise BadEntry("a member is named twice")
    return found


def _said(entry: StoredEntry, mapper: TypedMapper) -> dict[str, Any]:
    state = b"" if entry.state is None else entry.state.encode()
    row = Notification(UUID(entry.aggregate_id), entry.aggregate_version, entry.topic, state, id=entry.position)
    if entry.state is not None:
        return {**event_document(mapper, row)}
    aggregate = {
        "type": entry.topic.partition(".")[0],
        "id": entry.aggregate_id,
        "version": entry.aggregate_version,
    }
    return {"position": entry.position, "type": entry.topic, "aggregate": aggregate}


def _is_same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON, in which 1 is not true."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
