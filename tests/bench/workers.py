"""Several processes that serve one database of PostgreSQL, against one of them.

The client that asks runs on the same cores: with two of them it takes its part from whatever is measured.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.bench.measures import CONNECTIONS, ask, hand_in
from tests.bench.processes import Server
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from tests.bench.environments import World
    from tests.bench.measures import Sample

NUMBERS = (2, 4)
"""How many workers are set against one."""


def workers(world: World) -> Sample:
    """Hand in signals and read the board, by one, two and four workers, each number on its own."""
    world.stop()
    found: dict[str, float] = {}

    def serve(number: int) -> float:
        arguments = ("serve", "--port", "0", "--workers", str(number), "--database", world.database)
        server = Server("api.cli", *arguments, errors=world.folder / "workers.log")
        try:
            found[f"reads of {number}"] = ask(world, server, CONNECTIONS).rate
            return hand_in(world, server, CONNECTIONS).rate
        finally:
            server.stop()

    signals = world.in_turns(**{f"signals_of_{number}": partial(serve, number) for number in (1, *NUMBERS)})
    return {**signals, **found}


def _is_possible(world: World) -> bool:
    return world.database.startswith("postgres")


MEASURES = (
    Measure(
        take=workers,
        is_possible=_is_possible,
        figures=tuple(
            Figure(
                what=f"{what}, {number} workers, {CONNECTIONS} connections",
                ours=f"{kind} of {number}",
                against="one worker",
                bare=f"{kind} of 1",
                unit=f"{kind}/s",
            )
            for number in NUMBERS
            for kind, what in (("signals", "signals"), ("reads", "GET /v1/status"))
        ),
    ),
)
