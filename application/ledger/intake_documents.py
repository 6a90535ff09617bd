"""What became of requests, resends and results that were sent in many at once, as documents."""

from __future__ import annotations

from typing import Annotated

from application.batches import ReportParts
from application.ledger.intake import HandedIn, SentAgain
from application.ledger.reprocessing import ReportedResult
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
class ResultReport(ReportParts):
    """What became of results that a worker reported."""

    counts: dict[Annotated[str, Encodes(ReportedResult)], int]
