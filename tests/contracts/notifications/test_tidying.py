"""What nobody needs any more is forgotten, and what a crash has left half done is mended."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from application.errors import ConcurrentChange
from application.ids import new_id
from application.subscriptions.commands import EndpointRevision
from application.subscriptions.recipients import RecipientState
from application.targets import Target
from domain.impact import Status
from domain.subscriptions.values import Channel, Preferences
from infrastructure.delivery.tidying import mend, tidy
from tests.application.program import ANA, LABELS
from tests.contracts.notifications.subscribed import READER, Subscribed, subscribed

if TYPE_CHECKING:
    from uuid import UUID

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

            mend(world.bitacora.store, world.clock.now())

            (found,) = world.notifier.recipients.find_address("ana@example.com")
            assert found.state is RecipientState.ACTIVE


class TestMoves:
    """A crash comes between the event that an endpoint was moved and its new address."""

    @pytest.mark.parametrize("url", ["https://hooks.example.com/b", "https://other.example.com/a"])
    def test_are_finished_where_the_log_has_them(self, database: str, url: str) -> None:
        with subscribed(database) as world:
            id = world.register()
            world.notifier.recipients.begin_move(id, url, "r-1")
            before = address(world, id)
            change(world, id, url, "r-1")

            mend(world.bitacora.store, world.clock.now())

            assert (before, address(world, id)) == ("https://hooks.example.com/a", url)
            assert [each.subscription for each in world.notifier.recipients.find_address(url)] == [id]

    def test_are_forgotten_after_an_hour_where_the_log_has_them_not(self, database: str) -> None:
        with subscribed(database) as world:
            id, url = world.register(), "https://hooks.example.com/b"
            world.notifier.recipients.begin_move(id, url, "r-1")
            # Another request, which moves nothing, has the endpoint since.
            change(world, id, "https://hooks.example.com/a", "r-2")
            mend(world.bitacora.store, world.clock.now() + timedelta(hours=1, seconds=1))
            change(world, id, url, "r-1")
            mend(world.bitacora.store, world.clock.now())

            assert address(world, id) == "https://hooks.example.com/a"

    def test_may_still_be_under_way_within_the_hour(self, database: str) -> None:
        with subscribed(database) as world:
            id, url = world.register(), "https://hooks.example.com/b"
            world.notifier.recipients.begin_move(id, url, "r-1")
            mend(world.bitacora.store, world.clock.now() + timedelta(hours=1))
            change(world, id, url, "r-1")
            world.notifier.recipients.end_move(id, "r-1")

            assert address(world, id) == url

    def test_that_overlap_end_with_the_last_one_of_the_log(self, database: str) -> None:
        with subscribed(database) as world:
            id, recipients = world.register(), world.notifier.recipients
            for number in range(4):
                recipients.begin_move(id, f"https://hooks.example.com/{number}", f"r-{number}")
            for number in (2, 0, 1):
                change(world, id, f"https://hooks.example.com/{number}", f"r-{number}")
            for number in (1, 3, 2, 0):
                recipients.end_move(id, f"r-{number}")

            assert address(world, id) == "https://hooks.example.com/1"

    def test_of_two_requests_with_one_id_are_never_taken_for_each_other(self, database: str) -> None:
        with subscribed(database) as world:
            id, recipients = world.register(), world.notifier.recipients
            recipients.begin_move(id, "https://hooks.example.com/b", "r-1")

            with pytest.raises(ConcurrentChange, match="give this one another id"):
                recipients.begin_move(id, "https://hooks.example.com/c", "r-1")
            change(world, id, "https://hooks.example.com/b", "r-1")
            recipients.end_move(id, "r-1")
            recipients.begin_move(id, "https://hooks.example.com/c", "r-1")
            recipients.end_move(id, "r-1")

            assert address(world, id) == "https://hooks.example.com/b"

    def test_bring_no_removed_endpoint_back(self, database: str) -> None:
        with subscribed(database) as world:
            id, url = world.register(), "https://hooks.example.com/b"
            world.notifier.recipients.begin_move(id, url, "r-1")
            change(world, id, url, "r-1")
            world.notifier.recipients.end(id, erases=True)
            mend(world.bitacora.store, world.clock.now())

            assert address(world, id) is None


def address(world: Subscribed, endpoint: UUID) -> str | None:
    return world.notifier.recipients.find([endpoint])[endpoint].address


def change(world: Subscribed, endpoint: UUID, url: str, request: str) -> None:
    """Record what a request to move an endpoint records; its name changes with it."""
    target = Target(id=endpoint, expected_version=None, caller=replace(ANA, request_id=request))
    revision = EndpointRevision(name=f"Hook {request}", host=urlsplit(url).hostname)
    world.program.do(lambda log: world.bitacora.facade.commands.endpoints.change(log, target=target, revision=revision))


def secrets(world: Subscribed) -> list[str]:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        return [str(row[0]) for row in connection.execute("SELECT subscription FROM endpoint_secrets")]


def letters(world: Subscribed) -> int:
    with closing(world.bitacora.store.connect_outbox()) as connection:
        sql = "SELECT count(*) FROM letters WHERE members <> '[]'"
        return int(connection.execute(sql)[0][0] or 0)
