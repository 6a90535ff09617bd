"""What a backup holds, and what may take the place of a store, on both stores where both can."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from application.errors import AlreadyExists
from domain.impact import Status
from infrastructure.backup import CopyProgress, back_up
from infrastructure.bootstrap import Bitacora
from infrastructure.log_check import LogEnd
from infrastructure.restore import RestoredStore, RestoreOptions, adopt, restore
from infrastructure.settings import Settings
from infrastructure.store.base import NoStore, StoreBusy, StoreDown, StoreNotRestored
from infrastructure.store.factory import open_store
from infrastructure.store.sqlite import SQLiteStore
from tests.application.program import LABELS, Program, at, running
from tests.contracts.copies import SILENT
from tests.contracts.tampering import drop_walls, edit
from tests.postgres_server import run_program

NOW = at("12:00")
WAL = ("-wal", "-shm")


class TestBackup:
    def test_has_what_stands_only_in_the_write_ahead_file(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 20)
            plain, backup = tmp_path / "plain.sqlite3", tmp_path / "backup.sqlite3"
            shutil.copy(path_of(sqlite_url), plain)
            saved(sqlite_url, backup)
            events = program.recorded()

        assert count(plain) < len(events)
        assert count(backup) == len(events)
        assert not [each for each in tmp_path.iterdir() if each.name.startswith((".", "backup.sqlite3-"))]

    def test_ends_where_it_began_although_others_write_meanwhile(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 5)
            known = len(program.events())
            numbers = iter(range(5, 100))
            write = CopyProgress(
                copied=lambda _done, _total: fire(program, 1, begin=next(numbers)),
                began_to_read=lambda _events: None,
                advanced=lambda _events: None,
            )

            end = saved(sqlite_url, tmp_path / "backup", write)

            assert len(program.events()) > known
        assert (end.position, count(tmp_path / "backup")) == (known, known)

    def test_overwrites_nothing(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "backup").write_text("precious")

        with pytest.raises(AlreadyExists, match="backup exists"):
            saved(sqlite_url, tmp_path / "backup")

        assert (tmp_path / "backup").read_text() == "precious"

    def test_into_a_folder_that_is_not_there_is_refused(self, sqlite_url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreDown, match="nowhere"):
            saved(sqlite_url, tmp_path / "nowhere" / "backup")

    def test_of_a_log_with_an_unreadable_event_is_kept_and_said_to_be_useless(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        with running(sqlite_url) as program:
            fire(program, 3)
            edit(sqlite_url, "UPDATE stored_events SET state = CAST('{}' AS BLOB) WHERE position = 2")

            with pytest.raises(StoreNotRestored, match="position 2"):
                saved(sqlite_url, tmp_path / "backup")

        assert (tmp_path / "backup").exists()


class TestRestore:
    def test_into_an_empty_place_gives_every_event(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 5)
            saved(sqlite_url, tmp_path / "backup")
            events = program.events()
        place = f"sqlite:///{tmp_path / 'other' / 'place.sqlite3'}"

        new = restored(place, tmp_path / "backup")

        assert (new.position, new.aside) == (len(events), None)
        with running(place) as program:
            assert program.events()[:-1] == events
            assert program.recorded()[-1] == "log.restored"
            program.bitacora.follower.catch_up()
            assert program.facade.queries.board.components(new.position)

    def test_of_an_older_log_leaves_nothing_of_the_newer_one(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "backup")
            incident = program.declare()
            program.bitacora.follower.catch_up()
            newer = len(program.events())
            copied = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.name.endswith(WAL)}
        # What a crash would have left.
        for name, content in copied.items():
            (tmp_path / name).write_bytes(content)

        with pytest.raises(StoreNotRestored, match=f"newer: it ends at position {newer}"):
            restored(sqlite_url, tmp_path / "backup")
        older = restored(sqlite_url, tmp_path / "backup", force=True)

        assert older.aside is not None
        assert count(older.aside) == newer
        with running(sqlite_url) as program:
            assert program.recorded() == ["component.registered", "log.restored"]
            program.bitacora.follower.catch_up()
            assert program.facade.queries.incidents.find(older.position, incident) is None

    def test_of_the_same_or_a_longer_log_needs_no_force(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 3)
            saved(sqlite_url, tmp_path / "same")
        restored(sqlite_url, tmp_path / "same")
        shutil.copy(path_of(sqlite_url), tmp_path / "short")
        with running(sqlite_url) as program:
            fire(program, 3, begin=3)
            saved(sqlite_url, tmp_path / "long")
        restored(sqlite_url, tmp_path / "short", force=True)

        restored(sqlite_url, tmp_path / "long")

        assert count(path_of(sqlite_url)) == count(tmp_path / "long")

    def test_of_another_log_needs_force(self, sqlite_url: str, tmp_path: Path) -> None:
        other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
        for url in (sqlite_url, other):
            with running(url) as program:
                program.register()
        saved(other, tmp_path / "backup")

        with pytest.raises(StoreNotRestored, match="newer"):
            restored(sqlite_url, tmp_path / "backup")

    def test_after_a_fork_of_the_same_log_needs_force(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "before")
            program.pin(Status.MAJOR_OUTAGE)
            saved(sqlite_url, tmp_path / "one")
        restored(sqlite_url, tmp_path / "before", force=True)
        with running(sqlite_url) as program:
            program.pin(Status.PARTIAL_OUTAGE)

        with pytest.raises(StoreNotRestored, match="newer"):
            restored(sqlite_url, tmp_path / "one")

    def test_is_refused_while_the_store_is_open_and_not_after_a_crash(self, sqlite_url: str, tmp_path: Path) -> None:
        saved(sqlite_url, tmp_path / "backup")
        with running(sqlite_url), pytest.raises(StoreBusy, match="stop it first"):
            restored(sqlite_url, tmp_path / "backup", force=True)
        with closing(sqlite3.connect(path_of(sqlite_url))) as other:
            # One that knows nothing of the lock, like an older program.
            other.execute("SELECT count(*) FROM stored_events").fetchall()
            with pytest.raises(StoreBusy, match="stop it first"):
                restored(sqlite_url, tmp_path / "backup", force=True)

        restored(sqlite_url, tmp_path / "backup")

    def test_keeps_programs_out_meanwhile(self, sqlite_url: str) -> None:
        with open_store(sqlite_url).alone():
            for _ in range(2):
                with pytest.raises(StoreBusy, match="being restored"):
                    open_store(sqlite_url).connect_log()

    @pytest.mark.parametrize(
        ("statement", "word"),
        [
            ("UPDATE meta SET value = '999' WHERE name IN ('schema', 'schema_floor')", "newer"),
            ("DELETE FROM stored_events WHERE position = 2", "missing"),
            ("UPDATE stored_events SET topic = 'rocket.landed' WHERE position = 2", "rocket.landed"),
            ("UPDATE stored_events SET state = CAST('{\"version\":999}' AS BLOB) WHERE position = 2", "position 2"),
            ("UPDATE stored_events SET originator_version = 99 WHERE position = 3", "aggregates"),
            ("DROP TABLE stored_events", "stored_events"),
            ("DROP TABLE meta", "no log"),
        ],
    )
    def test_of_an_unsound_file_is_refused_with_force_too(
        self, sqlite_url: str, tmp_path: Path, statement: str, word: str
    ) -> None:
        backup = tmp_path / "backup"
        with running(sqlite_url) as program:
            fire(program, 5)
            saved(sqlite_url, backup)
        edit(f"sqlite:///{backup}", statement)

        assert_refused(sqlite_url, backup, word)

    def test_of_a_damaged_or_foreign_file_is_refused_with_force_too(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 50)
            saved(sqlite_url, tmp_path / "damaged")
            program.bitacora.follower.catch_up()
        content = bytearray((tmp_path / "damaged").read_bytes())
        content[8192:12288] = bytes(4096)
        (tmp_path / "damaged").write_bytes(content)
        (tmp_path / "text").write_text("I am no database. " * 500)
        (tmp_path / "empty").touch()
        (tmp_path / "cut").write_bytes(content[: len(content) // 2])

        for name in ("damaged", "text", "empty", "cut"):
            assert_refused(sqlite_url, tmp_path / name, name)
        assert_refused(sqlite_url, path_of(f"{sqlite_url}-views"), "no log")
        assert_refused(sqlite_url, path_of(sqlite_url), "store itself")

    def test_puts_a_damaged_store_aside_with_force_only(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 3)
            saved(sqlite_url, tmp_path / "backup")
        path_of(sqlite_url).write_bytes(b"damaged" * 1_000)

        with pytest.raises(StoreNotRestored, match="cannot be read"):
            restored(sqlite_url, tmp_path / "backup")
        aside = restored(sqlite_url, tmp_path / "backup", force=True).aside

        assert aside is not None
        assert aside.read_bytes().startswith(b"damaged")
        with running(sqlite_url) as program:
            assert program.recorded()

    def test_takes_a_log_that_was_copied_with_its_write_ahead_file(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url) as program:
            fire(program, 5)
            for end in ("", "-wal"):
                shutil.copy(path_of(f"{sqlite_url}{end}"), tmp_path / f"copy{end}")
            events = program.events()

        restored(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path / "copy")

        with running(f"sqlite:///{tmp_path / 'new.sqlite3'}") as program:
            assert program.events()[:-1] == events


class TestAdopt:
    def test_lets_the_views_begin_anew(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.bitacora.follower.catch_up()
            views = program.bitacora.store
            with views.reading_views() as connection:
                connection.execute("UPDATE causes SET to_position = 1")
                connection.execute("DELETE FROM components")
                connection.execute("UPDATE views SET position = 1000")

        assert adopted(database) == 1

        with running(database) as program:
            assert program.recorded() == ["component.registered", "log.restored"]
            program.bitacora.follower.catch_up()
            assert program.bitacora.follower.position == 2
            assert [each.component for each in program.facade.queries.board.components(1)] == [LABELS]

    def test_is_refused_while_a_service_has_the_store_open(self, database: str) -> None:
        with running(database) as program:
            program.bitacora.store.wait_for_change(0)

            with pytest.raises(StoreBusy, match="stop it first"):
                adopted(database)

        adopted(database)

    def test_of_a_log_with_a_gap_is_refused(self, database: str) -> None:
        with running(database) as program:
            fire(program, 3)
            with program.bitacora.store.reading_log() as connection:
                drop_walls(connection)
                connection.execute("DELETE FROM stored_events WHERE position = 2")

        with pytest.raises(StoreNotRestored, match="missing"):
            adopted(database)

    def test_where_there_is_no_log_is_refused(self, empty_database: str) -> None:
        store = open_store(empty_database)
        try:
            with pytest.raises(NoStore, match="no store"):
                store.find()
        finally:
            store.close()
        assert not empty_database.startswith("sqlite") or not path_of(empty_database).exists()


class TestPostgres:
    def test_dumped_and_restored_under_newer_views_is_adopted(self, postgres_url: str, tmp_path: Path) -> None:
        dump = tmp_path / "backup.dump"
        with running(postgres_url) as program:
            fire(program, 3)
            events = program.events()
            program.bitacora.follower.catch_up()
            run_program("pg_dump", "--format=custom", f"--file={dump}", postgres_url)
            lost = program.declare()
            program.bitacora.follower.catch_up()
        log = ("meta", "stored_events", "event_leaves", "tree_nodes", "handle_entries", "timers", "receipts")
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {', '.join(log)}")
        run_program(
            "pg_restore", "--data-only", *(f"--table={name}" for name in log), f"--dbname={postgres_url}", str(dump)
        )

        assert adopted(postgres_url) == len(events)

        with running(postgres_url) as program:
            assert program.events()[:-1] == events
            program.bitacora.follower.catch_up()
            assert program.bitacora.follower.position == len(events) + 1
            assert program.facade.queries.incidents.find(len(events), lost) is None


def fire(program: Program, signals: int, *, begin: int = 0) -> None:
    """Report some signals, on a component that is registered with the first."""
    if begin == 0:
        program.register()
    for number in range(begin, begin + signals):
        program.fire(f"f{number}", occurred_at=at("10:00") - timedelta(minutes=1))


def saved(database: str, file: Path, progress: CopyProgress = SILENT) -> LogEnd:
    """Back up a store."""
    with opened(database) as bitacora:
        return back_up(sqlite(bitacora), file, bitacora.mapper, progress)


def restored(database: str, file: Path, *, force: bool = False) -> RestoredStore:
    """Restore a file."""
    with opened(database) as bitacora:
        options = RestoreOptions(settings=bitacora.settings, force=force)
        return restore(sqlite(bitacora), file, bitacora.mapper, NOW, SILENT, options=options)


def adopted(database: str) -> int:
    """Adopt the log of a store."""
    with opened(database) as bitacora:
        options = RestoreOptions(settings=bitacora.settings)
        return adopt(bitacora.owner_store, bitacora.store, bitacora.mapper, SILENT, options=options).position


def assert_refused(database: str, file: Path, word: str) -> None:
    """It is refused, whatever else was said, and the store is as it was."""
    before = count(path_of(database))
    for force in (False, True):
        with pytest.raises(StoreNotRestored, match=word):
            restored(database, file, force=force)
    assert count(path_of(database)) == before


@contextmanager
def opened(database: str) -> Iterator[Bitacora]:
    """Assemble a program of its own, as another process would."""
    bitacora = Bitacora(Settings(database=database))
    try:
        yield bitacora
    finally:
        bitacora.stop()


def sqlite(bitacora: Bitacora) -> SQLiteStore:
    """Give its store, which is one of SQLite."""
    assert isinstance(bitacora.store, SQLiteStore)
    return bitacora.store


def path_of(database: str) -> Path:
    """Give the file of a store."""
    return Path(database.removeprefix("sqlite:///"))


def count(file: Path) -> int:
    """Count the events of a file alone, without what was written ahead."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM stored_events").fetchone()[0])
