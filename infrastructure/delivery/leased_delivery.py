"""A delivery that was leased, with all that a wire needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.subscriptions.recipients import RecipientState
from domain.subscriptions.values import Channel, EndReason
from infrastructure.store.base import Value, moment, optional_text

CONFIRMATION = "confirmation"
"""The kind of the mail that asks somebody to confirm."""


@dataclass(frozen=True, kw_only=True)
class LeasedDelivery:
    """A delivery with all that a wire needs; ``body`` is the finished letter.

    ``blocked`` says why nothing is to be sent any more: the subscription has ended, or its address is suppressed.
    """

    id: str
    subscription: str
    notification: str
    thing: str
    kind: str
    channel: Channel
    language: str
    host: str
    attempts: int
    planned_at: datetime
    body: str
    address: str
    generation: int
    first: str | None = None
    """The first e-mail about the same thing to the same mailbox, sent or under way."""
    blocked: str | None = None
    suppressed: EndReason | None = None
    """Why a subscription is to end that has not: nothing may be sent to its address."""
    secrets: Sequence[str] = ()


def leased_delivery(row: tuple[Value, ...], secrets: Mapping[str, Sequence[str]]) -> LeasedDelivery:
    """Read a row of what was leased, with the secrets of each endpoint."""
    subscription, state = str(row[1]), optional_text(row[12])
    address, suppressed = optional_text(row[11]), optional_text(row[14])
    blocked: str | None = None
    ends: EndReason | None = None
    if row[10] is None:
        blocked = "its text is gone"
    elif address is None or state != (RecipientState.ASKED if str(row[4]) == CONFIRMATION else RecipientState.ACTIVE):
        blocked = "the subscription has ended"
    elif suppressed is not None:
        blocked = f"the address is suppressed: {suppressed}"
        # What an operator suppresses he may allow again.
        if state == RecipientState.ACTIVE and suppressed in {EndReason.BOUNCE, EndReason.COMPLAINT}:
            ends = EndReason(suppressed)
    return LeasedDelivery(
        id=str(row[0]),
        subscription=subscription,
        notification=str(row[2]),
        thing=str(row[3]),
        kind=str(row[4]),
        channel=Channel(str(row[5])),
        language=str(row[6]),
        host=str(row[7]),
        attempts=int(row[8] or 0),
        planned_at=moment(row[9]),
        body=str(row[10]),
        address=address or "",
        generation=int(row[13] or 0),
        first=optional_text(row[15]),
        blocked=blocked,
        suppressed=ends,
        secrets=secrets.get(subscription, ()),
    )
