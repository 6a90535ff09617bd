"""What is measured.

Each measure takes one short sample of ours and of the bare substrate, one right after the other, so that whatever
else the machine does meanwhile is done to both.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Mapping
from itertools import cycle
from time import perf_counter

from eventsourcing.persistence import StoredEvent

from api.http.answers import hash_tag
from application.ids import new_id
from application.registry import VIEWS
from infrastructure.clock import SystemClock
from infrastructure.projections.projector import BATCH
from infrastructure.projections.rebuild import Rebuild
from tests.bench import windows
from tests.bench.bare import BARE, Reported
from tests.bench.client import Job, Tally, percentiles
from tests.bench.environments import World
from tests.bench.processes import Server

CONNECTIONS = 32
WAIT_SECONDS = 0.01
ASKED = 3
"""How often it is asked where a sample can be taken only once."""
EARLY = 500
"""A position that every log has come to: what the board showed there is the same however long the log has become."""
PROBES = 4
"""How many connections look when a signal is shown; few, because what they do comes on top of half the load."""

Sample = Mapping[str, float]
"""Values by name; rates are per second, times in milliseconds, memory in MiB."""


def rebuild(world: World) -> Sample:
    """Build all views anew, in this process, and read the same number of events by the library."""
    with world.assembled() as bitacora:
        before = _scan(world)
        count = bitacora.facade.queries.events.last()[0]
        began = perf_counter()
        Rebuild(bitacora.store, bitacora.mapper, VIEWS).run(advanced=lambda _: None)
        rate = count / (perf_counter() - began)
        return {"rebuild": rate, "scan": statistics.mean((before, _scan(world)))}


def _scan(world: World) -> float:
    """Read all events by the library, again and again for as long as a sample takes; give events per second."""
    began, taken = perf_counter(), 0
    while perf_counter() < began + world.seconds:
        position = 0
        while rows := world.bare.select_notifications(position, BATCH, inclusive_of_start=False):
            position = rows[-1].id
            taken += len(rows)
    return taken / (perf_counter() - began)


def start(world: World) -> Sample:
    """Start the program and the bare routes, each until its first answer."""
    world.stop()
    service, route = world.serving(), world.answering()
    return {
        "start": service.seconds_to_answer * 1000,
        "route": route.seconds_to_answer * 1000,
        "memory": service.memory or 0,
        "route memory": route.memory or 0,
    }


def status(world: World) -> Sample:
    """Read the board without a token, and ask whether it has changed."""
    service, route = world.serving(), world.answering()
    tag = {"if-none-match": hash_tag(service.board)}
    return world.in_turns(
        status=lambda: ask(world, service, CONNECTIONS).rate,
        route=lambda: ask(world, route, CONNECTIONS).rate,
        callable=lambda: ask(world, route, CONNECTIONS, path=BARE).rate,
        unchanged=lambda: ask(world, service, CONNECTIONS, headers=tag, expected=304).rate,
        unchanged_route=lambda: ask(world, route, CONNECTIONS, headers=tag, expected=304).rate,
    )


def as_of(world: World) -> Sample:
    """Read the board as of the middle of the log, as of an early position, and as of now, all with a token."""
    service, middle = world.serving(), world.filled.position // 2

    def of(path: str) -> float:
        return ask(world, service, 1, path=path, headers=world.auditor).p50 * 1000

    return world.in_turns(
        as_of=lambda: of(f"/v1/status?as_of={middle}"),
        early=lambda: of(f"/v1/status?as_of={EARLY}"),
        now=lambda: of("/v1/status"),
    )


def signals(world: World) -> Sample:
    """Hand in new signals, one connection and many; the library and the bare routes in between."""
    service, route = world.serving(), world.answering()
    sample = world.in_turns(
        signals_1=lambda: hand_in(world, service, 1).rate,
        save=lambda: _save(world),
        insert=lambda: _insert(world),
        route_1=lambda: hand_in(world, route, 1, counted=False).rate,
        signals_32=lambda: hand_in(world, service, CONNECTIONS).rate,
        route_32=lambda: hand_in(world, route, CONNECTIONS, counted=False).rate,
    )
    world.capacity.append(sample["signals 32"])
    return sample


def _insert(world: World) -> float:
    """Insert events by the library, one a call; give events per second."""
    began, taken, clock = perf_counter(), 0, SystemClock()
    for pattern in cycle(world.patterns):
        # Ids that rise with time are the best case of every index.
        world.bare.insert_events([StoredEvent(new_id(clock.now()), 1, pattern.topic, pattern.state)])
        taken += 1
        if perf_counter() >= began + world.seconds:
            break
    return taken / (perf_counter() - began)


def _save(world: World) -> float:
    """Save new aggregates by the library, one event each; give aggregates per second."""
    began, taken = perf_counter(), 0
    for pattern in cycle(world.patterns):
        world.library.save(Reported(said=pattern.state.decode()))
        taken += 1
        if perf_counter() >= began + world.seconds:
            break
    return taken / (perf_counter() - began)


def visible(world: World) -> Sample:
    """Hand in signals at half of what the program took before, and look when single ones are shown."""
    job = Job(
        port=world.serving().port,
        seconds=max(2.0, 3 * world.seconds),
        connections=CONNECTIONS,
        headers=world.emitter,
        signals=world.next_prefix,
        rate=half_load(world),
        probes=PROBES,
        probe_headers=world.auditor,
    )
    tally = world.client.do(job)
    names = ("acknowledged", "acknowledged late", "visible", "visible late")
    return dict(zip(names, (seconds * 1000 for seconds in (*tally.acknowledged, *tally.visible)), strict=True))


def half_load(world: World) -> float:
    """Give half of the signals a second that the program took before, or takes now if it was not measured."""
    return statistics.median(world.capacity or [hand_in(world, world.serving(), CONNECTIONS).rate]) / 2


def hand_in(world: World, server: Server, connections: int, *, counted: bool = True) -> Tally:
    """Hand in new signals over so many connections, for as long as a sample takes; those of the program are counted."""
    job = Job(
        port=server.port,
        seconds=world.seconds,
        connections=connections,
        headers=world.emitter,
        signals=world.next_prefix,
    )
    tally = world.client.do(job)
    if counted:
        world.outcomes.update(tally.outcomes)
        world.events += tally.events
    return tally


def ask(
    world: World,
    server: Server,
    connections: int,
    *,
    path: str = "/v1/status",
    headers: dict[str, str] | None = None,
    expected: int = 200,
) -> Tally:
    """Ask for one path again and again, over so many connections, for as long as a sample takes."""
    job = Job(
        port=server.port,
        seconds=world.seconds,
        connections=connections,
        path=path,
        headers=headers or {},
        expected=expected,
    )
    return world.client.do(job)


def clock(world: World) -> Sample:
    """Let the clock begin and end windows, of which ten begin in a second, and let a thread do nothing but wait."""
    starts = windows.soon(world.windows)
    with world.assembled() as bitacora:
        windows.plan(bitacora, starts, windows.LENGTH)
    world.serving()
    windows.wait_over(starts)
    with world.assembled() as bitacora:
        lags = windows.lags(bitacora, starts)
    names = ("lag", "lag late", "waits", "waits late")
    times = (*percentiles(lags), *percentiles(_waits(world)))
    return dict(zip(names, (seconds * 1000 for seconds in times), strict=True))


def _waits(world: World) -> list[float]:
    """Wait for one moment after the other, a hundred in a second; give how late each was noticed, in seconds."""
    late, pause = [], threading.Event()
    until = perf_counter() + max(2.0, world.seconds)
    due = perf_counter()
    while due < until:
        due += WAIT_SECONDS
        pause.wait(max(0.0, due - perf_counter()))
        late.append(max(0.0, perf_counter() - due))
    return late


def calendar(world: World) -> Sample:
    """List upcoming windows among ten, and then among many; they stay."""
    starts = windows.far(windows.MANY)
    sample = {}
    for name, part in (("of ten", starts[: windows.FEW]), ("of many", starts[windows.FEW :])):
        with world.assembled() as bitacora:
            windows.plan(bitacora, part, windows.LENGTH)
        path = f"/v1/maintenance-windows?stage=upcoming&limit={windows.FEW}"
        service = world.serving()
        sample[name] = statistics.median(
            ask(world, service, 1, path=path, headers=world.auditor).p50 * 1000 for _ in range(ASKED)
        )
    return sample


def memory(world: World) -> Sample:
    """Look at the resident memory."""
    return {"memory": world.serving().memory or 0, "route memory": world.answering().memory or 0}
