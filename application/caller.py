"""The caller of a command, who becomes part of the provenance of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.access.keyring import CONSOLE
from domain.provenance import Provenance, SignInMethod

if TYPE_CHECKING:
    from datetime import datetime

    from application.log import Log

CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The caller: the actor that provenance names, the source that the command came through, and the request.

    ``notify`` says whether subscribers are notified of what comes of the command, if that is said, and
    ``notify_reason`` why or why not.
    ``signed_in`` is how somebody signed in who acts in a session.
    """

    actor: str
    source: str
    request_id: str
    notify: bool | None = None
    notify_reason: str | None = None
    signed_in: SignInMethod | None = None

    def notifying(self, *, notify: bool | None, reason: str | None, by_default: bool = True) -> Caller:
        """Give the same caller, who wants subscribers notified or not; None is as it is ``by_default``."""
        wanted = by_default if notify is None else notify
        # What is so by default is not recorded where they are notified: events of before say nothing of it, either.
        return replace(self, notify=None if wanted and by_default else wanted, notify_reason=reason)

    def says(self, log: Log, *, occurred_at: datetime | None = None, causation: int | None = None) -> Provenance:
        """Give the provenance of an event that occurred at ``occurred_at``, or now; ``causation`` is a position."""
        return Provenance(
            actor=self.actor,
            source=self.source,
            request_id=self.request_id,
            causation=causation,
            occurred_at=occurred_at or log.now,
            recorded_at=log.now,
            notify=self.notify,
            notify_reason=self.notify_reason,
            signed_in=self.signed_in,
        )


BY_CONSOLE = Caller(actor=f"token:{CONSOLE}", source="cli", request_id="")
"""The caller that stands for the command line."""
BY_CLOCK = Caller(actor=CLOCK, source="bitacora", request_id="")
"""The caller that stands for the clock."""


def by_policy(name: str) -> Caller:
    """Give the caller that stands for a policy."""
    return Caller(actor=f"policy:{name}", source="bitacora", request_id="")
