"""What becomes of requests that a cause holds up, as recorded in the cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Disposition(StrEnum):
    """How requests of one kind are dealt with once their cause has ended."""

    REPROCESS = "reprocess"
    SOURCE_RESENDS = "source_resends"
    SOURCE_RETRIES = "source_retries"
    CHECK_BY_HAND = "check_by_hand"


@dataclass(frozen=True, kw_only=True)
class RequestPolicy:
    """The policy for one kind of request."""

    policy: Disposition = Disposition.CHECK_BY_HAND
    deadline: timedelta = timedelta(hours=72)
    four_eyes: bool = False
