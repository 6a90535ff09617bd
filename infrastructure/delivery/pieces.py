"""The deliveries that are written in one transaction: those of a piece of an announcement, and of some digests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.notifications.reach import ENDS
from domain.subscriptions.values import Channel, Rhythm
from infrastructure.delivery.identifiers import delivery_id
from infrastructure.delivery.planned_rows import (
    INSERT,
    INSERT_LETTERS,
    RELAY,
    REPLACE,
    NewLetter,
    earlier_mails,
    notified_of,
)
from infrastructure.delivery.timing import Timing, time_mail
from infrastructure.store.base import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from application.changes.announcements import Announcement
    from application.notifications.reach import AnnouncedEvent, Subscriber
    from application.ports import Clock
    from infrastructure.delivery.composer import Composer
    from infrastructure.delivery.planned_rows import Member
    from infrastructure.delivery.timing import EarlierDelivery
    from infrastructure.store.base import Connection, Value

OF_ANNOUNCEMENT = "announcement"
"""Of what a message to a subscriber is, in its id."""
DIGEST = "digest"
DIGESTS = 100
"""Of how many subscribers the digests are made in one piece."""
# Another process, whose views are ahead, may have planned what cannot be read here yet.
WAITING = """
    SELECT deliveries.subscription, deliveries.delivery, deliveries.kind, deliveries.language, deliveries.position,
        letters.members
    FROM deliveries JOIN letters ON letters.letter = deliveries.letter
    WHERE deliveries.state = 'waiting' AND deliveries.subscription IN (
        SELECT subscription FROM deliveries WHERE state = 'waiting' AND due <= :now AND position <= :position
        GROUP BY subscription ORDER BY subscription LIMIT :limit
    ) AND deliveries.position <= :position
    ORDER BY deliveries.subscription, deliveries.position, deliveries.delivery
"""


@dataclass(kw_only=True)
class PlannedPiece:
    """What is written in one transaction."""

    now: datetime
    letters: dict[str, NewLetter] = field(default_factory=dict)
    rows: list[tuple[Value, ...]] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    """The ids of e-mails that are replaced, with that of the one which takes the place of each."""

    def add(
        self,
        letter: NewLetter,
        *,
        id: str,
        subscriber: tuple[str, str, str],
        about: tuple[str, str, int],
        kind: str,
        timing: Timing,
    ) -> None:
        """Add a delivery to a ``subscriber`` (id, language, host) ``about`` an announcement (id, thing, position)."""
        subscription, language, host = subscriber
        notification, thing, position = about
        self.letters[letter.id] = letter
        self.replaced |= {each.id: id for each in timing.replaces if each.id != id}
        self.rows.append(
            (
                *(id, subscription, notification, thing, kind, position, str(letter.channel), language, host),
                *(letter.id, "waiting" if timing.waits else "due", 0, instant(timing.due), instant(self.now)),
            )
        )

    def write(self, connection: Connection, now: datetime) -> bool:
        """Write it, inside a transaction; false if an e-mail was leased meanwhile that it would replace."""
        replaced = [(old, new, instant(now)) for old, new in self.replaced.items()]
        if replaced and len(connection.run(REPLACE, replaced)) != len(replaced):
            return False
        if self.rows:
            connection.run(INSERT_LETTERS, [each.row(now) for each in self.letters.values()])
            connection.run(INSERT, self.rows)
        return True


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What a message is about, worked out once for all who get it: announcements of one event, and the id of the last.

    The ``members`` are in order.
    """

    announced: Sequence[Announcement]
    members: tuple[Member, ...]
    notification: str


class PiecePlanner:
    """Decides who gets what, and when."""

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        """Let days begin on the clocks of ``zone``."""
        self._clock, self._zone = clock, zone

    def of_news(
        self, connection: Connection, composer: Composer, news: AnnouncedEvent, subscribers: Sequence[Subscriber]
    ) -> PlannedPiece:
        """Plan for some subscribers what is announced with one event."""
        piece = PlannedPiece(now=self._clock.now())
        earlier = earlier_mails(connection, subscribers, piece.now, news.position)
        ends = [each for each in news.announcements if each.change.kind in ENDS]
        before = {each.id: notified_of(connection, each.thing, subscribers) for each in ends}
        whole = _part(composer, news.announcements)
        for subscriber in subscribers:
            part = whole
            if not news.reach.concerns(subscriber.preferences.scope):
                part = _part(composer, [each for each in ends if subscriber.subscription in before[each.id]])
            if subscriber.channel is not Channel.EMAIL:
                for each in part.announced:
                    self._add(piece, composer, subscriber, _part(composer, [each]), Timing(due=piece.now))
            elif part.announced:
                self._add_mail(piece, composer, subscriber, part, earlier.get(subscriber.subscription, ()))
        return piece

    def of_digests(self, connection: Connection, composer: Composer) -> PlannedPiece:
        """Put what waited into one e-mail, for each of some subscribers whose time has come."""
        piece = PlannedPiece(now=self._clock.now())
        wanted: dict[str, Value] = {"now": instant(piece.now), "position": composer.position, "limit": DIGESTS}
        rows = connection.execute(WAITING, wanted)
        for subscription in dict.fromkeys(str(row[0]) for row in rows):
            waited = [row for row in rows if str(row[0]) == subscription]
            ids = [str(row[1]) for row in waited]
            id = delivery_id(subscription, ids[0], DIGEST)
            rhythm = Rhythm.DAILY if any(str(row[2]) == Rhythm.DAILY for row in waited) else Rhythm.HOURLY
            members = _ordered(
                (str(thing), str(entry), int(at)) for row in waited for thing, entry, at in json.loads(str(row[5]))
            )
            language = str(waited[-1][3])
            letter = composer.letter(members, Channel.EMAIL, language, rhythm)
            piece.replaced |= dict.fromkeys(ids, id)
            if letter is not None:
                about = id, DIGEST, int(waited[-1][4] or 0)
                subscriber = subscription, language, RELAY
                timing = Timing(due=piece.now)
                piece.add(letter, id=id, subscriber=subscriber, about=about, kind=DIGEST, timing=timing)
        return piece

    def _add_mail(
        self,
        piece: PlannedPiece,
        composer: Composer,
        subscriber: Subscriber,
        part: _Part,
        earlier: Sequence[EarlierDelivery],
    ) -> None:
        is_end = any(each.change.kind in ENDS for each in part.announced)
        rhythm = subscriber.preferences.rhythm
        timing = time_mail(piece.now, rhythm, self._zone, part.announced[-1].thing, earlier, is_end=is_end)
        self._add(piece, composer, subscriber, part, timing)

    def _add(
        self, piece: PlannedPiece, composer: Composer, subscriber: Subscriber, part: _Part, timing: Timing
    ) -> None:
        """Add one message about announcements of one event, which has the id of the last of them."""
        members = part.members
        if timing.replaces:
            members = _ordered([*members, *(member for each in timing.replaces for member in each.members)])
        letter = composer.letter(members, subscriber.channel, subscriber.language, None)
        if letter is not None:
            last = part.announced[-1]
            piece.add(
                letter,
                id=delivery_id(subscriber.subscription, part.notification, OF_ANNOUNCEMENT),
                subscriber=(subscriber.subscription, subscriber.language, subscriber.host or RELAY),
                about=(part.notification, last.thing, last.position),
                kind=str(subscriber.preferences.rhythm),
                timing=timing,
            )


def _part(composer: Composer, announced: Sequence[Announcement]) -> _Part:
    return _Part(
        announced=announced,
        members=_ordered(composer.know(each) for each in announced),
        notification=str(announced[-1].id) if announced else "",
    )


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(set(members), key=lambda each: (each[2], each[0], each[1])))
