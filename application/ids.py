"""Ids that increase with time, so that rows written one after the other are stored side by side."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def new_id(now: datetime) -> UUID:
    """Make a UUID version 7 (RFC 9562, 5.7) of a moment; microseconds go into ``rand_a`` (6.2, method 3)."""
    milliseconds, rest = divmod(now - _EPOCH, _MILLISECOND)
    fraction = rest // timedelta(microseconds=1) * 4096 // 1000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


@lru_cache(maxsize=16_384)
def written(id: UUID) -> str:
    """Write an id as text; cached, because the same ids are written often and writing takes four times as long."""
    return str(id)
