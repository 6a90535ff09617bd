"""The index of handles of an older store is copied, however often that is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from application.errors import SchemaMismatch
from application.registry import event_types
from domain.errors import Conflict
from domain.impact import Status
from infrastructure.backup import back_up
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log import handle_upgrade
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.migration_progress import MigrationProgress
from infrastructure.event_log.schema import migrate, require_present
from infrastructure.restore import RestoreOptions, restore
from infrastructure.settings import Settings
from infrastructure.store.base import Store, TableUnfit
from infrastructure.store.factory import open_store
from infrastructure.store.sqlite import SQLiteStore
from tests.application.program import LABELS, FrozenClock, Program, at, running
from tests.contracts.copies import SILENT
from tests.contracts.following import a_day
from tests.contracts.version_5 import Handle, as_entries, entries, handles_of, make_version_5
from tests.databases import PostgresDatabases

pytestmark = pytest.mark.both_stores


class Interrupted(Exception):
    """What ends a migration in the middle."""


def lived(database: str) -> list[Handle]:
    """Let a day pass, make of the store one of version 5, and give the handles that it has."""
    with running(database) as program:
        a_day(program)
        for _ in range(8):
            program.declare(components={LABELS: Status.MAJOR_OUTAGE})
        store = program.bitacora.store
        handles = handles_of(store, program.bitacora.mapper)
        with store.reading_log() as connection:
            assert set(entries(connection)) == as_entries(handles)
        make_version_5(store, handles)
    return handles


@contextmanager
def working(database: str) -> Iterator[Program]:
    """Run the program after that day."""
    with running(database, FrozenClock(at("13:00"))) as program:
        yield program


def interrupt_after(store: Store, pieces: int) -> None:
    """Migrate a store, and break off after so many pieces."""
    seen: list[int] = []

    def copied(done: int, every: int) -> None:
        assert done <= every
        seen.append(done)
        if len(seen) == pieces:
            raise Interrupted

    with pytest.raises(Interrupted):
        migrate(store, copied=copied)


@pytest.fixture
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handle_upgrade, "BATCH", 2)


class TestOlderIndex:
    def test_is_copied_and_dropped(self, database: str) -> None:
        handles = lived(database)

        with working(database) as program, program.bitacora.store.reading_log() as connection:
            found = entries(connection)
            assert len(found) == len(handles) > 5
            assert set(found) == as_entries(handles)
            assert not any(map(connection.has_table, handle_upgrade.OLDER_TABLES))
            assert connection.execute("SELECT value FROM meta WHERE name = 'schema'") == [("6",)]
            assert connection.execute("SELECT 1 FROM meta WHERE name = 'handles_copied'") == []

    @pytest.mark.usefixtures("_small_pieces")
    def test_is_copied_in_pieces_that_say_how_far_they_are(self, database: str) -> None:
        handles = lived(database)
        seen: list[tuple[int, int]] = []

        with closing(open_store(database)) as store:
            migrate(store, copied=lambda done, every: seen.append((done, every)))

        every = len(handles)
        assert seen == [(min(done, every), every) for done in range(2, every + 2, 2)]

    @pytest.mark.usefixtures("_small_pieces")
    def test_is_whole_though_the_copy_was_interrupted_twice(self, database: str) -> None:
        handles = lived(database)
        with closing(open_store(database)) as store:
            interrupt_after(store, 2)
            interrupt_after(store, 1)
            seen: list[int] = []
            migrate(store, copied=lambda done, _: seen.append(done))

            assert seen[0] == 8
            with store.reading_log() as connection:
                assert set(entries(connection)) == as_entries(handles)

    @pytest.mark.usefixtures("_small_pieces")
    def test_that_is_half_copied_is_not_worked_with(self, database: str) -> None:
        lived(database)
        with closing(open_store(database)) as store:
            interrupt_after(store, 1)

            with (
                store.reading_log() as connection,
                pytest.raises(SchemaMismatch, match="was interrupted; to finish it, run: bitacora migrate"),
            ):
                require_present(connection)

    @pytest.mark.usefixtures("_small_pieces")
    def test_that_is_half_copied_is_finished_by_whoever_starts(self, database: str) -> None:
        handles = lived(database)
        with closing(open_store(database)) as store:
            interrupt_after(store, 1)

        with working(database) as program, program.bitacora.store.reading_log() as connection:
            assert set(entries(connection)) == as_entries(handles)
            assert is_found(program)

    @pytest.mark.usefixtures("_small_pieces")
    def test_takes_nothing_from_an_older_program_that_still_runs(self, database: str) -> None:
        lived(database)
        with closing(open_store(database)) as store:
            interrupt_after(store, 1)

            with closing(store.connect_log()) as older, pytest.raises(TableUnfit, match="directory"):
                older.execute("INSERT INTO directory (handle, aggregate, ranked_at) SELECT '', '', ''")

    @pytest.mark.usefixtures("_small_pieces")
    @pytest.mark.parametrize("is_half_copied", [False, True])
    def test_of_a_backup_is_copied_as_it_is_restored(
        self, sqlite_url: str, tmp_path: Path, *, is_half_copied: bool
    ) -> None:
        handles = lived(sqlite_url)
        mapper, place, file = TypedMapper(event_types()), f"sqlite:///{tmp_path / 'restored'}", tmp_path / "backup"
        with closing(SQLiteStore(sqlite_url.removeprefix("sqlite:///"))) as store:
            if is_half_copied:
                interrupt_after(store, 1)
            back_up(store, file, mapper, SILENT)

        with closing(SQLiteStore(place.removeprefix("sqlite:///"))) as store:
            options = RestoreOptions(settings=Settings(database=place))
            restore(store, file, mapper, at("13:00"), SILENT, options=options)

        with working(place) as program, program.bitacora.store.reading_log() as connection:
            assert set(entries(connection)) == as_entries(handles)
            assert is_found(program)

    def test_leads_to_what_it_led_to(self, database: str) -> None:
        lived(database)

        with working(database) as program:
            assert is_found(program)
            # A retirement looks for open incidents by the index.
            with pytest.raises(Conflict):
                program.retire()


def is_found(program: Program) -> bool:
    """Tell whether the incident is found by the component that it affects."""
    return bool(program.do(lambda log: log.find_ids(f"open:{LABELS}")))


class TestIndexOfAnotherOwner:
    @pytest.mark.usefixtures("_small_pieces")
    def test_is_copied_by_the_owner_alone(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.owned() as (owner, service):
            settings = Settings(database=service, owner_database=owner)
            migrate_as_owner(settings)
            with running(service, FrozenClock(at("10:00")), owner_database=owner) as program:
                a_day(program)
                handles = handles_of(program.bitacora.store, program.bitacora.mapper)
            with closing(open_store(owner)) as store:
                make_version_5(store, handles)
                interrupt_after(store, 1)
            with pytest.raises(SchemaMismatch), running(service, owner_database=owner):
                pass

            migrate_as_owner(settings)

            with running(service, FrozenClock(at("13:00")), owner_database=owner) as program:
                with program.bitacora.store.reading_log() as connection:
                    assert set(entries(connection)) == as_entries(handles)
                program.declare(components={LABELS: Status.MAJOR_OUTAGE})

    def test_that_the_service_had_is_taken_over(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.owned() as (owner, service):
            with running(owner) as program:
                a_day(program)
                handles = handles_of(program.bitacora.store, program.bitacora.mapper)
                make_version_5(program.bitacora.store, handles)
            with psycopg.connect(owner, autocommit=True) as connection:
                found = connection.execute("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'directory'")
                assert found.fetchall()

            migrate_as_owner(Settings(database=service, owner_database=owner))

            with closing(open_store(service)) as store, store.reading_log() as reading:
                assert set(entries(reading)) == as_entries(handles)


def migrate_as_owner(settings: Settings) -> None:
    bitacora = Bitacora(settings)
    try:
        bitacora.migrate_as_owner(MigrationProgress())
    finally:
        bitacora.stop()
