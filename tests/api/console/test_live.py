"""What keeps open screens current."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import pytest

from api.console import live
from tests.api.client import Site
from tests.api.console.visitor import signed_in
from tests.waiting import until

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

    def test_ends_at_once_when_the_server_stops(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        position, streams = site.tick(), site.app.state.streams
        waiting = site.start(site.client.get("/console/live", params={"after": position}, headers=visitor.headers))
        until(lambda: len(streams) == 1)

        site._loop.call_soon_threadsafe(streams.end_all)  # noqa: SLF001 - as the server does

        assert waiting.result(5).status_code == 204
        assert len(streams) == 0

    def test_is_refused_when_too_many_wait(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        site.app.state.streams.limit_to(0)

        assert visitor.request("GET", f"/console/live?after={site.tick()}").status_code == 503

    def test_waits_for_views_that_are_behind(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor = signed_in(site, site.operator)
        position, visibility = site.tick(), site.bitacora.facade.visibility
        monkeypatch.setattr(live, "PATIENCE_SECONDS", 0.3)
        # Something was committed that no view will reflect.
        monkeypatch.setattr(visibility, "_committed", position + 1)
        began = monotonic()

        answer = visitor.request("GET", f"/console/live?after={position}")

        assert answer.status_code == 204
        assert monotonic() - began >= 0.3
