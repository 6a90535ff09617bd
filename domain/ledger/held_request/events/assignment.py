"""The events by which a request that came without a cause gets one, loses it again, or is merged into another."""

from __future__ import annotations

from uuid import UUID

from domain.ledger.cause import Cause
from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Content, Means, Merge, Outcome, RequestState
from domain.ledger.request_policy import RequestPolicy


class Assigned(RequestEvent):
    """An operator said which cause had held it up."""

    TOPIC = "held_request.assigned"
    cause: Cause
    reason: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the end of that."""
        aggregate.cause, aggregate.held_since = self.cause, self.at
        aggregate.enter(RequestState.HELD)


class FoundTwice(RequestEvent):
    """The cause to which it was assigned has the same request already.

    Such requests were settled as duplicates once; now they are merged. ``policy`` is that of the cause: if somebody
    doubts it, as many eyes are wanted as for the other.
    """

    TOPIC = "held_request.found_twice"
    other: UUID
    policy: RequestPolicy

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled by the other."""
        aggregate.disposition = self.policy
        aggregate.settle(Outcome.DUPLICATE, Means.ASSIGNMENT, self.at)


class Merged(RequestEvent):
    """The cause to which it was assigned has the same request already, ``other``: there is one to check, not two."""

    TOPIC = "held_request.merged"
    other: UUID

    def apply(self, aggregate: HeldRequestState) -> None:
        """Let the other stand for it."""
        aggregate.merged_into = self.other
        aggregate.enter(RequestState.MERGED)


class TwinMerged(RequestEvent):
    """It stands for ``other`` as well, which came without a cause; that replaced this content, if its own differs."""

    TOPIC = "held_request.twin_merged"
    other: UUID
    replaced: Content | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Know the other."""
        aggregate.merges = (*aggregate.merges, Merge(request=self.other, replaced=self.replaced))


class AssignmentUndone(RequestEvent):
    """An operator said that it was not this cause that had held it up.

    ``four_eyes`` tells whether what is decided of it has to be signed until it has another cause: whoever takes the
    cause away does not take the second person away.
    """

    TOPIC = "held_request.assignment_undone"
    cause: Cause
    reason: str
    four_eyes: bool

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for an operator again."""
        aggregate.cause, aggregate.held_since = None, self.at
        aggregate.disposition = aggregate.disposed_at = aggregate.due = aggregate.settlement = None
        aggregate.void = None
        aggregate.merged_into, aggregate.wants_signature = None, self.four_eyes
        aggregate.enter(RequestState.HELD)


class TwinParted(RequestEvent):
    """It stands for ``other`` no longer, whose assignment was undone."""

    TOPIC = "held_request.twin_parted"
    other: UUID

    def apply(self, aggregate: HeldRequestState) -> None:
        """Forget the other."""
        aggregate.merges = tuple(each for each in aggregate.merges if each.request != self.other)
