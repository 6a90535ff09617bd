"""An outbox in memory, wires that a test holds, and a clock whose pauses end when the test says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from domain.subscriptions.values import Channel
from infrastructure.delivery.outbox import LEASE, SendAttempt
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from infrastructure.store.base import StoreDown

BEGIN = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
SECONDS = 20
OK = WireAnswer(outcome=WireOutcome.ACCEPTED, code=250, text="OK")


@dataclass(frozen=True)
class Waiting:
    """A delivery of a test."""

    id: str
    host: str = "relay"
    channel: Channel = Channel.EMAIL
    attempts: int = 0
    due: datetime = BEGIN


class HandClock:
    """A clock that a test sets, and pauses that end when it has come so far."""

    def __init__(self) -> None:
        """Begin."""
        self.seconds = 0.0
        self.pauses: list[float] = []
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []
        self._news = threading.Condition()

    def now(self) -> datetime:
        """Tell the time."""
        return BEGIN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Tell the seconds."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was advanced as far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        with self._news:
            self.pauses.append(seconds)
            entry = (self.seconds + seconds, future)
            self._sleeping.append(entry)
            self._news.notify_all()
        try:
            await future
        finally:
            with self._news:
                if entry in self._sleeping:
                    self._sleeping.remove(entry)

    def wait_for_pause(self, seconds: float) -> None:
        """Wait until somebody sleeps for that long, to a thousandth."""
        with self._news:
            assert self._news.wait_for(
                lambda: any(abs(end - self.seconds - seconds) < 0.001 for end, _ in self._sleeping), SECONDS
            ), self._sleeping

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._news:
            self.seconds += seconds
            over = [future for end, future in self._sleeping if end <= self.seconds + 1e-9]
            self._sleeping = [each for each in self._sleeping if each[0] > self.seconds + 1e-9]
        for future in over:
            future.get_loop().call_soon_threadsafe(release, future)


@dataclass
class MemoryOutbox:
    """What waits, what is leased and what came of it."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    leased: dict[str, datetime] = field(default_factory=dict)
    marked: list[SendAttempt[Waiting]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    given_back: list[tuple[str, datetime]] = field(default_factory=list)
    busy: list[set[str]] = field(default_factory=list)
    leases: int = 0
    threads: set[str] = field(default_factory=set)
    fault: Callable[[str, Sequence[str]], Exception | None] = lambda _call, _ids: None
    """The error that a call raises, by its name and the deliveries that it is about."""
    news: threading.Condition = field(default_factory=threading.Condition)

    def add(self, *deliveries: Waiting) -> None:
        """Plan some."""
        with self.news:
            self.waiting |= {each.id: each for each in deliveries}

    def lease(self, limit: int, now: datetime, busy: Collection[str]) -> Sequence[Waiting]:
        """Lease what is due."""
        self._begin("lease")
        with self.news:
            self.leases += 1
            self.busy.append(set(busy))
            free = (each for each in self.waiting.values() if self.leased.get(each.id, now) <= now)
            due = sorted(
                (each for each in free if each.due <= now and each.host not in busy), key=lambda each: each.due
            )
            self.leased |= {each.id: now + LEASE for each in due[:limit]}
            self.news.notify_all()
            return due[:limit]

    def mark(self, attempts: Sequence[SendAttempt[Waiting]]) -> None:
        """Keep what came of them; here nothing is tried again."""
        self._begin("mark", [each.delivery.id for each in attempts])
        with self.news:
            self.batches.append(len(attempts))
            self.marked += attempts
            for each in attempts:
                self.waiting.pop(each.delivery.id, None)
                self.leased.pop(each.delivery.id, None)
            self.news.notify_all()

    def give_back(self, deliveries: Sequence[Waiting], due: datetime) -> None:
        """End their leases."""
        self._begin("give_back")
        with self.news:
            for each in deliveries:
                self.given_back.append((each.id, due))
                self.waiting[each.id] = replace(each, due=due)
                self.leased.pop(each.id, None)
            self.news.notify_all()

    def next_due(self) -> datetime | None:
        """Say when the first is due."""
        self._begin("next_due")
        with self.news:
            return min(
                (max(each.due, self.leased.get(each.id, each.due)) for each in self.waiting.values()), default=None
            )

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        with self.news:
            assert self.news.wait_for(condition, SECONDS), self

    def wait_for_marked(self, count: int) -> list[str]:
        """Wait until so many are marked, and give their ids in order."""
        self.wait_for(lambda: len(self.marked) >= count)
        return sorted(each.delivery.id for each in self.marked)

    def _begin(self, call: str, ids: Sequence[str] = ()) -> None:
        self.threads.add(threading.current_thread().name)
        error = self.fault(call, ids)
        if error is not None:
            raise error


class HeldWire:
    """A wire whose answers wait until the test lets them go."""

    def __init__(self, *, is_open: bool = True) -> None:
        """Answer at once, or only once opened."""
        self.sent: list[str] = []
        self.most = 0
        self._on_wire = 0
        self._is_open = is_open
        self._gates: list[asyncio.Future[None]] = []
        self._news = threading.Condition()

    async def __call__(self, delivery: Waiting) -> WireAnswer:
        """Send."""
        gate = asyncio.get_running_loop().create_future()
        with self._news:
            self.sent.append(delivery.id)
            self._on_wire += 1
            self.most = max(self.most, self._on_wire)
            self._gates.append(gate)
            is_open = self._is_open
            self._news.notify_all()
        try:
            if not is_open:
                await gate
        finally:
            with self._news:
                self._on_wire -= 1
        return OK

    def wait_for(self, count: int) -> list[str]:
        """Wait until so many are on the wire or were, and give their ids."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.sent) >= count, SECONDS), self.sent
            return list(self.sent)

    def open(self) -> None:
        """Let go what waits, and what comes."""
        with self._news:
            self._is_open = True
            gates, self._gates = self._gates, []
        for gate in gates:
            gate.get_loop().call_soon_threadsafe(release, gate)


def release(future: asyncio.Future[None]) -> None:
    """Let go who waits."""
    if not future.done():
        future.set_result(None)


def store_is_down(_call: str, _ids: Sequence[str]) -> Exception:
    """Stand for a store that nobody can reach."""
    return StoreDown("no connection")
