"""The claims of people, which end when what they were made with is good no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.caller import by_policy
from application.ledger.disposition import set_timers
from domain.ledger.held_request import HeldRequest, claims_handle

if TYPE_CHECKING:
    from application.log import Log

MOST_RELEASED = 1_000
"""How many claims, or leases, are released at once when their token is good no longer."""
ACCESS = by_policy("access")


def release_claims(log: Log, *, actor: str, reason: str) -> None:
    """Release what somebody has claimed by a token that is good no longer.

    It is a thousand requests at most: whatever is beyond is free when the claims run out, which is soon.
    """
    ids = log.find_ids(claims_handle(actor), limit=MOST_RELEASED)
    log.read_ahead(ids)
    provenance = ACCESS.says(log, causation=log.position)
    requests = [log.load(HeldRequest, id) for id in ids]
    for request in requests:
        request.release_claim(by=None, reason=reason, provenance=provenance)
        log.save(request)
    set_timers(log, [request.cause for request in requests])
