"""What goes wrong with a store under load costs time, and nothing else."""

import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from application.status.board import STALE_SECONDS
from tests.e2e.server import bitacora, eventually
from tests.e2e.trials import WRITTEN, Trial, trial
from tests.postgres_server import EmbeddedServer, controlled_server

OUTAGE_SECONDS = 2.0
CUTS = 5
BETWEEN_CUTS_SECONDS = 0.3
DISK = "8m"
FEW = 10
"""How many commands may still find some space that was left."""

pause = threading.Event().wait


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL server that no other test knows of."""
    with controlled_server() as server:
        yield server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with little space."""
    place, mount = tmp_path / "disk", shutil.which("mount")
    place.mkdir()
    if mount is None:
        pytest.skip("there is no mount")
    command = [mount, "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if mounted.returncode:
        pytest.skip(f"this user may not mount: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        # Whoever keeps the views of a server that was killed needs a moment to see that it is gone.
        eventually(lambda: subprocess.run([str(shutil.which("umount")), place], check=False).returncode == 0)


class TestPostgres:
    def test_that_cuts_connections_or_crashes_is_waited_for(
        self, own_server: EmbeddedServer, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        with trial(own_server.url, tmp_path, process_environment) as running:
            with running.fault():
                for _ in range(CUTS):
                    pause(BETWEEN_CUTS_SECONDS)
                    cut_connections(own_server.url)

            with running.fault():
                own_server.crash()
                eventually(lambda: running.readiness()["stale"])
                assert running.crowd.is_put_off
                pause(OUTAGE_SECONDS)
                own_server.start()

        assert_told_its_age(running)


class TestTable:
    def test_of_a_view_that_is_gone_stops_that_view_alone_until_it_is_rebuilt(
        self, database: str, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        with trial(database, tmp_path, process_environment) as running, running.fault():
            drop(database, "causes")
            eventually(lambda: "view_stopped" in running.readiness()["reasons"])
            answered = len(running.crowd.acknowledged)
            eventually(lambda: running.reader.sights[-1].age)
            told = {"view_stopped", "board_stale", "views_damaged"}
            eventually(lambda: set(running.readiness()["reasons"]) == told)
            eventually(lambda: len(running.crowd.acknowledged) > answered + WRITTEN)
            assert bitacora("rebuild", "board", "--database", database).returncode == 0

        assert_told_its_age(running)


class TestDisk:
    def test_that_is_full_stops_writing_until_there_is_space(
        self, small_disk: Path, tmp_path: Path, process_environment: dict[str, str]
    ) -> None:
        database, filler = f"sqlite:///{small_disk / 'bitacora.sqlite3'}", small_disk / "filler"
        with trial(database, tmp_path, process_environment) as running, running.fault():
            fill(filler)
            eventually(lambda: running.crowd.is_put_off)
            answered = len(running.crowd.acknowledged)
            pause(STALE_SECONDS)
            # What was freed meanwhile, for example by a log that was written back, is taken as well.
            fill(filler)
            eventually(lambda: running.reader.sights[-1].age or running.mirror.is_followed())
            assert len(running.crowd.acknowledged) <= answered + FEW
            filler.unlink()


def assert_told_its_age(running: Trial) -> None:
    """The board was read from memory during the last fault, and said how old it is."""
    ages = [sight.age for sight in running.reader.since(running.began) if sight.age]
    assert ages == sorted(ages)
    assert STALE_SECONDS <= ages[-1] <= running.ended - running.began + 2


def cut_connections(url: str) -> None:
    """End every connection to a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def drop(database: str, table: str) -> None:
    """Drop a table of a view behind the back of the program."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(f"{database.removeprefix('sqlite:///')}-views", timeout=10)) as connection:
            connection.execute(f"DROP TABLE {table}")
    else:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP TABLE {table}")


def fill(filler: Path) -> None:
    """Leave no space on the disk of a file."""
    with filler.open("ab", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
