"""The public pages: from memory against bare bytes, as of the past, and how much is kept of each."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.bench.measures import ASKED, CONNECTIONS, ask
from tests.bench.processes import Server, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

PAGE = "/en/"


def pages(world: World) -> Mapping[str, float]:
    """Read the page of the board: from memory, against a route with its bytes, and as of the middle of the log."""
    service, middle = world.serving(), world.filled.position // 2
    page = world.folder / "board.html"
    page.write_bytes(read(service.port, PAGE))
    route = Server("tests.bench.bare", str(page), errors=world.folder / "board.log")
    try:
        taken = [
            {
                "page": ask(world, service, CONNECTIONS, path=PAGE).rate,
                "page route": ask(world, route, CONNECTIONS).rate,
                "page then": ask(world, service, 1, path=f"{PAGE}?as_of={middle}").p50 * 1000,
                "board then": ask(world, service, 1, path=f"/v1/status?as_of={middle}").p50 * 1000,
            }
            for _ in range(ASKED)
        ]
    finally:
        route.stop()
    return {name: statistics.median(each[name] for each in taken) for name in taken[0]}


MEASURES = (
    Measure(
        take=pages,
        figures=(
            Figure(
                what="the page of the board, 32 connections",
                ours="page",
                against="bare route, equal bytes",
                bare="page route",
                unit="reads/s",
            ),
            Figure(
                what="the page of the board, as_of=<middle>",
                ours="page then",
                against="ours: GET /v1/status of then",
                bare="board then",
                unit="ms",
            ),
        ),
    ),
)
