"""Sends what is due: many at once, none faster than its host may get them, and no transaction open meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic as monotonic_of_system
from typing import Generic, TypeVar

import structlog

from application.ports import Clock
from domain.subscriptions.values import Channel
from infrastructure.delivery.outbox import LEASE, LeasedT, Outbox, SendAttempt, Wire
from infrastructure.delivery.rates import HostRates
from infrastructure.delivery.slots import SendSlots
from infrastructure.delivery.wire.answers import WireAnswer, later
from infrastructure.store.base import StoreDown

POLL_SECONDS = 2.0
"""How often it looks for what another process has planned, and how long it waits after a fault of the store."""
SHORTEST_PAUSE = 0.05
LINGER_SECONDS = 0.1
"""How long an answer waits for others to be marked with it, while more is on the wire."""
LONGEST_WAIT = 5.0
"""How many seconds a leased delivery waits for the rate of its host, before it is given back."""
WIRE_SECONDS = 90.0
"""How long one attempt may take."""
GRACE_SECONDS = 10.0
"""How long a sender that stops waits for what is on the wire."""
LARGEST_BATCH = 200

log = structlog.get_logger()
ResultT = TypeVar("ResultT")


class Sender(Generic[LeasedT]):
    """Leases what is due, sends it and marks it, on a thread of its own. Several processes may each run one."""

    def __init__(
        self,
        outbox: Outbox[LeasedT],
        wires: Mapping[Channel, Wire[LeasedT]],
        *,
        concurrency: int,
        rate: float,
        clock: Clock,
        close: Callable[[], Awaitable[None]] | None = None,
        monotonic: Callable[[], float] = monotonic_of_system,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        wire_seconds: float = WIRE_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Send at most ``concurrency`` at once, and to each host at most ``rate`` a second.

        Hosts that hang do not keep the others waiting: see `SendSlots`.

        ``close`` ends the connections of the wires, on the loop that used them. ``monotonic`` and ``sleep`` count
        seconds.
        """
        self._outbox, self._wires = outbox, wires
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._concurrency, self._close = concurrency, close
        self._wire_seconds, self._grace = wire_seconds, grace
        self._rates = HostRates(rate)
        self._slots = SendSlots(concurrency)
        self._tasks: set[asyncio.Task[None]] = set()
        self._pausing = 0
        self._on_wire: set[asyncio.Task[None] | None] = set()
        self._answered: list[SendAttempt[LeasedT]] = []
        self._unsent: list[LeasedT] = []
        self._woken, self._planned = asyncio.Event(), threading.Event()
        # Nothing was due but to these hosts, when it was looked the last time.
        self._nothing_but, self._looked = frozenset[str](), -POLL_SECONDS
        self._lingering: asyncio.TimerHandle | None = None
        self._ending = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        # A connection of SQLite belongs to one thread, and a statement must not keep the wires waiting.
        self._store_thread = ThreadPoolExecutor(1, "outbox")
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="sender", daemon=True)

    def start(self) -> None:
        """Begin with what is due."""
        self._thread.start()

    def wake(self) -> None:
        """Look again: something was planned. Any thread may call this."""
        loop = self._loop
        if loop is not None:
            # A loop that has ended needs no waking.
            with suppress(RuntimeError):
                self._planned.set()
                loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """Lease no more, wait for what is on the wire for some seconds, mark it, and end."""
        self._ending.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(self._grace * 2)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            while not self._ending.is_set():
                await self._pause(await self._turn())
            await self._finish()
        finally:
            if self._close is not None:
                await self._close()
            self._store_thread.shutdown(wait=False)

    async def _turn(self) -> float:
        """Mark what was answered, lease what there is room for, and give the seconds until the next turn."""
        self._woken.clear()
        if self._planned.is_set():
            self._planned.clear()
            self._looked = -POLL_SECONDS
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        try:
            await self._mark()
            busy = await self._lease()
            if busy is None:
                return POLL_SECONDS
            due = await self._stored(self._outbox.next_due)
        except StoreDown as error:
            log.warning("deliveries_not_leased", error=str(error))
            return POLL_SECONDS
        except Exception:
            log.exception("deliveries_not_leased")
            return POLL_SECONDS
        pauses = [POLL_SECONDS, *busy.values()]
        if due is not None:
            seconds = (due - self._clock.now()).total_seconds()
            # What is due now and was not leased waits for its host.
            pauses += [seconds] if seconds > 0 or not busy else []
        return max(min(pauses), SHORTEST_PAUSE)

    async def _lease(self) -> Mapping[str, float] | None:
        """Lease what there is room for; give the hosts that must wait, with the seconds, or None without room."""
        while True:
            # Those that wait for their host keep no place from the others.
            room = 2 * self._concurrency - (len(self._tasks) - self._pausing - self._slots.queued)
            # As many as may be on the wires are in hand, so that a lease is for some and not for each.
            if room < self._concurrency:
                return None
            began, now = self._monotonic(), self._clock.now()
            busy = dict.fromkeys(self._slots.full, POLL_SECONDS) | self._rates.waiting(began)
            if self._nothing_but <= busy.keys() and began < self._looked + POLL_SECONDS:
                return busy
            leased = await self._stored(self._outbox.lease, room, now, busy.keys())
            await self._begin(leased, began, now)
            if len(leased) < room:
                if busy:
                    # To look through a long queue of theirs at each turn would take longer than to send.
                    self._nothing_but, self._looked = frozenset(busy), began
                return busy
            # Those that were begun take their places first.
            await self._sleep(0)
            if self._ending.is_set() or len(self._answered) >= self._concurrency:
                # What is answered and not marked would be sent again after a kill.
                return busy

    async def _begin(self, leased: Sequence[LeasedT], began: float, now: datetime) -> None:
        too_early: list[LeasedT] = []
        due = now
        for delivery in leased:
            wait = self._rates.reserve(delivery.host, self._monotonic())
            if wait > LONGEST_WAIT:
                self._rates.give_back(delivery.host)
                too_early.append(delivery)
                due = now + timedelta(seconds=wait)
                continue
            self._pausing += wait > 0
            task = asyncio.create_task(self._send(delivery, began, wait))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        if too_early:
            await self._stored(self._outbox.give_back, too_early, due)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if len(self._answered) >= self._concurrency or len(self._tasks) == self._pausing:
            self._woken.set()
        elif self._lingering is None:
            # A transaction for each answer would keep the writer of the log busy.
            self._lingering = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._woken.set)

    async def _send(self, delivery: LeasedT, began: float, wait: float) -> None:
        try:
            if wait > 0:
                try:
                    await self._sleep(wait)
                finally:
                    self._pausing -= 1
            await self._slots.acquire(delivery.host)
        except asyncio.CancelledError:
            self._unsent.append(delivery)
            return
        task = asyncio.current_task()
        self._on_wire.add(task)
        try:
            left = LEASE.total_seconds() - (self._monotonic() - began)
            if self._ending.is_set() or left < self._wire_seconds:
                self._unsent.append(delivery)
                return
            answer = await self._attempt(delivery)
            self._answered.append(SendAttempt(delivery=delivery, answer=answer, at=self._clock.now()))
        finally:
            self._on_wire.discard(task)
            self._slots.release(delivery.host)

    async def _attempt(self, delivery: LeasedT) -> WireAnswer:
        try:
            async with asyncio.timeout(self._wire_seconds):
                return await self._wires[delivery.channel](delivery)
        except TimeoutError:
            return later(f"It took longer than {self._wire_seconds:g} seconds.")
        except asyncio.CancelledError:
            return later("The service stopped before an answer came.")
        except Exception:
            log.exception("delivery_failed", delivery=str(delivery.id), channel=delivery.channel.value)
            return later("A fault of this service; its log says more.")

    async def _mark(self) -> None:
        """Mark in batches; what cannot be marked is kept for the next turn."""
        if self._unsent:
            unsent, self._unsent = self._unsent, []
            await self._stored(self._outbox.give_back, unsent, self._clock.now())
        # What is answered meanwhile waits for the next turn, or each turn would end with a transaction for a few.
        answered, self._answered = self._answered, []
        while answered:
            batch = answered[:LARGEST_BATCH]
            try:
                await self._mark_batch(batch)
            except BaseException:
                self._answered = [*answered, *self._answered]
                raise
            answered = answered[LARGEST_BATCH:]

    async def _mark_batch(self, batch: Sequence[SendAttempt[LeasedT]]) -> None:
        try:
            await self._stored(self._outbox.mark, batch)
        except StoreDown:
            raise
        except Exception:
            log.exception("deliveries_not_marked", deliveries=len(batch))
            if len(batch) > 1:
                await self._mark_each(batch)

    async def _mark_each(self, batch: Sequence[SendAttempt[LeasedT]]) -> None:
        """Mark them one by one; one that cannot be marked is sent again after its lease, with the same id."""
        for attempt in batch:
            try:
                await self._stored(self._outbox.mark, [attempt])
            except StoreDown:
                raise
            except Exception:
                log.exception("delivery_not_marked", delivery=str(attempt.delivery.id))

    async def _pause(self, seconds: float) -> None:
        """Wait until something was planned or answered, but no longer than ``seconds``."""
        waits = {asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._woken.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _finish(self) -> None:
        for task in self._tasks - self._on_wire:
            task.cancel()
        tasks = list(self._tasks)
        if tasks:
            _, slow = await asyncio.wait(tasks, timeout=self._grace)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        try:
            await self._mark()
        except Exception as error:  # noqa: BLE001 - the leases run out, and then they are sent again
            log.warning("deliveries_not_marked", deliveries=len(self._answered), error=str(error))

    async def _stored(self, call: Callable[..., ResultT], *arguments: object) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._store_thread, call, *arguments)
