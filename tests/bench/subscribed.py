"""Thousands of subscribers, and what notifies them, in this process."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from api.notifications.letters.site_letters import SiteLetters
from application.ids import new_id
from application.incidents.commands import Declaration, News
from application.targets import Target
from domain.impact import Status
from domain.subscriptions.values import Channel, NotificationScope, Preferences
from infrastructure.clock import SystemClock
from infrastructure.store.base import BulkStatement, instant
from tests.bench.filling import ANA, SAID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.log import Log
    from infrastructure.bootstrap import Bitacora
    from infrastructure.delivery.planner import Planner

LANGUAGES = ("en", "es", "pl", "pt")
COMPONENT = "component-000"
SCOPES = (NotificationScope(), NotificationScope(components=(COMPONENT,)))
SECTION = 500
ADD = BulkStatement(
    sql="""
    INSERT INTO recipients (
        subscription, channel, address, address_digest, state, generation, asked_at, refused
    ) SELECT column1, 'email', column2, column1, 'active', 1, column3, 0 FROM {given} WHERE true
    """,
    columns=("key", "text", "instant"),
)


class Subscribers:
    """Mailboxes that are notified of one component."""

    def __init__(self, bitacora: Bitacora, count: int) -> None:
        """Let so many subscribe, in four languages."""
        self.bitacora, self.count = bitacora, count
        ids = [new_id(SystemClock().now()) for _ in range(count)]
        for first in range(0, count, SECTION):
            bitacora.writer.call(partial(self._confirm, ids[first : first + SECTION]))
        now = instant(SystemClock().now())
        with closing(bitacora.store.connect_outbox()) as connection:
            connection.run(ADD, [(str(id), f"{id}@example.com", now) for id in ids])
        bitacora.follower.catch_up()

    def planner(self) -> Planner:
        """Give what plans for them, in the words of the site; all that was announced before is planned."""
        planner = self.bitacora.notifier.write_with(SiteLetters(self.bitacora.facade))
        plan(planner)
        return planner

    def declare(self) -> UUID:
        """Let an incident on that component be published."""
        id = self.bitacora.writer.call(self._declare)
        self.bitacora.follower.catch_up()
        return id

    def update(self, incident: UUID) -> None:
        """Let more be said of it."""
        self.bitacora.writer.call(partial(self._update, incident))
        self.bitacora.follower.catch_up()

    def _confirm(self, ids: Sequence[UUID], log: Log) -> None:
        commands = self.bitacora.facade.commands.subscriptions
        for number, id in enumerate(ids):
            wanted = Preferences(language=LANGUAGES[number % 4], scope=SCOPES[number % 2])
            wanted.require_valid(Channel.EMAIL)
            commands.confirm(log, id=id, preferences=wanted, caller=ANA)

    def _declare(self, log: Log) -> UUID:
        declaration = Declaration(
            title=SAID, message=SAID, components={COMPONENT: Status.PARTIAL_OUTAGE}, request_policies={}
        )
        return self.bitacora.facade.commands.incidents.declare(log, declaration=declaration, caller=ANA).id

    def _update(self, incident: UUID, log: Log) -> None:
        target = Target(id=incident, expected_version=None, caller=ANA)
        self.bitacora.facade.commands.incidents.update(log, target=target, news=News(message=SAID, components={}))


def plan(planner: Planner) -> None:
    """Plan all that was announced."""
    while planner.step():
        pass
