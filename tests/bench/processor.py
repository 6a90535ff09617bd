"""The processor time of what grows: of an update on a long timeline, and of an event in a rebuild.

It is that of this process alone, so that other work on the machine matters little; what PostgreSQL does is not in it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from time import process_time
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder

from application.incidents.commands import Declaration, News
from application.log import Log
from application.registry import VIEWS
from application.targets import Target
from infrastructure.bootstrap import Bitacora
from infrastructure.projections.projector import BATCH
from infrastructure.projections.rebuild import Rebuild
from infrastructure.settings import Settings
from tests.bench.bare import copy, open_recorder
from tests.bench.environments import World
from tests.bench.filling import ANA, SAID
from tests.bench.measures import Sample
from tests.bench.shapes import Figure, Measure
from tests.bench.sizes import in_pieces
from tests.mixed_log import write_mix

FEW, MANY = 5, 500
UPDATES = 40
"""How many updates are measured, in turns."""
EVENTS = 20_000
TIMES = 3
"""How often the views are built."""
MICROSECONDS = 1e6


def updates(world: World) -> Sample:
    """Update incidents with few and with many entries, and let the views follow."""
    with world.spare() as (ours, _):
        bitacora = Bitacora(Settings(database=ours))
        try:
            bitacora.migrate()
            bitacora.writer.start()
            long = _with(bitacora, MANY)
            taken: dict[str, list[float]] = {"few": [], "many": []}
            for _ in range(UPDATES):
                for name, incident in (("few", _with(bitacora, FEW)), ("many", long)):
                    taken[name].append(_processor_time(partial(_update, bitacora, incident)))
            return {name: statistics.median(times) * 1000 for name, times in taken.items()}
        finally:
            bitacora.stop()


def rebuild_of_requests(world: World) -> Sample:
    """Build the views of a log that is mostly held requests, and let the library read the same events."""
    with world.spare() as (ours, bare):
        count = write_mix(ours, EVENTS)
        with open_recorder(bare) as recorder:
            copy(in_pieces(ours), recorder)
            scan = min(_processor_time(partial(_scan, recorder)) for _ in range(TIMES))
        bitacora = Bitacora(Settings(database=ours))
        try:
            bitacora.migrate()
            build = Rebuild(bitacora.store, bitacora.mapper, VIEWS)
            least = min(_processor_time(partial(build.run, advanced=lambda _: None)) for _ in range(TIMES))
        finally:
            bitacora.stop()
        return {"rebuild": least / count * MICROSECONDS, "scan": scan / count * MICROSECONDS}


def _with(bitacora: Bitacora, entries: int) -> UUID:
    """Declare an incident with so many entries, and let the views follow."""
    declaration = Declaration(title={"en": "Slow"}, message=SAID, components={}, request_policies={})
    incidents = bitacora.facade.commands.incidents
    incident: UUID = bitacora.writer.call(partial(incidents.declare, declaration=declaration, caller=ANA)).id
    for _ in range(entries - 1):
        bitacora.writer.call(partial(_say, bitacora, incident))
    bitacora.follower.catch_up()
    return incident


def _update(bitacora: Bitacora, incident: UUID) -> None:
    bitacora.writer.call(partial(_say, bitacora, incident))
    bitacora.follower.catch_up()


def _say(bitacora: Bitacora, incident: UUID, log: Log) -> None:
    target = Target(id=incident, expected_version=None, caller=ANA)
    news = News(message=SAID, state=None, components={})
    bitacora.facade.commands.incidents.update(log, target=target, news=news)


def _scan(recorder: ApplicationRecorder) -> None:
    position = 0
    while rows := recorder.select_notifications(position, BATCH, inclusive_of_start=False):
        position = rows[-1].id


def _processor_time(act: Callable[[], object]) -> float:
    """Give the seconds that it takes of the processor, in all threads of this process."""
    began = process_time()
    act()
    return process_time() - began


MEASURES = (
    Measure(
        take=updates,
        once=0,
        figures=(
            Figure(
                what=f"an update of {MANY} entries until views show it, processor time",
                ours="many",
                against=f"ours: {FEW} entries",
                bare="few",
                unit="ms",
            ),
        ),
    ),
    Measure(
        take=rebuild_of_requests,
        once=0,
        figures=(
            Figure(
                what=f"rebuild of {EVENTS:,} events, most of held requests, processor time of one",
                ours="rebuild",
                against="library: select_notifications",
                bare="scan",
                unit="µs",
            ),
        ),
    ),
)
