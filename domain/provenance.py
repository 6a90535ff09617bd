"""Where a fact comes from: who says so, through what, when it was true and when we took it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import InTheFuture, UnknownMoment
from domain.instants import written

FUTURE_TOLERANCE = timedelta(seconds=5)
OPTIONAL = {"is_optional": True}
"""The metadata of a field that is left out of what is stored where it has its default: events from before have none."""


class SignInMethod(StrEnum):
    """How somebody signed in."""

    TOKEN = "token"  # noqa: S105 - a name, and no secret
    OIDC = "oidc"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """The provenance of one event.

    ``actor`` is ``token:<name>``, ``session:<person>``, ``owner``, ``clock`` or ``policy:<name>``; ``source`` is the
    system that the fact came through; ``causation`` the position of the event that led to it. ``occurred_at`` is valid
    time and ``recorded_at`` system time in the sense of SQL:2011. ``notify`` says whether subscribers are notified of
    what readers see of it; without it they are, but not of a correction. ``notify_reason`` is what the actor gives as
    the reason for either. ``signed_in`` says
    how an actor signed in that acts in a session.
    """

    actor: str
    source: str
    request_id: str
    causation: int | None = None
    occurred_at: datetime
    recorded_at: datetime
    notify: bool | None = field(default=None, metadata=OPTIONAL)
    notify_reason: str | None = field(default=None, metadata=OPTIONAL)
    signed_in: SignInMethod | None = field(default=None, metadata=OPTIONAL)

    def caused_by(self, position: int | None) -> Provenance:
        """Name the event that led to this one."""
        return replace(self, causation=position)

    def require_past(self) -> None:
        """Refuse a fact from the future; clocks may differ by five seconds.

        Raises:
            InTheFuture: if it says to have occurred more than five seconds from now.
        """
        if self.occurred_at > self.recorded_at + FUTURE_TOLERANCE:
            raise InTheFuture(self.occurred_at)

    def require_ahead(self, expected_at: datetime | None) -> None:
        """Refuse to expect something for a time that had passed when the fact occurred.

        Raises:
            UnknownMoment: if it had.
        """
        if expected_at is not None and expected_at <= self.occurred_at:
            raise UnknownMoment(
                f"{written(expected_at)} has passed at {written(self.occurred_at)}, when it is said",
                pointer="/expected_at",
            )
