"""The clock does what is due once, in order, as of the due time, whatever happened meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.incidents.commands import Incidents
from application.log import Log, Timer
from domain.aggregate import Event
from domain.incidents import Incident
from infrastructure.event_log import timer_runner as visits
from infrastructure.event_log.timer_runner import AGAIN
from infrastructure.event_log.timers import Timers
from tests.application.program import IMPORTS, LABELS, MINUTE, TICK, FrozenClock, Program, at, running
from tests.contracts.faults import at_once, codes, rename
from tests.contracts.snapshots import wipe

HALF_AN_HOUR = 30 * MINUTE
BY_CLOCK = {"incident.published", "incident.dismissed", "component.fell_silent"}


class TestTimers:
    def test_of_several_aggregates_are_carried_out_in_order_of_their_due_times(self, database: str) -> None:
        with running(database) as program:
            program.register("a", heartbeat=45 * MINUTE)
            program.register("b")
            program.register("c")
            program.fire("fb", component="b")
            program.let_time_pass(at("10:05"))
            program.fire("fc", component="c")
            program.let_time_pass(at("10:10"))
            program.clear("fc")
            program.hear("a")

            program.let_time_pass(at("12:00"))

            happened = by_clock(program)
            assert [(event.TOPIC, event.provenance.occurred_at) for event in happened] == [
                ("incident.dismissed", at("10:12")),
                ("incident.published", at("10:30") + TICK),
                ("component.fell_silent", at("10:55") + TICK),
            ]
            assert {event.provenance.recorded_at for event in happened} == {at("12:00")}

    def test_are_carried_out_one_after_the_other_of_one_incident(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.fire()
            program.let_time_pass(at("10:31"))
            program.clear()

            program.let_time_pass(at("11:00"))
            program.let_time_pass(at("12:00"))

            happened = [event for event in program.events() if event.provenance.actor.startswith("policy:")]
            assert [(event.TOPIC, event.provenance.occurred_at) for event in happened] == [
                ("incident.published", at("10:30") + TICK),
                ("incident.monitoring_began", at("10:33")),
                ("incident.resolved", at("10:43") + TICK),
            ]
            assert program.count("timers") == 0

    def test_name_the_event_that_led_to_them(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.fire()
            program.let_time_pass(at("11:00"))

            assert program.recorded()[2] == "incident.detected"
            assert program.events()[3].provenance.causation == 3

    def test_go_before_the_commands_that_wait(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.fire()
            program.clock.show(at("11:00"))

            program.clear()

            assert program.recorded()[3:5] == ["incident.published", "signal.cleared"]

    def test_are_never_passed_by_a_command_of_the_same_group(self, database: str) -> None:
        with running(database) as program:
            program.register()
            taken = program.fire()
            program.clock.show(at("10:30"))

            def let_time_pass(_log: Log) -> None:
                program.clock.show(at("10:40"))

            at_once(program, let_time_pass, rename("Printing"))
            program.clear()

            assert program.incident(taken.incident).is_public
            assert [event.provenance.recorded_at for event in program.events()[3:5]] == [at("10:30"), at("10:40")]

    def test_happen_once_where_two_programs_look(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            for number in range(20):
                one.register(f"c{number}", heartbeat=(60 + number) * MINUTE)
                other.fire(f"f{number}", component=f"c{number}")
                clock.advance(MINUTE)
            clock.show(at("13:00"))

            with ThreadPoolExecutor(8) as threads:
                list(threads.map(lambda program: program.do(lambda log: log.position), [one, other] * 20))

            happened = by_clock(one)
            assert (
                sorted(event.TOPIC for event in happened)
                == ["component.fell_silent"] * 20 + ["incident.published"] * 20
            )
            assert len({(event.TOPIC, event.originator_id) for event in happened}) == 40
            assert is_in_order(happened)

    def test_are_bounded_in_a_transaction_and_keep_their_order_across(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(visits, "ROUND", 2)
        with running(database) as program:
            for number in range(7):
                program.register(f"c{number}")
                program.fire(f"f{number}", component=f"c{number}")
                program.clock.advance(MINUTE)
            program.clear("f0")

            program.let_time_pass(at("14:00"))

            happened = [event for event in program.events() if event.provenance.actor.startswith("policy:")]
            assert len(happened) == 7
            assert is_in_order(happened)

    @settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_end_in_the_same_history_however_time_jumps(self, data: st.DataObject, program: Program) -> None:
        jumps = data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=8), "minutes")

        assert history(program, jumps) == history(program, [])


class TestStaleTimer:
    def test_does_nothing_and_takes_the_time_of_its_incident(self, database: str) -> None:
        with running(database) as program:
            program.register()
            incident = program.fire().incident
            assert incident is not None
            plan(program, incident, at("10:10"))
            before = program.recorded()

            program.let_time_pass(at("10:20"))

            assert program.recorded() == before
            assert planned(program) == {incident: at("10:30") + TICK}

    def test_of_an_incident_that_waits_for_nothing_is_dropped(self, database: str) -> None:
        with running(database) as program:
            program.register()
            incident = program.declare()
            plan(program, incident, at("10:10"))
            before = program.recorded()

            program.let_time_pass(at("10:20"))

            assert program.recorded() == before
            assert planned(program) == {}


class TestFailingTimer:
    def test_is_put_aside_and_shown_while_the_others_go_on(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with running(database) as program:
            program.register()
            program.register(IMPORTS)
            bad = program.fire("f1").incident
            good = program.fire("f2", component=IMPORTS).incident
            assert bad is not None
            assert good is not None
        handle_due, defects = Incidents.handle_due, {bad}

        def fails(self: Incidents, log: Log, timer: Timer) -> datetime | None:
            again = handle_due(self, log, timer)
            if timer.aggregate in defects:
                raise ValueError("a defect")
            return again

        monkeypatch.setattr(Incidents, "handle_due", fails)
        with running(database, FrozenClock(at("11:00"))) as program:
            program.do(rename("Printing"))

            assert program.incident(good).is_public
            assert not program.incident(bad).is_public
            assert set(planned(program)) == {bad}
            assert codes(program) == ["timer_failed"]
            assert program.facade.health.overdue() == 1
            assert program.do(rename("Labels")) == program.do(lambda log: log.position)

            defects.clear()
            program.clock.show(at("11:00") + AGAIN)
            program.do(rename("Imports"))
            assert program.incident(bad).is_public
            assert codes(program) == []

    def test_does_not_keep_the_writer_awake(self, database: str) -> None:
        with running(database) as program:
            program.clock.show(at("08:00"))
            program.register()
            aside, later = program.declare(), program.declare()
            plan(program, aside, at("09:00"))
            plan(program, later, at("12:00"))
            agenda = Timers()
            with program.bitacora.store.reading_log() as connection:
                due = agenda.due(connection, [], now=at("10:00"), limit=1, aside={aside: "a defect"})

        assert due == []
        assert agenda.earliest == at("12:00")


class TestHeartbeat:
    def test_leaves_a_component_known_at_its_very_end(self, database: str) -> None:
        with running(database) as program:
            program.register(heartbeat=5 * MINUTE)

            program.let_time_pass(at("10:05"))
            assert not program.component().is_silent
            program.let_time_pass(at("10:05") + TICK)

            assert program.component().is_silent
            assert program.events()[-1].provenance.occurred_at == at("10:05") + TICK

    def test_counts_from_the_last_sign_of_life(self, database: str) -> None:
        with running(database) as program:
            program.register(heartbeat=5 * MINUTE)
            program.let_time_pass(at("10:04"))
            program.hear()
            program.let_time_pass(at("10:09"))
            assert program.recorded() == ["component.registered"]

            program.let_time_pass(at("10:10"))

            assert program.recorded() == ["component.registered", "component.fell_silent"]

    def test_of_one_program_moves_the_timer_of_the_other(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            one.register(heartbeat=5 * MINUTE)
            other.do(lambda log: log.position)
            clock.show(at("10:04"))
            one.hear()
            clock.show(at("10:08"))
            other.do(lambda log: log.position)
            assert one.recorded() == ["component.registered"]
            clock.show(at("10:09") + TICK)
            other.do(lambda log: log.position)

            assert one.recorded() == ["component.registered", "component.fell_silent"]

    def test_removed_or_retired_is_waited_for_no_more(self, database: str) -> None:
        with running(database) as program:
            program.register(heartbeat=5 * MINUTE)
            program.register(IMPORTS, heartbeat=5 * MINUTE)
            program.revise(sets_heartbeat=True, heartbeat=None)
            program.retire(IMPORTS)

            program.let_time_pass(at("11:00"))

            assert "component.fell_silent" not in program.recorded()
            assert program.count("timers") == 0


def history(program: Program, jumps: list[int]) -> list[tuple[str, datetime]]:
    """Let two hours pass in jumps of so many minutes, and tell what happened when."""
    wipe(program.bitacora.store)
    program.clock.show(at("10:00"))
    program.register(LABELS, heartbeat=50 * MINUTE)
    program.register(IMPORTS)
    program.fire("f1", component=LABELS)
    program.fire("f2", component=IMPORTS, occurred_at=at("09:45"))
    program.clear("f2", occurred_at=at("09:59"))
    program.fire("f3", component=IMPORTS, occurred_at=at("10:00"))
    for minutes in jumps:
        program.let_time_pass(min(program.clock.now() + minutes * MINUTE, at("12:00")))
    program.let_time_pass(at("12:00"))
    return [(event.TOPIC, event.provenance.occurred_at) for event in program.events()]


def by_clock(program: Program) -> list[Event]:
    """Give what the clock did, in order."""
    return [event for event in program.events() if event.TOPIC in BY_CLOCK]


def is_in_order(events: list[Event]) -> bool:
    """Tell whether events are in the order of the times at which they occurred."""
    moments = [event.provenance.occurred_at for event in events]
    return moments == sorted(moments)


def plan(program: Program, incident: UUID, due: datetime) -> None:
    """Let the clock visit an incident at a moment at which it waits for nothing."""
    program.do(lambda log: log.remind(log.load(Incident, incident), due))


def planned(program: Program) -> dict[UUID, datetime]:
    """Give the timers, by aggregate."""
    with program.bitacora.store.reading_log() as connection:
        rows = connection.execute("SELECT aggregate, due FROM timers")
    return {UUID(str(row[0])): datetime.fromisoformat(str(row[1])) for row in rows}
