"""The results of commands that take many items at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from application.errors import ApplicationError
from application.schema import documented
from domain.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """What became of one of many, and why if it was refused: one never holds up the others."""

    outcome: StrEnum
    refusal: DomainError | ApplicationError | None = None
    matches: int | None = None
    """How many things it was about, where that is told of each."""


@documented
class RefusedLine(TypedDict):
    """A line that was not taken in."""

    line: int
    """From 1."""
    code: str
    detail: str


@documented
class ReportParts(TypedDict):
    """What a report on many items says beside its counts, which each kind of report has by outcomes of its own."""

    lines: int
    """How many were read, blank ones left out."""
    refused: list[RefusedLine]
    """The first thousand."""


@documented
class LineMatches(TypedDict):
    """How many things a line was about."""

    line: int
    """From 1."""
    matches: int


@documented
class IntakeCounts(ReportParts):
    """A report on many items of any kind, with a count for each outcome."""

    counts: dict[str, int]
    matches: NotRequired[list[LineMatches]]
