"""The public pages: from memory against bare bytes, as of the past, and how much is kept of each."""

from __future__ import annotations

import gzip
import statistics
from typing import TYPE_CHECKING

from tests.bench.client import COMPONENTS
from tests.bench.measures import ASKED, CONNECTIONS, ask
from tests.bench.processes import Server, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

PAGE = "/en/"
LANGUAGES = ("en", "es", "pl", "pt")
KIBIBYTES = 1024
WARM = 80
"""How many pages are read before, so that what all of them need is there."""


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


def kept(world: World) -> Mapping[str, float]:
    """Read pages of components in each language, all of which are kept, and look how much memory they take."""
    service = world.serving()
    paths = [f"/{language}/components/component-{number:03}" for number in range(COMPONENTS) for language in LANGUAGES]
    warm, asked = paths[:WARM], paths[WARM:]
    for path in warm:
        read(service.port, path)
    before = service.memory or 0.0
    size = sum(len(body) + len(gzip.compress(body)) for body in (read(service.port, path) for path in asked))
    return {
        "kept": ((service.memory or 0.0) - before) * KIBIBYTES / len(asked),
        "bytes": size / KIBIBYTES / len(asked),
    }


MEASURES = (
    Measure(
        take=kept,
        once=0,
        figures=(
            Figure(
                what="memory of each page that is kept",
                ours="kept",
                against="its bytes, plain and compressed",
                bare="bytes",
                unit="KiB",
            ),
        ),
    ),
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
