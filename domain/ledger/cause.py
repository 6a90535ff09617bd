"""What holds requests up: an incident, a maintenance window, or the restoration of a panel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from domain.instants import written
from domain.ledger.errors import CauseVoid, OutsideCause
from domain.ledger.request_policy import Disposition, RequestPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta


class CauseType(StrEnum):
    """The kinds of causes."""

    INCIDENT = "incident"
    MAINTENANCE_WINDOW = "maintenance_window"
    RESTORATION = "restoration"


class Void(StrEnum):
    """Why a cause ended that never was, or never will be."""

    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause by type and id; as text ``type:id``."""

    type: CauseType
    id: UUID

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What is known of a cause, as far as requests are concerned.

    ``began_at`` is None if nobody knows since when it holds requests up, ``ended_at`` while it goes on. ``void`` says
    why it never was, if it was taken back.
    """

    cause: Cause
    began_at: datetime | None
    ended_at: datetime | None
    policies: Mapping[str, RequestPolicy]
    void: Void | None = None

    def policy_for(self, kind: str) -> RequestPolicy:
        """Give the policy for requests of a kind: what is not named is checked by hand, as is all of a void cause."""
        policy = self.policies.get(kind, RequestPolicy())
        return policy if self.void is None else replace(policy, policy=Disposition.CHECK_BY_HAND)

    def require_valid(self) -> None:
        """Refuse to carry out anything of a cause that was taken back.

        Raises:
            CauseVoid: if it was.
        """
        if self.void is not None:
            raise CauseVoid(f"{self.cause} was {self.void}; what it held up is checked by hand")

    def require_covers(self, received_at: datetime, tolerance: timedelta) -> None:
        """Refuse a request that cannot have been held up by it; clocks may differ by ``tolerance``.

        Raises:
            OutsideCause: if it was received before it began, or after it ended.
        """
        # Differences, because an instant near the first or the last year has nothing before or after it. When it was is
        # not told: who hands requests in may know less of the cause than that.
        if self.began_at is not None and self.began_at - received_at > tolerance:
            raise OutsideCause(f"received at {written(received_at)}, before {self.cause} began")
        if self.ended_at is not None and received_at - self.ended_at > tolerance:
            raise OutsideCause(f"received at {written(received_at)}, after {self.cause} ended")
