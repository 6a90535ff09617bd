"""What sets a held request apart in the queue, beyond its state: what somebody should look at."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.ledger.held_request import HeldRequest


class Trait(StrEnum):
    """What requests can be found by that came to them from outside, and is easily overlooked."""

    CHANGED_AFTER_SETTLEMENT = "changed_after_settlement"
    OPENED_AGAIN = "opened_again"
    MERGED = "merged"
    RESEND_KEPT = "resend_kept"
    DIGEST_DIFFERS = "digest_differs"


def traits_of(request: HeldRequest) -> Iterator[Trait]:
    """Give the traits that a request has."""
    if request.changed_after_settlement:
        yield Trait.CHANGED_AFTER_SETTLEMENT
    if request.opened_again_at is not None:
        yield Trait.OPENED_AGAIN
    if request.merged_into is not None or request.merges:
        yield Trait.MERGED
    if request.kept_resend is not None:
        yield Trait.RESEND_KEPT
    if request.resent_differently:
        yield Trait.DIGEST_DIFFERS


def trait_label(trait: Trait) -> str:
    """Give the label under which requests with a trait are found; nobody can set one that begins so."""
    return f":{trait}"
