"""The guards of the recovery of an account: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from domain.errors import EndsBeforeItBegins, TooManyEntries, UnknownMoment
from domain.instants import written
from domain.panels.errors import AccountOfAnotherPanel, AlreadyExecuted, AlreadyLinked, NumbersCollide

if TYPE_CHECKING:
    from datetime import datetime

    from domain.panels.account.state import AccountRecoveryState
    from domain.panels.account.values import Particulars, Resolution
    from domain.panels.panel import Days
    from domain.provenance import Provenance

T = TypeVar("T")

FEW = 20
"""How many collisions a refusal names."""
MOST = {"backfills": 200, "spans of relief": 200, "collisions": 1_000, "choices for the warehouse": 200}
"""How many of each kind one account can have."""
PIECE = 40
"""How many collisions, or resolutions, one event holds: an event has a limit of its own."""


def require_not_linked(recovery: AccountRecoveryState) -> None:
    """Refuse another temporary account, or another link, once there is one.

    Raises:
        AlreadyLinked: if a temporary account is linked.
    """
    if recovery.linked_at is not None:
        raise AlreadyLinked(
            f"account {recovery.account} was linked with a temporary account at {written(recovery.linked_at)}"
        )


def require_not_executed(recovery: AccountRecoveryState) -> None:
    """Refuse to change, or to execute again, a choice that was executed.

    Raises:
        AlreadyExecuted: if it was.
    """
    if recovery.warehouse_executed_at is not None:
        when = written(recovery.warehouse_executed_at)
        raise AlreadyExecuted(f"account {recovery.account}: the choice {recovery.warehouse} was executed at {when}")


def require_resolved(recovery: AccountRecoveryState, resolutions: tuple[Resolution, ...]) -> None:
    """Refuse to merge while of a number that both accounts have nobody says what becomes.

    Raises:
        NumbersCollide: if there is one, with these ``resolutions`` too.
    """
    left = recovery.unresolved_by(resolutions)
    if left:
        named = ", ".join(f"{each.kind} {each.number}" for each in left[:FEW])
        more = f" and {len(left) - FEW} more" if len(left) > FEW else ""
        raise NumbersCollide(f"account {recovery.account}: both accounts have {named}{more}; say what becomes of each")


def require_after(recovery: AccountRecoveryState, start: datetime, provenance: Provenance, what: str) -> None:
    """Refuse what is said of a time before ``start``; ``what`` says what happened then.

    Raises:
        UnknownMoment: if it is.
    """
    if provenance.occurred_at < start:
        raise UnknownMoment(
            f"account {recovery.account}: {what} at {written(start)}, after {written(provenance.occurred_at)}"
        )


def require_length(start: datetime, until: datetime) -> None:
    """Refuse a span without length.

    Raises:
        EndsBeforeItBegins: if it would end before it begins, or as it begins.
    """
    if until <= start:
        raise EndsBeforeItBegins(f"a span that begins at {written(start)} cannot end at {written(until)}")


def require_room(recovery: AccountRecoveryState, kind: str, number: int) -> None:
    """Refuse one more of a kind than there can be.

    Raises:
        TooManyEntries: if there are as many already.
    """
    if number >= MOST[kind]:
        raise TooManyEntries(f"account {recovery.account} has {number} {kind}; there can be no more")


def require_among(days: Days, account: str, particulars: Particulars) -> None:
    """Refuse an account that was created on a day of another panel.

    Raises:
        AccountOfAnotherPanel: if it is said to be.
    """
    created_on = particulars.created_on
    if created_on is not None and not days.covers(created_on):
        raise AccountOfAnotherPanel(f"account {account}, created on {created_on.isoformat()}, is on another panel")


def pieces(parts: tuple[T, ...]) -> list[tuple[T, ...]]:
    """Cut what does not fit into one event; there is one piece at least."""
    return [parts[start : start + PIECE] for start in range(0, len(parts), PIECE)] or [()]
