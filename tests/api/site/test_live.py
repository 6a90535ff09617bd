"""The streams of what changed: whoever reads too slowly is let go, and costs the others nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from api.http.streams import OpenStreams
from api.site.live import LiveStreams
from tests.api.client import Site, made
from tests.api.listening import Client, leave, listening

if TYPE_CHECKING:
    import asyncio


@pytest.fixture(name="streams")
def _streams(site: Site) -> LiveStreams:
    site.component("labels")
    site.tick()
    streams: LiveStreams = site.app.state.live
    return streams


class TestSlowReader:
    def test_is_let_go_and_ends_once_it_reads_again(self, site: Site, streams: LiveStreams) -> None:
        slow, slow_served = site.run(listening(streams))
        quick, quick_served = site.run(listening(streams))
        assert len(streams) == 2

        slow.reads.clear()
        site.incident({"labels": "major_outage"}, title="It broke")
        site.tick()
        site.run(quick.hears("New incident: “It broke”.".encode()))

        assert len(streams) == 1
        assert not slow.heard(b"It broke")

        async def read_again() -> None:
            slow.reads.set()
            await slow_served
            quick.left.set()
            await quick_served

        site.run(read_again())
        assert slow.is_over
        assert len(streams) == 0


class TestStop:
    def test_ends_every_stream_and_opens_no_other(self, site: Site, streams: LiveStreams) -> None:
        client, served = site.run(listening(streams))

        async def stop() -> None:
            site.app.state.streams.end_all()
            await served

        site.run(stop())

        assert client.is_over
        refused = site.reader.get("/live")
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")


def test_several_changes_of_one_event_are_one_sentence(site: Site, streams: LiveStreams) -> None:
    client, served = site.run(listening(streams))
    made(site.operator.post("/v1/components/labels/pins", {"status": "major_outage", "reason": "For us."}))
    site.incident({"labels": "major_outage"}, title="It broke")
    site.tick()
    site.run(client.hears(b"It broke"))

    said = [line for line in b"".join(client.got).splitlines() if line.startswith(b"data: ")]
    assert said == [
        b'data: {"say": "Labels: major outage, before: operational."}',
        'data: {"say": "New incident: “It broke”."}'.encode(),
    ]

    site.run(leave(client, served))


class Views:
    """The views of a site, of which a test says that they are built anew, or that they cannot be read."""

    def __init__(self, site: Site) -> None:
        """Say nothing yet."""
        self._views = site.bitacora.facade.visibility
        self.number, self.rebuilding = 0, False
        self.fault: Exception | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else there is of views
        """Give what is as it is."""
        return getattr(self._views, name)

    def generation(self, view: str) -> str:
        """Tell one building from the next."""
        return f"{self._views.generation(view)} {self.number}"

    def is_rebuilding(self, _view: str) -> bool:
        """Tell what the test says."""
        return self.rebuilding

    def position_of(self, view: str) -> int:
        """Give the beginning while it is built anew."""
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return 0 if self.rebuilding else self._views.position_of(view)


MISSED = b"The connection was interrupted, and this page may have changed."


@pytest.fixture(name="views")
def _views(site: Site) -> Views:
    site.component("labels")
    site.tick()
    return Views(site)


def streams_of(site: Site, views: Views) -> LiveStreams:
    return LiveStreams(replace(site.bitacora.facade, visibility=cast("Any", views)), OpenStreams(10))


async def leaves(streams: LiveStreams, client: Client, served: asyncio.Task[None]) -> None:
    await leave(client, served)
    await streams.stop()


def goes_on(site: Site, client: Client) -> None:
    """See that a client is told the next change."""
    site.incident({"labels": "major_outage"}, title="Another")
    site.tick()
    site.run(client.hears("New incident: “Another”.".encode()))


class TestViewBuiltAnew:
    def test_lets_readers_load_their_pages_again(self, site: Site, views: Views) -> None:
        streams = streams_of(site, views)
        client, served = site.run(listening(streams))

        views.number += 1
        site.incident({"labels": "major_outage"}, title="It broke")
        site.tick()
        site.run(client.hears(MISSED))

        goes_on(site, client)
        assert not client.heard(b"It broke")
        site.run(leaves(streams, client, served))

    def test_is_not_told_from_its_beginning_on(self, site: Site, views: Views) -> None:
        for number in range(3):
            site.incident({"labels": "major_outage"}, title=f"Old {number}")
        site.tick()
        views.rebuilding = True
        streams = streams_of(site, views)
        client, served = site.run(listening(streams))

        views.rebuilding = False
        site.run(client.hears(MISSED))

        goes_on(site, client)
        assert not client.heard(b"Old")
        site.run(leaves(streams, client, served))


def test_a_change_that_cannot_be_told_ends_nothing(site: Site, views: Views) -> None:
    streams = streams_of(site, views)
    client, served = site.run(listening(streams))

    views.fault = KeyError("what nobody thought of")
    site.incident({"labels": "major_outage"}, title="It broke")
    site.tick()
    site.run(client.hears(MISSED))

    goes_on(site, client)
    site.run(leaves(streams, client, served))
