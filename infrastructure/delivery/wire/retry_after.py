"""How long a receiver asks to wait (RFC 9110, Retry-After)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)
MOST_DIGITS = 9


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """Read seconds or a date, at most a day from ``now``; None for what is neither, or is over."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        pause = LONGEST if len(text) > MOST_DIGITS else timedelta(seconds=int(text))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        if moment.tzinfo is None:
            return None
        pause = moment - now
    return min(pause, LONGEST) if pause > timedelta() else None
