"""Accounts by the thousand: taken in as lines, and recorded by the library alone."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import count, islice
from time import perf_counter
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from api.http.ndjson import BATCH, NDJSON
from application.ids import new_id
from application.registry import event_types
from domain.panels.account import AccountRecovery, Particulars
from domain.panels.panel import Days
from domain.provenance import Provenance
from infrastructure.clock import SystemClock
from infrastructure.event_log.event_codec import TypedMapper
from tests.bench.environments import World
from tests.bench.filling import ANA
from tests.bench.measures import Sample
from tests.bench.panels import MANY, Panels
from tests.bench.processes import PATIENCE_SECONDS


def intake(world: World) -> Sample:
    """Take accounts in as lines, and let the library record as many events, one a call and in batches."""
    with world.assembled() as bitacora:
        made = Panels(bitacora)
        [restoration] = made.lose(range(MANY, MANY + 1)).values()
        operator = {"authorization": f"Bearer {made.operator()}"}
    port, number = world.serving().port, world.accounts
    began = perf_counter()
    answer, position = _post(port, f"/v1/restorations/{restoration}/accounts", _lines(number), operator)
    acknowledged = perf_counter() - began
    if answer["counts"]["added"] != number:
        raise RuntimeError(f"of {number} accounts, {answer['counts']} were taken in")
    path = f"/v1/restorations/{restoration}/accounts/summary?min_position={position}"
    while not _shown(port, path, operator, number):
        pass
    visible = perf_counter() - began
    return {
        "acknowledged": number / acknowledged,
        "visible": number / visible,
        "one by one": number / _inserted(world, restoration, 1),
        "in batches": number / _inserted(world, restoration, BATCH),
    }


def _lines(accounts: int) -> bytes:
    lines = (f'{{"account":"shop-{number:07}","note":"a shop"}}' for number in range(accounts))
    return "\n".join(lines).encode()


def _post(port: int, path: str, body: bytes, headers: dict[str, str]) -> tuple[dict[str, dict[str, int]], int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * PATIENCE_SECONDS)
    try:
        connection.request("POST", path, body, headers | {"content-type": NDJSON})
        answer = connection.getresponse()
        return json.loads(answer.read()), int(answer.getheader("bitacora-position") or 0)
    finally:
        connection.close()


def _shown(port: int, path: str, headers: dict[str, str], accounts: int) -> bool:
    """Look whether all are counted; the program answers 503 when it has waited long enough."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        return answer.status == http.client.OK and body["accounts"] == accounts
    finally:
        connection.close()


def _inserted(world: World, restoration: UUID, together: int) -> float:
    """Record the same events by the library, so many a call; give how long it takes, in seconds."""
    events = _events(restoration, SystemClock().now())
    sizes = [min(together, world.accounts - number) for number in range(0, world.accounts, together)]
    batches = [list(islice(events, size)) for size in sizes]
    began = perf_counter()
    for batch in batches:
        world.bare.insert_events(batch)
    return perf_counter() - began


def _events(restoration: UUID, now: datetime) -> Iterator[StoredEvent]:
    """Give events like those of accounts that are taken in; ids that rise with time are the best case of an index."""
    opened = AccountRecovery.open(
        restoration=restoration,
        account="shop-0000000",
        particulars=Particulars(note="a shop"),
        days=Days(),
        provenance=Provenance(
            actor=ANA.actor, source=ANA.source, request_id=ANA.request_id, occurred_at=now, recorded_at=now
        ),
    )
    pattern = TypedMapper(event_types()).to_stored_event(opened.collect_events()[0])
    return (StoredEvent(new_id(now), 1, pattern.topic, pattern.state) for _ in count())
