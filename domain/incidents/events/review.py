"""What is set right and learned afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from domain.contact import Contact
from domain.impact import edges
from domain.incidents.events.base import IncidentEvent
from domain.incidents.state import IncidentState
from domain.incidents.values import Correction, Postmortem
from domain.ledger.request_policy import RequestPolicy
from domain.text import Text


class Corrected(IncidentEvent):
    """A person set something right; the original stays readable."""

    TOPIC = "incident.corrected"
    correction: Correction
    reason: str

    def apply(self, aggregate: IncidentState) -> None:
        """Take over what is right."""
        right = self.correction
        aggregate.corrections = (*aggregate.corrections, self.reason)
        aggregate.title = aggregate.title if right.title is None else right.title
        aggregate.markets = aggregate.markets if right.markets is None else right.markets
        if right.impact is not None:
            aggregate.set_impact({**aggregate.impact, **right.impact})
        starts = [*edges(right.impact or {}), *filter(None, [right.occurred_at, aggregate.started_at])]
        aggregate.started_at = min(starts, default=None)
        if right.update is not None:
            wrong = aggregate.timeline[right.update - 1]
            entry = replace(
                wrong,
                message=wrong.message if right.message is None else right.message,
                occurred_at=right.occurred_at or wrong.occurred_at,
                original=wrong,
            )
            if wrong.public_number is not None:
                times = aggregate.times_corrected.get(wrong.public_number, 0) + 1
                aggregate.times_corrected = {**aggregate.times_corrected, wrong.public_number: times}
            aggregate.timeline = (*aggregate.timeline[: right.update - 1], entry, *aggregate.timeline[right.update :])


class ContactsChanged(IncidentEvent):
    """An operator said where to ask about it."""

    TOPIC = "incident.contacts_changed"
    contacts: tuple[Contact, ...]

    def apply(self, aggregate: IncidentState) -> None:
        """Replace the contacts."""
        aggregate.contacts = self.contacts


class RequestPoliciesChanged(IncidentEvent):
    """What becomes of requests that it holds up was said anew: by an operator, or by the defaults as it began."""

    TOPIC = "incident.request_policies_changed"
    request_policies: Mapping[str, RequestPolicy]
    reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """Apply these from now on."""
        aggregate.request_policies = self.request_policies


class PostmortemDrafted(IncidentEvent):
    """A person wrote what was learned, not yet for readers."""

    TOPIC = "incident.postmortem_drafted"
    body: Text

    def apply(self, aggregate: IncidentState) -> None:
        """Keep the draft; a text that was published stays so until the new one is."""
        aggregate.postmortem_draft = self.body


class PostmortemPublished(IncidentEvent):
    """Readers can see what was learned."""

    TOPIC = "incident.postmortem_published"
    body: Text

    def apply(self, aggregate: IncidentState) -> None:
        """Show it."""
        aggregate.postmortem, aggregate.postmortem_draft = Postmortem(body=self.body, published_at=self.at), None
