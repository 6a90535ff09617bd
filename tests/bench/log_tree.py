"""What it costs to keep the tree of the log, and to prove something with it."""

from __future__ import annotations

import asyncio
import http.client
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING

from application.caller import Caller
from application.components.commands import Registration, Revision
from infrastructure.event_log.tree_keeper import TreeKeeper
from tests.bench.processes import PATIENCE_SECONDS
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from application.ports import Transaction
    from infrastructure.bootstrap import Bitacora
    from infrastructure.store.base import BulkWork, Connection
    from infrastructure.transparency.entries import LogRow
    from tests.bench.environments import World

TURNS = 20
"""How often both ways take a turn."""
GROUP, SINGLES, GROUPS = 64, 40, 5
KEY = "measured"
ASKED = 200

_names = count(1)


class NoTree(TreeKeeper):
    """Keeps nothing."""

    def catch_up(self, connection: Connection, position: int) -> None:
        """Leave it as it is."""

    def enter(self, rows: Sequence[LogRow]) -> Sequence[BulkWork]:  # noqa: ARG002 - what is overridden has them
        """Leave them out."""
        return []


def tree_kept(world: World) -> Mapping[str, float]:
    """Append with and without the tree, by turns: one command at a time, and many at once."""
    caller = Caller(actor="token:bench", source="bench", request_id="")
    with world.assembled() as bitacora:
        bitacora.writer.start()
        components = bitacora.facade.commands.components
        key = f"{KEY}-{world.next_prefix}"
        registration = Registration(key=key, name={"en": key}, group="bench", description={})
        bitacora.writer.call(lambda log: components.register(log, registration=registration, caller=caller).id)

        def revise(log: Transaction) -> None:
            revision = Revision(name={"en": f"{next(_names)}"})
            components.revise(log, key=key, expected_version=None, revision=revision, caller=caller)

        seconds = {"alone with": 0.0, "alone without": 0.0, "many with": 0.0, "many without": 0.0}
        for turn in range(TURNS):
            sides = [(TreeKeeper(), "with"), (NoTree(), "without")]
            for tree, side in sides if turn % 2 else reversed(sides):
                _use(bitacora, tree)
                # What the other way has left out enters the tree here.
                bitacora.writer.call(revise)
                seconds[f"alone {side}"] += _timed(lambda: [bitacora.writer.call(revise) for _ in range(SINGLES)])
                seconds[f"many {side}"] += _timed(lambda: asyncio.run(_at_once(bitacora, revise)))
        _use(bitacora, TreeKeeper())
        bitacora.writer.call(revise)
    done = {"alone": TURNS * SINGLES, "many": TURNS * GROUPS * GROUP}
    return {name: done[name.partition(" ")[0]] / taken for name, taken in seconds.items()}


def _use(bitacora: Bitacora, tree: TreeKeeper) -> None:
    session = bitacora.writer._session  # noqa: SLF001 - nobody else has to do without a tree
    assert session is not None
    session._caches.tree = tree  # noqa: SLF001 - the same


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


async def _at_once(bitacora: Bitacora, command: Callable[[Transaction], None]) -> None:
    for _ in range(GROUPS):
        await asyncio.gather(*(bitacora.writer.run(command) for _ in range(GROUP)))


def proofs(world: World) -> Mapping[str, float]:
    """Ask for the proofs of events all over the log, and for the events themselves."""
    connection = http.client.HTTPConnection("127.0.0.1", world.serving().port, timeout=PATIENCE_SECONDS)
    try:
        last = world.filled.position
        paths = {"proof": "/v1/events/{}/proof", "event": "/v1/events?limit=1&after={}"}
        taken = dict.fromkeys(paths, 0.0)
        # The first question signs the newest size.
        _ask(connection, paths["proof"].format(1), world.auditor)
        for position in _spread(last):
            for name, path in paths.items():
                began = perf_counter()
                _ask(connection, path.format(position), world.auditor)
                taken[name] += perf_counter() - began
    finally:
        connection.close()
    return {name: seconds * 1000 / ASKED for name, seconds in taken.items()}


def _spread(last: int) -> Iterator[int]:
    for place in range(ASKED):
        yield 1 + place * (last - 1) // ASKED


def _ask(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> None:
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} is answered with {answer.status}")


MEASURES = (
    Measure(
        take=tree_kept,
        figures=tuple(
            Figure(
                what=f"events appended with the tree, {what}",
                ours=f"{name} with",
                against="ours: without",
                bare=f"{name} without",
                unit="events/s",
            )
            for name, what in (("alone", "one command at a time"), ("many", f"{GROUP} commands at once"))
        ),
    ),
    Measure(
        take=proofs,
        figures=(
            Figure(
                what="the proof of an event",
                ours="proof",
                against="ours: a page with the event",
                bare="event",
                unit="ms",
            ),
        ),
    ),
)
