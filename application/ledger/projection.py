"""The ledger of held requests: each of them, how many there are of what kind, and the runs that reprocess them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.ids import written
from application.ledger.documents import HeldRequestDocument, request_document
from application.ledger.run_documents import StartedRun, run_document
from application.projections.tables import Index, Row, Table, Tally, View
from domain.aggregate import Aggregate
from domain.ledger.held_request import HeldRequest
from domain.ledger.reprocessing import ReprocessingRun

NOW = "to_position IS NULL"

HELD_REQUESTS = Table(
    name="held_requests",
    key=("request",),
    columns={
        "request": "key",
        "cause": "key",
        "cause_type": "key",
        "kind": "key",
        "source": "key",
        "state": "key",
        "outcome": "key",
        "holder": "key",
        "received_at": "instant",
        "evidence": "key",
        "document": "document",
    },
    indexes=(
        # The check queue of now, of one cause or of all, the oldest first.
        Index(("cause", "state", "received_at", "request"), where=NOW),
        Index(("state", "received_at", "request"), where=NOW),
        Index(("source", "state", "received_at", "request"), where=NOW),
        Index(("holder", "state", "received_at", "request"), where=f"{NOW} AND holder <> ''"),
        # What began since the counts were written last.
        Index(("from_position",)),
    ),
)

RUNS = Table(
    name="reprocessing_runs",
    key=("run",),
    columns={"run": "key", "place": "key", "cause": "key", "document": "document"},
    indexes=(Index(("cause", "place"), where=NOW),),
)

COUNTS = Tally(
    name="held_request_counts", of=HELD_REQUESTS, by=("cause", "kind", "source", "state", "outcome", "holder")
)
TOTALS = Tally(name="held_request_totals", of=HELD_REQUESTS, by=("state", "outcome"))


@dataclass(frozen=True, kw_only=True)
class RequestRow(Row):
    """A held request.

    ``cause`` is empty if it has none, ``outcome`` if it is not settled, ``holder`` if nobody has claimed, leased or
    decided it; ``evidence`` is empty, or ``|done_now|`` with the outcomes that are suggested.
    """

    TABLE: ClassVar[Table] = HELD_REQUESTS

    request: str
    cause: str
    cause_type: str
    kind: str
    source: str
    state: str
    outcome: str
    holder: str
    received_at: datetime
    evidence: str
    document: HeldRequestDocument


@dataclass(frozen=True, kw_only=True)
class RunRow(Row):
    """A run that reprocesses requests of a cause; ``place`` is its id once more, by which lists are sorted."""

    TABLE: ClassVar[Table] = RUNS

    run: str
    place: str
    cause: str
    document: StartedRun


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from an aggregate as it is."""
    match aggregate:
        case HeldRequest():
            return (_of_request(aggregate),)
        case ReprocessingRun():
            return (_of_run(aggregate),)
        case _:
            return ()


LEDGER_VIEW = View(
    name="ledger",
    version=2,
    tables=(HELD_REQUESTS, RUNS),
    tallies=(COUNTS, TOTALS),
    of=(HeldRequest, ReprocessingRun),
    rows_of=rows_of,
)


def _of_request(request: HeldRequest) -> RequestRow:
    return RequestRow(
        request=written(request.id),
        cause="" if request.cause is None else written(request.cause.id),
        cause_type="" if request.cause is None else str(request.cause.type),
        kind=request.reference.kind,
        source=request.reference.source,
        state=str(request.state),
        outcome="" if request.settlement is None else str(request.settlement.outcome),
        holder=request.holder or "",
        received_at=request.received_at,
        evidence=f"|{'|'.join(request.suggested)}|" if request.evidence else "",
        document=request_document(request),
    )


def _of_run(run: ReprocessingRun) -> RunRow:
    return RunRow(run=str(run.id), place=str(run.id), cause=str(run.selection.cause.id), document=run_document(run))
