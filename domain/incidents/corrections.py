"""What a correction of an incident can name, and what the incident showed until its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.impact import edges, is_orderly
from domain.incidents.errors import DisorderlySpans, NothingToCorrect
from domain.incidents.values import Correction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.impact import Status
    from domain.incidents.state import IncidentState
    from domain.provenance import Provenance


def statuses_at_the_end(incident: IncidentState) -> Mapping[str, Status]:
    """Give the status that each component showed until the incident was resolved."""
    lasting = {key: spans[-1] for key, spans in incident.impact.items() if spans}
    return {key: span.status for key, span in lasting.items() if span.end == incident.ended_at}


def require_correctable(incident: IncidentState, correction: Correction, provenance: Provenance) -> None:
    """Refuse a correction of nothing, or by what cannot be.

    Raises:
        NothingToCorrect: if it names nothing, or an update that does not exist.
        DisorderlySpans: if the spans of a component overlap, or cannot be those of this incident.
        InTheFuture: if an update, or a span, is said to be of a time more than five seconds from now.
    """
    provenance.require_past()
    if correction.occurred_at is not None:
        replace(provenance, occurred_at=correction.occurred_at).require_past()
    for edge in edges(correction.impact or {}):
        replace(provenance, occurred_at=edge).require_past()
    if correction == Correction():
        raise NothingToCorrect(f"the correction of incident {incident.id} names nothing to correct")
    count = len(incident.timeline)
    named, needs_update = correction.update, correction.message is not None or correction.occurred_at is not None
    if needs_update != (named is not None) or (named is not None and named not in range(1, count + 1)):
        raise NothingToCorrect(
            f"a message or a time of incident {incident.id} is corrected by naming one of its {count} updates"
        )
    for key, spans in (correction.impact or {}).items():
        if not is_orderly(spans) or (spans and spans[-1].end is None and not incident.is_open):
            raise DisorderlySpans(
                f"the spans of {key} overlap, are empty, say no impact, or stay open after incident {incident.id} ended"
            )
