"""How one request comes to stand for another one of the same reference, and how the two part again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import TooManyEntries
from domain.ledger.held_request import events, guards
from domain.ledger.held_request.guards import MOST_EVIDENCE, MOST_REPEATS
from domain.ledger.held_request.values import RequestState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.ledger.held_request.reviews import CheckedRequest
    from domain.ledger.held_request.values import Content
    from domain.provenance import Provenance

MOST_TWINS = 100
"""For how many others one request can stand."""


def come_again(request: CheckedRequest, *, content: Content, received_at: datetime, provenance: Provenance) -> None:
    """Record that a request came again, as a repeat or changed; if it was settled, and this is news, open it again.

    Of repeats a hundred are recorded.
    """
    is_settled, has_changed = request.state is RequestState.SETTLED, is_change(request, content, received_at)
    is_news = has_changed or failed_since(request, received_at)
    if has_changed:
        request.record(events.Changed, content=content, received_at=received_at, provenance=provenance)
    elif request.repeats < MOST_REPEATS:
        request.record(events.Repeated, received_at=received_at, provenance=provenance)
    if is_settled and is_news:
        request.record(events.OpenedAgain, received_at=received_at, provenance=provenance)


def is_change(request: CheckedRequest, content: Content, received_at: datetime) -> bool:
    """Tell whether a content is another one; what was settled knows those that it had before, of a file sent again."""
    is_known = request.state is RequestState.SETTLED and request.has_seen(received_at, content.digest)
    return content.digest != request.content.digest and not is_known


def failed_since(request: CheckedRequest, received_at: datetime) -> bool:
    """Tell whether a moment at which it was received is news, and after that by which it was settled."""
    settled_as_of = request.settled_as_of
    return settled_as_of is not None and received_at > settled_as_of and not request.knows(received_at)


def require_room(twin: CheckedRequest, content: Content) -> None:
    """Refuse to merge more into a request than it has room for.

    Raises:
        TooManyEntries: if it stands for a hundred others, or its content has changed a hundred times.
    """
    if len(twin.merges) >= MOST_TWINS:
        raise TooManyEntries(f"request {twin.id} stands for {MOST_TWINS} others; it can stand for no more")
    if content.digest != twin.content.digest:
        guards.require_room_for_change(twin)


def merge(twin: CheckedRequest, request: CheckedRequest, *, provenance: Provenance) -> None:
    """Let a twin stand for a request: it came again by that, and what was found of the one was found of the other."""
    replaced = twin.content if is_change(twin, request.content, request.last_received_at) else None
    twin.record(events.TwinMerged, other=request.id, replaced=replaced, provenance=provenance)
    come_again(twin, content=request.content, received_at=request.last_received_at, provenance=provenance)
    for each in request.evidence:
        if len(twin.evidence) < MOST_EVIDENCE and all(known.finding != each.finding for known in twin.evidence):
            twin.record(events.EvidenceAttached, person=each.attached_by, finding=each.finding, provenance=provenance)


def part(twin: CheckedRequest, request: CheckedRequest, *, provenance: Provenance) -> None:
    """Let a twin stand for a request no longer; if it still has the content of that, it has its own again."""
    replaced = next((each.replaced for each in twin.merges if each.request == request.id), None)
    twin.record(events.TwinParted, other=request.id, provenance=provenance)
    if replaced is not None and twin.content.digest == request.content.digest:
        is_settled = twin.state is RequestState.SETTLED
        twin.record(events.Changed, content=replaced, received_at=None, provenance=provenance)
        if is_settled:
            twin.record(events.OpenedAgain, received_at=None, provenance=provenance)
