"""The deliveries that wait in the store: leased before they are sent, marked after it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from domain.subscriptions.values import Channel
from infrastructure.delivery.consequences import Consequence, follow
from infrastructure.delivery.leased_delivery import LeasedDelivery, leased_delivery
from infrastructure.delivery.outbox import LEASE
from infrastructure.delivery.retries import next_attempt
from infrastructure.delivery.wire.answers import WireOutcome
from infrastructure.store.base import BulkStatement, instant, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from infrastructure.delivery.outbox import SendAttempt
    from infrastructure.store.base import Connection, Store, Value

# The time at which it is due moves on, so that a sender that dies lets it be sent again when its lease is over.
# The conditions stand inside alone, where the rows are locked: outside, PostgreSQL would read all that is due.
LEASING = """
    UPDATE deliveries SET attempts = attempts + 1, due = :until, leased_until = :until
    WHERE delivery IN (
        SELECT delivery FROM deliveries WHERE state = 'due' AND due <= :now{idle} ORDER BY due LIMIT :limit {locked}
    )
    RETURNING delivery
"""
# The first e-mail is that whether it was sent or is under way: what is sent once more has the same bytes.
LEASED = BulkStatement(
    sql="""
    SELECT deliveries.delivery, deliveries.subscription, deliveries.notification, deliveries.thing, deliveries.kind,
        deliveries.channel, deliveries.language, deliveries.host, deliveries.attempts, deliveries.planned_at,
        letters.body, recipients.address, recipients.state, recipients.generation, suppressions.reason, (
            SELECT first.delivery FROM deliveries AS first
            WHERE first.thing = deliveries.thing AND first.subscription = deliveries.subscription
            AND first.channel = 'email' AND first.state NOT IN ('waiting', 'superseded')
            AND first.position < deliveries.position ORDER BY first.position, first.delivery LIMIT 1
        )
    FROM deliveries LEFT JOIN letters ON letters.letter = deliveries.letter
    LEFT JOIN recipients ON recipients.subscription = deliveries.subscription
    LEFT JOIN suppressions ON suppressions.address_digest = recipients.address_digest
    WHERE deliveries.delivery {among} ORDER BY deliveries.planned_at, deliveries.delivery
    """,
    columns=("key",),
)
SECRETS = BulkStatement(
    sql="SELECT subscription, secret, valid_until FROM endpoint_secrets"
    " WHERE subscription {among} ORDER BY made_at DESC",
    columns=("key",),
)

# One whose lease has ended may be leased by another sender, whose lease an answer must not end. But what the other side
# has accepted is sent, whoever asks.
FINISH = BulkStatement(
    sql="""
    UPDATE deliveries SET state = given.column3, code = given.column4, answer = given.column5, due = given.column6,
        finished_at = given.column7, leased_until = NULL
    FROM {given} WHERE deliveries.delivery = given.column1 AND deliveries.state = 'due'
        AND (given.column3 = 'sent' OR deliveries.leased_until IS NOT NULL AND deliveries.attempts = given.column2)
    RETURNING deliveries.delivery
    """,
    columns=("key", "number", "key", "number", "text", "instant", "instant"),
)
GIVE_BACK = BulkStatement(
    sql="""
    UPDATE deliveries SET attempts = attempts - 1, due = given.column3, leased_until = NULL
    FROM {given} WHERE deliveries.delivery = given.column1 AND deliveries.state = 'due'
        AND deliveries.leased_until IS NOT NULL AND deliveries.attempts = given.column2
    """,
    columns=("key", "number", "instant"),
)
NEXT_DUE = "SELECT min(due) FROM deliveries WHERE state = 'due'"

log = structlog.get_logger()


class StoredOutbox:
    """Implements ``Outbox`` on a store; ``consequences`` gets what follows from answers, after they are kept."""

    def __init__(
        self,
        store: Store,
        *,
        consequences: Callable[[Sequence[Consequence]], None] = lambda _: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Lease from ``store``; ``jitter`` gives the chance, from 0 to 1, by which pauses differ."""
        self._store = store
        self._consequences = consequences
        self._jitter = jitter
        self.attempts: Counter[tuple[str, str]] = Counter()
        """How many deliveries this process has tried, by channel and outcome."""
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._locked = f"{store.for_update} SKIP LOCKED" if store.for_update else ""

    def lease(self, limit: int, now: datetime, busy: Collection[str]) -> Sequence[LeasedDelivery]:
        """Lease what is due; what is not to be sent any more is marked at once."""
        due = self.next_due()
        if due is None or due > now:
            # Whoever only looks opens no transaction.
            return []
        hosts = {f"host{number}": host for number, host in enumerate(sorted(busy))}
        idle = f" AND host NOT IN ({', '.join(f':{name}' for name in hosts)})" if hosts else ""
        values: dict[str, Value] = {"now": instant(now), "until": instant(now + LEASE), "limit": limit, **hosts}
        with self._writing() as connection:
            ids = connection.execute(LEASING.format(idle=idle, locked=self._locked), values)
            rows = connection.run(LEASED, ids) if ids else []
            secrets = _secrets(connection, {str(row[1]) for row in rows if str(row[5]) == Channel.WEBHOOK}, now)
            leased = [leased_delivery(row, secrets) for row in rows]
            blocked = [each for each in leased if each.blocked is not None]
            connection.run(
                FINISH, [(each.id, each.attempts, "dropped", None, each.blocked, *_both(now)) for each in blocked]
            )
        self._carry_out(
            [
                Consequence(subscription=each.subscription, ended=each.suppressed)
                for each in blocked
                if each.suppressed is not None
            ]
        )
        return [each for each in leased if each.blocked is None]

    def mark(self, attempts: Sequence[SendAttempt[LeasedDelivery]]) -> None:
        """Keep what came of them; an answer that comes late or twice has no consequences."""
        self.attempts.update((str(each.delivery.channel), str(each.answer.outcome)) for each in attempts)
        with self._writing() as connection:
            changed = {str(row[0]) for row in connection.run(FINISH, [self._row(each) for each in attempts])}
            counted = [each for each in attempts if each.delivery.id in changed]
            found = follow(connection, counted, lambda attempt: self._pause(attempt) is None)
        self._carry_out(found)

    def give_back(self, deliveries: Sequence[LeasedDelivery], due: datetime) -> None:
        """End the leases of deliveries that were not tried."""
        with self._writing() as connection:
            connection.run(GIVE_BACK, [(each.id, each.attempts, instant(due)) for each in deliveries])

    def next_due(self) -> datetime | None:
        """Say when the first one is due."""
        with self._store.reading_log() as connection:
            due = connection.execute(NEXT_DUE)[0][0]
        return None if due is None else moment(due)

    def _row(self, attempt: SendAttempt[LeasedDelivery]) -> tuple[Value, ...]:
        delivery, answer, at = attempt.delivery, attempt.answer, attempt.at
        state, due = "failed", at
        if answer.outcome is WireOutcome.ACCEPTED:
            state = "sent"
        elif answer.outcome is WireOutcome.LATER and (pause := self._pause(attempt)) is not None:
            state, due = "due", at + pause
        finished = None if state == "due" else instant(at)
        return delivery.id, delivery.attempts, state, answer.code, answer.text, instant(due), finished

    def _pause(self, attempt: SendAttempt[LeasedDelivery]) -> timedelta | None:
        delivery, answer = attempt.delivery, attempt.answer
        return next_attempt(delivery.channel, delivery.attempts, self._jitter(), answer.retry_after)

    def _carry_out(self, consequences: Sequence[Consequence]) -> None:
        """Carry them out; what fails is found again by the next message to the same subscriber."""
        if not consequences:
            return
        try:
            self._consequences(consequences)
        except Exception:
            # The answers are kept: to mark them again would help nobody.
            log.exception("consequences_not_carried_out", subscriptions=[each.subscription for each in consequences])

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Open a transaction on the one connection, which is opened anew after a fault."""
        with self._lock:
            if self._connection is None:
                self._connection = self._store.connect_outbox()
            connection = self._connection
            try:
                connection.begin()
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                connection.close()
                self._connection = None
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _secrets(connection: Connection, subscriptions: Collection[str], now: datetime) -> Mapping[str, Sequence[str]]:
    """Give the secrets that are valid, the newest first, by the endpoints that have them."""
    found: dict[str, list[str]] = {}
    for subscription, secret, until in connection.run(SECRETS, [(each,) for each in sorted(subscriptions)]):
        if until is None or moment(until) > now:
            found.setdefault(str(subscription), []).append(str(secret))
    return found


def _both(now: datetime) -> tuple[str, str]:
    return instant(now), instant(now)
