"""What a server does with its key, with the name of its log, and with a role that owns less."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import PostgresDatabases, migrate
from tests.e2e.server import bitacora, bitacora_here, complained, serving, succeeded


class TestKey:
    @pytest.mark.parametrize("content", [None, "", "no key"])
    def test_that_cannot_be_used_ends_the_start_with_one_line(
        self, sqlite_url: str, tmp_path: Path, process_environment: dict[str, str], content: str | None
    ) -> None:
        if content is not None:
            (tmp_path / "own.key").write_text(content)
        environment = {**process_environment, "BITACORA_LOG_KEY": str(tmp_path / "own.key")}

        line = complained(bitacora("serve", "--port", "0", "--database", sqlite_url, environment=environment), 2)

        assert "own.key" in line

    def test_that_cannot_be_written_leaves_the_log_unsigned(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "log.key").symlink_to(tmp_path / "not-mounted" / "log.key")

        with serving(sqlite_url, tmp_path) as server:
            assert server.client.get("/v1/status").status_code == 200
            assert server.complained.count("log_key_missing") == 1


class TestName:
    def test_other_than_that_of_the_log_ends_the_start_with_one_line(
        self, sqlite_url: str, process_environment: dict[str, str]
    ) -> None:
        migrate(sqlite_url)
        environment = {**process_environment, "BITACORA_LOG_ORIGIN": "other.example.com/log"}

        line = complained(bitacora("serve", "--port", "0", "--database", sqlite_url, environment=environment), 2)

        assert "a log keeps its name" in line


class TestRoles:
    def test_let_the_owner_create_and_the_service_serve(
        self, postgres_databases: PostgresDatabases, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        with postgres_databases.owned() as (owner, service):
            environment = {**process_environment, "BITACORA_OWNER_DATABASE": owner}
            early = complained(bitacora("serve", "--port", "0", "--database", service, environment=environment), 1)
            assert "bitacora migrate" in early

            succeeded(bitacora("migrate", "--database", service, environment=environment))
            with serving(service, tmp_path, environment=environment) as server:
                component = {"key": "labels", "name": "Labels", "group": "carriers"}
                answer = server.client.post("/v1/components", json=component, headers=admin(service, environment))
                assert answer.status_code == 201, answer.text
                assert "role_may_change_events" not in server.complained

            lines = [
                complained(bitacora_here(*command, "--database", service, environment=environment), 2)
                for command in (("backup", "x"), ("restore", __file__))
            ]
            assert "--table=stored_events" in lines[0]
            assert owner.partition(":sesame")[0] in lines[1]
            assert "sesame" not in "".join(lines)

    def test_of_one_role_are_warned_of(self, postgres_url: str, tmp_path: Path) -> None:
        with serving(postgres_url, tmp_path) as server:
            assert server.complained.count("role_may_change_events") == 1


def admin(database: str, environment: dict[str, str]) -> dict[str, str]:
    """Create a token on the command line, and give the header that shows it."""
    created = bitacora("tokens", "create", "ana", "--role", "admin", "--database", database, environment=environment)
    return {"Authorization": f"Bearer {succeeded(created).splitlines()[-1]}"}
