"""The results of commands that take many items at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from application.errors import ApplicationError
from domain.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """What became of one of many, and why if it was refused: one never holds up the others."""

    outcome: StrEnum
    refusal: DomainError | ApplicationError | None = None
