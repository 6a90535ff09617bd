"""A delivery that a sender has leased from the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.subscriptions.values import Channel, EndReason


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
    """The first e-mail about the same thing that was sent to the same mailbox."""
    blocked: str | None = None
    suppressed: EndReason | None = None
    """Why a subscription is to end that has not: nothing may be sent to its address."""
    secrets: Sequence[str] = ()
