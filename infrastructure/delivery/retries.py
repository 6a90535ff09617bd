"""When a delivery that was not accepted is tried again."""

from __future__ import annotations

from datetime import timedelta

from domain.subscriptions.values import Channel

JITTER = 0.1
"""By which part of a pause it is lengthened at most, so that not all come back at once."""


WEBHOOK_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The pauses that Standard Webhooks recommends: ten attempts in about three days."""
MAIL_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=14),
    timedelta(hours=18),
)
"""Eleven attempts in about two days; the first ones pass a relay that greylists."""


def next_attempt(
    channel: Channel, attempts: int, jitter: float, retry_after: timedelta | None = None
) -> timedelta | None:
    """Say how long after attempt number ``attempts``, from 1 on, the next one follows; None after the last one.

    ``jitter``, from 0 to 1, comes from a source of chance. A ``retry_after`` of the other side lengthens the pause, and
    never shortens it.
    """
    pauses = MAIL_PAUSES if channel is Channel.EMAIL else WEBHOOK_PAUSES
    if attempts > len(pauses):
        return None
    pause = pauses[max(attempts, 1) - 1] * (1 + JITTER * min(max(jitter, 0.0), 1.0))
    return pause if retry_after is None else max(pause, retry_after)
