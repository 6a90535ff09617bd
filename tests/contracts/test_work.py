"""What is done most often asks no more of a store than it did: its statements and rows are counted, never its time.

A figure may fall, and is then lowered here; whoever raises one says in the change what that buys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest

from domain.incidents import Progress
from tests.application.held_requests import Desk, an_order
from tests.application.program import IMPORTS, MINUTE, Program, at, running
from tests.contracts.counting import Counter, Work, counting

# Of the sizes that follow, 135 bytes say of each of eight views which event it saw last: by that, a view knows its log.
# The eighth, of what changed, writes one row more of what is private: what auditors are told of the change, and why.
# Of what is recorded, one statement, and a row of 48 bytes for each event, are its leaf in the tree of the log: by it,
# a change of what was recorded is found.
BATCH = 100
UPDATES = 200
DIGITS = 16
"""By how many digits the numbers of an incident with so many updates may be longer."""


class TestSignal:
    def test_that_begins_an_incident(self, program: Program, counter: Counter) -> None:
        program.fire("another", component=IMPORTS)

        work = measured(counter, program, lambda: program.fire("f1"))

        assert work.recorded <= Work(statements=13, rows=6, size=1193)
        # Two narrow rows, written once, by which lists are found by state, component and visibility.
        assert work.followed <= Work(statements=12, rows=15, size=2397)

    def test_that_joins_an_incident(self, program: Program, counter: Counter) -> None:
        program.fire("f1")

        work = measured(counter, program, lambda: program.fire("f2"))

        assert work.recorded <= Work(statements=8, rows=4, size=1054)
        assert work.followed <= Work(statements=10, rows=12, size=1750)

    def test_that_is_repeated_writes_nothing(self, program: Program, counter: Counter) -> None:
        program.fire("f1")

        work = measured(counter, program, lambda: program.fire("f1"))

        assert work.recorded <= Work(statements=4)
        assert work.followed <= Work(statements=3)


class TestUpdate:
    def test_is_one_row_of_the_log(self, program: Program, counter: Counter) -> None:
        incident = known(program.fire("f1").incident)

        work = measured(counter, program, lambda: program.update(incident, Progress.IDENTIFIED))

        assert work.recorded <= Work(statements=7, rows=2, size=420)
        # A new state is a new place in the lists of all incidents and of its component.
        assert work.followed <= Work(statements=14, rows=18, size=2255)

    def test_asks_no_more_of_an_incident_that_has_many(self, program: Program, counter: Counter) -> None:
        incident = program.declare()
        work = []
        for number in range(UPDATES):
            program.clock.advance(MINUTE)
            state = (Progress.INVESTIGATING, Progress.IDENTIFIED)[number % 2]
            work.append(measured(counter, program, partial(program.update, incident, state)))
        first, last = work[1], work[-1]

        assert last.recorded <= first.recorded
        assert last.followed <= first.followed + Work(size=DIGITS)


class TestHeldRequests:
    def test_of_a_batch_ask_for_a_handful_of_statements(self, program: Program, counter: Counter) -> None:
        desk = Desk(program)
        cause = desk.declare(occurred_at=at("10:00"))
        program.clock.show(at("11:00"))
        entries = [an_order(f"{number}", cause) for number in range(BATCH)]

        work = measured(counter, program, lambda: desk.hand_in(*entries))

        assert len(desk.requests()) == BATCH
        # One statement asks whether anything that these sources sent again is kept.
        assert work.recorded <= Work(statements=13, rows=404, size=79_976)
        # Of each document, 18 bytes say whether its cause was taken back, 92 what it was merged with, and when it came
        # again, and 23 whether a resend named another digest; 68 of its row are what a decision about many rests on.
        assert work.followed <= Work(statements=14, rows=119, size=97_524)


class TestWork:
    @pytest.mark.parametrize("more", [Work(statements=1), Work(rows=1), Work(size=1)])
    def test_is_found_to_have_grown(self, more: Work) -> None:
        most = Work(statements=6, rows=1, size=372)

        assert most <= most + more
        assert not most + more <= most

    def test_is_counted_where_it_is_done(self, program: Program, counter: Counter) -> None:
        def look_twice() -> None:
            for _ in range(2):
                program.count("stored_events")

        assert measured(counter, program, look_twice).recorded == Work(statements=2)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a command cost to record, and what the views cost that followed it."""

    recorded: Work
    followed: Work


def measured(counter: Counter, program: Program, act: Callable[[], object]) -> Measured:
    """Count the work of a command, and that of the views, which had followed everything before it."""
    program.bitacora.follower.catch_up()
    recorded = counter.during(act)
    # Once a second the writer looks whether a timer is due, which may be now.
    return Measured(recorded=recorded, followed=counter.during(program.bitacora.follower.catch_up, besides="writer"))


def known(incident: UUID | None) -> UUID:
    """Give the id of an incident that is there."""
    assert incident is not None
    return incident


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """What counts the work of the program."""
    with counting(monkeypatch) as counter:
        yield counter


@pytest.fixture
def program(counter: Counter, database: str) -> Iterator[Program]:
    """A program with two components, whose views follow when a test lets them."""
    assert counter.during(lambda: None) == Work()
    with running(database) as program:
        program.register()
        program.register(IMPORTS)
        yield program
