"""What became of one announcement: how many are notified of it, and who is notified again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.provenance import Provenance


class NotificationState:
    """What is known of a notification; only its events change it."""

    thing: str
    kind: str
    counts: Mapping[str, int]
    again: tuple[UUID, ...]


class NotificationEvent(Event):
    """Something that happened to a notification."""


class NotificationPlanned(Created, NotificationEvent):
    """All who are to be notified of an announcement were found.

    ``thing`` is the type and the id of what it is about, ``kind`` what is announced (``incident_updated``), ``counts``
    how many there are by channel and language (``email/es``).
    """

    TOPIC = "notification.planned"
    thing: str
    kind: str
    counts: Mapping[str, int]

    def apply(self, aggregate: NotificationState) -> None:
        """Keep it."""
        aggregate.thing, aggregate.kind, aggregate.counts = self.thing, self.kind, self.counts
        aggregate.again = ()


class NotificationSentAgain(NotificationEvent):
    """An operator wants one of them to be notified again."""

    TOPIC = "notification.sent_again"
    subscription: UUID
    reason: str | None

    def apply(self, aggregate: NotificationState) -> None:
        """Remember who."""
        aggregate.again = (*aggregate.again, self.subscription)


class Notification(NotificationState, Aggregate):
    """The notification of one announcement, by the id of that."""

    TOPIC = "notification"
    Event = NotificationEvent
    Planned = NotificationPlanned
    SentAgain = NotificationSentAgain

    @classmethod
    def plan(
        cls, *, announcement: UUID, thing: str, kind: str, counts: Mapping[str, int], provenance: Provenance
    ) -> Self:
        """Keep how many are notified of an announcement."""
        notification: Self = cls.begin_with(
            cls.Planned, id=announcement, thing=thing, kind=kind, counts=counts, provenance=provenance
        )
        return notification

    def send_again(self, *, subscription: UUID, reason: str | None, provenance: Provenance) -> None:
        """Notify one of them again."""
        provenance.require_past()
        self.record(self.SentAgain, subscription=subscription, reason=reason, provenance=provenance)
