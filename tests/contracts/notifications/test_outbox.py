"""What came of a message counts once, whoever sent it, and however late the answer comes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from uuid import UUID

import pytest

from infrastructure.delivery.consequences import Consequence
from infrastructure.delivery.leased_delivery import LeasedDelivery
from infrastructure.delivery.outbox import LEASE, SendAttempt
from infrastructure.delivery.planned_rows import INSERT
from infrastructure.delivery.stored_outbox import LEASING, StoredOutbox
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later
from infrastructure.store.base import instant
from infrastructure.store.postgres_connection import PostgresConnection
from tests.application.program import LABELS
from tests.contracts.notifications.subscribed import ACCEPTED, Subscribed, subscribed

REFUSED = WireAnswer(outcome=WireOutcome.REFUSED, text="no", code=554)
NO_ADDRESS = WireAnswer(outcome=WireOutcome.NO_ADDRESS, text="5.1.1 no such user", code=550)
LATER = later("busy", code=451)
MANY, LEASED_AT_ONCE = 16_000, 32


class TestALease:
    def test_does_not_read_all_that_is_due(self, database: str) -> None:
        with subscribed(database) as world:
            now = instant(world.clock.now())
            start, end = ("n", "thing", "instant", 1, "email", "en", "relay", "letter"), ("due", 0, now, now)
            rows = [(f"{number:032}", f"s-{number}", *start, *end) for number in range(MANY)]
            store = world.bitacora.store
            with closing(store.connect_outbox()) as connection:
                connection.run(INSERT, rows)
                is_postgres = isinstance(connection, PostgresConnection)
                explain = "EXPLAIN (ANALYZE, TIMING OFF)" if is_postgres else "EXPLAIN QUERY PLAN"
                locked = f"{store.for_update} SKIP LOCKED" if is_postgres else ""
                leasing = LEASING.format(idle="", locked=locked)
                plan = connection.execute(f"{explain} {leasing}", {"now": now, "until": now, "limit": LEASED_AT_ONCE})

            steps = [str(row[-1]) for row in plan]
            read = [float(each) for step in steps for each in re.findall(r"actual rows=([\d.]+)", step)]
            assert max(read, default=0) <= LEASED_AT_ONCE
            assert is_postgres == bool(read)
            assert is_postgres or any("SEARCH deliveries USING INDEX deliveries_due" in step for step in steps)
            assert is_postgres or not any("TEMP B-TREE" in step for step in steps)


class TestAnEMail:
    def test_that_is_sent_once_more_answers_the_same_first_one(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.send()
            incident = world.program.declare()
            world.plan()
            under_way = lease(world)
            world.update(incident, "We know why.")
            world.plan()
            world.advance(seconds=61)
            (further,) = lease(world)
            answer(world, under_way, ACCEPTED)
            world.advance(seconds=LEASE.total_seconds())
            (once_more,) = lease(world)

            assert further.id == once_more.id
            assert further.first == once_more.first == under_way[0].id


class TestAnAnswer:
    def test_that_is_marked_again_counts_once(self, database: str) -> None:
        with subscribed(database) as world:
            subscription = one_due(world)
            leased = lease(world)
            for _ in range(3):
                answer(world, leased, REFUSED)

            assert refusals(world, subscription) == 1
            assert world.states() == [("instant", "failed")]

    def test_that_comes_after_the_lease_counts_if_it_says_that_the_message_was_accepted(self, database: str) -> None:
        with subscribed(database) as world:
            one_due(world)
            first = lease(world)
            world.clock.advance(LEASE)
            second = lease(world)
            answer(world, first, ACCEPTED)
            answer(world, second, LATER)

            assert world.states() == [("instant", "sent")]
            assert world.notifier.outbox.next_due() is None

    def test_that_comes_after_a_later_one_counts_if_it_says_that_the_message_was_accepted(self, database: str) -> None:
        with subscribed(database) as world:
            one_due(world)
            first = lease(world)
            world.clock.advance(LEASE)
            answer(world, lease(world), LATER)
            answer(world, first, ACCEPTED)

            assert world.states() == [("instant", "sent")]

    @pytest.mark.parametrize("late", [LATER, REFUSED, NO_ADDRESS], ids=lambda each: str(each.outcome))
    def test_that_comes_after_the_lease_does_not_end_that_of_another(self, database: str, late: WireAnswer) -> None:
        with subscribed(database) as world:
            subscription = one_due(world)
            first = lease(world)
            world.clock.advance(LEASE)
            second = lease(world)
            answer(world, first, late)
            world.notifier.outbox.give_back(first, world.clock.now())

            assert world.notifier.outbox.lease(100, world.clock.now(), ()) == []
            assert refusals(world, subscription) == 0
            answer(world, second, ACCEPTED)
            assert world.states() == [("instant", "sent")]
            assert "subscription.ended" not in world.program.recorded()


class TestConsequences:
    def test_that_cannot_be_recorded_do_not_repeat_the_answer(self, database: str) -> None:
        with subscribed(database) as world, closing(failing(world)) as outbox:
            subscription = one_due(world)
            answer(world, outbox.lease(100, world.clock.now(), ()), NO_ADDRESS, outbox)

            assert world.states() == [("instant", "failed")]
            assert refusals(world, subscription) == 0
            assert "subscription.ended" not in world.program.recorded()

    def test_that_were_not_recorded_are_with_the_next_message(self, database: str) -> None:
        with subscribed(database) as world, closing(failing(world)) as outbox:
            subscription = one_due(world)
            answer(world, outbox.lease(100, world.clock.now(), ()), NO_ADDRESS, outbox)
            world.advance(hours=1)
            world.program.declare()
            world.plan()

            assert lease(world) == []
            assert world.states() == [("instant", "failed"), ("instant", "dropped")]
            assert world.program.recorded().count("subscription.ended") == 1
            assert state_of(world, subscription) == "ended"

    def test_that_a_crash_cut_in_two_are_finished_with_the_next_message(self, database: str) -> None:
        with subscribed(database) as world:
            subscription = one_due(world)
            answer(world, lease(world), NO_ADDRESS)
            with closing(world.bitacora.store.connect_outbox()) as connection:
                connection.execute("UPDATE recipients SET state = 'active'")
                connection.execute("UPDATE deliveries SET state = 'due', finished_at = NULL")
            world.clock.advance(LEASE)

            assert lease(world) == []
            assert world.program.recorded().count("subscription.ended") == 1
            assert state_of(world, subscription) == "ended"


def one_due(world: Subscribed) -> UUID:
    """Let one subscriber be notified of an incident, and send nothing yet but the mail to confirm."""
    world.program.register(LABELS)
    subscription = world.subscribe()
    world.send()
    world.program.declare()
    world.plan()
    return subscription


def failing(world: Subscribed) -> StoredOutbox:
    """Give an outbox of a program that cannot record anything."""

    def fail(_: Sequence[Consequence]) -> None:
        raise RuntimeError("the writer has stopped")

    return StoredOutbox(world.bitacora.store, consequences=fail)


def lease(world: Subscribed) -> Sequence[LeasedDelivery]:
    """Lease what is due."""
    return world.notifier.outbox.lease(100, world.clock.now(), ())


def answer(
    world: Subscribed, leased: Sequence[LeasedDelivery], said: WireAnswer, outbox: StoredOutbox | None = None
) -> None:
    """Mark the same answer for each."""
    attempts = [SendAttempt(delivery=each, answer=said, at=world.clock.now()) for each in leased]
    (outbox or world.notifier.outbox).mark(attempts)


def refusals(world: Subscribed, subscription: UUID) -> int:
    """Tell how often a mailbox has refused."""
    return int(str(_recipient(world, subscription, "refused")))


def state_of(world: Subscribed, subscription: UUID) -> str:
    """Tell whether anything is sent to a recipient."""
    return str(_recipient(world, subscription, "state"))


def _recipient(world: Subscribed, subscription: UUID, column: str) -> object:
    sql = f"SELECT {column} FROM recipients WHERE subscription = :id"  # noqa: S608 - named above
    with closing(world.bitacora.store.connect_outbox()) as connection:
        return connection.execute(sql, {"id": str(subscription)})[0][0]
