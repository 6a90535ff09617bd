"""What the planner reads and writes: subscribers, earlier deliveries, letters, and the rows of new ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from domain.subscriptions.values import Channel
from infrastructure.delivery.timing import HOUR, EarlierDelivery
from infrastructure.store.base import BulkStatement, instant, moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from application.notifications.reach import Subscriber
    from infrastructure.store.base import Connection, Value

Member = tuple[str, str, int]
"""What a letter is about: a thing, the entry that is announced of it, and the position of its event."""
RELAY = "relay"
"""Stands for the host of all e-mails, in the rate at which each host gets messages."""
# The limit keeps PostgreSQL from looking through all deliveries for each subscriber: of a table that has just been
# filled it expects that hardly a row is an e-mail.
EARLIER = BulkStatement(
    sql="""
    SELECT delivery, subscription, thing, planned_at, due, state, attempts, kind, letter FROM (
        SELECT deliveries.delivery, deliveries.subscription, deliveries.thing, deliveries.planned_at, deliveries.due,
            deliveries.state, deliveries.attempts, deliveries.kind, deliveries.channel, deliveries.letter
        FROM {given} CROSS JOIN deliveries
        WHERE deliveries.subscription = given.column1 AND deliveries.planned_at > given.column2
            AND deliveries.position <= given.column3
        LIMIT 1000000000
    ) AS earlier
    WHERE channel = 'email' AND state IN ('due', 'waiting', 'sent')
        AND kind NOT IN ('confirmation', 'already_subscribed')
    """,
    columns=("key", "instant", "number"),
)
"""The e-mails of subscribers that are not older than an instant, and about nothing behind a position."""
MEMBERS = BulkStatement(sql="SELECT letter, members FROM letters WHERE letter {among}", columns=("key",))
NOTIFIED_OF = BulkStatement(
    sql="""
    SELECT DISTINCT deliveries.subscription FROM {given} CROSS JOIN deliveries
    WHERE deliveries.thing = given.column1 AND deliveries.subscription = given.column2
    """,
    columns=("key", "key"),
)
COLUMNS = {
    "delivery": "key",
    "subscription": "key",
    "notification": "key",
    "thing": "key",
    "kind": "key",
    "position": "number",
    "channel": "key",
    "language": "key",
    "host": "key",
    "letter": "key",
    "state": "key",
    "attempts": "number",
    "due": "instant",
    "planned_at": "instant",
}
INSERT = BulkStatement(
    sql=f"INSERT INTO deliveries ({', '.join(COLUMNS)}) SELECT * FROM {{given}} WHERE true ON CONFLICT DO NOTHING",
    columns=tuple(COLUMNS.values()),
)
LETTER_COLUMNS = {"letter": "key", "channel": "key", "members": "document", "body": "text", "written_at": "instant"}
INSERT_LETTERS = BulkStatement(
    sql=f"INSERT INTO letters ({', '.join(LETTER_COLUMNS)}) SELECT * FROM {{given}} WHERE true ON CONFLICT DO NOTHING",
    columns=tuple(LETTER_COLUMNS.values()),
)
REPLACE = BulkStatement(
    sql="""
    UPDATE deliveries SET state = 'superseded', part_of = given.column2, finished_at = given.column3
    FROM {given} WHERE deliveries.delivery = given.column1
        AND (deliveries.state = 'waiting' OR deliveries.state = 'due' AND deliveries.attempts = 0)
    RETURNING deliveries.delivery
    """,
    columns=("key", "key", "instant"),
)
BACKLOG = 24 * HOUR
"""How old an e-mail can be that is still replaced, because nobody could lease it."""


@dataclass(frozen=True, kw_only=True)
class NewLetter:
    """Finished words of a channel, and what they are about."""

    channel: Channel
    members: tuple[Member, ...]
    body: str

    @cached_property
    def id(self) -> str:
        """Its id: equal words about the same are one letter."""
        return sha256(f"{self.channel}/{json.dumps(self.members)}/{self.body}".encode()).hexdigest()[:32]

    def row(self, now: datetime) -> tuple[Value, ...]:
        """Give its row."""
        return self.id, str(self.channel), json.dumps(self.members), self.body, instant(now)


def earlier_mails(
    connection: Connection, subscribers: Iterable[Subscriber], now: datetime, position: int
) -> Mapping[str, Sequence[EarlierDelivery]]:
    """Give the e-mails that were planned before and still matter, by who gets them.

    Another process may have planned what is behind the ``position``; then nothing of this is written.
    """
    since = instant(now - BACKLOG)
    mailed = [(each.subscription, since, position) for each in subscribers if each.channel is Channel.EMAIL]
    rows = connection.run(EARLIER, mailed)
    members = _members(connection, {str(row[8]) for row in rows})
    found: dict[str, list[EarlierDelivery]] = {}
    for id, subscription, thing, planned_at, due, state, attempts, kind, letter in rows:
        found.setdefault(str(subscription), []).append(
            EarlierDelivery(
                id=str(id),
                thing=str(thing),
                planned_at=moment(planned_at),
                due=moment(due),
                waits=state == "waiting",
                can_be_replaced=state == "due" and not attempts,
                is_instant=kind == "instant" and state != "waiting",
                members=members.get(str(letter), ()),
            )
        )
    return found


def _members(connection: Connection, letters: Collection[str]) -> Mapping[str, tuple[Member, ...]]:
    """Give what letters are about; many deliveries share one."""
    rows = connection.run(MEMBERS, [(each,) for each in sorted(letters)])
    return {
        str(letter): tuple((str(thing), str(entry), int(at)) for thing, entry, at in json.loads(str(members)))
        for letter, members in rows
    }


def notified_of(connection: Connection, thing: str, subscribers: Iterable[Subscriber]) -> set[str]:
    """Give those of some subscribers who were notified of a thing before."""
    rows = [(thing, each.subscription) for each in subscribers]
    return {str(row[0]) for row in connection.run(NOTIFIED_OF, rows)} if rows else set()
