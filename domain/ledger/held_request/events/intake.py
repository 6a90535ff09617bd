"""The events by which a request is handed in, once or again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.aggregate import Created
from domain.ledger.cause import Cause
from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Content, Reference


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
        if self.cause is None:
            aggregate.came_unassigned = True


class Repeated(RequestEvent):
    """The very same request was handed in again; ``received_at`` is when it was received this time, if that is known.

    Once nobody recorded that.
    """

    TOPIC = "held_request.repeated"
    VERSION = 2
    received_at: datetime | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what did not say when."""
        return {**state, "received_at": None}

    def apply(self, aggregate: HeldRequestState) -> None:
        """Count it."""
        aggregate.repeats += 1
        aggregate.note_receipt(self.received_at, aggregate.content.digest)


class Changed(RequestEvent):
    """It was handed in again with another content; ``received_at`` as with a repeat."""

    TOPIC = "held_request.changed"
    VERSION = 2
    content: Content
    received_at: datetime | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what did not say when."""
        return {**state, "received_at": None}

    def apply(self, aggregate: HeldRequestState) -> None:
        """Know the new content."""
        if aggregate.settlement is not None:
            aggregate.changed_after_settlement = True
        aggregate.note_receipt(self.received_at, self.content.digest)
        aggregate.content, aggregate.changed_at = self.content, self.at
        aggregate.changes += 1


class OpenedAgain(RequestEvent):
    """It was settled, and came again: with another content, or because it failed once more, at ``received_at``."""

    TOPIC = "held_request.opened_again"
    received_at: datetime | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person."""
        aggregate.opened_again_at = self.at
        aggregate.note_receipt(self.received_at, aggregate.content.digest)
        aggregate.return_to_check()
