"""What the tests of the use cases are given: a program whose clock stands still, and people who give it commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration, Revision
from application.incidents.commands import Declaration, News
from application.incidents.signal_intake import ReportedSignal, SignalResult
from application.ports import Transaction
from application.targets import Target
from domain.aggregate import Aggregate, Event
from domain.components import Component
from domain.impact import Status
from domain.incidents import Incident, Progress
from domain.incidents.signal import Signal, SignalCause
from domain.incidents.values import Correction
from domain.text import Text
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log import recorder
from infrastructure.settings import Settings

T = TypeVar("T")
A = TypeVar("A", bound=Aggregate)

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
LABELS = "labels"
IMPORTS = "imports"
SOURCE = "alertmanager"

ANA = Caller(actor="token:ana", source="api", request_id="request-1")
ALERTS = Caller(actor="token:alerts", source="api", request_id="request-2")


def at(clock: str) -> datetime:
    """Give the instant at which a clock in UTC shows this on the day of the tests."""
    return datetime.fromisoformat(f"2025-03-04T{clock}+00:00")


def in_english(sentence: str) -> Text:
    """Give a text in one language."""
    return {"en": sentence}


class FrozenClock:
    """A clock that stands still until a test moves it, in either direction."""

    def __init__(self, now: datetime) -> None:
        """Show ``now``."""
        self._now = now

    def now(self) -> datetime:
        """Read it."""
        return self._now

    def show(self, now: datetime) -> None:
        """Set it."""
        self._now = now

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self._now += span


class Program:
    """The assembled program without its follower's threads, and the use cases as a test speaks of them."""

    def __init__(self, bitacora: Bitacora, clock: FrozenClock) -> None:
        """Speak to ``bitacora``."""
        self.bitacora = bitacora
        self.clock = clock
        self.facade = bitacora.facade

    def do(self, command: Callable[[Transaction], T]) -> T:
        """Run a command."""
        return self.bitacora.writer.call(command)

    def let_time_pass(self, until: datetime) -> None:
        """Move the clock, and let it do what is due."""
        self.clock.show(until)
        self.do(lambda log: log.position)

    def register(self, key: str = LABELS, **profile: Any) -> UUID:  # noqa: ANN401 - the fields of a registration
        """Let Ana register a component."""
        said = {"name": in_english(key.title()), "group": "carriers", "description": {}} | profile
        registration = Registration(key=key, **said)
        return self.do(
            lambda log: self.facade.commands.components.register(log, registration=registration, caller=ANA).id
        )

    def revise(self, key: str = LABELS, **changes: Any) -> None:  # noqa: ANN401 - the fields of a revision
        """Let Ana change what is said of a component."""
        revision = Revision(**changes)
        self.do(
            lambda log: self.facade.commands.components.revise(
                log, key=key, expected_version=None, revision=revision, caller=ANA
            )
        )

    def retire(self, key: str = LABELS) -> None:
        """Let Ana retire a component."""
        self.do(lambda log: self.facade.commands.components.retire(log, key=key, expected_version=None, caller=ANA))

    def hear(self, key: str = LABELS) -> None:
        """Let a component give a sign of life."""
        self.do(lambda log: self.facade.commands.components.hear(log, key=key, caller=ALERTS))

    def pin(self, status: Status, key: str = LABELS) -> UUID:
        """Let Ana pin a component to a status."""
        _, pin_id = self.do(
            lambda log: self.facade.commands.components.pin(
                log, key=key, expected_version=None, status=status, reason="seen", caller=ANA
            )
        )
        return pin_id

    def unpin(self, pin_id: UUID, key: str = LABELS) -> None:
        """Let Ana remove a pin."""
        self.do(
            lambda log: self.facade.commands.components.unpin(
                log, key=key, expected_version=None, pin_id=pin_id, caller=ANA
            )
        )

    def fire(
        self,
        fingerprint: str = "f1",
        *,
        component: str | None = LABELS,
        status: Status = Status.MAJOR_OUTAGE,
        cause: SignalCause | None = None,
        occurred_at: datetime | None = None,
        reported_at: str | None = None,
        markets: tuple[str, ...] = (),
    ) -> SignalResult:
        """Hand in a signal that fires."""
        return self.take(
            ReportedSignal(
                markets=markets,
                source=SOURCE,
                fingerprint=fingerprint,
                firing=True,
                component=component,
                status=status,
                cause=cause,
                occurred_at=occurred_at,
                reported_at=reported_at,
            )
        )

    def clear(
        self,
        fingerprint: str = "f1",
        *,
        occurred_at: datetime | None = None,
        reported_at: str | None = None,
        started_at: datetime | None = None,
    ) -> SignalResult:
        """Hand in a signal that is clear; ``started_at`` is the start of the firing that it ends."""
        return self.take(
            ReportedSignal(
                started_at=started_at,
                source=SOURCE,
                fingerprint=fingerprint,
                firing=False,
                component=None,
                status=Status.OPERATIONAL,
                occurred_at=occurred_at,
                reported_at=reported_at,
            )
        )

    def take(self, reported: ReportedSignal) -> SignalResult:
        """Hand in a signal."""
        return self.do(lambda log: self.facade.commands.signals.take(log, reported=reported, caller=ALERTS))

    def clear_by_hand(self, signal: UUID) -> None:
        """Let Ana clear a signal."""
        self.do(
            lambda log: self.facade.commands.signals.clear_by_hand(
                log, signal_id=signal, reason="clear was lost", caller=ANA
            )
        )

    def let_refire(self, signal: UUID) -> Signal:
        """Let Ana say that a signal which she, or somebody, cleared fires all the same."""
        return self.do(
            lambda log: self.facade.commands.signals.let_refire(
                log, signal_id=signal, reason="it does fire", caller=ANA
            )
        )

    def route(self, signal: UUID, component: str = LABELS) -> UUID | None:
        """Let Ana say which component a signal is on, and give the incident that it is of then."""
        return self.do(
            lambda log: (
                self.facade.commands.signals.route(log, signal_id=signal, component=component, caller=ANA).incident
            )
        )

    def declare(
        self,
        components: Mapping[str, Status] | None = None,
        *,
        publish: bool = True,
        occurred_at: datetime | None = None,
        resolved_at: datetime | None = None,
        title: str = "No labels",
    ) -> UUID:
        """Let Ana declare an incident."""
        declaration = Declaration(
            title=in_english(title),
            message=in_english("Labels cannot be created."),
            components={LABELS: Status.MAJOR_OUTAGE} if components is None else components,
            occurred_at=occurred_at,
            resolved_at=resolved_at,
            publish=publish,
            request_policies={},
        )
        return self.do(lambda log: self.facade.commands.incidents.declare(log, declaration=declaration, caller=ANA).id)

    def update(
        self,
        incident: UUID,
        state: Progress | None = None,
        *,
        components: Mapping[str, Status] | None = None,
        internal: bool = False,
        occurred_at: datetime | None = None,
        override_reason: str | None = None,
        expected_version: int | None = None,
        message: str = "We are on it.",
    ) -> None:
        """Let Ana write an update."""
        target = Target(id=incident, expected_version=expected_version, caller=ANA, occurred_at=occurred_at)
        news = News(
            message=in_english(message),
            state=state,
            components=components or {},
            internal=internal,
            override_reason=override_reason,
        )
        self.do(lambda log: self.facade.commands.incidents.update(log, target=target, news=news))

    def resolve(self, incident: UUID, *, occurred_at: datetime | None = None) -> None:
        """Let Ana resolve an incident, whatever its signals say."""
        self.update(incident, Progress.RESOLVED, override_reason="seen by hand", occurred_at=occurred_at)

    def publish(self, incident: UUID) -> None:
        """Let Ana publish an incident."""
        self.do(
            lambda log: self.facade.commands.incidents.publish(
                log, target=_now(incident), reason="many ask", title=None, message=None
            )
        )

    def hold(self, incident: UUID) -> None:
        """Let Ana hold publication."""
        self.do(lambda log: self.facade.commands.incidents.hold(log, target=_now(incident), reason="a drill"))

    def release(self, incident: UUID) -> None:
        """Let Ana end the hold."""
        self.do(lambda log: self.facade.commands.incidents.release(log, target=_now(incident), reason=None))

    def dismiss(self, incident: UUID) -> None:
        """Let Ana dismiss an incident."""
        self.do(lambda log: self.facade.commands.incidents.dismiss(log, target=_now(incident), reason="a test"))

    def withdraw(self, incident: UUID) -> None:
        """Let Ana take an incident back."""
        self.do(lambda log: self.facade.commands.incidents.withdraw(log, target=_now(incident), reason="a wrong probe"))

    def reopen(self, incident: UUID, components: Mapping[str, Status] | None = None) -> None:
        """Let Ana reopen an incident."""
        self.do(
            lambda log: self.facade.commands.incidents.reopen(
                log, target=_now(incident), reason="it is back", message=None, components=components or {}
            )
        )

    def correct(self, incident: UUID, correction: Correction) -> None:
        """Let Ana set something right."""
        self.do(
            lambda log: self.facade.commands.incidents.correct(
                log, target=_now(incident), correction=correction, reason="it was otherwise"
            )
        )

    def incident(self, id: UUID | None) -> Incident:
        """Rebuild an incident from its events."""
        assert id is not None
        return self.rebuilt(Incident, id)

    def component(self, key: str = LABELS) -> Component:
        """Rebuild a component from its events."""
        return self.rebuilt(Component, Component.id_of(key))

    def signal(self, fingerprint: str = "f1") -> Signal:
        """Rebuild a signal from its events."""
        return self.rebuilt(Signal, Signal.id_of(SOURCE, fingerprint))

    def rebuilt(self, kind: type[A], id: UUID) -> A:
        """Rebuild an aggregate from its stored events, and from nothing else."""
        aggregate: Any = None
        for event in self.events():
            if event.originator_id == id:
                aggregate = event.mutate(aggregate)
        assert isinstance(aggregate, kind)
        return aggregate

    def events(self) -> list[Event]:
        """Read every event of the log, in order; the positions are 1, 2, 3 and so on."""
        with self.bitacora.store.reading_log() as connection:
            stored = recorder.section(connection, after=0, limit=100_000)
        assert [row.id for row in stored] == list(range(1, len(stored) + 1))
        return [cast("Event", self.bitacora.mapper.to_domain_event(row)) for row in stored]

    def recorded(self) -> list[str]:
        """Give the types of all events, in order."""
        return [event.TOPIC for event in self.events()]

    def count(self, table: str) -> int:
        """Count the rows of a table of the log."""
        with self.bitacora.store.reading_log() as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}")[0][0] or 0)  # noqa: S608 - named by tests


def _now(incident: UUID) -> Target:
    return Target(id=incident, expected_version=None, caller=ANA)


@contextmanager
def running(database: str, clock: FrozenClock | None = None, **settings: Any) -> Iterator[Program]:  # noqa: ANN401 - settings
    """Run the program on a database; the views follow when a test lets them."""
    clock = clock or FrozenClock(at("10:00"))
    bitacora = Bitacora(Settings(database=database, **settings), clock=clock)
    try:
        bitacora.migrate()
        bitacora.writer.start()
        yield Program(bitacora, clock)
    finally:
        bitacora.stop()
