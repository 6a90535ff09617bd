"""What a caller has missed who acts on an old version."""

from __future__ import annotations

from typing_extensions import TypedDict

from application.schema import documented


@documented
class EventMissed(TypedDict):
    """An event that the caller has not seen."""

    type: str
    version: int
    actor: str
