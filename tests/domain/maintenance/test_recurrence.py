"""A series of windows recurs by a rule of days, and refuses what is none."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.maintenance.recurrence import MAX_WINDOWS, normalize_rule, occurrences
from domain.errors import InTheFuture, Invalid, NoImpact
from domain.impact import Status
from domain.maintenance.errors import SeriesEnded
from domain.maintenance.series import MaintenanceSeries
from domain.maintenance.series_state import MAX_LEFT_OUT, LeftOut
from domain.provenance import FUTURE_TOLERANCE
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, TICK, ana, at, the_clock
from tests.domain.window_builders import PLANNED_AT, WEEKLY, a_plan, a_series

START = datetime.fromisoformat("2026-03-01T02:00")
DAY = timedelta(days=1)

parts_of_rules = st.sampled_from(
    [
        *("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "INTERVAL=2", "INTERVAL=-1"),
        *("COUNT=3", "COUNT=0", "UNTIL=20260401", "UNTIL=now", "BYDAY=MO,FR", "BYDAY=-1SU", "BYDAY=X", "BYMONTH=3"),
        *("BYMONTHDAY=-1", "BYSETPOS=1", "WKST=SU", "WKST=?", "BYHOUR=3", "X-MORE=1", "=", "FREQ"),
    ]
)


def days(rule: str, *, until: str = "2026-04-01", after: str | None = None) -> list[str]:
    """Give the days on which windows begin at 02:00, up to and with the first beyond ``until``."""
    found = occurrences(
        normalize_rule(rule, START),
        START,
        after=None if after is None else datetime.fromisoformat(after),
        until=datetime.fromisoformat(until),
    )
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
            ("FREQ=DAILY;UNTIL=20260401", "FREQ=DAILY;UNTIL=20260401T235959"),
            ("FREQ=DAILY;UNTIL=20260401T000000Z", "FREQ=DAILY;UNTIL=20260401T235959"),
            ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU;", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU"),
        ],
    )
    def test_is_kept_in_one_spelling(self, rule: str, kept: str) -> None:
        assert normalize_rule(rule, START) == kept
        assert normalize_rule(kept, START) == kept

    @pytest.mark.parametrize(
        ("rule", "sentence"),
        [
            ("", "a rule has the parts"),
            (";", "a rule has the parts"),
            ("every Sunday", "a rule has the parts"),
            ("COUNT=3", "a rule has the parts"),
            ("FREQ=SECONDLY", "FREQ is one of DAILY, MONTHLY, WEEKLY, YEARLY"),
            ("FREQ=HOURLY", "FREQ is one of"),
            ("FREQ=MINUTELY", "FREQ is one of"),
            ("FREQ=DAILY;BYHOUR=2,3", "a rule has the parts"),
            ("FREQ=DAILY;BYSECOND=1", "a rule has the parts"),
            ("FREQ=YEARLY;BYEASTER=0", "a rule has the parts"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "COUNT or by UNTIL"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 to 1000"),
            ("FREQ=DAILY;INTERVAL=1001", "INTERVAL is a number from 1 to 1000"),
            ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is a number"),
            ("FREQ=DAILY;INTERVAL=", "INTERVAL is a number"),
            ("FREQ=DAILY;INTERVAL=²", "INTERVAL is a number"),
            ("FREQ=DAILY;COUNT=0", "COUNT is a number from 1 to 10000"),
            ("FREQ=DAILY;COUNT=999999999999", "COUNT is a number"),
            ("FREQ=DAILY;BYMONTHDAY=31", "a rule by days of the month is MONTHLY"),
            ("FREQ=DAILY;UNTIL=soon", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=99999999", "is not a recurrence rule"),
            ("FREQ=WEEKLY;BYDAY=XX", "is not a recurrence rule"),
            ("FREQ=WEEKLY;BYDAY=", "is not a recurrence rule"),
            ("FREQ=MONTHLY;BYSETPOS=0", "is not a recurrence rule"),
            ("FREQ=WEEKLY;WKST=XX", "is not a recurrence rule"),
            ("FREQ=DAILY;UNTIL=20260228", "yields no day at all"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "yields no day at all"),
        ],
    )
    def test_is_refused_if_it_is_none(self, rule: str, sentence: str) -> None:
        with pytest.raises(Invalid, match=sentence) as caught:
            normalize_rule(rule, START)

        assert caught.value.facts["pointer"] == "/rule"

    @pytest.mark.parametrize("until", ["2030", "203012", "2030123"])
    def test_ends_on_a_whole_day(self, until: str) -> None:
        with pytest.raises(Invalid, match="UNTIL is a day"):
            normalize_rule(f"FREQ=DAILY;UNTIL={until}", START)

    @pytest.mark.parametrize("space", ["\n", " ", "\u2028"])
    @pytest.mark.parametrize("more", ["RRULE:FREQ=SECONDLY", "EXDATE:20260301T020000", "RDATE:20260301T030000"])
    def test_is_one_rule_alone(self, more: str, space: str) -> None:
        with pytest.raises(Invalid):
            normalize_rule(f"FREQ=DAILY;BYDAY=MO{space}{more}", START)

    @given(parts=st.lists(parts_of_rules, max_size=4))
    def test_is_read_or_refused_and_speaks_of_days_alone(self, parts: list[str]) -> None:
        try:
            rule = normalize_rule(";".join(parts), START)
        except Invalid:
            return
        found = occurrences(rule, START, after=None, until=START + 90 * DAY)
        assert {time.time() for time in found} == {START.time()}
        assert found[0] >= START
        assert all(one + DAY <= other for one, other in pairwise(found))

    @given(rule=st.text(max_size=40))
    def test_is_refused_if_it_is_noise(self, rule: str) -> None:
        with pytest.raises(Invalid):
            normalize_rule(rule, START)


class TestOccurrences:
    def test_go_up_to_the_first_beyond(self) -> None:
        assert days("FREQ=WEEKLY", until="2026-03-16") == ["03-01", "03-08", "03-15", "03-22"]
        assert days("FREQ=WEEKLY", until="2026-03-15T02:00") == ["03-01", "03-08", "03-15", "03-22"]

    def test_stop_where_the_rule_does(self) -> None:
        assert days("FREQ=WEEKLY;COUNT=2") == ["03-01", "03-08"]
        assert days("FREQ=WEEKLY;UNTIL=20260308") == ["03-01", "03-08"]

    def test_take_the_last_day_as_a_whole(self) -> None:
        assert days("FREQ=DAILY;UNTIL=20260302T000000Z") == ["03-01", "03-02"]

    def test_go_on_after_one_of_them(self) -> None:
        assert days("FREQ=WEEKLY;COUNT=4", after="2026-03-08T02:00") == ["03-15", "03-22"]
        assert days("FREQ=WEEKLY;COUNT=4", after="2026-03-22T02:00") == []

    def test_leave_out_days_that_a_month_has_not(self) -> None:
        assert days("FREQ=MONTHLY;BYMONTHDAY=31", until="2026-08-01") == ["03-31", "05-31", "07-31", "08-31"]

    def test_are_on_days_of_the_week(self) -> None:
        assert days("FREQ=MONTHLY;BYDAY=-1SU", until="2026-05-01") == ["03-29", "04-26", "05-31"]
        assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", until="2026-03-20") == ["03-09", "03-13", "03-23"]

    def test_are_no_more_than_a_series_makes_at_once_and_the_next(self) -> None:
        found = occurrences("FREQ=DAILY", START, after=None, until=datetime.fromisoformat("2999-01-01"))

        assert len(found) == MAX_WINDOWS + 1
        assert found[-1] == START + MAX_WINDOWS * DAY


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
