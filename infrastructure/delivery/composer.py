"""Composes letters, each once, however many get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.delivery.planned_rows import NewLetter

if TYPE_CHECKING:
    from application.changes.announcements import Announcement
    from application.notifications.letters import Composed, Letters
    from application.notifications.reach import AnnouncedQueries
    from domain.subscriptions.values import Channel, Rhythm
    from infrastructure.delivery.planned_rows import Member

Members = tuple["Member", ...]


class Composer:
    """Composes letters of one run of the planner."""

    def __init__(self, letters: Letters, queries: AnnouncedQueries, position: int) -> None:
        """Compose with ``letters`` as readers see things at ``position``."""
        self._letters, self._queries, self.position = letters, queries, position
        self._known: dict[Member, Announcement] = {}
        self._composed: dict[tuple[Members, Rhythm | None], Composed] = {}
        self._written: dict[tuple[Members, Rhythm | None, Channel, str], NewLetter] = {}

    def know(self, announcement: Announcement) -> Member:
        """Take an announcement that was read already, and give its name."""
        member = announcement.thing, announcement.entry, announcement.position
        self._known[member] = announcement
        return member

    def letter(self, members: Members, channel: Channel, language: str, rhythm: Rhythm | None) -> NewLetter | None:
        """Write a letter about some announcements; None if none of them is there any more.

        With a ``rhythm`` it is a digest.
        """
        key = members, rhythm, channel, language
        if key not in self._written:
            composed = self._compose(members, rhythm)
            if composed is None:
                return None
            body = composed.write(channel, language)
            self._written[key] = NewLetter(channel=channel, members=members, body=body)
        return self._written[key]

    def _compose(self, members: Members, rhythm: Rhythm | None) -> Composed | None:
        if (members, rhythm) not in self._composed:
            announced = [found for member in members if (found := self._find(member)) is not None]
            if not announced:
                return None
            self._composed[members, rhythm] = (
                self._letters.compose(announced, self.position)
                if rhythm is None
                else self._letters.compose_digest(announced, self.position, rhythm)
            )
        return self._composed[members, rhythm]

    def _find(self, member: Member) -> Announcement | None:
        if member not in self._known:
            found = self._queries.find(*member)
            if found is None:
                return None
            self._known[member] = found
        return self._known[member]
