"""How many held requests there are, how old, and who has them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NotRequired, cast
from uuid import UUID

from typing_extensions import TypedDict

from application.document import Id, Instant, instant
from application.ledger.documents import CauseDocument, OutcomeName, StateName
from application.ledger.reconciliation_documents import ReconciliationDocument
from application.schema import documented
from domain.errors import NotFound
from domain.ledger.cause import CauseType
from domain.ledger.held_request import Outcome, RequestState
from domain.people import person_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ledger.queries import CauseFinders, HeldRequestQueries, RequestCount

OVER = frozenset({RequestState.SETTLED, RequestState.MERGED})
"""The states in which nothing is open."""
LISTED = 100
"""How many groups, people or causes a summary names."""


@documented
class ReviewerCount(TypedDict):
    """What one person does, or has done."""

    person: str
    claimed: int
    awaiting_signature: int
    """Decided by this person, and not signed yet."""
    settled: int


@documented
class GroupCount(TypedDict):
    """How many requests there are of one kind and source."""

    kind: str
    source: str
    open: int
    settled: int


@documented
class CauseCount(TypedDict):
    """How many requests of one cause are open."""

    id: Id
    open: int


@documented
class CauseParts(TypedDict):
    """What a summary says of the one cause that it is about."""

    cause: CauseDocument | None
    """Null for all causes together, and for requests without one."""
    ended_at: Instant | None
    reconciled: bool | None
    """Null where no one cause was asked for."""
    reconciled_at: Instant | None


@documented
class CountParts(TypedDict):
    """How many requests there are, by state and by outcome."""

    total: int
    open: int
    settled: int
    states: dict[StateName, int]
    """Of all but merged ones."""
    merged: int
    """How many are merged into another one, which stands for them here."""
    outcomes: dict[OutcomeName, int]
    """Of those that are settled."""


@documented
class HeldSummary(CauseParts, CountParts):
    """How many requests there are, how old, and who has them."""

    oldest: Instant | None
    """When the oldest open one was received."""
    groups: list[GroupCount]
    """Of one cause: by kind and source, the hundred largest."""
    reviewers: list[ReviewerCount]
    """Of one cause: by person, the hundred busiest."""
    causes: list[CauseCount]
    """Of all: the causes with open requests, the latest hundred."""


@documented
class OpenCause(TypedDict):
    """A cause of which requests are open."""

    cause: CauseDocument
    ended_at: Instant | None
    """Null while it goes on."""
    open: int


@documented
class OpenCauses(TypedDict):
    """How many requests are open, by what held them up; of no single one, and of nobody who has one."""

    open: int
    """Of all causes, and of none."""
    unassigned: int
    """How many of these have no cause."""
    causes: list[OpenCause]
    """The latest hundred."""


class FoundCause(ReconciliationDocument):
    """What a summary reads of the document of a cause: that of a window or of a restoration says when it ended."""

    ended_at: NotRequired[Instant | None]
    access_restored_at: NotRequired[Instant | None]


NO_CAUSE: CauseParts = {"cause": None, "ended_at": None, "reconciled": None, "reconciled_at": None}


def summary_of_all(queue: HeldRequestQueries, at: int) -> HeldSummary:
    """Count the requests of all causes, and of none, as known at a position."""
    totals = queue.totals(at)
    causes = queue.open_counts(at, LISTED)
    return {
        **NO_CAUSE,
        **_counts(totals),
        "oldest": instant(queue.oldest(at)),
        "groups": [],
        "reviewers": [],
        "causes": [{"id": str(cause), "open": count} for cause, count in causes.items()],
    }


def summary_of_cause(
    queue: HeldRequestQueries,
    finders: CauseFinders,
    at: int,
    cause: UUID | None,
    kind: CauseType | None = None,
) -> HeldSummary:
    """Count the requests of one cause, of this kind if one is said, or of none, as known at a position.

    Raises:
        NotFound: if there is no such cause.
    """
    parts = NO_CAUSE if cause is None else _cause_parts(finders, at, cause, kind)
    counts = queue.counts(at, cause)
    totals: Counter[tuple[str, str]] = Counter()
    for each in counts:
        totals[each.state, each.outcome] += each.count
    return {
        **parts,
        **_counts(totals),
        "oldest": instant(queue.oldest(at, cause, unassigned=cause is None)),
        "groups": _groups(counts),
        "reviewers": _reviewers(counts),
        "causes": [],
    }


def summary_of_open_causes(queue: HeldRequestQueries, finders: CauseFinders, at: int) -> OpenCauses:
    """Count the open requests of each cause that has any, and of none, as known at a position."""
    unassigned = [each for each in queue.counts(at, None) if each.state not in OVER]
    causes: list[OpenCause] = []
    for id, count in queue.open_counts(at, LISTED).items():
        parts = _cause_parts(finders, at, id, None)
        if parts["cause"] is not None:
            causes.append({"cause": parts["cause"], "ended_at": parts["ended_at"], "open": count})
    totals = _counts(queue.totals(at))
    return {"open": totals["open"], "unassigned": sum(each.count for each in unassigned), "causes": causes}


def find_end(finders: CauseFinders, at: int, id: UUID, kind: CauseType) -> str | None:
    """Give when a cause ended, as known at a position; None if it goes on, or is not there."""
    found = finders.of_kind[kind](at, id)
    document = None if found is None else cast("FoundCause", json.loads(found[0]))
    return None if document is None else _ended_at(finders, at, kind, id, document)


def _find_cause(finders: CauseFinders, at: int, id: UUID) -> tuple[CauseType, FoundCause] | None:
    """Find of what type a cause is, and its document as operators see it."""
    for kind, find in finders.of_kind.items():
        found = find(at, id)
        if found is not None:
            return kind, cast("FoundCause", json.loads(found[0]))
    return None


def _cause_parts(finders: CauseFinders, at: int, id: UUID, wanted: CauseType | None) -> CauseParts:
    found = _find_cause(finders, at, id)
    if found is None or wanted not in {None, found[0]}:
        raise NotFound(f"there is no {wanted or 'cause'} {id}")
    kind, document = found
    return {
        "cause": {"type": str(kind), "id": str(id)},
        "ended_at": _ended_at(finders, at, kind, id, document),
        "reconciled": document["reconciled"],
        "reconciled_at": document["reconciled_at"],
    }


def _ended_at(finders: CauseFinders, at: int, kind: CauseType, id: UUID, document: FoundCause) -> str | None:
    match kind:
        case CauseType.INCIDENT:
            # Its document says only when it was resolved, and not when it was withdrawn or dismissed.
            return instant(finders.incident_ended_at(at, id))
        case CauseType.MAINTENANCE_WINDOW:
            return document["ended_at"]
        case CauseType.RESTORATION:
            return document["access_restored_at"]


def _counts(totals: Mapping[tuple[str, str], int]) -> CountParts:
    states, outcomes = Counter[str](), Counter[str]()
    for (state, outcome), count in totals.items():
        states[state] += count
        outcomes[outcome] += count
    merged = states.pop(RequestState.MERGED, 0)
    total = states.total()
    return {
        "total": total,
        "open": total - states[RequestState.SETTLED],
        "settled": states[RequestState.SETTLED],
        "states": {str(state): states[state] for state in RequestState if state is not RequestState.MERGED},
        "merged": merged,
        "outcomes": {str(outcome): outcomes[outcome] for outcome in Outcome},
    }


def _groups(counts: Sequence[RequestCount]) -> list[GroupCount]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in counts:
        if each.state is not RequestState.MERGED:
            found[each.kind, each.source][each.state is RequestState.SETTLED] += each.count
    largest = sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))[:LISTED]
    return [{"kind": kind, "source": source, "open": of[0], "settled": of[1]} for (kind, source), of in largest]


def _reviewers(counts: Sequence[RequestCount]) -> list[ReviewerCount]:
    found: defaultdict[str, Counter[RequestState]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for each in counts:
        # A request that is being reprocessed is held by a worker, and no person.
        if each.holder and each.state is not RequestState.REPROCESSING:
            key = person_key(each.holder)
            found[key][each.state] += each.count
            names[key] = min(each.holder, names.get(key, each.holder))
    busiest = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))[:LISTED]
    return [
        {
            "person": names[key],
            "claimed": states[RequestState.TO_CHECK],
            "awaiting_signature": states[RequestState.AWAITING_SIGNATURE],
            "settled": states[RequestState.SETTLED],
        }
        for key, states in busiest
    ]
