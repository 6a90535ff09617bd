"""What people do with an incident once it is, or should be, over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.errors import UnknownMoment
from domain.impact import Status, edges, is_orderly
from domain.incidents import events
from domain.incidents.automation import IncidentByPolicy
from domain.incidents.errors import DisorderlySpans, NoDraft, NothingToCorrect, Withdrawn
from domain.incidents.guards import require_sayable
from domain.incidents.values import Because, Correction, Occasion, Standing, Wording
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.provenance import Provenance
    from domain.text import Text


class IncidentAfterwards(IncidentByPolicy):
    """An incident that can be taken back, reopened, set right and learned from."""

    def withdraw(self, *, reason: str, provenance: Provenance) -> None:
        """Take back a false alarm that readers saw.

        Raises:
            NotPublished: if they did not: dismiss it instead.
            Withdrawn: if it was withdrawn before.
        """
        provenance.require_past()
        if self.standing is Standing.WITHDRAWN:
            msg = f"incident {self.id} was withdrawn before"
            raise Withdrawn(msg)
        self._require_public()
        self.record(events.WasWithdrawn, reason=reason, provenance=provenance)

    def reopen(
        self,
        *,
        reason: str,
        message: Text | None,
        components: Mapping[str, Status],
        wording: Wording,
        provenance: Provenance,
    ) -> None:
        """Go on after the resolution; without ``components``, with what they showed when it was resolved.

        Raises:
            NotResolved: if it is not resolved.
            UnknownMoment: if it is said to go on before it was resolved.
        """
        self._require_timely(provenance)
        require_sayable(components)
        self._require_resolved()
        if self.ended_at is not None and provenance.occurred_at < self.ended_at:
            msg = f"incident {self.id} was resolved at {written(self.ended_at)} and goes on no earlier"
            raise UnknownMoment(msg)
        if not components and self.relapse is None:
            lasting = {key: spans[-1] for key, spans in self.impact.items() if spans}
            components = {key: span.status for key, span in lasting.items() if span.end == self.ended_at}
        said = message or self._worded(wording, Occasion.REOPENED, components)
        self._reopen(because=Because.PERSON, message=said, reason=reason, components=components, provenance=provenance)

    def correct(self, *, correction: Correction, reason: str, provenance: Provenance) -> None:
        """Set a text, a time or an impact span right; the original stays readable.

        Raises:
            NothingToCorrect: if the correction names nothing, or an update that does not exist.
            DisorderlySpans: if the spans of a component overlap, or cannot be those of this incident.
            InTheFuture: if an update, or a span, is said to be of a time more than five seconds from now.
        """
        provenance.require_past()
        if correction.occurred_at is not None:
            replace(provenance, occurred_at=correction.occurred_at).require_past()
        for edge in edges(correction.impact or {}):
            replace(provenance, occurred_at=edge).require_past()
        if correction == Correction():
            msg = f"the correction of incident {self.id} names nothing to correct"
            raise NothingToCorrect(msg)
        count = len(self.timeline)
        named, needs_update = correction.update, correction.message is not None or correction.occurred_at is not None
        if needs_update != (named is not None) or (named is not None and named not in range(1, count + 1)):
            msg = f"a message or a time of incident {self.id} is corrected by naming one of its {count} updates"
            raise NothingToCorrect(msg)
        for key, spans in (correction.impact or {}).items():
            if not is_orderly(spans) or (spans and spans[-1].end is None and not self.is_open):
                msg = (
                    f"the spans of {key} overlap, are empty, say no impact, or stay open after incident {self.id} ended"
                )
                raise DisorderlySpans(msg)
        self.record(events.Corrected, correction=correction, reason=reason, provenance=provenance)

    def draft_postmortem(self, *, body: Text, provenance: Provenance) -> None:
        """Write what was learned, for operators so far.

        Raises:
            NotResolved: if the incident is not resolved.
        """
        provenance.require_past()
        self._require_resolved()
        self.record(events.PostmortemDrafted, body=body, provenance=provenance)

    def publish_postmortem(self, *, provenance: Provenance) -> None:
        """Show readers what was learned.

        Raises:
            NoDraft: if there is no draft.
            NotPublished: if readers cannot see the incident.
        """
        provenance.require_past()
        self._require_public()
        if self.postmortem_draft is None:
            msg = f"incident {self.id} has no draft of a postmortem"
            raise NoDraft(msg)
        self.record(events.PostmortemPublished, body=self.postmortem_draft, provenance=provenance)
