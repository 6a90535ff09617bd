"""A life of subscribers by chance, and what has to hold of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from application.notifications.reach import Reach
from domain.impact import Status
from domain.subscriptions.values import NotificationScope, Rhythm
from infrastructure.delivery.leased_delivery import LeasedDelivery
from infrastructure.delivery.outbox import LEASE, SendAttempt
from infrastructure.delivery.planned_rows import Member
from infrastructure.delivery.planner import Planner
from infrastructure.delivery.stored_outbox import StoredOutbox
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later
from infrastructure.queries.announced import SqlAnnouncedQueries
from tests.application.program import IMPORTS, LABELS
from tests.contracts.notifications.subscribed import ACCEPTED, InterruptedLetters, Subscribed

SUBSCRIBERS = 5
STEPS = 200
LATER, REFUSED = later("busy", code=451), WireAnswer(outcome=WireOutcome.REFUSED, text="no", code=554)
NO_ADDRESS = WireAnswer(outcome=WireOutcome.NO_ADDRESS, text="5.1.1 no such user", code=550)
ANSWERS = (*[ACCEPTED] * 6, *[LATER] * 3, REFUSED, NO_ADDRESS)
PAUSES = (1, 20, 61, 130, 600, 3_700)
HOURS = 60
"""After how many all that was tried again has been sent, and all digests."""
INTERRUPTED = 0.5
LOST = 0.1
"""How often no answer comes."""
DELIVERIES = """
    SELECT deliveries.subscription, deliveries.state, letters.members
    FROM deliveries JOIN letters ON letters.letter = deliveries.letter WHERE deliveries.kind <> 'confirmation'
"""
UNREACHABLE = """
    SELECT subscription FROM recipients
    WHERE state <> 'active' OR address_digest IN (SELECT address_digest FROM suppressions)
"""
GIVEN_UP = {"failed", "dropped"}
ENDS = 0.3
"""How often news of an incident are that it is over."""
INTERNAL = 0.2


@dataclass
class Wants:
    """What somebody wants, since and until which position of the log."""

    keys: tuple[str, ...]
    since: int
    until: int | None = None


@dataclass
class Hand:
    """What one outbox has leased."""

    outbox: StoredOutbox
    leased: list[LeasedDelivery] = field(default_factory=list)


class Walk:
    """A life of subscribers by chance, two planners, and two outboxes that send."""

    def __init__(self, world: Subscribed, chance: Random) -> None:
        """Register two components."""
        self.world, self.chance = world, chance
        self.seconds = 0.0
        self.wants: dict[UUID, Wants] = {}
        self.incidents: dict[UUID, tuple[str, ...]] = {}
        self.private: set[str] = set()
        self.leases: dict[str, tuple[int, float]] = {}
        """The number of the attempt that each is leased for, and until when."""
        self.accepted: set[str] = set()
        self.planners = [self.planner(number) for number in range(2)]
        self._is_interrupted = False
        self.hands = [Hand(world.notifier.outbox), Hand(StoredOutbox(world.bitacora.store))]
        for key in (LABELS, IMPORTS):
            world.program.register(key)

    def planner(self, number: int) -> Planner:
        """Make a planner, which the other one may interrupt when it has read something, and when it has written."""
        return self.world.planner_with(
            InterruptedLetters(lambda: self.interrupt(1 - number)), planned=lambda: self.interrupt(1 - number)
        )

    def interrupt(self, by: int) -> None:
        """Let the other planner or an outbox do something in between, now and then."""
        if not self._is_interrupted and self.chance.random() < INTERRUPTED:
            self._is_interrupted = True
            if self.chance.random() < INTERRUPTED:
                self.planners[by].step()
            else:
                self.lease()
            self._is_interrupted = False

    def run(self) -> int:
        """Take some steps, hold what came of them against what was announced, and give how many messages were sent."""
        steps = (
            self.subscribe,
            *[self.announce] * 3,
            *[self.go_on] * 4,
            *[self.plan] * 6,
            *[self.lease] * 8,
            *[self.answer] * 8,
            *[self.wait] * 4,
            self.leave,
            self.whisper,
        )
        for _ in range(SUBSCRIBERS):
            self.subscribe()
        for _ in range(STEPS):
            self.chance.choice(steps)()
        try:
            self.finish()
        finally:
            self.hands[1].outbox.close()
        self.assert_each_once()
        return len(self.accepted)

    def subscribe(self) -> None:
        """Let somebody subscribe to one thing, or to all."""
        keys = self.chance.choice([(), (LABELS,), (IMPORTS,)])
        rhythm = self.chance.choice([Rhythm.INSTANT] * 3 + [Rhythm.HOURLY, Rhythm.DAILY])
        language = self.chance.choice(["en", "es"])
        id = self.world.subscribe(
            f"reader-{len(self.wants)}@example.com", rhythm=rhythm, language=language, components=keys
        )
        self.wants[id] = Wants(keys, self._last())

    def leave(self) -> None:
        """Let somebody leave."""
        here = [id for id, wants in self.wants.items() if wants.until is None]
        if here:
            id = self.chance.choice(here)
            self.world.end(id)
            self.wants[id].until = self._last()

    def announce(self) -> None:
        """Let an incident be published."""
        key = self.chance.choice([LABELS, IMPORTS])
        self.incidents[self.world.program.declare({key: Status.PARTIAL_OUTAGE})] = (key,)

    def whisper(self) -> None:
        """Let an incident begin that readers do not see."""
        incident = self.world.program.declare({LABELS: Status.PARTIAL_OUTAGE}, publish=False, title="Secret")
        self.private.add(f"incident/{incident}")

    def go_on(self) -> None:
        """Let there be news of one, or its end."""
        if not self.incidents:
            return
        incident = self.chance.choice(sorted(self.incidents))
        if self.chance.random() < ENDS:
            self.world.program.resolve(incident)
            del self.incidents[incident]
        else:
            self.world.program.update(incident, internal=self.chance.random() < INTERNAL)

    def plan(self) -> None:
        """Let one of the planners do a piece or several."""
        self.world.bitacora.follower.catch_up()
        planner = self.chance.choice(self.planners)
        for _ in range(self.chance.randint(1, 4)):
            planner.step()

    def lease(self) -> None:
        """Let one of the outboxes lease some."""
        hand = self.chance.choice(self.hands)
        for each in hand.outbox.lease(self.chance.randint(1, 5), self.world.clock.now(), ()):
            self.note(each)
            hand.leased.append(each)

    def note(self, delivery: LeasedDelivery) -> None:
        """Make sure that nobody else has it, that it is not private, and that it goes to nobody who has left."""
        _, until = self.leases.get(delivery.id, (0, 0.0))
        assert until <= self.seconds, "it was leased twice at a time"
        self.leases[delivery.id] = delivery.attempts, self.seconds + LEASE.total_seconds()
        assert delivery.id not in self.accepted, "it was sent again"
        if delivery.kind != "confirmation":
            assert self.wants[UUID(delivery.subscription)].until is None
        assert delivery.thing not in self.private

    def answer(self) -> None:
        """Let an answer come to something that was leased, in time or late, or never."""
        hand = self.chance.choice(self.hands)
        if not hand.leased:
            return
        delivery, chance = hand.leased.pop(self.chance.randrange(len(hand.leased))), self.chance.random()
        if chance < LOST:
            return
        if chance < 2 * LOST:
            hand.outbox.give_back([delivery], self.world.clock.now())
            self.free(delivery)
        else:
            self.mark(hand, [delivery], self.chance.choice(ANSWERS))

    def mark(self, hand: Hand, some: Sequence[LeasedDelivery], said: WireAnswer) -> None:
        """Let the same answer come to some."""
        now = self.world.clock.now()
        hand.outbox.mark([SendAttempt(delivery=each, answer=said, at=now) for each in some])
        for each in some:
            self.free(each)
            if said is ACCEPTED:
                self.accepted.add(each.id)

    def free(self, delivery: LeasedDelivery) -> None:
        """Note that a lease is over, if it is that of the last who has leased it."""
        if self.leases.get(delivery.id, (0, 0.0))[0] == delivery.attempts:
            del self.leases[delivery.id]

    def wait(self) -> None:
        """Let time pass."""
        seconds = self.chance.choice(PAUSES)
        self.seconds += seconds
        self.world.advance(seconds=seconds)

    def finish(self) -> None:
        """Let all be planned and sent that waits."""
        for _ in range(HOURS):
            self.world.bitacora.follower.catch_up()
            while self.planners[0].step() or self.planners[1].step():
                self.world.bitacora.follower.catch_up()
            for hand in self.hands:
                while leased := hand.outbox.lease(100, self.world.clock.now(), ()):
                    for each in leased:
                        self.note(each)
                    self.mark(hand, leased, ACCEPTED)
            self.seconds += 3_600
            self.world.advance(hours=1)

    def assert_each_once(self) -> None:
        """Hold what was planned against what was announced."""
        rows, unreachable = _deliveries(self.world), _unreachable(self.world)
        assert not {state for _, state, _ in rows} & {"due", "waiting"}
        sent: dict[str, Counter[Member]] = {}
        given_up: dict[str, set[Member]] = {}
        for subscription, state, members in rows:
            if state == "sent":
                sent.setdefault(subscription, Counter()).update(members)
            elif state in GIVEN_UP:
                given_up.setdefault(subscription, set()).update(members)
        announced = _announced(self.world)
        for id, wants in self.wants.items():
            got, lost = sent.get(str(id), Counter()), given_up.get(str(id), set())
            wanted = {
                member
                for reach, member in announced
                if wants.since < member[2] and (wants.until is None or member[2] < wants.until)
                if reach.concerns(NotificationScope(components=wants.keys))
            }
            assert not [each for each, number in got.items() if number > 1], "it was in two messages"
            assert not set(got) & lost, "it was sent, and given up"
            assert set(got) | lost <= wanted, "it concerned somebody else"
            if wants.until is None and str(id) not in unreachable:
                assert wanted <= set(got) | lost, "it was lost"

    def _last(self) -> int:
        return int(self.world.bitacora.facade.queries.events.last()[0])


def _deliveries(world: Subscribed) -> list[tuple[str, str, list[Member]]]:
    """Give who gets a message, its state, and what it is about."""
    with closing(world.bitacora.store.connect_outbox()) as connection:
        return [
            (str(row[0]), str(row[1]), [(thing, entry, at) for thing, entry, at in json.loads(str(row[2]))])
            for row in connection.execute(DELIVERIES)
        ]


def _unreachable(world: Subscribed) -> set[str]:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        return {str(row[0]) for row in connection.execute(UNREACHABLE)}


def _announced(world: Subscribed) -> list[tuple[Reach, Member]]:
    """Give everything that was announced, and what it is about."""
    queries, found, after = SqlAnnouncedQueries(world.bitacora.store), list[tuple[Reach, Member]](), 0
    last, _ = world.bitacora.facade.queries.events.last()
    while after < last:
        section = queries.following(after, last)
        found += [
            (news.reach, (each.thing, each.entry, each.position))
            for news in section.news
            for each in news.announcements
        ]
        after = section.until
    return found
