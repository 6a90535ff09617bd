"""Workers outside that die in the middle of a run, and a service that is away meanwhile: nothing is lost or doubled."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from infrastructure.clock import SystemClock
from tests.e2e.holding import NDJSON, PATH, Cause, bearer
from tests.e2e.server import Server, eventually, serving

ORDERS, PORTION, REPORTED = 60, 20, 7
RUNS = "/v1/reprocessing-runs"
LEASE = {"BITACORA_RUN_LEASE": "2s"}

Json = dict[str, Any]


@pytest.fixture
def environment(process_environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server whose leases are short."""
    return {**process_environment, **LEASE}


@pytest.fixture
def server(database: str, tmp_path: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """A served program, once on each store."""
    with serving(database, tmp_path, environment=environment) as server:
        yield server


class Worker:
    """A machine that carries requests out."""

    def __init__(self, server: Server, token: str, run: str) -> None:
        """Work for one run."""
        self.server, self.run = server, run
        self.headers = bearer(token)

    def lease(self, limit: int = PORTION) -> list[Json]:
        """Lease some requests."""
        answer = self._asked("POST", f"{RUNS}/{self.run}/batches", params={"limit": limit})
        found: list[Json] = answer["data"]
        return found

    def report(self, requests: Sequence[Json], result: str) -> Json:
        """Report the same of all, and give what became of it."""
        body = _results(requests, result)
        counts: Json = self._asked("POST", f"{RUNS}/{self.run}/results", content=body, headers=NDJSON)["counts"]
        return {name: number for name, number in counts.items() if number}

    def die_reporting(self, requests: Sequence[Json], result: str) -> None:
        """Report some, and be gone in the middle of the next line."""
        head = (
            f"POST {RUNS}/{self.run}/results HTTP/1.1\r\nHost: x\r\nAuthorization: {self.headers['Authorization']}\r\n"
        )
        head += f"Content-Type: {NDJSON['Content-Type']}\r\nContent-Length: 1000000\r\n\r\n"
        host, port = self.server.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall(head.encode() + _results(requests, result) + b'\n{"id": "')

    def told(self) -> Json:
        """Read how far the run has come."""
        return self._asked("GET", f"{RUNS}/{self.run}")

    def _asked(self, method: str, path: str, **more: Any) -> Json:  # noqa: ANN401 - as httpx takes it
        headers = {**self.headers, **more.pop("headers", {})}
        answer = self.server.client.request(method, path, headers=headers, **more)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told


class TestWorker:
    def test_that_dies_with_what_it_leased_leaves_it_to_the_next_though_the_service_was_away(
        self, server: Server, database: str, tmp_path: Path, environment: Mapping[str, str]
    ) -> None:
        admin, dying = with_orders(server)
        leased = dying.lease()
        dying.die_reporting(leased[:REPORTED], "done")
        eventually(lambda: dying.told()["results"]["done"] == REPORTED)
        left = leased[REPORTED:]
        lease_of = {one["id"]: lease(server, admin, one["id"]) for one in left}
        server.end(SIGKILL)
        runs_out = datetime.fromisoformat(max(lease_of.values()))
        eventually(lambda: SystemClock().now() > runs_out)

        with serving(database, tmp_path, environment=environment) as back:
            dying.server = back
            next_one = Worker(back, back.token("emitter"), dying.run)
            handed = work_off(next_one)

            # Whoever was thought dead says the same, or something else: it has them no longer, and it is noted.
            assert dying.report(leased, "done") == {"repeat": REPORTED, "refused": len(left)}
            assert dying.report(left[:1], "failed") == {"refused": 1}
            assert not dying.lease()
            told = dying.told()
            events = everything(back, admin)

        facts = {one["id"]: [event for event in events if event["aggregate"]["id"] == one["id"]] for one in left}
        assert sorted(handed) == sorted(one["reference"] for one in (*left, *of_others(events, leased)))
        assert (told["results"], told["remaining"], told["leased"]) == (
            {"done": ORDERS, "already_there": 0, "failed": 0},
            0,
            0,
        )
        assert told["handed_out"] == ORDERS + len(left)
        for id, its in facts.items():
            kinds = [event["type"].partition(".")[2] for event in its]
            late = ["evidence_attached"] * (2 if id == left[0]["id"] else 1)
            assert kinds == ["received", "disposed", "leased", "lease_lapsed", "leased", "reprocessed", *late]
            assert its[3]["occurred_at"] == lease_of[id] <= its[3]["recorded_at"]
        totals = Counter(event["type"] for event in events)
        assert (totals["held_request.reprocessed"], totals["incident.reconciled"]) == (ORDERS, 1)

    def test_that_reports_what_it_was_not_given_is_refused_and_settles_nothing(self, server: Server) -> None:
        admin, worker = with_orders(server)
        leased = worker.lease()
        position = len(everything(server, admin))
        path = f"{PATH}?state=reprocessing&limit={ORDERS}&min_position={position}"
        found = server.client.get(path, headers=admin).json()["data"]
        others = [one for one in found if one["lease"] is None]

        assert worker.report(others, "done") == {"refused": ORDERS - len(leased)}
        kept = everything(server, admin)[position:]
        assert Counter(event["type"] for event in kept) == {"held_request.evidence_attached": len(others)}


def with_orders(server: Server) -> tuple[dict[str, str], Worker]:
    """Let a cause with orders end, and give a worker of the run that began by itself."""
    admin = server.admin()
    cause = Cause(server, admin, "orders")
    assert cause.hand_in([cause.request(f"{number}") for number in range(ORDERS)])["held"] == ORDERS
    cause.end()
    (run,) = eventually(lambda: server.client.get(RUNS, params={"cause": cause.id}, headers=admin).json()["data"])
    worker = Worker(server, server.token("emitter"), run["id"])
    eventually(lambda: worker.told()["remaining"] == ORDERS)
    return admin, worker


def work_off(worker: Worker) -> list[str]:
    """Lease and report until nothing remains, and give the references of what was handed out."""
    handed: list[str] = []

    def step() -> bool:
        batch = worker.lease()
        handed.extend(one["reference"] for one in batch)
        if batch:
            assert worker.report(batch, "done") == {"recorded": len(batch)}
        return not worker.told()["remaining"]

    eventually(step)
    return handed


def lease(server: Server, admin: Mapping[str, str], id: str) -> str:
    """Give until when a request is leased, as the event tells it."""
    (leased,) = server.events(admin, aggregate=id, type="held_request.leased")
    return str(leased["data"]["until"])


def of_others(events: Sequence[Json], leased: Sequence[Json]) -> list[Json]:
    """Give the requests that the worker which died had not leased."""
    known = {one["id"] for one in leased}
    return [
        event["data"]["reference"]
        for event in events
        if event["type"] == "held_request.received" and event["aggregate"]["id"] not in known
    ]


def everything(server: Server, admin: Mapping[str, str]) -> list[Json]:
    """Read the whole log."""
    return [json.loads(line) for line in server.client.get("/v1/events.ndjson", headers=dict(admin)).text.splitlines()]


def _results(requests: Sequence[Json], result: str) -> bytes:
    return b"\n".join(json.dumps({"id": one["id"], "outcome": result}).encode() for one in requests)
