"""Held requests by the ten thousand and by the million: what one more costs, and what a look does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import psycopg

from application.components.commands import Registration
from application.incidents.commands import Declaration, News
from application.ledger.intake import RequestEntry
from application.ledger.queries import RequestFilter
from application.targets import Target
from domain.impact import Status
from domain.incidents import Progress
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Content, Reference, RequestState
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
from tests.bench.environments import World
from tests.bench.filling import ANA, MONITORING, SAID
from tests.bench.measures import Sample
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from uuid import UUID

    from application.log import Log

SIZES = {"a tenth": 0.1, "as many": 1, "ten times": 10}
"""How many are held, of what ``--requests`` says."""
TOGETHER = 500
"""How many requests are taken in by one command."""
INTAKE = 4
"""How many commands are measured together."""
PAGE = 50
LOOKS = 100
ROUNDS, FEW_ROUNDS = 5, 3
EXPORTED = 20_000
"""How many requests are exported at least: the system counts the time of a server in hundredths of a second."""
COMPONENT = "counter"
TICKS = os.sysconf("SC_CLK_TCK")
MICROSECONDS = 1_000_000


@dataclass(kw_only=True)
class Ledger:
    """A store in which so many requests are to be checked."""

    bitacora: Bitacora
    server: int | None
    cause: UUID
    taken: Iterator[int] = field(default_factory=count)

    def receive(self, commands: int) -> None:
        """Take requests in, so many commands of them, and show them."""
        for _ in range(commands):
            entries = [self._entry(next(self.taken)) for _ in range(TOGETHER)]
            held_requests = self.bitacora.facade.commands.held_requests
            self.bitacora.writer.call(partial(held_requests.receive, entries=entries, caller=MONITORING))
        self.bitacora.follower.catch_up()

    def look(self) -> None:
        """Read the first page of the check queue."""
        wanted = RequestFilter(cause=self.cause, states=(RequestState.TO_CHECK,))
        for _ in range(LOOKS):
            found = self.bitacora.facade.queries.held_requests.page(self._position, wanted, None, PAGE)
            if len(found) != PAGE:
                raise RuntimeError(f"the check queue has {len(found)} requests")

    def sum_up(self) -> None:
        """Count the requests of the cause."""
        for _ in range(LOOKS):
            self.bitacora.facade.queries.held_requests.counts(self._position, self.cause)

    def export(self) -> int:
        """Read every request, again and again if there are few, and give how many were read."""
        wanted, done = RequestFilter(cause=self.cause), 0
        while done < EXPORTED:
            done += sum(1 for _ in self.bitacora.facade.queries.held_requests.all(self._position, wanted))
        return done

    def processor_time(self) -> float:
        """Give the seconds that this process, and the server, have worked."""
        return process_time() + (0 if self.server is None else _of_server(self.server))

    @property
    def _position(self) -> int:
        return self.bitacora.follower.position

    def _entry(self, number: int) -> RequestEntry:
        return RequestEntry(
            cause=Cause(type=CauseType.INCIDENT, id=self.cause),
            reference=Reference(source=f"shop-{number % 17}", kind="callback", reference=f"{number:08}"),
            received_at=self.bitacora.clock.now() - timedelta(minutes=10),
            content=Content(digest=sha256(f"{number}".encode()).hexdigest()),
        )


def growth(world: World) -> Sample:
    """Let three ledgers grow, then measure them in turns: processor time of the program and of the server."""
    world.stop()
    with ExitStack() as stack:
        databases = (world.database, *reversed(stack.enter_context(world.spare())))
        ledgers = {
            name: stack.enter_context(_filled(database, int(part * world.requests)))
            for (name, part), database in zip(SIZES.items(), databases, strict=True)
        }
        return {
            f"{what} of {name}": median(times)
            for what, (take, rounds) in TAKEN.items()
            for name, times in _in_turns(ledgers, take, rounds).items()
        }


def _in_turns(ledgers: dict[str, Ledger], take: Callable[[Ledger], float], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in ledgers}
    for number in range(rounds):
        for name in ledgers if number % 2 else reversed(ledgers):
            before = ledgers[name].processor_time()
            done = take(ledgers[name])
            times[name].append((ledgers[name].processor_time() - before) / done * MICROSECONDS)
    return times


def _received(ledger: Ledger) -> float:
    ledger.receive(INTAKE)
    return INTAKE * TOGETHER


def _looked_at(ledger: Ledger) -> float:
    ledger.look()
    return LOOKS


def _summed_up(ledger: Ledger) -> float:
    ledger.sum_up()
    return LOOKS


TAKEN: dict[str, tuple[Callable[[Ledger], float], int]] = {
    "intake": (_received, ROUNDS),
    "queue": (_looked_at, ROUNDS),
    "summary": (_summed_up, ROUNDS),
    "export": (Ledger.export, FEW_ROUNDS),
}
"""What is measured: what is done, which gives how often, and how many times in turns."""


@contextmanager
def _filled(database: str, requests: int) -> Iterator[Ledger]:
    bitacora = Bitacora(Settings(database=database))
    bitacora.migrate()
    bitacora.writer.start()
    try:
        ledger = Ledger(
            bitacora=bitacora, server=_server_of(database), cause=bitacora.writer.call(partial(_ended, bitacora))
        )
        ledger.receive(requests // TOGETHER)
        yield ledger
    finally:
        bitacora.stop()


def _ended(bitacora: Bitacora, log: Log) -> UUID:
    """Declare an incident that is over, so that what it held up is to be checked by hand at once."""
    now, commands = bitacora.clock.now(), bitacora.facade.commands.incidents
    registration = Registration(key=COMPONENT, name={"en": "Counter"}, group="shops", description={}, position=0)
    bitacora.facade.commands.components.register(log, registration=registration, caller=ANA)
    declaration = Declaration(
        title={"en": "Requests wait"},
        message={"en": "They do."},
        components={COMPONENT: Status.MAJOR_OUTAGE},
        request_policies={},
        occurred_at=now - timedelta(minutes=30),
    )
    id = commands.declare(log, declaration=declaration, caller=ANA).id
    news = News(message=SAID, state=Progress.RESOLVED, components={}, override_reason="measured")
    commands.update(log, target=Target(id=id, expected_version=None, caller=ANA), news=news)
    return id


def _server_of(database: str) -> int | None:
    """Give the process of the PostgreSQL server, which begins one for each connection."""
    if not database.startswith("postgresql"):
        return None
    with psycopg.connect(database) as db:
        return int(_stat(db.info.backend_pid)[1])


def _of_server(server: int) -> float:
    """Give the seconds that a server has worked in all its processes, those that have ended included."""
    own = _stat(server)
    ticks = sum(map(int, own[11:15]))
    for folder in Path("/proc").iterdir():
        try:
            stat = _stat(int(folder.name)) if folder.name.isdigit() else []
        except FileNotFoundError:
            continue
        if stat and int(stat[1]) == server:
            ticks += sum(map(int, stat[11:13]))
    return ticks / TICKS


def _stat(process: int) -> list[str]:
    """Read what the system counts of a process, from its state on: its parent is the second, its times 12th to 15th."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


MEASURES = (
    Measure(
        take=growth,
        once=0,
        apart=True,
        figures=tuple(
            Figure(
                what=f"{words}, {name} held" if name != "as many" else f"{words}, as many held as are taken in at once",
                ours=f"{what} of {name}",
                against="a tenth held",
                bare=f"{what} of a tenth",
                unit="µs of processor time",
            )
            for what, words in (
                ("intake", "one request more"),
                ("queue", "the first page of the check queue"),
                ("summary", "the summary of its cause"),
                ("export", "one request exported"),
            )
            for name in tuple(SIZES)[1:]
        ),
    ),
)
