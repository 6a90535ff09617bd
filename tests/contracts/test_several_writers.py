"""Several programs that append to one log in turns record what one program would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from application import ids
from application.errors import ApplicationError
from application.log import FEW
from application.ports import Transaction
from domain.aggregate import Aggregate
from domain.errors import DomainError
from infrastructure.event_log.caches import FOLLOWED
from infrastructure.event_log.handle_index import Entry, HandleIndex, write
from infrastructure.log_check import require_sound
from infrastructure.store.base import Store
from infrastructure.transparency.tree_tables import WIDTH
from tests.application.program import IMPORTS, LABELS, MINUTE, TICK, FrozenClock, Program, at, running
from tests.contracts.counting import Counter, counting
from tests.contracts.request_strategies import WALKS_OF_REQUESTS, RequestWalker
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import BEGIN, WALKS, WALKS_OF_RECOVERIES, WALKS_OF_TEMPLATES, WALKS_OF_WINDOWS, Step
from tests.contracts.tampering import tamper
from tests.databases import PostgresDatabases, SQLiteFiles

T = TypeVar("T")
COMPARED = (
    "SELECT position, originator_id, originator_version, topic, state, recorded_at FROM stored_events ORDER BY 1",
    (
        "SELECT handle_high, handle_low, ranked_at, aggregate_high, aggregate_low FROM handle_entries"
        " ORDER BY 1, 2, 3, 4, 5"
    ),
    "SELECT aggregate, kind, due, position FROM timers ORDER BY 1",
)
"""What is stored beside the hashes of the tree, whose salts are drawn."""


class InTurns(Program):
    """Several programs on one log, of which one after the other, in an order that is drawn, runs the next command."""

    def __init__(self, programs: Sequence[Program], seed: int) -> None:
        """Command these ``programs``, which share a clock."""
        super().__init__(programs[0].bitacora, programs[0].clock)
        self.answers: list[str] = []
        self._writers = [program.bitacora.writer for program in programs]
        self._chosen = Random(seed)

    def do(self, command: Callable[[Transaction], T]) -> T:
        """Let the next one run a command."""
        # What is due now is done now, and not with the command or before it, as the writers happen to look.
        self._chosen.choice(self._writers).call(lambda log: log.position)
        # Which of two that begin at one moment ranks higher, is not said.
        self.clock.advance(TICK)
        try:
            answer = self._chosen.choice(self._writers).call(command)
        except (DomainError, ApplicationError) as error:
            self.answers.append(f"{type(error).__name__}: {error}")
            raise
        self.answers.append(_told(answer))
        return answer


class Numbers:
    """What stands for the chance in ids, so that two logs have the same."""

    def __init__(self) -> None:
        self._next = count(1)

    def randbits(self, _bits: int) -> int:
        """Give the next number."""
        return next(self._next)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a walk was answered, and what it left in the store."""

    answers: Sequence[str]
    rows: Sequence[Sequence[tuple[Any, ...]]]


@contextmanager
def several(url: str, number: int, seed: int = 0) -> Iterator[InTurns]:
    """Run so many programs on one log."""
    with ExitStack() as stack:
        clock = FrozenClock(BEGIN)
        yield InTurns([stack.enter_context(running(url, clock)) for _ in range(number)], seed)


def outcome(url: str, number: int, steps: Sequence[Step], seed: int) -> Outcome:
    """Walk with so many programs."""
    with pytest.MonkeyPatch.context() as patch, several(url, number, seed) as program:
        patch.setattr(ids, "secrets", Numbers())
        RequestWalker(program).walk(steps)
        program.let_time_pass(program.clock.now() + 3 * MINUTE)
        require_whole(program)
        return Outcome(answers=program.answers, rows=stored(program.bitacora.store))


@contextmanager
def counted(url: str) -> Iterator[tuple[Program, Program, Counter]]:
    """Run two programs on one log, and count their work."""
    with (
        pytest.MonkeyPatch.context() as patch,
        counting(patch) as counter,
        running(url) as one,
        running(url) as other,
    ):
        yield one, other, counter


def require_same(many: Outcome, one: Outcome) -> None:
    """Compare two outcomes, and show only what differs first."""
    for found, expected in zip((many.answers, *many.rows), (one.answers, *one.rows), strict=True):
        differing = [(here, there) for here, there in zip(found, expected, strict=False) if here != there]
        assert differing[:1] == []
        assert len(found) == len(expected)


def stored(store: Store) -> list[list[tuple[Any, ...]]]:
    """Read what is compared."""
    with store.reading_log() as connection:
        return [connection.execute(statement) for statement in COMPARED]


def open_incidents(log: Transaction) -> list[UUID]:
    """Find the incidents that are open on a component."""
    return list(log.find_ids(f"open:{LABELS}"))


def require_whole(program: Program) -> None:
    """Check that every event has its leaf, and that the nodes of the tree are the hashes of its leaves."""
    with closing(program.bitacora.store.connect_log()) as connection:
        require_sound(connection, program.bitacora.mapper, advanced=lambda _: None)


def _told(answer: object) -> str:
    if isinstance(answer, Aggregate):
        return f"{answer.TOPIC} {answer.id} {answer.version}"
    if is_dataclass(answer):
        return _told([getattr(answer, field.name) for field in fields(answer)])
    if isinstance(answer, list | tuple):
        return f"[{', '.join(map(_told, answer))}]"
    return str(answer)


WALKS_WITHOUT_TIES = WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES | WALKS_OF_TEMPLATES
"""Of requests that are handed in together, PostgreSQL may give any first; SQLite goes by which was stored first."""
UNKNOWN = """
    INSERT INTO stored_events (position, originator_id, originator_version, topic, state, recorded_at)
    SELECT max(position) + 1, CAST(:id AS {id}), 1, 'future.thing', CAST('{{}}' AS {bytes}), max(recorded_at)
    FROM stored_events
"""
PHASES = (Phase.reuse, Phase.generate)
"""A walk that fails is told as it is: to make it shorter takes minutes."""
numbers, seeds = st.sampled_from([2, 3]), st.integers(0, 1_000)


class TestPrograms:
    def test_in_turns_record_what_one_does_on_sqlite(self, sqlite_files: SQLiteFiles, tmp_path: Path) -> None:
        @settings(max_examples=25, phases=PHASES)
        @given(steps=WALKS_WITHOUT_TIES | WALKS_OF_REQUESTS, number=numbers, seed=seeds)
        def hold(steps: Sequence[Step], number: int, seed: int) -> None:
            one, many = (sqlite_files.migrated(tmp_path) for _ in range(2))
            require_same(outcome(many, number, steps, seed), outcome(one, 1, steps, seed))

        hold()

    def test_in_turns_record_what_one_does_on_postgresql(self, postgres_databases: PostgresDatabases) -> None:
        @settings(max_examples=6, phases=PHASES)
        @given(steps=WALKS_WITHOUT_TIES, number=numbers, seed=seeds)
        def hold(steps: Sequence[Step], number: int, seed: int) -> None:
            with postgres_databases.migrated() as one, postgres_databases.migrated() as many:
                require_same(outcome(many, number, steps, seed), outcome(one, 1, steps, seed))

        hold()

    def test_find_what_another_began_and_no_longer_what_it_ended(self, database: str) -> None:
        with running(database) as one, running(database) as other:
            one.register()
            assert one.do(open_incidents) == []

            incident = other.fire("f1").incident
            assert incident is not None
            assert one.do(open_incidents) == [incident]
            assert one.fire("f2").incident == incident

            other.resolve(incident)
            assert one.do(open_incidents) == []

    def test_see_that_another_log_was_put_in_the_place_of_the_one_they_know(self, database: str) -> None:
        with running(database) as one, running(database) as other:
            one.register()
            one.fire("f1")
            wipe(one.bitacora.store)
            other.register()
            incident = other.fire("g1").incident
            other.fire("g2")

            assert one.fire("g3").incident == incident
            require_whole(one)

    def test_grow_one_tree_beyond_a_tile(self, database: str) -> None:
        with several(database, 2) as program:
            program.register()
            for number in range(WIDTH + 10):
                program.fire(f"f{number}")

            assert len(program.events()) > WIDTH
            require_whole(program)

    def test_see_what_another_has_appended_in_great_number(self, database: str) -> None:
        with running(database) as one, running(database) as other:
            one.register()
            incident = one.fire("f1").incident
            for number in range(FOLLOWED + 1):
                other.fire(f"g{number}")

            assert one.fire("f2").incident == incident
            assert len(one.incident(incident).signals.firing) == FOLLOWED + 3
            require_whole(one)

    def test_go_on_beside_one_that_writes_events_of_a_newer_program(self, database: str) -> None:
        with running(database) as one, running(database) as other:
            one.register()
            incident = one.fire("f1").incident
            other.register(IMPORTS)
            tamper(other.bitacora.store, UNKNOWN.format(**other.bitacora.store.types), id=str(UUID(int=1)))

            assert one.fire("f2").incident == incident
            assert one.do(lambda log: log.position) == int(one.count("event_leaves"))


class TestSignal:
    def test_after_what_another_process_appended_costs_one_statement_more(self, postgres_url: str) -> None:
        with counted(postgres_url) as (one, other, counter):
            one.register()
            one.fire("f1")
            other.fire("f2")

            alone = counter.during(lambda: other.fire("f3"))
            after_another = counter.during(lambda: one.fire("f4"))

        assert alone.statements <= 8
        assert after_another.statements <= alone.statements + 1

    def test_after_one_of_an_incident_that_is_not_in_memory_costs_two_more(self, postgres_url: str) -> None:
        with counted(postgres_url) as (one, other, counter):
            one.register()
            one.register(IMPORTS)
            one.fire("f1")
            one.fire("i1", component=IMPORTS)
            other.fire("f2")
            one.fire("i2", component=IMPORTS)

            after_another = counter.during(lambda: other.fire("f3"))

        assert after_another.statements <= 10


class TestHandle:
    def test_that_ranks_lower_than_before_gives_way_to_what_was_beyond_the_limit(self, database: str) -> None:
        with running(database) as program, closing(program.bitacora.store.connect_log()) as connection:
            ranks = [at("10:00") + number * MINUTE for number in range(FEW + 1)]
            entries: list[Entry] = [("open:a", UUID(int=number), None, rank) for number, rank in enumerate(ranks)]
            write(connection, entries)
            index, lowered = HandleIndex(), ("open:a", UUID(int=FEW), ranks[-1], at("09:00"))
            index.find_ids(connection, [], "open:a")

            index.enter(lowered)

            assert index.find_ids(connection, [lowered], "open:a") == [UUID(int=n) for n in reversed(range(FEW))]
