"""A store from before notifications: it opens as it is, gets the tables, and nobody is notified of what was before."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from application.errors import SchemaMismatch
from domain.impact import Status
from infrastructure.bootstrap import Bitacora
from infrastructure.delivery.tables import NAMES
from infrastructure.delivery.tidying import tidy
from infrastructure.settings import Settings
from infrastructure.store.base import Store
from infrastructure.store.factory import open_store
from tests.application.program import LABELS, FrozenClock, at, running
from tests.contracts.notifications.subscribed import Subscribed, subscribed
from tests.databases import PostgresDatabases

pytestmark = pytest.mark.both_stores
DOWN = {LABELS: Status.MAJOR_OUTAGE}


def without_notifications(store: Store) -> None:
    """Make of a store one that the version before notifications wrote."""
    with closing(store.connect_outbox()) as connection:
        connection.begin()
        for name in NAMES:
            connection.execute(f"DROP TABLE {name}")
        connection.execute("UPDATE meta SET value = '3' WHERE name = 'schema'")
        connection.commit()


def test_opens_and_notifies_of_what_comes(database: str) -> None:
    with subscribed(database) as world:
        world.program.register(LABELS)
        incident = world.program.declare(components=DOWN)
        recorded = world.program.recorded()
        without_notifications(world.bitacora.store)

    with subscribed(database) as world:
        assert world.program.recorded() == recorded
        world.subscribe()
        world.plan()
        assert world.states() == []
        world.update(incident, "It goes on.")
        world.plan()

        assert world.send() == [("ana@example.com", "en", ("incident_updated",))]


def test_of_another_owner_is_not_served_until_its_owner_has_migrated_it(postgres_databases: PostgresDatabases) -> None:
    with postgres_databases.owned() as (owner, service):
        settings = Settings(database=service, owner_database=owner)
        migrate_as_owner(settings)
        without_notifications(open_store(owner))

        with pytest.raises(SchemaMismatch, match="run: bitacora migrate"), running(service, owner_database=owner):
            pass
        migrate_as_owner(settings)

        with running(service, FrozenClock(at("10:00")), owner_database=owner) as program:
            assert_works(Subscribed(program))


def migrate_as_owner(settings: Settings) -> None:
    bitacora = Bitacora(settings)
    try:
        bitacora.migrate_as_owner()
    finally:
        bitacora.stop()


def assert_works(world: Subscribed) -> None:
    """Do with every table what the service does."""
    world.program.register(LABELS)
    reader, endpoint = world.subscribe(), world.register()
    incident = world.program.declare(components=DOWN)
    world.plan()
    assert len(world.send()) == len([reader, endpoint])

    recipients, suppressions = world.notifier.recipients, world.notifier.suppressions
    recipients.rotate_secret(endpoint, recipients.new_secret(), world.clock.now() + timedelta(hours=1))
    suppressions.suppress("ana@example.com", "operator")
    world.update(incident, "It goes on.")
    world.plan()
    # What follows an e-mail within a minute waits for that minute.
    world.advance(minutes=2)
    assert [to for to, _, _ in world.send()] == ["https://hooks.example.com/a"]
    assert suppressions.allow(suppressions.digest_of("ana@example.com"))
    recipients.end(endpoint, erases=True)
    tidy(world.bitacora.store, world.clock.now() + timedelta(days=500))
    assert world.states() == []
