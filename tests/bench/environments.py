"""A world: one log of one size on one store, the program that serves it, and the bare substrate beside it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from infrastructure.bootstrap import Bitacora
from infrastructure.event_log import recorder
from infrastructure.settings import Settings
from infrastructure.store.factory import open_store
from tests.bench.bare import copy, open_application, open_recorder
from tests.bench.filling import Filled, fill
from tests.bench.processes import Client, Server
from tests.databases import PostgresDatabases

SECTION = 1_000
SAMPLE = 2_000
"""How many events are kept as patterns for those that the bare recorder is given."""


@dataclass(kw_only=True)
class World:
    """What the measures are taken of."""

    size: int
    database: str
    folder: Path
    filled: Filled
    bare: ApplicationRecorder
    bare_database: str
    library: Application[UUID]
    client: Client
    seconds: float
    windows: int
    accounts: int
    requests: int
    patterns: Sequence[StoredEvent]
    spare: Callable[[], AbstractContextManager[tuple[str, str]]]
    """Gives the URLs of two more empty databases on the same store."""
    service: Server | None = None
    route: Server | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    events: int = 0
    capacity: list[float] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _is_turned: bool = False

    def in_turns(self, **parts: Callable[[], float]) -> dict[str, float]:
        """Take the parts of a sample one after the other, and the next time the other way round.

        What the machine does meanwhile, and what one part leaves to the next, then falls on each of them.
        """
        self._is_turned = not self._is_turned
        names = list(parts) if self._is_turned else list(reversed(parts))
        return {name.replace("_", " "): parts[name]() for name in names}

    @property
    def auditor(self) -> dict[str, str]:
        """The headers of whoever may read everything."""
        return {"authorization": f"Bearer {self.filled.auditor}"}

    @property
    def emitter(self) -> dict[str, str]:
        """The headers of whoever hands in signals."""
        return {"authorization": f"Bearer {self.filled.emitter}"}

    @property
    def next_prefix(self) -> str:
        """A beginning of fingerprints that no job had before."""
        return f"job-{next(self._numbers)}"

    def serving(self) -> Server:
        """Give the program; it is started if it does not run."""
        if self.service is None:
            self.service = Server(
                "api.cli", "serve", "--port", "0", "--database", self.database, errors=self.folder / "service.log"
            )
        return self.service

    def answering(self) -> Server:
        """Give the bare routes, which answer with the bytes of the program; they are started if they do not run."""
        if self.route is None:
            board = self.folder / "board.json"
            board.write_bytes(self.serving().board)
            self.route = Server("tests.bench.bare", str(board), errors=self.folder / "route.log")
        return self.route

    def stop(self) -> None:
        """Stop both processes."""
        for server in (self.service, self.route):
            if server is not None:
                server.stop()
        self.service = self.route = None

    @contextmanager
    def assembled(self) -> Iterator[Bitacora]:
        """Assemble the program in this process, while it is not served."""
        self.stop()
        bitacora = Bitacora(Settings(database=self.database))
        try:
            bitacora.migrate()
            yield bitacora
        finally:
            bitacora.stop()


@contextmanager
def created(
    size: int,
    *,
    folder: Path,
    server_url: str | None,
    client: Client,
    seconds: float,
    windows: int,
    accounts: int,
    requests: int,
) -> Iterator[World]:
    """Create a world with a log of this size, on the PostgreSQL server that is given, else on SQLite.

    Samples take about ``seconds``; the clock keeps so many ``windows``, and so many ``accounts`` and held ``requests``
    are taken in.
    """
    folder.mkdir(parents=True)
    with (
        _databases(folder, server_url) as (database, bare_database),
        open_recorder(bare_database) as bare,
        open_application(bare_database) as library,
    ):
        filled = fill(database, size)
        patterns: list[StoredEvent] = []
        copy(sections(database, patterns), bare)
        world = World(
            size=size,
            database=database,
            folder=folder,
            filled=filled,
            bare=bare,
            bare_database=bare_database,
            library=library,
            client=client,
            seconds=seconds,
            windows=windows,
            accounts=accounts,
            requests=requests,
            patterns=patterns,
            spare=partial(_databases, folder / "spare", server_url),
        )
        # A server that has to build the views of a long log first gives no answer for minutes.
        with world.assembled() as bitacora:
            bitacora.follower.catch_up()
        try:
            yield world
        finally:
            world.stop()


@contextmanager
def _databases(folder: Path, server_url: str | None) -> Iterator[tuple[str, str]]:
    if server_url is None:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as new:
            yield f"sqlite:///{new}/ours.sqlite3", f"sqlite:///{new}/bare.sqlite3"
    else:
        databases = PostgresDatabases(server_url)
        with databases.empty() as ours, databases.empty() as bare:
            yield ours, bare


def sections(database: str, patterns: list[StoredEvent]) -> Iterator[Sequence[Notification]]:
    """Read the log of a database; the first events are kept as ``patterns``."""
    store = open_store(database)
    try:
        position = 0
        while True:
            with store.reading_log() as connection:
                rows = recorder.section(connection, after=position, limit=SECTION)
            if not rows:
                return
            if len(patterns) < SAMPLE:
                patterns += rows
            position = rows[-1].id
            yield rows
    finally:
        store.close()
