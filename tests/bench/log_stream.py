"""A tool that takes in the log: as one stream of events, and by reading page after page of them."""

from __future__ import annotations

import http.client
import json
from time import perf_counter
from typing import TYPE_CHECKING

from tests.bench.processes import PATIENCE_SECONDS
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

MOST = 100_000
TURNS = 10
"""In how many parts it is read, in turns: what else runs meanwhile slows down both."""
READ_BYTES = 256 * 1024
PAGE = 200
"""As many as a page can have."""


def stream(world: World) -> Mapping[str, float]:
    """Read the same events both ways, each as JSON, and hold one against the other."""
    part = min(MOST, world.filled.position) // TURNS
    paged = streamed = 0.0
    connection = http.client.HTTPConnection("127.0.0.1", world.serving().port, timeout=PATIENCE_SECONDS)
    try:
        for after in range(0, part * TURNS, part):
            began = perf_counter()
            listed = _by_pages(connection, world.auditor, after, part)
            paged += perf_counter() - began
            began = perf_counter()
            found = _as_stream(connection, world.auditor, after, part)
            streamed += perf_counter() - began
            if found != listed:
                raise RuntimeError("the stream has not the events that the pages have")
    finally:
        connection.close()
    return {"streamed": part * TURNS / streamed, "paged": part * TURNS / paged}


def _by_pages(connection: http.client.HTTPConnection, headers: Mapping[str, str], begin: int, count: int) -> list[str]:
    """Give the ids of so many events after a position."""
    found: list[str] = []
    after = str(begin)
    while len(found) < count:
        connection.request("GET", f"/v1/events?limit={min(PAGE, count - len(found))}&after={after}", headers=headers)
        page = json.loads(connection.getresponse().read())
        found += [event["id"] for event in page["data"]]
        after = page["next_cursor"] or after
    return found


def _as_stream(connection: http.client.HTTPConnection, headers: Mapping[str, str], begin: int, count: int) -> list[str]:
    found: list[str] = []
    connection.request("GET", f"/v1/events/stream?after={begin}", headers=headers)
    answer, rest = connection.getresponse(), b""
    while len(found) < count:
        *lines, rest = (rest + answer.read1(READ_BYTES)).split(b"\n")
        found += [json.loads(line[6:])["id"] for line in lines if line.startswith(b"data: ")]
    connection.close()
    return found[:count]


MEASURES = (
    Measure(
        take=stream,
        figures=(
            Figure(
                what=f"the log as a stream of events, {MOST:,} at most",
                ours="streamed",
                against=f"ours: pages of {PAGE}",
                bare="paged",
                unit="events/s",
            ),
        ),
    ),
)
