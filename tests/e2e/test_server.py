"""The server as a process: tokens beside it, a quiet end, and what is due while it is down."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from time import monotonic

import pytest

from tests.e2e.given import Server, bitacora, complained, eventually, serving, succeeded
from tests.postgres_server import fresh_database

GRACE_SECONDS = 2
LABELS = {"key": "labels", "name": {"en": "Labels"}, "group": "platform"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of this module share, once on each store."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with serving(f"sqlite:///{folder / 'bitacora.sqlite3'}", folder) as server:
            yield server
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url, serving(url, folder) as server:
            yield server


class TestTokens:
    def test_are_created_listed_and_revoked_beside_a_server(self, server: Server) -> None:
        database = ("--database", server.database)
        told = succeeded(bitacora("tokens", "create", "ana", "--role", "operator", "--person", "Ana", *database))
        secret = told.splitlines()[-1]
        headers = {"Authorization": f"Bearer {secret}"}

        assert secret.startswith("bita_")
        assert server.client.get("/v1/signals", headers=headers).status_code == 200

        listed = succeeded(bitacora("tokens", "list", *database))
        assert "ana\toperator\tAna\t" in listed
        assert secret not in listed

        succeeded(bitacora("tokens", "revoke", "ana", *database))
        assert server.client.get("/v1/signals", headers=headers).status_code == 401
        assert "revoked" in succeeded(bitacora("tokens", "list", *database))

        assert "ana" in complained(bitacora("tokens", "revoke", "ana", *database), 1)
        assert "ana" in complained(bitacora("tokens", "create", "ana", "--role", "operator", *database), 1)

    def test_are_told_of_when_there_are_none(self, server: Server) -> None:
        assert "There are no tokens yet" in server.said
        assert "tokens create" in server.said


class TestEvents:
    def test_are_written_one_a_line_from_where_to_where(self, server: Server) -> None:
        operator, auditor = server.token("writer", "operator"), server.token("checker", "auditor")
        server.client.post("/v1/components", json=LABELS, headers=operator)
        told = server.events(auditor)
        database = ("--database", server.database)

        def written(*options: str) -> list[str]:
            return succeeded(bitacora("events", *options, *database)).splitlines()

        every = written()
        assert [line for line in server.client.get("/v1/events.ndjson", headers=auditor).text.splitlines()] == every
        assert len(every) == len(told)
        assert written("--after", "1", "--as-of", "3") == every[1:3]
        assert written("--as-of", told[1]["recorded_at"])[:2] == every[:2]
        assert written("--after", "9999") == []


class TestRebuild:
    def test_leaves_the_views_as_they_were(self, server: Server) -> None:
        operator = server.token("rebuilder", "operator")
        server.client.post("/v1/components", json={**LABELS, "key": "orders"}, headers=operator)
        body = {"title": "x", "message": "x", "components": {"orders": "major_outage"}}
        position = server.client.post("/v1/incidents", json=body, headers=operator).headers["Bitacora-Position"]
        paths = ("/v1/status", "/v1/incidents", "/v1/components")

        def seen() -> list[bytes]:
            return [server.client.get(path, params={"min_position": position}).content for path in paths]

        before = seen()
        outcome = bitacora("rebuild", "--database", server.database)

        assert outcome.returncode == 0, outcome
        assert "to position" in outcome.stdout
        assert eventually(lambda: seen() == before)

    def test_takes_views_by_their_names(self, server: Server) -> None:
        outcome = bitacora("rebuild", "board", "--database", server.database)

        assert outcome.returncode == 0, outcome
        assert "rebuilt board to position" in outcome.stdout


class TestMigration:
    def test_can_be_repeated_beside_a_server(self, server: Server) -> None:
        for _ in range(2):
            assert "up to date" in succeeded(bitacora("migrate", "--database", server.database))


class TestConnections:
    def test_that_send_no_request_break_nothing(self, server: Server) -> None:
        host, port = server.address.removeprefix("http://").split(":")
        for nonsense in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/signals HTTP/1.1\r\nContent-"):
            with socket.create_connection((host, int(port)), timeout=5) as connection:
                connection.sendall(nonsense)

        assert server.client.get("/livez").status_code == 200
        assert "Traceback" not in server.complained

    def test_that_send_too_much_are_answered_413(self, server: Server) -> None:
        headers = {"Content-Type": "application/json"}

        answer = server.client.post("/v1/signals", content=b" " * (1024 * 1024 + 1), headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


class TestEnd:
    @pytest.mark.parametrize("by", [SIGTERM, SIGINT])
    def test_comes_within_the_grace_and_is_quiet(self, sqlite_url: str, tmp_path: Path, by: Signals) -> None:
        with serving(sqlite_url, tmp_path) as server:
            server.client.get("/v1/status")
            host, port = server.address.removeprefix("http://").split(":")
            # One connection that is idle, and one whose request never ends.
            with (
                socket.create_connection((host, int(port))) as idle,
                socket.create_connection((host, int(port))) as slow,
            ):
                idle.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                assert idle.recv(1024)
                slow.sendall(
                    b"POST /v1/signals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
                )
                took = server.end(by)

            assert took < GRACE_SECONDS + 2
            assert "Traceback" not in server.complained

    def test_leaves_a_store_that_the_next_one_takes_over(self, sqlite_url: str, tmp_path: Path) -> None:
        with serving(sqlite_url, tmp_path) as server:
            operator = server.token("ana", "operator")
            made = server.client.post("/v1/components", json=LABELS, headers=operator)
            server.end(SIGKILL)

        with serving(sqlite_url, tmp_path) as server:
            found = server.client.get("/v1/components/labels", headers=operator)

        assert (made.status_code, found.json()) == (201, made.json())


class TestDueTime:
    @pytest.mark.parametrize("by", [SIGTERM, SIGKILL])
    def test_that_passes_while_nobody_serves_is_kept_once(
        self, database: str, tmp_path: Path, process_environment: dict[str, str], by: Signals
    ) -> None:
        environment = {**process_environment, "BITACORA_PUBLISH_AFTER": "1s"}
        with serving(database, tmp_path, environment=environment) as server:
            operator, auditor = server.token("ana", "operator"), server.token("eva", "auditor")
            emitter = server.token("machine", "emitter")
            server.client.post("/v1/components", json=LABELS, headers=operator)
            signal = {
                "source": "tests",
                "fingerprint": "labels",
                "state": "firing",
                "component": "labels",
                "status": "major_outage",
            }
            taken = server.client.post("/v1/signals", json=signal, headers=emitter)
            fired = monotonic()
            server.end(by)
        eventually(lambda: monotonic() > fired + 1.2)

        for _ in range(2):
            with serving(database, tmp_path, environment=environment) as server:
                incident = taken.json()["incident"]
                eventually(lambda: server.client.get(f"/v1/incidents/{incident}").status_code == 200)
                happened = server.events(auditor, aggregate=incident)
                server.end()

        detected, published = happened
        due = datetime.fromisoformat(detected["occurred_at"]) + timedelta(seconds=1, microseconds=1)
        assert [event["type"] for event in happened] == ["incident.detected", "incident.published"]
        assert datetime.fromisoformat(published["occurred_at"]) == due
        assert datetime.fromisoformat(published["recorded_at"]) >= due
        assert published["actor"].startswith("policy:")
        assert published["causation"] == detected["position"]
