"""Held requests by the million: taken in as one body of lines with bad ones among them, and exported as a whole."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from api.http.ndjson import NDJSON
from domain.ledger.held_request import HeldRequest
from tests.bench.environments import World
from tests.bench.held import PATH, Held, admitted, declared, inserted
from tests.bench.measures import Sample

TIMES = 10
"""How many times as many are taken in as by the other measure."""
SECTION = 1_000
"""Of so many lines the last one is bad."""
CHUNK = 1024 * 1024
PATIENCE_SECONDS = 3_600.0
LOOK_SECONDS = 0.5


def million(world: World) -> Sample:
    """Take requests in, wait until they are shown, and export them in each form."""
    work, number = declared(world, admitted(world, "bench-million")), TIMES * world.requests
    before = world.serving().memory or 0
    with _watched(world) as most_of_intake:
        began = perf_counter()
        position = _taken_in(work, number)
        acknowledged = perf_counter() - began
        work.show(position)
        visible = perf_counter() - began
    with _watched(world) as most_of_exports:
        rates = {form: number / _exported(work, form) for form in ("ndjson", "csv", "xlsx")}
    return {
        "acknowledged": number / acknowledged,
        "visible": number / visible,
        "inserted": inserted(world, HeldRequest.Received, number),
        "memory": before,
        "memory of intake": max(most_of_intake),
        "memory of exports": max(most_of_exports),
        **rates,
    }


def _taken_in(work: Held, number: int) -> int:
    connection = _connection(work)
    try:
        headers = work.headers | {"content-type": NDJSON}
        connection.request("POST", PATH, _lines(work, number), headers, encode_chunked=True)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        bad = number // SECTION
        if told["counts"]["held"] != number - bad or told["counts"]["refused"] != bad:
            raise RuntimeError(f"of {number} lines, {told['counts']} were taken in")
        return int(answer.getheader("bitacora-position") or 0)
    finally:
        connection.close()


def _lines(work: Held, number: int) -> Iterator[bytes]:
    for section in range(number // SECTION):
        yield work.lines(f"million-{section}", SECTION - 1) + b"\nbad\n"


def _exported(work: Held, form: str) -> float:
    connection = _connection(work)
    try:
        began = perf_counter()
        connection.request("GET", f"{PATH}.{form}?cause={work.cause}", headers=work.headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the export as {form} was answered {answer.status}")
        while answer.read(CHUNK):
            pass
        return perf_counter() - began
    finally:
        connection.close()


def _connection(work: Held) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", work.world.serving().port, timeout=PATIENCE_SECONDS)


@contextmanager
def _watched(world: World) -> Iterator[list[float]]:
    """Look again and again how much memory the program takes, in MiB."""
    seen, is_over = [world.serving().memory or 0], threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_SECONDS):
            seen.append(world.serving().memory or 0)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()
