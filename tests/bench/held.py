"""Held requests by the hundred thousand: taken in as lines, looked at in the check queue, decided in bulk."""

from __future__ import annotations

import http.client
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from time import perf_counter
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from api.http.ndjson import NDJSON
from application.ids import new_id
from application.registry import event_types
from domain.access.keyring import Role
from domain.ledger.cause import Cause, CauseType, Holding
from domain.ledger.held_request import Content, HeldRequest, Outcome, Reference
from domain.ledger.held_request.events import RequestEvent
from domain.provenance import Provenance
from infrastructure.clock import SystemClock
from infrastructure.event_log.event_codec import TypedMapper
from tests.bench.environments import World
from tests.bench.filling import ANA
from tests.bench.measures import ASKED, Sample, ask
from tests.bench.processes import PATIENCE_SECONDS

PATH = "/v1/held-requests"
TOGETHER = 1_000
FEWER = 250
"""How many events the library records a call."""
FEW = 1_000
TIMES = 3
"""How many times as many are open as are taken in at once."""
PART = 10
"""One part of so many of those is decided in bulk."""
BODY = 50_000
"""How many lines a body has that is not measured."""
AGE, SINCE = timedelta(minutes=10), timedelta(minutes=30)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NOTE = "The marketplace knows the shipment number."

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Held:
    """Requests that one incident holds up, at a program that is served."""

    world: World
    cause: UUID
    headers: dict[str, str]
    received_at: str

    def hand_in(self, source: str, number: int) -> int:
        """Hand so many requests of a source in, as one body, and give the position of the last event."""
        told, position = self.asked("POST", PATH, self.lines(source, number), NDJSON)
        if told["counts"]["held"] != number:
            raise RuntimeError(f"of {number} requests, {told['counts']} were taken in")
        return position

    def show(self, position: int) -> None:
        """Wait until everything up to a position is shown."""
        while self._answer("GET", f"{self.summary}&min_position={position}")[0] != http.client.OK:
            pass

    @property
    def summary(self) -> str:
        """Where all of it is counted."""
        return f"{PATH}/summary?cause={self.cause}"

    @property
    def queue(self) -> str:
        """Where the first of what waits to be checked is shown."""
        return f"{PATH}?cause={self.cause}&state=to_check"

    def end(self) -> None:
        """Let the incident be resolved; what comes after that is to be checked by hand at once."""
        body = {"state": "resolved", "message": "Over.", "override_reason": "measured"}
        self.asked("POST", f"/v1/incidents/{self.cause}/updates", json.dumps(body).encode())

    def decide(self, source: str, number: int) -> float:
        """Decide all requests of a source in bulk, after a dry run; give how many a second."""
        of = {"cause": {"type": "incident", "id": str(self.cause)}, "source": source}
        body: Document = {"filter": of, "outcome": "already_done", "note": NOTE}
        path = f"{PATH}/decisions"
        shown, _ = self.asked("POST", path, json.dumps(body).encode())
        body |= {"dry_run": False, "token": shown["token"]}
        began = perf_counter()
        done, _ = self.asked("POST", path, json.dumps(body).encode())
        took = perf_counter() - began
        if done["count"] != number or done["left_out"]:
            raise RuntimeError(f"of {number} requests, {done['count']} were decided, {done['left_out']} left out")
        return number / took

    def lines(self, source: str, number: int) -> bytes:
        """Write so many requests of a source as lines."""
        head = (
            f'{{"cause":{{"type":"incident","id":"{self.cause}"}},"source":"{source}","kind":"callback","reference":"'
        )
        tail = f'","received_at":"{self.received_at}","digest":"{DIGEST}"}}'
        return "\n".join(f"{head}{place:07}{tail}" for place in range(number)).encode()

    def asked(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[Document, int]:
        """Ask for what has to go well, and give the answer and the position that it reflects."""
        status, told, position = self._answer(method, path, body, kind)
        if status not in {http.client.OK, http.client.CREATED}:
            raise RuntimeError(f"the answer to {method} {path} was {told}")
        return told, position

    def _answer(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, Document, int]:
        port = self.world.serving().port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, self.headers | {"content-type": kind})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), int(answer.getheader("bitacora-position") or 0)
        finally:
            connection.close()


def held(world: World) -> Sample:
    """Take requests in while their cause goes on; look at few and at many that are open; decide a part of them."""
    headers = admitted(world, "bench-held")
    return {**_taken_in(world, declared(world, headers)), **_checked(world, declared(world, headers))}


def admitted(world: World, name: str) -> dict[str, str]:
    """Issue a token that may do everything, and give the header that shows it."""
    with world.assembled() as bitacora:
        bitacora.writer.start()
        issued = partial(bitacora.facade.commands.tokens.issue, name=name, role=Role.ADMIN, person="", caller=ANA)
        return {"authorization": f"Bearer {bitacora.writer.call(issued)}"}


def _taken_in(world: World, work: Held) -> dict[str, float]:
    number, service = world.requests, world.serving()
    before = service.memory or 0
    began = perf_counter()
    position = work.hand_in("shop-17", number)
    acknowledged = perf_counter() - began
    work.show(position)
    visible = perf_counter() - began
    return {
        "acknowledged": number / acknowledged,
        "visible": number / visible,
        "memory before": before,
        "memory": service.memory or 0,
        "inserted": inserted(world, HeldRequest.Received, number),
    }


def _checked(world: World, work: Held) -> dict[str, float]:
    work.end()
    part = world.requests // PART
    position = work.hand_in("few", FEW)
    few = _looked_at(world, work, position, "few")
    position = work.hand_in("part", part)
    rest = TIMES * world.requests - FEW - part
    for number, place in enumerate(range(0, rest, BODY)):
        position = work.hand_in(f"rest-{number}", min(BODY, rest - place))
    many = _looked_at(world, work, position, "many")
    return {
        **few,
        **many,
        "decided": work.decide("part", part),
        "decisions inserted": inserted(world, HeldRequest.Decided, world.requests),
    }


def _looked_at(world: World, work: Held, position: int, name: str) -> dict[str, float]:
    work.show(position)
    service = world.serving()
    return {
        f"{what} of {name}": statistics.median(
            ask(world, service, 1, path=path, headers=world.auditor).p50 * 1000 for _ in range(ASKED)
        )
        for what, path in (("queue", work.queue), ("summary", work.summary))
    }


def declared(world: World, headers: dict[str, str]) -> Held:
    """Declare an incident that holds requests up."""
    now = SystemClock().now()
    work = Held(world=world, cause=UUID(int=0), headers=headers, received_at="")
    body = {
        "title": "Requests wait",
        "message": "They do.",
        "components": {"component-000": "major_outage"},
        "occurred_at": (now - SINCE).isoformat(),
    }
    told, _ = work.asked("POST", "/v1/incidents", json.dumps(body).encode())
    return Held(world=world, cause=UUID(told["id"]), headers=headers, received_at=(now - AGE).isoformat())


def inserted(world: World, kind: type[RequestEvent], number: int) -> float:
    """Record so many events of a kind by the library, many a call; give how many a second."""
    events = _events(SystemClock().now(), kind)
    # On PostgreSQL the library waits for ever for a thousand.
    together = FEWER if world.database.startswith("postgresql") else TOGETHER
    batches = [list(islice(events, min(together, number - place))) for place in range(0, number, together)]
    began = perf_counter()
    for batch in batches:
        world.bare.insert_events(batch)
    return number / (perf_counter() - began)


def _events(now: datetime, kind: type[RequestEvent]) -> Iterator[StoredEvent]:
    """Give events like those of one request that is taken in and decided; ids that rise with time are the best case."""
    told = Provenance(actor=ANA.actor, source=ANA.source, request_id=ANA.request_id, occurred_at=now, recorded_at=now)
    cause = Cause(type=CauseType.INCIDENT, id=new_id(now))
    holding = Holding(cause=cause, began_at=now - SINCE, ended_at=now, policies={})
    request = HeldRequest.receive(
        id=new_id(now),
        holding=holding,
        reference=Reference(source="shop-17", kind="callback", reference="0000000"),
        received_at=now - AGE,
        content=Content(digest=DIGEST),
        tolerance=timedelta(0),
        provenance=told,
    )
    request.dispose(holding=holding, provenance=told)
    request.decide_in_bulk(
        person="ana", outcome=Outcome.ALREADY_DONE, note=NOTE, basis=request.basis, bulk=DIGEST, provenance=told
    )
    [event] = [each for each in request.collect_events() if isinstance(each, kind)]
    pattern = TypedMapper(event_types()).to_stored_event(event)
    return (StoredEvent(new_id(now), 1, pattern.topic, pattern.state) for _ in count())
