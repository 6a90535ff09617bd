"""Evidence for all requests of a reference, as many at once bring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from application.batches import ItemResult
from domain.errors import DomainError
from domain.ledger.held_request import Finding, HeldRequest, Reference

if TYPE_CHECKING:
    from uuid import UUID

    from application.log import Log
    from domain.provenance import Provenance


class AttachedEvidence(StrEnum):
    """What became of evidence for every request of a reference; a request has each piece once."""

    ATTACHED = "attached"
    REPEAT = "repeat"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class EvidenceEntry:
    """What was found of every request that a source calls so; ``occurred_at`` None means now."""

    reference: Reference
    finding: Finding
    occurred_at: datetime | None


def attach_to_each(
    log: Log, entry: EvidenceEntry, ids: Sequence[UUID], person: str, provenance: Provenance
) -> ItemResult:
    """Add evidence to each of the requests that a source calls the same, but for those for which another one stands."""
    known = [request for request in (log.load(HeldRequest, id) for id in ids) if request.merged_into is None]
    refusal, has_it, is_news = None, 0, False
    for request in known:
        try:
            request.attach(finding=entry.finding, person=person, provenance=provenance)
        except DomainError as error:
            refusal = error
            continue
        has_it += 1
        if request.pending_events:
            is_news = True
            log.save(request)
    if refusal is not None and not has_it:
        return ItemResult(outcome=AttachedEvidence.REFUSED, refusal=refusal)
    outcome = AttachedEvidence.ATTACHED if is_news else AttachedEvidence.REPEAT
    return ItemResult(outcome=outcome if ids else AttachedEvidence.UNMATCHED, matches=has_it)
