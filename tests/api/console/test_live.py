"""What keeps open screens current."""

from __future__ import annotations

from datetime import timedelta

from tests.api.client import Site
from tests.api.console.visitor import signed_in

IDLE = timedelta(minutes=30)


class TestWaitingForEvents:
    def test_is_answered_at_once_with_what_is_not_known(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        site.tick()
        answer = visitor.request("GET", "/console/live?after=0")

        assert (answer.status_code, answer.json()) == (200, {"position": site.last_position()})

    def test_is_answered_by_the_next_event(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        position = site.tick()
        waiting = site.start(site.client.get("/console/live", params={"after": position}, headers=visitor.headers))

        site.component("orders")

        assert waiting.result(20).json()["position"] > position

    def test_takes_no_other_position_than_a_number(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)

        for odd in ("-1", "%C2%B2", "x", "9" * 40):
            assert visitor.request("GET", f"/console/live?after={odd}").status_code == 200, odd

    def test_is_refused_without_a_session(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        visitor.sends("/console/sign-out")

        assert visitor.request("GET", "/console/live").status_code == 401

    def test_is_no_use_of_the_session(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        for _ in range(3):
            site.set_clock(site.clock.now() + IDLE / 2 - timedelta(seconds=1))
            if visitor.request("GET", "/console/live").status_code == 401:
                break
        else:
            raise AssertionError("an open screen has kept the session alive")

    def test_leaves_the_session_as_idle_as_reading_the_screen_anew(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        site.set_clock(site.clock.now() + IDLE / 2)
        assert visitor.request("GET", "/console", **{"Bitacora-Again": "1"}).status_code == 200

        site.set_clock(site.clock.now() + IDLE / 2)

        assert visitor.request("GET", "/console").status_code == 303
