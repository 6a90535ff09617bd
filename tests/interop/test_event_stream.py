"""Programs that follow the log, while others write, and while the server is killed and comes back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.server import Server, eventually, serving
from tests.interop.environments import Runner
from tests.interop.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 400
"""How many are recorded at least; the server is killed on the way."""
SIGNAL = {"source": "stream", "component": "labels", "status": "degraded_performance", "summary": "slow"}


@pytest.fixture(params=["httpx-sse", "eventsource"])
def asked(request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    """How a client is asked to follow the log."""
    is_python = request.param == "httpx-sse"
    runner: Runner = request.getfixturevalue("in_python" if is_python else "in_node")

    def ask(**question: object) -> dict[str, Any]:
        found: dict[str, Any] = runner.ask("event_stream" if is_python else "event_source", **question)
        return found

    return ask


def test_have_every_event_once_and_in_order_though_the_server_is_killed(
    asked: Callable[..., dict[str, Any]], tmp_path: Path, process_environment: Mapping[str, str]
) -> None:
    database, port = f"sqlite:///{tmp_path / 'killed.sqlite3'}", str(free_port())
    with ThreadPoolExecutor(2) as pool:
        with serving(database, tmp_path, "--port", port, environment=process_environment) as server:
            admin = server.admin()
            component = {"key": "labels", "name": {"en": "Labels"}, "group": "platform"}
            assert server.client.post("/v1/components", json=component, headers=admin).status_code == 201
            secret = server.token("auditor")
            following = pool.submit(asked, address=server.address, secret=secret, until=EVENTS)
            killed = threading.Event()
            written = pool.submit(write, server.address, server.token("emitter"), killed)
            eventually(lambda: end_of(server, admin) > EVENTS / 4)
            server.end(signal.SIGKILL)
            killed.set()
        with serving(database, tmp_path, "--port", port, environment=process_environment) as server:
            found, _ = following.result(120), written.result(120)
            refused = asked(address=server.address, secret=server.token("operator"), until=1)
            behind = asked(address=server.address, secret=secret, until=1, after="1-01234567")
            chosen = asked(address=server.address, secret=secret, until=1, type="component.registered")

    assert found["positions"] == list(range(1, EVENTS + 1))
    assert [int(id.partition("-")[0]) for id in found["ids"]] == found["positions"]
    assert (found["cut"] >= 1, found["names"], found["refused"]) == (True, ["message"], None)
    assert (refused["refused"], behind["refused"]) in {("forbidden", "other_log"), (403, 422)}
    assert chosen["types"] == ["component.registered"]


def write(address: str, secret: str, killed: threading.Event) -> None:
    """Send signals until there are enough events; half of them before the server is killed, at most.

    What is not answered is sent again.
    """
    headers, pause = {"Authorization": f"Bearer {secret}"}, threading.Event()
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        count = 0
        while count < EVENTS:
            if count == EVENTS // 2:
                killed.wait()
            body = {**SIGNAL, "fingerprint": f"{count // 2 % 5}", "state": "clear" if count % 2 else "firing"}
            try:
                count += client.post("/v1/signals", json=body).status_code in {200, 202}
            except httpx.TransportError:
                pause.wait(0.1)


def end_of(server: Server, admin: Mapping[str, str]) -> int:
    """Give the position of the last event."""
    return int(server.client.get("/v1/tokens", headers=dict(admin)).headers["Bitacora-Position"])
