"""What every refusal is, and those that many things share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class DomainError(Exception):
    """A rule of the domain refuses the command; nothing was recorded."""

    def __init__(self, sentence: str, **facts: str | datetime | None) -> None:
        """Say what is refused, with facts that a program can act on."""
        super().__init__(sentence)
        self.facts = facts


class InTheFuture(DomainError):
    """A fact says to have occurred more than five seconds from now."""

    def __init__(self, moment: datetime) -> None:
        """Name the moment."""
        super().__init__(f"{written(moment)} lies more than 5 s in the future", occurred_at=moment)


class UnknownMoment(DomainError):
    """A time lies before the thing it is said of."""


class AlreadyHeld(DomainError):
    """It is held already."""


class NotHeld(DomainError):
    """It is not held."""


class InternalUpdateChangesNothing(DomainError):
    """An internal update carries something that readers would see."""


class NoImpact(DomainError):
    """An incident, a window or a pin says of a component what is no impact."""


class NameTaken(DomainError):
    """A token of that name exists or existed; names are never reused."""


class NoSuchToken(DomainError):
    """There is no token of that name."""


class AlreadyRevoked(DomainError):
    """The token was revoked before."""


class EndsBeforeItBegins(DomainError):
    """A span would end before it begins, or as it begins."""


class AlreadyCompleted(DomainError):
    """The window, or the restoration, is completed."""


class TooManyEntries(DomainError):
    """There are as many entries of this kind as there can be."""
