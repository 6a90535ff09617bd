"""The next batch is worked out while one is written, and what comes of that is the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from time import monotonic
from uuid import UUID

import pytest

from application.errors import NotYetVisible
from application.incidents.projection import INCIDENT_UPDATES, INCIDENT_VIEW
from application.incidents.signal_projection import SIGNAL_VIEW
from application.projections.tables import Row
from application.targets import Target
from domain.aggregate import Aggregate
from domain.impact import Status
from domain.incidents import Update
from domain.incidents.values import Correction
from infrastructure.projections import projector
from infrastructure.projections.projector import Prepared, Projector
from infrastructure.queries.timelines import TimelineTable
from infrastructure.store.base import Connection, StoreDown, Value
from tests.application.program import ANA, LABELS, Program, at, running
from tests.contracts.faults import assert_replay, eventually, last
from tests.contracts.following import a_day, begin_anew, following
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

        def tell(self: Projector, names: tuple[str, ...], start: int, seen: str) -> None:
            prepare_ahead(self, names, start, seen)
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

    def test_does_not_keep_what_was_written_from_being_seen(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepare_ahead, follower = Projector.prepare_ahead, program.bitacora.follower
        seen: list[bool] = []

        def look(self: Projector, names: tuple[str, ...], start: int, event: str) -> None:
            eventually(lambda: follower.position == start)
            seen.append(follower.position == start)
            prepare_ahead(self, names, start, event)

        monkeypatch.setattr(Projector, "prepare_ahead", look)
        follower.catch_up()

        assert seen == [True] * (last(program) // 4)

    def test_leaves_nothing_of_a_set_that_fell_apart(self, program: Program) -> None:
        with following(program) as follower:
            follower.catch_up()
            begin_anew(program, SIGNAL_VIEW)
            follower.catch_up()
            program.fire("f9")
            follower.catch_up()

            assert list(follower._projector._folds) == [tuple(sorted(follower.positions))]  # noqa: SLF001 - its memory


class TestMoment:
    def test_at_which_views_were_current_is_not_before_there_was_a_connection(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reading_log, lent = program.bitacora.store.reading_log, list[float]()

        @contextmanager
        def lend() -> Iterator[Connection]:
            with reading_log() as connection:
                lent.append(monotonic())
                yield connection

        with following(program) as follower:
            follower.catch_up()
            monkeypatch.setattr(program.bitacora.store, "reading_log", lend)
            follower.catch_up()

            confirmed = follower.states["incidents"].confirmed
            assert confirmed is not None
            assert confirmed >= lent[-1]


class TestMemory:
    def test_outlasts_events_of_which_no_view_has_rows(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        earlier = Projector._earlier  # noqa: SLF001 - what is not in memory any more
        rebuilt: list[UUID] = []

        def note(self: Projector, id: UUID, version: int) -> Aggregate:
            rebuilt.append(id)
            return earlier(self, id, version)

        monkeypatch.setattr(Projector, "_earlier", note)
        incident = program.declare()
        with following(program, [INCIDENT_VIEW]) as follower:
            follower.catch_up()
            for name in ("carrier", "invoicing"):
                program.register(name)
                follower.catch_up()
            program.update(incident)
            follower.catch_up()

            assert follower.position == last(program)
        assert rebuilt == []


class TestTimelines:
    def test_make_a_row_of_each_entry_once(self, program: Program) -> None:
        made: Counter[tuple[str, int]] = Counter()
        timeline = INCIDENT_VIEW.timeline
        assert timeline is not None
        rows_of = timeline.rows_of

        def counted(incident: str, entry: Update) -> Iterable[Row]:
            made[incident, entry.number] += 1
            return rows_of(incident, entry)

        incident = program.declare()
        for _ in range(30):
            program.update(incident)
        view = replace(INCIDENT_VIEW, timeline=replace(timeline, rows_of=counted))
        projecting = Projector(program.bitacora.store, program.bitacora.mapper, {view.name: view})
        saw = ""
        for start in range(0, last(program), projector.BATCH):
            saw = projecting.prepare((view.name,), start, saw).last_event

        assert len(program.incident(incident).timeline) > 30
        assert set(made.values()) == {1}

    def test_end_the_row_of_an_entry_that_is_corrected_and_no_other(self, program: Program) -> None:
        incident = program.declare()
        for _ in range(30):
            program.update(incident)
        program.bitacora.follower.catch_up()
        before = last(program)

        correction = Correction(update=3, message={"en": "It was the printer."})
        program.do(
            lambda log: program.facade.commands.incidents.correct(
                log, target=Target(id=incident, expected_version=None, caller=ANA), correction=correction, reason="typo"
            )
        )
        program.bitacora.follower.catch_up()

        rows = stored(program.bitacora.store, INCIDENT_UPDATES)
        assert [row[0][0] for row in rows if row[2] == before + 1] == [f"{incident}/private/3", f"{incident}/public/3"]
        assert [row[0][0] for row in rows if row[1] == before + 1] == [f"{incident}/private/3", f"{incident}/public/3"]

    def test_are_never_left_out_of_an_incident_of_a_view_that_is_built_anew(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = TimelineTable.whole
        incident, position = program.declare(), last(program)
        program.bitacora.follower.catch_up()
        assert program.facade.queries.incidents.find(position, incident) is not None

        def begun_anew(
            table: TimelineTable, at: int, rows: Sequence[tuple[Value, ...]]
        ) -> list[tuple[str, str | None]]:
            begin_anew(program, INCIDENT_VIEW)
            return whole(table, at, rows)

        monkeypatch.setattr(TimelineTable, "whole", begun_anew)

        with pytest.raises(NotYetVisible):
            program.facade.queries.incidents.find(position, incident)

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

        names = Counter(row[0][0] for row in stored(program.bitacora.store, INCIDENT_UPDATES))

        timeline = program.incident(incident).timeline
        assert len(timeline) > 1
        assert {f"{incident}/private/{entry.number}" for entry in timeline} <= names.keys()
        assert set(names.values()) == {1}


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
