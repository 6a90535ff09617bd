"""The ledger of held requests: each of them, how many there are of what kind, and the runs that reprocess them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

from application.ids import written
from application.ledger.default_policies import DefaultPoliciesDocument, defaults_document
from application.ledger.documents import HeldRequestDocument, request_document
from application.ledger.run_documents import StartedRun, run_document
from application.ledger.traits import trait_label, traits_of
from application.projections.tables import Index, Row, Table, Tally, View
from domain.aggregate import Aggregate
from domain.comparison import comparable
from domain.ledger.default_policies import RequestPolicyDefaults
from domain.ledger.held_request import HeldRequest
from domain.ledger.reprocessing import ReprocessingRun

R = TypeVar("R", bound=Row)

NOW = "to_position IS NULL"

FILTERED = {
    "request": "key",
    "cause": "key",
    "cause_type": "key",
    "kind": "key",
    "source": "key",
    "reference": "key",
    "state": "key",
    "outcome": "key",
    "holder": "key",
    "received_at": "micros",
    "evidence": "key",
    "labels": "key",
    "basis": "digested",
}
"""What requests are filtered by, and their order."""

HELD_REQUESTS = Table(
    name="held_requests",
    key=("request",),
    columns={**FILTERED, "document": "packed"},
    indexes=(
        # The check queue of now, of one cause or of all, the oldest first.
        Index(("cause", "state", "received_at", "request"), where=NOW),
        Index(("state", "received_at", "request"), where=NOW),
        Index(("source", "state", "received_at", "request"), where=NOW),
        Index(("holder", "state", "received_at", "request"), where=f"{NOW} AND holder <> ''"),
        Index(("reference",), where=NOW),
        # What began since the counts were written last.
        Index(("from_position",)),
    ),
)

LABELS = Table(
    name="held_request_labels",
    key=("label", "request"),
    columns={"label": "key", **FILTERED},
    indexes=(Index(("label", "state", "received_at", "request"), where=NOW),),
)
"""The requests once more, under each label and each trait that they have."""

RUNS = Table(
    name="reprocessing_runs",
    key=("run",),
    columns={"run": "key", "place": "key", "cause": "key", "source": "key", "document": "document"},
    indexes=(Index(("cause", "place"), where=NOW),),
)

COUNTS = Tally(
    name="held_request_counts", of=HELD_REQUESTS, by=("cause", "kind", "source", "state", "outcome", "holder")
)
TOTALS = Tally(name="held_request_totals", of=HELD_REQUESTS, by=("state", "outcome"))


DEFAULTS = Table(
    name="request_policy_defaults",
    key=("place",),
    columns={"place": "key", "document": "document"},
)
"""The policies that incidents born of signals begin with, in one row."""


@dataclass(frozen=True, kw_only=True)
class FilteredRow(Row):
    """What a held request is filtered by.

    Source and reference are as they are compared. ``cause`` is empty if it has none, ``outcome`` if it is not settled,
    ``holder`` if nobody has claimed, leased or decided it; ``evidence`` is empty, or ``|done_now|`` with the outcomes
    that are suggested, and ``labels`` likewise. ``basis`` is what a decision about many rests on.
    """

    request: str
    cause: str
    cause_type: str
    kind: str
    source: str
    reference: str
    state: str
    outcome: str
    holder: str
    received_at: datetime
    evidence: str
    labels: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class RequestRow(FilteredRow):
    """A held request."""

    TABLE: ClassVar[Table] = HELD_REQUESTS

    document: HeldRequestDocument


@dataclass(frozen=True, kw_only=True)
class LabelRow(FilteredRow):
    """A held request under one of its labels, or of its traits."""

    TABLE: ClassVar[Table] = LABELS

    label: str


@dataclass(frozen=True, kw_only=True)
class RunRow(Row):
    """A run that reprocesses requests of a cause; ``source`` is empty if it takes those of any.

    ``place`` is its id once more, by which lists are sorted.
    """

    TABLE: ClassVar[Table] = RUNS

    run: str
    place: str
    cause: str
    source: str
    document: StartedRun


@dataclass(frozen=True, kw_only=True)
class DefaultsRow(Row):
    """The default policies; ``place`` is always the same."""

    TABLE: ClassVar[Table] = DEFAULTS

    place: str = DEFAULTS.name
    document: DefaultPoliciesDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from an aggregate as it is."""
    match aggregate:
        case HeldRequest():
            return _of_request(aggregate)
        case ReprocessingRun():
            return (_of_run(aggregate),)
        case RequestPolicyDefaults():
            return (DefaultsRow(document=defaults_document(aggregate)),)
        case _:
            return ()


LEDGER_VIEW = View(
    name="ledger",
    version=5,
    tables=(HELD_REQUESTS, LABELS, RUNS, DEFAULTS),
    tallies=(COUNTS, TOTALS),
    of=(HeldRequest, ReprocessingRun, RequestPolicyDefaults),
    rows_of=rows_of,
)


def _of_request(request: HeldRequest) -> Iterable[Row]:
    # All by which few are found: the labels of people, and the traits.
    labels = (*request.labels, *map(trait_label, traits_of(request)))
    return (
        _filtered(RequestRow, request, labels, document=request_document(request)),
        *(_filtered(LabelRow, request, labels, label=label) for label in labels),
    )


def _filtered(kind: Callable[..., R], request: HeldRequest, labels: Sequence[str], **others: object) -> R:
    reference = request.reference.compared
    return kind(
        request=written(request.id),
        cause="" if request.cause is None else written(request.cause.id),
        cause_type="" if request.cause is None else str(request.cause.type),
        kind=reference.kind,
        source=reference.source,
        reference=reference.reference,
        state=str(request.state),
        outcome="" if request.settlement is None else str(request.settlement.outcome),
        holder=request.holder or "",
        received_at=request.received_at,
        evidence=f"|{'|'.join(request.suggested)}|" if request.evidence else "",
        labels=f"|{'|'.join(labels)}|" if labels else "",
        basis=request.basis,
        **others,
    )


def _of_run(run: ReprocessingRun) -> RunRow:
    selection = run.selection
    return RunRow(
        run=str(run.id),
        place=str(run.id),
        cause=str(selection.cause.id),
        source=comparable(selection.source or ""),
        document=run_document(run),
    )
