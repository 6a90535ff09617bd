"""The guards of the recovery of an account: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from domain.aggregate import Aggregate
from domain.errors import EndsBeforeItBegins, TooManyEntries, UnknownMoment
from domain.instants import written
from domain.panels.account.state import RecoveryInMotion
from domain.panels.errors import AccountOfAnotherPanel, AlreadyExecuted, AlreadyLinked, NumbersCollide

if TYPE_CHECKING:
    from datetime import datetime

    from domain.panels.account.values import Particulars, Resolution
    from domain.panels.panel import Days
    from domain.provenance import Provenance

T = TypeVar("T")

FEW = 20
"""How many collisions a refusal names."""
MOST = {"backfills": 200, "spans of relief": 200, "collisions": 1_000}
"""How many of each kind one account can have."""
PIECE = 40
"""How many collisions, or resolutions, one event holds: an event has a limit of its own."""


class GuardedRecovery(RecoveryInMotion, Aggregate):
    """A recovery that knows what it refuses."""

    def _require_not_linked(self) -> None:
        if self.linked_at is not None:
            msg = f"account {self.account} was linked with a temporary account at {written(self.linked_at)}"
            raise AlreadyLinked(msg)

    def _require_not_executed(self) -> None:
        if self.warehouse_executed_at is not None:
            when = written(self.warehouse_executed_at)
            msg = f"account {self.account}: the choice {self.warehouse} was executed at {when}"
            raise AlreadyExecuted(msg)

    def _require_resolved(self, resolutions: tuple[Resolution, ...]) -> None:
        left = self.unresolved_by(resolutions)
        if left:
            named = ", ".join(f"{each.kind} {each.number}" for each in left[:FEW])
            more = f" and {len(left) - FEW} more" if len(left) > FEW else ""
            msg = f"account {self.account}: both accounts have {named}{more}; say what becomes of each"
            raise NumbersCollide(msg)

    def _require_after(self, start: datetime, provenance: Provenance, what: str) -> None:
        if provenance.occurred_at < start:
            msg = f"account {self.account}: {what} at {written(start)}, after {written(provenance.occurred_at)}"
            raise UnknownMoment(msg)

    def _require_length(self, start: datetime, until: datetime) -> None:
        if until <= start:
            msg = f"a span that begins at {written(start)} cannot end at {written(until)}"
            raise EndsBeforeItBegins(msg)

    def _require_room(self, kind: str, number: int) -> None:
        if number >= MOST[kind]:
            msg = f"account {self.account} has {number} {kind}; there can be no more"
            raise TooManyEntries(msg)


def require_among(days: Days, account: str, particulars: Particulars) -> None:
    """Refuse an account that was created on a day of another panel.

    Raises:
        AccountOfAnotherPanel: if it is said to be.
    """
    created_on = particulars.created_on
    if created_on is not None and not days.covers(created_on):
        msg = f"account {account}, created on {created_on.isoformat()}, is on another panel"
        raise AccountOfAnotherPanel(msg)


def pieces(parts: tuple[T, ...]) -> list[tuple[T, ...]]:
    """Cut what does not fit into one event; there is one piece at least."""
    return [parts[start : start + PIECE] for start in range(0, len(parts), PIECE)] or [()]
