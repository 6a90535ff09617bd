"""A store that lies: an older log beneath newer views, a log that cannot be folded, views that are damaged."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psycopg
import pytest

from infrastructure.store.sqlite import ASIDE
from tests.contracts.older_logs import TABLES
from tests.contracts.tampering import drop_walls
from tests.e2e.mirror import mirrored
from tests.e2e.server import Server, bitacora, eventually, serving
from tests.postgres_server import EmbeddedServer, controlled_server

COMPONENTS = ("labels", "imports")
GARBAGE = b"\xde\xad\xbe\xef" * 1024


@dataclass(frozen=True, kw_only=True)
class Log:
    """A log that can be backed up and put back; on SQLite nobody may have it open meanwhile."""

    database: str
    back_up: Callable[[], None]
    put_back: Callable[[], None]


@pytest.fixture(params=["sqlite", "postgres"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    """The log of an empty store, once on each."""
    backup = tmp_path / "backup"
    if request.param == "sqlite":
        file = tmp_path / "bitacora.sqlite3"
        yield Log(
            database=f"sqlite:///{file}",
            back_up=lambda: copy(file, backup),
            put_back=lambda: replace_file(file, backup),
        )
    else:
        with controlled_server() as server:
            yield postgres_log(server, backup)


def postgres_log(server: EmbeddedServer, backup: Path) -> Log:
    """Back up the tables of the log alone, so that the views stay what they are."""
    tables = [f"--table={name}" for name in (*TABLES, "meta")]
    return Log(
        database=server.url,
        back_up=lambda: server.run("pg_dump", "--format=custom", *tables, f"--file={backup}", server.url),
        put_back=lambda: server.run(
            "pg_restore", "--clean", "--single-transaction", f"--dbname={server.url}", str(backup)
        ),
    )


def copy(file: Path, backup: Path) -> None:
    """Copy a SQLite file as its own tool does."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)


def replace_file(file: Path, backup: Path) -> None:
    """Put a backup in the place of a file; by its name, lest a process that is about to end still write to it."""
    for part in ("-wal", "-shm"):
        file.with_name(f"{file.name}{part}").unlink(missing_ok=True)
    beside = file.with_name("restored")
    shutil.copyfile(backup, beside)
    beside.replace(file)


class Told:
    """What a server tells readers; whoever runs it has an admin's token."""

    def __init__(self, server: Server, admin: dict[str, str]) -> None:
        self.server = server
        self.admin = admin

    def declare(self, component: str) -> str:
        """Declare a public incident, and wait until readers see it."""
        body = {"title": "Trouble", "message": "We look into it.", "components": {component: "major_outage"}}
        answer = self.server.client.post("/v1/incidents", json=body, headers=self.admin)
        assert answer.status_code == 201, answer.text
        wanted = {"min_position": answer.headers["Bitacora-Position"]}
        eventually(lambda: self.server.client.get("/v1/incidents", params=wanted).status_code == 200)
        incident: str = answer.json()["id"]
        assert incident in self.incidents()
        return incident

    def incidents(self) -> list[str]:
        """List what is public; nothing while it is not known."""
        answer = self.server.client.get("/v1/incidents")
        assert answer.status_code in {200, 503}, answer.text
        return [each["id"] for each in answer.json()["data"]] if answer.is_success else []

    def statuses(self) -> dict[str, str]:
        """Give the status of each component on the board; nothing while it is not known."""
        answer = self.server.client.get("/v1/status")
        assert answer.status_code in {200, 503}, answer.text
        return {each["key"]: each["status"] for each in answer.json()["components"]} if answer.is_success else {}

    def readiness(self) -> dict[str, Any]:
        """Ask whether it is ready."""
        document: dict[str, Any] = self.server.client.get("/readyz").json()
        return document


def begin(server: Server) -> Told:
    """Register what can break."""
    told = Told(server, server.admin())
    for key in COMPONENTS:
        body = {"key": key, "name": key.title(), "group": "platform", "since": "2025-01-01"}
        assert server.client.post("/v1/components", json=body, headers=told.admin).status_code == 201
    return told


class TestOlderLog:
    def test_put_back_beneath_newer_views_is_what_is_shown(
        self, log: Log, tmp_path: Path, folder: Path, process_environment: Mapping[str, str]
    ) -> None:
        with serving(log.database, tmp_path, environment=process_environment) as server:
            told = begin(server)
            kept = told.declare("labels")
            log.back_up()
            lost = told.declare("imports")
            assert told.statuses() == dict.fromkeys(COMPONENTS, "major_outage")
            if log.database.startswith("sqlite"):
                server.end(SIGKILL)
            log.put_back()

            with serving(log.database, tmp_path, environment=process_environment) as again:
                told = Told(again, told.admin)
                eventually(lambda: told.statuses() == {"labels": "major_outage", "imports": "operational"})
                assert told.incidents() == [kept]
                assert again.client.get(f"/v1/incidents/{lost}").status_code == 404
                after = told.declare("imports")
                eventually(lambda: told.readiness()["status"] == "ready")
                assert told.incidents() == [after, kept]
            with mirrored(log.database, folder) as mirror:
                mirror.assert_views_rebuilt()


class TestLogThatCannotBeFolded:
    def test_costs_nobody_what_was_shown(
        self, log: Log, tmp_path: Path, process_environment: Mapping[str, str]
    ) -> None:
        with serving(log.database, tmp_path, environment=process_environment) as server:
            told = begin(server)
            incident = told.declare("labels")
            before = server.client.get("/v1/status").content
            position = spoil(log.database)

            outcome = bitacora("rebuild", "--database", log.database)

            assert outcome.returncode == 1, outcome
            for view in ("board", "incidents"):
                sentence = f"the view {view} cannot be built: incident.declared of {incident} at position {position}"
                assert sentence in " ".join(outcome.stderr.split())
            assert "rebuilt" in outcome.stdout
            assert not {"board", "incidents"} & set(outcome.stdout.replace(",", " ").split())
            assert told.incidents() == [incident]
            assert server.client.get("/v1/status").content == before
            assert server.client.get("/v1/status", params={"as_of": position}).status_code == 200
            # The views stay as they were, and whoever looks at the log itself finds what was changed.
            eventually(lambda: told.readiness()["reasons"] == ["log_mismatch"])


class TestDamagedViews:
    def test_begin_anew_at_the_start_and_while_the_server_works(
        self, tmp_path: Path, process_environment: Mapping[str, str]
    ) -> None:
        file = tmp_path / "bitacora.sqlite3"
        database, views = f"sqlite:///{file}", tmp_path / "bitacora.sqlite3-views"
        with serving(database, tmp_path, environment=process_environment) as server:
            told = begin(server)
            told.declare("labels")
            expected = told.statuses()
            server.end(SIGKILL)
        damage(views)

        with serving(database, tmp_path, environment=process_environment) as server:
            told = Told(server, told.admin)
            eventually(lambda: told.statuses() == expected)
            assert told.readiness()["reasons"] == ["views_put_aside"]
            assert ASIDE in server.client.get("/readyz", headers=told.admin).json()["details"][0]["message"]
            assert "views_begin_anew" in server.said + server.complained

            damage(views)
            told.declare("imports")
            eventually(lambda: told.statuses() == {"labels": "major_outage", "imports": "major_outage"})
            eventually(lambda: told.readiness() == {"status": "ready", "stale": False, "reasons": ["views_put_aside"]})


def damage(views: Path) -> None:
    """Write garbage over all that is kept of views, whoever has them open."""
    for file in (views, views.with_name(f"{views.name}-wal")):
        if file.exists():
            with file.open("r+b") as opened:
                for _ in range(0, file.stat().st_size, len(GARBAGE)):
                    opened.write(GARBAGE)


def spoil(database: str) -> int:
    """Let the declaration of the incident be one that nobody can read, and give its position."""
    found, change = (
        "topic = 'incident.declared'",
        "UPDATE stored_events SET state = {state} WHERE position = {position}",
    )
    ask = f"SELECT max(position) FROM stored_events WHERE {found}"  # noqa: S608 - our own words
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            drop_walls(connection)
            position = int(connection.execute(ask).fetchone()[0])
            connection.execute(change.format(state="x'7b7d'", position=position))
    else:
        with psycopg.connect(database, autocommit=True) as postgres:
            [[position]] = postgres.execute(ask)
            postgres.execute(change.format(state=r"'\x7b7d'", position=position))
    return int(position)
