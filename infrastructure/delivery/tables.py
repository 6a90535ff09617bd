"""The operational tables of notifications, in the log's file: backups have them, and no rebuild touches them."""

from __future__ import annotations

TABLES = (
    # Since version 4. How far the planner has come: up to a position, and of what came with the next event up to a
    # subscriber.
    """CREATE TABLE IF NOT EXISTS delivery_cursor (
        name {key} PRIMARY KEY, position {number} NOT NULL, subscription {key} NOT NULL)""",
    # The addresses, which can be erased. The digest finds one without having it; the generation makes old links void.
    # ``wanted`` is what was asked for, until it is confirmed.
    """CREATE TABLE IF NOT EXISTS recipients (
        subscription {key} PRIMARY KEY, channel {key} NOT NULL, address {text}, address_digest {key} NOT NULL,
        state {key} NOT NULL, generation {number} NOT NULL, wanted {document}, asked_at {instant} NOT NULL,
        mailed_at {instant}, refused {number} NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS recipients_by_address ON recipients (address_digest)",
    "CREATE INDEX IF NOT EXISTS recipients_asked ON recipients (asked_at) WHERE state = 'asked'",
    # The secrets that sign messages to webhooks; the one before is valid until a moment.
    """CREATE TABLE IF NOT EXISTS endpoint_secrets (
        subscription {key} NOT NULL, secret {key} NOT NULL, made_at {instant} NOT NULL, valid_until {instant},
        PRIMARY KEY (subscription, secret))""",
    # Addresses to which nothing is sent, by their digests.
    """CREATE TABLE IF NOT EXISTS suppressions (
        address_digest {key} PRIMARY KEY, reason {key} NOT NULL, since {instant} NOT NULL)""",
    # Finished words, shared by all who get the same: what they are about, and the body until it is sent.
    """CREATE TABLE IF NOT EXISTS letters (
        letter {key} PRIMARY KEY, channel {key} NOT NULL, members {document} NOT NULL, body {text} NOT NULL,
        written_at {instant} NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS deliveries (
        delivery {key} PRIMARY KEY, subscription {key} NOT NULL, notification {key} NOT NULL, thing {key} NOT NULL,
        kind {key} NOT NULL, position {number} NOT NULL, channel {key} NOT NULL, language {key} NOT NULL,
        host {key} NOT NULL, letter {key} NOT NULL, state {key} NOT NULL, attempts {number} NOT NULL,
        due {instant} NOT NULL, leased_until {instant}, planned_at {instant} NOT NULL, finished_at {instant},
        code {number}, answer {text}, part_of {key})""",
    "CREATE INDEX IF NOT EXISTS deliveries_of_thing ON deliveries (thing, subscription)",
    "CREATE INDEX IF NOT EXISTS deliveries_of_subscription ON deliveries (subscription, planned_at)",
    "CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (planned_at, delivery)",
    "CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due) WHERE state = 'due'",
    "CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due) WHERE state = 'waiting'",
    "CREATE INDEX IF NOT EXISTS deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL",
)

NAMES = (
    "delivery_cursor",
    "recipients",
    "endpoint_secrets",
    "suppressions",
    "letters",
    "deliveries",
)
"""The names of the tables."""
