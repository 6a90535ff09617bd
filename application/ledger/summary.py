"""How many held requests there are, how old, and who has them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from application.document import Document, instant
from domain.errors import NotFound
from domain.ledger.cause import CauseType
from domain.ledger.held_request import Outcome, RequestState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ledger.queries import CauseFinders, HeldRequestQueries, RequestCount

LISTED = 100
"""How many groups, people or causes a summary names."""
ENDED_AT = {CauseType.MAINTENANCE_WINDOW: "ended_at", CauseType.RESTORATION: "access_restored_at"}
"""The member of its document that says when a cause ended; that of an incident says only when it was resolved."""
WHOLE: Document = {"cause": None, "ended_at": None, "reconciled": None, "reconciled_at": None}
"""What is said of a cause where there is none."""


def summary_of_all(queue: HeldRequestQueries, at: int) -> Document:
    """Count the requests of all causes, and of none, as known at a position."""
    totals = queue.totals(at)
    causes = queue.open_counts(at, LISTED)
    return {
        **WHOLE,
        **_counted(totals),
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
) -> Document:
    """Count the requests of one cause, of this kind if one is said, or of none, as known at a position.

    Raises:
        NotFound: if there is no such cause.
    """
    told = WHOLE if cause is None else _told(finders, at, cause, kind)
    counts = queue.counts(at, cause)
    totals: Counter[tuple[str, str]] = Counter()
    for each in counts:
        totals[each.state, each.outcome] += each.count
    return {
        **told,
        **_counted(totals),
        "oldest": instant(queue.oldest(at, cause, unassigned=cause is None)),
        "groups": _groups(counts),
        "reviewers": _reviewers(counts),
        "causes": [],
    }


def find_cause(finders: CauseFinders, at: int, id: UUID) -> tuple[CauseType, Document] | None:
    """Find what a cause is, as operators see it; None if there is none at a position."""
    for kind, find in finders.of_kind.items():
        found = find(at, id)
        if found is not None:
            return kind, json.loads(found[0])
    return None


def _told(finders: CauseFinders, at: int, id: UUID, wanted: CauseType | None) -> Document:
    found = find_cause(finders, at, id)
    if found is None or wanted not in {None, found[0]}:
        raise NotFound(f"there is no {wanted or 'cause'} {id}")
    kind, document = found
    return {
        "cause": {"type": str(kind), "id": str(id)},
        "ended_at": _ended_at(finders, at, kind, document),
        "reconciled": document["reconciled"],
        "reconciled_at": document["reconciled_at"],
    }


def _ended_at(finders: CauseFinders, at: int, kind: CauseType, document: Document) -> str | None:
    if kind is CauseType.INCIDENT:
        return instant(finders.incident_ended_at(at, UUID(document["id"])))
    ended_at: str | None = document[ENDED_AT[kind]]
    return ended_at


def _counted(totals: Mapping[tuple[str, str], int]) -> Document:
    states, outcomes = Counter[str](), Counter[str]()
    for (state, outcome), count in totals.items():
        states[state] += count
        outcomes[outcome] += count
    total = sum(totals.values())
    return {
        "total": total,
        "open": total - states[RequestState.SETTLED],
        "settled": states[RequestState.SETTLED],
        "states": {str(state): states[state] for state in RequestState},
        "outcomes": {str(outcome): outcomes[outcome] for outcome in Outcome},
    }


def _groups(counts: Sequence[RequestCount]) -> list[Document]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in counts:
        found[each.kind, each.source][each.state is RequestState.SETTLED] += each.count
    largest = sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))[:LISTED]
    return [{"kind": kind, "source": source, "open": of[0], "settled": of[1]} for (kind, source), of in largest]


def _reviewers(counts: Sequence[RequestCount]) -> list[Document]:
    found: defaultdict[str, Counter[RequestState]] = defaultdict(Counter)
    for each in counts:
        # A request that is being reprocessed is held by a worker, and no person.
        if each.holder and each.state is not RequestState.REPROCESSING:
            found[each.holder][each.state] += each.count
    busiest = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))[:LISTED]
    return [
        {
            "person": person,
            "claimed": states[RequestState.TO_CHECK],
            "awaiting_signature": states[RequestState.AWAITING_SIGNATURE],
            "settled": states[RequestState.SETTLED],
        }
        for person, states in busiest
    ]
