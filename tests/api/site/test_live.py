"""The streams of what changed: whoever reads too slowly is let go, and costs the others nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from api.site.live import LiveStreams
from tests.api.client import Site, made

if TYPE_CHECKING:
    from starlette.types import Message


class Client:
    """A client of the server, which takes what is sent to it only while it reads."""

    def __init__(self) -> None:
        """Read, and stay."""
        self.reads, self.left = asyncio.Event(), asyncio.Event()
        self.reads.set()
        self.changed = asyncio.Event()
        self.got: list[bytes] = []
        self.is_over = False

    async def receive(self) -> Message:
        """Leave at last."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message; while nothing is read, the server has to wait."""
        await self.reads.wait() if not self.reads.is_set() else None
        self.got.append(message.get("body", b""))
        self.changed.set()
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_over = True
            self.left.set()

    def heard(self, words: bytes) -> bool:
        """Tell whether it was told so."""
        return words in b"".join(self.got)

    async def hears(self, words: bytes) -> None:
        """Wait until it is told so."""
        async with asyncio.timeout(30):
            while not self.heard(words):
                await self.changed.wait()
                self.changed.clear()


async def listening(streams: LiveStreams) -> tuple[Client, asyncio.Task[None]]:
    """Open a stream, and give its client and what serves it."""
    client = Client()
    served = asyncio.ensure_future(streams.serve({}, client.receive, client.send, language="en", last=None))
    await client.hears(b": open")
    return client, served


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

    async def leave() -> None:
        client.left.set()
        await served

    site.run(leave())
