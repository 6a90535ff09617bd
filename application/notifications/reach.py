"""Whom an announcement concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from application.changes.kinds import ChangeKind
from domain.impact import EVERYWHERE, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.changes.announcements import Announcement
    from domain.aggregate import Aggregate
    from domain.subscriptions.values import Channel, NotificationScope, Preferences

K = ChangeKind
NOTIFIED = frozenset(
    {
        *(K.INCIDENT_PUBLISHED, K.INCIDENT_UPDATED, K.INCIDENT_RESOLVED, K.INCIDENT_REOPENED, K.INCIDENT_WITHDRAWN),
        *(
            K.INCIDENT_CORRECTED,
            K.POSTMORTEM_PUBLISHED,
            K.MAINTENANCE_ANNOUNCED,
            K.MAINTENANCE_MOVED,
            K.MAINTENANCE_REMINDER,
        ),
        *(K.MAINTENANCE_STARTED, K.MAINTENANCE_UPDATED, K.MAINTENANCE_EXTENDED, K.MAINTENANCE_COMPLETED),
        *(K.MAINTENANCE_CANCELLED, K.RESTORATION_LOST, K.PROMISE_MADE, K.PROMISE_MISSED, K.RESTORATION_UPDATED),
        *(K.ACCESS_RESTORED, K.RESTORATION_COMPLETED),
    }
)
"""What subscribers are notified of; feeds also have that the work of a maintenance is being verified."""
ENDS = frozenset(
    {
        *(K.INCIDENT_RESOLVED, K.INCIDENT_WITHDRAWN, K.MAINTENANCE_COMPLETED, K.MAINTENANCE_CANCELLED),
        *(K.ACCESS_RESTORED, K.RESTORATION_COMPLETED),
    }
)
"""What goes to all who were notified of the beginning, whatever they want by now."""
LEVELS = list(Level)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What an announcement is about, by the keys that readers see; ``level`` is the impact of an incident."""

    components: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    panels: frozenset[str] = frozenset()
    level: Level | None = None

    def concerns(self, scope: NotificationScope) -> bool:
        """Tell whether somebody with this scope wants to be notified."""
        if self.level is not None and LEVELS.index(self.level) < LEVELS.index(scope.impact):
            return False
        if scope.is_everything:
            return True
        if EVERYWHERE in self.components and (scope.components or scope.groups):
            return True
        return not (
            self.components.isdisjoint(scope.components)
            and self.groups.isdisjoint(scope.groups)
            and self.audiences.isdisjoint(scope.audiences)
            and self.panels.isdisjoint(scope.panels)
        )


@dataclass(frozen=True, kw_only=True)
class AnnouncedEvent:
    """What is announced with the event at a position, and what it is about."""

    position: int
    reach: Reach
    announcements: Sequence[Announcement] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class AnnouncedSection:
    """The news up to a position, the oldest first."""

    until: int
    news: Sequence[AnnouncedEvent]


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Somebody who is notified, as of a position; ``host`` is that of the address of an endpoint."""

    subscription: str
    channel: Channel
    language: str
    host: str | None
    preferences: Preferences


class SubscriberQueries(Protocol):
    """Who is notified."""

    def after(self, at: int, subscription: str, limit: int) -> Sequence[Subscriber]:
        """Give those who are notified at a position, in the order of their ids, behind one of them.

        Raises:
            NotYetVisible: if the view does not reflect the position, or is being built anew.
        """
        ...

    def has_any(self, at: int) -> bool:
        """Tell whether anybody had ever subscribed by a position.

        Raises:
            NotYetVisible: as ``after`` does.
        """
        ...


class AnnouncedQueries(Protocol):
    """What subscribers are to be notified of."""

    def would_follow(self, before: Aggregate | None, after: Aggregate, at: int) -> AnnouncedEvent | None:
        """Give what a command would announce that has this effect on an aggregate; None if nothing.

        Raises:
            NotYetVisible: if a view does not reflect the position ``at``, which is that of now.
        """
        ...

    def following(self, after: int, until: int) -> AnnouncedSection:
        """Give what follows a position, up to another one or less far, but for what nobody is to be notified of.

        Raises:
            NotYetVisible: if a view does not reflect that position, or is being built anew.
        """
        ...

    def find(self, thing: str, entry: str, position: int) -> Announcement | None:
        """Give an announcement again; None if it is not there any more."""
        ...
