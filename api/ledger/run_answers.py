"""Reprocessing runs, as answers show them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.http.answer_values import SOMETIMES, Page, Shown
from api.ledger.answers import CauseShown
from application.batches import RefusedLine
from application.ledger.reprocessing import ReportedResult
from domain.ledger.held_request import Result


class StartedRun(Shown):
    """A run that reprocesses requests of a cause."""

    id: UUID
    version: int
    cause: CauseShown = SOMETIMES
    """Not told to emitters: it may be something that is not public."""
    kind: str | None
    source: str | None
    by_policy: bool
    started_at: datetime
    batches: int
    handed_out: int
    """How many times a request was leased in it."""
    results: dict[Result, int]
    reported_at: datetime | None
    per_minute: float | None
    """How many were reported a minute, from its start to its last report."""


class Run(StartedRun):
    """A run, and what is left of it."""

    remaining: int
    """How many requests that it takes wait to be reprocessed, those that are leased among them."""
    leased: int
    """How many of those are leased now, in this run or another."""


class RunPage(Page[Run]):
    """Runs."""


class LeasedRequest(Shown):
    """What a worker needs to know of a request."""

    id: UUID
    source: str
    kind: str
    reference: str


class LeasedBatch(Shown):
    """Requests that the caller has leased; an empty batch has no end."""

    run: UUID
    until: datetime | None
    data: list[LeasedRequest]


class ResultReport(Shown):
    """What became of results that a worker reported."""

    lines: int
    counts: dict[ReportedResult, int]
    refused: list[RefusedLine]
