"""How the service is doing, as answers show it."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from application.health import ReadinessDetail, ReasonCode
from application.schema import documented


@documented
class Life(TypedDict):
    """The process answers."""

    status: Literal["alive"]


@documented
class Readiness(TypedDict):
    """Whether the service can do its work."""

    status: Literal["ready", "unready"]
    stale: bool
    """Whether the board comes from memory, or not at all: the log could not be followed, or it is built anew."""
    reasons: list[ReasonCode]
    """What is not well, without repeats. With `views_put_aside` alone it is ready: somebody has to look at that."""
    details: NotRequired[list[ReadinessDetail]]
    """What is not well, for operators, auditors and admins."""
