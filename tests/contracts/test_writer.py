"""The writer carries out every command once, tells its outcome right, and outlives what goes wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from application.errors import AlreadyExists, ConcurrentChange, OutcomeUnknown, SchemaMismatch, StoreUnavailable
from application.ports import Transaction
from domain.components import Component
from domain.components.events import Profile
from infrastructure.event_log import writer
from infrastructure.read_pool import ReadPool
from infrastructure.store.base import StoreDown
from tests.application.program import ANA, LABELS, Program, at, in_english, running
from tests.contracts.faults import (
    PATIENCE_SECONDS,
    Faults,
    FaultyConnection,
    at_once,
    committed_late,
    eventually,
    faulty,
    lost_after_commit,
    lost_before_commit,
    names,
    rename,
)


class TestCommands:
    def test_from_many_threads_are_each_carried_out_once(self, database: str) -> None:
        with running(database) as program:
            program.register()
            wanted = [f"Labels {number}" for number in range(160)]

            with ThreadPoolExecutor(32) as threads:
                positions = list(threads.map(lambda name: program.do(rename(name)), wanted))

            assert sorted(positions) == list(range(2, 162))
            assert sorted(name["en"] for name in names(program)) == sorted(wanted)

    def test_from_many_tasks_are_each_carried_out_once(self, database: str) -> None:
        with running(database) as program:
            program.register()

            async def run() -> list[int]:
                return await asyncio.gather(
                    *(program.bitacora.writer.run(rename(f"Labels {number}")) for number in range(300))
                )

            assert sorted(asyncio.run(run())) == list(range(2, 302))

    def test_whose_caller_went_away_are_carried_out_all_the_same(self, database: str) -> None:
        with running(database) as program:
            program.register()
            gate = threading.Event()

            async def run() -> None:
                loop = asyncio.get_running_loop()
                held = loop.create_task(program.bitacora.writer.run(lambda _log: gate.wait(PATIENCE_SECONDS)))
                left = loop.create_task(program.bitacora.writer.run(rename("Printing")))
                await asyncio.wait([held, left], timeout=0.01)
                left.cancel()
                gate.set()
                await held

            asyncio.run(run())

            assert program.do(lambda log: log.position) == 2

    def test_with_a_defect_fail_alone(self, database: str) -> None:
        with running(database) as program:
            program.register()

            def defect(log: Transaction) -> None:
                rename("half done")(log)
                int("no number")

            outcomes = at_once(program, rename("A"), defect, rename("B"))

            assert outcomes[::2] == [2, 3]
            assert isinstance(outcomes[1], ValueError)
            assert names(program) == [in_english("A"), in_english("B")]

    def test_whose_receipt_no_store_can_hold_fail_alone(self, database: str) -> None:
        with running(database) as program:
            program.register()

            def unstorable(log: Transaction) -> None:
                rename("half done")(log)
                log.keep_receipt("ana", "key", "request", "\ud800")

            outcomes = at_once(program, rename("A"), unstorable, rename("B"))

            assert outcomes[::2] == [2, 3]
            assert isinstance(outcomes[1], UnicodeError)
            assert names(program) == [in_english("A"), in_english("B")]

    def test_with_a_nul_in_the_receipt_fail_alone_on_postgresql(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            program.register()

            outcomes = at_once(program, rename("A"), lambda log: log.keep_receipt("ana", "k", "r", "\0"), rename("B"))

            assert outcomes[::2] == [2, 3]
            assert isinstance(outcomes[1], psycopg.DataError)

    def test_beyond_the_limit_are_refused(self, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(writer, "WAITING", 3)
        with running(database) as program, ThreadPoolExecutor(4) as threads:
            program.register()
            gate = hold(program, threads)
            waiting = [threads.submit(program.do, rename(name)) for name in "ABC"]
            eventually(lambda: program.bitacora.writer.waiting == 3)

            with pytest.raises(StoreUnavailable, match="no more commands"):
                program.do(rename("D"))
            gate.set()

            assert sorted(future.result() for future in waiting) == [2, 3, 4]

    def test_that_wait_are_carried_out_before_it_stops(self, database: str) -> None:
        with running(database) as program, ThreadPoolExecutor(8) as threads:
            program.register()
            gate = hold(program, threads)
            waiting = [threads.submit(program.do, rename(name)) for name in "ABCDE"]
            eventually(lambda: program.bitacora.writer.waiting == 5)
            stopping = threads.submit(program.bitacora.writer.stop)
            eventually(lambda: program.bitacora.writer.waiting == 6)

            with pytest.raises(StoreUnavailable, match="no more commands"):
                program.do(rename("F"))
            gate.set()
            stopping.result(PATIENCE_SECONDS)

            assert sorted(future.result() for future in waiting) == [2, 3, 4, 5, 6]
            assert len(names(program)) == 5


class TestLostConnection:
    def test_before_the_commit_means_that_nothing_was_recorded(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            program.register()
            faults.at_commit.append(lost_before_commit)

            outcomes = at_once(program, rename("A"), rename("B"))

            assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable]
            assert "nothing was recorded" in str(outcomes[0])
            assert program.recorded() == ["component.registered"]
            assert program.do(rename("C")) == 2

    def test_after_the_commit_is_not_noticed(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            program.register()
            faults.at_commit.append(lost_after_commit)

            assert at_once(program, rename("A"), rename("B")) == [2, 3]
            assert program.do(rename("C")) == 4
            assert names(program) == [in_english(name) for name in "ABC"]

    def test_while_the_store_goes_on_waits_for_what_became_of_it(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            program.register()
            faults.at_commit.append(committed_late(faults))

            assert program.do(rename("A")) == 2
            assert program.do(rename("B")) == 3

    def test_to_a_store_that_does_not_come_back_leaves_the_outcome_unknown(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            program.register()

            def lost(connection: FaultyConnection) -> None:
                faults.is_down = True
                lost_after_commit(connection)

            faults.at_commit.append(lost)
            outcomes = at_once(program, rename("A"), rename("B"))
            assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown, OutcomeUnknown]

            with pytest.raises(StoreUnavailable):
                program.do(rename("C"))
            faults.is_down = False

            assert program.do(rename("D")) == 4
            assert names(program) == [in_english(name) for name in "ABD"]

    def test_makes_no_refusal_of_what_rests_on_a_fact_that_was_not_recorded(
        self, database: str, faults: Faults
    ) -> None:
        with running(database) as program:
            program.do(lambda log: log.position)
            faults.at_commit.append(lost_before_commit)

            def register(log: Transaction) -> None:
                if log.find(Component, Component.id_of(LABELS)) is not None:
                    raise AlreadyExists("it exists")
                log.save(Component.register(profile=a_profile(), provenance=ANA.says(log)))

            outcomes = at_once(program, register, register)

            assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable]

    def test_is_found_out_when_the_server_ends_it(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            program.register()

            def killed(log: Transaction) -> None:
                rename("A")(log)
                with psycopg.connect(postgres_url, autocommit=True) as other:
                    other.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )

            with pytest.raises(StoreUnavailable, match="nothing was recorded"):
                program.do(killed)

            assert program.do(rename("B")) == 2
            assert names(program) == [in_english("B")]

    def test_to_another_writer_of_the_same_thing_is_told_as_such(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            program.register()

            def overtaken(log: Transaction) -> None:
                component = log.load(Component, Component.id_of(LABELS))
                component.record(Component.Hidden, provenance=ANA.says(log))
                log.save(component)
                log.save(Component.register(profile=a_profile(), provenance=ANA.says(log)))

            outcomes = at_once(program, rename("A"), overtaken, rename("B"))

            assert outcomes[::2] == [2, 3]
            assert isinstance(outcomes[1], ConcurrentChange)
            assert not faults.at_commit


class TestStoreThatIsDown:
    def test_refuses_commands_until_it_is_back(self, database: str, faults: Faults) -> None:
        with running(database) as program:
            faults.is_down = True
            with pytest.raises(StoreUnavailable, match="does not take writes"):
                program.register()
            faults.is_down = False

            program.register()
            assert program.recorded() == ["component.registered"]

    def test_refuses_reads(self) -> None:
        def read() -> None:
            raise StoreDown("nobody answers")

        reads = ReadPool()
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            asyncio.run(reads.run(read))
        reads.close()

    @pytest.mark.parametrize(
        "url", ["postgresql:///nobody?host=%2Fnowhere", "sqlite:////dev/null/bitacora.sqlite3", "sqlite:////proc"]
    )
    def test_stops_the_start(self, url: str) -> None:
        with pytest.raises(StoreDown), running(url):
            pytest.fail("it started")

    def test_that_a_newer_program_wrote_stops_the_start(self, database: str) -> None:
        with running(database) as program:
            connection = program.bitacora.store.connect_log()
            connection.execute("UPDATE meta SET value = '999' WHERE name IN ('schema', 'schema_floor')")
            connection.close()

            assert "newer than this program" in program.facade.health.findings()[0]["message"]

        with pytest.raises(SchemaMismatch, match="schema 999"), running(database):
            pytest.fail("it started")


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """What goes wrong with the connections of every program of the test."""
    with faulty(monkeypatch) as faults:
        yield faults


def hold(program: Program, threads: ThreadPoolExecutor) -> threading.Event:
    """Let the writer be busy with one command until the event that is given back is set."""
    gate, begun = threading.Event(), threading.Event()

    def wait(_log: Transaction) -> None:
        begun.set()
        gate.wait(PATIENCE_SECONDS)

    threads.submit(program.do, wait)
    assert begun.wait(PATIENCE_SECONDS)
    return gate


def a_profile() -> Profile:
    """Give what is said of a component."""
    return Profile(
        key=LABELS,
        name=in_english("Labels"),
        group="carriers",
        description={},
        markets=(),
        is_public=True,
        since=at("00:00").date(),
        vouched_from=at("00:00"),
        position=0,
        heartbeat=None,
    )
