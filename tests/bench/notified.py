"""One update for thousands of subscribers: planned against a bare insert, and sent against a bare loop."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING

from aiosmtplib import SMTP

from infrastructure.delivery.fields import DeliveryFields
from infrastructure.delivery.identifiers import store_secret
from infrastructure.delivery.planned_rows import COLUMNS, INSERT
from infrastructure.delivery.planner import PIECE
from infrastructure.delivery.sender import Sender
from infrastructure.delivery.wire.addresses import Mailbox
from infrastructure.delivery.wire.smtp_address import SmtpAddress
from infrastructure.delivery.wires import Wires
from infrastructure.store.factory import open_store
from tests.bench.held import admitted
from tests.bench.processes import ENVIRONMENT, PATIENCE_SECONDS, ROOT
from tests.bench.shapes import Figure, Measure
from tests.bench.subscribed import COMPONENT, Subscribers, plan
from tests.mail_relay import relay_listening
from tests.memory import resident

if TYPE_CHECKING:
    from infrastructure.bootstrap import Bitacora
    from tests.bench.environments import World

CONNECTIONS = 16
RATE = 10_000.0
MAILS = 5_000
"""How many are sent at most; the rest would only take longer."""
LOOK_SECONDS = 0.05
CALM = 100
"""How often the board is read, and a signal sent, before anything is planned, and again afterwards."""
BETWEEN = 10
"""How often meanwhile, before it is counted again how much is planned."""
PLANNED = "SELECT count(*) FROM deliveries WHERE position > :after AND kind = 'instant'"


def notified(world: World) -> Mapping[str, float]:
    """Let thousands subscribe, and notify them of an update."""
    with world.assembled() as bitacora:
        bitacora.writer.start()
        bitacora.follower.catch_up()
        subscribers = Subscribers(bitacora, world.accounts)
        planner = subscribers.planner()
        incident = subscribers.declare()
        plan(planner)
        _forget_waiting(bitacora)
        subscribers.update(incident)
        with _watched() as memory:
            before, began = memory[0], perf_counter()
            plan(planner)
            seconds = perf_counter() - began
        inserted = _inserted(bitacora)
        sent = _sent(bitacora, min(MAILS, world.accounts))
        _forget_waiting(bitacora)
    return {
        "planned": world.accounts / seconds,
        "inserted": world.accounts / inserted,
        "memory before": before,
        "memory": max(memory),
        **sent,
        **_meanwhile(world),
    }


def _inserted(bitacora: Bitacora) -> float:
    """Insert as many rows into the same table, in pieces of the same size, and give the seconds."""
    with closing(bitacora.store.connect_outbox()) as connection:
        newest = "SELECT max(position) FROM deliveries"
        rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM deliveries WHERE position = ({newest})")  # noqa: S608 - of our own
        copies = [(hashlib.sha256(str(row[0]).encode()).hexdigest()[:32], *row[1:]) for row in rows]
        began = perf_counter()
        for first in range(0, len(copies), PIECE):
            connection.begin()
            connection.run(INSERT, copies[first : first + PIECE])
            connection.commit()
        return perf_counter() - began


def _sent(bitacora: Bitacora, number: int) -> Mapping[str, float]:
    """Send so many of what is due, between two bare loops over the same relay."""
    with _relay() as port:
        with closing(bitacora.store.connect_outbox()) as connection:
            connection.execute(
                "UPDATE deliveries SET state = 'sent' WHERE state = 'due' AND delivery NOT IN ("
                "SELECT delivery FROM deliveries WHERE state = 'due' LIMIT :number)",
                {"number": number},
            )
            connection.execute("UPDATE deliveries SET due = planned_at WHERE state = 'due'")
        content = _content(bitacora)
        before = asyncio.run(_bare(port, number, content))
        wires = _wires(bitacora, port)
        sender = Sender(
            bitacora.notifier.outbox,
            wires.by_channel(),
            concurrency=CONNECTIONS,
            rate=RATE,
            clock=bitacora.clock,
            close=wires.close,
        )
        began = perf_counter()
        sender.start()
        while bitacora.notifier.outbox.next_due() is not None:
            threading.Event().wait(LOOK_SECONDS)
        seconds = perf_counter() - began
        sender.stop()
        bare = statistics.mean((before, asyncio.run(_bare(port, number, content))))
    return {"sent": number / seconds, "looped": number / bare}


def _content(bitacora: Bitacora) -> bytes:
    """Give the bytes of one of the e-mails, which is not sent for it."""
    outbox, now = bitacora.notifier.outbox, bitacora.clock.now()
    (leased,) = outbox.lease(1, now, ())
    outbox.give_back([leased], now)
    with relay_listening() as relay:
        wires = _wires(bitacora, relay.port)

        async def send() -> None:
            await wires.mail(leased)
            await wires.close()

        asyncio.run(send())
        return relay.mails[0].content


def _wires(bitacora: Bitacora, port: int) -> Wires:
    settings = DeliveryFields(
        smtp_url=SmtpAddress.parse(f"smtp://127.0.0.1:{port}"),
        mail_from=Mailbox("status@example.com", "Status"),
        send_concurrency=CONNECTIONS,
    )
    with closing(bitacora.store.connect_outbox()) as connection:
        secret = store_secret(connection)
    return Wires(settings, bitacora.clock, site="https://status.example", secret=secret)


async def _bare(port: int, number: int, content: bytes) -> float:
    numbers = count()
    began = perf_counter()

    async def work() -> None:
        async with SMTP(hostname="127.0.0.1", port=port) as client:
            while next(numbers) < number:
                await client.sendmail("status@example.com", "reader@example.com", content)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return perf_counter() - began


def _meanwhile(world: World) -> Mapping[str, float]:
    """Read the board and send signals one after the other, while an update is planned, and before and after it."""
    admin = admitted(world, "bench-notified")
    asked, store = _Asked(world, admin), open_store(world.database)
    try:
        calm = [asked.both() for _ in range(CALM)]
        after = asked.announce()
        busy = list[tuple[float, float]]()
        planned = 0
        while planned < world.accounts:
            with store.reading_log() as connection:
                planned = int(connection.execute(PLANNED, {"after": after})[0][0] or 0)
            # To count takes time of the same machine.
            found = [asked.both() for _ in range(BETWEEN)]
            busy += found if 0 < planned < world.accounts else ()
        calm += [asked.both() for _ in range(CALM)]
    finally:
        store.close()
        asked.close()
    board, signal = (statistics.median(each[place] for each in busy) for place in (0, 1))
    calm_board, calm_signal = (statistics.median(each[place] for each in calm) for place in (0, 1))
    return {"board": board, "board before": calm_board, "signal": signal, "signal before": calm_signal}


class _Asked:
    """One connection to the program that is served."""

    def __init__(self, world: World, admin: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", world.serving().port, timeout=PATIENCE_SECONDS)
        self._headers = {**admin, "content-type": "application/json"}
        self._numbers = count()

    def both(self) -> tuple[float, float]:
        """Read the board and send a signal; give the milliseconds that each takes."""
        began = perf_counter()
        self._ask("GET", "/v1/status", None)
        read = perf_counter()
        signal = {"source": "bench", "fingerprint": f"notified-{next(self._numbers)}", "state": "firing"}
        self._ask("POST", "/v1/signals", {**signal, "component": "component-001", "status": "degraded_performance"})
        return (read - began) * 1000, (perf_counter() - read) * 1000

    def announce(self) -> int:
        """Let an incident be published, and give the position before it."""
        body = {"title": "Slow", "message": "We look into it.", "components": {COMPONENT: "partial_outage"}}
        return self._ask("POST", "/v1/incidents", body) - 1

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: object) -> int:
        headers = self._headers if body is not None else {}
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{method} {path} was answered {answer.status}")
        return int(answer.getheader("bitacora-position") or 0)


def _forget_waiting(bitacora: Bitacora) -> None:
    """As if all had been sent."""
    with closing(bitacora.store.connect_outbox()) as connection:
        connection.execute("UPDATE deliveries SET state = 'sent' WHERE state IN ('due', 'waiting')")


@contextmanager
def _relay() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sink"], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Look again and again how much memory this process takes, in MiB."""
    look = partial(resident, os.getpid())
    seen, is_over = [look()], threading.Event()

    def watch() -> None:
        while not is_over.wait(LOOK_SECONDS):
            seen.append(look())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        is_over.set()
        watching.join()


MEASURES = (
    Measure(
        take=notified,
        once=0,
        figures=(
            Figure(
                what="an update planned for subscribers",
                ours="planned",
                against="as many rows inserted",
                bare="inserted",
                unit="deliveries/s",
            ),
            Figure(
                what="most memory while it is planned",
                ours="memory",
                against="before",
                bare="memory before",
                unit="MiB",
            ),
            Figure(
                what="the board read meanwhile",
                ours="board",
                against="before and after",
                bare="board before",
                unit="ms",
            ),
            Figure(
                what="a signal meanwhile", ours="signal", against="before and after", bare="signal before", unit="ms"
            ),
            Figure(
                what="e-mails sent, 16 connections",
                ours="sent",
                against="a loop over the same relay",
                bare="looped",
                unit="mails/s",
            ),
        ),
    ),
)
