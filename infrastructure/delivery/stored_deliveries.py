"""Reads deliveries for operators, and lets them be tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from application.notifications.deliveries import DeliveryFigures, DeliveryState, NoSuchDelivery, NothingToRetry
from domain.instants import written
from infrastructure.delivery.suppressions import writing
from infrastructure.delivery.wire.addresses import token_of
from infrastructure.store.base import instant, moment, optional_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from application.notifications.deliveries import DeliveryDocument
    from application.ports import Clock
    from infrastructure.store.base import Connection, Store, Value

COLUMNS = (
    "delivery, subscription, channel, language, state, kind, thing, notification, position, attempts, due, planned_at,"
    " finished_at, code, answer, letter"
)
BY_ID = f"SELECT {COLUMNS} FROM deliveries WHERE delivery = :id"
LIST = f"SELECT {COLUMNS} FROM deliveries{{where}} ORDER BY planned_at DESC, delivery DESC LIMIT :limit"
RETRY = """
    UPDATE deliveries SET state = 'due', attempts = 0, due = :now, leased_until = NULL, finished_at = NULL
    WHERE delivery = :id AND state IN ('due', 'failed', 'dropped', 'perhaps_sent')
    AND (leased_until IS NULL OR leased_until <= :now)
    AND letter IN (SELECT letter FROM letters) RETURNING delivery
"""
RETRY_HELD_BACK = """
    UPDATE deliveries SET state = 'due', attempts = 0, due = :now
    WHERE state = 'perhaps_sent' AND letter IN (SELECT letter FROM letters) RETURNING delivery
"""
WITH_TEXT = """
    FROM deliveries WHERE notification = :notification AND subscription = :subscription AND kind <> 'again'
    AND letter IN (SELECT letter FROM letters)
"""
HAS_TEXT = f"SELECT 1 {WITH_TEXT} LIMIT 1"
AGAIN = f"""
    INSERT INTO deliveries (
        delivery, subscription, notification, thing, kind, position, channel, language, host, letter, state, attempts,
        due, planned_at
    )
    SELECT :new, subscription, notification, thing, 'again', position, channel, language, host, letter, 'due', 0,
        :now, :now
    {WITH_TEXT}
    ORDER BY planned_at DESC LIMIT 1 RETURNING {COLUMNS}
"""
OF_ANNOUNCEMENT = "SELECT 1 FROM deliveries WHERE subscription = :subscription AND notification = :notification LIMIT 1"
COUNTS = " UNION ALL ".join(
    f"SELECT channel, '{state}', count(*) FROM deliveries WHERE state = '{state}' GROUP BY channel"
    for state in (DeliveryState.DUE, DeliveryState.WAITING)
)
OLDEST = "SELECT min(due) FROM deliveries WHERE state = 'due'"
OF_TOKEN = "SELECT subscription FROM deliveries WHERE delivery = :token AND channel = 'email'"  # noqa: S105 - the id of a delivery
"""The token of a bounce is the id of its delivery."""


class StoredDeliveries:
    """Implements ``Deliveries`` on a store; see there for what each method gives."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        attempts: Mapping[tuple[str, str], int],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Read from ``store``; ``changed`` is called when something is due at once.

        ``attempts`` counts those of this process by channel and outcome.
        """
        self._store, self._clock, self._attempts, self._changed = store, clock, attempts, changed

    def page(
        self,
        *,
        state: DeliveryState | None,
        subscription: UUID | None,
        thing: str | None,
        before: str | None,
        limit: int,
    ) -> Sequence[tuple[str, DeliveryDocument]]:
        """List deliveries."""
        wanted: dict[str, Value] = {"limit": limit}
        conditions: list[str] = []
        for name, value in (("state", state), ("subscription", subscription), ("thing", thing)):
            if value is not None:
                wanted[name] = str(value)
                conditions.append(f"{name} = :{name}")
        if before is not None:
            wanted["planned_at"], _, wanted["delivery"] = before.partition("/")
            conditions.append("(planned_at, delivery) < (:planned_at, :delivery)")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._store.reading_log() as connection:
            rows = connection.execute(LIST.format(where=where), wanted)
        return [(f"{optional_text(row[11])}/{optional_text(row[0])}", _document(row)) for row in rows]

    def find(self, id: str) -> DeliveryDocument:
        """Give one of them."""
        with self._store.reading_log() as connection:
            return _find(connection, id)

    def retry(self, id: str) -> DeliveryDocument:
        """Let one be tried now."""
        with writing(self._store) as connection:
            is_due = connection.execute(RETRY, {"id": id, "now": instant(self._clock.now())})
            found = _find(connection, id)
            if not is_due and found["state"] != DeliveryState.DUE:
                raise NothingToRetry(f"the delivery {id} is {found['state']}; there is nothing to send any more")
        self._changed()
        return found

    def retry_perhaps_sent(self) -> int:
        """Let all be tried that were held back after a restore."""
        with writing(self._store) as connection:
            count = len(connection.execute(RETRY_HELD_BACK, {"now": instant(self._clock.now())}))
        self._changed()
        return count

    def send_again(self, notification: UUID, subscription: UUID) -> DeliveryDocument:
        """Send a message once more."""
        wanted: dict[str, Value] = {"notification": str(notification), "subscription": str(subscription)}
        now = instant(self._clock.now())
        with writing(self._store) as connection:
            _require_text(connection, notification, subscription)
            rows = connection.execute(AGAIN, wanted | {"new": uuid4().hex, "now": now})
        self._changed()
        return _document(rows[0])

    def require_text(self, notification: UUID, subscription: UUID) -> None:
        """Refuse what cannot be sent once more."""
        with self._store.reading_log() as connection:
            _require_text(connection, notification, subscription)

    def figures(self) -> DeliveryFigures:
        """Count what waits, and what was sent."""
        with self._store.reading_log() as connection:
            rows = connection.execute(COUNTS)
            due = connection.execute(OLDEST)[0][0]
        late = timedelta() if due is None else self._clock.now() - moment(due)
        return DeliveryFigures(
            attempts=dict(self._attempts),
            waiting={(str(row[0]), str(row[1])): int(row[2] or 0) for row in rows},
            oldest_due=max(late, timedelta()),
        )

    def subscription_of(self, recipient: str) -> UUID | None:
        """Give whose delivery came back."""
        token = token_of(recipient)
        with self._store.reading_log() as connection:
            rows = connection.execute(OF_TOKEN, {"token": token or ""})
        return UUID(str(rows[0][0])) if rows else None


def _find(connection: Connection, id: str) -> DeliveryDocument:
    rows = connection.execute(BY_ID, {"id": id})
    if not rows:
        raise NoSuchDelivery(f"there is no delivery {id[:64]}")
    return _document(rows[0])


def _require_text(connection: Connection, notification: UUID, subscription: UUID) -> None:
    wanted: dict[str, Value] = {"notification": str(notification), "subscription": str(subscription)}
    if connection.execute(HAS_TEXT, wanted):
        return
    if connection.execute(OF_ANNOUNCEMENT, wanted):
        raise NothingToRetry("the text of that message is gone; only recent ones can be sent again")
    raise NoSuchDelivery(f"{subscription} was not notified of {notification}")


def _document(row: tuple[Value, ...]) -> DeliveryDocument:
    return {
        "id": str(row[0]),
        "subscription": str(row[1]),
        "channel": str(row[2]),
        "language": str(row[3]),
        "state": str(row[4]),
        "kind": str(row[5]),
        "thing": str(row[6]),
        "notification": str(row[7]),
        "position": int(row[8] or 0),
        "attempts": int(row[9] or 0),
        "due": written(moment(row[10])),
        "planned_at": written(moment(row[11])),
        "finished_at": None if row[12] is None else written(moment(row[12])),
        "code": None if row[13] is None else int(row[13]),
        "answer": optional_text(row[14]),
    }
