"""What is done to the ledger in one round, by clients that repeat whatever was not answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from time import monotonic
from typing import Any

import httpx

from infrastructure.clock import SystemClock
from tests.e2e.clients import AGAIN_SECONDS, PATIENCE_SECONDS, Acknowledged, Client, Command, Script
from tests.e2e.ledger_model import POLICIES, SOURCE, STOCK, Line, body_of, result_of
from tests.e2e.server import DEADLINE_SECONDS, eventually

Json = dict[str, Any]

NDJSON = {"Content-Type": "application/x-ndjson"}
PORTION = 80
"""How many requests a worker leases at once."""
FORGETS = 0.15
"""How often a worker dies with what it has leased."""
COMPONENT = "ledger"
NOTE = "Seen in the courier's panel."
PATH = "/v1/held-requests"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered to one request: its document, and the position that it reflects."""

    document: Any
    position: int


class Caller:
    """Asks whichever server answers."""

    def __init__(self, addresses: Callable[[], Sequence[str]], tokens: Mapping[str, Mapping[str, str]]) -> None:
        """Show the token of a role, by its name."""
        self._addresses = addresses
        self.tokens = tokens
        self._numbers = count()
        self._pause = threading.Event()
        self.unanswered = 0

    def once(self, role: str, method: str, path: str, **more: Any) -> Answer | None:  # noqa: ANN401 - as httpx takes it
        """Ask once; None if nobody answers."""
        addresses = self._addresses()
        headers = {**self.tokens[role], **more.pop("headers", {})}
        try:
            if addresses:
                address = addresses[next(self._numbers) % len(addresses)]
                with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
                    answer = client.request(method, path, headers=headers, **more)
                if answer.status_code in {200, 201}:
                    return Answer(document=_read(answer), position=int(answer.headers["Bitacora-Position"]))
                # What is under way, or waits for a view, may be asked for again; anything else is a fault.
                told = answer.json()
                assert (answer.status_code, told["code"]) == (503, told["code"]) or told["code"] in {
                    "still_running",
                    "taken_meanwhile",
                }, answer.text
        except httpx.TransportError:
            pass
        self.unanswered += 1
        return None

    def insist(self, role: str, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401 - as httpx takes it
        """Ask again and again until somebody answers."""
        until = monotonic() + DEADLINE_SECONDS
        while monotonic() < until:
            answer = self.once(role, method, path, **dict(more))
            if answer is not None:
                return answer
            self._pause.wait(AGAIN_SECONDS)
        raise TimeoutError(f"{method} {path} was not answered")

    def follow(self, position: int) -> None:
        """Wait until every server shows what was recorded up to a position."""
        for _ in self._addresses():
            self.insist("reviewer", "GET", f"{PATH}/summary", params={"min_position": position})


@dataclass
class Round:
    """One cause, and everybody who has to do with what it holds up."""

    number: int
    caller: Caller
    addresses: Callable[[], Sequence[str]]
    tokens: Mapping[str, Mapping[str, str]]
    chance: Random
    cause: str = ""
    received_at: str = ""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    leased: int = 0

    def declare(self) -> None:
        """Let an incident begin that holds requests up."""
        now = SystemClock().now()
        self.received_at = (now - timedelta(minutes=10)).isoformat()
        body = {
            "title": f"Round {self.number}",
            "message": "Requests wait.",
            "components": {COMPONENT: "major_outage"},
            "occurred_at": (now - timedelta(minutes=30)).isoformat(),
            "request_policies": POLICIES,
        }
        declared = self._command("operator", "/v1/incidents", body, "incident.declared")
        self.cause = str(declared.document["id"])

    def send(self, lines: Sequence[Line], name: str) -> Answer | None:
        """Hand a file in, under this name, once."""
        return self.caller.once(
            "emitter", "POST", PATH, content=body_of(lines), headers={**NDJSON, "X-Request-Id": name}
        )

    def assign(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let the operator say what held up the requests that came without a cause."""
        for row in rows:
            body = {"type": "incident", "id": self.cause}
            self._command("operator", f"{PATH}/{row['id']}/cause", body, "held_request.assigned")

    def end(self) -> None:
        """Let the incident be resolved."""
        body = {"state": "resolved", "message": "Over.", "override_reason": "tried out"}
        self._command("operator", f"/v1/incidents/{self.cause}/updates", body, "incident.resolved")

    def reprocess(self) -> None:
        """Let a worker lease and report until nothing is left; now and then it dies, and another takes over."""
        (run,) = eventually(self._runs)
        path = f"/v1/reprocessing-runs/{run['id']}"
        while self.caller.insist("emitter", "GET", path).document["remaining"]:
            batch = self._leased(path)
            if batch and self.chance.random() >= FORGETS:
                self.report(path, batch)

    def report(self, path: str, batch: Sequence[Mapping[str, Any]]) -> None:
        """Report what came of requests, the same of each request every time, until it is answered.

        What was leased for too short a time, while no server was there, is handed out again.
        """
        results = [{"id": one["id"], "outcome": result_of(one["reference"])} for one in batch]
        body = b"\n".join(json.dumps(result).encode() for result in results)
        told = self.caller.insist("emitter", "POST", f"{path}/results", content=body, headers=NDJSON).document
        assert sum(told["counts"][each] for each in ("recorded", "repeat", "refused")) == len(batch), told
        assert {each["code"] for each in told["refused"]} <= {"not_leased"}, told

    def resend(self) -> None:
        """Let the source send again all that waits for it, and once more."""
        # Said to be now, it would be kept for what the next round says to have received before.
        at = (datetime.fromisoformat(self.received_at) + timedelta(seconds=1)).isoformat()
        sent = {"source": SOURCE, "kind": "stock_change", "received_at": at}
        lines = [json.dumps({**sent, "reference": f"stock_change-{number}"}).encode() for number in range(STOCK)]
        for expected in ({"settled", "repeat"}, {"repeat"}):
            told = self.caller.insist("emitter", "POST", "/v1/resends", content=b"\n".join(lines), headers=NDJSON)
            assert {name for name, number in told.document["counts"].items() if number} <= expected, told

    def rehearse(self) -> Json:
        """Make a dry run of a decision about all that waits to be checked, and give the decision with its token."""
        body: Json = {
            "filter": {"cause": {"type": "incident", "id": self.cause}},
            "outcome": "done_now",
            "note": NOTE,
        }
        told = self.caller.insist("reviewer", "POST", f"{PATH}/decisions", json=body).document
        return {**body, "dry_run": False, "token": told["token"], "count": told["count"]}

    def decide(self, decision: Json) -> Json:
        """Decide by the token, and repeat that until it is answered."""
        body = {name: value for name, value in decision.items() if name != "count"}
        told: Json = self.caller.insist("reviewer", "POST", f"{PATH}/decisions", json=body).document
        return told

    def sign(self) -> None:
        """Let a second person sign what waits for it."""
        for row in self.rows(cause=self.cause, state="awaiting_signature"):
            self._command("second", f"{PATH}/{row['id']}/signature", {"note": NOTE}, "held_request.signed")

    def check(self) -> None:
        """Let the reviewer check one by one what waits for that."""
        for row in self.rows(cause=self.cause, state="to_check"):
            path = f"{PATH}/{row['id']}"
            self._command("reviewer", f"{path}/claim", {}, "held_request.claimed")
            self._command("reviewer", f"{path}/decision", {"outcome": "done_now", "note": NOTE}, "held_request.decided")

    def rows(self, **wanted: str) -> list[Json]:
        """Read held requests."""
        found: list[Json] = self.caller.insist("reviewer", "GET", f"{PATH}.ndjson", params=wanted).document
        return found

    def summary(self, **wanted: str) -> Json:
        """Read how many there are of the cause."""
        params = {"cause": self.cause, **wanted}
        told: Json = self.caller.insist("reviewer", "GET", f"{PATH}/summary", params=params).document
        return told

    def _runs(self) -> list[Json]:
        found: list[Json] = self.caller.insist(
            "emitter", "GET", "/v1/reprocessing-runs", params={"cause": self.cause}
        ).document["data"]
        return found

    def _leased(self, path: str) -> list[Json]:
        key = f"lease-{self.number}-{next(_keys)}"
        answer = self.caller.insist(
            "emitter", "POST", f"{path}/batches", params={"limit": PORTION}, headers={"Idempotency-Key": key}
        )
        found: list[Json] = answer.document["data"]
        return found

    def _command(self, role: str, path: str, body: Json, records: str) -> Acknowledged:
        client = Client(f"{role}-{self.number}-{next(_keys)}", self.addresses, self.tokens[role])
        client.run(_only(Command(path=path, body=body, records=(records,))))
        assert client.unanswered.hopeless == []
        self.acknowledged += client.acknowledged
        return client.acknowledged[0]


_keys: Iterator[int] = count()


def _only(command: Command) -> Script:
    yield command


def _read(answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever it says
    if answer.headers["content-type"].startswith("application/x-ndjson"):
        return [json.loads(line) for line in answer.text.splitlines()]
    return answer.json()
