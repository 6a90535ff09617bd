"""Lets an endpoint be at the address that the log says, also if a crash comes between the event and its address.

The log has no address: it can be a secret. So the new address is kept beside the old one before the event, under the
id of the request that moves the endpoint; what the log has of that request says whether it moved.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.errors import ConcurrentChange
from infrastructure.delivery.identifiers import address_digest, store_secret
from infrastructure.store.base import instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infrastructure.store.base import Connection, Value

WITHIN = timedelta(hours=1)
"""How long after the new address, at most, the event is in the log."""
UNFINISHED = (
    "SELECT wanted FROM recipients WHERE subscription = :subscription AND channel <> 'email' AND wanted IS NOT NULL"
)
ALL_UNFINISHED = (
    "SELECT subscription FROM recipients WHERE channel <> 'email' AND wanted IS NOT NULL ORDER BY subscription"
)
KEEP = "UPDATE recipients SET wanted = :wanted WHERE subscription = :subscription AND channel <> 'email'"
MOVE = """
    UPDATE recipients SET address = :address, address_digest = :digest
    WHERE subscription = :subscription AND state = 'active'
"""
VERSION = "SELECT max(originator_version) FROM stored_events WHERE originator_id = CAST(:subscription AS {id})"
SINCE = """
    SELECT originator_version, state FROM stored_events
    WHERE originator_id = CAST(:subscription AS {id}) AND originator_version > :version ORDER BY originator_version
"""


class _Move(TypedDict):
    """An address that an endpoint is to have; ``version`` is that of the endpoint before it is moved."""

    url: str
    version: int
    since: str


def begin_move(
    connection: Connection, types: Mapping[str, str], subscription: str, url: str, *, request: str, now: datetime
) -> None:
    """Keep the address that an endpoint is to have once the event of a request is in the log.

    Raises:
        ConcurrentChange: if a request of the same id moves it to another address: the log could not tell them apart.
    """
    moves = settle_moves(connection, types, subscription, now)
    if request in moves and moves[request]["url"] != url:
        raise ConcurrentChange("a request with the same X-Request-Id moves this endpoint; give this one another id")
    version = connection.execute(VERSION.format(**types), {"subscription": subscription})[0][0]
    _keep(
        connection, subscription, {**moves, request: {"url": url, "version": int(version or 0), "since": instant(now)}}
    )


def settle_moves(
    connection: Connection, types: Mapping[str, str], subscription: str, now: datetime, *, ended: str | None = None
) -> Mapping[str, _Move]:
    """Let an endpoint have the address that the log says last, and give the moves that may still be under way.

    One whose request has ``ended``, or that is older than an hour, and is not in the log, never will be.
    """
    rows = connection.execute(UNFINISHED, {"subscription": subscription})
    moves: dict[str, _Move] = json.loads(str(rows[0][0])) if rows else {}
    if not moves:
        return {}
    since = min(each["version"] for each in moves.values())
    states = connection.execute(SINCE.format(**types), {"subscription": subscription, "version": since})
    recorded = {_request(state): int(version or 0) for version, state in states}
    done = {name: each for name, each in moves.items() if recorded.get(name, 0) > each["version"]}
    if done:
        _move(connection, subscription, done[max(done, key=lambda name: recorded[name])]["url"])
    under_way = {
        name: each
        for name, each in moves.items()
        if name not in {*done, ended} and each["since"] >= instant(now - WITHIN)
    }
    if under_way != moves:
        _keep(connection, subscription, under_way)
    return under_way


def unfinished_moves(connection: Connection) -> list[str]:
    """Give the endpoints that are to have another address."""
    return [str(row[0]) for row in connection.execute(ALL_UNFINISHED)]


def _move(connection: Connection, subscription: str, url: str) -> None:
    digest = address_digest(store_secret(connection), url)
    connection.execute(MOVE, {"subscription": subscription, "address": url, "digest": digest})


def _keep(connection: Connection, subscription: str, moves: Mapping[str, _Move]) -> None:
    wanted = json.dumps(moves) if moves else None
    connection.execute(KEEP, {"subscription": subscription, "wanted": wanted})


def _request(state: Value) -> str:
    event = json.loads(bytes(state) if isinstance(state, memoryview | bytes) else str(state))
    return str(event["provenance"]["request_id"])
