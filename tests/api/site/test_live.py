"""The streams of what changed: whoever reads too slowly is let go, and costs the others nothing."""

from __future__ import annotations

import pytest

from api.site.live import LiveStreams
from tests.api.client import Site, made
from tests.api.site.listening import leave, listening


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
            streams.end_all()
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
