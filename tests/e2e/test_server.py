"""The server as a process: tokens beside it, a quiet end, and what is due while it is down."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from time import monotonic
from typing import Any

import psycopg
import pytest

from api.cli.stop_watch import LONGEST_SECONDS
from tests.databases import PostgresDatabases
from tests.e2e.server import Server, all_at_once, bitacora, complained, eventually, serving, succeeded

GRACE_SECONDS = 2
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'delivery_cursor'::regclass"
LABELS = {"key": "labels", "name": {"en": "Labels"}, "group": "platform"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of this module share, once on each store."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with serving(f"sqlite:///{folder / 'bitacora.sqlite3'}", folder) as server:
            yield server
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        with databases.empty() as url, serving(url, folder) as server:
            yield server


class TestHead:
    def test_is_answered_as_a_get_without_its_body(self, server: Server) -> None:
        asked, read = server.client.head("/v1/status"), server.client.get("/v1/status")

        assert (asked.status_code, asked.content) == (200, b"")
        assert asked.headers["etag"] == read.headers["etag"]
        assert server.client.head("/v1/nothing").status_code == 404
        assert "request_failed" not in server.complained


class TestTokens:
    def test_are_created_listed_and_revoked_beside_a_server(self, server: Server) -> None:
        database = ("--database", server.database)
        told = succeeded(bitacora("tokens", "create", "ana", "--role", "operator", "--person", "Ana", *database))
        secret = told.splitlines()[-1]
        headers = {"Authorization": f"Bearer {secret}"}

        assert secret.startswith("bita_")
        assert server.client.get("/v1/signals", headers=headers).status_code == 200

        succeeded(bitacora("tokens", "revoke", "ana", *database))
        assert server.client.get("/v1/signals", headers=headers).status_code == 401

        listed, revoked, taken = all_at_once(
            [
                ("tokens", "list", *database),
                ("tokens", "revoke", "ana", *database),
                ("tokens", "create", "ana", "--role", "operator", *database),
            ]
        )
        line = next(line for line in succeeded(listed).splitlines() if line.startswith("ana\t"))
        assert line.split("\t")[1:3] == ["operator", "Ana"]
        assert "revoked" in line
        assert secret not in listed.stdout
        assert "ana" in complained(revoked, 1)
        assert "ana" in complained(taken, 1)

    def test_are_bound_to_sources_and_expire_when_they_are_created_so(self, server: Server) -> None:
        options = ("--source", "shop-17", "--source", "shop-18", "--expires-at", "2099-12-31T23:00:00+01:00")
        told = succeeded(
            bitacora("tokens", "create", "shop", "--role", "emitter", *options, "--database", server.database)
        )
        headers = {"Authorization": f"Bearer {told.splitlines()[-1]}"}

        listed = succeeded(bitacora("tokens", "list", "--database", server.database))

        line = next(line for line in listed.splitlines() if line.startswith("shop\t"))
        assert line.endswith("good until 2099-12-31 22:00Z\tshop-17, shop-18")
        signal = {"fingerprint": "1", "state": "firing", "component": "labels", "status": "major_outage"}
        statuses = [
            server.client.post("/v1/signals", json={"source": source, **signal}, headers=headers).status_code
            for source in ("shop-17", "elsewhere")
        ]
        assert statuses == [200, 403]

    def test_are_told_of_when_there_are_none(self, server: Server) -> None:
        assert "There are no tokens yet" in server.said
        assert "tokens create" in server.said


class TestEvents:
    def test_are_written_one_a_line_from_where_to_where(self, server: Server) -> None:
        admin = server.admin()
        server.client.post("/v1/components", json=LABELS, headers=admin)
        told = server.events(admin)
        options = [(), ("--after", "1", "--as-of", "3"), ("--as-of", told[1]["recorded_at"]), ("--after", "9999")]

        outcomes = all_at_once([("events", *option, "--database", server.database) for option in options])

        every, between, until, none = (succeeded(outcome).splitlines() for outcome in outcomes)
        assert server.client.get("/v1/events.ndjson", headers=admin).text.splitlines() == every
        assert len(every) == len(told)
        assert between == every[1:3]
        assert until == [
            line for line, event in zip(every, told, strict=True) if event["recorded_at"] <= told[1]["recorded_at"]
        ]
        assert none == []


class TestRebuild:
    def test_leaves_the_views_as_they_were(self, server: Server) -> None:
        operator = server.admin()
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

    def test_takes_views_by_their_names_and_migrates_what_is_migrated(self, server: Server) -> None:
        database = ("--database", server.database)

        rebuilt, *migrated = all_at_once(
            [("rebuild", "board", *database), ("migrate", *database), ("migrate", *database)]
        )

        assert rebuilt.returncode == 0, rebuilt
        assert "rebuilt board to position" in rebuilt.stdout
        assert all("up to date" in succeeded(outcome) for outcome in migrated)


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
                slow.sendall(b"POST /v1/signals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
                slow.sendall(b"Content-Length: 9\r\n\r\n{")
                took = server.end(by)

            assert took < GRACE_SECONDS + 2
            assert "Traceback" not in server.complained

    def test_leaves_a_store_that_the_next_one_takes_over(self, sqlite_url: str, tmp_path: Path) -> None:
        with serving(sqlite_url, tmp_path) as server:
            operator = server.admin()
            made = server.client.post("/v1/components", json=LABELS, headers=operator)
            server.end(SIGKILL)

        with serving(sqlite_url, tmp_path) as server:
            found = server.client.get("/v1/components/labels", headers=operator)

        # Whether it named a new group is said once.
        said = {name: value for name, value in made.json().items() if name != "new_keys"}
        assert (made.status_code, found.json()) == (201, said)

    def test_comes_also_if_the_store_keeps_a_thread_waiting(self, postgres_url: str, tmp_path: Path) -> None:
        with serving(postgres_url, tmp_path) as server, psycopg.connect(postgres_url) as holder:
            holder.execute("LOCK TABLE delivery_cursor IN ACCESS EXCLUSIVE MODE")
            eventually(lambda: holder.execute(WAITING).fetchall())
            took = server.end()
            ended = server.process.poll()

            assert took < LONGEST_SECONDS + 5
            assert ended == 1
            assert "stop_took_too_long" in server.said + server.complained


class TestDueTime:
    @pytest.mark.parametrize(("store", "by"), [("sqlite", SIGKILL), ("postgres", SIGTERM)])
    def test_that_passes_while_nobody_serves_is_kept_once(
        self,
        request: pytest.FixtureRequest,
        tmp_path: Path,
        process_environment: dict[str, str],
        store: str,
        by: Signals,
    ) -> None:
        database = request.getfixturevalue(f"{store}_url")
        environment = {**process_environment, "BITACORA_PUBLISH_AFTER": "1s"}
        with serving(database, tmp_path, environment=environment) as server:
            admin = server.admin()
            server.client.post("/v1/components", json=LABELS, headers=admin)
            fires = {
                "source": "tests",
                "fingerprint": "labels",
                "state": "firing",
                "component": "labels",
                "status": "major_outage",
            }
            incident = server.client.post("/v1/signals", json=fires, headers=admin).json()["incident"]
            fired = monotonic()
            server.end(by)
        eventually(lambda: monotonic() > fired + 1.1)

        happened: list[dict[str, Any]] = []
        for _ in range(2):
            with serving(database, tmp_path, environment=environment) as server:
                eventually(lambda: server.client.get(f"/v1/incidents/{incident}").status_code == 200)
                happened = server.events(admin, aggregate=incident)
                server.end()

        detected, published = happened
        due = datetime.fromisoformat(detected["occurred_at"]) + timedelta(seconds=1, microseconds=1)
        assert [event["type"] for event in happened] == ["incident.detected", "incident.published"]
        assert datetime.fromisoformat(published["occurred_at"]) == due
        assert datetime.fromisoformat(published["recorded_at"]) >= due
        assert published["actor"].startswith("policy:")
        assert published["causation"] == detected["position"]
