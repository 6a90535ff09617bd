"""Plans who is notified of what, once: the deliveries of each piece and the cursor move in one transaction."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from application.errors import NotYetVisible, OutcomeUnknown, StoreUnavailable
from application.notifications.reach import AnnouncedSection
from infrastructure.delivery.composer import Composer
from infrastructure.delivery.cursor import DeliveryCursor, find_cursor, move_cursor, read_cursor
from infrastructure.delivery.pieces import PiecePlanner
from infrastructure.delivery.timing import HOUR
from infrastructure.store.base import StoreDown, optional_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from application.changes.announcements import Announcement
    from application.notifications.letters import Letters
    from application.notifications.reach import AnnouncedEvent, AnnouncedQueries, Subscriber, SubscriberQueries
    from application.ports import Clock
    from infrastructure.delivery.pieces import PlannedPiece
    from infrastructure.store.base import Connection, Store, Value

PIECE = 500
"""How many deliveries one transaction has at most."""
AHEAD = 10
"""How many pieces of subscribers are read at once."""
GIVES_WAY = 2.0
"""How many times as long as a piece took the planner waits before the next one."""
POLL_SECONDS = 1.0
PACE_SECONDS = 0.05
FAR = 10_000
"""How many events without news are looked at again at most when a process begins."""
END = "~"
"""Comes after the id of every subscription: all of them are planned."""
COUNTS = """
    SELECT channel, language, count(*) FROM deliveries WHERE thing = :thing AND notification = :notification
    AND kind IN ('instant', 'hourly', 'daily') GROUP BY channel, language ORDER BY channel, language
"""

log = structlog.get_logger()


class Planner:
    """Follows the log with a cursor of its own, which no rebuild of a view moves.

    Several processes may each run one: whoever finds the cursor moved begins anew from where it is.
    """

    def __init__(
        self,
        store: Store,
        queries: AnnouncedQueries,
        subscribers: SubscriberQueries,
        letters: Letters,
        *,
        clock: Clock,
        zone: tzinfo,
        visible: Callable[[], int],
        noted: Callable[[Announcement, Mapping[str, int]], None] = lambda _announcement, _counts: None,
        planned: Callable[[], None] = lambda: None,
        tidy: Callable[[datetime], None] = lambda _now: None,
    ) -> None:
        """Plan up to the position that is ``visible``.

        ``noted`` gets each announcement when all who are notified were found, with how many by channel and language;
        ``planned`` is called when there is something to send, ``tidy`` once an hour when there is nothing to plan.
        """
        self._store, self._queries, self._letters = store, queries, letters
        self._clock, self._zone = clock, zone
        self._visible, self._noted, self._planned, self._tidy = visible, noted, planned, tidy
        self._tidied = clock.now()
        self._subscribers = subscribers
        self._pieces = PiecePlanner(clock, zone)
        self._cursor = DeliveryCursor(position=-1)
        # The stored cursor moves only when there is something to plan, or after many events: it costs a commit.
        self._looked_at = -1
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="planner", daemon=True)

    def start(self) -> None:
        """Begin where the cursor is."""
        self._thread.start()

    def wake(self, _position: int = 0) -> None:
        """Look again."""
        self._woken.set()

    def stop(self) -> None:
        """End after the current piece."""
        self._ending.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            try:
                while not self._ending.is_set() and self.step(gives_way=True):
                    pass
                self.tidy()
            except (StoreDown, StoreUnavailable, OutcomeUnknown, NotYetVisible) as error:
                log.warning("notifications_not_planned", error=str(error))
            except Exception:
                log.exception("notifications_not_planned")
            self._woken.wait(POLL_SECONDS)
            # A busy log is looked at in larger pieces.
            self._ending.wait(PACE_SECONDS)

    def step(self, *, gives_way: bool = False) -> bool:
        """Plan the next piece, or all pieces of one event.

        With ``gives_way`` it waits between them, so that whoever reads or writes meanwhile goes first.

        Returns:
            Whether there may be more to do at once.

        Raises:
            StoreDown: if the store cannot be read or written.
            NotYetVisible: if a view is being built anew.
        """
        cursor, until = self._find_cursor(), self._visible()
        if cursor != self._cursor:
            # Another process has moved it, or it is that of another log.
            self._cursor, self._looked_at = cursor, cursor.position
        if self._looked_at < until:
            section = self._following(until)
            if section.news or section.until - self._cursor.position >= FAR:
                # A lease, which waits for the disk, comes behind all that is planned: what a crash takes away was not
                # sent, and is planned again, since the cursor goes with it.
                with closing(self._store.connect_outbox(waits_for_disk=False)) as connection:
                    if not self._plan_all(connection, section, gives_way=gives_way):
                        return True
            self._looked_at = section.until
            if section.until < until:
                return True
        # While a view is built anew, what was announced cannot be read.
        return until >= self._looked_at and self._gather(until)

    def _following(self, until: int) -> AnnouncedSection:
        if not self._subscribers.has_any(until):
            # To find out what was announced, and to whom, takes longer than to record it.
            return AnnouncedSection(until=until, news=())
        return self._queries.following(self._looked_at, until)

    def _find_cursor(self) -> DeliveryCursor:
        with self._store.reading_log() as reading:
            found = find_cursor(reading)
        if found is not None:
            return found
        with closing(self._store.connect_outbox()) as connection:
            return read_cursor(connection)

    def _plan_all(self, connection: Connection, section: AnnouncedSection, *, gives_way: bool) -> bool:
        """Plan the news of a section; false if another process was quicker."""
        for news in section.news:
            if not self._plan(connection, self._cursor, news, gives_way=gives_way):
                return False
        if section.until - self._cursor.position >= FAR:
            self._move(connection, DeliveryCursor(position=section.until))
        return True

    def tidy(self) -> None:
        """Tidy up, if the last time is an hour ago."""
        now = self._clock.now()
        if now - self._tidied >= HOUR:
            self._tidy(now)
            self._tidied = now

    def _plan(self, connection: Connection, cursor: DeliveryCursor, news: AnnouncedEvent, *, gives_way: bool) -> bool:
        """Plan all that comes of one event; false if another process did something of it."""
        composer = Composer(self._letters, self._queries, news.position)
        for each in news.announcements:
            composer.know(each)
        before = DeliveryCursor(position=cursor.position, subscription=cursor.subscription)
        limit = max(1, PIECE // len(news.announcements))
        began = monotonic()
        for subscribers in self._pieces_of(news.position, before.subscription, limit):
            is_last = len(subscribers) < limit
            after = (
                DeliveryCursor(position=news.position)
                if is_last
                else DeliveryCursor(position=before.position, subscription=subscribers[-1].subscription)
            )
            piece = self._pieces.of_news(connection, composer, news, subscribers)
            if is_last and not (piece.rows or before.subscription):
                # Nobody was concerned as of then, and nobody ever will have been.
                return True
            if is_last:
                # Before the cursor moves on, so that a crash lets it be noted again, which changes nothing.
                if not self._write(
                    connection, piece, before, DeliveryCursor(position=before.position, subscription=END)
                ):
                    return False
                self._note(connection, news)
                self._cursor = DeliveryCursor(position=before.position, subscription=END)
                return self._move(connection, after)
            if not self._write(connection, piece, before, after):
                return False
            before = after
            if gives_way and self._ending.wait(GIVES_WAY * (monotonic() - began)):
                return False
            began = monotonic()
        return True

    def _pieces_of(self, at: int, after: str, limit: int) -> Iterator[Sequence[Subscriber]]:
        """Give those who are notified at a position, behind a subscription; the last piece has fewer than ``limit``."""
        while True:
            found = self._subscribers.after(at, after, AHEAD * limit)
            for first in range(0, len(found), limit):
                yield found[first : first + limit]
            if not found:
                yield found
            if len(found) % limit or not found:
                return
            after = found[-1].subscription

    def _write(
        self, connection: Connection, piece: PlannedPiece, before: DeliveryCursor, after: DeliveryCursor
    ) -> bool:
        """Write a piece; false if another process was quicker, or an e-mail was leased that it would replace."""
        connection.begin()
        try:
            if not (move_cursor(connection, before, after) and piece.write(connection, self._clock.now())):
                return False
            connection.commit()
        finally:
            connection.rollback()
        if piece.rows:
            self._planned()
        return True

    def _move(self, connection: Connection, to: DeliveryCursor) -> bool:
        """Move the cursor from where it was seen last; false if another process was quicker."""
        if not self._moved(connection, self._cursor, to):
            return False
        # What is planned is never looked at again: the cursor would name subscribers of it as those of the next event.
        self._cursor, self._looked_at = to, to.position
        return True

    def _moved(self, connection: Connection, before: DeliveryCursor, after: DeliveryCursor) -> bool:
        connection.begin()
        try:
            moved = move_cursor(connection, before, after)
            connection.commit()
        finally:
            connection.rollback()
        return moved

    def _gather(self, position: int) -> bool:
        """Put what waited for a digest into one, for some subscribers; false if nobody's time has come."""
        composer = Composer(self._letters, self._queries, position)
        with self._store.reading_log() as reading:
            piece = self._pieces.of_digests(reading, composer)
        if not piece.replaced:
            return False
        with closing(self._store.connect_outbox()) as connection:
            connection.begin()
            try:
                if piece.write(connection, self._clock.now()):
                    connection.commit()
            finally:
                connection.rollback()
        self._planned()
        return True

    def _note(self, connection: Connection, news: AnnouncedEvent) -> None:
        for announcement in news.announcements:
            wanted: dict[str, Value] = {"thing": announcement.thing, "notification": str(announcement.id)}
            counts: Counter[str] = Counter()
            for channel, language, number in connection.execute(COUNTS, wanted):
                counts[f"{optional_text(channel)}/{optional_text(language)}"] = int(number or 0)
            if counts:
                self._noted(announcement, counts)
