"""The feed in Atom: from memory against a route with its bytes."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.bench.measures import ASKED, CONNECTIONS, ask
from tests.bench.processes import Server, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

FEED = "/en/history.atom"


def feeds(world: World) -> Mapping[str, float]:
    """Read the feed in one language, and a route with its bytes, in turns; and once as of the middle of the log."""
    service, middle = world.serving(), world.filled.position // 2
    feed = world.folder / "history.atom"
    feed.write_bytes(read(service.port, FEED))
    route = Server("tests.bench.bare", str(feed), errors=world.folder / "feed.log")
    try:
        taken = [
            {
                "feed": ask(world, service, CONNECTIONS, path=FEED).rate,
                "feed route": ask(world, route, CONNECTIONS).rate,
                "feed then": ask(world, service, 1, path=f"{FEED}?as_of={middle}").p50 * 1000,
                "board then": ask(world, service, 1, path=f"/v1/status?as_of={middle}").p50 * 1000,
            }
            for _ in range(ASKED)
        ]
    finally:
        route.stop()
    return {name: statistics.median(each[name] for each in taken) for name in taken[0]}


MEASURES = (
    Measure(
        take=feeds,
        figures=(
            Figure(
                what="the feed in Atom, 32 connections",
                ours="feed",
                against="bare route, equal bytes",
                bare="feed route",
                unit="reads/s",
            ),
            Figure(
                what="the feed in Atom, as_of=<middle>",
                ours="feed then",
                against="ours: GET /v1/status of then",
                bare="board then",
                unit="ms",
            ),
        ),
    ),
)
