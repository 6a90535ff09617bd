"""What is answered from memory, against a route that answers with the same bytes, and as of the middle of the log."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.bench.measures import ASKED, CONNECTIONS, ask
from tests.bench.processes import Server, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.environments import World


def from_memory(name: str, path: str, what: str) -> Measure:
    """Measure what is read at a path, in turns with the bare route; ``what`` names it to people."""
    ours, route, then, board = (f"{name}{suffix}" for suffix in ("", " route", " then", " board then"))

    def take(world: World) -> Mapping[str, float]:
        service, middle = world.serving(), world.filled.position // 2
        file = world.folder / name
        file.write_bytes(read(service.port, path))
        bare = Server("tests.bench.bare", str(file), errors=world.folder / f"{name}.log")
        try:
            taken = [
                {
                    ours: ask(world, service, CONNECTIONS, path=path).rate,
                    route: ask(world, bare, CONNECTIONS).rate,
                    then: ask(world, service, 1, path=f"{path}?as_of={middle}").p50 * 1000,
                    board: ask(world, service, 1, path=f"/v1/status?as_of={middle}").p50 * 1000,
                }
                for _ in range(ASKED)
            ]
        finally:
            bare.stop()
        return {each: statistics.median(sample[each] for sample in taken) for each in taken[0]}

    # By its name it can be measured alone.
    take.__name__ = name
    return Measure(
        take=take,
        figures=(
            Figure(
                what=f"{what}, {CONNECTIONS} connections",
                ours=ours,
                against="bare route, equal bytes",
                bare=route,
                unit="reads/s",
            ),
            Figure(
                what=f"{what}, as_of=<middle>, again and again",
                ours=then,
                against="ours: GET /v1/status of then",
                bare=board,
                unit="ms",
            ),
        ),
    )
