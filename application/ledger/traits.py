"""What sets a held request apart in the queue, beyond its state: what somebody should look at."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.ledger.held_request import HeldRequest


class Trait(StrEnum):
    """What requests can be found by that came to them from outside, and is easily overlooked."""

    CHANGED_AFTER_SETTLEMENT = "changed_after_settlement"
    OPENED_AGAIN = "opened_again"
    MERGED = "merged"
    RESEND_KEPT = "resend_kept"


def traits_of(request: HeldRequest) -> tuple[Trait, ...]:
    """Give the traits that a request has."""
    found = {
        Trait.CHANGED_AFTER_SETTLEMENT: request.changed_after_settlement,
        Trait.OPENED_AGAIN: request.opened_again_at is not None,
        Trait.MERGED: request.merged_into is not None or bool(request.merges),
        Trait.RESEND_KEPT: request.kept_resend is not None,
    }
    return tuple(trait for trait, has in found.items() if has)


def trait_label(trait: Trait) -> str:
    """Give the label under which requests with a trait are found; nobody can set one that begins so."""
    return f":{trait}"
