"""A copy of the site with a thousand incidents: written as files, and again when nothing has changed."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from application.incidents.commands import Declaration
from domain.impact import Status
from infrastructure.clock import SystemClock
from tests.bench.client import COMPONENTS
from tests.bench.filling import ANA, SAID
from tests.bench.processes import ENVIRONMENT, ROOT, read
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from application.facade import Facade
    from application.log import Log
    from tests.bench.environments import World

INCIDENTS = 1_000
HOUR = timedelta(hours=1)


def exported(world: World) -> Mapping[str, float]:
    """Enter incidents that are over, export the site twice, and write the same bytes into files."""
    with world.assembled() as bitacora:
        bitacora.writer.start()
        for number in range(INCIDENTS):
            bitacora.writer.call(partial(_enter, bitacora.facade, number))
        bitacora.follower.catch_up()
    # The views are there once the program has answered; it does not run meanwhile.
    read(world.serving().port, "/en/")
    world.stop()
    copy = world.folder / "copy"
    first, again = _export(world, copy), _export(world, copy)
    bodies = {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*.html")}
    if sum("incidents" in path.parts for path in bodies) < INCIDENTS:
        raise RuntimeError(f"the copy has only {len(bodies)} pages")
    began = perf_counter()
    for path, body in bodies.items():
        (world.folder / "bare" / path).parent.mkdir(parents=True, exist_ok=True)
        (world.folder / "bare" / path).write_bytes(body)
    return {
        "first": len(bodies) / first,
        "again": len(bodies) / again,
        "files": len(bodies) / (perf_counter() - began),
    }


def _enter(facade: Facade, number: int, log: Log) -> None:
    begin = SystemClock().now() - (number + 2) * HOUR
    declaration = Declaration(
        title=SAID,
        message=SAID,
        components={f"component-{number % COMPONENTS:03}": Status.PARTIAL_OUTAGE},
        occurred_at=begin,
        resolved_at=begin + HOUR / 2,
        request_policies={},
    )
    facade.commands.incidents.declare(log, declaration=declaration, caller=ANA)


def _export(world: World, folder: Path) -> float:
    began = perf_counter()
    arguments = ("-m", "api.cli", "site", "export", str(folder), "--database", world.database)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True)
    return perf_counter() - began


MEASURES = (
    Measure(
        take=exported,
        once=0,
        figures=(
            Figure(
                what=f"site with {INCIDENTS:,} incidents exported",
                ours="first",
                against="the same files, only written",
                bare="files",
                unit="pages/s",
            ),
            Figure(
                what=f"site with {INCIDENTS:,} incidents exported again, nothing changed",
                ours="again",
                against="ours: for the first time",
                bare="first",
                unit="pages/s",
            ),
        ),
    ),
)
