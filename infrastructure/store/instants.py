"""Instants as numbers, which take eight bytes in a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def number_of(moment: datetime) -> int:
    """Write a moment as the microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(number: int) -> datetime:
    """Read a moment; see ``number_of``."""
    return EPOCH + number * MICROSECOND
