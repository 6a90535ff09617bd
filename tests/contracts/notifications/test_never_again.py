"""What was announced is never sent again: not by a rebuild, a lost cursor, or an old log."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, timedelta

from application.registry import VIEWS
from domain.subscriptions.values import Channel, Rhythm
from infrastructure.clock import SystemClock
from infrastructure.delivery.planner import Planner
from infrastructure.projections.rebuild import Rebuild
from infrastructure.queries.announced import SqlAnnouncedQueries
from infrastructure.queries.subscribers import SqlSubscriberQueries
from tests.application.program import LABELS
from tests.bench.filling import BEGINNING, fill
from tests.contracts.notifications.subscribed import PlainLetters, Subscribed, subscribed

EVENTS = 2_000
PUBLISHED, UPDATED = "incident_published", "incident_updated"
LOSE_CURSOR = "DELETE FROM delivery_cursor"


class TestRebuild:
    def test_of_all_views_notifies_nobody(self, database: str) -> None:
        with subscribed(database) as world:
            an_incident_was_sent(world)
            Rebuild(world.bitacora.store, world.bitacora.mapper, VIEWS).run(advanced=lambda _count: None)
            world.plan()

            assert world.send() == []

    def test_under_way_lets_digests_wait(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe(rhythm=Rhythm.HOURLY)
            world.program.declare()
            world.plan()
            world.advance(hours=1)
            is_more = behind(world, position=1).step()
            early = world.send()
            world.plan()

            assert (is_more, early) == (False, [])
            assert world.send() == [("ana@example.com", "en", (PUBLISHED,))]


class TestLostCursor:
    def test_begins_at_the_end_of_the_log(self, database: str) -> None:
        with subscribed(database) as world:
            an_incident_was_sent(world)
            world.program.update(world.program.declare(title="Nobody knows of it"))
            forget(world, LOSE_CURSOR)
            world.plan()

            assert world.send() == []

    def test_of_a_log_whose_deliveries_are_lost_too_notifies_nobody(self, database: str) -> None:
        with subscribed(database) as world:
            an_incident_was_sent(world)
            forget(world, LOSE_CURSOR, "DELETE FROM deliveries", "DELETE FROM letters")
            world.plan()

            assert world.send() == []

    def test_lets_what_comes_afterwards_be_sent(self, database: str) -> None:
        with subscribed(database) as world:
            an_incident_was_sent(world)
            forget(world, LOSE_CURSOR)
            world.plan()
            world.advance(minutes=5)
            world.program.declare(title="A new one")
            world.plan()

            assert [(who, what) for who, _, what in world.send()] == [
                ("ana@example.com", (PUBLISHED,)),
                ("https://hooks.example.com/a", (PUBLISHED,)),
            ]


class TestOldLog:
    def test_of_a_store_from_before_notifies_nobody(self, empty_database: str) -> None:
        assert_nothing_old_is_sent(empty_database, EVENTS)


def assert_nothing_old_is_sent(database: str, events: int) -> None:
    """Open a log of so many events for the first time, with subscribers who would get all of it."""
    with subscribed(database) as world:
        world.clock.show(BEGINNING - timedelta(days=1))
        world.subscribe("all@example.com")
        world.subscribe("daily@example.com", rhythm=Rhythm.DAILY)
        world.register()
    fill(database, events)
    with subscribed(database) as world:
        world.clock.show(SystemClock().now() + timedelta(seconds=1))
        # As a store of a version that notified nobody is opened for the first time.
        forget(world, LOSE_CURSOR)
        world.bitacora.migrate()
        world.plan()
        world.advance(days=1)
        world.plan()

        assert world.states() == []
        world.program.register(LABELS)
        world.program.declare()
        world.plan()
        assert [(who, what) for who, _, what in world.send()] == [
            ("all@example.com", (PUBLISHED,)),
            ("https://hooks.example.com/a", (PUBLISHED,)),
        ]


def an_incident_was_sent(world: Subscribed) -> None:
    """Let a mailbox and an endpoint be notified of an incident and an update."""
    world.program.register(LABELS)
    world.subscribe()
    world.register(channel=Channel.WEBHOOK)
    incident = world.program.declare()
    world.plan()
    world.send()
    world.advance(minutes=2)
    world.program.update(incident)
    world.plan()
    assert [what for _, _, what in world.send()] == [(UPDATED,), (UPDATED,)]


def behind(world: Subscribed, position: int) -> Planner:
    """Give a planner of a process whose views have come no further than a position."""
    bitacora = world.bitacora
    announced, subscribers = SqlAnnouncedQueries(bitacora.store), SqlSubscriberQueries(bitacora.store)
    return Planner(
        bitacora.store, announced, subscribers, PlainLetters(), clock=world.clock, zone=UTC, visible=lambda: position
    )


def forget(world: Subscribed, *statements: str) -> None:
    """Lose what stands beside the log."""
    with closing(world.bitacora.store.connect_outbox()) as connection:
        for statement in statements:
            connection.execute(statement)
