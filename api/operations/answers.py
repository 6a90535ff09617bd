"""How the service is doing, as answers show it."""

from __future__ import annotations

from typing import Literal

from api.http.answer_values import Shown


class Life(Shown):
    """The process answers."""

    status: Literal["alive"]


class Readiness(Shown):
    """Whether the service can do its work."""

    status: Literal["ready", "unready"]
    stale: bool
    """Whether the board comes from memory, because the log could not be followed for some seconds."""
    reasons: list[str]
    """A sentence for each thing that is not well."""
