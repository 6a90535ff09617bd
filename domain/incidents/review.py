"""What is said of an incident beside its course: what is set right, what was learned, and what holds for requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.impact import edges, is_orderly
from domain.incidents import events, guards
from domain.incidents.automation import IncidentByPolicy
from domain.incidents.errors import DisorderlySpans, NothingToCorrect
from domain.incidents.values import Correction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.contact import Contact
    from domain.impact import Status
    from domain.incidents.state import IncidentState
    from domain.ledger.request_policy import RequestPolicy
    from domain.provenance import Provenance
    from domain.text import Text


class ReviewedIncident(IncidentByPolicy):
    """An incident as people look back on it, and say what holds beside its course."""

    def correct(self, *, correction: Correction, reason: str, provenance: Provenance) -> None:
        """Set a text, a time or an impact span right; the original stays readable.

        Raises:
            NothingToCorrect: if the correction names nothing, or an update that does not exist.
            DisorderlySpans: if the spans of a component overlap, or cannot be those of this incident.
            InTheFuture: if it names a time more than five seconds from now.
        """
        require_correctable(self, correction, provenance)
        self.record(events.Corrected, correction=correction, reason=reason, provenance=provenance)

    def draft_postmortem(self, *, body: Text, provenance: Provenance) -> None:
        """Write what was learned, for operators so far.

        Raises:
            NotResolved: if the incident is not resolved.
        """
        provenance.require_past()
        guards.require_resolved(self)
        self.record(events.PostmortemDrafted, body=body, provenance=provenance)

    def publish_postmortem(self, *, provenance: Provenance) -> None:
        """Show readers what was learned.

        Raises:
            NoDraft: if there is no draft.
            NotPublished: if readers cannot see the incident.
        """
        provenance.require_past()
        guards.require_public_draft(self)
        self.record(events.PostmortemPublished, body=self.postmortem_draft, provenance=provenance)

    def change_contacts(self, *, contacts: tuple[Contact, ...], provenance: Provenance) -> None:
        """Say where to ask about it; no-op if that is said already.

        Raises:
            Dismissed: if it was dismissed; so too ``Withdrawn``.
        """
        provenance.require_past()
        guards.require_not_dismissed(self)
        if contacts != self.contacts:
            self.record(events.ContactsChanged, contacts=contacts, provenance=provenance)

    def change_request_policies(
        self, *, request_policies: Mapping[str, RequestPolicy], reason: str | None, provenance: Provenance
    ) -> None:
        """Change what becomes of requests that it holds up, kind by kind; no-op if nothing would change.

        Raises:
            Dismissed: if it was dismissed; so too ``Withdrawn``.
        """
        provenance.require_past()
        guards.require_not_dismissed(self)
        if request_policies != self.request_policies:
            self.record(
                events.RequestPoliciesChanged, request_policies=request_policies, reason=reason, provenance=provenance
            )


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
