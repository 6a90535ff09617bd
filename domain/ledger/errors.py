"""Refusals about held requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import DomainError
from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class ReceivedInFuture(DomainError):
    """A request says to have been received at a time that has not come."""


class OutsideCause(DomainError):
    """A request was received before its cause began, or after it ended."""


class AlreadyAssigned(DomainError):
    """The request has its cause already."""


class NotToBeChecked(DomainError):
    """The request does not wait to be checked by hand."""


class NotClaimed(DomainError):
    """Nobody has claimed the request; who decides has to."""


class ClaimedByAnother(DomainError):
    """Another person checks the request."""

    def __init__(self, request: object, *, person: str, until: datetime) -> None:
        """Name the person, and until when."""
        super().__init__(
            f"request {request} is claimed by {person} until {written(until)}",
            claimed_by=person,
            claimed_until=until,
        )


class NothingToSign(DomainError):
    """The request does not wait for a signature."""


class SamePerson(DomainError):
    """Who decided cannot sign, or send back, as well."""


class NotSettled(DomainError):
    """The request is not settled."""


class NotLeased(DomainError):
    """The request was not handed out in this run."""


class NotToReprocess(DomainError):
    """The request does not wait to be reprocessed, or is being reprocessed."""
