"""Keeps addresses, secrets and suppressions in the store."""

from __future__ import annotations

import hmac
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import new_id
from application.subscriptions.documents import preferences_document, preferences_of
from application.subscriptions.recipients import (
    LinkPurpose,
    NoSuchLink,
    OpenedLink,
    Recipient,
    RecipientState,
)
from domain.errors import Invalid, NotFound
from domain.subscriptions.values import Channel
from infrastructure.delivery.endpoint_secrets import make_room
from infrastructure.delivery.identifiers import address_digest, delivery_id, link_secret, store_secret
from infrastructure.delivery.pieces import PlannedPiece
from infrastructure.delivery.planned_rows import RELAY, NewLetter
from infrastructure.delivery.stored_outbox import CONFIRMATION
from infrastructure.delivery.suppressions import writing
from infrastructure.delivery.timing import Timing
from infrastructure.delivery.wire.endpoint_url import check_endpoint_url
from infrastructure.delivery.wire.standard_webhooks import new_secret
from infrastructure.store.base import BulkStatement, instant, moment, optional_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from application.notifications.letters import Letters
    from application.ports import Clock
    from domain.subscriptions.values import Preferences
    from infrastructure.store.base import Connection, Store, Value

ASK_AGAIN = timedelta(minutes=10)
"""How long a mailbox is left alone after it was asked."""
UNCONFIRMED_FOR = timedelta(days=7)
"""How long a link to confirm is valid."""
CONFIRM_HERE = "https://confirm.invalid/"
"""What stands in the mail to confirm where the link belongs, which is put in when it is sent."""
LETTER_OF = {LinkPurpose.CONFIRM: "c", LinkPurpose.MANAGE: "m", LinkPurpose.UNSUBSCRIBE: "u"}
LINK = re.compile(r"([0-9a-f]{32})([cmu])([0-9a-f]{64})", re.ASCII)
FOUND = """
    SELECT recipients.subscription, channel, address, state, asked_at, wanted, generation, suppressions.reason,
        mailed_at
    FROM recipients
    LEFT JOIN suppressions ON suppressions.address_digest = recipients.address_digest
"""
BY_ID = f"{FOUND} WHERE recipients.subscription = :subscription"
BY_DIGEST = f"{FOUND} WHERE recipients.address_digest = :digest ORDER BY recipients.subscription"
BY_IDS = BulkStatement(sql=f"{FOUND} WHERE recipients.subscription {{among}}", columns=("key",))
ADD = """
    INSERT INTO recipients (
        subscription, channel, address, address_digest, state, generation, wanted, asked_at, mailed_at, refused
    ) VALUES (:subscription, :channel, :address, :digest, :state, 1, :wanted, :now, :mailed_at, 0)
"""
ASK = """
    UPDATE recipients SET wanted = :wanted, asked_at = :now, mailed_at = :now, generation = generation + 1
    WHERE subscription = :subscription
"""
MAILED = "UPDATE recipients SET mailed_at = :now WHERE subscription = :subscription"
CONFIRM = """
    UPDATE recipients SET state = 'active', wanted = NULL, generation = generation + 1
    WHERE subscription = :subscription AND state = 'asked'
"""
END = """
    UPDATE recipients SET state = 'ended', wanted = NULL, generation = generation + 1
    WHERE subscription = :subscription AND state <> 'ended'
"""
ERASE = "UPDATE recipients SET address = NULL, address_digest = '' WHERE subscription = :subscription"
MOVE = "UPDATE recipients SET address = :address, address_digest = :digest WHERE subscription = :subscription"
ADD_KEY = """
    INSERT INTO endpoint_secrets (subscription, secret, made_at, valid_until)
    VALUES (:subscription, :secret, :now, NULL)
"""
LIMIT_SECRETS = """
    UPDATE endpoint_secrets SET valid_until = :until
    WHERE subscription = :subscription AND (valid_until IS NULL OR valid_until > :until)
"""
FORGET_SECRETS = "DELETE FROM endpoint_secrets WHERE subscription = :subscription"
IS_SUPPRESSED = "SELECT 1 FROM suppressions WHERE address_digest = :digest"
FORGET = (
    "DELETE FROM recipients WHERE state = 'asked' AND channel = 'email' AND asked_at < :before RETURNING subscription"
)


class StoredRecipients:
    """Implements ``Recipients`` on a store; see there for what each method gives."""

    def __init__(
        self,
        store: Store,
        letters: Callable[[], Letters],
        clock: Clock,
        *,
        allow_private: bool = False,
        asked: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep them in ``store``; ``asked`` is called when a mail to confirm is to be sent.

        With ``allow_private``, endpoints may be in a network of our own.
        """
        self._store, self._letters, self._clock, self._asked = store, letters, clock, asked
        self._allow_private = allow_private

    def ask(self, address: str, wanted: Preferences) -> None:
        """Let a mailbox be asked."""
        now = self._clock.now()
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), address)
            rows = connection.execute(BY_DIGEST, {"digest": digest})
            is_recent = any(row[8] is not None and moment(row[8]) > now - ASK_AGAIN for row in rows)
            if is_recent or connection.execute(IS_SUPPRESSED, {"digest": digest}):
                return
            found = map(_recipient, rows)
            there = next((each for each in found if each.state is not RecipientState.ENDED), None)
            document = json.dumps(preferences_document(wanted))
            subscription = there.subscription if there else new_id(now)
            values: dict[str, Value] = {"subscription": str(subscription), "now": instant(now)}
            if there is None:
                more: dict[str, Value] = {
                    "channel": str(Channel.EMAIL),
                    "address": address,
                    "digest": digest,
                    "state": str(RecipientState.ASKED),
                    "wanted": document,
                    "mailed_at": instant(now),
                }
                connection.execute(ADD, values | more)
            elif there.state is RecipientState.ASKED:
                connection.execute(ASK, values | {"wanted": document})
            else:
                connection.execute(MAILED, values)
            self._write_mail(connection, subscription, wanted.language, now)
        self._asked()

    def open(self, secret: str) -> OpenedLink:
        """Give what a link opens."""
        parts = LINK.fullmatch(secret)
        if parts is None:
            raise NoSuchLink("there is no such page")
        purpose = next(each for each, letter in LETTER_OF.items() if letter == parts[2])
        subscription = UUID(parts[1])
        with writing(self._store) as connection:
            rows = connection.execute(BY_ID, {"subscription": str(subscription)})
            generation = int(rows[0][6] or 0) if rows else 0
            right = link_secret(store_secret(connection), str(subscription), purpose, generation)
        # Compared in any case, so that it takes as long for an id that there is not.
        if not hmac.compare_digest(right, parts[3]) or not rows:
            raise NoSuchLink("there is no such page")
        recipient = _recipient(rows[0])
        is_open = (
            recipient.state is RecipientState.ASKED and recipient.asked_at > self._clock.now() - UNCONFIRMED_FOR
            if purpose is LinkPurpose.CONFIRM
            else recipient.state is RecipientState.ACTIVE
        )
        if not is_open:
            raise NoSuchLink("there is no such page")
        return OpenedLink(purpose=purpose, recipient=recipient)

    def link(self, subscription: UUID, purpose: LinkPurpose) -> str:
        """Give the secret of a link."""
        with writing(self._store) as connection:
            rows = connection.execute(BY_ID, {"subscription": str(subscription)})
            if not rows:
                raise NotFound("there is no such subscription")
            secret = store_secret(connection)
        return write_link(secret, str(subscription), purpose, int(rows[0][6] or 0))

    def confirm(self, subscription: UUID) -> None:
        """Send to the address from now on."""
        with writing(self._store) as connection:
            connection.execute(CONFIRM, {"subscription": str(subscription)})

    def end(self, subscription: UUID, *, erases: bool) -> None:
        """Send nothing to the address any more."""
        values: dict[str, Value] = {"subscription": str(subscription)}
        with writing(self._store) as connection:
            connection.execute(END, values)
            connection.execute(FORGET_SECRETS, values)
            if erases:
                connection.execute(ERASE, values)

    def check_url(self, url: str) -> str:
        """Give the host of an address."""
        try:
            return check_endpoint_url(url, allow_private=self._allow_private).host
        except ValueError as error:
            raise Invalid(str(error), pointer="/url") from None

    def new_secret(self) -> str:
        """Make a secret."""
        return new_secret()

    def add_endpoint(self, subscription: UUID, channel: Channel, url: str, secret: str | None) -> None:
        """Keep the address of an endpoint."""
        now = instant(self._clock.now())
        with writing(self._store) as connection:
            values: dict[str, Value] = {
                "subscription": str(subscription),
                "channel": str(channel),
                "address": url,
                "digest": address_digest(store_secret(connection), url),
                "state": str(RecipientState.ACTIVE),
                "wanted": None,
                "now": now,
                "mailed_at": None,
            }
            connection.execute(ADD, values)
            if secret is not None:
                connection.execute(ADD_KEY, {"subscription": str(subscription), "secret": secret, "now": now})

    def move_endpoint(self, subscription: UUID, url: str) -> None:
        """Replace the address of an endpoint."""
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), url)
            connection.execute(MOVE, {"subscription": str(subscription), "address": url, "digest": digest})

    def rotate_secret(self, subscription: UUID, secret: str, old_until: datetime) -> None:
        """Keep a new secret."""
        now = self._clock.now()
        values: dict[str, Value] = {"subscription": str(subscription)}
        with writing(self._store) as connection:
            connection.execute(LIMIT_SECRETS, values | {"until": instant(old_until)})
            make_room(connection, str(subscription), now)
            connection.execute(ADD_KEY, values | {"secret": secret, "now": instant(now)})

    def find(self, subscriptions: Sequence[UUID]) -> Mapping[UUID, Recipient]:
        """Give recipients."""
        if not subscriptions:
            return {}
        with self._store.reading_log() as connection:
            rows = connection.run(BY_IDS, [(str(each),) for each in subscriptions])
        return {each.subscription: each for each in map(_recipient, rows)}

    def find_address(self, address: str) -> Sequence[Recipient]:
        """Give the recipients with an address."""
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), address)
            return [_recipient(row) for row in connection.execute(BY_DIGEST, {"digest": digest})]

    def forget_unconfirmed(self, before: datetime) -> int:
        """Forget who has not confirmed."""
        with writing(self._store) as connection:
            return len(connection.execute(FORGET, {"before": instant(before)}))

    def _write_mail(self, connection: Connection, subscription: UUID, language: str, now: datetime) -> None:
        mail = self._letters().write_confirmation(language, CONFIRM_HERE)
        letter = NewLetter(channel=Channel.EMAIL, members=(), body=json.dumps(mail))
        id = delivery_id(str(subscription), instant(now), CONFIRMATION)
        piece = PlannedPiece(now=now)
        piece.add(
            letter,
            id=id,
            subscriber=(str(subscription), language, RELAY),
            about=(id, CONFIRMATION, 0),
            kind=CONFIRMATION,
            timing=Timing(due=now),
        )
        piece.write(connection, now)


def write_link(secret: str, subscription: str, purpose: LinkPurpose, generation: int) -> str:
    """Write the secret of a link, as it stands in an address."""
    code = link_secret(secret, subscription, purpose, generation)
    return f"{UUID(subscription).hex}{LETTER_OF[purpose]}{code}"


def _recipient(row: tuple[Value, ...]) -> Recipient:
    wanted = optional_text(row[5])
    return Recipient(
        subscription=UUID(str(row[0])),
        channel=Channel(str(row[1])),
        address=optional_text(row[2]),
        state=RecipientState(str(row[3])),
        asked_at=moment(row[4]),
        wanted=preferences_of(json.loads(wanted)) if wanted else None,
        is_suppressed=row[7] is not None,
    )
