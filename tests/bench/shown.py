"""From an acknowledged update to the page of the board, and to its JSON: the same updates, under half the load."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from application.components.commands import Registration
from application.incidents.commands import Declaration
from domain.impact import Status
from tests.bench.client import Job
from tests.bench.filling import ANA, SAID
from tests.bench.held import admitted
from tests.bench.measures import CONNECTIONS, half_load
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World

COMPONENT = "shown"
"""The last one of the board, and of nothing else, so that the next status behind its key is its own."""
PAGE, BOARD = "/en/", "/v1/status"
SHOWN = {PAGE: r"News {number}\.", BOARD: rf'"key":"{COMPONENT}".*?"status":"{{status}}"'}
"""What is found in each once it shows an update."""
LEAST_SECONDS = 10.0
"""So that there are a hundred updates or more, of which the slowest says something."""


def shown(world: World) -> Mapping[str, float]:
    """Write updates, and look when the page and the JSON of the board show them."""
    headers = admitted(world, "bench-shown")
    with world.assembled() as bitacora:
        bitacora.writer.start()
        commands = bitacora.facade.commands
        registration = Registration(
            key=COMPONENT, name={"en": "Shown"}, group="group-0", description={}, position=9_999
        )
        bitacora.writer.call(partial(commands.components.register, registration=registration, caller=ANA))
        declaration = Declaration(
            title=SAID, message=SAID, components={COMPONENT: Status.DEGRADED_PERFORMANCE}, request_policies={}
        )
        incident = bitacora.writer.call(partial(commands.incidents.declare, declaration=declaration, caller=ANA)).id
    job = Job(
        port=world.serving().port,
        seconds=max(LEAST_SECONDS, 10 * world.seconds),
        connections=CONNECTIONS,
        headers=world.emitter,
        signals=world.next_prefix,
        rate=half_load(world),
        probe_headers=headers,
        component=COMPONENT,
        news=f"/v1/incidents/{incident}/updates",
        shown=SHOWN,
    )
    times = world.client.do(job).shown
    return {
        "page": times[PAGE][0] * 1000,
        "page late": times[PAGE][1] * 1000,
        "board": times[BOARD][0] * 1000,
        "board late": times[BOARD][1] * 1000,
    }


MEASURES = (
    Measure(
        take=shown,
        once=0,
        figures=tuple(
            Figure(
                what=f"acknowledged to the page of the board, half load, {which}",
                ours=f"page{late}",
                against=f"ours: to GET /v1/status, {which}",
                bare=f"board{late}",
                unit="ms",
            )
            for which, late in (("p50", ""), ("p99", " late"))
        ),
    ),
)
