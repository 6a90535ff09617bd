"""The kinds of refusals, and the refusals that several aggregates share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class DomainError(Exception):
    """A request is refused; nothing was recorded.

    Each refusal is of one of the three kinds below, which say what a caller can do about it.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        """Refuse with a ``sentence`` for a person, and ``facts`` that a program can act on.

        A fact is a value of JSON, an instant, or None, which is left out.
        """
        super().__init__(sentence)
        self.facts = facts


class Conflict(DomainError):
    """The state of the thing, another thing or another request is in the way; later it may not be."""


class Invalid(DomainError):
    """A part of the request has a value that cannot be.

    The fact ``pointer`` (RFC 6901), where there is one, names the part.
    """


class NotFound(DomainError):
    """There is no such thing, or the caller may not know of it."""


class InTheFuture(Invalid):
    """A fact says to have occurred more than five seconds from now."""

    def __init__(self, moment: datetime) -> None:
        """Name the moment."""
        super().__init__(f"{written(moment)} lies more than 5 s in the future", occurred_at=moment)


class UnknownMoment(Invalid):
    """A time lies before the thing it is said of."""


class AlreadyHeld(Conflict):
    """It is held already."""


class NotHeld(Conflict):
    """It is not held."""


class InternalUpdateChangesNothing(Invalid):
    """An internal update carries something that readers would see."""


class NoImpact(Invalid):
    """An incident, a window or a pin says of a component what is no impact."""


class NameTaken(Conflict):
    """A token of that name exists or existed; names are never reused."""


class NoSuchToken(NotFound):
    """There is no token of that name."""


class AlreadyRevoked(Conflict):
    """The token was revoked before."""


class EndsBeforeItBegins(Invalid):
    """A span would end before it begins, or as it begins."""


class AlreadyCompleted(Conflict):
    """The window, or the restoration, is completed."""


class ExpiresInPast(Invalid):
    """A token, or a link, would have expired before it is issued."""


class TooManyEntries(Conflict):
    """There are as many entries of this kind as there can be."""
