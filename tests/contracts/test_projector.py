"""The next batch is worked out while one is written, and what comes of that is the same."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from application.projections.incidents import UPDATES
from domain.impact import Status
from infrastructure.store.base import Connection, StoreDown
from infrastructure.views import projector
from infrastructure.views.projector import Prepared, Projector
from tests.application.given import LABELS, Program, at, running
from tests.contracts.following import a_day, following
from tests.contracts.given import assert_replay, last
from tests.contracts.snapshots import stored

PATIENCE_SECONDS = 5.0


@pytest.fixture
def program(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A program with a day behind it, whose views take four events at a time."""
    monkeypatch.setattr(projector, "BATCH", 4)
    with running(database) as program:
        a_day(program)
        yield program


class TestPreparingAhead:
    def test_reads_on_while_a_full_batch_is_written(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        write, prepare_ahead, is_ahead = Prepared.write, Projector.prepare_ahead, Event()
        waited: list[bool] = []

        def write_late(prepared: Prepared, connection: Connection) -> None:
            if prepared.is_full:
                waited.append(is_ahead.wait(PATIENCE_SECONDS))
            is_ahead.clear()
            write(prepared, connection)

        def tell(self: Projector, names: tuple[str, ...], start: int) -> None:
            prepare_ahead(self, names, start)
            is_ahead.set()

        monkeypatch.setattr(Prepared, "write", write_late)
        monkeypatch.setattr(Projector, "prepare_ahead", tell)
        program.bitacora.follower.catch_up()

        assert waited == [True] * (last(program) // 4)
        assert_replay(program)

    @pytest.mark.parametrize("batch", [1, 2, 3])
    def test_is_in_vain_for_a_batch_that_is_not_written(
        self, program: Program, batch: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with once_lost(monkeypatch, batch), following(program) as follower:
            with pytest.raises(StoreDown):
                follower.catch_up()
            assert follower.position == (batch - 1) * 4

            follower.catch_up()

            assert follower.position == last(program)
        assert_replay(program)

    def test_is_in_vain_for_views_that_another_program_moved(self, program: Program) -> None:
        with following(program) as one, following(program) as other:
            one._step()  # noqa: SLF001 - one batch, and the next ahead
            other.catch_up()
            program.fire("f9")
            one.catch_up()

            assert one.position == last(program)
        assert_replay(program)

    def test_sees_what_was_appended_after_it_looked(self, program: Program) -> None:
        with following(program) as follower:
            while follower.position + 4 < last(program):
                follower._step()  # noqa: SLF001 - up to the last batch, which is prepared and not full
            program.fire("f9")
            follower.catch_up()

            assert follower.position == last(program)
        assert_replay(program)


class TestTimelines:
    def test_are_not_written_anew_when_an_incident_moves_on(self, program: Program) -> None:
        incident = program.fire("g1").incident
        assert incident is not None
        program.publish(incident)
        for minute in range(1, 21, 2):
            program.let_time_pass(at(f"13:{minute:02}"))
            program.clear("g1")
            program.let_time_pass(at(f"13:{minute + 1:02}"))
            program.fire("g1")
        program.update(incident, components={LABELS: Status.DEGRADED_PERFORMANCE})
        program.bitacora.follower.catch_up()

        rows = [row for row in stored(program.bitacora.store, UPDATES) if row[0][0] == str(incident)]

        assert len(program.incident(incident).timeline) > 1
        assert Counter(row[0][1] for row in rows) == {entry.number: 1 for entry in program.incident(incident).timeline}


@contextmanager
def once_lost(monkeypatch: pytest.MonkeyPatch, batch: int) -> Iterator[None]:
    """Let the store go away in the middle of a batch, the first being one, and come back at once."""
    write, written = Prepared.write, 0

    def lose(prepared: Prepared, connection: Connection) -> None:
        nonlocal written
        written += 1
        write(prepared, connection)
        if written == batch:
            raise StoreDown("gone")

    monkeypatch.setattr(Prepared, "write", lose)
    yield
