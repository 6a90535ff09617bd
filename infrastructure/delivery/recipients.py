"""Keeps addresses, secrets and suppressions in the store."""

from __future__ import annotations

import hmac
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import new_id
from application.notifications.letters import MANAGE
from application.subscriptions.documents import preferences_document
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
from infrastructure.delivery.leased_delivery import CONFIRMATION
from infrastructure.delivery.moves import begin_move, settle_moves
from infrastructure.delivery.pieces import PlannedPiece
from infrastructure.delivery.planned_rows import RELAY, NewLetter
from infrastructure.delivery.recipient_rows import (
    ADD,
    ADD_KEY,
    ASK,
    ASKED_SINCE,
    BY_DIGEST,
    BY_ID,
    BY_IDS,
    CONFIRM,
    END,
    ERASE,
    FORGET_ANSWERS,
    FORGET_SECRETS,
    IS_SUPPRESSED,
    LIMIT_SECRETS,
    MAILED,
    NOTHING,
    NOTHING_OF_DELIVERIES,
    NOTHING_OF_LETTERS,
    recipient_of,
)
from infrastructure.delivery.suppressions import writing
from infrastructure.delivery.timing import Timing
from infrastructure.delivery.validity import UNCONFIRMED_FOR
from infrastructure.delivery.wire.endpoint_url import check_endpoint_url
from infrastructure.delivery.wire.standard_webhooks import new_secret
from infrastructure.store.base import instant, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from application.notifications.letters import Letters, MailLetter
    from application.ports import Clock
    from domain.subscriptions.values import Preferences
    from infrastructure.store.base import Connection, Store, Value

MOST_A_DAY, A_DAY = 3, timedelta(days=1)
"""How many mails to confirm, or that say that it is subscribed already, a mailbox gets in a day."""
ASK_AGAIN = timedelta(minutes=10)
"""How long a mailbox is left alone after it was asked."""
CONFIRM_HERE = "https://confirm.invalid/"
"""What stands in the mail to confirm where the link belongs, which is put in when it is sent."""
LETTER_OF = {LinkPurpose.CONFIRM: "c", LinkPurpose.MANAGE: "m", LinkPurpose.UNSUBSCRIBE: "u"}
IN_FORCE = {
    LinkPurpose.CONFIRM: RecipientState.ASKED,
    LinkPurpose.MANAGE: RecipientState.ACTIVE,
    LinkPurpose.UNSUBSCRIBE: RecipientState.ACTIVE,
}
"""In which state of a recipient a link of now opens."""
USED = {LinkPurpose.CONFIRM: RecipientState.ACTIVE, LinkPurpose.UNSUBSCRIBE: RecipientState.ENDED}
"""In which state a link opens that was used: who presses a button twice gets the same answer twice."""
ALREADY_SUBSCRIBED = "already_subscribed"
"""The kind of the mail to somebody who asks again."""
LINK = re.compile(r"([0-9a-f]{32})([cmu])([0-9a-f]{64})", re.ASCII)


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
        """Let a mailbox be asked; whatever is known of it, the store does as much."""
        now, language = self._clock.now(), wanted.language
        # Both are written for every address, so that each takes as long.
        confirmation = self._letters().write_confirmation(language, CONFIRM_HERE)
        subscribed = self._letters().write_already_subscribed(language, MANAGE)
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), address)
            rows = connection.execute(BY_DIGEST, {"digest": digest})
            found = map(recipient_of, rows)
            there = next((each for each in found if each.state is not RecipientState.ENDED), None)
            subscription = there.subscription if there else new_id(now)
            is_left_alone = [
                bool(connection.execute(IS_SUPPRESSED, {"digest": digest})),
                self._was_asked_enough(connection, subscription, now),
                any(row[8] is not None and moment(row[8]) > now - ASK_AGAIN for row in rows),
            ]
            if any(is_left_alone):
                for nothing in (NOTHING, NOTHING_OF_LETTERS, NOTHING_OF_DELIVERIES):
                    connection.execute(nothing, {})
                return
            document = json.dumps(preferences_document(wanted))
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
            is_active = there is not None and there.state is RecipientState.ACTIVE
            kind, mail = (ALREADY_SUBSCRIBED, subscribed) if is_active else (CONFIRMATION, confirmation)
            _write_mail(connection, (str(subscription), language, RELAY), kind, mail, now)
        self._asked()

    def _was_asked_enough(self, connection: Connection, subscription: UUID, now: datetime) -> bool:
        """Tell whether a mailbox got as many mails in a day as anybody, who need not be its owner, can ask for."""
        values: dict[str, Value] = {"subscription": str(subscription), "since": instant(now - A_DAY)}
        return int(connection.execute(ASKED_SINCE, values)[0][0] or 0) >= MOST_A_DAY

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
            secret_of_store = store_secret(connection)
        # Each is compared in any case, so that it takes as long for an id that there is not.
        is_current, is_used = (
            hmac.compare_digest(link_secret(secret_of_store, str(subscription), purpose, each), parts[3])
            for each in (generation, generation - 1)
        )
        recipient = recipient_of(rows[0]) if rows else None
        if recipient is None or not (
            (is_current and self._is_open(recipient, purpose, IN_FORCE[purpose]))
            or (is_used and purpose in USED and self._is_open(recipient, purpose, USED[purpose]))
        ):
            raise NoSuchLink("there is no such page")
        return OpenedLink(purpose=purpose, recipient=recipient)

    def _is_open(self, recipient: Recipient, purpose: LinkPurpose, state: RecipientState) -> bool:
        is_late = recipient.asked_at <= self._clock.now() - UNCONFIRMED_FOR
        return recipient.state is state and not (purpose is LinkPurpose.CONFIRM and is_late)

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
                connection.execute(FORGET_ANSWERS, values)

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

    def begin_move(self, subscription: UUID, url: str, request: str) -> None:
        """Keep the next address of an endpoint."""
        with writing(self._store) as connection:
            now = self._clock.now()
            begin_move(connection, self._store.types, str(subscription), url, request=request, now=now)

    def end_move(self, subscription: UUID, request: str) -> None:
        """Move an endpoint, if the log says so."""
        with writing(self._store) as connection:
            settle_moves(connection, self._store.types, str(subscription), self._clock.now(), ended=request)

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
        return {each.subscription: each for each in map(recipient_of, rows)}

    def find_address(self, address: str) -> Sequence[Recipient]:
        """Give the recipients with an address."""
        with writing(self._store) as connection:
            digest = address_digest(store_secret(connection), address)
            return [recipient_of(row) for row in connection.execute(BY_DIGEST, {"digest": digest})]


def write_link(secret: str, subscription: str, purpose: LinkPurpose, generation: int) -> str:
    """Write the secret of a link, as it stands in an address."""
    code = link_secret(secret, subscription, purpose, generation)
    return f"{UUID(subscription).hex}{LETTER_OF[purpose]}{code}"


def _write_mail(
    connection: Connection, subscriber: tuple[str, str, str], kind: str, mail: MailLetter, now: datetime
) -> None:
    letter = NewLetter(channel=Channel.EMAIL, members=(), body=json.dumps(mail))
    id = delivery_id(subscriber[0], instant(now), kind)
    piece = PlannedPiece(now=now)
    piece.add(letter, id=id, subscriber=subscriber, about=(id, kind, 0), kind=kind, timing=Timing(due=now))
    piece.write(connection, now)
