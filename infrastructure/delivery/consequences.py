"""What follows from answers: a mailbox gets nothing more, a subscription ends, or an endpoint is disabled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.subscriptions.values import Channel, DisabledBy, EndReason
from infrastructure.delivery.wire.answers import WireOutcome
from infrastructure.store.base import instant, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrastructure.delivery.outbox import SendAttempt
    from infrastructure.delivery.stored_outbox import LeasedDelivery
    from infrastructure.store.base import Connection, Value

REFUSALS = 3
"""After how many refused messages in a row nothing more is sent to a mailbox."""
REFUSED = setting("recipients", "refused", "number", {"subscription": "key"}, where="true")
REFUSALS_OF = "SELECT refused FROM recipients WHERE subscription = :subscription"
SUPPRESS = """
    INSERT INTO suppressions (address_digest, reason, since)
    SELECT address_digest, :reason, :now FROM recipients WHERE subscription = :subscription AND channel = 'email'
    ON CONFLICT (address_digest) DO NOTHING
"""
ACCEPTED_SINCE = """
    SELECT 1 FROM deliveries WHERE subscription = :subscription AND state = 'sent' AND finished_at > :since LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What follows from an answer for who should have got it: a subscription ends, or an endpoint is disabled."""

    subscription: str
    ended: EndReason | None = None
    disabled: DisabledBy | None = None
    because: str | None = None


def follow(connection: Connection, attempt: SendAttempt[LeasedDelivery], *, is_last: bool) -> Iterator[Consequence]:
    """Keep beside an answer what it says of the address, and give what is to be recorded.

    It is the last one if the message is not tried again.
    """
    delivery, answer, now = attempt.delivery, attempt.answer, instant(attempt.at)
    subscription = delivery.subscription
    match answer.outcome:
        case WireOutcome.ACCEPTED if delivery.channel is Channel.EMAIL:
            connection.run(REFUSED, [(subscription, 0)])
        case WireOutcome.REFUSED if delivery.channel is Channel.EMAIL:
            rows = connection.execute(REFUSALS_OF, {"subscription": subscription})
            refused = int(rows[0][0] or 0) + 1 if rows else 0
            connection.run(REFUSED, [(subscription, refused)])
            if refused >= REFUSALS:
                yield _suppress(connection, delivery, now)
        case WireOutcome.NO_ADDRESS:
            yield _suppress(connection, delivery, now)
        case WireOutcome.GONE:
            yield Consequence(subscription=subscription, disabled=DisabledBy.GONE, because=answer.text)
        case WireOutcome.LATER if (
            delivery.channel is not Channel.EMAIL and is_last and _is_failing(connection, delivery)
        ):
            yield Consequence(subscription=subscription, disabled=DisabledBy.FAILING, because=answer.text)


def _suppress(connection: Connection, delivery: LeasedDelivery, now: str) -> Consequence:
    values: dict[str, Value] = {"subscription": delivery.subscription, "reason": str(EndReason.BOUNCE), "now": now}
    connection.execute(SUPPRESS, values)
    return Consequence(subscription=delivery.subscription, ended=EndReason.BOUNCE)


def _is_failing(connection: Connection, delivery: LeasedDelivery) -> bool:
    """Tell whether none was accepted since this one was planned."""
    values: dict[str, Value] = {"subscription": delivery.subscription, "since": instant(delivery.planned_at)}
    return not connection.execute(ACCEPTED_SINCE, values)
