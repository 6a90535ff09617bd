"""Addresses are asked once, links are for what they are for, and what is erased is gone."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from application.notifications.letters import MANAGE
from application.subscriptions.recipients import LinkPurpose, NoSuchLink, RecipientState
from domain.errors import NotFound
from domain.subscriptions.values import Preferences, Rhythm
from infrastructure.delivery.outbox import SendAttempt
from infrastructure.delivery.recipients import CONFIRM_HERE
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from tests.contracts.counting import counting
from tests.contracts.notifications.subscribed import Subscribed, subscribed

if TYPE_CHECKING:
    from uuid import UUID

    from application.subscriptions.recipients import Recipient
    from infrastructure.delivery.leased_delivery import LeasedDelivery

pytestmark = pytest.mark.both_stores

ANA = "ana@example.com"
ENGLISH, POLISH = Preferences(language="en"), Preferences(language="pl", rhythm=Rhythm.DAILY)


def mails(program: Subscribed) -> list[LeasedDelivery]:
    """Lease what is due, and mark it as sent."""
    now = program.clock.now()
    leased = list(program.notifier.outbox.lease(100, now, ()))
    accepted = WireAnswer(outcome=WireOutcome.ACCEPTED, text="ok", code=250)
    program.notifier.outbox.mark([SendAttempt(delivery=each, answer=accepted, at=now) for each in leased])
    return leased


def the_one(program: Subscribed, address: str = ANA) -> Recipient:
    """Give the only recipient of an address."""
    (found,) = program.notifier.recipients.find_address(address)
    return found


def link(program: Subscribed, purpose: LinkPurpose, id: UUID | None = None) -> str:
    """Give the secret of a link of now."""
    return program.notifier.recipients.link(id or the_one(program).subscription, purpose)


class TestWork:
    """Who asks learns nothing by how long it takes: the store does as much for each address."""

    def test_is_the_same_whatever_is_known_of_an_address(self, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with counting(monkeypatch) as counter, subscribed(database) as program:
            recipients = program.notifier.recipients
            program.subscribe("active@example.com")
            program.end(program.subscribe("ended@example.com"))
            recipients.ask("asked@example.com", ENGLISH)
            for _ in range(3):
                recipients.ask("often@example.com", ENGLISH)
                program.advance(minutes=11)
            program.notifier.suppressions.suppress("suppressed@example.com", "complaint")
            recipients.ask("recent@example.com", ENGLISH)
            before = len(program.notifier.outbox.lease(100, program.clock.now(), ()))

            work = {
                name: counter.during(lambda name=name: recipients.ask(f"{name}@example.com", POLISH))  # type: ignore[misc]
                for name in ("unknown", "active", "ended", "asked", "often", "suppressed", "recent")
            }

            assert len({each.statements for each in work.values()}) == 1, work
            sent = sorted(each.address for each in program.notifier.outbox.lease(100, program.clock.now(), ()))
            assert (before, sent) == (5, [f"{name}@example.com" for name in ("active", "asked", "ended", "unknown")])


class TestAsking:
    def test_sends_a_mail_that_asks(self, database: str) -> None:
        with subscribed(database) as program:
            program.notifier.recipients.ask(ANA, POLISH)

            (mail,) = mails(program)
            assert (mail.address, mail.language, mail.kind) == (ANA, "pl", "confirmation")
            assert json.loads(mail.body)["text"] == CONFIRM_HERE
            assert (the_one(program).state, the_one(program).wanted) == (RecipientState.ASKED, POLISH)

    def test_again_waits_ten_minutes(self, database: str) -> None:
        with subscribed(database) as program:
            program.notifier.recipients.ask(ANA, ENGLISH)
            program.advance(minutes=9, seconds=59)
            program.notifier.recipients.ask(ANA.upper(), POLISH)

            assert len(mails(program)) == 1
            assert the_one(program).wanted == ENGLISH

    def test_again_asks_for_what_is_wanted_now(self, database: str) -> None:
        with subscribed(database) as program:
            program.notifier.recipients.ask(ANA, ENGLISH)
            before = link(program, LinkPurpose.CONFIRM)
            program.advance(minutes=11)
            program.notifier.recipients.ask(ANA, POLISH)

            assert [mail.language for mail in mails(program)] == ["en", "pl"]
            assert the_one(program).wanted == POLISH
            with pytest.raises(NoSuchLink):
                program.notifier.recipients.open(before)

    def test_of_a_subscriber_sends_the_link_to_manage(self, database: str) -> None:
        with subscribed(database) as program:
            program.subscribe(ANA)
            mails(program)
            program.advance(minutes=11)
            manage = link(program, LinkPurpose.MANAGE)

            program.notifier.recipients.ask(ANA, POLISH)

            (mail,) = mails(program)
            assert (mail.kind, mail.blocked, json.loads(mail.body)["text"]) == ("already_subscribed", None, MANAGE)
            assert link(program, LinkPurpose.MANAGE) == manage
            assert the_one(program).wanted is None

    def test_brings_a_mailbox_three_mails_a_day_at_most(self, database: str) -> None:
        with subscribed(database) as program:
            sent: list[int] = []
            for _ in range(5):
                program.notifier.recipients.ask(ANA, ENGLISH)
                sent.append(len(mails(program)))
                program.advance(hours=1)
            program.advance(days=1)
            program.notifier.recipients.ask(ANA, ENGLISH)

            assert (sent, len(mails(program))) == ([1, 1, 1, 0, 0], 1)

    def test_of_a_suppressed_address_sends_nothing_and_keeps_nothing(self, database: str) -> None:
        with subscribed(database) as program:
            program.notifier.suppressions.suppress(ANA, "complaint")

            program.notifier.recipients.ask(ANA, ENGLISH)

            assert mails(program) == []
            assert program.notifier.recipients.find_address(ANA) == []

    def test_after_the_end_begins_another_subscription(self, database: str) -> None:
        with subscribed(database) as program:
            first = program.subscribe(ANA)
            program.end(first)
            program.advance(minutes=11)

            program.notifier.recipients.ask(ANA, ENGLISH)

            found = {each.state: each.subscription for each in program.notifier.recipients.find_address(ANA)}
            assert found[RecipientState.ENDED] == first
            assert found[RecipientState.ASKED] != first


class TestLinks:
    def test_open_what_they_are_for_and_no_longer_than_that(self, database: str) -> None:
        with subscribed(database) as program:
            recipients = program.notifier.recipients
            recipients.ask(ANA, ENGLISH)
            confirm = link(program, LinkPurpose.CONFIRM)
            assert recipients.open(confirm).purpose is LinkPurpose.CONFIRM
            for purpose in (LinkPurpose.MANAGE, LinkPurpose.UNSUBSCRIBE):
                with pytest.raises(NoSuchLink):
                    recipients.open(link(program, purpose))

            recipients.confirm(the_one(program).subscription)
            manage, unsubscribe = link(program, LinkPurpose.MANAGE), link(program, LinkPurpose.UNSUBSCRIBE)
            assert recipients.open(manage).recipient.address == ANA
            assert recipients.open(unsubscribe).purpose is LinkPurpose.UNSUBSCRIBE
            with pytest.raises(NoSuchLink):
                recipients.open(link(program, LinkPurpose.CONFIRM))

            recipients.end(the_one(program).subscription, erases=False)
            with pytest.raises(NoSuchLink):
                recipients.open(manage)

    def test_that_were_used_open_once_more_for_the_same(self, database: str) -> None:
        with subscribed(database) as program:
            recipients = program.notifier.recipients
            recipients.ask(ANA, ENGLISH)
            id, confirm = the_one(program).subscription, link(program, LinkPurpose.CONFIRM)
            recipients.confirm(id)
            assert recipients.open(confirm).recipient.state is RecipientState.ACTIVE
            unsubscribe = link(program, LinkPurpose.UNSUBSCRIBE)

            recipients.end(id, erases=True)

            assert recipients.open(unsubscribe).recipient.state is RecipientState.ENDED
            for gone in (confirm, link(program, LinkPurpose.UNSUBSCRIBE, id), link(program, LinkPurpose.MANAGE, id)):
                with pytest.raises(NoSuchLink):
                    recipients.open(gone)

    def test_to_confirm_are_valid_for_seven_days(self, database: str) -> None:
        with subscribed(database) as program:
            program.notifier.recipients.ask(ANA, ENGLISH)
            confirm = link(program, LinkPurpose.CONFIRM)
            program.advance(days=6, hours=23)
            assert program.notifier.recipients.open(confirm).recipient.wanted == ENGLISH
            program.advance(hours=1)

            with pytest.raises(NoSuchLink):
                program.notifier.recipients.open(confirm)

    @pytest.mark.parametrize("secret", ["", "x", "0" * 32 + "m" + "0" * 64, "0" * 32 + "x" + "0" * 64, "é" * 97])
    def test_that_nobody_was_given_open_nothing(self, database: str, secret: str) -> None:
        with subscribed(database) as program, pytest.raises(NoSuchLink):
            program.notifier.recipients.open(secret)

    def test_of_nobody_are_not_there(self, database: str) -> None:
        with subscribed(database) as program:
            unknown = program.subscribe(ANA)
            program.notifier.recipients.ask("ewa@example.com", ENGLISH)
            with pytest.raises(NotFound):
                program.notifier.recipients.link(type(unknown)(int=1), LinkPurpose.MANAGE)


class TestForgetting:
    def test_by_erasing_leaves_no_address_behind(self, database: str) -> None:
        with subscribed(database) as program:
            id = program.subscribe(ANA)
            now = program.clock.now()
            refused = WireAnswer(outcome=WireOutcome.REFUSED, text=f"554 <{ANA}> is full", code=554)
            leased = program.notifier.outbox.lease(100, now, ())
            program.notifier.outbox.mark([SendAttempt(delivery=each, answer=refused, at=now) for each in leased])

            program.notifier.recipients.end(id, erases=True)

            assert program.notifier.recipients.find_address(ANA) == []
            with closing(program.bitacora.store.connect_outbox()) as connection:
                assert ANA not in str(connection.execute("SELECT * FROM recipients"))
                assert ANA not in str(connection.execute("SELECT * FROM deliveries"))
