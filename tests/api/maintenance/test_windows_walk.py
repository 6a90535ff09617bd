"""The night in which a hub was upgraded as a whole, side by side and moment by moment."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from tests.api.client import Site, made, problem, written
from tests.api.upgrade import ANNOUNCED, STEPS, Night, july, live_through, look

pytestmark = pytest.mark.both_stores

RED, GREEN = "major_outage", "operational"
BEFORE = (ANNOUNCED, *STEPS[:5])
DURING = STEPS[5:10]
AFTER = STEPS[10:]
FIVE = written(july("28T05:00:00"))
LIST = "/v1/maintenance-windows"


@pytest.fixture(scope="module")
def hub(shared_database: str) -> Iterator[Site]:
    """The service in July 2024, once on each store."""
    with Site(shared_database, now=july(ANNOUNCED)) as site:
        yield site


@pytest.fixture(scope="module")
def night(hub: Site) -> Night:
    """The night as it was seen, and the service at noon of the day after."""
    return live_through(hub)


class TestAnnouncement:
    def test_gives_start_and_end_by_the_clocks_of_every_market(self, night: Night) -> None:
        shown = night.reader[ANNOUNCED].window.json()

        assert (shown["starts_at"], shown["ends_at"]) == ("2024-07-28T04:00:00Z", "2024-07-28T08:00:00Z")
        assert [(each["market"], each["start"], each["end"]) for each in shown["local_times"]] == [
            ("MX", "2024-07-27T22:00-06:00", "2024-07-28T02:00-06:00"),
            ("PE", "2024-07-27T23:00-05:00", "2024-07-28T03:00-05:00"),
            ("CO", "2024-07-27T23:00-05:00", "2024-07-28T03:00-05:00"),
            ("CL", "2024-07-28T00:00-04:00", "2024-07-28T04:00-04:00"),
            ("BR", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
            ("AR", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
            ("UY", "2024-07-28T01:00-03:00", "2024-07-28T05:00-03:00"),
        ]
        days = [datetime.fromisoformat(each["start"]).strftime("%a") for each in shown["local_times"]]
        assert days == ["Sat", "Sat", "Sat", "Sun", "Sun", "Sun", "Sun"]

    def test_gives_each_market_one_instant(self, night: Night) -> None:
        shown = night.reader[ANNOUNCED].window.json()["local_times"]

        assert {datetime.fromisoformat(each["start"]) for each in shown} == {july("28T04:00:00")}
        assert {datetime.fromisoformat(each["end"]) for each in shown} == {july("28T08:00:00")}

    def test_tells_what_is_planned(self, night: Night) -> None:
        planned, shown = night.planned, night.reader[ANNOUNCED].window.json()

        assert (shown["state"], shown["all"], shown["components"]) == ("scheduled", RED, {})
        assert (planned["start"], planned["zone"], planned["duration"]) == (
            "2024-07-28T01:00",
            "America/Sao_Paulo",
            "PT14400S",
        )
        assert {kind: policy["policy"] for kind, policy in planned["request_policies"].items()} == {
            "order": "reprocess",
            "stock_change": "source_resends",
            "price_change": "source_resends",
            "sale_notification": "source_retries",
        }
        assert "request_policies" not in shown
        assert "tzdata" in planned
        assert "tzdata" not in shown

    @pytest.mark.parametrize(
        ("audience", "phase", "said"),
        [
            ("sellers", "before", "Switch off campaigns of that night."),
            ("marketplace_partners", "after", "Notify every sale of the night."),
            ("erp_partners", "during", "Do not block our callbacks."),
        ],
    )
    def test_guides_each_audience(self, hub: Site, night: Night, audience: str, phase: str, said: str) -> None:
        shown = made(hub.reader.get(night.path, params={"audience": audience, "lang": "en"}))

        assert list(shown["audiences"]) == [audience]
        assert shown["audiences"][audience]["guidance"][phase] == [said]


class TestNight:
    @pytest.mark.parametrize(("moments", "status"), [(BEFORE, GREEN), (DURING, RED), (AFTER, GREEN)])
    def test_shows_both_sides_the_whole_product_in_one_color(
        self, night: Night, moments: tuple[str, ...], status: str
    ) -> None:
        for moment in moments:
            for side in (night.reader, night.operator):
                assert set(side[moment].statuses.values()) == {status}, moment
                assert side[moment].board.json()["indicator"] == ("critical" if status == RED else "none")

    @pytest.mark.parametrize(
        ("moments", "state"), [(BEFORE, "scheduled"), (DURING, "in_progress"), (AFTER, "completed")]
    )
    def test_goes_through_its_states(self, night: Night, moments: tuple[str, ...], state: str) -> None:
        for moment in moments:
            for side in (night.reader, night.operator):
                assert side[moment].window.json()["state"] == state, moment
                assert [each["state"] for each in side[moment].listed.json()["data"]] == [state], moment

    def test_reaches_a_component_that_is_registered_in_the_middle(self, night: Night) -> None:
        assert night.reader["28T04:00:00"].statuses == dict.fromkeys(("order-import", "stock-sync"), RED)
        assert night.reader["28T05:30:00"].statuses["price-sync"] == RED
        assert night.reader["28T08:00:00"].statuses["price-sync"] == GREEN

    def test_names_the_window_as_the_cause(self, night: Night) -> None:
        for component in night.reader["28T05:30:00"].board.json()["components"]:
            began = "28T05:30:00" if component["key"] == "price-sync" else "28T04:00:00"
            cause = {"type": "maintenance_window", "status": RED, "since": written(july(began))}
            assert component["causes"] == [
                cause | {"id": night.planned["id"], "title": night.planned["title"]},
            ]

    def test_records_a_reminder_a_day_and_an_hour_before(self, night: Night) -> None:
        def reminded(moment: str) -> list[str]:
            return [given["due"][8:13] for given in night.operator[moment].window.json()["reminded"]]

        assert [reminded(moment) for moment in STEPS[:4]] == [[], ["27T04"], ["27T04"], ["27T04", "28T03"]]
        assert reminded(STEPS[-1]) == ["27T04", "28T03"]

    def test_is_recorded_by_the_clock_at_its_times(self, hub: Site, night: Night) -> None:
        events = hub.auditor.get(f"/v1/aggregates/{night.planned['id']}/events").json()["data"]

        assert [(event["type"].partition(".")[2], event["actor"], event["occurred_at"][8:]) for event in events] == [
            ("planned", "token:the-operator", "20T12:00:00Z"),
            ("reminded", "clock", "27T04:00:00Z"),
            ("reminded", "clock", "28T03:00:00Z"),
            ("started", "clock", "28T04:00:00Z"),
            ("updated", "token:the-operator", "28T06:00:00Z"),
            ("updated", "token:the-operator", "28T06:30:00Z"),
            ("completed", "clock", "28T08:00:00Z"),
        ]

    def test_moves_nothing_outside_while_nothing_happens_outside(self, night: Night) -> None:
        for first, last in (
            (ANNOUNCED, "28T03:59:59.999999"),
            ("28T06:00:00", "28T06:30:00"),
            ("28T08:00:00", "28T12:00:00"),
        ):
            moments = [ANNOUNCED, *STEPS]
            for moment in moments[moments.index(first) : moments.index(last) + 1]:
                assert night.reader[moment].bytes_and_tags == night.reader[first].bytes_and_tags, moment

    def test_says_outside_that_it_takes_longer_than_was_expected(self, night: Night) -> None:
        expected, passed = (night.reader[moment].window.json() for moment in ("28T06:30:00", "28T07:59:59.999999"))

        assert (expected["overdue"], passed["overdue"]) == (False, True)
        assert passed | {"overdue": False} == expected

    def test_moves_the_tag_outside_whenever_something_happens_outside(self, night: Night) -> None:
        for before, after in pairwise([ANNOUNCED, "28T04:00:00", "28T06:00:00", "28T08:00:00"]):
            assert night.reader[before].window.headers["ETag"] != night.reader[after].window.headers["ETag"], after

    def test_tells_readers_how_it_goes_and_operators_more(self, night: Night) -> None:
        outside, inside = (side["28T06:30:00"].window.json() for side in (night.reader, night.operator))

        assert [update["what"] for update in outside["updates"]] == ["planned", "started", "updated"]
        assert [update["what"] for update in inside["updates"]] == ["planned", "started", "updated", "updated"]
        assert outside["expected_at"] == written(july("28T07:30:00"))
        assert "Disk 7" not in night.reader["28T12:00:00"].window.text

    def test_is_done_at_its_end(self, night: Night) -> None:
        shown = night.reader["28T08:00:00"].window.json()

        assert (shown["outcome"], shown["overrun"], shown["expected_at"]) == ("done", False, None)
        assert (shown["started_at"], shown["ended_at"]) == (shown["starts_at"], shown["ends_at"])
        assert shown["impact_spans"] == {
            "*": [{"status": RED, "from": "2024-07-28T04:00:00Z", "until": "2024-07-28T08:00:00Z"}]
        }


EXPECTED_LATER = ("28T06:00:00", "28T08:00:00")
"""From when until when an end of the window is expected, or has passed."""


@pytest.mark.usefixtures("night")
class TestDayAfter:
    def test_reads_every_moment_as_it_was_shown_then(self, hub: Site, night: Night) -> None:
        for moment in night.reader:
            for caller, seen in ((hub.reader, night.reader), (hub.operator, night.operator)):
                then = look(caller, night.path, as_of=written(july(moment)))
                assert then.bytes_and_tags == seen[moment].bytes_and_tags, moment

    def test_reads_every_position_as_it_was_shown_then(self, hub: Site, night: Night) -> None:
        for moment, position in night.positions.items():
            for caller, seen in ((hub.reader, night.reader), (hub.operator, night.operator)):
                then = look(caller, night.path, as_of=str(position))
                if EXPECTED_LATER[0] <= moment < EXPECTED_LATER[1]:
                    # Judged as of the last event there; when that was is not for readers: for them, as of the read.
                    assert then.window.json() == seen[moment].window.json() | {"overdue": seen is night.reader}
                else:
                    assert then.bytes_and_tags == seen[moment].bytes_and_tags, moment

    @pytest.mark.parametrize(
        ("moment", "status", "state", "overrun"),
        [
            ("28T03:59:59.999999", GREEN, "scheduled", False),
            ("28T04:00:00", RED, "in_progress", False),
            ("28T05:00:00", RED, "in_progress", False),
            ("28T07:59:59.999999", RED, "in_progress", False),
            ("28T08:00:00", GREEN, "completed", False),
        ],
    )
    def test_knows_what_was_true_at_each_moment(
        self, hub: Site, night: Night, moment: str, status: str, state: str, *, overrun: bool
    ) -> None:
        for caller in (hub.reader, hub.operator):
            seen = look(caller, night.path, at=written(july(moment)))
            assert seen.statuses["order-import"] == seen.statuses["stock-sync"] == status
            for window in (seen.window.json(), *seen.listed.json()["data"]):
                assert (window["state"], window["overrun"]) == (state, overrun)
                assert (window["outcome"] is None) == (state != "completed")
                assert (window["started_at"] is None) == (state == "scheduled")
                assert (window["ended_at"] is None) == (state != "completed")

    def test_knows_then_of_the_night_only_what_was_planned(self, hub: Site, night: Night) -> None:
        in_the_night = {"as_of": written(july("28T03:30:00")), "at": written(july("28T03:15:00"))}

        assert look(hub.reader, night.path, **in_the_night).window.json()["state"] == "scheduled"
        later = {"as_of": written(july("28T05:45:00")), "at": FIVE}
        # One of them came in the middle of the night, half an hour later.
        assert look(hub.reader, night.path, **later).statuses == {
            **dict.fromkeys(night.reader["28T05:30:00"].statuses, RED),
            "price-sync": GREEN,
        }

    @pytest.mark.parametrize(
        ("stage", "found"),
        [
            (
                "upcoming",
                {"at 03": True, "at 05": False, "at 08": False, "as of 27": True, "as of 05": False, "": False},
            ),
            ("active", {"at 03": False, "at 05": True, "at 08": False, "as of 27": False, "as of 05": True, "": False}),
            ("past", {"at 03": False, "at 05": False, "at 08": True, "as of 27": False, "as of 05": False, "": True}),
        ],
    )
    def test_lists_it_at_each_stage(self, hub: Site, stage: str, found: dict[str, bool]) -> None:
        asked = {
            "at 03": {"at": written(july("28T03:00:00"))},
            "at 05": {"at": FIVE},
            "at 08": {"at": written(july("28T08:00:00"))},
            "as of 27": {"as_of": written(july("27T12:00:00"))},
            "as of 05": {"as_of": FIVE},
            "": {},
        }

        for caller in (hub.reader, hub.operator):
            listed = {
                name: bool(made(caller.get(LIST, params={"stage": stage, **more}))["data"])
                for name, more in asked.items()
            }
            assert listed == found

    def test_was_not_planned_before(self, hub: Site, night: Night) -> None:
        before = {"as_of": written(july("20T11:59:59"))}

        assert made(hub.reader.get(LIST, params=before))["data"] == []
        problem(hub.reader.get(night.path, params=before), 404, "not_found")

    def test_has_it_in_the_history_of_each_component(self, hub: Site) -> None:
        asked = {"from": written(july("28T00:00:00")), "until": written(july("28T12:00:00"))}

        for key, began in (("order-import", "04"), ("stock-sync", "04"), ("price-sync", "05")):
            spans = made(hub.reader.get(f"/v1/components/{key}/history", params=asked))["data"]
            assert [(span["status"], span["from"][11:13], span["until"][11:13]) for span in spans] == [
                (GREEN, "00", began),
                (RED, began, "08"),
                (GREEN, "08", "12"),
            ], key
