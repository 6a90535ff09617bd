"""Runs that reprocess held requests, and what workers lease in them, as documents."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NotRequired, cast

from typing_extensions import TypedDict

from application.document import Id, Instant, Page, instant
from application.ledger.documents import CauseDocument, ResultName, cause_document
from application.schema import Encodes, documented
from domain.ledger.held_request import Result

if TYPE_CHECKING:
    from application.ledger.reprocessing import LeasedBatch
    from domain.ledger.reprocessing import ReprocessingRun


class RunState(StrEnum):
    """Whether a run hands out requests: not while its cause goes on again, nor once it was stopped."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@documented
class StartedRun(TypedDict):
    """A run that reprocesses requests of a cause."""

    id: Id
    version: int
    cause: NotRequired[CauseDocument]
    """Not told to emitters: it may be something that is not public."""
    kind: str | None
    source: str | None
    by_policy: bool
    started_at: Instant
    stopped_at: Instant | None
    stop_reason: NotRequired[str | None]
    """Not told to emitters."""
    batches: NotRequired[int]
    """As the members below: not told to a token that is bound to sources if the run takes those of others, too."""
    handed_out: NotRequired[int]
    """How many times a request was leased in it."""
    results: NotRequired[dict[ResultName, int]]
    reported_at: NotRequired[Instant | None]
    per_minute: NotRequired[float | None]
    """How many were reported a minute, from its start to its last report."""


@documented
class Run(StartedRun):
    """A run, and what is left of it."""

    state: Annotated[str, Encodes(RunState)]
    """It is `paused` while its cause goes on again: it hands out nothing then."""
    remaining: int
    """How many requests that it takes, of the sources of the caller, wait to be reprocessed, leased ones among them."""
    leased: int
    """How many of those are leased now, in this run or another."""


@documented
class RunPage(Page):
    """Runs."""

    data: list[Run]


@documented
class LeasedRequest(TypedDict):
    """What a worker needs to know of a request."""

    id: Id
    source: str
    kind: str
    reference: str


@documented
class LeasedBatchDocument(TypedDict):
    """Requests that the caller has leased; an empty batch has no end."""

    run: Id
    paused: bool
    """Whether nothing is handed out now because the cause goes on again."""
    until: Instant | None
    data: list[LeasedRequest]


def run_document(run: ReprocessingRun) -> StartedRun:
    """Write how far a run has come, as far as it knows itself."""
    selection = run.selection
    return {
        "id": str(run.id),
        "version": run.version,
        "cause": cause_document(selection.cause),
        "kind": selection.kind,
        "source": selection.source,
        "by_policy": run.by_policy,
        "started_at": instant(run.started_at),
        "stopped_at": instant(run.stopped_at),
        "stop_reason": run.stopped_because,
        "batches": run.batches,
        "handed_out": run.handed_out,
        "results": {str(result): run.results[result] for result in Result},
        "reported_at": instant(run.reported_at),
        "per_minute": run.per_minute,
    }


def parse_run(text: str) -> StartedRun:
    """Read a document that the view has, as ``run_document`` wrote it."""
    return cast("StartedRun", json.loads(text))


def batch_document(batch: LeasedBatch) -> LeasedBatchDocument:
    """Write what a worker has leased: what it needs to know of each request, and no more."""
    return {
        "run": str(batch.run.id),
        "paused": batch.is_paused,
        "until": instant(batch.until),
        "data": [
            {
                "id": str(request.id),
                "source": request.reference.source,
                "kind": request.reference.kind,
                "reference": request.reference.reference,
            }
            for request in batch.requests
        ],
    }
