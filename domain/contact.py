"""Where somebody can ask."""

from __future__ import annotations

from dataclasses import dataclass

from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where an audience can ask; without an audience, everybody."""

    audience: str | None
    channel: str
    address: str
    note: Text
