"""What nobody needs any more is forgotten, and what a crash has left half done is mended."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from application.subscriptions.recipients import RecipientState
from domain.impact import Status
from domain.subscriptions.values import Preferences
from infrastructure.delivery.tidying import mend, tidy
from tests.application.program import LABELS
from tests.contracts.notifications.subscribed import READER, Subscribed, subscribed

WANTED = Preferences(language="en")


class TestTidying:
    def test_forgets_who_has_not_confirmed_for_a_week(self, database: str) -> None:
        with subscribed(database) as world:
            world.notifier.recipients.ask("early@example.com", WANTED)
            world.advance(days=1)
            world.notifier.recipients.ask("late@example.com", WANTED)
            world.subscribe("ana@example.com")
            world.advance(days=6, seconds=1)

            tidy(world.bitacora.store, world.clock.now())

            assert world.notifier.recipients.find_address("early@example.com") == []
            assert len(world.notifier.recipients.find_address("late@example.com")) == 1
            assert len(world.notifier.recipients.find_address("ana@example.com")) == 1

    def test_forgets_words_that_are_not_sent_any_more(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            later = world.clock.now() + timedelta(days=8)

            tidy(world.bitacora.store, later)
            kept = letters(world)
            world.send()
            tidy(world.bitacora.store, later)

            assert kept == 1
            assert letters(world) == 0
            assert world.states() == [("instant", "sent")]

    def test_forgets_after_a_long_time_what_was_sent(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.send()

            tidy(world.bitacora.store, world.clock.now() + timedelta(days=401))

            assert world.states() == []


class TestMending:
    def test_notes_who_has_confirmed(self, database: str) -> None:
        with subscribed(database) as world:
            world.notifier.recipients.ask("ana@example.com", WANTED)
            (asked,) = world.notifier.recipients.find_address("ana@example.com")
            world.program.do(
                lambda log: world.bitacora.facade.commands.subscriptions.confirm(
                    log, id=asked.subscription, preferences=WANTED, caller=READER
                )
            )

            mend(world.bitacora.store)

            (found,) = world.notifier.recipients.find_address("ana@example.com")
            assert found.state is RecipientState.ACTIVE


def letters(world: Subscribed) -> int:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        sql = "SELECT count(*) FROM letters WHERE members <> '[]'"
        return int(connection.execute(sql)[0][0] or 0)
