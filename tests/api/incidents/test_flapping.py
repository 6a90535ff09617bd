"""A signal that comes and goes: one problem, told once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import Site, at, made, written

FLAPS = 10
FIRES_FOR, CLEAR_FOR = timedelta(seconds=10), timedelta(seconds=20)
"""Ten in five minutes, and no gap is as long as the grace."""
BEGAN = at("08:00")
PATH = "/v1/ingest/alertmanager"
ZERO = "0001-01-01T00:00:00Z"


@pytest.fixture
def site(site: Site) -> Site:
    """The service with one component, at eight o'clock."""
    site.component("labels")
    return site


def flap(site: Site) -> list[tuple[str, str | None]]:
    """Let an alert fire and clear, again and again, told twice each time; give what became of it the first time."""
    seen: list[tuple[str, str | None]] = []
    began = site.clock.moment
    for number in range(FLAPS):
        starts = began + number * (FIRES_FOR + CLEAR_FOR)
        site.set_clock(starts)
        seen.append(_told(site, starts=written(starts)))
        site.set_clock(starts + FIRES_FOR)
        seen.append(_told(site, starts=written(starts), ends=written(starts + FIRES_FOR)))
    return seen


def incidents(site: Site) -> list[dict[str, Any]]:
    """List the incidents as operators see them."""
    site.tick()
    found: list[dict[str, Any]] = site.operator.get("/v1/incidents").json()["data"]
    return found


def _told(site: Site, *, starts: str, ends: str | None = None) -> tuple[str, str | None]:
    item = {
        "status": "resolved" if ends else "firing",
        "labels": {"alertname": "NoLabels", "component": "labels", "severity": "critical"},
        "annotations": {},
        "startsAt": starts,
        "endsAt": ends or ZERO,
        "fingerprint": "5ef77f1f8a3ecfb8",
    }
    first, again = (made(site.emitter.post(PATH, {"alerts": [item]}))["alerts"][0] for _ in range(2))
    assert again == {**first, "outcome": "ignored"}
    return first["outcome"], first["incident"]


class TestTenFlapsInFiveMinutes:
    def test_are_one_detection(self, site: Site) -> None:
        seen = flap(site)

        (incident,) = incidents(site)
        assert seen == [
            (outcome, incident["id"])
            for number in range(FLAPS)
            for outcome in ("joined" if number else "detected", "cleared")
        ]
        assert (incident["visibility"], incident["standing"]) == ("private", "open")
        assert incident["started_at"] == written(BEGAN)
        assert site.events(incident["id"]) == [
            "incident.detected",
            "incident.signal_cleared",
            *["incident.signal_fired", "incident.signal_cleared"] * (FLAPS - 1),
        ]

    def test_are_dismissed_once_they_are_over(self, site: Site) -> None:
        flap(site)
        grace_ends = site.clock.moment + timedelta(minutes=2)

        site.set_clock(grace_ends - timedelta(microseconds=1))
        assert [incident["state"] for incident in incidents(site)] == ["investigating"]

        site.set_clock(grace_ends)
        assert [incident["state"] for incident in incidents(site)] == ["dismissed"]
        assert site.reader.get("/v1/incidents").json()["data"] == []

    def test_do_not_interrupt_the_half_hour(self, site: Site) -> None:
        flap(site)
        site.clock.moment += CLEAR_FOR
        _told(site, starts=written(site.clock.moment))

        site.set_clock("08:30")
        assert site.reader.get("/v1/incidents").json()["data"] == []

        site.set_clock(at("08:30") + timedelta(microseconds=1))
        (incident,) = site.reader.get("/v1/incidents").json()["data"]
        assert (incident["started_at"], incident["state"]) == (written(BEGAN), "investigating")

    def test_say_nothing_more_to_readers(self, site: Site) -> None:
        _told(site, starts=written(BEGAN))
        site.set_clock("08:31")
        before = site.reader.get("/v1/incidents")
        _told(site, starts=written(BEGAN), ends=written(site.clock.moment))
        site.clock.moment += CLEAR_FOR

        flap(site)

        after = site.reader.get("/v1/incidents", headers={"If-None-Match": before.headers["ETag"]})
        assert len(incidents(site)) == 1
        assert after.status_code == 304


class TestRelapses:
    def test_are_listed_up_to_the_last_twenty_and_all_counted(self, site: Site) -> None:
        raised, relapses = site.clock.moment, 23
        _told(site, starts=written(raised))
        site.set_clock("08:31")
        _told(site, starts=written(raised), ends=written(site.clock.moment))
        site.set_clock("09:00")
        began = []
        for _ in range(relapses):
            site.clock.moment += timedelta(minutes=10)
            began.append(written(site.clock.moment))
            assert _told(site, starts=began[-1])[0] == "relapsed"
            site.clock.moment += timedelta(minutes=1)
            _told(site, starts=began[-1], ends=written(site.clock.moment))

        site.set_clock(site.clock.moment + timedelta(minutes=10))
        (incident,) = incidents(site)
        assert [relapse["began_at"] for relapse in incident["relapses"]] == began[-20:]
        assert incident["relapses_count"] == relapses
        assert site.events(incident["id"]).count("incident.relapse_ended") == relapses
