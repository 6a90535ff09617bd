"""What a plan by the clocks of a zone means, in that zone, in each market, and from week to week."""

from datetime import UTC, datetime, timedelta

import pytest

from application.maintenance.recurrence import Recurrence
from application.maintenance.series_commands import to_times
from application.maintenance.timetables import Extension, Move, Times, Timetables
from domain.errors import Invalid
from domain.maintenance import LocalTime, MarketZone, Timetable
from domain.maintenance.civil_time import Choice
from domain.maintenance.errors import AmbiguousTime, NonexistentTime, UncertainTime
from domain.maintenance.series_state import Pattern
from tests.domain.zone_builders import ZONES, zone_of

TIMETABLES = Timetables(ZONES)
BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)

LATIN_AMERICA = {
    "MX": ("America/Mexico_City", "2024-07-27T22:00-06:00", "2024-07-28T02:00-06:00"),
    "PE": ("America/Lima", "2024-07-27T23:00-05:00", "2024-07-28T03:00-05:00"),
    "CO": ("America/Bogota", "2024-07-27T23:00-05:00", "2024-07-28T03:00-05:00"),
    "CL": ("America/Santiago", "2024-07-28T00:00-04:00", "2024-07-28T04:00-04:00"),
    "BR": ("America/Sao_Paulo", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
    "AR": ("America/Argentina/Buenos_Aires", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
    "UY": ("America/Montevideo", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
}


def civil(text: str) -> datetime:
    """Give a civil time."""
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    """Give an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_berlin(
    start: str, end: str | None = None, *, duration: timedelta | None = None, ambiguous: Choice | None = None
) -> Timetable:
    """Give what times by the clocks of Berlin mean."""
    times = Times(
        zone=BERLIN,
        start=civil(start),
        end=None if end is None else civil(end),
        duration=duration,
        ambiguous=ambiguous,
    )
    return TIMETABLES.to_timetable(times)


def week_by_week(
    first: str, *, lasts: timedelta = 2 * HOUR, elapsed: bool = False, ambiguous: Choice | None = None
) -> list[Times]:
    """Give the times of three windows, a week apart, that begin in Berlin at ``first``."""
    pattern = Pattern(
        rule="FREQ=WEEKLY;COUNT=3",
        zone=BERLIN,
        start=first,
        end=None if elapsed else (civil(first) + lasts).isoformat(),
        duration=lasts if elapsed else None,
        ambiguous=ambiguous,
        markets=(),
    )
    return [to_times(pattern, start) for start in Recurrence(pattern, zone_of(BERLIN)).starts()]


def instants(times: list[Times]) -> list[tuple[datetime, datetime]]:
    """Give when windows of these times begin and end."""
    return [(table.starts_at, table.ends_at) for table in map(TIMETABLES.to_timetable, times)]


class TestWeeklyWindow:
    """From 02:00 to 04:00 in Berlin, each Sunday."""

    def test_follows_the_clocks_into_summer(self) -> None:
        assert instants(week_by_week("2026-03-22T02:00", ambiguous=Choice.LATER)) == [
            (utc("2026-03-22T01:00"), utc("2026-03-22T03:00")),
            (utc("2026-03-29T01:00"), utc("2026-03-29T02:00")),
            (utc("2026-04-05T00:00"), utc("2026-04-05T02:00")),
        ]

    def test_begins_before_the_gap_if_that_is_chosen(self) -> None:
        (_, gap, _) = instants(week_by_week("2026-03-22T02:00", ambiguous=Choice.EARLIER))

        assert gap == (utc("2026-03-29T00:00"), utc("2026-03-29T02:00"))

    @pytest.mark.parametrize(
        ("choice", "fold"),
        [(Choice.EARLIER, "2026-10-25T00:00"), (Choice.LATER, "2026-10-25T01:00")],
    )
    def test_follows_the_clocks_into_winter(self, choice: Choice, fold: str) -> None:
        assert instants(week_by_week("2026-10-18T02:00", ambiguous=choice)) == [
            (utc("2026-10-18T00:00"), utc("2026-10-18T02:00")),
            (utc(fold), utc("2026-10-25T03:00")),
            (utc("2026-11-01T01:00"), utc("2026-11-01T03:00")),
        ]

    @pytest.mark.parametrize(
        ("first", "choice"),
        [("2026-03-22T02:00", Choice.LATER), ("2026-10-18T02:00", Choice.EARLIER), ("2026-10-18T02:00", Choice.LATER)],
    )
    def test_lasts_as_long_as_it_says_if_that_is_elapsed_time(self, first: str, choice: Choice) -> None:
        windows = instants(week_by_week(first, elapsed=True, ambiguous=choice))

        assert [end - start for start, end in windows] == [2 * HOUR] * 3

    @pytest.mark.parametrize("minute", ["00", "30"])
    @pytest.mark.parametrize(
        ("first", "refusal", "earlier", "later"),
        [
            ("2026-03-22", NonexistentTime, "2026-03-29T00", "2026-03-29T01"),
            ("2026-10-18", AmbiguousTime, "2026-10-25T00", "2026-10-25T01"),
        ],
    )
    def test_is_refused_where_the_clocks_change_unless_it_chooses(
        self, first: str, refusal: type[UncertainTime], earlier: str, later: str, minute: str
    ) -> None:
        before, changing, after = week_by_week(f"{first}T02:{minute}")

        with pytest.raises(refusal) as caught:
            TIMETABLES.to_timetable(changing)

        assert caught.value.facts == {
            "earlier": utc(f"{earlier}:{minute}"),
            "later": utc(f"{later}:{minute}"),
            "pointer": "/start",
        }
        assert len(instants([before, after])) == 2

    @pytest.mark.parametrize(("choice", "hour"), [(Choice.EARLIER, "00"), (Choice.LATER, "01")])
    @pytest.mark.parametrize(("first", "day"), [("2026-03-22", "2026-03-29"), ("2026-10-18", "2026-10-25")])
    def test_at_half_past_two_begins_as_it_chooses(self, first: str, day: str, choice: Choice, hour: str) -> None:
        (_, changing, _) = instants(week_by_week(f"{first}T02:30", elapsed=True, ambiguous=choice))

        assert changing == (utc(f"{day}T{hour}:30"), utc(f"{day}T{hour}:30") + 2 * HOUR)


class TestMarkets:
    def test_read_start_and_end_by_their_own_clocks_and_dates(self) -> None:
        markets = tuple(MarketZone(market=market, zone=zone) for market, (zone, *_) in LATIN_AMERICA.items())
        times = Times(zone="America/Sao_Paulo", start=civil("2024-07-28T01:00"), duration=4 * HOUR, markets=markets)

        timetable = TIMETABLES.to_timetable(times)

        assert (timetable.starts_at, timetable.ends_at) == (utc("2024-07-28T04:00"), utc("2024-07-28T08:00"))
        assert timetable.local_times == tuple(
            LocalTime(market=market, zone=zone, start=start, end=end)
            for market, (zone, start, end) in LATIN_AMERICA.items()
        )
        assert timetable.tzdata == ZONES.version

    def test_read_offsets_on_either_side_of_a_change(self) -> None:
        times = Times(
            zone="UTC",
            start=civil("2026-03-29T00:30"),
            end=civil("2026-03-29T01:30:05"),
            markets=(MarketZone(market="DE", zone=BERLIN),),
        )

        (local,) = TIMETABLES.to_timetable(times).local_times

        assert (local.start, local.end) == ("2026-03-29T01:30+01:00", "2026-03-29T03:30:05+02:00")

    def test_that_live_by_an_unknown_zone_are_refused(self) -> None:
        known, unknown = MarketZone(market="DE", zone=BERLIN), MarketZone(market="XX", zone="Europe/Nowhere")
        times = Times(zone=BERLIN, start=civil("2026-05-01T02:00"), duration=HOUR, markets=(known, unknown))

        with pytest.raises(Invalid, match="there is no time zone Europe/Nowhere") as caught:
            TIMETABLES.to_timetable(times)

        assert caught.value.facts["pointer"] == "/markets/1/zone"


class TestTimes:
    def test_of_a_night_are_kept_as_they_were_planned(self) -> None:
        times = Times(zone="Europe/Warsaw", start=civil("2025-08-03T00:00"), end=civil("2025-08-03T03:00"))

        timetable = TIMETABLES.to_timetable(times)

        assert (timetable.starts_at, timetable.ends_at) == (utc("2025-08-02T22:00"), utc("2025-08-03T01:00"))
        assert (timetable.start, timetable.end) == ("2025-08-03T00:00", "2025-08-03T03:00")

    @pytest.mark.parametrize(("end", "duration"), [(None, None), ("2026-05-01T04:00", HOUR)])
    def test_say_in_one_way_when_it_ends(self, end: str | None, duration: timedelta | None) -> None:
        with pytest.raises(Invalid, match="either when it ends or how long it lasts"):
            in_berlin("2026-05-01T02:00", end, duration=duration)

    def test_without_length_are_none(self) -> None:
        with pytest.raises(Invalid, match="without length") as caught:
            in_berlin("2026-05-01T02:00", duration=timedelta(0))

        assert caught.value.facts["pointer"] == "/duration"

    def test_of_an_unknown_zone_are_refused(self) -> None:
        with pytest.raises(Invalid, match="there is no time zone Mars/Olympus") as caught:
            TIMETABLES.to_timetable(Times(zone="Mars/Olympus", start=civil("2026-05-01T02:00"), duration=HOUR))

        assert caught.value.facts["pointer"] == "/zone"

    def test_name_the_end_if_that_is_what_is_uncertain(self) -> None:
        with pytest.raises(AmbiguousTime) as caught:
            in_berlin("2026-10-25T01:00", "2026-10-25T02:30")

        assert caught.value.facts["pointer"] == "/end"


class TestMove:
    @pytest.mark.parametrize(
        ("before", "after", "elapsed"), [("2026-03-22", "2026-03-29", 5 * HOUR), ("2026-03-29", "2026-04-05", 6 * HOUR)]
    )
    def test_lasts_as_long_by_the_clock_on_the_wall(self, before: str, after: str, elapsed: timedelta) -> None:
        planned = in_berlin(f"{before}T00:00", f"{before}T06:00")

        moved = TIMETABLES.to_timetable(Move(start=civil(f"{after}T00:00")).to_times(planned))

        assert moved.end == f"{after}T06:00"
        assert moved.ends_at - moved.starts_at == elapsed

    def test_lasts_as_long_as_was_elapsed_if_it_was_planned_so(self) -> None:
        before = in_berlin("2026-03-22T00:00", duration=6 * HOUR)

        moved = TIMETABLES.to_timetable(Move(start=civil("2026-03-29T00:00")).to_times(before))

        assert (moved.end, moved.duration) == (None, 6 * HOUR)
        assert moved.ends_at - moved.starts_at == 6 * HOUR

    def test_takes_another_zone_and_end_and_keeps_the_markets(self) -> None:
        markets = (MarketZone(market="PE", zone="America/Lima"),)
        before = TIMETABLES.with_local_times(in_berlin("2026-05-01T02:00", duration=HOUR), markets)

        moved = TIMETABLES.to_timetable(
            Move(start=civil("2026-05-02T02:00"), zone="UTC", duration=2 * HOUR).to_times(before)
        )

        assert (moved.starts_at, moved.ends_at) == (utc("2026-05-02T02:00"), utc("2026-05-02T04:00"))
        assert [local.start for local in moved.local_times] == ["2026-05-01T21:00-05:00"]


class TestExtension:
    """Of a window from 00:00 to 01:30 in the night in which the clocks of Berlin go back from 03:00 to 02:00."""

    night = in_berlin("2026-10-25T00:00", "2026-10-25T01:30")

    @pytest.mark.parametrize(
        ("extension", "ends_at"),
        [
            (Extension(end=civil("2026-10-25T04:00")), "2026-10-25T03:00"),
            (Extension(end=civil("2026-10-25T02:30"), ambiguous=Choice.EARLIER), "2026-10-25T00:30"),
            (Extension(end=civil("2026-10-25T02:30"), ambiguous=Choice.LATER), "2026-10-25T01:30"),
            (Extension(by=2 * HOUR), "2026-10-25T01:30"),
            (Extension(duration=4 * HOUR), "2026-10-25T02:00"),
        ],
    )
    def test_moves_the_end_alone(self, extension: Extension, ends_at: str) -> None:
        longer = TIMETABLES.extend(self.night, extension)

        assert longer.ends_at == utc(ends_at)
        assert (longer.starts_at, longer.start) == (self.night.starts_at, self.night.start)
        assert (longer.end is None) == (extension.end is None)
        assert longer.duration == (None if extension.end else longer.ends_at - longer.starts_at)

    def test_moves_the_end_in_every_market(self) -> None:
        market = MarketZone(market="PL", zone="Europe/Warsaw")

        longer = TIMETABLES.extend(TIMETABLES.with_local_times(self.night, (market,)), Extension(by=4 * HOUR))

        assert [local.end for local in longer.local_times] == ["2026-10-25T04:30+01:00"]

    def test_to_an_uncertain_time_is_refused(self) -> None:
        with pytest.raises(AmbiguousTime) as caught:
            TIMETABLES.extend(self.night, Extension(end=civil("2026-10-25T02:30")))

        assert caught.value.facts["pointer"] == "/end"

    @pytest.mark.parametrize("extension", [Extension(), Extension(by=HOUR, duration=HOUR)])
    def test_says_in_one_way_how_far(self, extension: Extension) -> None:
        with pytest.raises(Invalid, match="when it ends, by how much it is extended, or how long it lasts"):
            TIMETABLES.extend(self.night, extension)
