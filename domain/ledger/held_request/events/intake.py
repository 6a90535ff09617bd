"""The events by which a request is handed in, and gets its cause."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.aggregate import Created
from domain.ledger.cause import Cause
from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Content, Means, Outcome, Reference
from domain.ledger.request_policy import RequestPolicy


class Received(Created, RequestEvent):
    """A request was handed in that could not be handled normally; without a cause it waits for an operator."""

    TOPIC = "held_request.received"
    cause: Cause | None
    reference: Reference
    received_at: datetime
    content: Content

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the end of the cause."""
        aggregate.cause, aggregate.reference, aggregate.content = self.cause, self.reference, self.content
        aggregate.received_at = self.received_at
        aggregate.handed_in_at = aggregate.held_since = self.at


class Repeated(RequestEvent):
    """The very same request was handed in again."""

    TOPIC = "held_request.repeated"

    def apply(self, aggregate: HeldRequestState) -> None:
        """Count it."""
        aggregate.repeats += 1


class Changed(RequestEvent):
    """It was handed in again with another content."""

    TOPIC = "held_request.changed"
    content: Content

    def apply(self, aggregate: HeldRequestState) -> None:
        """Know the new content."""
        aggregate.content, aggregate.changed_at = self.content, self.at
        aggregate.changes += 1


class CameAgain(RequestEvent):
    """It came again after it had been settled: with another content, or received later than that."""

    TOPIC = "held_request.came_again"
    received_at: datetime

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person: what settled it may hold no longer."""
        aggregate.came_again_at = max(self.received_at, aggregate.last_received_at)
        aggregate.reopenings += 1
        aggregate.return_to_check()


class Assigned(RequestEvent):
    """An operator said which cause had held it up."""

    TOPIC = "held_request.assigned"
    cause: Cause
    reason: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the end of that."""
        aggregate.cause, aggregate.held_since = self.cause, self.at


class FoundTwice(RequestEvent):
    """The cause to which it was assigned has the same request already: there is one to check, not two.

    ``policy`` is that of the cause: if somebody doubts it, as many eyes are wanted as for the other.
    """

    TOPIC = "held_request.found_twice"
    other: UUID
    policy: RequestPolicy

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled by the other."""
        aggregate.disposition = self.policy
        aggregate.settle(Outcome.DUPLICATE, Means.ASSIGNMENT, self.at)
