"""What nobody needs any more is forgotten, and what a crash has left half done is mended."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from application.ids import new_id
from application.subscriptions.recipients import RecipientState
from domain.impact import Status
from domain.subscriptions.values import Channel, Preferences
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

    def test_forgets_an_endpoint_whose_registration_was_cut_off(self, database: str) -> None:
        with subscribed(database) as world:
            recipients, cut_off = world.notifier.recipients, new_id(world.clock.now())
            recipients.add_endpoint(cut_off, Channel.WEBHOOK, "https://hooks.example.com/b", recipients.new_secret())
            registered = world.register()
            world.program.register(LABELS)
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            got = [each.subscription for each in world.notifier.outbox.lease(10, world.clock.now(), ())]
            world.advance(hours=1)
            tidy(world.bitacora.store, world.clock.now())
            meanwhile = set(recipients.find([cut_off, registered]))
            world.advance(seconds=1)
            tidy(world.bitacora.store, world.clock.now())

            assert got == [str(registered)]
            assert meanwhile == {cut_off, registered}
            assert set(recipients.find([cut_off, registered])) == {registered}
            assert secrets(world) == [str(registered)]

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


def secrets(world: Subscribed) -> list[str]:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        return [str(row[0]) for row in connection.execute("SELECT subscription FROM endpoint_secrets")]


def letters(world: Subscribed) -> int:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        sql = "SELECT count(*) FROM letters WHERE members <> '[]'"
        return int(connection.execute(sql)[0][0] or 0)
