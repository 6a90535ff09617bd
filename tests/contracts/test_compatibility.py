"""Programs of several versions at one store: who may go on, who stops, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from application.errors import SchemaMismatch
from application.registry import event_types
from infrastructure.event_log import compatibility, schema
from infrastructure.event_log.compatibility import MIGRATIONS, VERSION, Migration, floor_of, require_known_events
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.release import RELEASE
from infrastructure.store.base import Store
from infrastructure.store.factory import open_store
from infrastructure.store.postgres_programs import OPEN_LOCK
from tests.application.program import Program, running
from tests.contracts.tampering import drop_walls
from tests.waiting import until

KNOWN = TypedMapper(event_types()).versions


@pytest.fixture
def program(database: str) -> Iterator[Program]:
    """A program that has recorded something."""
    with running(database) as program:
        program.register()
        yield program


def note(store: Store, **facts: str) -> None:
    """Note facts about a store, as another version does."""
    with closing(store.connect_log()) as connection:
        connection.begin()
        for name, value in facts.items():
            connection.execute(
                "INSERT INTO meta (name, value) VALUES (:name, :value)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                {"name": name, "value": value},
            )
        connection.commit()


def noted(store: Store) -> dict[str, str]:
    """Give everything that is noted about a store."""
    with store.reading_log() as connection:
        return {str(name): str(value) for name, value in connection.execute("SELECT name, value FROM meta")}


class TestMigrations:
    def test_are_declared_from_the_first_on(self) -> None:
        assert list(MIGRATIONS) == list(range(1, VERSION + 1))
        assert MIGRATIONS[1] is Migration.ALONE

    def test_raise_the_floor_only_where_older_programs_cannot_go_on(self) -> None:
        assert [floor_of(version) for version in range(1, 7)] == [1, 1, 3, 3, 3, 6]

    def test_note_who_made_them(self, program: Program) -> None:
        facts = noted(program.bitacora.store)

        assert (facts["schema"], facts["schema_floor"]) == (str(VERSION), str(floor_of(VERSION)))
        assert facts["schema_written_by"] == RELEASE


class TestOlderProgram:
    def test_goes_on_beside_a_migration_that_it_can_live_with(self, program: Program, database: str) -> None:
        note(program.bitacora.store, schema="999")

        program.revise(group="hubs")
        assert not [each for each in program.facade.health.findings() if each["code"] == "schema_mismatch"]
        with running(database) as again:
            again.register("parcels")

        assert noted(program.bitacora.store)["schema"] == "999"

    def test_records_nothing_after_one_that_it_cannot_live_with(self, program: Program) -> None:
        note(program.bitacora.store, schema="999", schema_floor="998", schema_written_by="bitacora 9.1.0")

        for _ in range(2):
            with pytest.raises(SchemaMismatch, match="records nothing more, stop it"):
                program.register("parcels")

        assert program.recorded() == ["component.registered"]
        (finding,) = program.facade.health.findings()
        assert finding["code"] == "schema_mismatch"

    def test_says_at_the_start_which_version_it_was(self, program: Program, database: str) -> None:
        note(program.bitacora.store, schema="999", schema_floor="998", schema_written_by="bitacora 9.1.0")

        with pytest.raises(SchemaMismatch) as refused, running(database):
            pytest.fail("it started")

        assert str(refused.value) == (
            f"the store has schema 999, newer than this program's {VERSION}: bitacora 9.1.0 has migrated it, and this "
            f"is {RELEASE}; install that version, or restore a backup from before"
        )

    def test_says_at_the_start_which_events_it_does_not_know(self, program: Program, database: str) -> None:
        newer = KNOWN["component.registered"] + 1
        names = (f"component.registered {newer}", "panel.painted 1")
        note(program.bitacora.store, **dict.fromkeys((f"event {name}" for name in names), "bitacora 9.1.0"))
        with running(database) as again:
            # They may be recorded, and none is.
            again.register("parcels")
        record(program.bitacora.store, 1, topic="component.registered", state=b'{"version":%d,"name":1}' % newer)
        record(program.bitacora.store, 2, topic="panel.painted", state=b'{"color":"red"}')

        with pytest.raises(SchemaMismatch) as refused, running(database):
            pytest.fail("it started")

        assert str(refused.value) == (
            f"the log has events that {RELEASE} does not know: {names[0]}, {names[1]}, of bitacora 9.1.0; "
            "install that version, or restore a backup from before"
        )


class TestTypesOfEvents:
    def test_are_noted_before_any_is_recorded(self, program: Program) -> None:
        facts = noted(program.bitacora.store)

        found = {name: value for name, value in facts.items() if name.startswith("event ")}
        assert found == {f"event {topic} {version}": RELEASE for topic, version in KNOWN.items()}

    def test_are_noted_by_the_first_program_that_may_record_them(self, program: Program) -> None:
        note(program.bitacora.store, **{"event component.registered 1": "bitacora 0.0.1"})

        require_known_events(program.bitacora.store, {**KNOWN, "panel.painted": 2})

        facts = noted(program.bitacora.store)
        assert facts["event component.registered 1"] == "bitacora 0.0.1"
        assert facts["event panel.painted 2"] == RELEASE


def record(store: Store, position: int, *, topic: str, state: bytes) -> None:
    """Let an event of the log be one of a newer program."""
    with closing(store.connect_log()) as connection:
        connection.begin()
        drop_walls(connection)
        connection.execute(
            "UPDATE stored_events SET topic = :topic, state = :state WHERE position = :position",
            {"topic": topic, "state": state, "position": position},
        )
        connection.commit()


class TestAProgramThatEnds:
    """The server takes a moment to notice that it has."""

    def test_is_waited_for_by_a_migration(self, postgres_url: str) -> None:
        with (
            closing(open_store(postgres_url)) as store,
            psycopg.connect(postgres_url, autocommit=True) as looking,
            psycopg.connect(postgres_url, autocommit=True) as older,
            ThreadPoolExecutor(1) as others,
        ):
            note(store, schema=str(floor_of(VERSION) - 1))
            older.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))
            migrating = others.submit(schema.migrate, store)
            until(lambda: looking.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchone())
            older.close()

            migrating.result(20)
            assert noted(store)["schema"] == str(VERSION)

    def test_is_waited_for_by_whoever_works_alone(self, postgres_url: str) -> None:
        def work_alone() -> None:
            with closing(open_store(postgres_url)) as store, store.alone():
                pass

        with (
            psycopg.connect(postgres_url, autocommit=True) as looking,
            psycopg.connect(postgres_url, autocommit=True) as serving,
            ThreadPoolExecutor(1) as others,
        ):
            serving.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))
            working = others.submit(work_alone)
            waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            until(lambda: looking.execute(waiting).fetchone())
            serving.close()

            working.result(20)


class TestMigrationBesideAnOlderProgram:
    def test_is_refused_where_that_could_not_go_on(self, postgres_url: str) -> None:
        with closing(open_store(postgres_url)) as store:
            note(store, schema=str(floor_of(VERSION) - 1))
            with psycopg.connect(f"{postgres_url}", autocommit=True, application_name="bitacora 0.0.1") as older:
                older.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))

                with pytest.raises(SchemaMismatch) as refused:
                    schema.migrate(store)

                assert str(refused.value) == (
                    f"the migration of the tables from {floor_of(VERSION) - 1} to {VERSION} cannot run beside an older "
                    f"version, and one is connected: bitacora 0.0.1 (on this machine, process "
                    f"{older.info.backend_pid} of the server); stop every server of it, then run: bitacora migrate"
                )
                assert noted(store)["schema"] == str(floor_of(VERSION) - 1)

            schema.migrate(store)
            assert noted(store)["schema"] == str(VERSION)

    def test_runs_where_that_goes_on(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compatibility, "MIGRATIONS", {**MIGRATIONS, VERSION + 1: Migration.BESIDE})
        for module in (compatibility, schema):
            monkeypatch.setattr(module, "VERSION", VERSION + 1)
        with closing(open_store(postgres_url)) as store, psycopg.connect(postgres_url, autocommit=True) as older:
            older.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))

            schema.migrate(store)

            facts = noted(store)
            assert (facts["schema"], facts["schema_floor"]) == (str(VERSION + 1), str(floor_of(VERSION)))
