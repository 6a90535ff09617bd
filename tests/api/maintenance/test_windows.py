"""The life of a maintenance window: what operators do with it, what the clock does, and what each side sees."""

import pytest

from tests.api.client import Site, at, made, written
from tests.api.windows import LABELS, LIST, PLAN, SAID, planned, status_of, under_way

ORANGE, GREEN = "partial_outage", "operational"


@pytest.fixture
def site(site: Site) -> Site:
    """The service with a component, at eight o'clock."""
    site.component(LABELS)
    return site


class TestPlan:
    def test_is_answered_with_the_window_as_it_is_read(self, site: Site) -> None:
        answer = site.operator.post(LIST, PLAN)

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
        assert answer.headers["Location"] == f"{LIST}/{document['id']}"
        assert (document["starts_at"], document["ends_at"]) == (written(at("10:00")), written(at("12:00")))
        assert document["local_times"] == [
            {
                "market": "MX",
                "zone": "America/Mexico_City",
                "start": "2025-03-04T04:00-06:00",
                "end": "2025-03-04T06:00-06:00",
            }
        ]
        assert (document["announced"], document["state"], document["revision"]) == (True, "scheduled", 1)
        assert document.pop("new_keys") == []
        assert document == made(site.operator.get(answer.headers["Location"]))

    def test_changes_no_status_before_its_time(self, site: Site) -> None:
        planned(site)

        seen = {moment: (site.set_clock(moment), status_of(site))[1] for moment in ("09:59:59.999999", "10:00")}

        assert seen == {"09:59:59.999999": GREEN, "10:00": ORANGE}

    def test_whose_time_has_come_begins_as_of_then(self, site: Site) -> None:
        window = planned(site, start="2025-03-04T08:30")

        assert window.inside["started_at"] == written(at("07:30"))
        assert window.events == ["planned", "started"]
        assert status_of(site) == ORANGE

    def test_that_is_over_begins_and_ends_as_of_then(self, site: Site) -> None:
        window = planned(site, start="2025-03-04T06:30", end="2025-03-04T07:30")

        seen = window.outside
        assert (seen["state"], seen["started_at"], seen["ended_at"]) == (
            "completed",
            written(at("05:30")),
            written(at("06:30")),
        )
        assert window.events == ["planned", "started", "completed"]
        assert status_of(site) == GREEN

    def test_lasts_as_long_as_the_clock_on_the_wall_says_or_as_time_elapses(self, site: Site) -> None:
        night = {"zone": "Europe/Warsaw", "start": "2025-03-30T00:00"}

        by_the_wall = planned(site, **night, end="2025-03-30T04:00").inside
        elapsed = planned(site, **night, end=None, duration="4h").inside

        assert (by_the_wall["starts_at"], by_the_wall["ends_at"]) == ("2025-03-29T23:00:00Z", "2025-03-30T02:00:00Z")
        assert elapsed["ends_at"] == "2025-03-30T03:00:00Z"


class TestClockThatWasAway:
    def test_does_each_thing_once_and_in_order_as_of_its_time(self, site: Site) -> None:
        window = planned(site)
        held = planned(site, start="2025-03-04T10:30", end="2025-03-04T12:30")
        held.done("hold")

        site.set_clock("20:00")

        for each, expected in (
            (window, [("planned", "08:00"), ("reminded", "09:00"), ("started", "10:00"), ("completed", "12:00")]),
            (held, [("reminded", "08:30"), ("started", "09:30"), ("verification_began", "11:30")]),
        ):
            events = site.auditor.get(f"/v1/aggregates/{each.id}/events").json()["data"]
            happened = [(event["type"].partition(".")[2], event["occurred_at"]) for event in events]
            assert happened[-len(expected) :] == [(what, written(at(when))) for what, when in expected]
            assert {event["recorded_at"] for event in events if event["actor"] == "clock"} == {written(at("20:00"))}


class TestReschedule:
    def test_makes_a_revision_whose_times_replace_the_old_ones(self, site: Site) -> None:
        window = planned(site)
        before = window.outside

        moved = window.done("reschedule", {"start": "2025-03-04T15:00", **SAID})

        assert (moved["revision"], before["revision"]) == (2, 1)
        assert (moved["starts_at"], moved["ends_at"]) == (written(at("14:00")), written(at("16:00")))
        assert moved["local_times"][0]["start"] == "2025-03-04T08:00-06:00"
        assert moved["reminders"] == [written(at("13:00"))]
        for moment in ("09:00", "10:00", "12:00", "12:59:59.999999"):
            site.set_clock(moment)
            assert window.events == ["planned", "rescheduled"], moment
        site.set_clock("14:00")
        assert window.events == ["planned", "rescheduled", "reminded", "started"]
        assert status_of(site) == ORANGE

    def test_after_the_reminder_reminds_again(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("09:30")

        window.done("reschedule", {"start": "2025-03-04T15:00", "duration": "30m"})
        site.set_clock("14:30")

        assert [given["due"] for given in window.inside["reminded"]] == [written(at("09:00")), written(at("13:00"))]
        assert window.inside["state"] == "completed"

    def test_is_told_to_readers_with_the_message_and_without_the_reason(self, site: Site) -> None:
        window = planned(site)
        window.done("reschedule", {"zone": "America/Lima", "start": "2025-03-05T01:00", "duration": "1h", **SAID})

        told = window.outside["updates"][-1]

        assert (told["what"], told["message"]) == ("rescheduled", {"en": "We tell you."})
        assert (told["starts_at"], told["ends_at"]) == ("2025-03-05T06:00:00Z", "2025-03-05T07:00:00Z")
        assert "secret" not in site.reader.get(window.path).text
        assert window.inside["updates"][-1]["because"] == "secret reason"


class TestExtension:
    @pytest.mark.parametrize("longer", [{"end": "2025-03-04T14:00"}, {"by": "1h"}, {"duration": "3h"}])
    def test_moves_the_end(self, site: Site, longer: dict[str, str]) -> None:
        window = under_way(site)

        extended = window.done("extension", {**longer, **SAID})

        assert (extended["ends_at"], extended["starts_at"]) == (written(at("13:00")), written(at("10:00")))
        assert extended["local_times"][0]["end"] == "2025-03-04T07:00-06:00"
        site.set_clock("12:59:59.999999")
        assert (window.inside["state"], status_of(site)) == ("in_progress", ORANGE)
        site.set_clock("13:00")
        assert (window.inside["state"], status_of(site)) == ("completed", GREEN)
        assert window.events == ["planned", "reminded", "started", "extended", "completed"]
        told = window.outside["updates"][-2]
        assert (told["what"], told["ends_at"], told["message"]) == (
            "extended",
            written(at("13:00")),
            {"en": "We tell you."},
        )

    def test_moves_the_end_from_which_problems_count_that_it_covers(self, site: Site) -> None:
        window = under_way(site, covers=[LABELS])
        incident = site.signal("errors", LABELS)["incident"]
        path = f"/v1/incidents/{incident}"
        before = made(site.operator.get(path))["next_due"]

        window.done("extension", {"by": "1h"})

        assert (before, made(site.operator.get(path))["next_due"]) == (
            written(at("12:30:00.000001")),
            written(at("13:30:00.000001")),
        )
        site.set_clock("13:30")
        assert site.reader.get(path).status_code == 404
        site.set_clock("13:30:00.000001")
        assert site.reader.get(path).status_code == 200


class TestHold:
    def test_leaves_the_end_to_a_person(self, site: Site) -> None:
        window = under_way(site)
        held = window.done("hold", {"reason": "secret reason"})
        assert (held["hold"], held["overrun"]) == ({"reason": "secret reason"}, False)

        site.set_clock("12:00")
        seen = window.outside
        assert (seen["state"], seen["overrun"], seen["ended_at"]) == ("verifying", True, None)
        assert status_of(site) == ORANGE
        site.set_clock("17:00")
        assert (window.outside["state"], status_of(site)) == ("verifying", ORANGE)

        done = window.done("completion", {"outcome": "rolled_back", **SAID})
        assert (done["state"], done["outcome"], done["overrun"], done["hold"]) == (
            "completed",
            "rolled_back",
            False,
            None,
        )
        assert (window.outside["ended_at"], status_of(site)) == (written(at("17:00")), GREEN)
        assert window.outside["outcome"] == "rolled_back"

    def test_shows_as_overrun_at_the_moments_past_its_end(self, site: Site) -> None:
        window = under_way(site)
        window.done("hold")
        site.set_clock("13:00")
        window.done("completion")
        site.set_clock("14:00")

        def then(moment: str) -> tuple[str, bool]:
            seen = made(site.reader.get(window.path, params={"at": written(at(moment))}))
            return seen["state"], seen["overrun"]

        assert [then(moment) for moment in ("11:59", "12:00", "12:30", "13:00")] == [
            ("in_progress", False),
            ("verifying", True),
            ("verifying", True),
            ("completed", False),
        ]

    def test_of_one_past_its_end_goes_on_by_an_extension(self, site: Site) -> None:
        window = under_way(site)
        window.done("hold")
        site.set_clock("12:10")

        window.done("extension", {"by": "30m"})

        assert (window.outside["state"], window.outside["overrun"]) == ("in_progress", False)
        site.set_clock("12:30")
        assert window.outside["state"] == "verifying"

    def test_is_released_to_the_clock(self, site: Site) -> None:
        window = planned(site)
        window.done("hold")
        released = window.done("DELETE hold")

        site.set_clock("12:00")

        assert (released["hold"], window.inside["state"]) == (None, "completed")

    def test_moves_nothing_outside(self, site: Site) -> None:
        window = planned(site)
        before = window.outside

        window.done("hold", {"reason": "secret reason"})

        assert window.outside == before


class TestStart:
    def test_begins_early_and_keeps_the_end(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("08:30")

        begun = window.done("start", SAID)

        assert (begun["state"], begun["started_at"], begun["reminders"]) == ("in_progress", written(at("08:30")), [])
        assert (begun["starts_at"], begun["ends_at"]) == (written(at("10:00")), written(at("12:00")))
        assert status_of(site) == ORANGE
        site.set_clock("12:00")
        assert window.events == ["planned", "started", "completed"]
        assert window.outside["impact_spans"] == {
            LABELS: [{"status": ORANGE, "from": written(at("08:30")), "until": written(at("12:00"))}]
        }

    def test_may_be_said_of_a_moment_in_the_past(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("09:10")

        begun = window.done("start", {"occurred_at": written(at("09:05"))})

        site.tick()
        assert begun["started_at"] == written(at("09:05"))
        assert made(site.reader.get("/v1/status", params={"at": written(at("09:05"))}))["indicator"] == "major"


class TestCompletion:
    def test_ends_it_early(self, site: Site) -> None:
        window = under_way(site)
        site.set_clock("11:00")

        done = window.done("completion", {"occurred_at": written(at("10:50")), **SAID})

        assert (done["state"], done["outcome"], done["ended_at"]) == ("completed", "done", written(at("10:50")))
        assert done["ends_at"] == written(at("12:00"))
        assert status_of(site) == GREEN
        site.set_clock("12:00")
        assert window.events == ["planned", "reminded", "started", "completed"]
        assert "secret" not in site.reader.get(window.path).text

    def test_touches_no_other_window_and_no_incident(self, site: Site) -> None:
        window, other = planned(site), planned(site, end="2025-03-04T14:00")
        incident = site.incident({LABELS: "degraded_performance"})["id"]
        site.set_clock("11:00")
        events = other.events, site.events(incident)

        window.done("completion")

        assert (other.events, site.events(incident)) == events
        assert status_of(site) == ORANGE
        site.set_clock("13:00")
        assert status_of(site) == "degraded_performance"
        assert site.events(incident) == events[1]


class TestCancellation:
    def test_keeps_it_listed_and_never_lets_it_begin(self, site: Site) -> None:
        window = planned(site)

        given_up = window.done("cancellation", SAID)

        assert (given_up["state"], given_up["ended_at"], given_up["next_due"]) == (
            "cancelled",
            written(at("08:00")),
            None,
        )
        site.set_clock("13:00")
        assert window.events == ["planned", "cancelled"]
        assert status_of(site) == GREEN
        seen = window.outside
        assert (seen["started_at"], seen["outcome"], seen["impact_spans"]) == (None, None, {})
        assert seen["updates"][-1]["message"] == {"en": "We tell you."}
        assert "secret" not in site.reader.get(window.path).text
        assert [each["id"] for each in made(site.reader.get(LIST, params={"stage": "past"}))["data"]] == [window.id]
