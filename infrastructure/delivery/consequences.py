"""What follows from answers: a mailbox gets nothing more, a subscription ends, or an endpoint is disabled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.subscriptions.values import Channel, DisabledBy, EndReason
from infrastructure.delivery.wire.answers import WireOutcome
from infrastructure.store.base import instant, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infrastructure.delivery.leased_delivery import LeasedDelivery
    from infrastructure.delivery.outbox import SendAttempt
    from infrastructure.store.base import Connection, Value

    IsLast = Callable[[SendAttempt[LeasedDelivery]], bool]

REFUSALS = 3
"""After how many refused messages in a row nothing more is sent to a mailbox."""
REFUSED = setting(
    "recipients", "refused", "number", {"subscription": "key"}, where="recipients.refused <> given.column2"
)
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


def follow(
    connection: Connection,
    attempts: Sequence[SendAttempt[LeasedDelivery]],
    is_last: IsLast,
) -> list[Consequence]:
    """Keep beside answers what they say of the addresses, and give what is to be recorded.

    An attempt ``is_last`` if the message is not tried again.
    """
    mails = (each for each in attempts if each.delivery.channel is Channel.EMAIL)
    accepted = {each.delivery.subscription for each in mails if each.answer.outcome is WireOutcome.ACCEPTED}
    if accepted:
        connection.run(REFUSED, [(each, 0) for each in sorted(accepted)])
    return [found for each in attempts for found in _follow(connection, each, is_last)]


def _follow(connection: Connection, attempt: SendAttempt[LeasedDelivery], is_last: IsLast) -> Iterator[Consequence]:
    delivery, answer, now = attempt.delivery, attempt.answer, instant(attempt.at)
    subscription, is_mail = delivery.subscription, delivery.channel is Channel.EMAIL
    match answer.outcome:
        case WireOutcome.REFUSED if is_mail:
            rows = connection.execute(REFUSALS_OF, {"subscription": subscription})
            refused = int(rows[0][0] or 0) + 1 if rows else 0
            connection.run(REFUSED, [(subscription, refused)])
            if refused >= REFUSALS:
                yield _suppress(connection, delivery, now)
        case WireOutcome.NO_ADDRESS:
            yield _suppress(connection, delivery, now)
        case WireOutcome.GONE:
            yield Consequence(subscription=subscription, disabled=DisabledBy.GONE, because=answer.text)
        case WireOutcome.LATER if not is_mail and is_last(attempt) and _is_failing(connection, delivery):
            yield Consequence(subscription=subscription, disabled=DisabledBy.FAILING, because=answer.text)


def _suppress(connection: Connection, delivery: LeasedDelivery, now: str) -> Consequence:
    values: dict[str, Value] = {"subscription": delivery.subscription, "reason": str(EndReason.BOUNCE), "now": now}
    connection.execute(SUPPRESS, values)
    return Consequence(subscription=delivery.subscription, ended=EndReason.BOUNCE)


def _is_failing(connection: Connection, delivery: LeasedDelivery) -> bool:
    """Tell whether none was accepted since this one was planned."""
    values: dict[str, Value] = {"subscription": delivery.subscription, "since": instant(delivery.planned_at)}
    return not connection.execute(ACCEPTED_SINCE, values)
