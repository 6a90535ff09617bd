"""The clock begins and ends windows once, in order, as of the due time, whether or not anybody ran it then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ids import new_id
from application.log import Log, Timer
from application.maintenance.series_commands import Series
from application.status.board import PUBLIC, board
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, WindowState
from domain.maintenance.civil_time import Choice
from domain.maintenance.errors import AlreadyBegun
from domain.maintenance.series import MaintenanceSeries
from tests.application.program import ANA, IMPORTS, LABELS, MINUTE, TICK, FrozenClock, Program, at, running
from tests.application.window_steps import Happened, Maintenance, a_plan
from tests.contracts.snapshots import wipe
from tests.domain.window_builders import a_pattern

HOUR, DAY = 60 * MINUTE, timedelta(days=1)
DEGRADED = {LABELS: Status.DEGRADED_PERFORMANCE}
VISITS = 20
"""Whoever visits a series more often than this at one moment goes round in circles."""


class TestWindow:
    def test_begins_and_ends_once_at_its_times_though_nobody_ran(self, database: str) -> None:
        with running(database) as program:
            program.register()
            Maintenance(program).plan(at("11:00"), at("12:00"))

        with running(database, FrozenClock(at("13:00"))) as program:
            look(program)
            program.let_time_pass(at("14:00"))

            assert Maintenance(program).by_clock() == [
                ("started", "Upgrade", at("11:00")),
                ("completed", "Upgrade", at("12:00")),
            ]
            *_, started, completed = program.events()
            assert {event.provenance.recorded_at for event in (started, completed)} == {at("13:00")}
            assert [event.provenance.causation for event in (started, completed)] == [2, 3]
            assert program.count("timers") == 0
            assert [shown(program, at(clock)) for clock in ("10:59", "11:00", "11:59", "12:00")] == [
                Status.OPERATIONAL,
                Status.UNDER_MAINTENANCE,
                Status.UNDER_MAINTENANCE,
                Status.OPERATIONAL,
            ]

    def test_is_under_way_if_only_its_start_has_passed(self, database: str) -> None:
        with running(database) as program:
            program.register()
            Maintenance(program).plan(at("11:00"), at("12:00"))

        with running(database, FrozenClock(at("12:00") - TICK)) as program:
            look(program)

            assert Maintenance(program).by_clock() == [("started", "Upgrade", at("11:00"))]
            assert shown(program) is Status.UNDER_MAINTENANCE

    def test_ends_if_only_its_end_has_passed(self, database: str) -> None:
        with running(database) as program:
            program.register()
            Maintenance(program).plan(at("11:00"), at("12:00"))
            program.let_time_pass(at("11:30"))

        with running(database, FrozenClock(at("12:30"))) as program:
            look(program)

            assert Maintenance(program).by_clock()[1:] == [("completed", "Upgrade", at("12:00"))]
            assert [event.provenance.recorded_at for event in program.events()[-2:]] == [at("11:30"), at("12:30")]
            assert shown(program) is Status.OPERATIONAL

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_that_begins_as_another_ends_leaves_no_gap_and_no_overlap(
        self, database: str, order: tuple[int, int]
    ) -> None:
        spans = (("one", "11:00", "12:00"), ("other", "12:00", "13:00"))
        with running(database) as program:
            program.register()
            for place in order:
                title, start, end = spans[place]
                components = DEGRADED if title == "other" else {LABELS: Status.UNDER_MAINTENANCE}
                Maintenance(program).plan(at(start), at(end), components, title=title)

        with running(database, FrozenClock(at("14:00"))) as program:
            look(program)

            happened = Maintenance(program).by_clock()
            assert is_in_order(happened)
            assert sorted(happened) == [
                ("completed", "one", at("12:00")),
                ("completed", "other", at("13:00")),
                ("started", "one", at("11:00")),
                ("started", "other", at("12:00")),
            ]
            assert [shown(program, moment) for moment in (at("12:00") - TICK, at("12:00"), at("13:00"))] == [
                Status.UNDER_MAINTENANCE,
                Status.DEGRADED_PERFORMANCE,
                Status.OPERATIONAL,
            ]

    def test_that_was_moved_keeps_to_its_new_times_alone(self, database: str) -> None:
        with running(database) as program:
            program.register()
            window = Maintenance(program).plan(at("13:00"), at("14:00"), remind_before=(2 * HOUR, HOUR))
            Maintenance(program).reschedule(window, at("16:00"))

        with running(database, FrozenClock(at("18:00"))) as program:
            look(program)

            assert Maintenance(program).by_clock() == [
                ("reminded", "Upgrade", at("14:00")),
                ("reminded", "Upgrade", at("15:00")),
                ("started", "Upgrade", at("16:00")),
                ("completed", "Upgrade", at("17:00")),
            ]
            given = [event for event in program.events() if isinstance(event, MaintenanceWindow.Reminded)]
            assert {(event.revision, event.starts_at) for event in given} == {(2, at("16:00"))}
            assert [event.before for event in given] == [2 * HOUR, HOUR]
            assert shown(program, at("13:30")) is Status.OPERATIONAL

    def test_cannot_be_moved_away_from_a_start_that_nobody_saw(self, database: str) -> None:
        with running(database) as program:
            program.register()
            window = Maintenance(program).plan(at("11:00"), at("14:00"))

        with running(database, FrozenClock(at("12:00"))) as program:
            with pytest.raises(AlreadyBegun):
                Maintenance(program).reschedule(window, at("16:00"))

            assert Maintenance(program).by_clock() == [("started", "Upgrade", at("11:00"))]

    def test_that_is_moved_into_the_past_begins_and_ends_there(self, database: str) -> None:
        with running(database) as program:
            program.register()
            window = Maintenance(program).plan(at("11:00"), at("12:00"), remind_before=(MINUTE,))

            Maintenance(program).reschedule(window, at("08:00"))

            assert Maintenance(program).by_clock() == [
                ("started", "Upgrade", at("08:00")),
                ("completed", "Upgrade", at("09:00")),
            ]
            assert program.count("timers") == 0

    def test_does_nothing_at_a_moment_that_it_no_longer_waits_for(self, database: str) -> None:
        with running(database) as program:
            program.register()
            window = Maintenance(program).plan(at("11:00"), at("12:00"))
            program.do(lambda log: log.remind(log.load(MaintenanceWindow, window), at("10:30")))

            program.let_time_pass(at("10:45"))
            assert Maintenance(program).by_clock() == []
            program.let_time_pass(at("11:00"))

            assert Maintenance(program).by_clock() == [("started", "Upgrade", at("11:00"))]

    def test_gives_each_reminder_once_though_nobody_ran(self, database: str) -> None:
        with running(database) as program:
            program.register()
            Maintenance(program).plan(at("10:00") + 2 * DAY, at("11:00") + 2 * DAY, remind_before=(HOUR, DAY))

        with running(database, FrozenClock(at("09:30") + 2 * DAY)) as program:
            look(program)
            look(program)

            assert Maintenance(program).by_clock() == [
                ("reminded", "Upgrade", at("10:00") + DAY),
                ("reminded", "Upgrade", at("09:00") + 2 * DAY),
            ]
            assert {event.provenance.recorded_at for event in program.events()[2:]} == {at("09:30") + 2 * DAY}

    def test_that_is_held_waits_for_a_person_though_nobody_ran(self, database: str) -> None:
        with running(database) as program:
            program.register()
            window = Maintenance(program).plan(at("11:00"), at("12:00"))
            Maintenance(program).hold(window)

        with running(database, FrozenClock(at("13:00"))) as program:
            look(program)

            assert Maintenance(program).by_clock()[1:] == [("verification_began", "Upgrade", at("12:00"))]
            assert (shown(program), program.count("timers")) == (Status.UNDER_MAINTENANCE, 0)
            Maintenance(program).extend(window, 2 * HOUR)
            program.let_time_pass(at("14:00"))
            assert Maintenance(program).window(window).state is WindowState.VERIFYING
            Maintenance(program).complete(window)
            assert shown(program) is Status.OPERATIONAL

    def test_takes_its_turn_among_all_that_is_due(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.register(IMPORTS, heartbeat=75 * MINUTE)
            program.fire(component=IMPORTS)
            Maintenance(program).plan(at("10:20"), at("10:40"), title="one", remind_before=(10 * MINUTE,))
            Maintenance(program).plan(at("10:25"), at("11:30"), title="other")

        with running(database, FrozenClock(at("12:00"))) as program:
            look(program)

            assert [
                (event.TOPIC.partition(".")[2], event.provenance.occurred_at) for event in program.events()[6:]
            ] == [
                ("reminded", at("10:10")),
                ("started", at("10:20")),
                ("started", at("10:25")),
                ("published", at("10:30") + TICK),
                ("completed", at("10:40")),
                ("fell_silent", at("11:15") + TICK),
                ("completed", at("11:30")),
            ]

    def test_begins_and_ends_once_where_two_programs_look(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            one.register()
            for number in range(20):
                planner = Maintenance(one if number % 2 else other)
                planner.plan(at("11:00") + number * MINUTE, at("11:05") + 2 * number * MINUTE, title=f"w{number}")
            clock.show(at("13:00"))

            with ThreadPoolExecutor(8) as threads:
                list(threads.map(look, [one, other] * 20))

            happened = Maintenance(one).by_clock()
            assert is_in_order(happened)
            assert sorted(name for name, *_ in happened) == ["completed"] * 20 + ["started"] * 20
            assert len({(name, title) for name, title, _ in happened}) == 40

    def test_that_one_program_extends_is_not_ended_by_the_other(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            one.register()
            window = Maintenance(one).plan(at("11:00"), at("12:00"))
            clock.show(at("11:30"))
            look(other)
            Maintenance(one).extend(window, HOUR)
            clock.show(at("12:30"))
            look(other)
            assert Maintenance(other).window(window).is_under_way
            clock.show(at("13:00"))
            look(other)

            assert Maintenance(one).by_clock()[-1] == ("completed", "Upgrade", at("13:00"))

    @settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_has_the_same_history_however_time_jumps(self, data: st.DataObject, program: Program) -> None:
        jumps = data.draw(st.lists(st.integers(1, 90), min_size=1, max_size=8), "minutes")

        assert history(program, jumps) == history(program, [])


class TestSeries:
    def test_makes_the_windows_that_came_within_the_horizon_though_nobody_ran(self, database: str) -> None:
        with running(database, maintenance_horizon=7 * DAY) as program:
            program.register()
            Maintenance(program).begin_series("FREQ=DAILY", at("20:00"), at("21:00"))
            assert Maintenance(program).starts() == [at("20:00") + number * DAY for number in range(7)]

        with running(database, FrozenClock(at("12:00") + 3 * DAY), maintenance_horizon=7 * DAY) as program:
            look(program)
            look(program)

            planned = Maintenance(program)
            assert planned.starts() == [at("20:00") + number * DAY for number in range(10)]
            assert planned.by_clock() == [
                (name, "Upgrade", at(clock) + number * DAY)
                for number in range(3)
                for name, clock in (("started", "20:00"), ("completed", "21:00"))
            ]
            assert due_times(program) == [at("20:00") + 3 * DAY]

    def test_makes_up_for_windows_that_are_over_by_now(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            Maintenance(program).begin_series("FREQ=DAILY", at("20:00"), at("21:00"))

        with running(database, FrozenClock(at("12:00") + 5 * DAY), maintenance_horizon=2 * DAY) as program:
            look(program)
            look(program)

            planned = Maintenance(program)
            assert planned.starts() == [at("20:00") + number * DAY for number in range(7)]
            assert sorted(planned.by_clock(), key=lambda happened: happened[2]) == [
                (name, "Upgrade", at(clock) + number * DAY)
                for number in range(5)
                for name, clock in (("started", "20:00"), ("completed", "21:00"))
            ]

    def test_begins_and_ends_the_windows_of_a_long_absence_in_order(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            Maintenance(program).begin_series("FREQ=DAILY", at("20:00"), at("21:00"), title="one")
            Maintenance(program).begin_series("FREQ=DAILY", at("20:30"), at("21:30"), title="other")

        with running(database, FrozenClock(at("12:00") + 5 * DAY), maintenance_horizon=2 * DAY) as program:
            look(program)

            assert is_in_order(Maintenance(program).by_clock())

    def test_makes_a_first_window_that_lies_beyond_the_horizon(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            maintenance = Maintenance(program)
            maintenance.begin_series("FREQ=WEEKLY", at("20:00") + 9 * DAY, at("21:00") + 9 * DAY)
            assert maintenance.starts() == []

            program.clock.show(at("20:00") + 7 * DAY)
            look(program)

            assert maintenance.starts() == [at("20:00") + 9 * DAY]

    def test_goes_on_after_a_window_that_would_end_before_it_begins(self, database: str) -> None:
        # On the 30th the clocks go over what it lasts; the later meaning of its start lies after its end.
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            maintenance = Maintenance(program)
            series = maintenance.begin_series(
                "FREQ=DAILY", at("02:30"), at("03:00"), zone="Europe/Berlin", ambiguous=Choice.LATER
            )

            program.let_time_pass(at("12:00") + 30 * DAY)

            found = maintenance.series(series)
            assert [each.occurrence for each in found.left_out] == ["2025-03-30T02:30"]
            assert "cannot end" in found.left_out[0].because
            assert found.last == "2025-04-05T02:30"

    def test_makes_nothing_more_by_a_rule_that_only_earlier_versions_took(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            pattern = a_pattern("FREQ=MONTHLY;BYMONTHDAY=0", start=at("20:00").replace(tzinfo=None))

            def begin(log: Log) -> UUID:
                series = MaintenanceSeries.begin(
                    id=new_id(log.now),
                    plan=a_plan(),
                    pattern=pattern,
                    announced=True,
                    looks_at=at("13:00"),
                    provenance=ANA.says(log),
                )
                log.save(series)
                return series.id

            series = program.do(begin)
            program.let_time_pass(at("14:00"))

            found = Maintenance(program).series(series)
            assert "BYMONTHDAY is a number" in found.left_out[0].because
            assert (found.next_due, Maintenance(program).starts()) == (None, [])
            assert due_times(program) == []

    @pytest.mark.parametrize("horizons", [(3,), (5, 3), (3, 5, 2)])
    def test_waits_for_a_horizon_that_was_made_shorter(
        self, database: str, horizons: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bounded(monkeypatch)
        with running(database, maintenance_horizon=10 * DAY) as program:
            program.register()
            Maintenance(program).begin_series("FREQ=WEEKLY", at("20:00"), at("21:00"))
            assert due_times(program) == [at("20:00") + 4 * DAY]
        third = at("20:00") + 14 * DAY

        clock = FrozenClock(at("20:00") + 4 * DAY)
        for number in horizons:
            with running(database, clock, maintenance_horizon=number * DAY) as program:
                look(program)
                look(program)
                assert due_times(program)[0] > clock.now()
                clock.advance(MINUTE)

        with running(database, clock, maintenance_horizon=horizons[-1] * DAY) as program:
            program.let_time_pass(third - horizons[-1] * DAY - TICK)
            assert len(Maintenance(program).starts()) == 2
            program.let_time_pass(third - horizons[-1] * DAY)
            assert Maintenance(program).starts()[2:] == [third]

    def test_makes_more_windows_when_it_next_looks_if_the_horizon_was_made_longer(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            Maintenance(program).begin_series("FREQ=DAILY", at("20:00"), at("21:00"))

        with running(database, FrozenClock(at("20:00")), maintenance_horizon=5 * DAY) as program:
            look(program)

            assert Maintenance(program).starts() == [at("20:00") + number * DAY for number in range(6)]
            assert due_times(program) == [at("20:00") + DAY]

    def test_is_visited_once_where_two_programs_look(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        horizon = {"maintenance_horizon": 2 * DAY}
        with running(postgres_url, clock, **horizon) as one, running(postgres_url, clock, **horizon) as other:
            one.register()
            Maintenance(one).begin_series("FREQ=DAILY", at("20:00"), at("21:00"))
            clock.show(at("12:00") + DAY)

            with ThreadPoolExecutor(4) as threads:
                list(threads.map(look, [one, other] * 5))

            assert Maintenance(one).starts() == [at("20:00") + number * DAY for number in range(3)]

    def test_that_was_ended_makes_no_more(self, database: str) -> None:
        with running(database, maintenance_horizon=2 * DAY) as program:
            program.register()
            series = Maintenance(program).begin_series("FREQ=DAILY", at("20:00"), at("21:00"))
            Maintenance(program).end_series(series)

        with running(database, FrozenClock(at("12:00") + 9 * DAY), maintenance_horizon=2 * DAY) as program:
            look(program)

            assert len(Maintenance(program).starts()) == 2
            assert program.count("timers") == 0


def look(program: Program) -> None:
    """Let the clock do what is due."""
    program.do(lambda log: log.position)


def is_in_order(happened: list[Happened]) -> bool:
    """Tell whether what happened is in the order of the times at which it occurred."""
    moments = [moment for *_, moment in happened]
    return moments == sorted(moments)


def shown(program: Program, moment: datetime | None = None) -> Status:
    """Give the status of labels that readers see: of now, or at a moment as is known now."""
    program.bitacora.follower.catch_up()
    rows = program.facade.queries.board.read(program.facade.queries.events.last()[0], moment)
    document = board(*rows, side=PUBLIC, at=moment, now=program.clock.now())
    return Status(next(entry["status"] for entry in document["components"] if entry["key"] == LABELS))


def due_times(program: Program) -> list[datetime]:
    """Give the due times of the timers of series, in order."""
    with program.bitacora.store.reading_log() as connection:
        rows = connection.execute("SELECT due FROM timers WHERE kind = 'maintenance_series'")
    return sorted(datetime.fromisoformat(str(row[0])) for row in rows)


def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a series that is visited again and again at one moment fail instead."""
    handle_due, visits = Series.handle_due, list[datetime]()

    def counted(self: Series, log: Log, timer: Timer) -> datetime | None:
        visits.append(log.now)
        assert visits.count(log.now) < VISITS, "it goes round in circles"
        return handle_due(self, log, timer)

    monkeypatch.setattr(Series, "handle_due", counted)


def history(program: Program, jumps: list[int]) -> list[tuple[str, datetime]]:
    """Let eight hours pass in jumps of so many minutes, and tell what happened when."""
    wipe(program.bitacora.store)
    program.clock.show(at("10:00"))
    program.register()
    planned = Maintenance(program)
    planned.plan(at("11:00"), at("12:00"), title="one", remind_before=(30 * MINUTE,), covers=(LABELS,))
    planned.plan(at("12:00"), at("12:45"), title="other", remind_before=(90 * MINUTE, 15 * MINUTE))
    held = planned.plan(at("11:30"), at("13:00"), title="held")
    planned.hold(held)
    program.fire()
    for minutes in jumps:
        program.let_time_pass(min(program.clock.now() + minutes * MINUTE, at("18:00")))
    program.let_time_pass(at("18:00"))
    return [(event.TOPIC, event.provenance.occurred_at) for event in program.events()]
