"""Moments as Statuspage writes them: in UTC, with milliseconds."""

from __future__ import annotations

FIRST = "1970-01-01T00:00:00.000Z"
"""Stands where a moment has to, and there is none: nothing has happened yet."""
DIGITS = 3


def stamp(instant: str) -> str:
    """Write an instant as documents have it (RFC 3339, in UTC) with milliseconds, which are cut."""
    seconds, _, fraction = instant.removesuffix("Z").partition(".")
    return f"{seconds}.{fraction[:DIGITS]:0<{DIGITS}}Z"


def stamp_or_none(instant: str | None) -> str | None:
    """Write an instant, or None."""
    return None if instant is None else stamp(instant)


def latest(*instants: str | None) -> str:
    """Write the latest of some instants, of which None are no moments."""
    return max((stamp(each) for each in instants if each is not None), default=FIRST)
