"""How an instant is written, wherever it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=16_384)
def written(moment: datetime) -> str:
    """Write an instant (RFC 3339, UTC), without a fraction if it has none.

    Raises:
        ValueError: if it has no offset, and thus is none.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} is no instant: it has no offset")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
