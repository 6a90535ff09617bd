"""What everybody reads from memory, against bare bytes, and how much is kept of each page."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from tests.bench.answers import from_memory
from tests.bench.client import COMPONENTS
from tests.bench.processes import read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

LANGUAGES = ("en", "es", "pl", "pt")
KIBIBYTES = 1024
WARM = 80
"""How many pages are read before, so that what all of them need is there."""


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
    from_memory("pages", "/en/", "the page of the board"),
    from_memory("feeds", "/en/history.atom", "the feed in Atom"),
    from_memory("summary", "/api/v2/summary.json", "GET /api/v2/summary.json"),
)
