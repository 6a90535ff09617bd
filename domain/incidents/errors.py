"""Refusals about incidents and signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Conflict, Invalid
from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class NotStableYet(Conflict):
    """An incident has not been stable for long enough to be resolved."""

    def __init__(self, incident: object, *, because: str, possible_after: datetime | None) -> None:
        """Name the instant after which it is possible, if one is known."""
        when = f"; possible after {written(possible_after)}" if possible_after else ""
        super().__init__(
            f"incident {incident} is not stable yet: {because}{when}",
            possible_after=possible_after,
        )


class AlreadyPublished(Conflict):
    """Readers can see the incident already."""


class NotPublished(Conflict):
    """Readers cannot see the incident."""


class Dismissed(Conflict):
    """The incident was dismissed."""


class Withdrawn(Conflict):
    """The incident was withdrawn as a false alarm."""


class AlreadyResolved(Conflict):
    """The incident is resolved."""


class NotResolved(Conflict):
    """The incident is not resolved."""


class NothingToCorrect(Invalid):
    """A correction names nothing, or an update that does not exist."""


class DisorderlySpans(Invalid):
    """The spans of a corrected impact overlap, have no length, or cannot be those of the incident."""


class NoDraft(Conflict):
    """There is no draft of a postmortem to publish."""


class AlreadyClear(Conflict):
    """The signal does not fire."""


class AlreadyRouted(Conflict):
    """The signal has its component already."""


class NotStillReported(Conflict):
    """The signal was not reported after an operator had cleared it."""
