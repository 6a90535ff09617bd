"""A series of windows recurs by a rule of days, and refuses what is none."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.maintenance.recurrence import MAX_WINDOWS, Recurrence, check_pattern, occurrences
from domain.errors import InTheFuture, Invalid, NoImpact
from domain.impact import Status
from domain.maintenance.civil_time import to_instant
from domain.maintenance.errors import SeriesEnded
from domain.maintenance.series import MaintenanceSeries
from domain.maintenance.series_state import MAX_LEFT_OUT, LeftOut, Pattern
from domain.provenance import FUTURE_TOLERANCE
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, TICK, ana, at, the_clock
from tests.domain.window_builders import PLANNED_AT, WEEKLY, a_pattern, a_plan, a_series
from tests.domain.zone_builders import zone_of

START = datetime.fromisoformat("2026-03-01T02:00")
DAY = timedelta(days=1)

parts_of_rules = st.sampled_from(
    [
        *("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "INTERVAL=2", "INTERVAL=-1"),
        *("COUNT=3", "COUNT=0", "UNTIL=20260401", "UNTIL=now", "BYDAY=MO,FR", "BYDAY=-1SU", "BYDAY=X", "BYMONTH=3"),
        *("BYMONTHDAY=-1", "BYSETPOS=1", "WKST=SU", "WKST=?", "BYHOUR=3", "X-MORE=1", "=", "FREQ"),
    ]
)


def checked(rule: str, **more: Any) -> Pattern:  # noqa: ANN401 - the fields of a pattern
    """Check a pattern with this rule."""
    pattern = a_pattern(rule, **{"start": START} | more)
    return check_pattern(pattern, zone_of(pattern.zone))


def days(rule: str, *, until: str = "2026-04-01", after: str | None = None, **more: Any) -> list[str]:  # noqa: ANN401 - see above
    """Give the days on which windows begin at 02:00, up to and with the first beyond ``until``."""
    recurrence = Recurrence(checked(rule, **more), zone_of("UTC"))
    starts = recurrence.starts(after=None if after is None else datetime.fromisoformat(after))
    found = occurrences(starts, until=datetime.fromisoformat(until))
    assert {time.time() for time in found} <= {START.time()}
    return [f"{time:%m-%d}" for time in found]


class TestRule:
    @pytest.mark.parametrize(
        ("rule", "kept"),
        [
            ("FREQ=WEEKLY", "FREQ=WEEKLY"),
            (" rrule:freq=monthly;byday=2su ", "FREQ=MONTHLY;BYDAY=2SU"),
            ("FREQ=DAILY;INTERVAL=1000;COUNT=10000", "FREQ=DAILY;INTERVAL=1000;COUNT=10000"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
            ("FREQ=DAILY;UNTIL=20260401", "FREQ=DAILY;UNTIL=20260401"),
            ("FREQ=DAILY;UNTIL=20260401T000000Z", "FREQ=DAILY;UNTIL=20260401T000000Z"),
            ("FREQ=DAILY;UNTIL=20260401T235959", "FREQ=DAILY;UNTIL=20260401T235959"),
            ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU;", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU"),
            ("FREQ=DAILY;BYMONTHDAY=31", "FREQ=DAILY;BYMONTHDAY=31"),
            ("BYWEEKNO=20;FREQ=YEARLY", "BYWEEKNO=20;FREQ=YEARLY"),
        ],
    )
    def test_is_kept_in_one_spelling(self, rule: str, kept: str) -> None:
        assert checked(rule).rule == kept
        assert checked(kept).rule == kept

    @pytest.mark.parametrize(
        ("rule", "sentence"),
        [
            ("", "a rule has the parts"),
            (";", "a rule has the parts"),
            ("every Sunday", "a rule has the parts"),
            ("COUNT=3", "a rule has the parts .* and always FREQ"),
            ("FREQ=SECONDLY", "FREQ is one of DAILY, MONTHLY, WEEKLY, YEARLY"),
            ("FREQ=HOURLY", "FREQ is one of"),
            ("FREQ=MINUTELY", "FREQ is one of"),
            ("FREQ=DAILY;BYHOUR=2,3", "a rule has the parts"),
            ("FREQ=DAILY;BYSECOND=1", "a rule has the parts"),
            ("FREQ=YEARLY;BYEASTER=0", "a rule has the parts"),
            ("FREQ=DAILY;INTERVALL=2", "did you mean INTERVAL?"),
            ("FREQ=DAILY;COUNT=3;COUNT=4", "each part once"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "COUNT or by UNTIL"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 to 1000"),
            ("FREQ=DAILY;INTERVAL=1001", "INTERVAL is a number from 1 to 1000"),
            ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is a number"),
            ("FREQ=DAILY;INTERVAL=", "INTERVAL is a number"),
            ("FREQ=DAILY;INTERVAL=²", "INTERVAL is a number"),
            ("FREQ=DAILY;COUNT=0", "COUNT is a number from 1 to 10000"),
            ("FREQ=DAILY;COUNT=999999999999", "COUNT is a number"),
            ("FREQ=WEEKLY;BYMONTHDAY=31", "BYMONTHDAY is part of rules that are DAILY or MONTHLY or YEARLY"),
            ("FREQ=MONTHLY;BYYEARDAY=31", "BYYEARDAY is part of rules that are YEARLY"),
            ("FREQ=MONTHLY;BYWEEKNO=31", "BYWEEKNO is part of rules that are YEARLY"),
            ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=0", "BYMONTHDAY is a number from 1 to 31 or -1 to -31"),
            ("FREQ=MONTHLY;BYMONTHDAY=+0", "BYMONTHDAY is a number from 1 to 31"),
            ("FREQ=MONTHLY;BYMONTHDAY=32,15", "BYMONTHDAY is a number from 1 to 31"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,-32", "BYMONTHDAY is a number from 1 to 31"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,", "BYMONTHDAY is a number from 1 to 31"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=15,30", "BYMONTHDAY is a number up to 29"),
            ("FREQ=YEARLY;BYMONTH=13,1", "BYMONTH is a number from 1 to 12"),
            ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH is a number from 1 to 12"),
            ("FREQ=YEARLY;BYYEARDAY=367,1", "BYYEARDAY is a number from 1 to 366"),
            ("FREQ=YEARLY;BYWEEKNO=54,1", "BYWEEKNO is a number from 1 to 53"),
            ("FREQ=MONTHLY;BYDAY=7MO,1MO", "BYDAY has a number from 1 to 5"),
            ("FREQ=MONTHLY;BYDAY=-6SU", "BYDAY has a number from 1 to 5"),
            ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY is a weekday"),
            ("FREQ=YEARLY;BYDAY=54MO", "BYDAY has a number from 1 to 53"),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=6MO", "BYDAY has a number from 1 to 5"),
            ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "BYDAY has no number beside BYWEEKNO"),
            ("FREQ=WEEKLY;BYDAY=1MO", "MONTHLY or YEARLY"),
            ("FREQ=DAILY;BYDAY=1MO", "MONTHLY or YEARLY"),
            ("FREQ=DAILY;UNTIL=soon", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=99999999", "UNTIL is a day or an instant that exists"),
            ("FREQ=DAILY;UNTIL=20260401T250000Z", "UNTIL is a day or an instant that exists"),
            ("FREQ=WEEKLY;BYDAY=XX", "BYDAY is a weekday"),
            ("FREQ=WEEKLY;BYDAY=MO,XX", "BYDAY is a weekday"),
            ("FREQ=WEEKLY;BYDAY=", "BYDAY is a weekday"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS is a number"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "BYSETPOS is a number"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,32", "BYSETPOS is a number up to 31"),
            ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS chooses among the days of another part"),
            ("FREQ=WEEKLY;WKST=XX", "WKST is a weekday"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY is a number up to 29"),
        ],
    )
    def test_is_refused_if_a_part_of_it_cannot_be(self, rule: str, sentence: str) -> None:
        with pytest.raises(Invalid, match=sentence) as caught:
            checked(rule)

        assert caught.value.facts["pointer"] == "/rule"

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
            "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
            "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=12",
            "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;BYYEARDAY=1",
            "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
            "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        ],
    )
    def test_is_refused_without_a_long_search_if_no_day_follows_from_it(self, rule: str) -> None:
        with pytest.raises(Invalid, match="yields no day at all"):
            checked(rule)

    def test_has_days_that_come_once_in_forty_years(self) -> None:
        recurrence = Recurrence(checked("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SA"), zone_of("UTC"))

        found = [start.year for start in occurrences(recurrence.starts(), until=datetime.fromisoformat("2150-01-01"))]

        assert found == [2048, 2076, 2116, 2144, 2172]

    @pytest.mark.parametrize("until", ["2030", "203012", "2030123"])
    def test_ends_on_a_whole_day(self, until: str) -> None:
        with pytest.raises(Invalid, match="UNTIL is a day"):
            checked(f"FREQ=DAILY;UNTIL={until}")

    @pytest.mark.parametrize("space", ["\n", " ", "\u2028"])
    @pytest.mark.parametrize("more", ["RRULE:FREQ=SECONDLY", "EXDATE:20260301T020000", "RDATE:20260301T030000"])
    def test_is_one_rule_alone(self, more: str, space: str) -> None:
        with pytest.raises(Invalid):
            checked(f"FREQ=DAILY;BYDAY=MO{space}{more}")

    @given(parts=st.lists(parts_of_rules, max_size=4))
    def test_is_read_or_refused_and_speaks_of_days_alone(self, parts: list[str]) -> None:
        try:
            pattern = checked(";".join(parts))
        except Invalid:
            return
        found = occurrences(Recurrence(pattern, zone_of("UTC")).starts(), until=START + 90 * DAY)
        assert {time.time() for time in found} == {START.time()}
        assert found[0] >= START
        assert all(one + DAY <= other for one, other in pairwise(found))

    @given(rule=st.text(max_size=40))
    def test_is_refused_if_it_is_noise(self, rule: str) -> None:
        with pytest.raises(Invalid):
            checked(rule)


class TestOccurrences:
    def test_go_up_to_the_first_beyond(self) -> None:
        assert days("FREQ=WEEKLY", until="2026-03-16") == ["03-01", "03-08", "03-15", "03-22"]
        assert days("FREQ=WEEKLY", until="2026-03-15T02:00") == ["03-01", "03-08", "03-15", "03-22"]

    def test_stop_where_the_rule_does(self) -> None:
        assert days("FREQ=WEEKLY;COUNT=2") == ["03-01", "03-08"]
        assert days("FREQ=WEEKLY;UNTIL=20260308") == ["03-01", "03-08"]

    def test_take_the_last_day_as_a_whole(self) -> None:
        assert days("FREQ=DAILY;UNTIL=20260302") == ["03-01", "03-02"]
        assert days("FREQ=DAILY;UNTIL=20260302T235959") == ["03-01", "03-02"]

    def test_take_an_instant_as_one(self) -> None:
        assert days("FREQ=DAILY;UNTIL=20260302T020000Z") == ["03-01", "03-02"]
        assert days("FREQ=DAILY;UNTIL=20260302T015959Z") == ["03-01"]

    def test_go_on_after_one_of_them(self) -> None:
        assert days("FREQ=WEEKLY;COUNT=4", after="2026-03-08T02:00") == ["03-15", "03-22"]
        assert days("FREQ=WEEKLY;COUNT=4", after="2026-03-22T02:00") == []

    def test_leave_out_days_that_a_month_has_not(self) -> None:
        assert days("FREQ=MONTHLY;BYMONTHDAY=31", until="2026-08-01") == ["03-31", "05-31", "07-31", "08-31"]

    def test_are_on_days_of_the_week(self) -> None:
        assert days("FREQ=MONTHLY;BYDAY=-1SU", until="2026-05-01") == ["03-29", "04-26", "05-31"]
        assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", until="2026-03-20") == ["03-09", "03-13", "03-23"]

    def test_are_on_every_weekday_that_is_listed_with_and_without_a_number(self) -> None:
        assert days("FREQ=MONTHLY;BYDAY=1MO,TU", until="2026-03-18") == ["03-02", "03-03", "03-10", "03-17", "03-24"]

    def test_are_on_the_weekday_of_the_start_in_a_numbered_week(self) -> None:
        assert days("FREQ=YEARLY;BYWEEKNO=10,11") == ["03-08", "03-15", "03-14"]

    def test_are_no_more_than_a_series_makes_at_once_and_the_next(self) -> None:
        recurrence = Recurrence(a_pattern("FREQ=DAILY", start=START), zone_of("UTC"))

        found = occurrences(recurrence.starts(), until=datetime.fromisoformat("2999-01-01"))

        assert len(found) == MAX_WINDOWS + 1
        assert found[-1] == START + MAX_WINDOWS * DAY

    def test_leave_out_dates_that_count_all_the_same(self) -> None:
        assert days("FREQ=WEEKLY;COUNT=3", exdates=("2026-03-08T02:00",)) == ["03-01", "03-15"]

    def test_take_dates_beside_the_rule_that_do_not_count_and_may_lie_behind_its_end(self) -> None:
        rdates = ("2026-04-20T02:00", "2026-03-04T02:00", "2026-03-08T02:00")

        assert days("FREQ=WEEKLY;COUNT=2", rdates=rdates, until="2026-05-01") == ["03-01", "03-04", "03-08", "04-20"]

    def test_leave_out_a_date_that_was_added(self) -> None:
        dates = ("2026-03-04T02:00",)

        assert days("FREQ=WEEKLY;COUNT=2", rdates=dates, exdates=dates) == ["03-01", "03-08"]

    @pytest.mark.parametrize("date", ["2026-03-09T02:00", "2026-03-08T03:00", "2026-03-29T02:00"])
    def test_are_not_left_out_where_there_is_none(self, date: str) -> None:
        with pytest.raises(Invalid, match=f"no window of the series begins at {date}") as caught:
            checked("FREQ=WEEKLY;COUNT=4", exdates=("2026-03-08T02:00", date))

        assert caught.value.facts["pointer"] == "/exdates/1"


class TestUntil:
    """Each case is one of a public list of faults in other programs."""

    @pytest.mark.parametrize(
        ("rule", "zone", "start", "expected"),
        [
            (
                "FREQ=DAILY;UNTIL=20270204T025959Z",
                "America/Sao_Paulo",
                "2027-02-01T01:00",
                ["2027-02-01T04:00", "2027-02-02T04:00", "2027-02-03T04:00"],
            ),
            (
                "FREQ=DAILY;UNTIL=20270204T005959Z",
                "Europe/Berlin",
                "2027-02-01T02:30",
                ["2027-02-01T01:30", "2027-02-02T01:30", "2027-02-03T01:30"],
            ),
            (
                "FREQ=DAILY;UNTIL=20270202T040000Z",
                "America/Sao_Paulo",
                "2027-02-01T01:00",
                ["2027-02-01T04:00", "2027-02-02T04:00"],
            ),
            ("FREQ=DAILY;UNTIL=20270201", "Pacific/Auckland", "2027-02-01T01:00", ["2027-01-31T12:00"]),
            ("FREQ=DAILY;UNTIL=20270201T005959", "Pacific/Auckland", "2027-02-01T01:00", []),
        ],
    )
    def test_is_compared_as_an_instant(self, rule: str, zone: str, start: str, expected: list[str]) -> None:
        pattern = a_pattern(rule, start=datetime.fromisoformat(start), zone=zone)

        starts = [to_instant(civil, zone_of(zone)) for civil in Recurrence(pattern, zone_of(zone)).starts()]

        assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in starts] == expected


class TestSeries:
    def test_has_made_nothing_when_it_begins(self) -> None:
        series = a_series()

        assert recorded(series) == ["maintenance_series.begun"]
        assert (series.pattern, series.made, series.next_due) == (WEEKLY, 0, None)

    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_a_component_would_carry_nothing(self, status: Status) -> None:
        with pytest.raises(NoImpact, match=CARRIER):
            a_series(plan=a_plan(components={CARRIER: status}))

    def test_is_refused_in_the_future(self) -> None:
        provenance = ana(PLANNED_AT + FUTURE_TOLERANCE + TICK, PLANNED_AT)

        with pytest.raises(InTheFuture):
            MaintenanceSeries.begin(
                id=UUID(int=9), plan=a_plan(), pattern=WEEKLY, announced=True, provenance=provenance
            )

    def test_counts_its_windows_and_looks_at_the_next(self) -> None:
        series = a_series()

        series.note_window(
            window=UUID(int=1), occurrence="2025-03-04T02:00", looks_at=at("02:00"), provenance=ana(PLANNED_AT)
        )

        assert (series.made, series.last, series.next_due) == (1, "2025-03-04T02:00", at("02:00"))

    def test_keeps_the_latest_of_those_left_out_in_sight(self) -> None:
        series = a_series()

        for number in range(MAX_LEFT_OUT + 1):
            series.leave_out(
                occurrence=str(number), because="the clocks change", looks_at=None, provenance=the_clock(PLANNED_AT)
            )

        assert len(series.left_out) == MAX_LEFT_OUT
        assert series.left_out[-1] == LeftOut(occurrence=str(MAX_LEFT_OUT), because="the clocks change")
        assert (series.made, series.last) == (0, str(MAX_LEFT_OUT))

    def test_makes_no_more_after_its_end(self) -> None:
        series = a_series()
        series.note_window(window=UUID(int=1), occurrence="1", looks_at=at("02:00"), provenance=ana(PLANNED_AT))

        series.end(reason="no more need", provenance=ana(at("01:00")))

        assert recorded(series)[-1] == "maintenance_series.ended"
        assert (series.ended_at, series.ended_because, series.next_due) == (at("01:00"), "no more need", None)

    def test_ends_once(self) -> None:
        series = a_series()
        series.end(reason=None, provenance=ana(at("01:00")))

        with refused(series, SeriesEnded, match="01:00"):
            series.end(reason="again", provenance=ana(at("02:00")))

    def test_does_not_end_in_the_future(self) -> None:
        series = a_series()

        with refused(series, InTheFuture):
            series.end(reason=None, provenance=ana(at("01:00") + FUTURE_TOLERANCE + TICK, at("01:00")))
