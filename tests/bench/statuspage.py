"""What programs read that know Statuspage, from memory, against a route that answers with the same bytes."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.bench.measures import ASKED, CONNECTIONS, ask
from tests.bench.processes import Server, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

SUMMARY = "/api/v2/summary.json"


def summary(world: World) -> Mapping[str, float]:
    """Read the summary, and a route with its bytes, in turns."""
    service = world.serving()
    answer = world.folder / "summary.json"
    answer.write_bytes(read(service.port, SUMMARY))
    route = Server("tests.bench.bare", str(answer), errors=world.folder / "summary.log")
    try:
        taken = [
            {
                "summary": ask(world, service, CONNECTIONS, path=SUMMARY).rate,
                "summary route": ask(world, route, CONNECTIONS).rate,
            }
            for _ in range(ASKED)
        ]
    finally:
        route.stop()
    return {name: statistics.median(each[name] for each in taken) for name in taken[0]}


MEASURES = (
    Measure(
        take=summary,
        figures=(
            Figure(
                what="GET /api/v2/summary.json, 32 connections",
                ours="summary",
                against="bare route, equal bytes",
                bare="summary route",
                unit="reads/s",
            ),
        ),
    ),
)
