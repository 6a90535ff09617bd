"""PostgreSQL as a wall: one role owns the log, and the one that serves it can only add to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from application.caller import BY_CONSOLE
from application.errors import BadSetting, SchemaMismatch
from application.registry import VIEWS
from application.status.projection import BOARD_VIEW
from domain.impact import Status
from infrastructure.bootstrap import Bitacora
from infrastructure.delivery.tidying import tidy
from infrastructure.projections.preparation import prepare
from infrastructure.projections.rebuild import Rebuild
from infrastructure.restore import RestoreOptions, adopt
from infrastructure.roles import warn_of_rights
from infrastructure.settings import Settings, read_settings
from tests.application.program import LABELS, Program, running
from tests.contracts.copies import SILENT
from tests.contracts.notifications.subscribed import Subscribed
from tests.databases import PostgresDatabases, migrate


@pytest.fixture
def roles(postgres_databases: PostgresDatabases) -> Iterator[tuple[str, str]]:
    """The URLs of an owner and of a service, in a database without any table."""
    with postgres_databases.owned() as urls:
        yield urls


@pytest.fixture
def served(roles: tuple[str, str]) -> Iterator[Program]:
    """A program that serves what another role owns."""
    with as_owner(roles) as bitacora:
        bitacora.migrate_as_owner()
    with running(roles[1], owner_database=roles[0]) as program:
        yield program


class TestService:
    def test_notifies_subscribers(self, served: Program) -> None:
        world = Subscribed(served)
        served.register()
        subscription, endpoint = world.subscribe(), world.register()
        world.notifier.recipients.rotate_secret(endpoint, world.notifier.recipients.new_secret(), world.clock.now())
        incident = served.declare(components={LABELS: Status.MAJOR_OUTAGE})
        world.plan()

        assert len(world.send()) == 2
        world.notifier.suppressions.suppress("ben@example.com", "operator")
        assert world.notifier.suppressions.allow(world.notifier.suppressions.digest_of("ben@example.com"))
        served.update(incident, message="Still broken.")
        world.notifier.recipients.end(subscription, erases=True)
        world.plan()
        (sent,) = world.send()
        assert sent[0] == "https://hooks.example.com/a"
        world.advance(minutes=2)
        assert world.send() == []
        world.advance(days=500)
        tidy(served.bitacora.store, world.clock.now())
        assert world.states() == []

    def test_does_all_its_work(self, served: Program, roles: tuple[str, str]) -> None:
        served.register()
        incident = served.declare()
        served.bitacora.start_to_sign(BY_CONSOLE)
        assert served.bitacora.signer.sign_for_readers()
        assert served.bitacora.signer.sign_for_readers()
        served.do(lambda log: log.keep_receipt("ana", "key", "request", "answer"))
        served.bitacora.follower.catch_up()
        Rebuild(served.bitacora.store, served.bitacora.mapper, VIEWS).run(advanced=lambda _count: None)
        with running(roles[1], owner_database=roles[0]) as other:
            other.resolve(incident)
        served.reopen(incident)
        served.bitacora.follower.catch_up()

        assert served.facade.queries.incidents.find(served.bitacora.follower.position, incident) is not None

    def test_builds_views_of_another_version_itself(self, served: Program) -> None:
        served.register()
        served.bitacora.follower.catch_up()
        later = [replace(view, version=999) if view.name == BOARD_VIEW.name else view for view in VIEWS]

        prepare(served.bitacora.store, later)
        prepare(served.bitacora.store, VIEWS)
        served.bitacora.follower.catch_up()

        assert [each.component for each in served.facade.queries.board.components(1)] == [LABELS]

    @pytest.mark.parametrize("table", ["stored_events", "event_leaves", "tree_nodes"])
    def test_can_neither_change_nor_remove_what_was_recorded(
        self, served: Program, roles: tuple[str, str], table: str
    ) -> None:
        served.register()
        for statement in (
            f"UPDATE {table} SET {'level' if table == 'tree_nodes' else 'position'} = 9",  # noqa: S608 - our own names
            f"DELETE FROM {table}",  # noqa: S608
            f"TRUNCATE {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE {table} RENAME TO other",
            "DELETE FROM checkpoints",
            "UPDATE checkpoints SET size = 9",
        ):
            with psycopg.connect(roles[1]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

        assert served.recorded() == ["component.registered"]

    def test_creates_no_table_of_the_log(self, roles: tuple[str, str]) -> None:
        bitacora = Bitacora(Settings(database=roles[1], owner_database=roles[0]))
        try:
            with pytest.raises(SchemaMismatch, match="run: bitacora migrate"):
                bitacora.migrate()
        finally:
            bitacora.stop()

        with psycopg.connect(roles[0]) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


class TestOwner:
    def test_takes_over_what_the_service_owned_so_far(self, roles: tuple[str, str]) -> None:
        owner, service = roles
        # The role that did everything becomes the owner, and a new one serves.
        migrate(owner)
        with running(owner) as program:
            program.register()
            program.bitacora.follower.catch_up()

        with as_owner(roles) as bitacora:
            bitacora.migrate_as_owner()

        with running(service, owner_database=owner) as program:
            program.declare()
            program.bitacora.follower.catch_up()
            assert [each.component for each in program.facade.queries.board.components(1)] == [LABELS]

    def test_is_named_what_belongs_to_another_role(self, roles: tuple[str, str]) -> None:
        owner, service = roles
        with psycopg.connect(owner) as connection:
            connection.execute(f"GRANT CREATE ON SCHEMA public TO {psycopg.conninfo.conninfo_to_dict(service)['user']}")
        migrate(service)

        with as_owner(roles) as bitacora, pytest.raises(Exception, match="belongs to bitacora_service_"):
            bitacora.migrate_as_owner()

    def test_may_migrate_again(self, served: Program, roles: tuple[str, str]) -> None:
        served.register()
        with as_owner(roles) as bitacora:
            bitacora.migrate_as_owner()

        served.pin(Status.MAJOR_OUTAGE)

        assert len(served.recorded()) == 2

    def test_adopts_what_was_restored(self, served: Program, roles: tuple[str, str]) -> None:
        served.register()
        served.bitacora.stop()
        with as_owner(roles) as bitacora:
            options = RestoreOptions(settings=bitacora.settings)
            done = adopt(bitacora.owner_store, bitacora.store, bitacora.mapper, SILENT, options=options)

        assert done.position == 1
        with running(roles[1], owner_database=roles[0]) as program:
            assert program.recorded() == ["component.registered", "log.restored"]
            program.bitacora.follower.catch_up()

    def test_of_another_database_is_refused(self, roles: tuple[str, str], empty_postgres_url: str) -> None:
        with as_owner((empty_postgres_url, roles[1])) as bitacora, pytest.raises(BadSetting, match="two databases"):
            bitacora.migrate_as_owner()

        with psycopg.connect(empty_postgres_url) as connection:
            assert connection.execute("SELECT to_regclass('stored_events')").fetchone() == (None,)

    @pytest.mark.parametrize("url", ["sqlite:///x.sqlite3", "mysql://x", "postgresql://a:%zz@"])
    def test_has_a_url_of_postgresql(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        monkeypatch.setenv("BITACORA_OWNER_DATABASE", url)

        with pytest.raises(BadSetting, match="BITACORA_OWNER_DATABASE"):
            read_settings(database="postgresql://b/log")

    def test_is_nobody_of_sqlite(self, sqlite_url: str) -> None:
        assert not Settings(database=sqlite_url, owner_database="postgresql://a/log").has_owner


class TestWarning:
    def test_says_that_the_role_may_change_events(self, postgres_url: str) -> None:
        assert warnings_of(Settings(database=postgres_url)) == ["role_may_change_events"]

    def test_is_not_given_of_a_role_that_may_not(self, served: Program) -> None:
        assert warnings_of(served.bitacora.settings) == []

    def test_is_given_of_the_owner_of_the_database(self, served: Program, roles: tuple[str, str]) -> None:
        assert served.recorded() == []
        assert warnings_of(Settings(database=roles[0])) == ["role_may_change_events"]

    def test_is_not_given_of_a_file(self, sqlite_url: str) -> None:
        assert warnings_of(Settings(database=sqlite_url)) == []


@contextmanager
def as_owner(roles: tuple[str, str]) -> Iterator[Bitacora]:
    """Assemble the program as «bitacora migrate» does."""
    with closing_program(Bitacora(Settings(database=roles[1], owner_database=roles[0]))) as bitacora:
        yield bitacora


@contextmanager
def closing_program(bitacora: Bitacora) -> Iterator[Bitacora]:
    """Stop a program at the end."""
    try:
        yield bitacora
    finally:
        bitacora.stop()


def warnings_of(settings: Settings) -> list[Any]:
    """Give the log lines in which a server says who may change events."""
    with closing_program(Bitacora(settings)) as bitacora, capture_logs() as lines:
        warn_of_rights(bitacora.store)
    return [line["event"] for line in lines]
