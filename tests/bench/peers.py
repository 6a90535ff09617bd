"""Another event store on the same PostgreSQL: Emmett, which is installed from npm at the first use."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from tests.bench.measures import CONNECTIONS, hand_in
from tests.bench.processes import PATIENCE_SECONDS
from tests.bench.shapes import Figure, Measure
from tests.interop.environments import modules_of

if TYPE_CHECKING:
    from tests.bench.environments import World
    from tests.bench.measures import Sample

SCRIPT = Path(__file__).with_name("emmett.mjs")


def emmett(world: World) -> Sample:
    """Hand in signals, and append as many events of their size to new streams by Emmett, in process."""
    service = world.serving()
    parts = world.in_turns(
        signals_1=lambda: hand_in(world, service, 1).rate,
        signals_32=lambda: hand_in(world, service, CONNECTIONS).rate,
    )
    return {**parts, **_appended(world)}


def _appended(world: World) -> dict[str, float]:
    npm, node = which("npm"), which("node")
    assert npm is not None
    assert node is not None
    state = world.patterns[0].state.decode()
    done = subprocess.run(
        [node, SCRIPT, modules_of(npm, None), world.bare_database, str(world.seconds), state],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS + 3 * world.seconds,
        check=True,
    )
    rates: dict[str, float] = json.loads(done.stdout)
    return rates


def _is_possible(world: World) -> bool:
    return world.bare_database.startswith("postgres") and which("npm") is not None and which("node") is not None


MEASURES = (
    Measure(
        take=emmett,
        apart=True,
        is_possible=_is_possible,
        figures=tuple(
            Figure(
                what=f"durable signals, {number} connection{'s' if number > 1 else ''}, over HTTP",
                ours=f"signals {number}",
                against=f"Emmett: appendToStream in process, {number} at a time",
                bare=f"emmett {number}",
                unit="signals/s",
            )
            for number in (1, CONNECTIONS)
        ),
    ),
)
