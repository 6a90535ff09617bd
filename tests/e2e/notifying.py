"""Processes that notify the subscribers of one store, which are killed, and peers that outlive them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from signal import SIGKILL
from typing import TYPE_CHECKING
from uuid import UUID

from api.notifications.letters.site_letters import SiteLetters
from domain.subscriptions.values import Rhythm
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SystemClock
from infrastructure.delivery import planner
from infrastructure.delivery.wire.addresses import Mailbox
from infrastructure.delivery.wire.smtp_address import SmtpAddress
from infrastructure.settings import Settings
from infrastructure.store.base import instant
from tests.api.notifications.receiver import webhook_receiver
from tests.application.program import FrozenClock, running
from tests.contracts.notifications.subscribed import Subscribed
from tests.e2e.forked import forked
from tests.e2e.server import eventually
from tests.mail_relay import relay_listening

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from tests.api.notifications.receiver import WebhookReceiver
    from tests.mail_relay import PeerRelay

NUMBER = 2
MAILBOXES = 24
PIECE = 7
"""How many deliveries are planned in one transaction, so that a kill can come between two of them."""
SENT_AT_ONCE = 4
BETWEEN_LIVES = timedelta(minutes=20)
"""Longer than a lease; and e-mails are not so many an hour that all wait for a digest."""
LONGEST_SECONDS = 0.4
CAUGHT_UP = 0.5
"""How often they have planned all that was announced before a round begins."""
LANGUAGES = ("en", "es", "pl", "pt")
MOMENTS = ("planned", "RCPT", "taken", "any")
"""When they are killed: while there is more to plan; when a message is leased, or was taken; at random."""


class ClockAhead:
    """The clock of this machine, but for some seconds."""

    def __init__(self, seconds: float) -> None:
        """Go ``seconds`` ahead."""
        self.ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """Tell the time."""
        return SystemClock().now() + self.ahead


def notify(database: str, relay: int, ahead: float) -> None:
    """Plan and send, until the process is killed."""
    # The pieces of the program are larger than what a test has to send.
    planner.PIECE = PIECE
    settings = Settings(
        database=database,
        smtp_url=SmtpAddress.parse(f"smtp://127.0.0.1:{relay}"),
        mail_from=Mailbox("status@example.com", "Status"),
        webhook_allow_private=True,
        send_concurrency=SENT_AT_ONCE,
        send_rate=10_000,
    )
    bitacora = Bitacora(settings, clock=ClockAhead(ahead))
    bitacora.start()
    bitacora.start_to_notify(SiteLetters)
    threading.Event().wait()


@dataclass
class Notifiers:
    """Some processes on one store; the clock of all of them goes ahead by ``ahead`` seconds."""

    database: str
    relay: PeerRelay
    receiver: WebhookReceiver
    processes: dict[int, ForkServerProcess] = field(default_factory=dict)
    ahead: float = 0.0
    kills: int = 0
    lives: int = 0
    """How often all of them were killed at once; only then do leases end."""
    letters: dict[tuple[str, int], Counter[bytes]] = field(default_factory=dict)
    """What came under each id, in each of these lives, and how often."""
    _mails: int = 0

    def start(self) -> None:
        """Start those that do not run."""
        for number in set(range(NUMBER)) - self.processes.keys():
            self.processes[number] = forked(notify, self.database, self.relay.port, self.ahead)

    def strike(self, numbers: list[int]) -> None:
        """Send the signal that kills some, and do not wait for their end."""
        for number in numbers:
            if number in self.processes:
                self.processes[number].kill()

    def bury(self, numbers: list[int]) -> None:
        """Kill some, and wait until they are gone; if none is left, let the time of all leases pass."""
        self.strike(numbers)
        for number in numbers:
            process = self.processes.pop(number)
            process.join()
            # Forks whose end another thread of the fork server has seen have none.
            assert process.exitcode in {-SIGKILL, 255}, "it ended by itself"
        self.kills += 1
        if not self.processes:
            self.relay.hang_up()
            self.gather()
            self.lives += 1
            self.ahead += BETWEEN_LIVES.total_seconds()

    def gather(self) -> None:
        """Note what came."""
        mails = list(self.relay.mails)
        for mail in mails[self._mails :]:
            id = str(mail.message["message-id"]).strip("<>").partition("@")[0]
            self._note(id, mail.content)
        self._mails = len(mails)
        while not self.receiver.got.empty():
            post = self.receiver.got.get()
            self._note(post.headers["webhook-id"].removeprefix("msg_"), post.body)

    def _note(self, id: str, content: bytes) -> None:
        self.letters.setdefault((id, self.lives), Counter())[content] += 1


class Drill:
    """A program that announces, and the processes that notify its subscribers."""

    def __init__(self, world: Subscribed, clock: FrozenClock, notifiers: Notifiers, chance: Random) -> None:
        """Let some mailboxes and endpoints subscribe to everything."""
        self.world, self.notifiers, self.chance = world, notifiers, chance
        self._clock = clock
        self._announced = 0
        self._move()
        world.program.register()
        for number in range(MAILBOXES):
            rhythm = Rhythm.HOURLY if number % 8 == 0 else Rhythm.INSTANT
            world.subscribe(f"reader-{number}@example.org", language=LANGUAGES[number % 4], rhythm=rhythm)
        for _ in range(2):
            world.register(notifiers.receiver.url)

    def announce(self) -> UUID:
        """Let an incident begin."""
        self._move()
        self._announced += 1
        return self.world.program.declare()

    def go_on(self, incident: UUID, *, is_last: bool) -> None:
        """Announce more of it, or its end."""
        self._move()
        self._announced += 1
        if is_last:
            self.world.program.resolve(incident)
        else:
            self.world.program.update(incident)

    def round(self, moment: str, victims: list[int]) -> None:
        """Announce something, kill some in the midst of what follows, and start them again."""
        self.notifiers.start()
        if self.chance.random() < CAUGHT_UP:
            eventually(self._is_planned)
        hit = threading.Event()

        def heard(command: str) -> None:
            if command == moment and not hit.is_set():
                self.notifiers.strike(victims)
                hit.set()

        self.notifiers.relay.heard = heard
        incident = self.announce()
        self.go_on(incident, is_last=False)
        if moment == "planned":
            eventually(self._has_planned_some)
        elif moment == "any":
            threading.Event().wait(self.chance.uniform(0, LONGEST_SECONDS))
        else:
            eventually(lambda: hit.is_set() or self._is_idle())
        self.notifiers.bury(victims)
        self.notifiers.relay.heard = lambda _: None
        self.go_on(incident, is_last=True)

    def finish(self) -> None:
        """Let all be sent that waits, also for a digest."""
        self.notifiers.start()
        eventually(self._is_planned)
        self.notifiers.bury(list(self.notifiers.processes))
        self.notifiers.ahead += timedelta(hours=1).total_seconds()
        self.notifiers.start()
        eventually(lambda: self._count("SELECT count(*) FROM deliveries WHERE state IN ('due', 'waiting')") == 0)
        self.notifiers.bury(list(self.notifiers.processes))

    def assert_each_was_notified_once(self) -> None:
        """Hold what came against what was planned."""
        came: dict[str, list[Counter[bytes]]] = {}
        for (id, _), contents in self.notifiers.letters.items():
            came.setdefault(id, []).append(contents)
        rows = self._rows("SELECT delivery, state FROM deliveries WHERE kind <> 'confirmation'")
        assert {str(state) for _, state in rows} <= {"sent", "superseded"}, Counter(str(row[1]) for row in rows)
        assert set(came) == {str(id) for id, state in rows if state == "sent"}
        for id, lives in came.items():
            # No lease ends but with the life of all processes.
            assert all(contents.total() == 1 for contents in lives), id
            assert len({content for contents in lives for content in contents}) == 1, id
        self._assert_each_announcement_once()

    def repeats(self) -> int:
        """Tell how many messages came once more than they should have."""
        return sum(each.total() for each in self.notifiers.letters.values()) - len(
            {id for id, _ in self.notifiers.letters}
        )

    def _assert_each_announcement_once(self) -> None:
        """Make sure that each is in exactly one of the messages that each subscriber got."""
        found: dict[str, Counter[str]] = {}
        for subscription, members in self._rows(
            "SELECT deliveries.subscription, letters.members FROM deliveries JOIN letters"
            " ON letters.letter = deliveries.letter WHERE deliveries.state = 'sent'"
        ):
            found.setdefault(str(subscription), Counter()).update(map(str, json.loads(str(members))))
        assert len(found) == MAILBOXES + 2
        for announced in found.values():
            assert set(announced.values()) == {1}
            assert len(announced) == self._announced

    def _has_planned_some(self) -> bool:
        return self._count("SELECT count(*) FROM delivery_cursor WHERE subscription <> ''") > 0 or self._is_planned()

    def _is_planned(self) -> bool:
        # The cursor stays at the last news, and where it began while there are none.
        behind = (
            "SELECT count(*) FROM stored_events WHERE position > (SELECT position FROM delivery_cursor)"
            " AND topic IN ('incident.declared', 'incident.updated', 'incident.resolved')"
        )
        return self._count(behind) == 0

    def _is_idle(self) -> bool:
        now = instant(ClockAhead(self.notifiers.ahead).now())
        due = f"SELECT count(*) FROM deliveries WHERE state = 'due' AND due <= '{now}'"  # noqa: S608 - a time
        return self._is_planned() and self._count(due) == 0

    def _count(self, sql: str) -> int:
        with self.world.bitacora.store.reading_log() as connection:
            return int(connection.execute(sql)[0][0] or 0)

    def _rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(self.world.bitacora.store.connect_outbox()) as connection:
            return list(connection.execute(sql))

    def _move(self) -> None:
        self._clock.show(ClockAhead(self.notifiers.ahead).now())


@contextmanager
def drilled(database: str, chance: Random) -> Iterator[Drill]:
    """Prepare a drill on a store, and leave no process behind."""
    clock = FrozenClock(ClockAhead(0).now())
    with relay_listening() as relay, webhook_receiver() as receiver, running(database, clock) as program:
        notifiers = Notifiers(database, relay, receiver)
        try:
            yield Drill(Subscribed(program), clock, notifiers, chance)
        finally:
            notifiers.strike(list(notifiers.processes))
            for process in notifiers.processes.values():
                process.join()
