"""Several workers on one port and one PostgreSQL: one program to whoever asks it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.databases import PostgresDatabases
from tests.e2e.server import Server, bitacora, bitacora_here, complained, eventually, serving
from tests.memory import children_of, threads

WORKERS, CLIENTS = 2, 12


@pytest.fixture(scope="module")
def server(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory, process_environment: dict[str, str]
) -> Iterator[Server]:
    """A parent with its workers."""
    folder = tmp_path_factory.mktemp("workers")
    environment = process_environment
    with (
        postgres_databases.migrated() as url,
        serving(url, folder, "--workers", str(WORKERS), environment=environment) as server,
    ):
        eventually(lambda: len(workers_of(server)) == WORKERS)
        yield server


def workers_of(server: Server) -> list[int]:
    """Give the ids of the workers of a server; of its other children, each has one thread."""
    return [child for child in children_of(server.process.pid) if is_there(child) and threads(child) > 1]


def is_there(process: int) -> bool:
    """Tell whether a process runs."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return False


@pytest.fixture
def clients(server: Server) -> Iterator[list[httpx.Client]]:
    """Connections, each of which is accepted by any worker."""
    admin = server.admin()
    with ExitStack() as stack:
        yield [
            stack.enter_context(httpx.Client(base_url=server.address, headers=admin, timeout=60))
            for _ in range(CLIENTS)
        ]


class TestWorkers:
    def test_answer_as_one_program(self, clients: list[httpx.Client]) -> None:
        registered = clients[0].post(
            "/v1/components", json={"key": "labels", "name": {"en": "Labels"}, "group": "carriers"}
        )
        assert registered.status_code == 201, registered.text

        fired = {
            "source": "probe",
            "fingerprint": "f1",
            "component": "labels",
            "status": "major_outage",
            "state": "firing",
        }
        answers = [client.post("/v1/signals", json=fired, headers={"Idempotency-Key": "one"}) for client in clients]

        assert answers[0].is_success, answers[0].text
        assert len({answer.text for answer in answers}) == 1
        position = answers[0].headers["Bitacora-Position"]
        for client in clients:
            incidents = client.get("/v1/incidents", params={"min_position": position})
            assert incidents.status_code == 200
            assert len(incidents.json()["data"]) == 1

    def test_that_is_killed_is_replaced(self, server: Server) -> None:
        before = workers_of(server)

        os.kill(before[0], signal.SIGKILL)

        eventually(lambda: len(workers_of(server)) == WORKERS and before[0] not in workers_of(server))
        assert "worker_ended" in server.complained
        eventually(lambda: httpx.get(f"{server.address}/readyz").status_code == 200)

    def test_end_with_their_parent_on_a_signal(
        self, postgres_url: str, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        with serving(postgres_url, tmp_path, "--workers", "2", environment=process_environment) as server:
            eventually(lambda: len(workers_of(server)) == WORKERS)
            workers = workers_of(server)

            server.end(signal.SIGTERM)

            assert server.process.returncode == -signal.SIGTERM
            assert not [process for process in workers if is_there(process)]
            assert "Traceback" not in server.complained

    def test_end_when_their_parent_is_killed(
        self, postgres_url: str, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        with serving(postgres_url, tmp_path, "--workers", "2", environment=process_environment) as server:
            eventually(lambda: len(workers_of(server)) == WORKERS)
            workers = workers_of(server)

            server.end(signal.SIGKILL)

            eventually(lambda: not [process for process in workers if is_there(process)])

    def test_count_together_whichever_is_asked(self, clients: list[httpx.Client]) -> None:
        for number, client in enumerate(clients):
            assert client.get("/v1/status").status_code == 200
            component = {"key": f"part-{number}", "name": {"en": "Part"}, "group": "carriers"}
            assert client.post("/v1/components", json=component).status_code == 201

        counted = [answered(client) for client in clients]

        assert counted == sorted(counted)
        assert counted[0] >= len(clients)
        for client in clients:
            eventually(partial(has_counted, client, len(clients)))


def answered(client: httpx.Client) -> float:
    """Read of the metrics how often the board was answered."""
    return metric(client, r'duration_seconds_count\{method="GET",route="/v1/status",status="200"\}')


def has_counted(client: httpx.Client, registered: int) -> bool:
    """Tell whether the metrics have so many components that were registered."""
    return metric(client, r'bitacora_events_appended_total\{type="component.registered"\}') >= registered


def metric(client: httpx.Client, name: str) -> float:
    """Read a metric; 0 if it is not there yet."""
    found = re.search(rf"{name} (\S+)", client.get("/metrics").text)
    return float(found[1]) if found else 0.0


class TestWrongUse:
    def test_on_a_file_is_told_before_anything_is_opened(self, empty_sqlite_url: str) -> None:
        outcome = bitacora_here("serve", "--workers", "2", "--port", "0", "--database", empty_sqlite_url)

        assert "--workers 2 needs PostgreSQL" in complained(outcome, 2)
        assert not Path(empty_sqlite_url.removeprefix("sqlite:///")).exists()

    def test_of_a_setting_that_no_worker_can_use_is_told_once(self, postgres_url: str, tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        (tmp_path / "taken" / "mine.txt").write_text("mine")
        outcome = bitacora(
            *("serve", "--workers", "2", "--port", "0", "--database", postgres_url),
            *("--export", str(tmp_path / "taken")),
        )

        assert outcome.returncode == 1
        told = [line for line in outcome.stderr.splitlines() if "role_may_change_events" not in line]
        assert len(told) == 1, outcome.stderr
        assert "taken is not empty" in told[0]
