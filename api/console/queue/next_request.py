"""Which request comes next in a view of the queue, once something was done with the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from api.console.queue.filters import read_filter
from domain.access.keyring import Role
from domain.people import is_same_person

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit
    from application.ledger.documents import HeldRequestDocument

MOVES_ON = frozenset({"decide", "sign", "return", "release", "withdraw"})
"""The forms after which a reviewer goes on to another request."""
LOOKED_AT = 50
"""How many of a view are looked at for one that this person can do something with."""


async def find_next(visit: Visit, id: str, view: str) -> HeldRequestDocument | None:
    """Find the request that comes after one in a view, which is given as its address has it; None if none waits.

    It is the first one that nobody else has claimed, and that was not decided by the same person.
    """
    done = visit.query.get("done")
    if done not in MOVES_ON or not visit.may(Role.REVIEWER):
        return None
    asked = dict(parse_qsl(view)) or ({"state": "awaiting_signature"} if done in {"sign", "return"} else {})
    wanted = read_filter(visit, asked)
    reply = await visit.api.send("GET", "/v1/held-requests", query={**wanted.query, "limit": LOOKED_AT})
    if wanted.faults or not reply.is_good:
        return None
    rows: list[HeldRequestDocument] = reply.document["data"]
    return next((row for row in rows if row["id"] != id and _is_free(row, visit.identity.person)), None)


def _is_free(held: HeldRequestDocument, me: str) -> bool:
    if held["state"] == "awaiting_signature":
        return held["decision"] is not None and not is_same_person(held["decision"]["person"], me)
    return held["claim"] is None or is_same_person(held["claim"]["person"], me)
