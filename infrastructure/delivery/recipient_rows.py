"""The rows of recipients, as they are read and written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from application.subscriptions.documents import preferences_of
from application.subscriptions.recipients import Recipient, RecipientState
from domain.subscriptions.values import Channel
from infrastructure.store.base import BulkStatement, moment, optional_text

if TYPE_CHECKING:
    from infrastructure.store.base import Value

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
ASKED_SINCE = """
    SELECT count(*) FROM deliveries WHERE subscription = :subscription AND planned_at > :since
    AND kind IN ('confirmation', 'already_subscribed')
"""
NOTHING = "UPDATE recipients SET refused = refused WHERE subscription = (SELECT max(subscription) FROM recipients)"
NOTHING_OF_LETTERS = "UPDATE letters SET channel = channel WHERE letter = (SELECT max(letter) FROM letters)"
NOTHING_OF_DELIVERIES = """
    UPDATE deliveries SET kind = kind WHERE delivery = (SELECT max(delivery) FROM deliveries)
"""
"""Each changes nothing and takes as long to commit as something, so that the time of an answer tells nothing."""
FORGET_ANSWERS = "UPDATE deliveries SET answer = NULL WHERE subscription = :subscription"
"""What a relay answered may name the address."""
ERASE = "UPDATE recipients SET address = NULL, address_digest = '' WHERE subscription = :subscription"
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


def recipient_of(row: tuple[Value, ...]) -> Recipient:
    """Read a row of ``FOUND``."""
    # That of an endpoint is the address to which it is being moved.
    wanted = optional_text(row[5]) if str(row[1]) == Channel.EMAIL else None
    return Recipient(
        subscription=UUID(str(row[0])),
        channel=Channel(str(row[1])),
        address=optional_text(row[2]),
        state=RecipientState(str(row[3])),
        asked_at=moment(row[4]),
        wanted=preferences_of(json.loads(wanted)) if wanted else None,
        is_suppressed=row[7] is not None,
    )
