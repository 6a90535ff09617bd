"""What every refusal is, and those that many things share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class DomainError(Exception):
    """A rule of the domain refuses the command; nothing was recorded.

    Each refusal is of one of the three kinds below, which say what a caller can do about it; none is a kind itself.
    """

    def __init__(self, sentence: str, **facts: str | datetime | None) -> None:
        """Say what is refused, with facts that a program can act on."""
        super().__init__(sentence)
        self.facts = facts


class Conflict(DomainError):
    """The thing is in a state in which the command cannot be; in another one it could."""


class Invalid(DomainError):
    """The command names a value that cannot be, whatever state the thing is in."""


class NotFound(DomainError):
    """The thing has no part of the name, or the number, that the command gives."""


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


class TooManyEntries(Conflict):
    """There are as many entries of this kind as there can be."""
