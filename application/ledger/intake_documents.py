"""What became of requests, resends and results that were sent in many at once, as documents."""

from __future__ import annotations

from typing import Annotated

from application.batches import LineMatches, ReportParts
from application.ledger.evidence import AttachedEvidence
from application.ledger.intake import HandedIn
from application.ledger.reprocessing import ReportedResult
from application.ledger.resends import SentAgain
from application.schema import Encodes, documented


@documented
class HeldReport(ReportParts):
    """What became of requests that were handed in."""

    counts: dict[Annotated[str, Encodes(HandedIn)], int]


@documented
class ResendReport(ReportParts):
    """What became of resends."""

    counts: dict[Annotated[str, Encodes(SentAgain)], int]


@documented
class EvidenceReport(ReportParts):
    """What became of evidence that was attached to every request that matches."""

    counts: dict[Annotated[str, Encodes(AttachedEvidence)], int]
    matches: list[LineMatches]
    """Of the first thousand lines that were taken: to how many requests each is attached, now or before."""


@documented
class ResultReport(ReportParts):
    """What became of results that a worker reported."""

    counts: dict[Annotated[str, Encodes(ReportedResult)], int]
