"""Servers on one database that are killed and started again."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL

from tests.e2e.server import DEADLINE_SECONDS, PROGRAM, ROOT, Server


class Fleet:
    """A number of servers; those that were killed are not asked."""

    def __init__(self, database: str, folder: Path, size: int, environment: Mapping[str, str]) -> None:
        self.database = database
        self.size = size
        self._environment = environment
        self._folders = [folder / f"server-{number}" for number in range(size)]
        self._servers: list[Server | None] = [None] * size
        for place in self._folders:
            place.mkdir()

    @property
    def serving(self) -> list[Server]:
        """The servers that are up."""
        return [server for server in tuple(self._servers) if server is not None]

    def addresses(self) -> Sequence[str]:
        """Give the addresses that answer, as far as is known."""
        return [server.address for server in self.serving]

    def start(self, numbers: Sequence[int]) -> None:
        """Start servers side by side, and wait until they answer."""
        with ThreadPoolExecutor(self.size) as threads:
            for number, server in zip(numbers, threads.map(self._started, numbers), strict=True):
                self._servers[number] = server

    def kill(self, numbers: Sequence[int]) -> None:
        """Kill servers at the same moment."""
        victims = [server for number in numbers if (server := self._servers[number]) is not None]
        for server in victims:
            server.process.send_signal(SIGKILL)
        for number in numbers:
            self._servers[number] = None
        for server in victims:
            server.end(SIGKILL)

    def start_in_vain(self, seconds: float) -> None:
        """Start a server and kill it after so many seconds, wherever it is by then."""
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", "0", "--database", self.database],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        threading.Event().wait(seconds)
        process.kill()
        process.wait(DEADLINE_SECONDS)

    def _started(self, number: int) -> Server:
        return Server(self.database, self._folders[number], environment=self._environment)


@contextmanager
def fleet_of(size: int, database: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Fleet]:
    """Start a fleet, and leave nobody behind."""
    fleet = Fleet(database, folder, size, environment)
    try:
        fleet.start(range(size))
        yield fleet
    finally:
        fleet.kill(range(size))
