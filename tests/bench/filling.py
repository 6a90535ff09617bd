"""A log as the service writes it: days of signals, and what people and the clock made of them.

Every event is recorded by the use cases, on the writer, under a clock that is set; a command takes the signals of
five minutes together, so that a long log is written in a short time.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration
from application.incidents.commands import News
from application.incidents.signal_intake import ReportedSignal
from application.targets import Target
from domain.access.keyring import Role
from domain.impact import Status
from domain.incidents import Incident, Progress
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SetClock, SystemClock
from infrastructure.settings import Settings
from tests.bench.client import COMPONENTS

if TYPE_CHECKING:
    from application.log import Log

BEGINNING = datetime(2025, 1, 6, tzinfo=UTC)
STEP = timedelta(minutes=5)
FIRINGS = 10
"""How many signals begin to fire in a step."""
CHECKS = 8
"""How many signals each component has."""
LASTING = 0.06
"""The part of the problems that lasts long enough to be published."""

MONITORING = Caller(actor="token:bench-emitter", source="bench", request_id="filling")
ANA = Caller(actor="token:bench-operator", source="bench", request_id="filling")
ROLES = (Role.EMITTER, Role.AUDITOR)
STATUSES = (Status.DEGRADED_PERFORMANCE, Status.PARTIAL_OUTAGE, Status.MAJOR_OUTAGE, Status.OPERATIONAL)
SAID = {
    "en": "We have found the cause and work on it.",
    "es": "Hemos encontrado la causa y trabajamos en ello.",
    "pl": "Znaleźliśmy przyczynę i nad nią pracujemy.",
    "pt": "Encontrámos a causa e estamos a resolvê-la.",
}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A filled log: the secrets of its tokens, and the position of its last event."""

    emitter: str
    auditor: str
    position: int


def fill(database: str, size: int) -> Filled:
    """Write ``size`` events or a few more into an empty database; the views are left for whoever follows."""
    clock = SetClock(BEGINNING)
    bitacora = Bitacora(Settings(database=database), clock=clock)
    bitacora.migrate()
    bitacora.writer.start()
    try:
        history = History(bitacora, clock)
        return history.write(size)
    finally:
        bitacora.stop()


class History:
    """What happens on a platform, the same on every run."""

    def __init__(self, bitacora: Bitacora, clock: SetClock) -> None:
        self._run = bitacora.writer.call
        self._facade = bitacora.facade
        self._clock = clock
        self._random = random.Random(7)
        self._clears: list[tuple[datetime, int, ReportedSignal]] = []
        self._count = 0
        self._lately: deque[UUID] = deque(maxlen=40)

    def write(self, size: int) -> Filled:
        """Let time pass until there are so many events, and then until now."""
        emitter, auditor = (self._run(partial(self._issue, role)) for role in ROLES)
        self._run(self._register)
        position = 0
        while position < size:
            self._clock.moment += STEP
            signals = self._signals(self._clock.moment - STEP)
            position = self._run(partial(self._step, signals))
        # What is due until now becomes part of the history, so that a program that starts on it has no arrears.
        self._clock.moment = SystemClock().now()
        position = self._run(lambda log: log.position)
        return Filled(emitter=emitter, auditor=auditor, position=position)

    def _issue(self, role: Role, log: Log) -> str:
        return self._facade.commands.tokens.issue(log, name=f"bench-{role}", role=role, person="", caller=ANA)

    def _register(self, log: Log) -> None:
        for number in range(COMPONENTS):
            registration = Registration(
                key=f"component-{number:03}",
                name={"en": f"Component {number}", "es": f"Componente {number}"},
                group=f"group-{number % 12}",
                description={"en": "A part of the platform."},
                position=number,
            )
            self._facade.commands.components.register(log, registration=registration, caller=ANA)

    def _signals(self, since: datetime) -> list[ReportedSignal]:
        """Give what is reported in a step, in order of time."""
        fires = [self._firing(since + self._random.random() * STEP) for _ in range(FIRINGS)]
        for fired in fires:
            lasts = self._random.uniform(35, 90) if self._random.random() < LASTING else self._random.uniform(1, 4)
            self._count += 1
            clear = _cleared(fired, fired.occurred_at or since, timedelta(minutes=lasts))
            heapq.heappush(self._clears, (clear.occurred_at or since, self._count, clear))
        clears = []
        while self._clears and self._clears[0][0] <= since + STEP:
            clears.append(heapq.heappop(self._clears)[2])
        return sorted((*fires, *clears), key=lambda reported: reported.occurred_at or since)

    def _firing(self, moment: datetime) -> ReportedSignal:
        component = self._random.randrange(COMPONENTS)
        return ReportedSignal(
            source="bench",
            fingerprint=f"check-{component}-{self._random.randrange(CHECKS)}",
            firing=True,
            component=f"component-{component:03}",
            status=self._random.choice(STATUSES),
            summary="error rate above 20 %",
            occurred_at=moment,
        )

    def _step(self, signals: list[ReportedSignal], log: Log) -> int:
        for reported in signals:
            taken = self._facade.commands.signals.take(log, reported=reported, caller=MONITORING)
            if taken.incident is not None and taken.incident not in self._lately:
                self._lately.append(taken.incident)
        if self._lately:
            self._decide(log, log.load(Incident, self._random.choice(self._lately)))
        return log.position

    def _decide(self, log: Log, incident: Incident) -> None:
        """Let an operator look at an incident."""
        target = Target(id=incident.id, expected_version=None, caller=ANA)
        if not incident.is_open:
            return
        if incident.is_public and incident.progress is Progress.INVESTIGATING:
            news = News(message=SAID, state=Progress.IDENTIFIED, components={})
            self._facade.commands.incidents.update(log, target=target, news=news)
        elif not incident.is_public and incident.signals.all_clear:
            self._facade.commands.incidents.dismiss(log, target=target, reason="a blip")
        elif not incident.is_public:
            self._facade.commands.incidents.publish(log, target=target, reason="many ask", title=None, message=None)


def _cleared(fired: ReportedSignal, at: datetime, after: timedelta) -> ReportedSignal:
    return ReportedSignal(
        source=fired.source,
        fingerprint=fired.fingerprint,
        firing=False,
        component=fired.component,
        status=fired.status,
        occurred_at=at + after,
    )
