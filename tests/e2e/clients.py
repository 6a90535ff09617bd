"""Clients that give commands while everything goes wrong: they repeat what nobody answered, and note what was."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any

PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.01
AGAIN_SECONDS = 0.05
"""How long a client waits before it repeats a command."""
SENDERS = 6
FINGERPRINTS = 3
STILL_RUNNING = 409
UNAVAILABLE = 503


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command; ``records`` are the types of which it records one event, and only one."""

    path: str
    body: Mapping[str, Any]
    records: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A command that was answered; its key is the id of its request as well."""

    key: str
    command: Command
    asked_at: float
    position: int
    version: int | None
    document: Mapping[str, Any]


@dataclass
class Unanswered:
    """How often there was no answer, and how often one that says to come back later."""

    lost: int = 0
    later: int = 0
    hopeless: list[str] = field(default_factory=list)


Script = Generator[Command, Mapping[str, Any], None]


class Client:
    """Gives the commands of a script one after the other, each with its key, to whichever server answers."""

    def __init__(self, name: str, addresses: Callable[[], Sequence[str]], headers: Mapping[str, str]) -> None:
        self.name = name
        self.acknowledged: list[Acknowledged] = []
        self.unanswered = Unanswered()
        self._addresses = addresses
        self._headers = {"Content-Type": "application/json", **headers}
        self._line: http.client.HTTPConnection | None = None
        self._pause = threading.Event()
        self._sent = 0

    def run(self, script: Script) -> None:
        """Give every command of ``script`` until it is answered."""
        try:
            command = next(script)
            while True:
                done = self._insist(command)
                self.acknowledged.append(done)
                self._pause.wait(PAUSE_SECONDS)
                command = script.send(done.document)
        except StopIteration:
            pass
        finally:
            self._hang_up()

    def _insist(self, command: Command) -> Acknowledged:
        self._sent += 1
        key = f"{self.name}-{self._sent}"
        headers = {**self._headers, "Idempotency-Key": key, "X-Request-Id": key}
        until = monotonic() + 3 * PATIENCE_SECONDS
        while monotonic() < until:
            asked_at = monotonic()
            answer = self._ask(command, headers)
            if answer is not None:
                told, document = answer
                tag = told["etag"]
                return Acknowledged(
                    key=key,
                    command=command,
                    asked_at=asked_at,
                    position=int(told["bitacora-position"] or 0),
                    version=int(tag.strip('"')) if tag else None,
                    document=document,
                )
            self._pause.wait(AGAIN_SECONDS)
        raise TimeoutError(f"{command} was not answered; before: {self.unanswered}")

    def _ask(self, command: Command, headers: Mapping[str, str]) -> tuple[http.client.HTTPMessage, Any] | None:
        try:
            line = self._line or self._call()
            line.request("POST", command.path, json.dumps(command.body), dict(headers))
            response = line.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self.unanswered.lost += 1
            self._hang_up()
            return None
        if response.status in {200, 201}:
            return response.headers, json.loads(body)
        self._take_refusal(response, body)
        return None

    def _take_refusal(self, response: http.client.HTTPResponse, body: bytes) -> None:
        self.unanswered.later += 1
        code = json.loads(body)["code"]
        is_patient = response.status == UNAVAILABLE and response.headers["retry-after"]
        if not is_patient and (response.status, code) != (STILL_RUNNING, "still_running"):
            self.unanswered.hopeless.append(f"{response.status} {body.decode()}")

    def _call(self) -> http.client.HTTPConnection:
        addresses = self._addresses()
        if not addresses:
            raise ConnectionRefusedError("nobody serves")
        # Another one each time, so that a command is repeated elsewhere.
        self._line = http.client.HTTPConnection(
            addresses[(self._sent + self.unanswered.lost) % len(addresses)].removeprefix("http://"),
            timeout=PATIENCE_SECONDS,
        )
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class Crowd:
    """Clients of every kind at once: some send signals that fire and clear, one runs incidents."""

    def __init__(self, addresses: Callable[[], Sequence[str]], headers: Mapping[str, str], chance: Random) -> None:
        self._enough = threading.Event()
        self._problems: list[BaseException] = []
        self._senders = [Client(f"sender-{number}", addresses, headers) for number in range(SENDERS)]
        self._operator = Client("operator", addresses, headers)
        self.clients = (*self._senders, self._operator)
        scripts = [
            (sender, _alarms(sender.name, f"watched-{number}", Random(chance.random()), self._enough))
            for number, sender in enumerate(self._senders)
        ]
        scripts.append((self._operator, _incidents("run-by-hand", self._enough)))
        self._threads = [threading.Thread(target=self._run, args=pair, daemon=True) for pair in scripts]

    @staticmethod
    def components() -> Iterator[Mapping[str, Any]]:
        """Give the components that they speak of, to be registered."""
        for key in (*(f"watched-{number}" for number in range(SENDERS)), "run-by-hand"):
            yield {"key": key, "name": key, "group": "platform", "since": "2025-01-01"}

    @property
    def acknowledged(self) -> list[Acknowledged]:
        """Everything that was answered so far, client by client."""
        return [done for client in self.clients for done in tuple(client.acknowledged)]

    @property
    def unanswered(self) -> int:
        """How often a command had to be repeated."""
        return sum(client.unanswered.lost + client.unanswered.later for client in self.clients)

    @property
    def is_put_off(self) -> bool:
        """Whether some of them were told to come back later."""
        return any(client.unanswered.later for client in self.clients)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let them work meanwhile, and then bring to an end what they began."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in self._threads:
                thread.join()
        assert self._problems == []
        assert [client.unanswered.hopeless for client in self.clients if client.unanswered.hopeless] == []

    def _run(self, client: Client, script: Script) -> None:
        try:
            client.run(script)
        except BaseException as error:  # noqa: BLE001 - a thread has nobody else to tell
            self._problems.append(error)


def _alarms(name: str, component: str, chance: Random, enough: threading.Event) -> Script:
    """Let signals fire and clear, and at the end clear those that fire."""
    firing: set[int] = set()
    while not enough.is_set():
        number = chance.randrange(FINGERPRINTS)
        yield _signal(f"{name}-{number}", component, fires=number not in firing)
        firing ^= {number}
        # Now and then it is quiet for a while, so that what is due finds nothing that fires.
        if chance.random() < (0.05 if firing else 0.3):
            enough.wait(chance.uniform(0.0, 1.5))
    for number in firing:
        yield _signal(f"{name}-{number}", component, fires=False)


def _signal(fingerprint: str, component: str, *, fires: bool) -> Command:
    body = {
        "source": "tests",
        "fingerprint": fingerprint,
        "state": "firing" if fires else "clear",
        "component": component,
        "status": "partial_outage",
    }
    records = ("signal.fired_first", "signal.fired") if fires else ("signal.cleared",)
    return Command(path="/v1/signals", body=body, records=records)


def _incidents(component: str, enough: threading.Event) -> Script:
    """Declare one incident after the other, and bring each to its end."""
    while not enough.is_set():
        declared = yield Command(
            path="/v1/incidents",
            body={"title": "Trouble", "message": "We look into it.", "components": {component: "major_outage"}},
            records=("incident.declared",),
        )
        for state, record in (("identified", "updated"), ("monitoring", "updated"), ("resolved", "resolved")):
            yield Command(
                path=f"/v1/incidents/{declared['id']}/updates",
                body={"state": state, "message": f"Now {state}.", "override_reason": "tried out"}
                if state == "resolved"
                else {"state": state, "message": f"Now {state}."},
                records=(f"incident.{record}",),
            )
