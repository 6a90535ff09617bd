"""Who was sent what about the four cases, when, and with which subject; run as a program, it writes these tables.

    python -m tests.e2e.letters.golden_tables

Read what changed before you commit it: are there too many, does an end miss, are words or times wrong?
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid5

from api.notifications.letters.site_letters import SiteLetters
from application.notifications.reach import Subscriber
from domain.impact import Level
from domain.subscriptions.values import Channel, NotificationScope, Preferences, Rhythm
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SetClock
from infrastructure.delivery.leased_delivery import LeasedDelivery
from infrastructure.delivery.outbox import SendAttempt
from infrastructure.delivery.planner import Planner
from infrastructure.queries.announced import SqlAnnouncedQueries
from infrastructure.settings import Settings
from infrastructure.store.base import moment
from infrastructure.zones import zone_named
from tests.contracts.notifications.subscribed import ACCEPTED
from tests.demo_store import FILE, load

GOLDEN = Path(__file__).parent / "golden_tables"
ZONE = "Europe/Warsaw"
SPACE = UUID("5a1f5c0e-6a57-4a35-9d4e-0a1c5f3a7b10")
NEXT = "SELECT min(due) FROM deliveries WHERE state IN ('due', 'waiting')"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who follows a case."""

    name: str
    language: str
    scope: NotificationScope = field(default_factory=NotificationScope)
    rhythm: Rhythm = Rhythm.INSTANT
    channel: Channel = Channel.EMAIL

    def subscriber(self) -> Subscriber:
        """Give the subscriber, as the planner asks for it."""
        return Subscriber(
            subscription=str(uuid5(SPACE, self.line())),
            channel=self.channel,
            language=self.language,
            host=None if self.channel is Channel.EMAIL else "hooks.example",
            preferences=Preferences(language=self.language, rhythm=self.rhythm, scope=self.scope),
        )

    def line(self) -> str:
        """Say what this reader wants."""
        keys = [
            f"{kind} {', '.join(found)}"
            for kind in ("components", "groups", "audiences", "panels")
            if (found := getattr(self.scope, kind))
        ]
        impact = [] if self.scope.impact is Level.NONE else [f"from {self.scope.impact} on"]
        wanted = "; ".join([*keys, *impact]) or "everything"
        return f"{self.name:<8} {self.language}  {self.channel}, {self.rhythm}: {wanted}"


def scope(**keys: tuple[str, ...] | Level) -> NotificationScope:
    """Narrow down what somebody wants."""
    return NotificationScope(**keys)  # type: ignore[arg-type]


CASES: Mapping[str, tuple[str, str, Sequence[Reader]]] = {
    "1-order-manager": (
        "2021",
        "2022",
        (
            Reader(name="Agata", language="pl", scope=scope(panels=("panel-a",))),
            Reader(name="Carla", language="es", scope=scope(panels=("panel-c",)), rhythm=Rhythm.DAILY),
            Reader(name="Diogo", language="pt", scope=scope(panels=("panel-d",))),
            Reader(name="Erin", language="en", rhythm=Rhythm.HOURLY),
            Reader(name="machine", language="en", scope=scope(panels=("panel-b",)), channel=Channel.WEBHOOK),
        ),
    ),
    "2-integration-hub": (
        "2024",
        "2025",
        (
            Reader(name="Camila", language="es", scope=scope(audiences=("customers",))),
            Reader(name="Mateus", language="pt", scope=scope(audiences=("marketplace_partners",))),
            Reader(name="Edward", language="en", scope=scope(audiences=("erp_partners",)), rhythm=Rhythm.DAILY),
            Reader(name="Hanna", language="pl", scope=scope(components=("hub-orders",))),
            Reader(name="machine", language="en", channel=Channel.WEBHOOK),
        ),
    ),
    "3-marketplace": (
        "2025-07",
        "2025-11",
        (
            Reader(name="Sylwia", language="pl", scope=scope(audiences=("sellers",))),
            Reader(name="Blanca", language="es", scope=scope(audiences=("buyers",)), rhythm=Rhythm.HOURLY),
            Reader(name="Carlos", language="pt", scope=scope(audiences=("couriers",))),
            Reader(name="Mary", language="en", scope=scope(groups=("marketplace",)), rhythm=Rhythm.DAILY),
            Reader(name="machine", language="en", scope=scope(components=("order-api",)), channel=Channel.WEBHOOK),
        ),
    ),
    "4-carrier-hub": (
        "2025-11",
        "2026",
        (
            Reader(name="Ana", language="en"),
            Reader(name="Bruno", language="pt", scope=scope(components=("carrier-a",))),
            Reader(name="Celia", language="es", scope=scope(groups=("integrations", "platform"))),
            Reader(name="Dorota", language="pl", scope=scope(impact=Level.CRITICAL)),
            Reader(name="Hugo", language="es", rhythm=Rhythm.HOURLY),
            Reader(name="machine", language="en", channel=Channel.WEBHOOK),
        ),
    ),
}


class CaseReaders:
    """Implements ``SubscriberQueries`` for the readers of one case."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        """Let them have subscribed before the case began."""
        self._subscribers = sorted((each.subscriber() for each in readers), key=lambda each: each.subscription)

    def after(self, at: int, subscription: str, limit: int) -> Sequence[Subscriber]:
        """Give those behind one of them; ``at`` makes no difference."""
        assert at > 0
        return [each for each in self._subscribers if each.subscription > subscription][:limit]

    def has_any(self, at: int) -> bool:
        """Tell that there are some; ``at`` makes no difference."""
        return at > 0


class Case:
    """Plans and sends what was announced of a case, by the clock of then."""

    def __init__(self, bitacora: Bitacora, clock: SetClock, name: str) -> None:
        """Begin before the first event of the case."""
        self._bitacora, self._clock = bitacora, clock
        self._begins, self._ends, self.readers = CASES[name]
        self._queries = SqlAnnouncedQueries(bitacora.store)
        self._position = 0
        self._planner = Planner(
            bitacora.store,
            self._queries,
            CaseReaders(self.readers),
            SiteLetters(bitacora.facade),
            clock=clock,
            zone=zone_named(ZONE),
            visible=lambda: self._position,
        )

    def sent(self) -> Iterator[tuple[datetime, LeasedDelivery]]:
        """Give what is sent, in order, and when."""
        last, _ = self._bitacora.facade.queries.events.last()
        news, after = list[int](), 0
        while after < last:
            section = self._queries.following(after, last)
            news += [each.position for each in section.news]
            after = section.until
        times = self._bitacora.facade.queries.events.times(news)
        timed = [(times[each].recorded_at, each) for each in news]
        timed = [each for each in timed if self._begins <= each[0].isoformat() < self._ends]
        self._prepare(timed[0][1] - 1)
        for at, positions in groupby(timed, key=lambda each: each[0]):
            yield from self._pass(until=at)
            self._clock.set(at)
            self._position = max(position for _, position in positions)
            yield from self._work()
        yield from self._pass(until=None)

    def _prepare(self, position: int) -> None:
        with closing(self._bitacora.store.connect_outbox()) as connection:
            connection.execute("DELETE FROM deliveries")
            connection.execute("DELETE FROM recipients")
            connection.execute(
                "UPDATE delivery_cursor SET position = :position, subscription = ''", {"position": position}
            )
        recipients = self._bitacora.notifier.recipients
        for reader in self.readers:
            id = UUID(reader.subscriber().subscription)
            recipients.add_endpoint(id, reader.channel, f"{reader.name}@example.com", None)

    def _pass(self, until: datetime | None) -> Iterator[tuple[datetime, LeasedDelivery]]:
        """Let time pass, and send what is due meanwhile."""
        while True:
            with self._bitacora.store.reading_log() as connection:
                due = connection.execute(NEXT)[0][0]
            if due is None or (until is not None and moment(due) >= until):
                return
            self._clock.set(max(moment(due), self._clock.now()))
            yield from self._work()

    def _work(self) -> Iterator[tuple[datetime, LeasedDelivery]]:
        while self._planner.step():
            pass
        now = self._clock.now()
        while leased := self._bitacora.notifier.outbox.lease(100, now, ()):
            self._bitacora.notifier.outbox.mark(
                [SendAttempt(delivery=each, answer=ACCEPTED, at=now) for each in leased]
            )
            yield from ((now, each) for each in leased)


def tables_of_cases(url: str) -> Mapping[str, str]:
    """Write the table of each case, by the name of its file, from a store with the example data."""
    clock = SetClock(datetime.fromisoformat("2025-11-30T09:00:00+00:00"))
    settings = Settings(database=url, time_zone=ZONE, site_name="Acme", site_url="https://status.example")
    bitacora = Bitacora(settings, clock=clock)
    bitacora.open_views()
    try:
        return {f"{name}.txt": _table(Case(bitacora, clock, name)) for name in CASES}
    finally:
        bitacora.stop()


def _table(case: Case) -> str:
    readers = {each.subscriber().subscription: each for each in case.readers}
    zone = zone_named(ZONE)
    # Ids of example data differ from one load to the next, and with them the order of what is sent at the same time.
    sent = sorted(
        ((at.astimezone(zone), readers[each.subscription], _subject(each)) for at, each in case.sent()),
        key=lambda each: (each[0], each[1].name, each[2]),
    )
    lines = [f"Times are those of {ZONE}.", "", *(each.line() for each in case.readers)]
    for day, of_day in groupby(sent, key=lambda each: each[0].date()):
        lines += ["", str(day)]
        lines += [f"{at:%H:%M:%S}  {reader.name:<8} {reader.language}  {subject}" for at, reader, subject in of_day]
    return "\n".join([*lines, ""])


def _subject(delivery: LeasedDelivery) -> str:
    letter = json.loads(delivery.body)
    return str(letter["subject"]) if delivery.channel is Channel.EMAIL else str(letter["type"])


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / FILE}"
        load(url)
        GOLDEN.mkdir(exist_ok=True)
        for name, table in tables_of_cases(url).items():
            (GOLDEN / name).write_text(table, encoding="utf-8")
