"""Two versions of the program keep their views in one database, each those of its own definition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg
import pytest

from application.errors import NotYetVisible, SchemaMismatch
from application.projections.tables import Row, View
from application.registry import VIEWS, event_types
from application.status.projection import BOARD_VIEW, COMPONENTS, ComponentRow
from domain.aggregate import Aggregate
from infrastructure import bootstrap
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.projections.follower import Follower
from infrastructure.projections.preparation import prepare
from infrastructure.projections.rebuild import Rebuild
from infrastructure.projections.temporal_tables import built
from infrastructure.projections.view_slots import UnusedViews, drop_unused
from infrastructure.settings import Settings
from infrastructure.store.base import Store
from infrastructure.store.factory import open_store
from infrastructure.store.postgres import PostgresStore
from infrastructure.store.postgres_programs import OPEN_LOCK
from infrastructure.verification.view_verification import verify_views
from tests.application.program import Program, running
from tests.contracts.faults import assert_replay, last
from tests.contracts.following import a_day, tables
from tests.contracts.snapshots import stored
from tests.databases import PostgresDatabases


def marked(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows of the board as a later version has them, which names groups otherwise."""
    for row in BOARD_VIEW.rows_of(aggregate):
        if isinstance(row, ComponentRow):
            yield replace(row, document={**row.document, "group": f"{row.document['group']}, later"})
        else:
            yield row


def later(version: int) -> tuple[View, ...]:
    """Give the views of a later version, of which the board has another definition."""
    board = replace(BOARD_VIEW, version=BOARD_VIEW.version + version, rows_of=marked)
    return tuple(board if view is BOARD_VIEW else view for view in VIEWS)


LATER = later(1)
BOARD_TABLES = {table.name for table in BOARD_VIEW.tables}


@pytest.fixture
def program(postgres_url: str) -> Iterator[Program]:
    """A program with a day behind it, whose views have followed; it goes on."""
    with running(postgres_url) as program:
        a_day(program)
        program.bitacora.follower.catch_up()
        yield program


@contextmanager
def opened(url: str) -> Iterator[PostgresStore]:
    """Open the database as another program does."""
    store = open_store(url)
    assert isinstance(store, PostgresStore)
    with closing(store):
        yield store


@contextmanager
def following(store: Store, views: tuple[View, ...]) -> Iterator[Follower]:
    """Prepare views and follow the log with them, as a program does that starts."""
    prepare(store, views)
    follower = Follower(store, TypedMapper(event_types()), views)
    try:
        follower.catch_up()
        yield follower
    finally:
        follower.stop()


def groups(store: Store) -> set[str]:
    """Give the groups of the components that the views of a store hold now."""
    with store.reading_views() as connection:
        rows = connection.execute("SELECT document FROM components WHERE to_position IS NULL")
    return {json.loads(str(row[0]))["group"] for row in rows}


def public_tables(url: str) -> set[str]:
    """Give the names of the tables beside the log."""
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


class TestAnotherVersion:
    def test_builds_its_views_beside_those_that_are_read(self, program: Program, postgres_url: str) -> None:
        before = tables(program)

        with opened(postgres_url) as store, following(store, LATER) as follower:
            assert follower.position == last(program)
            assert groups(store) == {"carriers, later"}
            assert tables(program) == before
            assert groups(program.bitacora.store) == {"carriers"}

    def test_follows_beside_the_one_that_serves(self, program: Program, postgres_url: str) -> None:
        with opened(postgres_url) as store, following(store, LATER) as follower:
            program.register("parcels", group="hubs")
            follower.catch_up()
            program.bitacora.follower.catch_up()
            program.revise("parcels", group="depots")
            program.bitacora.follower.catch_up()
            follower.catch_up()

            assert_replay(program, VIEWS)
            assert groups(program.bitacora.store) == {"carriers", "depots"}
            assert groups(store) == {"carriers, later", "depots, later"}
            assert not program.bitacora.follower.failed
            assert not follower.failed

    def test_starts_before_its_views_are_built_and_says_so(
        self, program: Program, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bootstrap, "VIEWS", LATER)
        monkeypatch.setattr(Follower, "start", lambda _: None)
        starting = Bitacora(Settings(database=postgres_url), clock=program.clock)
        try:
            starting.start()
            health = starting.facade.health

            assert {each["view"] for each in health.findings() if each["code"] == "view_rebuilding"} == {
                view.name for view in VIEWS
            }
            assert program.facade.health.findings() == []

            starting.follower.catch_up()
            assert health.findings() == []
            assert groups(starting.store) == {"carriers, later"}
        finally:
            starting.stop()

    def test_finds_its_views_again_when_it_is_started_once_more(self, program: Program, postgres_url: str) -> None:
        assert groups(program.bitacora.store) == {"carriers"}
        with opened(postgres_url) as first, following(first, LATER):
            before = stored(first, COMPONENTS)
        with opened(postgres_url) as store:
            prepare(store, LATER)

            assert stored(store, COMPONENTS) == before
            assert not store.slot.is_beside
        with opened(postgres_url) as store:
            prepare(store, VIEWS)

            assert groups(store) == {"carriers"}

    def test_takes_the_place_of_one_that_has_ended(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            a_day(program)
            program.bitacora.follower.catch_up()
            kept = {name: rows for name, rows in tables(program).items() if name not in BOARD_TABLES}

        with opened(postgres_url) as store, following(store, LATER), running(postgres_url) as again:
            assert store.slot.schema == ""
            assert groups(store) == {"carriers, later"}
            # The one that comes back finds its place taken, and builds its views beside.
            again.bitacora.follower.catch_up()
            assert groups(again.bitacora.store) == {"carriers"}
            assert {name: rows for name, rows in tables(again).items() if name not in BOARD_TABLES} == kept

    def test_counts_a_program_from_before_there_were_slots(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            a_day(program)
            program.bitacora.follower.catch_up()
        with psycopg.connect(postgres_url, autocommit=True) as older, opened(postgres_url) as store:
            older.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))
            with following(store, LATER):
                assert store.slot.schema == "bitacora_beside"
                assert drop_unused(store) == ()

    def test_is_refused_if_two_others_keep_views(self, program: Program, postgres_url: str) -> None:
        before = tables(program)
        with opened(postgres_url) as second, following(second, LATER), opened(postgres_url) as third:
            with pytest.raises(SchemaMismatch, match=r"end those of one of them first: bitacora .*, process \d+ of"):
                prepare(third, later(2))

            assert tables(program) == before
            assert groups(second) == {"carriers, later"}

    def test_says_who_may_make_its_place(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.owned() as (owner, service):
            with psycopg.connect(owner, autocommit=True) as connection:
                connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC")
            with running(service), opened(service) as store:
                with pytest.raises(SchemaMismatch, match="run: bitacora migrate, as the owner"):
                    prepare(store, LATER)
                with psycopg.connect(owner, autocommit=True) as connection:
                    connection.execute("CREATE SCHEMA bitacora_beside")
                    connection.execute("GRANT CREATE, USAGE ON SCHEMA bitacora_beside TO PUBLIC")

                with following(store, LATER):
                    assert store.slot.schema == "bitacora_beside"

    def test_has_a_place_that_the_owner_of_the_log_has_made(self, postgres_databases: PostgresDatabases) -> None:
        with postgres_databases.owned() as (owner, service):
            with closing_program(Settings(database=service, owner_database=owner)) as bitacora:
                bitacora.migrate_as_owner()
            with running(service, owner_database=owner) as program, opened(service) as store:
                program.register()
                with following(store, LATER):
                    assert store.slot.schema == "bitacora_beside"
                    assert groups(store) == {"carriers, later"}

    def test_rebuilds_and_verifies_its_own_views(self, program: Program, postgres_url: str) -> None:
        before, mapper = tables(program), program.bitacora.mapper
        with opened(postgres_url) as store, following(store, LATER):
            generation = generation_of(store)
            Rebuild(store, mapper, LATER).run(advanced=lambda _count: None)
            assert generation_of(store) != generation
            assert groups(store) == {"carriers, later"}
            with opened(postgres_url) as looking:
                rows = verify_views(looking, mapper, LATER, advanced=lambda _count, _total: None)

        assert rows == verify_views(program.bitacora.store, mapper, VIEWS, advanced=lambda _count, _total: None) > 0
        assert tables(program) == before


def generation_of(store: Store) -> str:
    """Tell one building of the board from the next."""
    with store.reading_views() as connection:
        return built(connection, LATER[VIEWS.index(BOARD_VIEW)], 1)


@contextmanager
def closing_program(settings: Settings) -> Iterator[Bitacora]:
    """Assemble a program, and close it."""
    bitacora = Bitacora(settings)
    try:
        yield bitacora
    finally:
        bitacora.stop()


class TestUnusedViews:
    def test_are_dropped_once_the_last_program_has_ended(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            a_day(program)
            program.bitacora.follower.catch_up()
            with opened(postgres_url) as store, following(store, LATER), running(postgres_url):
                assert drop_unused(store) == ()
        with opened(postgres_url) as store, following(store, LATER) as follower:
            assert all(state.is_complete for state in follower.states.values())
            unused = UnusedViews(store, every=0.0)
            unused.tidy(is_read=False)
            UnusedViews(store).tidy(is_read=True)
            assert "views" in public_tables(postgres_url)
            unused.tidy(is_read=True)

            names = public_tables(postgres_url)
            assert not names & {"views", COMPONENTS.name}
            assert {"meta", "stored_events", "deliveries"} <= names
            assert groups(store) == {"carriers, later"}
            assert drop_unused(store) == ()

    def test_are_never_those_of_a_version_that_came_later(self, program: Program, postgres_url: str) -> None:
        with opened(postgres_url) as store, following(store, LATER):
            pass

        assert drop_unused(program.bitacora.store) == ()
        with opened(postgres_url) as store:
            prepare(store, LATER)
            assert groups(store) == {"carriers, later"}

    def test_are_those_of_a_version_that_was_taken_back(self, program: Program, postgres_url: str) -> None:
        with opened(postgres_url) as store, following(store, LATER):
            pass
        with running(postgres_url) as again:
            assert COMPONENTS.name in drop_unused(again.bitacora.store)

        program.register("more")
        program.bitacora.follower.catch_up()
        assert_replay(program, VIEWS)


class TestReads:
    def test_are_refused_of_rows_of_another_definition(self, program: Program) -> None:
        with program.bitacora.store.reading_views() as connection:
            with pytest.raises(NotYetVisible, match="another program keeps the view board"):
                built(connection, LATER[VIEWS.index(BOARD_VIEW)], 1)

            assert built(connection, BOARD_VIEW, 1)
