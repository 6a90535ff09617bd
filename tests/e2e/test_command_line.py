"""The command line: what it is asked, it does; what it cannot do, it says in one line."""

import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.e2e.given import bitacora, complained, serving, succeeded


class TestDemo:
    def test_is_loaded_into_an_empty_store_only(self, database: str) -> None:
        told = succeeded(bitacora("demo", "--database", database))

        for role in ("emitter", "operator", "auditor", "admin"):
            assert f"  {role}" in told
        assert told.count("bita_") >= 4
        assert "empty" in complained(bitacora("demo", "--database", database), 1)
        events = succeeded(bitacora("events", "--database", database)).splitlines()
        assert len(events) > 40

    def test_is_served_at_once(self, sqlite_url: str, tmp_path: Path) -> None:
        with serving(sqlite_url, tmp_path, "--demo") as server:
            board = server.client.get("/v1/status", params={"lang": "es"}).json()
            incidents = server.client.get("/v1/incidents").json()["data"]

        assert "Transportista A" in {component["name"] for component in board["components"]}
        assert board["indicator"] == "none"
        assert len(incidents) == 2
        assert {incident["state"] for incident in incidents} == {"resolved"}


class TestWrongUse:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PUBLISH_AFTER", "soon"),
            ("STABLE_FOR", "-5m"),
            ("CLEAR_GRACE", "2"),
            ("PORT", "eighty"),
            ("PORT", "70000"),
            ("DATABASE", "mysql://localhost/x"),
            ("TIME_ZONE", "Europe/Atlantis"),
            ("LANGUAGES", ""),
            ("ALERT_SEVERITY_MAP", "page=broken"),
            ("ALERT_SEVERITY_MAP", "{"),
        ],
    )
    def test_of_a_setting_names_it(
        self, process_environment: dict[str, str], sqlite_url: str, name: str, value: str
    ) -> None:
        environment = {**process_environment, "BITACORA_DATABASE": sqlite_url, f"BITACORA_{name}": value}

        assert f"BITACORA_{name}" in complained(bitacora("migrate", environment=environment), 2)

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (("fly",), "fly"),
            (("serve", "--fast"), "--fast"),
            (("tokens", "create", "ana"), "role"),
            (("tokens", "create", "ana", "--role", "king"), "king"),
            (("tokens", "create", "two words", "--role", "operator"), "name"),
            (("events", "--after", "-1"), "after"),
            (("events", "--as-of", "2025-03-04T08:00:00"), "offset"),
            (("rebuild", "the-roof"), "the-roof"),
        ],
    )
    def test_of_arguments_is_told_in_one_line(
        self, process_environment: dict[str, str], sqlite_url: str, arguments: tuple[str, ...], word: str
    ) -> None:
        environment = {**process_environment, "BITACORA_DATABASE": sqlite_url}

        assert word in complained(bitacora(*arguments, environment=environment), 2)

    def test_without_a_command_shows_what_there_is(self) -> None:
        outcome = bitacora()

        assert outcome.returncode == 2
        for command in ("serve", "tokens", "demo", "events", "rebuild", "migrate"):
            assert command in outcome.stdout + outcome.stderr


class TestFailure:
    @pytest.mark.parametrize(
        "arguments",
        [("serve", "--port", "0"), ("tokens", "create", "ana", "--role", "operator"), ("events",), ("migrate",)],
        ids=lambda arguments: arguments[0],
    )
    def test_of_a_store_that_is_down_is_one_line(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        nobody = f"postgresql://postgres@/bitacora?host={tmp_path}"

        complained(bitacora(*arguments, "--database", nobody), 1)

    def test_of_a_file_that_cannot_be_is_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("I am no folder.", encoding="utf-8")

        assert "file" in complained(bitacora("migrate", "--database", f"sqlite:///{tmp_path}/file/x.sqlite3"), 1)

    def test_of_a_file_that_is_no_store_is_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "x.sqlite3").write_text("I am no database. " * 100, encoding="utf-8")

        complained(bitacora("migrate", "--database", f"sqlite:///{tmp_path}/x.sqlite3"), 1)

    def test_of_a_password_never_shows_it(self, tmp_path: Path) -> None:
        line = complained(bitacora("migrate", "--database", f"postgresql://ana:sesame@/x?host={tmp_path}"), 1)

        assert "sesame" not in line

    def test_of_a_store_that_a_newer_program_wrote_is_one_line(self, database: str) -> None:
        succeeded(bitacora("migrate", "--database", database))
        statement = "UPDATE meta SET value = '999' WHERE name = 'schema'"
        if database.startswith("sqlite"):
            with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
                connection.execute(statement)
            connection.close()
        else:
            with psycopg.connect(database) as server:
                server.execute(statement)

        for arguments in (("serve", "--port", "0"), ("migrate",), ("tokens", "list")):
            assert "999" in complained(bitacora(*arguments, "--database", database), 1)

    def test_of_a_port_that_is_taken_is_one_line(self, sqlite_url: str) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])

            assert port in complained(bitacora("serve", "--port", port, "--database", sqlite_url), 1)

    def test_of_a_token_that_there_is_not_is_one_line(self, sqlite_url: str) -> None:
        assert "nobody" in complained(bitacora("tokens", "revoke", "nobody", "--database", sqlite_url), 1)
