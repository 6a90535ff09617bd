"""Refusals about held requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Conflict, Invalid
from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class ReceivedInFuture(Invalid):
    """A request says to have been received at a time that has not come."""


class ReceivedTooEarly(Invalid):
    """A request says to have been received before anything can have been."""


class OutsideCause(Invalid):
    """A request was received before its cause began, or after it ended."""


class AlreadyAssigned(Conflict):
    """The request has its cause already."""


class NotAssigned(Conflict):
    """The request has no cause, or came with it, so that no assignment can be undone."""


class CauseIsFixed(Conflict):
    """The request is with a worker, was decided or settled, or stands for another one; its cause stays."""


class NotToBeChecked(Conflict):
    """The request does not wait to be checked by hand."""


class NotClaimed(Conflict):
    """Nobody has claimed the request; who decides has to."""


class ClaimedByAnother(Conflict):
    """Another person checks the request."""

    def __init__(self, request: object, *, person: str, until: datetime) -> None:
        """Name the person, and until when."""
        super().__init__(
            f"request {request} is claimed by {person} until {written(until)}; "
            "an operator can release it with a reason",
            claimed_by=person,
            claimed_until=until,
        )


class NothingToSign(Conflict):
    """The request does not wait for a signature."""


class SamePerson(Conflict):
    """Who decided cannot sign, or send back, as well."""


class NotSettled(Conflict):
    """The request is not settled."""


class ContentChanged(Conflict):
    """The content has changed since it was seen, or in bulk the evidence has."""


class NotLeased(Conflict):
    """The request is not leased to the token that reports a result; the result is kept as evidence."""


class NotInRun(Conflict):
    """The request is in no reprocessing run."""


class CauseVoid(Conflict):
    """The cause was withdrawn, dismissed or cancelled: nothing that it held up is carried out."""


class RunStopped(Conflict):
    """The run was stopped."""


class NotToReprocess(Conflict):
    """The request does not wait to be reprocessed, or is being reprocessed."""
