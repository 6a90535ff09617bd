"""Under a load that lasts, the server keeps its size and its views keep up."""

import asyncio
import os
import re
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic

import pytest

from tests.e2e.server import Server, serving
from tests.memory import resident, started_by
from tests.soak.load import COMPONENTS, Load, ask
from tests.soak.pace import Pace

LAG = re.compile(r"^bitacora_view_lag_events ([0-9.e+]+)$", re.MULTILINE)
MEASURED_SECONDS = 3.0
STILL_SECONDS = 1.0
"""How long the views stand still at first: after it they read as many events as they ever do at once."""
WARM_UP = 0.3
"""The part of the run after which everything that is kept has been seen once."""
MEBIBYTES_PER_MINUTE = 0.5
MEBIBYTES_BY_CHANCE = 3.0
LAG_SECONDS = 1.0
"""How much of what comes in per second the views may be behind."""


@dataclass
class Samples:
    """What was seen of a server: when, its resident memory in MiB with its child, and how many events it lagged."""

    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)

    def take(self, memory: float, lag: float) -> None:
        """Take note."""
        self.times.append(monotonic())
        self.memory.append(memory)
        self.lag.append(lag)

    def warmed_up(self) -> "Samples":
        """Leave out how it began."""
        begins = int(len(self.times) * WARM_UP)
        return Samples(self.times[begins:], self.memory[begins:], self.lag[begins:])

    def __str__(self) -> str:
        """Tell of it in twenty moments, and of the worst."""
        every = max(1, len(self.times) // 20)
        moments = zip(self.times[::every], self.memory[::every], self.lag[::every], strict=True)
        told = (f"{time - self.times[0]:.0f} s: {memory:.1f} MiB, {lag:.0f} behind" for time, memory, lag in moments)
        return f"at most {max(self.lag):.0f} behind; {'; '.join(told)}"

    def grown(self, values: list[float]) -> float:
        """Tell by how much ``values`` have risen from the first third to the last."""
        third = len(values) // 3
        return median(values[-third:]) - median(values[:third])


@contextmanager
def standing_still(processes: Iterable[int]) -> Iterator[None]:
    """Let processes do nothing for a while."""
    stopped = list(processes)
    assert stopped
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


@pytest.fixture
def server(database: str, tmp_path: Path, process_environment: dict[str, str]) -> Iterator[Server]:
    """A server, once on each store."""
    with serving(database, tmp_path, environment=process_environment) as server:
        yield server


@pytest.mark.alone
@pytest.mark.short_on("sqlite")
class TestLoad:
    def test_at_half_of_what_is_possible_leaves_memory_and_lag_flat(self, server: Server, pace: Pace) -> None:
        admin = server.admin()
        for number in range(COMPONENTS):
            body = {"key": f"soak-{number}", "name": "Soak", "group": "platform"}
            assert server.client.post("/v1/components", json=body, headers=admin).status_code == 201
        load, samples = Load(port=int(server.address.rpartition(":")[2]), headers=admin), Samples()

        async def look() -> None:
            page = await ask(load.port, "/metrics", admin)
            found = LAG.search(page)
            assert found is not None, page
            samples.take(resident(server.process.pid), float(found[1]))

        async def soak() -> tuple[float, float]:
            await load.anchor()
            most = await load.run(MEASURED_SECONDS)
            with standing_still(started_by(server.process.pid)):
                await load.run(STILL_SECONDS)
            return most, await load.run(pace.seconds, rate=most / 2, look=look)

        most, kept = asyncio.run(soak())

        seen = samples.warmed_up()
        minutes = (seen.times[-1] - seen.times[0]) / 60
        told = f"{most:.0f}/s at most, {kept:.0f}/s kept, slowest {load.slowest:.3f} s, {seen}"
        print(told)
        # On a machine that has other work as well, it is less than the half that was asked for.
        assert kept > most / 4, told
        assert seen.grown(seen.memory) < pace.filling + MEBIBYTES_BY_CHANCE + MEBIBYTES_PER_MINUTE * minutes, told
        # Each signal is recorded as two events.
        assert max(seen.lag) < 2 * kept * LAG_SECONDS, told
        assert seen.grown(seen.lag) < 2 * kept * LAG_SECONDS / 10, told
