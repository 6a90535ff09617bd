"""A log from before, which a program that notifies opens for the first time."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from domain.subscriptions.values import Rhythm
from infrastructure.clock import SystemClock
from tests.application.program import LABELS
from tests.bench.filling import BEGINNING, fill
from tests.contracts.notifications.subscribed import Subscribed, subscribed

PUBLISHED = "incident_published"
LOSE_CURSOR = "DELETE FROM delivery_cursor"


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


def forget(world: Subscribed, *statements: str) -> None:
    """Lose what stands beside the log."""
    with closing(world.bitacora.store.connect_outbox()) as connection:
        for statement in statements:
            connection.execute(statement)
