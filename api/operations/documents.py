"""How the service is doing, as answers show it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

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
    """Whether the board comes from memory, because the log could not be followed for some seconds."""
    reasons: list[str]
    """A sentence for each thing that is not well."""
