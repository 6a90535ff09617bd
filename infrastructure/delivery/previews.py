"""Counts who would be notified of what a command does."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from application.notifications.reach import ENDS
from infrastructure.delivery.planned_rows import notified_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.notifications.preview import NotificationCounts
    from application.notifications.reach import AnnouncedEvent, AnnouncedQueries, Subscriber, SubscriberQueries
    from domain.aggregate import Aggregate
    from infrastructure.store.base import Store

PIECE = 1_000


class StoredPreviews:
    """Implements ``Previews`` on a store."""

    def __init__(
        self, store: Store, queries: tuple[AnnouncedQueries, SubscriberQueries], visible: Callable[[], int]
    ) -> None:
        """Count as of the position that is ``visible``."""
        self._store, (self._announced, self._subscribers), self._visible = store, queries, visible

    def count(self, changed: Sequence[tuple[Aggregate | None, Aggregate]]) -> NotificationCounts:
        """Count them; somebody who would get two messages counts once."""
        at = self._visible()
        found = (self._announced.would_follow(before, after, at) for before, after in changed)
        events = [each for each in found if each is not None]
        counts: dict[str, dict[str, int]] = {}
        for subscriber in self._concerned(events, at):
            languages = counts.setdefault(str(subscriber.channel), {})
            languages[subscriber.language] = languages.get(subscriber.language, 0) + 1
        return {
            "announced": [str(each.change.kind) for event in events for each in event.announcements],
            "counts": counts,
            "total": sum(number for languages in counts.values() for number in languages.values()),
        }

    def _concerned(self, events: Sequence[AnnouncedEvent], at: int) -> list[Subscriber]:
        found: list[Subscriber] = []
        after = ""
        while events:
            piece = self._subscribers.after(at, after, PIECE)
            notified = self._notified_before(events, piece)
            found += [
                each
                for each in piece
                if each.subscription in notified
                or any(event.reach.concerns(each.preferences.scope) for event in events)
            ]
            if len(piece) < PIECE:
                break
            after = piece[-1].subscription
        return found

    def _notified_before(self, events: Sequence[AnnouncedEvent], piece: Sequence[Subscriber]) -> set[str]:
        """Give those who were notified of the beginning of what would end."""
        things = {each.thing for event in events for each in event.announcements if each.change.kind in ENDS}
        with closing(self._store.connect_outbox()) as connection:
            return {each for thing in things for each in notified_of(connection, thing, piece)}
