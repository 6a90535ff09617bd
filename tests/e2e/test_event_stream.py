"""The stream of events over a real socket: while many write, when a server is killed, and when one ends."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.access.keyring import Role
from tests.e2e.server import DEADLINE_SECONDS, Server, eventually, issue_token, serving

STREAM = "/v1/events/stream"
WRITERS = 4
LONG_EVENTS = 130
STREAMS = 7
"""How many may be open at a server of ten connections."""


class Follower:
    """A tool that follows the log, as one has to: where it was cut, it goes on behind the last event that it has."""

    def __init__(self, secret: str) -> None:
        self._headers = {"Authorization": f"Bearer {secret}"}
        self.events: list[dict[str, Any]] = []
        self.last = ""

    @contextmanager
    def listening(self, address: str) -> Iterator[Iterator[str]]:
        """Open the stream, and give its lines."""
        headers = {**self._headers, "Last-Event-ID": self.last} if self.last else self._headers
        with (
            httpx.Client(base_url=address, timeout=DEADLINE_SECONDS) as client,
            client.stream("GET", STREAM, headers=headers) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            yield answer.iter_lines()

    def take(self, lines: Iterator[str], until: int) -> None:
        """Take events up to a position, or to where the stream is cut; the id counts where an event is whole."""
        id = ""
        for line in lines:
            if line.startswith("id: "):
                id = line[4:]
            elif line.startswith("data: "):
                self.events.append(json.loads(line[6:]))
                self.last = id
                if self.position >= until:
                    return

    @property
    def position(self) -> int:
        """The position of the last event that it has."""
        return int(self.last.partition("-")[0] or 0)


class Writers:
    """Machines that send signals to several servers, until they are told to stop."""

    def __init__(self, addresses: list[str], secret: str) -> None:
        self._stop = threading.Event()
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._pool = ThreadPoolExecutor(WRITERS)
        self._works = [self._pool.submit(self._write, number, addresses[number % 2]) for number in range(WRITERS)]

    def _write(self, number: int, address: str) -> None:
        signal = {"source": "stream", "component": "labels", "status": "degraded_performance", "summary": "slow"}
        with httpx.Client(base_url=address, headers=self._headers, timeout=DEADLINE_SECONDS) as client:
            count = 0
            while not self._stop.is_set():
                count += 1
                state = "firing" if count % 2 else "clear"
                body = {**signal, "fingerprint": f"{number}", "state": state}
                try:
                    client.post("/v1/signals", json=body)
                except httpx.TransportError:
                    # One of the servers is killed.
                    return

    def stop(self) -> None:
        """Stop."""
        self._stop.set()
        self._pool.shutdown()


def opens(server: Server, secret: str) -> bool:
    """Tell whether a further stream is opened."""
    with server.client.stream("GET", STREAM, headers={"Authorization": f"Bearer {secret}"}) as answer:
        return answer.status_code == 200


def test_leaves_nothing_out_while_two_servers_write_and_one_is_killed(
    postgres_url: str, tmp_path: Path, process_environment: Mapping[str, str]
) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with (
        serving(postgres_url, folders[0], environment=process_environment) as one,
        serving(postgres_url, folders[1], environment=process_environment) as two,
    ):
        admin = one.admin()
        component = {"key": "labels", "name": {"en": "Labels"}, "group": "carriers"}
        assert one.client.post("/v1/components", json=component, headers=admin).status_code == 201
        follower = Follower(issue_token(postgres_url, Role.AUDITOR))
        writers = Writers([one.address, two.address], issue_token(postgres_url, Role.EMITTER))
        with follower.listening(one.address) as lines:
            follower.take(lines, 100)
            one.end(signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                follower.take(lines, 10_000_000)
        killed_at = follower.position
        with follower.listening(two.address) as lines:
            follower.take(lines, killed_at + 50)
            writers.stop()
            last = int(two.client.get("/v1/events", params={"limit": 1}, headers=admin).headers["Bitacora-Position"])
            follower.take(lines, last)

        assert [event["position"] for event in follower.events] == list(range(1, last + 1))
        listed = two.events(admin, after=killed_at - 50, limit=100)
        assert follower.events[killed_at - 50 : killed_at + 50] == listed


@pytest.fixture
def server(tmp_path: Path, sqlite_url: str, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A server with few connections, that gives up soon on who reads nothing."""
    environment = {**process_environment, "BITACORA_MAX_CONNECTIONS": "10", "BITACORA_BODY_TIMEOUT": "1s"}
    with serving(sqlite_url, tmp_path, environment=environment) as server:
        yield server


def test_cuts_off_who_reads_nothing_and_lets_him_go_on_where_he_was(server: Server) -> None:
    admin = server.admin()
    component = {"key": "labels", "name": {"en": "Labels"}, "group": "carriers"}
    assert server.client.post("/v1/components", json=component, headers=admin).status_code == 201
    # More than the system keeps for a connection.
    for number in range(LONG_EVENTS):
        body = {"description": dict.fromkeys(("en", "es"), f"{number}{'x' * 24_000}")}
        assert server.client.patch("/v1/components/labels", json=body, headers=admin).status_code == 200
    secret = server.token("auditor")
    others = [Follower(secret) for _ in range(STREAMS - 1)]
    host, port = server.address.removeprefix("http://").split(":")
    with socket.socket() as slow, ExitStack() as stack:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        slow.connect((host, int(port)))
        slow.sendall(f"GET {STREAM} HTTP/1.0\r\nAuthorization: Bearer {secret}\r\n\r\n".encode())
        came = slow.recv(1_000)
        assert came.startswith(b"HTTP/1.1 200")
        for other in others:
            stack.enter_context(other.listening(server.address))
        eventually(lambda: opens(server, secret))
        while more := slow.recv(65_536):
            came += more

    follower = Follower(secret)
    whole = came.partition(b"retry: 1000\n")[2].decode().rpartition("\n\n")[0]
    follower.take(iter(whole.split("\n")), 10_000_000)
    before = follower.position
    assert 0 < before < LONG_EVENTS
    last = int(server.client.get("/v1/events", params={"limit": 1}, headers=admin).headers["Bitacora-Position"])
    with follower.listening(server.address) as lines:
        follower.take(lines, last)
    assert [event["position"] for event in follower.events] == list(range(1, last + 1))


def test_ends_every_stream_cleanly_when_it_ends_itself(server: Server) -> None:
    follower = Follower(server.token("auditor"))
    with follower.listening(server.address) as lines, follower.listening(server.address) as others:
        follower.take(lines, 1)
        next(others)

        server.end()

        # An answer that was given up has no end, and reading it fails.
        assert all(line is not None for stream in (lines, others) for line in stream)
    assert server.process.returncode in {0, -15}
    assert "Traceback" not in server.complained
    assert "Cancel" not in server.complained
