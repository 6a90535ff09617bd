"""The command line: what it is asked, it does; what it cannot do, it says in one line."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api.cli.output import address_of
from api.cli.program import app
from infrastructure.store.base import NoStore
from infrastructure.store.factory import open_store
from tests.databases import PostgresDatabases, SQLiteFiles, migrate
from tests.e2e.server import Server, all_at_once, bitacora, bitacora_here, complained, serving, succeeded


@dataclass(frozen=True)
class Demo:
    """A store with the demo, and what the command that loaded it printed."""

    database: str
    printed: str


@pytest.fixture(scope="module")
def demo_server(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has loaded the demo into an empty store."""
    folder = tmp_path_factory.mktemp("demo")
    with serving(sqlite_files.empty(folder), folder, "--demo") as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def demo(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """The demo on each store, loaded by either of the commands that do; no test changes it."""
    if request.param == "sqlite":
        server: Server = request.getfixturevalue("demo_server")
        yield Demo(server.database, server.said)
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        with databases.empty() as database:
            yield Demo(database, succeeded(bitacora("demo", "--database", database)))


class TestDemo:
    def test_is_loaded_into_an_empty_store_only(self, demo: Demo) -> None:
        told, database = demo.printed, demo.database

        again, events = all_at_once([("demo", "--database", database), ("events", "--database", database)])

        for role in ("emitter", "operator", "auditor", "admin"):
            assert f"  {role}" in told
        assert told.count("bita_") >= 4
        line = complained(again, 1)
        assert "empty" in line
        assert "has the demo already" in line
        assert ("rm -f" if database.startswith("sqlite") else "another database") in line
        assert events.stderr.endswith("(example data)\n")
        assert '"type":"incident.relapsed"' in succeeded(events)

    def test_is_served_at_once(self, demo_server: Server) -> None:
        server = demo_server
        board = server.client.get("/v1/status", params={"lang": "es"}).json()
        incidents = server.client.get("/v1/incidents").json()["data"]

        night = server.client.get("/v1/status", params={"as_of": "2024-07-28T05:00:00Z"}).json()
        windows = server.client.get("/v1/maintenance-windows").json()["data"]
        assert "This store has example data" in server.said
        assert f"curl '{server.address}/v1/status" in server.said

        assert "Transportista A" in {component["name"] for component in board["components"]}
        assert board["indicator"] == "none"
        assert [incident["state"] for incident in incidents] == ["resolved", "resolved"]
        assert {component["status"] for component in night["components"]} == {"major_outage"}
        assert [window["state"] for window in windows] == ["scheduled", "completed", "completed"]

    def test_has_its_clock_act_in_time(self, demo: Demo) -> None:
        events = [json.loads(line) for line in succeeded(bitacora("events", "--database", demo.database)).splitlines()]

        by_clock = [event for event in events if event["actor"] == "clock" or event["actor"].startswith("policy:")]
        assert len(by_clock) > 10
        assert [event for event in by_clock if not is_timely(event)] == []


def is_timely(event: dict[str, Any]) -> bool:
    """Tell whether it was recorded when it was so; requests are dealt with some at a time, each a moment later."""
    occurred, recorded = (datetime.fromisoformat(event[name]) for name in ("occurred_at", "recorded_at"))
    return recorded - occurred <= timedelta(seconds=1 if event["type"].startswith("held_request.") else 0)


class TestWindows:
    def test_are_listed_by_the_clocks_of_a_zone(self, demo: Demo) -> None:
        asked = [
            ("windows", "--zone", "America/Lima", "--lang", "es"),
            ("windows", "--stage", "upcoming"),
            ("windows", "--limit", "1"),
        ]

        everything, upcoming, one = map(
            succeeded, all_at_once([(*command, "--database", demo.database) for command in asked])
        )

        assert "2024-07-27T23:00-05:00" in everything
        assert "Actualización de toda la plataforma" in everything
        assert len(everything.splitlines()) == 4
        assert [line.split()[0] for line in upcoming.splitlines()] == ["state", "scheduled"]
        assert len(one.splitlines()) == 2


class TestWrongUse:
    def test_of_a_setting_is_one_line_that_names_it(self, process_environment: dict[str, str]) -> None:
        environment = {**process_environment, "BITACORA_PUBLISH_AFTER": "soon"}

        assert "BITACORA_PUBLISH_AFTER" in complained(bitacora("migrate", environment=environment), 2)

    def test_of_arguments_is_one_line(self, sqlite_url: str) -> None:
        migrate(sqlite_url)
        database = ("--database", sqlite_url)
        wrong = {
            ("fly",): "fly",
            ("serve", "--fast"): "--fast",
            ("tokens", "create", "ana", *database): "role",
            ("tokens", "create", "ana", "--role", "king", *database): "king",
            ("tokens", "create", "two words", "--role", "operator", *database): "name",
            ("tokens", "create", "ana", "--role", "operator", "--source", "shop", *database): "emitter",
            (
                "tokens",
                "create",
                "ana",
                "--role",
                "operator",
                "--expires-at",
                "2099-01-01T00:00:00",
                *database,
            ): "offset",
            (
                "tokens",
                "create",
                "ana",
                "--role",
                "operator",
                "--expires-at",
                "2020-01-01T00:00:00Z",
                *database,
            ): "expired",
            ("events", "--as-of", "2025-03-04T08:00:00", *database): "offset",
            ("replay", *database): "--to",
            ("replay", "--to", "2025-03-04T08:00:00", *database): "offset",
            ("replay", "--to", "2999-03-04T08:00:00Z", *database): "future",
            ("replay", "--to", "1", *database): "future",
            ("replay", "--to", "2025-03-04T08:00:00Z", "--from", "2025-03-04T08:00:01Z", *database): "after",
            ("replay", "--to", "0", "--zone", "Mars/Olympus", *database): "Mars/Olympus",
            ("windows", "--zone", "Mars/Olympus", *database): "Mars/Olympus",
            ("windows", "--stage", "lost", *database): "lost",
            ("rebuild", "the-roof", *database): "the-roof",
            ("migrate", "--database", "mysql://localhost/x"): "BITACORA_DATABASE",
        }

        for command, word in wrong.items():
            assert word in complained(bitacora_here(*command), 2)

    def test_without_a_command_shows_what_there_is(self) -> None:
        outcome = bitacora()

        assert outcome.returncode == 2
        for command in ("serve", "tokens", "demo", "events", "windows", "replay", "rebuild", "migrate"):
            assert command in outcome.stdout + outcome.stderr

    @pytest.mark.parametrize("standby", ["sqlite:///standby.sqlite3", "postgresql://standby/bitacora"])
    def test_that_reads_from_what_is_no_standby_of_its_store_is_wrong_use(self, standby: str) -> None:
        outcome = bitacora_here("serve", "--port", "0", environment={"BITACORA_READ_DATABASE": standby})

        assert "BITACORA_READ_DATABASE" in complained(outcome, 2)

    def test_of_an_unknown_setting_is_one_line(self, process_environment: dict[str, str]) -> None:
        environment = {**process_environment, "BITACORA_PUBLIC_AFTER": "1m"}

        line = complained(bitacora("serve", "--port", "0", environment=environment), 2)

        assert "BITACORA_PUBLISH_AFTER" in line


class TestVersion:
    def test_is_printed(self) -> None:
        assert succeeded(bitacora("--version")) == f"bitacora {version('bitacora')}\n"


class TestStoreThatIsMissing:
    def test_is_created_by_no_command_that_reads_or_writes_in_it(self, empty_database: str) -> None:
        nobody = "0192f3a4-5b6c-7d8e-9f00-112233445566"
        some_file = str(Path(__file__))
        commands = [
            ("tokens", "create", "ana", "--role", "operator"),
            ("tokens", "list"),
            ("tokens", "revoke", "ana"),
            ("events",),
            ("windows",),
            ("panels",),
            ("rebuild",),
            ("accounts", "import", nobody, some_file),
            ("held", "import", some_file),
            ("held", "export"),
            ("restore", "--adopt"),
        ]

        for command in commands:
            outcome = CliRunner().invoke(app, [*command, "--database", empty_database])
            assert isinstance(outcome.exception, NoStore), (command, outcome.exception)
            assert "bitacora migrate" in str(outcome.exception)
        if empty_database.startswith("sqlite"):
            assert list(Path(empty_database.removeprefix("sqlite:///")).parent.iterdir()) == []

    def test_is_said_in_one_line(self, tmp_path: Path) -> None:
        line = complained(bitacora("events", "--database", f"sqlite:///{tmp_path / 'bitacora.sqlite3'}"), 2)

        assert f"no store at {tmp_path / 'bitacora.sqlite3'}" in line

    @pytest.mark.parametrize(
        ("name", "cause"),
        [
            ("sqlite:///{there}", "write sqlite:///{there_with_root}"),
            ("sqlite:///{folder}/bitacor.sqlite3", "did you mean {folder}/bitacora.sqlite3?"),
            ("sqlite:///{folder}/nowhere/bitacora.sqlite3", "no folder {folder}/nowhere"),
            ("sqlite:///{folder}", "it is a folder"),
            ("sqlite:///nowhere.sqlite3", "relative to the folder in which you run the command"),
        ],
    )
    def test_is_named_with_the_likely_cause(self, tmp_path: Path, name: str, cause: str) -> None:
        (tmp_path / "bitacora.sqlite3").touch()
        known = {
            "folder": str(tmp_path),
            "there": str(tmp_path / "bitacora.sqlite3").removeprefix("/"),
            "there_with_root": str(tmp_path / "bitacora.sqlite3"),
        }

        with pytest.raises(NoStore) as refusal:
            open_store(name.format(**known)).find()

        assert cause.format(**known) in str(refusal.value)
        assert len(list(tmp_path.iterdir())) == 1

    def test_is_told_from_a_file_of_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("I am no database. " * 100)
        (tmp_path / "empty").touch()

        for name, word in (("text", "no database"), ("empty", "no log of Bitácora")):
            with pytest.raises(NoStore, match=word):
                open_store(f"sqlite:///{tmp_path / name}").find()


class TestAddress:
    @pytest.mark.parametrize(
        ("host", "port", "address"),
        [
            ("127.0.0.1", 8080, "http://127.0.0.1:8080"),
            ("localhost", 1, "http://localhost:1"),
            ("::1", 8080, "http://[::1]:8080"),
            ("fe80::1%eth0", 8080, "http://[fe80::1%25eth0]:8080"),
        ],
    )
    def test_is_a_url(self, host: str, port: int, address: str) -> None:
        assert address_of(host, port) == address

    def test_of_ipv6_is_printed_and_answers(
        self, sqlite_url: str, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        environment = {**process_environment, "BITACORA_HOST": "::1"}

        with serving(sqlite_url, tmp_path, environment=environment) as server:
            assert server.address.startswith("http://[::1]:")
            assert server.client.get("/livez").status_code == 200


class TestFailure:
    def test_of_a_store_that_cannot_be_is_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("I am no folder, and no database. " * 100, encoding="utf-8")
        down = f"postgresql://ana:sesame@/bitacora?host={tmp_path}"
        commands = [
            ("tokens", "create", "ana", "--role", "operator", "--database", down),
            ("migrate", "--database", f"sqlite:///{tmp_path}/file/x.sqlite3"),
            ("migrate", "--database", f"sqlite:///{tmp_path}/file"),
        ]

        for command in commands:
            assert "sesame" not in complained(bitacora_here(*command), 1)
        assert "sesame" not in complained(bitacora("serve", "--port", "0", "--database", down), 1)

    def test_of_a_store_that_a_newer_program_wrote_is_one_line(self, database: str) -> None:
        migrate(database)
        age(database)
        for command in (("migrate",), ("tokens", "list")):
            assert "999" in complained(bitacora_here(*command, "--database", database), 1)
        assert "999" in complained(bitacora("serve", "--port", "0", "--database", database), 1)

    def test_of_a_port_that_is_taken_is_one_line(self, sqlite_url: str) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])

            assert port in complained(bitacora("serve", "--port", port, "--database", sqlite_url), 1)


def age(database: str) -> None:
    """Write into a store that a newer program has migrated it."""
    statement = "UPDATE meta SET value = '999' WHERE name IN ('schema', 'schema_floor')"
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as file, file:
            file.execute(statement)
    else:
        with psycopg.connect(database) as server:
            server.execute(statement)
