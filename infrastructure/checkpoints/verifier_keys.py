"""The public keys that have signed the trees of a log, by what is recorded in the log itself."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from application.audit.commands import FIRST_LOG_KEY, LOG_KEY
from application.audit.queries import EventFilter
from domain.audit.log_notice import KeyRotated, Restored
from infrastructure.checkpoints.log_origin import current_origin
from infrastructure.event_log import store_facts
from infrastructure.store.base import LogDamaged
from infrastructure.transparency.notes import BadNote, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from application.audit.documents import EventDocument
    from application.audit.queries import EventQueries
    from infrastructure.store.base import Connection

AT_ONCE = 100


def verifier_keys(connection: Connection, events: EventQueries) -> list[VerifierKey]:
    """Give each key under the name of each tree that it has signed, the present one first; none before the first.

    Raises:
        LogDamaged: if what is noted is no key.
    """
    key, first = (store_facts.find(connection, name) for name in (LOG_KEY, FIRST_LOG_KEY))
    if key is None or first is None:
        return []
    used = [(store_facts.find(connection, store_facts.LOG_ORIGIN) or "", first)]
    notices = chain(_all(events, KeyRotated.TOPIC), _all(events, Restored.TOPIC))
    for notice in sorted(notices, key=lambda event: event["position"]):
        origin, last = used[-1]
        data = {name: str(value) for name, value in notice["data"].items()}
        used.append((origin, data["key"]) if notice["type"] == KeyRotated.TOPIC else (data["origin"], last))
    used.append((current_origin(connection), key))
    try:
        return [VerifierKey.of(origin, public) for origin, public in dict.fromkeys(reversed(used))]
    except BadNote as error:
        raise LogDamaged(f"a key that the store notes is none: {error}") from error


def _all(events: EventQueries, topic: str) -> Iterator[EventDocument]:
    wanted, after = EventFilter(type=topic), 0
    while found := events.page(wanted, after, AT_ONCE):
        yield from found
        after = found[-1]["position"]
