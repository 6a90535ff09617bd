"""Components that show a status because of what works on a panel."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import Restoration, lost, regained
from tests.api.windows import status_of

SYNC, FEED = "stock-sync", "feed"
RED, YELLOW, GREEN = "major_outage", "degraded_performance", "operational"


@pytest.fixture
def site(site: Site) -> Site:
    """The service with two components, at eight o'clock."""
    site.component(SYNC)
    site.component(FEED)
    return site


def causes(site: Site, component: str = SYNC, *, inside: bool = False) -> list[dict[str, Any]]:
    """Give the causes that a component shows."""
    site.tick()
    caller = site.operator if inside else site.reader
    board = made(caller.get("/v1/status"))["components"]
    found: list[dict[str, Any]] = next(each["causes"] for each in board if each["key"] == component)
    return found


def affecting(site: Site, **components: str) -> Restoration:
    """Let a panel be lost, and its stock sync affect components."""
    restoration = lost(site)
    affected = {name.replace("_", "-"): status for name, status in components.items()}
    restoration.says("stock_sync", "unavailable", components=affected)
    return restoration


class TestComponent:
    def test_shows_what_a_function_does_to_it_until_that_is_there(self, site: Site) -> None:
        restoration = affecting(site, stock_sync=RED, feed=YELLOW)
        seen = [(status_of(site, SYNC), status_of(site, FEED))]
        for state, affected in (("degraded", {SYNC: YELLOW}), ("available", {})):
            restoration.says("stock_sync", state, components=affected)
            seen.append((status_of(site, SYNC), status_of(site, FEED)))

        assert seen == [(RED, YELLOW), (YELLOW, GREEN), (GREEN, GREEN)]

    def test_names_the_restoration_as_the_cause_to_both_sides(self, site: Site) -> None:
        restoration = affecting(site, stock_sync=RED)
        expected = {
            "type": "restoration",
            "status": RED,
            "since": written(at("08:00")),
            "id": restoration.id,
            "panel": restoration.inside["panel"],
            "capability": "stock_sync",
        }

        assert causes(site) == [expected]
        assert causes(site, inside=True) == [expected | {"visibility": "public"}]
        assert made(site.reader.get("/v1/status"))["indicator"] == "critical"

    def test_goes_on_showing_it_when_access_is_back_until_somebody_says_how_it_is(self, site: Site) -> None:
        restoration = affecting(site, stock_sync=RED)

        restoration.done("access-restored")
        back = status_of(site, SYNC)
        restoration.done("access-lost")
        lost_again = status_of(site, SYNC)
        restoration.done("access-restored")
        restoration.says("stock_sync", "available")

        assert (back, lost_again, status_of(site, SYNC)) == (RED, RED, GREEN)

    def test_shows_it_no_longer_than_the_restoration_lasts(self, site: Site) -> None:
        restoration = regained(site)
        restoration.says("stock_sync", "suspended", components={SYNC: YELLOW})
        before = status_of(site, SYNC)

        restoration.done("completion", {"given_up": ["login", "orders", "stock_sync"]})

        assert (before, status_of(site, SYNC)) == (YELLOW, GREEN)

    def test_shows_the_worst_of_several_causes(self, site: Site) -> None:
        restoration = affecting(site, stock_sync=YELLOW)
        restoration.says("orders", "unavailable", components={SYNC: RED})
        incident = site.incident({SYNC: "partial_outage"})["id"]
        seen = [status_of(site, SYNC)]
        restoration.says("orders", "available")
        seen.append(status_of(site, SYNC))
        site.operator.post(f"/v1/incidents/{incident}/withdrawal", {"reason": "It was none."})
        seen.append(status_of(site, SYNC))
        restoration.says("stock_sync", "available")

        assert [*seen, status_of(site, SYNC)] == [RED, "partial_outage", YELLOW, GREEN]

    def test_has_it_in_its_history(self, site: Site) -> None:
        site.set_clock("09:00")
        restoration = affecting(site, stock_sync=RED)
        site.set_clock("10:00")
        restoration.says("stock_sync", "available", occurred_at=written(at("09:30")))
        site.tick()

        asked = {"from": written(at("08:00")), "until": written(at("10:00"))}
        spans = made(site.reader.get(f"/v1/components/{SYNC}/history", params=asked))["data"]

        assert [(each["status"], each["from"][11:16]) for each in spans] == [
            (GREEN, "08:00"),
            (RED, "09:00"),
            (GREEN, "09:30"),
        ]

    def test_that_is_private_shows_nothing_outside(self, site: Site) -> None:
        site.component("vault", public=False)
        restoration = affecting(site, vault=RED)
        site.tick()

        board = made(site.reader.get("/v1/status"))
        assert {each["status"] for each in board["components"]} == {GREEN}
        assert "vault" not in site.reader.get("/v1/status").text + site.reader.get(restoration.path).text
        assert causes(site, "vault", inside=True)[0]["type"] == "restoration"


class TestRetirement:
    def test_is_refused_as_long_as_a_function_affects_the_component(self, site: Site) -> None:
        restoration = affecting(site, stock_sync=RED)
        position = site.last_position()

        refusal = problem(site.operator.post(f"/v1/components/{SYNC}/retirement"), 409, "cause_still_open")
        assert SYNC in refusal["detail"]
        assert site.last_position() == position
        assert site.operator.post(f"/v1/components/{FEED}/retirement").status_code == 200

        restoration.says("stock_sync", "available")
        assert site.operator.post(f"/v1/components/{SYNC}/retirement").status_code == 200

    def test_is_possible_once_the_restoration_is_completed(self, site: Site) -> None:
        restoration = regained(site)
        restoration.says("stock_sync", "suspended", components={SYNC: YELLOW})
        restoration.done("completion", {"given_up": ["login", "orders", "stock_sync"]})

        assert site.operator.post(f"/v1/components/{SYNC}/retirement").status_code == 200


class TestBoard:
    def test_shows_a_panel_as_its_restoration_goes_on(self, site: Site) -> None:
        restoration = lost(site)
        seen = [panel_on_board(site)]
        for moment, act in (
            ("09:00", lambda: restoration.done("access-restored")),
            ("09:10", lambda: [restoration.says(name, "available") for name in ("orders", "stock_sync")]),
            ("09:20", lambda: restoration.says("login", "degraded")),
            ("09:30", lambda: restoration.done("completion", {"given_up": ["login"]})),
        ):
            site.set_clock(moment)
            act()
            seen.append(panel_on_board(site))

        assert seen == [
            (RED, written(at("08:00")), restoration.id, "critical"),
            ("partial_outage", written(at("09:00")), restoration.id, "major"),
            ("partial_outage", written(at("09:00")), restoration.id, "major"),
            (YELLOW, written(at("09:20")), restoration.id, "minor"),
            (GREEN, written(at("09:30")), None, "none"),
        ]
        assert panel_on_board(site, at=written(at("09:15"))) == seen[2]
        panel = restoration.inside["panel"]
        line = f'bitacora_panel_status{{panel="{panel}",status="operational"}} 1.0'
        assert line in site.reader.get("/metrics").text

    def test_keeps_its_tag_when_only_what_readers_do_not_see_changes(self, site: Site) -> None:
        restoration = lost(site)
        site.tick()
        tag = site.reader.get("/v1/status").headers["ETag"]

        restoration.done("inventory", {"accounts": 5})
        restoration.says("login", "unavailable", note="We look into it.")
        site.tick()

        assert site.reader.get("/v1/status", headers={"If-None-Match": tag}).status_code == 304


def panel_on_board(site: Site, **asked: str) -> tuple[str, str, str | None, str]:
    """Give status, since when, and restoration of the one panel, and the indicator."""
    site.tick()
    board = made(site.reader.get("/v1/status", params=asked))
    [panel] = board["panels"]
    return panel["status"], panel["status_since"], panel["restoration"], board["indicator"]
