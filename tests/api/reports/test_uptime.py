"""The uptime of components: what was shown at each moment, and what is known of it now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import Site, at, made, written
from tests.api.panel_steps import lost
from tests.api.reports.steps import KEY, MORNING, bases, held, uptime
from tests.api.walk import CARRIER, IMPORT, live_through
from tests.api.windows import planned

pytestmark = pytest.mark.both_stores

TICK = timedelta(microseconds=1)
RED, ORANGE, YELLOW, BLUE = "major_outage", "partial_outage", "degraded_performance", "under_maintenance"
HOUR = 3_600
WHY = {"reason": "it was otherwise"}


@pytest.fixture
def site(site: Site) -> Site:
    """The service with one component, at eight o'clock."""
    site.component(KEY)
    return site


class TestComponent:
    def test_is_up_all_the_time_if_nothing_happens(self, site: Site) -> None:
        site.set_clock("12:00")

        assert uptime(site) == {
            "component": KEY,
            "since": "2025-01-01",
            "from": MORNING["from"],
            "until": MORNING["until"],
            "as": "published",
            "policy": {
                "name": "standard-1",
                "weights": {"operational": 0.0, BLUE: 0.0, YELLOW: 0.0, ORANGE: 0.3, RED: 1.0},
            },
            "seconds": {"operational": 4 * HOUR, "unknown": 0, BLUE: 0, YELLOW: 0, ORANGE: 0, RED: 0},
            "seconds_not_vouched": 0,
            "seconds_counted": 4 * HOUR,
            "percentage": "100.00",
            "incidents": [],
            "incidents_count": 0,
        }

    def test_names_the_incidents_that_touched_it_the_newest_first(self, site: Site) -> None:
        site.set_clock("09:00")
        first = site.incident({KEY: RED}, title={"en": "No labels", "es": "Sin etiquetas"})["id"]
        site.set_clock("10:00")
        second = site.incident({KEY: ORANGE}, title="Slow")["id"]
        site.set_clock("11:00")
        site.update(first, "resolved", override_reason="seen")
        site.set_clock("12:00")

        document = uptime(site, lang="es")

        assert held(document) == {RED: 2 * HOUR, ORANGE: HOUR}
        assert document["percentage"] == "42.50"
        assert document["incidents"] == [
            {"id": second, "title": "Slow", "seconds": 2 * HOUR},
            {"id": first, "title": "Sin etiquetas", "seconds": 2 * HOUR},
        ]
        assert document["incidents_count"] == 2

    def test_lists_a_hundred_incidents_and_counts_them_all(self, site: Site) -> None:
        for number in range(101):
            begun = at("08:00") + number * timedelta(seconds=10)
            site.clock.moment = begun + timedelta(seconds=5)
            site.incident({KEY: RED}, occurred_at=written(begun), resolved_at=written(site.clock.moment))
        site.set_clock("12:00")

        document = uptime(site, **{"as": "restated"})

        assert held(document) == {RED: 505}
        assert (len(document["incidents"]), document["incidents_count"]) == (100, 101)

    def test_counts_a_late_publication_from_then_on_as_published_and_from_its_detection_as_restated(
        self, site: Site
    ) -> None:
        site.set_clock("09:00")
        site.signal("f1", KEY)
        site.set_clock("09:30:00.000001")
        site.set_clock("10:00")
        site.signal("f1", KEY, state="clear")
        site.set_clock("12:00")

        published, restated = bases(site, until=written(at("10:00")))

        # It is published when the problem has persisted for more than thirty minutes.
        assert held(published) == {RED: 1799.999999}
        assert held(restated) == {RED: HOUR}
        assert [each["seconds"] for each in published["incidents"]] == [1799.999999]
        assert [each["seconds"] for each in restated["incidents"]] == [HOUR]
        # 75.000 000 01, cut.
        assert (published["percentage"], restated["percentage"]) == ("75.00", "50.00")

    def test_keeps_what_was_shown_of_a_withdrawn_incident_as_published_alone(self, site: Site) -> None:
        site.set_clock("09:00")
        incident = site.incident({KEY: RED}, title="Alarm")["id"]
        site.set_clock("10:00")
        made(site.operator.post(f"/v1/incidents/{incident}/withdrawal", {"reason": "a false alarm"}))
        site.set_clock("12:00")

        published, restated = bases(site)

        assert (held(published), published["percentage"]) == ({RED: HOUR}, "75.00")
        assert published["incidents"] == [{"id": incident, "title": {"en": "Alarm"}, "seconds": HOUR}]
        assert (held(restated), restated["percentage"], restated["incidents"]) == ({}, "100.00", [])

    def test_has_nothing_of_an_incident_that_was_dismissed_before_anybody_saw_it(self, site: Site) -> None:
        site.set_clock("09:00")
        site.signal("f1", KEY)
        site.set_clock("09:10")
        site.signal("f1", KEY, state="clear")
        site.set_clock("12:00")

        for document in bases(site):
            assert (held(document), document["incidents"]) == ({}, [])

    def test_restates_what_was_corrected_and_what_was_entered_afterwards(self, site: Site) -> None:
        site.set_clock("09:00")
        incident = site.incident({KEY: RED})["id"]
        site.set_clock("10:00")
        site.update(incident, "resolved", override_reason="seen")
        span = {"status": ORANGE, "from": written(at("08:30")), "until": written(at("09:30"))}
        made(site.operator.post(f"/v1/incidents/{incident}/corrections", {"impact": {KEY: [span]}, **WHY}))
        site.incident({KEY: YELLOW}, occurred_at=written(at("08:00")), resolved_at=written(at("08:15")))
        site.set_clock("12:00")

        published, restated = bases(site)

        assert held(published) == {RED: HOUR}
        assert held(restated) == {ORANGE: HOUR, YELLOW: HOUR / 4}
        assert [each["seconds"] for each in restated["incidents"]] == [HOUR, HOUR / 4]
        assert restated["incidents_count"] == 2

    def test_counts_pins_from_when_to_when_they_were_shown(self, site: Site) -> None:
        site.set_clock("09:00")
        pin = made(site.operator.post(f"/v1/components/{KEY}/pins", {"status": YELLOW, "reason": "seen"}))["pin"]
        site.set_clock("11:00")
        made(site.operator.delete(f"/v1/components/{KEY}/pins/{pin}"))
        site.set_clock("12:00")

        for document in bases(site, policy="strict-1"):
            assert (held(document), document["percentage"]) == ({YELLOW: 2 * HOUR}, "75.00")
            assert document["incidents"] == []

    def test_counts_a_window_in_progress_until_now(self, site: Site) -> None:
        planned(site, components={KEY: BLUE})
        site.set_clock("10:00")
        site.set_clock("11:00")
        asked = {"until": written(at("11:00"))}

        standard, strict = uptime(site, **asked), uptime(site, policy="strict-1", **asked)

        assert held(standard) == held(strict) == {BLUE: HOUR}
        # Two of three hours, cut.
        assert (standard["percentage"], strict["percentage"]) == ("100.00", "66.66")

    def test_counts_a_window_of_the_whole_product_from_its_registration_on(self, site: Site) -> None:
        planned(site, components={}, all=BLUE)
        site.set_clock("10:00")
        site.set_clock("11:00")
        site.component("late")
        site.set_clock("12:00")

        # Not on the board before eleven; vouched for since January.
        published, restated = bases(site, "late")
        assert (held(published), published["seconds_not_vouched"]) == ({BLUE: HOUR}, 3 * HOUR)
        assert (held(restated), restated["seconds_not_vouched"]) == ({BLUE: HOUR}, 0)

    def test_counts_what_a_restoration_does_to_it(self, site: Site) -> None:
        restoration = lost(site)
        restoration.says("stock_sync", "unavailable", components={KEY: ORANGE})
        site.set_clock("10:00")
        restoration.says("stock_sync", "available", components={})
        site.set_clock("12:00")

        for document in bases(site):
            assert (held(document), document["percentage"]) == ({ORANGE: 2 * HOUR}, "85.00")

    def test_leaves_out_the_time_of_silence(self, site: Site) -> None:
        made(site.operator.patch(f"/v1/components/{KEY}", {"heartbeat": "30m"}))
        site.set_clock("08:30:00.000001")
        site.set_clock("10:00")
        made(site.emitter.post(f"/v1/components/{KEY}/heartbeat"))
        made(site.operator.patch(f"/v1/components/{KEY}", {"heartbeat": None}))
        incident = site.incident({KEY: RED})["id"]
        site.set_clock("11:00")
        site.update(incident, "resolved", override_reason="seen")
        site.set_clock("12:00")

        published, restated = bases(site)

        assert held(published) == held(restated) == {RED: HOUR, "unknown": 5399.999999}
        assert published["seconds_counted"] == 9000.000001
        assert published["percentage"] == "60.00"

    def test_says_nothing_of_the_time_before_it_is_vouched_for_and_after_it_was_retired(self, site: Site) -> None:
        site.component("young", since="2025-03-04")
        site.set_clock("10:00")
        made(site.operator.post("/v1/components/young/retirement"))
        site.set_clock("12:00")

        published, restated = bases(site, "young", **{"from": "2025-03-03T12:00:00Z"})
        for document, said in ((published, 2 * HOUR), (restated, 10 * HOUR)):
            assert document["seconds_not_vouched"] == 24 * HOUR - said
            assert document["seconds"]["operational"] == document["seconds_counted"] == said
            assert document["percentage"] == "100.00"
        before = uptime(site, "young", **{"from": "2025-03-01T00:00:00Z", "until": "2025-03-04T00:00:00Z"})
        assert (before["percentage"], before["seconds_counted"], held(before)) == (None, 0, {})

    def test_leaves_out_the_time_in_which_readers_did_not_see_it(self, site: Site) -> None:
        site.incident({KEY: RED})
        site.set_clock("09:00")
        made(site.operator.patch(f"/v1/components/{KEY}", {"public": False}))
        site.set_clock("11:00")
        made(site.operator.patch(f"/v1/components/{KEY}", {"public": True}))
        site.set_clock("12:00")

        published, restated = bases(site)

        assert held(published) == {RED: 2 * HOUR, "unknown": 2 * HOUR}
        assert [each["seconds"] for each in published["incidents"]] == [2 * HOUR]
        assert held(restated) == {RED: 4 * HOUR}

    def test_has_by_default_the_last_ninety_civil_days_of_the_zone_of_the_page(self, database: str) -> None:
        with Site(database, now=at("23:30"), time_zone="Europe/Warsaw") as site:
            site.component(KEY)
            site.tick()
            document = made(site.reader.get(f"/v1/components/{KEY}/uptime"))

        # It is the fifth of March in Warsaw already, and 89 days before it the sixth of December.
        assert (document["from"], document["until"]) == ("2024-12-05T23:00:00Z", "2025-03-04T23:30:00Z")


class TestAsOf:
    def test_gives_what_was_known_and_shown_by_then(self, site: Site) -> None:
        site.set_clock("09:00")
        incident = site.incident({KEY: RED}, title="Alarm")["id"]
        site.set_clock("10:00")
        made(site.operator.post(f"/v1/incidents/{incident}/withdrawal", {"reason": "a false alarm"}))
        site.set_clock("12:00")
        asked = {"as_of": written(at("09:30")), "until": written(at("09:30"))}

        for document in bases(site, **asked):
            assert held(document) == {RED: HOUR / 2}
            assert [each["id"] for each in document["incidents"]] == [incident]

    def test_by_a_position_is_the_same(self, site: Site) -> None:
        site.set_clock("09:00")
        site.incident({KEY: RED})
        position = site.last_position()
        site.set_clock("10:00")

        document = uptime(site, as_of=str(position), until=written(at("10:00")))

        assert held(document) == {RED: HOUR}


class TestPublished:
    def test_is_at_every_moment_what_the_board_showed(self, site: Site) -> None:
        live_through(site)
        moments = [at("07:59") + number * timedelta(minutes=3) for number in range(92)]
        edges = [at(clock) for clock in ("10:30", "11:04", "11:30", "11:52", "12:07")]
        for moment in sorted({*moments, *edges, *(edge + TICK for edge in edges)}):
            board = made(site.reader.get("/v1/status", params={"as_of": written(moment)}))
            shown = {each["key"]: each["status"] for each in board["components"]}
            for key in (CARRIER, IMPORT):
                document = uptime(site, key, **{"from": written(moment), "until": written(moment + TICK)})
                expected = {shown[key]} if key in shown else set()
                assert {status for status, length in document["seconds"].items() if length} == expected, moment

    def test_is_the_same_for_everybody(self, site: Site) -> None:
        site.set_clock("09:00")
        site.signal("f1", KEY)
        site.set_clock("09:10")
        site.tick()
        asked: dict[str, Any] = {"params": {"from": MORNING["from"], "until": written(at("09:10"))}}
        path = f"/v1/components/{KEY}/uptime"

        answers = [made(caller.get(path, **asked)) for caller in (site.reader, site.operator, site.auditor)]

        assert answers[0] == answers[1] == answers[2]
        assert held(answers[0]) == {}
