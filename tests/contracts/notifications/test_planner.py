"""Each subscriber whom an announcement concerns is planned for, once, whatever happens to the planner."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import pytest

from application.targets import Target
from domain.impact import Level, Status
from domain.incidents.values import Correction
from domain.subscriptions.values import Channel, Rhythm
from infrastructure.delivery.cursor import DeliveryCursor, find_cursor
from infrastructure.delivery.planned_rows import EARLIER, INSERT
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from infrastructure.queries.announced import SqlAnnouncedQueries
from infrastructure.queries.subscribers import AFTER
from infrastructure.store.base import inserting, instant
from infrastructure.store.postgres_connection import PostgresConnection
from tests.application.program import ANA, IMPORTS, LABELS
from tests.contracts.notifications.subscribed import InterruptedLetters, PlainLetters, subscribed

if TYPE_CHECKING:
    from uuid import UUID

    from infrastructure.store.base import Value
    from tests.contracts.notifications.subscribed import Subscribed

BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)
MANY, ASKED = 16_000, 500
SUBSCRIBED = {
    "subscription": "key",
    "channel": "key",
    "active": "flag",
    "language": "key",
    "preferences": "document",
    "from_position": "number",
}
SUBSCRIBE = inserting("subscribers", SUBSCRIBED)
CORRECTED = "incident_corrected"
PUBLISHED, UPDATED, RESOLVED = "incident_published", "incident_updated", "incident_resolved"


class TestManyDeliveries:
    def test_are_not_looked_through_for_each_subscriber(self, database: str) -> None:
        with subscribed(database) as world:
            now = instant(world.clock.now())
            start, end = ("n", "thing", "instant", 1, "email", "en", "relay", "letter"), ("sent", 1, now, now)
            rows = [(f"{number:032}", f"s-{number}", *start, *end) for number in range(MANY)]
            with closing(world.bitacora.store.connect_outbox()) as connection:
                connection.run(INSERT, rows)
                asked = [(f"s-{number}", instant(BEFORE_ALL), 1) for number in range(ASKED)]
                is_postgres = isinstance(connection, PostgresConnection)
                explain = "EXPLAIN (ANALYZE, TIMING OFF)" if is_postgres else "EXPLAIN QUERY PLAN"
                plan = connection.run(replace(EARLIER, sql=f"{explain} {EARLIER.sql}"), asked)
                found = len(connection.run(EARLIER, asked))

            steps = [str(row[-1]) for row in plan]
            repeated = [int(each) for step in steps for each in re.findall(r"loops=(\d+)", step)]
            assert found == ASKED
            assert max(repeated, default=0) <= ASKED
            assert is_postgres or any("SEARCH deliveries USING INDEX deliveries_of_subscription" in s for s in steps)


class TestManySubscribers:
    def test_are_not_all_read_for_each_piece(self, database: str) -> None:
        with subscribed(database) as world:
            world.bitacora.follower.catch_up()
            rows = [(f"s-{number:05}", "email", 1, "en", "{}", 1) for number in range(MANY)]
            with closing(world.bitacora.store.connect_views()) as connection:
                connection.run(SUBSCRIBE, rows)
                is_postgres = isinstance(connection, PostgresConnection)
                # Of what came just now the server knows nothing yet.
                connection.execute("ANALYZE subscribers")
                explain = "EXPLAIN (ANALYZE, TIMING OFF)" if is_postgres else "EXPLAIN QUERY PLAN"
                wanted: dict[str, Value] = {"at": 1, "after": "s-00010", "limit": ASKED}
                plan = connection.execute(f"{explain} {AFTER}", wanted)
                found = connection.execute(AFTER, wanted)

            steps = [str(row[-1]) for row in plan]
            read = [float(each) for step in steps for each in re.findall(r"actual rows=([\d.]+)", step)]
            assert [row[0] for row in found] == [f"s-{number:05}" for number in range(11, 11 + ASKED)]
            assert max(read, default=0) <= ASKED
            assert is_postgres or any("SEARCH subscribers USING INDEX subscribers_now" in step for step in steps)

    @pytest.mark.parametrize("number", [1, 3, 4, 5, 8, 9])
    def test_are_planned_for_once_however_many_are_read_ahead(
        self, database: str, number: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("infrastructure.delivery.planner.PIECE", 2)
        monkeypatch.setattr("infrastructure.delivery.planner.AHEAD", 2)
        with subscribed(database) as world:
            world.program.register(LABELS)
            addresses = [f"reader-{place}@example.com" for place in range(number)]
            for address in addresses:
                world.subscribe(address)
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()

            assert sorted(world.send()) == [(address, "en", (PUBLISHED,)) for address in addresses]


class TestCorrections:
    def test_are_told_where_they_say_so_also_in_a_digest(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.subscribe("now@example.com")
            world.subscribe("later@example.com", rhythm=Rhythm.HOURLY)

            # Nothing was said of it before anybody was notified of corrections.
            correct(world, incident, Correction(title={"en": "Of before"}), notify=None)
            correct(world, incident, Correction(title={"en": "Quiet"}), notify=False)
            correct(world, incident, Correction(update=1, message={"en": "Labels fail."}), notify=True)
            world.plan()
            at_once = world.send()
            world.advance(hours=1)
            world.plan()

            assert at_once == [("now@example.com", "en", (CORRECTED,))]
            assert world.send() == [("later@example.com", "en", (CORRECTED,))]

    def test_of_what_readers_do_not_see_are_told_to_nobody(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            hidden = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE}, publish=False)
            world.program.update(incident, message="For us.", internal=True)
            world.plan()
            world.subscribe()

            correct(world, incident, Correction(update=2, message={"en": "For us alone."}), notify=True)
            correct(world, hidden, Correction(title={"en": "Hidden"}), notify=True)
            world.plan()

            assert world.send() == []

    def test_are_not_what_a_signal_changes(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            incident = world.program.fire("f1", markets=("ES",)).incident
            assert incident is not None
            world.program.do(
                lambda log: world.bitacora.facade.commands.incidents.publish(
                    log,
                    target=Target(id=incident, expected_version=None, caller=ANA),
                    reason="Known.",
                    title={"en": "Labels"},
                    message={"en": "They fail."},
                )
            )
            world.plan()
            world.subscribe()

            world.program.fire("f2", markets=("PL",))
            world.plan()

            assert world.send() == []


def correct(world: Subscribed, incident: UUID, correction: Correction, *, notify: bool | None) -> None:
    """Let Ana correct something."""
    target = Target(id=incident, expected_version=None, caller=replace(ANA, notify=notify))
    world.program.do(
        lambda log: world.bitacora.facade.commands.incidents.correct(
            log, target=target, correction=correction, reason="It was wrong."
        )
    )


class TestSubscribers:
    def test_are_notified_of_what_concerns_them(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.program.register(IMPORTS, group="warehouse")
            world.subscribe("all@example.com")
            world.subscribe("labels@example.com", components=(LABELS,), language="es")
            world.subscribe("imports@example.com", components=(IMPORTS,))
            world.subscribe("carriers@example.com", groups=("carriers",), language="pl")
            world.subscribe("critical@example.com", impact=Level.CRITICAL)
            world.register()

            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()

            assert world.send() == [
                ("all@example.com", "en", (PUBLISHED,)),
                ("carriers@example.com", "pl", (PUBLISHED,)),
                ("https://hooks.example.com/a", "en", (PUBLISHED,)),
                ("labels@example.com", "es", (PUBLISHED,)),
            ]

    def test_are_notified_of_nothing_that_was_before_them(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.subscribe()

            world.plan()

            assert world.send() == []

    def test_are_notified_of_nothing_after_they_left(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            subscription = world.subscribe()
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.end(subscription)
            world.update(incident, "It goes on.")
            world.plan()

            assert world.send() == []
            assert world.states() == [("instant", "dropped")]

    def test_are_notified_of_the_end_if_they_were_of_the_beginning(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.program.register(IMPORTS)
            world.subscribe(components=(LABELS,))
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.send()
            world.advance(minutes=2)
            world.update(
                incident, "Only imports are.", components={IMPORTS: Status.PARTIAL_OUTAGE, LABELS: Status.OPERATIONAL}
            )
            world.plan()
            world.send()
            world.advance(hours=1)
            world.program.resolve(incident)
            world.plan()

            assert world.send() == [("ana@example.com", "en", (RESOLVED,))]


class TestPlanning:
    def test_again_notifies_nobody_again(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.send()

            with closing(world.bitacora.store.connect_outbox()) as connection:
                connection.execute("UPDATE delivery_cursor SET position = 0")
            world.plan()

            assert world.send() == []
            assert world.states() == [("instant", "sent")]

    def test_begins_at_the_end_if_the_cursor_is_lost(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            with closing(world.bitacora.store.connect_outbox()) as connection:
                connection.execute("DELETE FROM delivery_cursor")
            world.plan()

            assert world.send() == []

    def test_is_recorded_with_how_many_are_notified(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe("a@example.com")
            world.subscribe("b@example.com", language="es")
            world.subscribe("c@example.com", language="es")
            world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()

            assert world.program.recorded()[-1] == "notification.planned"
            assert world.program.events()[-1].counts == {"email/en": 1, "email/es": 2}  # type: ignore[attr-defined]


class TestNobody:
    def test_has_subscribed_so_that_nothing_is_read_of_what_was_announced(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("infrastructure.delivery.planner.FAR", 2)
        with subscribed(database) as world:
            world.program.register(LABELS)
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.bitacora.follower.catch_up()
            with monkeypatch.context() as patch:
                patch.setattr(SqlAnnouncedQueries, "following", _never_asked)
                world.plan()
            last = world.bitacora.follower.position
            with world.bitacora.store.reading_log() as reading:
                cursor = find_cursor(reading)
            world.subscribe()
            world.update(incident, "It goes on.")
            world.plan()

            assert cursor == DeliveryCursor(position=last)
            assert world.send() == [("ana@example.com", "en", (UPDATED,))]


def _never_asked(*_: object) -> NoReturn:
    raise AssertionError("it was read what was announced")


class TestTwoPlanners:
    def test_never_take_what_one_looks_at_again_for_what_the_other_has_next(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A piece has the last subscribers of an event apart from its end.
        monkeypatch.setattr("infrastructure.delivery.planner.PIECE", 2)
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.program.register(IMPORTS)
            for name in ("ana", "ben", "cho"):
                world.subscribe(f"{name}@example.com")
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.program.declare(components={IMPORTS: Status.PARTIAL_OUTAGE})
            world.update(incident, "It goes on.")
            world.bitacora.follower.catch_up()
            sent: list[tuple[str, str, tuple[str, ...]]] = []

            def send() -> None:
                sent.extend(world.send())

            def step() -> None:
                if sent:
                    other.step()

            composed: list[None] = []

            def compose() -> None:
                composed.append(None)
                if len(composed) == 2:
                    send()

            # While the update is composed, the e-mail is sent that it would have replaced: it is planned again.
            other = world.planner_with(PlainLetters())
            first = world.planner_with(InterruptedLetters(compose), planned=step)
            first.step()
            while first.step() or other.step():
                pass
            world.advance(hours=1)
            send()

            assert sorted(sent) == [
                (f"{name}@example.com", "en", (kind,))
                for name in ("ana", "ben", "cho")
                for kind in (PUBLISHED, PUBLISHED, UPDATED)
            ]


class TestMails:
    def test_that_follow_within_a_minute_go_as_one(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            first = world.send()
            world.advance(seconds=20)
            world.update(incident, "One.")
            world.plan()
            world.advance(seconds=20)
            world.update(incident, "Two.")
            world.plan()
            early = world.send()
            world.advance(seconds=20)

            assert first == [("ana@example.com", "en", (PUBLISHED,))]
            assert early == []
            assert world.send() == [("ana@example.com", "en", (UPDATED, UPDATED))]

    def test_that_nobody_could_send_are_replaced_by_the_next(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            world.register()
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.advance(minutes=5)
            world.update(incident, "One.")
            world.plan()

            assert world.send() == [
                ("ana@example.com", "en", (PUBLISHED, UPDATED)),
                ("https://hooks.example.com/a", "en", (PUBLISHED,)),
                ("https://hooks.example.com/a", "en", (UPDATED,)),
            ]

    def test_of_a_rhythm_come_together(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe("hourly@example.com", rhythm=Rhythm.HOURLY)
            world.subscribe("daily@example.com", rhythm=Rhythm.DAILY)
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.advance(minutes=10)
            world.update(incident, "One.")
            world.plan()
            at_once = world.send()
            world.advance(minutes=50)
            world.plan()
            hourly = world.send()
            world.advance(hours=21)
            world.plan()

            assert at_once == []
            assert hourly == [("hourly@example.com", "en", (PUBLISHED, UPDATED))]
            assert world.send() == [("daily@example.com", "en", (PUBLISHED, UPDATED))]

    def test_wait_for_a_digest_after_five_in_an_hour_but_for_an_end(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            sent: list[object] = []
            for number in range(8):
                world.plan()
                sent.append(len(world.send()))
                world.advance(minutes=2)
                world.update(incident, f"Number {number}.")
            world.plan()
            sent.append(len(world.send()))
            world.program.resolve(incident)
            world.plan()

            assert sent == [1, 1, 1, 1, 1, 0, 0, 0, 0]
            assert world.send() == [("ana@example.com", "en", (*[UPDATED] * 4, RESOLVED))]

    def test_are_sent_no_more_to_a_mailbox_that_is_not_there(self, database: str) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.subscribe()
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.send(lambda _: WireAnswer(outcome=WireOutcome.NO_ADDRESS, text="5.1.1 no such user", code=550))
            world.update(incident, "One.")
            world.plan()

            assert world.send() == []
            assert world.states() == [("instant", "failed")]
            assert "subscription.ended" in world.program.recorded()


class TestEndpoints:
    @pytest.mark.parametrize("channel", [Channel.WEBHOOK, Channel.SLACK, Channel.TEAMS])
    def test_that_are_gone_are_disabled(self, database: str, channel: Channel) -> None:
        with subscribed(database) as world:
            world.program.register(LABELS)
            world.register(channel=channel)
            incident = world.program.declare(components={LABELS: Status.PARTIAL_OUTAGE})
            world.plan()
            world.send(lambda _: WireAnswer(outcome=WireOutcome.GONE, text="gone", code=410))
            world.update(incident, "One.")
            world.plan()

            assert world.send() == []
            assert "endpoint.disabled" in world.program.recorded()
