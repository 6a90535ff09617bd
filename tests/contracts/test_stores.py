"""What the two stores promise: what is durable, who may begin where, and that several programs agree."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from application.access.tokens import identify
from application.errors import NotAuthenticated, SchemaMismatch
from domain.access.keyring import Role
from domain.components import Component
from domain.errors import DomainError
from domain.impact import Status
from domain.incidents import Progress
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import migrate, require_present
from infrastructure.projections.follower import POLL_SECONDS
from infrastructure.settings import Settings
from infrastructure.store.base import Store, StoreDown, inserting, instant, moment
from infrastructure.store.factory import open_store
from tests.application.program import ANA, LABELS, FrozenClock, Program, at, running
from tests.contracts.faults import PATIENCE_SECONDS, names, rename
from tests.contracts.snapshots import identity
from tests.contracts.tampering import drop_walls

FOREVER_SECONDS = 10 * PATIENCE_SECONDS
ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
sys.stdin.read()
program = Bitacora(Settings(database=sys.argv[1]))
program.migrate()
program.stop()
"""


class TestSQLite:
    def test_waits_for_the_disk_with_what_is_committed_to_the_log(self, sqlite_url: str) -> None:
        store = open_store(sqlite_url)
        log, views = store.connect_log(), store.connect_views()

        assert log.execute("PRAGMA synchronous") == [(2,)]
        assert log.execute("PRAGMA journal_mode") == [("wal",)]
        assert views.execute("PRAGMA synchronous") == [(1,)]
        assert views.execute("PRAGMA journal_mode") == [("wal",)]
        log.close()
        views.close()

    def test_waits_with_the_connection_that_writes(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            with program.bitacora.store.reading_log() as connection:
                assert connection.execute("PRAGMA synchronous") == [(2,)]

    def test_whose_file_was_deleted_is_down_and_is_not_created_again(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            file = Path(sqlite_url.removeprefix("sqlite:///"))
            file.unlink()

            with pytest.raises(StoreDown, match="cannot open"):
                program.bitacora.store.connect_log()

        assert not file.exists()


class TestConnection:
    def test_refuses_a_second_event_of_the_same_version_or_position(self, database: str) -> None:
        with running(database) as program:
            program.register()
            connection = program.bitacora.store.connect_log()
            id = Component.id_of(LABELS)
            for position, version in ((2, 1), (1, 2)):
                row = StoredEvent(id, version, Component.Shown.TOPIC, b"{}")
                with pytest.raises(IntegrityError):
                    recorder.append(connection, position, [(row, at("10:00"))])
            connection.close()

            assert program.recorded() == ["component.registered"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_does_insertions_together_or_not_at_all(self, count: int, database: str) -> None:
        texts = inserting("meta", {"name": "key", "value": "text"})
        places = inserting("tree_nodes", {"level": "number", "place": "number", "hash": "bytes"})
        rows = [(9, place, bytes([place])) for place in range(count)]
        with running(database) as program, closing(program.bitacora.store.connect_log()) as connection:
            connection.begin()
            connection.run_together([(texts, [("a", "1")]), (places, rows), (texts, [])])
            connection.commit()
            connection.begin()
            with pytest.raises(IntegrityError):
                connection.run_together([(texts, [("b", "2")]), (places, rows)])
            connection.rollback()

            assert connection.execute("SELECT name FROM meta WHERE name IN ('a', 'b')") == [("a",)]
            assert connection.execute("SELECT level, place, hash FROM tree_nodes ORDER BY place") == rows

    def test_undoes_what_was_not_committed(self, database: str) -> None:
        with running(database) as program:
            program.register()
            connection = program.bitacora.store.connect_log()
            connection.begin()
            drop_walls(connection)
            connection.execute("DELETE FROM stored_events")
            connection.rollback()
            connection.close()
            connection.rollback()

            assert program.recorded() == ["component.registered"]

    @pytest.mark.parametrize("text", ["", "a'b", "100 %", ":id", "zażółć ✓ 🚚", "\\", "a\nb"])
    def test_keeps_every_text_as_it_is(self, database: str, text: str) -> None:
        with running(database) as program:
            program.do(lambda log: log.keep_receipt("ana", f"key {text}", text, text))

            assert program.do(lambda log: log.receipt("ana", f"key {text}")) == (text, text)


class TestInstants:
    @pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "0999-12-31T23:59:59", "9999-12-31T23:59:59.999999"])
    def test_are_stored_so_that_text_order_is_time_order(self, text: str) -> None:
        when = moment(f"{text}+00:00")

        assert moment(instant(when)) == when
        assert len(instant(when)) == len(instant(at("10:00")))
        assert (instant(when) < instant(at("10:00"))) == (when < at("10:00"))


class TestMigration:
    def test_by_many_threads_at_once_makes_one_log(self, empty_database: str) -> None:
        barrier = Barrier(6)

        def start(_number: int) -> str:
            program = Bitacora(Settings(database=empty_database), clock=FrozenClock(at("10:00")))
            barrier.wait()
            program.migrate()
            log = identity(program.store)
            program.stop()
            return log

        with ThreadPoolExecutor(6) as threads:
            assert len(set(threads.map(start, range(6)))) == 1

    def test_by_two_processes_at_once_goes_well(self, empty_database: str, process_environment: dict[str, str]) -> None:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", MIGRATE, empty_database],
                cwd=ROOT,
                env=process_environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        # They import what they need, and begin when their input ends.
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
        outcomes = [(process.communicate()[0], process.returncode) for process in processes]

        assert outcomes == [("", 0), ("", 0)]

    def test_again_changes_nothing(self, empty_database: str) -> None:
        with running(empty_database) as program:
            program.register()
            before = identity(program.bitacora.store)
            program.bitacora.migrate()

            assert identity(program.bitacora.store) == before
            assert program.recorded() == ["component.registered"]

    def test_is_asked_for_where_it_is_missing(self, empty_database: str) -> None:
        store = open_store(empty_database)
        store.create()
        with store.reading_log() as connection, pytest.raises(SchemaMismatch, match="bitacora migrate"):
            require_present(connection)
        migrate(store)
        with store.reading_log() as connection:
            require_present(connection)
        store.close()

    def test_is_missing_for_a_program_that_only_looks(self, empty_database: str) -> None:
        program = Bitacora(Settings(database=empty_database), clock=FrozenClock(at("10:00")))
        program.store.create()

        [finding] = program.facade.health.findings()
        assert finding["code"] == "schema_mismatch"
        assert "the store has not been migrated; run: bitacora migrate" in finding["message"]
        program.stop()


class TestWaitingForChange:
    def test_ends_at_once_when_it_is_told_to(self, database: str) -> None:
        with waiting(open_store(database), FOREVER_SECONDS) as (store, thread):
            store.end_waiting()
            thread.join(PATIENCE_SECONDS)

            assert not thread.is_alive()
            store.wait_for_change(FOREVER_SECONDS)

    def test_does_not_begin_when_it_has_ended_before(self, database: str) -> None:
        store = open_store(database)
        store.end_waiting()

        with waiting(store, FOREVER_SECONDS) as (_, thread):
            thread.join(PATIENCE_SECONDS)

            assert not thread.is_alive()

    def test_ends_when_another_program_appends(self, postgres_url: str) -> None:
        with running(postgres_url) as program, waiting(open_store(postgres_url), FOREVER_SECONDS) as (_, thread):
            # It may not be listening yet when the first of them is told.
            for number in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
                program.register(f"labels-{number}")
                thread.join(POLL_SECONDS)
                if not thread.is_alive():
                    break

            assert not thread.is_alive()


class TestTwoPrograms:
    def test_change_the_same_thing_in_turn_without_a_conflict(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register()
            for number in range(10):
                assert one.do(rename(f"one {number}")) == 2 * number + 2
                assert other.do(rename(f"other {number}")) == 2 * number + 3

            assert len(names(one)) == 20

    def test_change_the_same_thing_at_once_without_a_conflict(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register()

            with ThreadPoolExecutor(16) as threads:
                positions = list(
                    threads.map(lambda number: (one, other)[number % 2].do(rename(f"Labels {number}")), range(120))
                )

            assert sorted(positions) == list(range(2, 122))
            assert sorted(name["en"] for name in names(one)) == sorted(f"Labels {number}" for number in range(120))

    def test_find_what_the_other_has_just_begun(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register()
            # Both have looked for open incidents and found none.
            for program in (one, other):
                assert program.do(lambda log: list(log.find_ids(f"open:{LABELS}"))) == []

            begun = one.fire("f1")
            joined = other.fire("f2")
            cleared = one.clear("f2")
            other.resolve(known(begun.incident))

            assert joined.incident == cleared.incident == begun.incident
            with pytest.raises(DomainError):
                one.update(known(begun.incident), Progress.MONITORING)
            assert one.do(lambda log: list(log.find_ids(f"open:{LABELS}"))) == []

    def test_decide_on_what_is_true_now(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register()
            other.do(rename("Printing"))
            pin = one.pin(Status.MAJOR_OUTAGE)
            other.unpin(pin)
            with pytest.raises(DomainError):
                one.unpin(pin)
            one.retire()
            with pytest.raises(DomainError):
                other.pin(Status.MAJOR_OUTAGE)

            assert other.component().retired_at == at("10:00")

    def test_see_at_once_that_a_token_was_revoked(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            secret = issue(one, "mon")
            assert identify(secret, other.bitacora.keys.by_digest(), other.clock.now()).name == "mon"

            other.do(lambda log: other.facade.commands.tokens.revoke(log, name="mon", caller=ANA))

            for program in (one, other):
                with pytest.raises(NotAuthenticated):
                    identify(secret, program.bitacora.keys.by_digest(), program.clock.now())


@contextmanager
def waiting(store: Store, seconds: float) -> Iterator[tuple[Store, Thread]]:
    """Let a thread wait for a change."""
    thread = Thread(target=store.wait_for_change, args=(seconds,), daemon=True)
    thread.start()
    try:
        yield store, thread
    finally:
        store.end_waiting()
        thread.join(PATIENCE_SECONDS)
        store.close()


def issue(program: Program, name: str) -> str:
    """Let Ana create a token."""
    return program.do(
        lambda log: program.facade.commands.tokens.issue(log, name=name, role=Role.EMITTER, person=name, caller=ANA)
    )


def known(incident: UUID | None) -> UUID:
    """Give the id of an incident that is there."""
    assert incident is not None
    return incident
