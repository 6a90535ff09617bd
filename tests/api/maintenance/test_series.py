"""Series of maintenance windows: made by a rule, as far as the horizon, each a window of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.pages import pages
from tests.api.windows import LABELS, LIST, Window, status_of

SERIES = "/v1/maintenance-series"
PLAN: dict[str, Any] = {
    "title": {"en": "Weekly upkeep", "es": "Mantenimiento semanal"},
    "zone": "Europe/Warsaw",
    "start": "2025-03-09T05:00",
    "end": "2025-03-09T06:00",
    "rule": "FREQ=WEEKLY",
    "components": {LABELS: "under_maintenance"},
    "markets": [{"market": "MX", "zone": "America/Mexico_City"}],
    "remind_before": [],
}
DAY = timedelta(days=1)
PAST = {"start": "2025-01-05T05:00", "end": "2025-01-05T06:00"}


@pytest.fixture
def site(site: Site) -> Site:
    """The service with a component, on the 4th of March at eight o'clock."""
    site.component(LABELS)
    return site


def begun(site: Site, **more: object) -> dict[str, Any]:
    """Begin a series."""
    return made(site.operator.post(SERIES, {**PLAN, **more}))


def shown(site: Site, series: dict[str, Any]) -> dict[str, Any]:
    """Read a series."""
    return made(site.operator.get(f"{SERIES}/{series['id']}"))


def windows(site: Site, series: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the windows of a series, the first one first."""
    found = [each for page in pages(site.operator, LIST, series=series["id"], limit=7) for each in page]
    return sorted(found, key=lambda window: window["starts_at"])


def starts(site: Site, series: dict[str, Any]) -> list[str]:
    """Give the civil starts of the windows of a series."""
    return [window["start"] for window in windows(site, series)]


def sundays(count: int) -> list[str]:
    """Give the civil starts of so many weeks."""
    first = datetime.fromisoformat(PLAN["start"])
    return [(first + number * 7 * DAY).isoformat(timespec="minutes") for number in range(count)]


class TestNotifying:
    @pytest.mark.parametrize("notify", [False, True])
    def test_is_for_later_windows_as_for_the_first_ones(self, site: Site, notify: bool) -> None:
        series = begun(site, notify=notify)
        before = [window["id"] for window in windows(site, series)]

        site.set_clock(at("08:00") + 8 * DAY)

        first, later = before[0], next(each["id"] for each in windows(site, series) if each["id"] not in before)
        planned = [made(site.auditor.get(f"/v1/aggregates/{window}/events"))["data"][0] for window in (first, later)]
        assert [each.get("notify", True) for each in planned] == [notify, notify]


class TestBeginning:
    def test_makes_the_windows_of_ninety_days(self, site: Site) -> None:
        answer = site.operator.post(SERIES, PLAN)

        series = answer.json()
        assert (answer.status_code, answer.headers["Location"]) == (201, f"{SERIES}/{series['id']}")
        assert answer.headers["ETag"] == f'"{series["version"]}"'
        assert (series["windows_made"], series["left_out"], series["ended_at"]) == (13, [], None)
        assert series["last_occurrence"] == "2025-06-01T05:00"
        assert starts(site, series) == sundays(13)

    def test_keeps_the_time_on_the_wall_when_the_clocks_change(self, site: Site) -> None:
        series = begun(site, start="2025-03-09T03:30", end="2025-03-09T05:00")

        instants = {window["start"][:10]: (window["starts_at"], window["ends_at"]) for window in windows(site, series)}

        assert instants["2025-03-23"] == ("2025-03-23T02:30:00Z", "2025-03-23T04:00:00Z")
        assert instants["2025-03-30"] == ("2025-03-30T01:30:00Z", "2025-03-30T03:00:00Z")

    def test_makes_windows_like_any_other(self, site: Site) -> None:
        series = begun(site, rule="FREQ=WEEKLY;COUNT=1")

        first = windows(site, series)[0]
        assert (first["series"], first["announced"], first["state"]) == (series["id"], True, "scheduled")
        assert (first["title"], first["components"]) == (PLAN["title"], PLAN["components"])
        assert first["local_times"][0]["start"] == "2025-03-08T22:00-06:00"
        outside = made(site.reader.get(f"{LIST}/{first['id']}", params={"min_position": site.tick()}))
        assert outside["title"] == PLAN["title"]
        assert "series" not in outside

    def test_makes_private_windows_if_it_is_not_announced(self, site: Site) -> None:
        series = begun(site, announced=False, rule="FREQ=WEEKLY;COUNT=2")
        site.tick()

        assert {window["visibility"] for window in windows(site, series)} == {"private"}
        assert made(site.reader.get(LIST))["data"] == []

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("RRULE:FREQ=WEEKLY;COUNT=2", ["03-09", "03-16"]),
            ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["03-09", "03-23"]),
            ("FREQ=DAILY;UNTIL=20250311", ["03-09", "03-10", "03-11"]),
            ("FREQ=MONTHLY;BYDAY=-1SU;COUNT=2", ["03-30", "04-27"]),
            ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", ["03-10", "03-13", "03-17"]),
        ],
    )
    def test_follows_the_rule(self, site: Site, rule: str, expected: list[str]) -> None:
        series = begun(site, rule=rule)

        assert [start[5:10] for start in starts(site, series)] == expected

    def test_that_ends_looks_no_further(self, site: Site) -> None:
        series = begun(site, rule="FREQ=WEEKLY;COUNT=3")

        assert (series["looks_at"], series["windows_made"]) == (None, 3)

    def test_leaves_dates_out_and_adds_others(self, site: Site) -> None:
        dates = {"exdates": ["2025-03-16", "2025-03-30T05:00"], "rdates": ["2025-03-18", "2025-03-19T06:30"]}

        series = begun(site, rule="FREQ=WEEKLY;COUNT=4", **dates)

        assert starts(site, series) == ["2025-03-09T05:00", "2025-03-18T05:00", "2025-03-19T06:30", "2025-03-23T05:00"]
        assert series["exdates"] == ["2025-03-16T05:00", "2025-03-30T05:00"]
        assert series["rdates"] == ["2025-03-18T05:00", "2025-03-19T06:30"]
        assert windows(site, series)[2]["ends_at"] == "2025-03-19T06:30:00Z"


class TestBeginningInThePast:
    def test_makes_only_windows_that_are_still_to_come(self, site: Site) -> None:
        series = begun(site, **PAST)

        found = windows(site, series)
        assert found[0]["start"] == "2025-03-09T05:00"
        assert {window["state"] for window in found} == {"scheduled"}
        assert len(found) == series["windows_made"] == 13

    def test_counts_those_before_for_count_alone(self, site: Site) -> None:
        series = begun(site, rule="FREQ=WEEKLY;COUNT=11", **PAST)

        assert starts(site, series) == ["2025-03-09T05:00", "2025-03-16T05:00"]

    def test_does_not_begin_the_one_that_would_be_under_way(self, site: Site) -> None:
        series = begun(site, rule="FREQ=DAILY;COUNT=3", start="2025-03-04T08:30", end="2025-03-04T12:00")

        assert starts(site, series) == ["2025-03-05T08:30", "2025-03-06T08:30"]
        assert status_of(site) == "operational"

    def test_is_not_refused_for_how_many_there_were(self, site: Site) -> None:
        past = {"start": "1990-01-01T04:00", "end": "1990-01-01T05:00"}

        series = begun(site, rule="FREQ=DAILY", **past)

        assert (series["windows_made"], starts(site, series)[0]) == (90, "2025-03-05T04:00")

    @pytest.mark.parametrize("start", ["2024-03-31T02:30", "2024-10-27T02:30"])
    def test_is_not_refused_for_a_change_of_the_clocks_that_is_over(self, site: Site, start: str) -> None:
        series = begun(site, rule="FREQ=YEARLY", start=start, end=f"{start[:11]}05:00")

        assert series["left_out"] == []
        assert series["looks_at"] is not None

    def test_looks_at_the_first_that_is_to_come(self, site: Site) -> None:
        series = begun(site, rule="FREQ=YEARLY", start="2020-12-24T05:00", end="2020-12-24T06:00")

        assert (series["windows_made"], series["looks_at"]) == (0, "2025-09-25T05:00:00Z")
        site.set_clock(datetime.fromisoformat("2025-09-25T05:00:00+00:00"))
        assert starts(site, series) == ["2025-12-24T05:00"]


class TestWindowsOfASeries:
    def test_are_moved_and_cancelled_alone(self, site: Site) -> None:
        series = begun(site, rule="FREQ=WEEKLY;COUNT=3")
        first, second, third = (Window(site, f"{LIST}/{window['id']}") for window in windows(site, series))
        before = shown(site, series), third.inside

        first.done("reschedule", {"start": "2025-03-10T05:00"})
        second.done("cancellation")

        assert [window["start"] for window in windows(site, series)] == [
            "2025-03-10T05:00",
            "2025-03-16T05:00",
            "2025-03-23T05:00",
        ]
        assert (first.inside["ends_at"], first.inside["revision"]) == ("2025-03-10T05:00:00Z", 2)
        assert [window.inside["state"] for window in (first, second, third)] == ["scheduled", "cancelled", "scheduled"]
        assert (shown(site, series), third.inside) == before
        site.set_clock(datetime.fromisoformat("2025-03-09T04:30:00+00:00"))
        assert status_of(site) == "operational"
        site.set_clock(datetime.fromisoformat("2025-03-10T04:30:00+00:00"))
        assert status_of(site) == "under_maintenance"

    def test_that_were_moved_do_not_come_back(self, site: Site) -> None:
        series = begun(site)
        window = Window(site, f"{LIST}/{windows(site, series)[0]['id']}")
        window.done("cancellation")

        site.set_clock(site.clock.moment + 14 * DAY)

        assert starts(site, series).count(PLAN["start"]) == 1
        assert window.inside["state"] == "cancelled"


class TestClock:
    def test_makes_the_next_windows_as_they_come_within_the_horizon(self, site: Site) -> None:
        series = begun(site)
        expected = sundays(20)
        assert starts(site, series) == expected[:13]
        due = datetime.fromisoformat(str(series["looks_at"]))
        assert at("08:00") < due <= at("08:00") + 7 * DAY

        site.set_clock(due - timedelta(seconds=1))
        assert starts(site, series) == expected[:13]
        site.set_clock(due)
        assert starts(site, series) == expected[:14]
        site.set_clock(at("08:00") + 30 * DAY)
        made_by_then = starts(site, series)
        assert made_by_then == expected[: len(made_by_then)]
        assert len(made_by_then) == 17
        newest = site.auditor.get(f"/v1/aggregates/{windows(site, series)[-1]['id']}/events").json()["data"][0]
        assert (newest["type"], newest["actor"]) == ("maintenance_window.planned", "clock")

    def test_that_was_away_makes_all_that_are_missing_once(self, site: Site) -> None:
        series = begun(site)

        site.set_clock(at("08:00") + 100 * DAY)

        found = windows(site, series)
        assert len({window["start"] for window in found}) == len(found) == 27
        assert [window["state"] for window in found] == ["completed"] * 14 + ["scheduled"] * 13

    @pytest.mark.parametrize(
        ("start", "day", "said"),
        [
            ("2025-07-20T02:30", "2025-10-26T02:30", "show 2025-10-26T02:30:00 twice"),
            ("2024-12-22T02:30", "2025-03-30T02:30", "no clock in Europe/Warsaw shows 2025-03-30T02:30:00"),
        ],
    )
    def test_leaves_out_by_name_what_no_clock_shows_once(self, database: str, start: str, day: str, said: str) -> None:
        first = datetime.fromisoformat(f"{start}:00+00:00")
        with Site(database, now=first - DAY) as site:
            site.component(LABELS)
            series = begun(site, start=start, end=start.replace("02:30", "05:00"), rule="FREQ=WEEKLY")
            assert series["left_out"] == []

            site.set_clock(first + 14 * DAY)

            seen = shown(site, series)
            assert [each["occurrence"] for each in seen["left_out"]] == [day]
            assert said in seen["left_out"][0]["because"]
            made_of = starts(site, series)
            assert day not in made_of
            after = (datetime.fromisoformat(day) + 7 * DAY).isoformat(timespec="minutes")
            assert after in made_of or seen["last_occurrence"] == day
            site.set_clock(first + 28 * DAY)
            assert after in starts(site, series)

    def test_goes_through_them_all_if_the_series_chooses(self, sqlite_url: str) -> None:
        with Site(sqlite_url, now=datetime.fromisoformat("2025-07-19T00:00:00+00:00")) as site:
            site.component(LABELS)
            series = begun(site, start="2025-07-20T02:30", end="2025-07-20T05:00", ambiguous="later")
            site.set_clock(site.clock.moment + 20 * DAY)

            found = {window["start"]: window["starts_at"] for window in windows(site, series)}
            assert found["2025-10-26T02:30"] == "2025-10-26T01:30:00Z"
            assert shown(site, series)["left_out"] == []


class TestEnding:
    def test_makes_no_more_and_leaves_what_there_is(self, site: Site) -> None:
        series = begun(site)
        before = windows(site, series)

        ended = made(site.operator.post(f"{SERIES}/{series['id']}/ending", {"reason": "No more upkeep."}))

        assert (ended["ended_at"], ended["ended_because"], ended["looks_at"]) == (
            written(at("08:00")),
            "No more upkeep.",
            None,
        )
        assert windows(site, series) == before
        site.set_clock(at("08:00") + 30 * DAY)
        assert starts(site, series) == [window["start"] for window in before]
        position = site.last_position()
        problem(site.operator.post(f"{SERIES}/{series['id']}/ending"), 409, "series_ended")
        assert site.last_position() == position


class TestReading:
    def test_is_for_operators_and_auditors(self, site: Site) -> None:
        series = begun(site)
        path = f"{SERIES}/{series['id']}"

        for each in (SERIES, path):
            problem(site.reader.get(each), 401, "not_authenticated")
            problem(site.emitter.get(each), 403, "forbidden")
            for caller in (site.operator, site.auditor):
                assert caller.get(each).status_code == 200
        assert series.pop("new_keys") == []
        assert made(site.auditor.get(path)) == series == made(site.operator.get(SERIES))["data"][0]
        problem(site.reader.post(SERIES, PLAN), 401, "not_authenticated")
        problem(site.auditor.post(SERIES, PLAN), 403, "forbidden")
        problem(site.operator.get(f"{SERIES}/00000000-0000-7000-8000-000000000000"), 404, "not_found")

    def test_lists_the_newest_first_from_page_to_page(self, site: Site) -> None:
        ids = []
        for minute in range(5):
            site.set_clock(f"08:0{minute}")
            ids.append(begun(site, rule="FREQ=WEEKLY;COUNT=1")["id"])
        site.tick()

        found = [each["id"] for page in pages(site.auditor, SERIES, limit=2) for each in page]

        assert found == ids[::-1]

    def test_is_of_then_and_in_one_language(self, site: Site) -> None:
        series = begun(site, rule="FREQ=WEEKLY;COUNT=1")
        path = f"{SERIES}/{series['id']}"
        site.set_clock("09:00")
        made(site.operator.post(f"{path}/ending"))

        then = made(site.operator.get(path, params={"as_of": written(at("08:30")), "lang": "es"}))

        assert (then["ended_at"], then["title"]) == (None, "Mantenimiento semanal")
        problem(site.operator.get(path, params={"as_of": written(at("07:00"))}), 404, "not_found")


@pytest.fixture(scope="module")
def somewhere(shared_site: Site) -> Site:
    """The service with a component, for what is refused."""
    shared_site.component(LABELS)
    return shared_site


class TestRefusals:
    @pytest.mark.parametrize(
        ("more", "code", "pointer"),
        [
            ({"rule": "every Sunday"}, "invalid", "/rule"),
            ({"rule": "FREQ=HOURLY"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;BYHOUR=3"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;COUNT=2;UNTIL=20260101"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;COUNT=0"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;INTERVAL=0"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;INTERVAL=99999999999"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;BYDAY=XX"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;UNTIL=never"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;UNTIL=20200101"}, "invalid", "/rule"),
            ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "invalid", "/rule"),
            ({"rule": ""}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY\nRDATE:20250101"}, "invalid", "/rule"),
            ({"rule": "FREQ=MONTHLY;BYMONTHDAY=32,15"}, "invalid", "/rule"),
            ({"rule": "FREQ=WEEKLY;COUNT=3", **PAST}, "invalid", "/rule"),
            ({"rule": "FREQ=DAILY;UNTIL=20250304T075959Z", **PAST}, "invalid", "/rule"),
            ({"exdates": ["2025-03-16", "2025-03-17"]}, "invalid", "/exdates/1"),
            ({"exdates": ["2025-03-16T05:00Z"]}, "invalid", "/exdates/0"),
            ({"rdates": ["2025-03-30T02:30"]}, "nonexistent_time", "/start"),
            ({"zone": "Mars/Base"}, "invalid", "/zone"),
            ({"start": "2025-03-09T05:00Z"}, "invalid", "/start"),
            ({"end": None}, "invalid", "/end"),
            ({"duration": "2h"}, "invalid", "/end"),
            ({"components": {"never-there": "major_outage"}}, "invalid", "/components/never-there"),
            ({"end": "2025-03-09T05:00"}, "ends_before_it_begins", None),
            ({"components": {LABELS: "operational"}}, "no_impact", None),
            ({"start": "2025-03-09T02:30"}, "nonexistent_time", "/start"),
            ({"start": "2025-03-08T22:00", "end": "2025-03-09T02:30"}, "nonexistent_time", "/end"),
            ({"rule": "FREQ=WEEKLY", "until": "2026"}, "invalid", "/until"),
        ],
    )
    def test_are_of_what_no_series_can_be(
        self, somewhere: Site, more: dict[str, object], code: str, pointer: str | None
    ) -> None:
        position = somewhere.last_position()

        refusal = problem(somewhere.operator.post(SERIES, {**PLAN, **more}), 422, code)

        assert [fault["pointer"] for fault in refusal.get("errors", [])] == ([pointer] if pointer else [])
        assert somewhere.last_position() == position
