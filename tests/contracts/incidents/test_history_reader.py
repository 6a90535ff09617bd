"""What began in a span of time is found in the order of time, as of any position, on both stores."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from application.listings import moment_of_place, place_in_time
from domain.impact import Status, StatusSpan
from domain.incidents.values import Correction
from tests.application.program import IMPORTS, LABELS, MINUTE, TICK, Program, at
from tests.application.window_steps import Maintenance

if TYPE_CHECKING:
    from datetime import datetime

FIRST, LAST = at("00:00"), at("23:00")


def began(
    program: Program,
    start: datetime = FIRST,
    end: datetime = LAST,
    *,
    at: int | None = None,
    component: str | None = None,
    before: str | None = None,
    limit: int = 10,
) -> list[str]:
    """Give the titles of the incidents that began in a span of time."""
    program.bitacora.follower.catch_up()
    queries, position = program.facade.queries.incidents, last(program) if at is None else at
    rows = queries.began(position, component=component, start=start, end=end, before=before, limit=limit)
    return [json.loads(public)["title"]["en"] for _, public in rows]


def last(program: Program) -> int:
    """Give the position of the log."""
    return program.facade.queries.events.last()[0]


class TestIncidentsThatBegan:
    def test_are_in_the_order_of_time_whenever_they_were_entered(self, program: Program) -> None:
        program.register()
        for clock in ("07:00", "05:00", "06:00"):
            program.declare(title=clock, occurred_at=at(clock), resolved_at=at(clock) + MINUTE)

        assert began(program) == ["07:00", "06:00", "05:00"]
        assert began(program, at("05:00"), at("07:00")) == ["06:00", "05:00"]
        assert began(program, at("05:00") + TICK, at("07:00") + TICK) == ["07:00", "06:00"]
        assert began(program, limit=2) == ["07:00", "06:00"]
        assert began(program, before=place_in_time(at("07:00"))) == ["06:00", "05:00"]

    def test_are_those_that_readers_see_and_that_affect_the_component(self, program: Program) -> None:
        program.register()
        program.register(IMPORTS)
        program.declare(title="hidden", publish=False)
        program.declare({IMPORTS: Status.MAJOR_OUTAGE}, title="other")
        program.declare(title="own")

        assert began(program, component=LABELS) == ["own"]
        assert sorted(began(program)) == ["other", "own"]

    def test_are_where_they_began_as_it_was_known_at_a_position(self, program: Program) -> None:
        program.register()
        incident = program.declare(title="moved")
        program.bitacora.follower.catch_up()
        before = last(program)
        span = StatusSpan(status=Status.MAJOR_OUTAGE, start=at("02:00"), end=None)
        program.correct(incident, Correction(impact={LABELS: (span,)}))

        assert began(program, FIRST, at("03:00")) == ["moved"]
        assert began(program, FIRST, at("03:00"), at=before) == []
        assert began(program, at("03:00"), at=before) == ["moved"]
        assert began(program, at("03:00")) == []

    def test_lead_from_one_to_the_next(self, program: Program) -> None:
        program.register()
        for clock in ("05:00", "07:00"):
            program.declare(title=clock, occurred_at=at(clock), resolved_at=at(clock) + MINUTE)
        program.declare(publish=False, occurred_at=at("06:00"), resolved_at=at("06:01"))
        program.bitacora.follower.catch_up()
        queries, position = program.facade.queries.incidents, last(program)

        def beginning(moment: datetime, *, later: bool) -> datetime | None:
            return queries.beginning(position, moment, component=LABELS, later=later)

        assert beginning(at("07:00"), later=False) == at("05:00")
        assert beginning(at("05:00"), later=False) is None
        assert beginning(at("05:00"), later=True) == at("05:00")
        assert beginning(at("05:00") + TICK, later=True) == at("07:00")
        assert beginning(at("07:00") + TICK, later=True) is None


class TestWindowsThatBegan:
    def test_are_those_that_are_announced_and_no_longer_upcoming(self, program: Program) -> None:
        program.register()
        maintenance = Maintenance(program)
        begins = program.clock.now() + MINUTE
        for number, title in enumerate(("first", "second")):
            maintenance.plan(begins + number * MINUTE, begins + timedelta(hours=1), title=title)
        maintenance.plan(begins, begins + timedelta(hours=1), title="hidden", announced=False)
        maintenance.plan(begins + timedelta(hours=5), begins + timedelta(hours=6), title="later")
        program.let_time_pass(begins + 2 * MINUTE)
        program.bitacora.follower.catch_up()
        queries, position = program.facade.queries.windows, last(program)

        rows = queries.began(position, component=LABELS, start=FIRST, end=LAST, before=None, limit=10)

        assert [json.loads(public)["title"]["en"] for _, _, public in rows] == ["second", "first"]
        assert [moment_of_place(place) for place, _, _ in rows] == [begins + MINUTE, begins]
        assert queries.beginning(position, LAST, component=None, later=False) == begins + MINUTE
        assert queries.beginning(position, FIRST, component=LABELS, later=True) == begins


def test_a_place_in_time_has_all_its_digits_in_every_year() -> None:
    early = at("08:00").replace(year=7)

    assert moment_of_place(place_in_time(early, "x")) == early
    assert place_in_time(early) < place_in_time(early, "x") < place_in_time(at("08:00"))
