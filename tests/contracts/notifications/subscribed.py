"""A program whose subscribers are planned for step by step, with plain letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.changes.announcements import Announcement
from application.ids import new_id
from application.notifications.letters import Letters, MailLetter
from application.subscriptions.commands import EndpointRegistration
from application.targets import Target
from domain.impact import Status
from domain.subscriptions.values import Channel, EndReason, NotificationScope, Preferences, Rhythm
from infrastructure.bootstrap import Bitacora
from infrastructure.delivery.leased_delivery import LeasedDelivery
from infrastructure.delivery.outbox import SendAttempt
from infrastructure.delivery.planner import Planner
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from infrastructure.queries.announced import SqlAnnouncedQueries
from infrastructure.queries.subscribers import SqlSubscriberQueries
from tests.application.program import ANA, FrozenClock, Program, at, running

READER = Caller(actor="reader", source="site", request_id="request-3")
ACCEPTED = WireAnswer(outcome=WireOutcome.ACCEPTED, text="ok", code=250)


@dataclass(frozen=True)
class PlainComposed:
    """The kinds of what was announced, in order."""

    kinds: tuple[str, ...]
    rhythm: Rhythm | None = None

    def write(self, channel: Channel, language: str) -> str:
        """Write them."""
        said = {"channel": str(channel), "language": language, "kinds": self.kinds}
        return json.dumps(said | ({"rhythm": str(self.rhythm)} if self.rhythm else {}))


class PlainLetters:
    """Letters that say no more than what was announced."""

    def compose(self, announcements: Sequence[Announcement], position: int) -> PlainComposed:
        """Name the kinds."""
        assert all(each.position <= position for each in announcements)
        return PlainComposed(tuple(str(each.change.kind) for each in announcements))

    def compose_digest(self, announcements: Sequence[Announcement], position: int, rhythm: Rhythm) -> PlainComposed:
        """Name the kinds, and the rhythm."""
        return PlainComposed(self.compose(announcements, position).kinds, rhythm)

    def write_confirmation(self, language: str, link: str) -> MailLetter:
        """Give the link."""
        return {"subject": f"Confirm ({language})", "text": link, "html": link, "thing": ""}

    def write_already_subscribed(self, language: str, link: str) -> MailLetter:
        """Give the link."""
        return {"subject": f"Subscribed ({language})", "text": link, "html": link, "thing": ""}


class InterruptedLetters(PlainLetters):
    """Plain letters, during which something else can happen."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        """Call ``interrupt`` before each letter."""
        self._interrupt = interrupt

    def compose(self, announcements: Sequence[Announcement], position: int) -> PlainComposed:
        """Name the kinds."""
        self._interrupt()
        return super().compose(announcements, position)


class Subscribed:
    """A program with subscribers, an outbox and a planner."""

    def __init__(self, program: Program) -> None:
        """Plan with plain letters."""
        self.program = program
        self.bitacora: Bitacora = program.bitacora
        self.notifier = self.bitacora.notifier
        self.planner: Planner = self.notifier.write_with(PlainLetters())
        self.clock: FrozenClock = program.clock

    def subscribe(
        self,
        address: str = "ana@example.com",
        *,
        language: str = "en",
        rhythm: Rhythm = Rhythm.INSTANT,
        **scope: Any,  # noqa: ANN401 - the fields of a scope
    ) -> UUID:
        """Let a reader ask, and confirm from the mailbox."""
        wanted = Preferences(language=language, rhythm=rhythm, scope=NotificationScope(**scope))
        self.notifier.recipients.ask(address, wanted)
        (recipient,) = self.notifier.recipients.find_address(address)
        self.program.do(
            lambda log: self.bitacora.facade.commands.subscriptions.confirm(
                log, id=recipient.subscription, preferences=wanted, caller=READER
            )
        )
        self.notifier.recipients.confirm(recipient.subscription)
        return recipient.subscription

    def register(self, url: str = "https://hooks.example.com/a", channel: Channel = Channel.WEBHOOK) -> UUID:
        """Let Ana register an endpoint."""
        id = new_id(self.clock.now())
        secret = self.notifier.recipients.new_secret() if channel is Channel.WEBHOOK else None
        self.notifier.recipients.add_endpoint(id, channel, url, secret)
        registration = EndpointRegistration(
            name=url, channel=channel, host="hooks.example.com", preferences=Preferences(language="en")
        )
        self.program.do(
            lambda log: self.bitacora.facade.commands.endpoints.register(
                log, id=id, registration=registration, caller=ANA
            )
        )
        return id

    def end(self, subscription: UUID) -> None:
        """Let a reader leave."""
        target = Target(id=subscription, expected_version=None, caller=READER)
        self.program.do(
            lambda log: self.bitacora.facade.commands.subscriptions.end(log, target=target, reason=EndReason.READER)
        )
        self.notifier.recipients.end(subscription, erases=False)

    def update(self, incident: UUID, message: str, components: Mapping[str, Status] | None = None) -> None:
        """Let Ana write an update."""
        self.program.update(incident, message=message, components=components)

    def planner_with(self, letters: Letters, planned: Callable[[], None] = lambda: None) -> Planner:
        """Give a planner as another process has one, which calls ``planned`` when it has written something."""
        store = self.bitacora.store
        return Planner(
            store,
            SqlAnnouncedQueries(store),
            SqlSubscriberQueries(store),
            letters,
            clock=self.clock,
            zone=UTC,
            visible=lambda: self.bitacora.follower.position,
            planned=planned,
        )

    def plan(self) -> None:
        """Let the views follow, and plan all."""
        self.bitacora.follower.catch_up()
        while self.planner.step():
            pass
        # What was noted is an event, too, of which nobody is notified.
        self.bitacora.follower.catch_up()
        assert not self.planner.step()

    def send(
        self, answer: Callable[[LeasedDelivery], WireAnswer] = lambda _: ACCEPTED
    ) -> list[tuple[str, str, tuple[str, ...]]]:
        """Send what is due, but for confirmations, and give to whom, in which language, of what."""
        found: list[tuple[str, str, tuple[str, ...]]] = []
        while leased := self.notifier.outbox.lease(100, self.clock.now(), ()):
            self.notifier.outbox.mark(
                [SendAttempt(delivery=each, answer=answer(each), at=self.clock.now()) for each in leased]
            )
            found += [
                (each.address, each.language, tuple(json.loads(each.body)["kinds"]))
                for each in leased
                if each.kind != "confirmation"
            ]
        return sorted(found)

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**span))

    def states(self) -> list[tuple[str, str]]:
        """Give kind and state of every delivery, in the order in which they were planned."""
        sql = "SELECT kind, state FROM deliveries WHERE kind <> 'confirmation' ORDER BY planned_at, position, delivery"
        with closing(self.bitacora.store.connect_outbox()) as connection:
            return [(str(kind), str(state)) for kind, state in connection.execute(sql)]


@contextmanager
def subscribed(database: str, **settings: Any) -> Iterator[Subscribed]:  # noqa: ANN401 - settings
    """Run such a program on a store."""
    with running(database, FrozenClock(at("10:00")), **settings) as program:
        yield Subscribed(program)
