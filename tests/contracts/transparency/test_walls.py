"""What was recorded is neither changed nor removed, as far as the database can tell, and its files are private."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from infrastructure.store.sqlite import SQLiteStore
from infrastructure.store.sqlite_connection import SQLiteConnection
from tests.application.program import running
from tests.contracts.tampering import edit

COLUMNS = "originator_id, originator_version, topic, state, recorded_at FROM stored_events WHERE position = 1"


class TestTrigger:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE stored_events SET topic = 'x' WHERE position = 1",
            "DELETE FROM stored_events",
            f"REPLACE INTO stored_events SELECT 1, 'x', {COLUMNS.partition(', ')[2]}",
            f"REPLACE INTO stored_events SELECT 9, {COLUMNS}",
            f"INSERT INTO stored_events SELECT 9, {COLUMNS} ON CONFLICT DO UPDATE SET topic = 'x'",
            "UPDATE event_leaves SET salt = x'00'",
            "DELETE FROM event_leaves",
            "REPLACE INTO event_leaves VALUES (1, x'00', x'00')",
            "UPDATE tree_nodes SET hash = x'00'",
            "DELETE FROM tree_nodes",
            "REPLACE INTO tree_nodes VALUES (1, 0, x'00')",
        ],
    )
    def test_refuses_what_is_no_addition(self, sqlite_url: str, statement: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            with closing(opened(sqlite_url)) as file:
                file.execute("INSERT INTO tree_nodes VALUES (1, 0, x'01')")
                before = list(file.iterdump())

                with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                    file.execute(statement)

                assert list(file.iterdump()) == before

    def test_is_built_in_a_store_that_has_none(self, sqlite_url: str) -> None:
        edit(sqlite_url)
        with closing(opened(sqlite_url)) as file:
            assert triggers(file) == 0

        with running(sqlite_url), closing(opened(sqlite_url)) as file:
            assert triggers(file) == 9


class TestFile:
    def test_that_is_created_is_for_its_user_alone(self, empty_sqlite_url: str, tmp_path: Path) -> None:
        with running(empty_sqlite_url) as program:
            program.register()
            program.bitacora.follower.catch_up()
            store = program.bitacora.store
            assert isinstance(store, SQLiteStore)
            connection = store.connect_log()
            connection.copy_to(tmp_path / "copy", copied=lambda _done, _total: None)
            connection.close()

            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}

        assert set(modes.values()) == {0o600}
        assert {name.rpartition("sqlite3")[2] for name in modes} >= {"", "-wal", "-shm", "-views", "-lock", "copy"}

    def test_that_is_there_keeps_its_mode(self, sqlite_url: str, tmp_path: Path) -> None:
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        path.chmod(0o640)
        with running(sqlite_url) as program:
            program.register()

        assert path.stat().st_mode & 0o777 == 0o640
        assert tmp_path.exists()

    def test_keeps_its_walls_in_a_copy(self, sqlite_url: str, tmp_path: Path) -> None:
        with closing(SQLiteConnection(Path(sqlite_url.removeprefix("sqlite:///")))) as connection:
            connection.copy_to(tmp_path / "copy", copied=lambda _done, _total: None)

        with closing(sqlite3.connect(tmp_path / "copy")) as copy:
            assert triggers(copy) == 9


def opened(url: str) -> sqlite3.Connection:
    """Open a file as any other program would."""
    return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)


def triggers(file: sqlite3.Connection) -> int:
    """Count the triggers."""
    return int(file.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0])
