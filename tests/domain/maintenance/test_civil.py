"""A civil time means one instant, or it is refused with both that it can mean."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.maintenance.timetables import Times, Timetables
from domain.maintenance.civil_time import Choice, to_instant
from domain.maintenance.errors import AmbiguousTime, NonexistentTime, UncertainTime
from tests.domain.builders import TICK
from tests.domain.zone_builders import (
    NAMES,
    ZONES,
    Change,
    changes_of,
    distinct_names,
    every_change,
    shown_at,
    that_show,
    zone_of,
)

BERLIN = zone_of("Europe/Berlin")
HOUR = timedelta(hours=1)

ordinary_gap = datetime.fromisoformat("2026-03-29T02:30")
ordinary_fold = datetime.fromisoformat("2026-10-25T02:30")
# Looked for when the first example is drawn, not in every process that collects the tests: it takes seconds.
zones_with_changes = st.deferred(lambda: st.sampled_from([name for name in distinct_names() if changes_of(name)]))
durations = st.timedeltas(min_value=TICK, max_value=timedelta(days=40))


@st.composite
def around_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone, and a civil time near one of its changes."""
    name = draw(zones_with_changes)
    change = draw(st.sampled_from(changes_of(name)))
    return name, change.first + draw(st.timedeltas(timedelta(hours=-4), timedelta(hours=28)))


def utc(text: str) -> datetime:
    """Give an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestOrdinaryTime:
    @pytest.mark.parametrize("choice", [None, *Choice])
    @pytest.mark.parametrize(
        ("civil", "instant"),
        [
            ("2026-01-15T02:30", "2026-01-15T01:30"),
            ("2026-07-15T02:30", "2026-07-15T00:30"),
            ("2026-03-29T01:59:59.999999", "2026-03-29T00:59:59.999999"),
            ("2026-03-29T03:00", "2026-03-29T01:00"),
            ("2026-10-25T01:59:59.999999", "2026-10-24T23:59:59.999999"),
            ("2026-10-25T03:00", "2026-10-25T02:00"),
        ],
    )
    def test_means_one_instant_whatever_is_chosen(self, civil: str, instant: str, choice: Choice | None) -> None:
        assert to_instant(datetime.fromisoformat(civil), BERLIN, choice) == utc(instant)

    def test_is_given_in_utc(self) -> None:
        assert to_instant(datetime.fromisoformat("2026-01-15T02:30"), BERLIN).tzinfo is UTC


class TestGap:
    """In Berlin the clocks go from 02:00 to 03:00 on 29 March 2026."""

    def test_is_refused_with_both_instants(self) -> None:
        with pytest.raises(NonexistentTime, match="no clock in Europe/Berlin shows 2026-03-29T02:30:00") as caught:
            to_instant(ordinary_gap, BERLIN)

        assert caught.value.facts == {"earlier": utc("2026-03-29T00:30"), "later": utc("2026-03-29T01:30")}

    def test_means_what_is_chosen(self) -> None:
        assert to_instant(ordinary_gap, BERLIN, Choice.EARLIER) == utc("2026-03-29T00:30")
        assert to_instant(ordinary_gap, BERLIN, Choice.LATER) == utc("2026-03-29T01:30")

    @pytest.mark.parametrize("civil", ["2026-03-29T02:00", "2026-03-29T02:59:59.999999"])
    def test_is_from_its_first_moment_to_its_last(self, civil: str) -> None:
        with pytest.raises(NonexistentTime):
            to_instant(datetime.fromisoformat(civil), BERLIN)


class TestFold:
    """In Berlin the clocks go from 03:00 to 02:00 on 25 October 2026."""

    def test_is_refused_with_both_instants(self) -> None:
        with pytest.raises(AmbiguousTime, match="the clocks in Europe/Berlin show 2026-10-25T02:30:00 twice") as caught:
            to_instant(ordinary_fold, BERLIN)

        assert caught.value.facts == {"earlier": utc("2026-10-25T00:30"), "later": utc("2026-10-25T01:30")}

    def test_means_what_is_chosen(self) -> None:
        assert to_instant(ordinary_fold, BERLIN, Choice.EARLIER) == utc("2026-10-25T00:30")
        assert to_instant(ordinary_fold, BERLIN, Choice.LATER) == utc("2026-10-25T01:30")

    @pytest.mark.parametrize("civil", ["2026-10-25T02:00", "2026-10-25T02:59:59.999999"])
    def test_is_from_its_first_moment_to_its_last(self, civil: str) -> None:
        with pytest.raises(AmbiguousTime):
            to_instant(datetime.fromisoformat(civil), BERLIN)

    def test_is_no_other_if_the_time_says_that_it_is_the_second(self) -> None:
        with pytest.raises(AmbiguousTime):
            to_instant(ordinary_fold.replace(fold=1), BERLIN)


class TestEveryZone:
    def test_is_one_of_the_pinned_database(self) -> None:
        assert len(NAMES) > 500
        assert all(ZONES.find(name) is not None for name in NAMES)

    @pytest.mark.parametrize("name", ["", "Europe/Nowhere", "../../secret", "Europe", "zones", "europe/berlin"])
    def test_has_a_name_of_that_database(self, name: str) -> None:
        assert ZONES.find(name) is None

    def test_has_its_changes_found(self) -> None:
        assert len(changes_of("Europe/Berlin")) == 42
        assert not changes_of("UTC")
        assert {change.after - change.before for change in changes_of("Australia/Lord_Howe")} == {-HOUR / 2, HOUR / 2}
        assert {change.after - change.before for change in changes_of("Antarctica/Troll")} == {-2 * HOUR, 2 * HOUR}

    def test_shows_the_time_that_was_asked_for_around_every_change(self) -> None:
        for change in every_change():
            zone, middle = zone_of(change.zone), change.first + (change.last - change.first) / 2
            for civil in (change.first - HOUR, change.first - TICK, change.last, change.last + HOUR):
                assert_clear(civil, zone)
            for civil in (change.first, middle, change.last - TICK):
                assert_refused(civil, zone, change)


class TestPlan:
    @given(around=around_a_change(), choice=st.sampled_from([None, *Choice]), duration=durations)
    def test_lasts_exactly_as_long_as_it_says(
        self, around: tuple[str, datetime], choice: Choice | None, duration: timedelta
    ) -> None:
        name, start = around
        times = Times(zone=name, start=start, duration=duration, ambiguous=choice)
        try:
            timetable = Timetables(ZONES).to_timetable(times)
        except UncertainTime as refusal:
            assert choice is None
            asked = {"/start": start}[str(refusal.facts["pointer"])]
            assert_named(refusal, asked, zone_of(name))
        else:
            assert timetable.ends_at - timetable.starts_at == duration
            assert_meant(timetable.starts_at, start, zone_of(name), choice)

    @given(around=around_a_change(), choice=st.sampled_from([None, *Choice]), length=durations)
    def test_ends_when_the_clocks_show_its_end(
        self, around: tuple[str, datetime], choice: Choice | None, length: timedelta
    ) -> None:
        name, end = around
        times = Times(zone=name, start=end - length, end=end, ambiguous=choice)
        try:
            timetable = Timetables(ZONES).to_timetable(times)
        except UncertainTime as refusal:
            assert choice is None
            asked = {"/start": end - length, "/end": end}[str(refusal.facts["pointer"])]
            assert_named(refusal, asked, zone_of(name))
        else:
            assert_meant(timetable.starts_at, end - length, zone_of(name), choice)
            assert_meant(timetable.ends_at, end, zone_of(name), choice)


def assert_clear(civil: datetime, zone: tzinfo) -> None:
    instant = to_instant(civil, zone)
    assert shown_at(zone, instant) == civil
    assert [instant] == that_show(zone, civil)
    assert {to_instant(civil, zone, choice) for choice in Choice} == {instant}


def assert_refused(civil: datetime, zone: tzinfo, change: Change) -> None:
    with pytest.raises(NonexistentTime if change.is_gap else AmbiguousTime) as caught:
        to_instant(civil, zone)
    assert_named(caught.value, civil, zone)
    chosen = [to_instant(civil, zone, choice) for choice in (Choice.EARLIER, Choice.LATER)]
    assert chosen == [caught.value.facts["earlier"], caught.value.facts["later"]]
    wall = civil.replace(tzinfo=UTC)
    assert chosen == sorted([wall - change.before, wall - change.after])


def assert_named(refusal: UncertainTime, civil: datetime, zone: tzinfo) -> None:
    """Look whether a refusal is right, and names two instants around the one at which the clocks change."""
    shown = that_show(zone, civil)
    earlier, later = refusal.facts["earlier"], refusal.facts["later"]
    assert isinstance(earlier, datetime)
    assert isinstance(later, datetime)
    assert earlier < later
    if isinstance(refusal, AmbiguousTime):
        assert shown == [earlier, later]
    else:
        assert shown == []
        assert shown_at(zone, earlier) < civil < shown_at(zone, later)


def assert_meant(instant: datetime, civil: datetime, zone: tzinfo, choice: Choice | None) -> None:
    """Look whether an instant shows the civil time asked for, or is the chosen one of the two it can mean."""
    shown = that_show(zone, civil)
    if len(shown) == 1:
        assert shown == [instant]
    else:
        assert choice is not None
        with pytest.raises(UncertainTime) as caught:
            to_instant(civil, zone)
        assert instant == caught.value.facts[choice.value]
