"""The last civil days of every component, as pages show them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from application.reports.documents import ComponentDays, seconds
from application.reports.uptime import UptimeReads
from application.reports.uptime_days import read_uptime_days
from domain.impact import Status
from domain.reports.uptime import STRICT
from tests.application.program import IMPORTS, LABELS, MINUTE, Program, at

pytestmark = pytest.mark.both_stores

WARSAW = ZoneInfo("Europe/Warsaw")
UTC_ZONE = ZoneInfo("UTC")
DAY = timedelta(days=1)


def days_of(program: Program, **asked: object) -> list[ComponentDays]:
    """Give the last days of every component, in UTC unless another zone is named."""
    program.bitacora.follower.catch_up()
    queries = program.facade.queries
    reads = UptimeReads(board=queries.board, uptime=queries.uptime, incidents=queries.incidents)
    wanted: dict[str, object] = {"now": program.clock.now(), "zone": UTC_ZONE, "days": 3, **asked}
    return read_uptime_days(reads, queries.events.last()[0], **wanted)  # type: ignore[arg-type]  # As a test names it.


class TestFolding:
    def test_is_done_once_for_components_that_had_the_same(self, program: Program) -> None:
        since = at("00:00").date() - 90 * DAY
        for number in range(20):
            program.register(f"component-{number}", since=since)
        program.clock.show(at("11:00"))
        incident = program.declare({"component-7": Status.MAJOR_OUTAGE})
        program.clock.show(at("12:00"))
        program.resolve(incident)

        found = days_of(program, days=90)

        assert len(found) == 20
        assert len({id(each["days"]) for each in found}) == 2


class TestRestated:
    def test_days_are_those_that_were_published_otherwise(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.clock.show(at("12:00"))
        program.pin(Status.PARTIAL_OUTAGE)

        [labels] = days_of(program)

        assert [day["day"] for day in labels["restated_days"]] == ["2025-03-04"]
        assert labels["days"][-1]["seconds"] == {"operational": 7_200}
        assert labels["restated_days"][0]["seconds"] == {"operational": 43_200}


class TestDays:
    def test_say_the_worst_of_each_day_and_how_long_each_status_held(self, program: Program) -> None:
        program.register(since=at("00:00").date() - 5 * DAY)
        incident = program.declare({LABELS: Status.PARTIAL_OUTAGE})
        program.clock.show(at("11:00"))
        program.resolve(incident)
        program.clock.show(at("12:00") + DAY)
        program.pin(Status.DEGRADED_PERFORMANCE)
        program.clock.show(at("12:30") + DAY)

        [labels] = days_of(program)

        assert labels["component"] == LABELS
        assert labels["days"] == [
            # It is on the board since ten o'clock of the second day.
            {"day": "2025-03-03", "status": "unknown", "is_vouched": False, "seconds": {}},
            {
                "day": "2025-03-04",
                "status": "partial_outage",
                "is_vouched": True,
                "seconds": {"partial_outage": 3_600, "operational": 46_800},
            },
            {
                "day": "2025-03-05",
                "status": "degraded_performance",
                "is_vouched": True,
                "seconds": {"operational": 43_200, "degraded_performance": 1_800},
            },
        ]
        # Of 26.5 and of 60.5 hours, 0.3 are down.
        assert (labels["percentage"], labels["restated_percentage"]) == ("98.86", "99.50")

    def test_of_which_nobody_vouches_are_named_so(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.clock.show(at("00:00") + DAY)

        [labels] = days_of(program)

        assert [(each["day"], each["status"], each["is_vouched"]) for each in labels["days"]] == [
            ("2025-03-02", "unknown", False),
            ("2025-03-03", "unknown", False),
            ("2025-03-04", "operational", True),
        ]
        assert [each["seconds"] for each in labels["days"]] == [{}, {}, {"operational": 50_400}]

    def test_are_those_of_the_zone_also_where_the_clocks_change(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        spring = datetime.fromisoformat("2025-03-31T10:00:00+02:00")
        program.clock.show(spring)

        [labels] = days_of(program, zone=WARSAW)

        assert [(each["day"], sum(each["seconds"].values()) / 3_600) for each in labels["days"]] == [
            ("2025-03-29", 24),
            # In that night the clocks skip an hour.
            ("2025-03-30", 23),
            ("2025-03-31", 10),
        ]

    def test_are_of_the_components_on_the_public_board_in_its_order(self, program: Program) -> None:
        program.register(position=1)
        program.register(IMPORTS)
        program.register("vault", public=False)
        program.register("old")
        program.retire("old")
        program.clock.advance(MINUTE)

        assert [each["component"] for each in days_of(program)] == [IMPORTS, LABELS]
        assert [each["component"] for each in days_of(program, component=LABELS)] == [LABELS]

    def test_are_ninety_of_all_by_the_policy_that_is_asked_for(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.pin(Status.DEGRADED_PERFORMANCE)
        program.clock.show(at("14:00"))

        [labels] = days_of(program, days=90, policy=STRICT)

        assert len(labels["days"]) == 90
        assert (labels["days"][0]["day"], labels["days"][-1]["day"]) == ("2024-12-05", "2025-03-04")
        assert labels["percentage"] == "50.00"


class TestSeconds:
    def test_are_whole_or_exact(self) -> None:
        assert [seconds(span) for span in (timedelta(), 90 * DAY)] == [0, 7_776_000]
        assert repr(seconds(400 * DAY - timedelta(microseconds=1))) == "34559999.999999"
