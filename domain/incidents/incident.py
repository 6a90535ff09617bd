"""The incident and what people decide about it: guards first, then the event."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.impact import Status
from domain.incidents import events, guards
from domain.incidents.automation import IncidentByPolicy
from domain.incidents.corrections import require_correctable, statuses_at_the_end
from domain.incidents.values import Because, Correction, Occasion, Progress, Wording
from domain.ledger.reconciliation import reconciliation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.contact import Contact
    from domain.incidents.report import SignalCause
    from domain.ledger.request_policy import RequestPolicy
    from domain.policy import Policy
    from domain.provenance import Provenance
    from domain.text import Text


class Incident(IncidentByPolicy):
    """One problem, from its detection to what was learned from it."""

    TOPIC = "incident"
    Event = events.IncidentEvent
    Detected = events.Detected
    Declared = events.Declared
    SignalFired = events.SignalFired
    SignalCleared = events.SignalCleared
    Covered = events.Covered
    Relapsed = events.Relapsed
    RelapseEnded = events.RelapseEnded
    Published = events.Published
    PublicationHeld = events.PublicationHeld
    PublicationReleased = events.PublicationReleased
    WasDismissed = events.WasDismissed
    WasWithdrawn = events.WasWithdrawn
    Updated = events.Updated
    MonitoringBegan = events.MonitoringBegan
    FiredAgain = events.FiredAgain
    WasResolved = events.WasResolved
    Reopened = events.Reopened
    Corrected = events.Corrected
    ContactsChanged = events.ContactsChanged
    RequestPoliciesChanged = events.RequestPoliciesChanged
    PostmortemDrafted = events.PostmortemDrafted
    PostmortemPublished = events.PostmortemPublished
    RequestsCame, Reconciled, ReconciliationShown = reconciliation(events.IncidentEvent, "incident")

    @classmethod
    def declare(
        cls,
        *,
        id: UUID,
        title: Text,
        message: Text,
        components: Mapping[str, Status],
        cause: SignalCause | None,
        markets: tuple[str, ...],
        public: bool,
        request_policies: Mapping[str, RequestPolicy],
        resolved: Provenance | None,
        provenance: Provenance,
    ) -> Self:
        """Begin as a person says; with ``resolved`` it is entered afterwards, as over.

        Raises:
            InTheFuture: if it says to have begun, or ended, more than five seconds from now.
            UnknownMoment: if it ended before it began.
            NoImpact: if a component is said to have a status that no cause can have.
        """
        provenance.require_past()
        guards.require_impact(components)
        incident: Self = cls.begin_with(
            cls.Declared,
            id=id,
            title=title,
            message=message,
            components=components,
            cause=cause,
            markets=markets,
            public=public,
            backfilled=resolved is not None,
            request_policies=request_policies,
            provenance=provenance,
        )
        if resolved is not None:
            resolved.require_past()
            guards.require_after_start(incident, resolved.occurred_at)
            incident.record(
                cls.WasResolved, because=Because.BACKFILL, message=message, override_reason=None, provenance=resolved
            )
        return incident

    def publish(
        self, *, reason: str, title: Text | None, message: Text | None, wording: Wording, provenance: Provenance
    ) -> None:
        """Make it public, or reopen it if it relapses.

        Raises:
            AlreadyPublished: if readers can see it already.
            Dismissed: if it was dismissed before.
        """
        provenance.require_past()
        if self.relapse is not None:
            said = message or self._worded(wording, Occasion.REOPENED)
            self._reopen(because=Because.PERSON, message=said, reason=reason, provenance=provenance)
            if self.is_public:
                return
        guards.require_private(self)
        self._publish(
            because=Because.PERSON,
            title=title or self.title or self._worded(wording, Occasion.TITLE),
            message=message or self.message or self._worded(wording, Occasion.PUBLISHED),
            reason=reason,
            provenance=provenance,
        )

    def dismiss(self, *, reason: str, provenance: Provenance) -> None:
        """Let go of a detection, or of a relapse, that readers never saw.

        Raises:
            AlreadyPublished: if readers can see it: withdraw it instead.
            Dismissed: if it was dismissed before.
        """
        provenance.require_past()
        self._let_go(because=Because.PERSON, reason=reason, provenance=provenance)

    def update(
        self,
        *,
        progress: Progress | None,
        message: Text,
        components: Mapping[str, Status],
        expected_at: datetime | None,
        internal: bool,
        policy: Policy,
        provenance: Provenance,
    ) -> None:
        """Say how the work goes; ``progress`` None leaves it as it is.

        Raises:
            AlreadyResolved: if it is over; so too ``Dismissed`` and ``Withdrawn``.
            InternalUpdateChangesNothing: if a note for operators would change what readers see.
            UnknownMoment: if it is said of a time before the incident began, or expects its end for the past.
            NotStableYet: if it says ``resolved`` where ``resolve`` would refuse.
        """
        if progress is Progress.RESOLVED:
            self.resolve(message=message, override_reason=None, policy=policy, provenance=provenance)
            return
        guards.require_open(self)
        guards.require_timely(self, provenance)
        guards.require_sayable(components)
        provenance.require_ahead(expected_at)
        goes_to = progress or self.progress
        guards.require_unchanged(self, goes_to, components, expected_at, internal=internal)
        self.record(
            self.Updated,
            progress=goes_to,
            message=message,
            components=components,
            expected_at=expected_at,
            internal=internal,
            stable_at=self._stable_after(goes_to, provenance.occurred_at, policy),
            provenance=provenance,
        )

    def resolve(self, *, message: Text, override_reason: str | None, policy: Policy, provenance: Provenance) -> None:
        """Declare the fix stable.

        Raises:
            NotStableYet: unless ``stable_for`` has passed in monitoring, or there is an ``override_reason``.
            AlreadyResolved: if it is over; so too ``Dismissed`` and ``Withdrawn``.
        """
        guards.require_open(self)
        guards.require_timely(self, provenance)
        if override_reason is None:
            guards.require_stable(self, min(provenance.occurred_at, provenance.recorded_at), policy)
        self.record(
            self.WasResolved,
            because=Because.OVERRIDE if override_reason else Because.PERSON,
            message=message,
            override_reason=override_reason,
            provenance=provenance,
        )

    def withdraw(self, *, reason: str, provenance: Provenance) -> None:
        """Take back a false alarm that readers saw.

        Raises:
            NotPublished: if they did not: dismiss it instead.
            Withdrawn: if it was withdrawn before.
        """
        provenance.require_past()
        guards.require_not_withdrawn(self)
        guards.require_public(self)
        self.record(self.WasWithdrawn, reason=reason, provenance=provenance)

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
        guards.require_timely(self, provenance)
        guards.require_sayable(components)
        guards.require_resolved(self)
        guards.require_after_end(self, provenance.occurred_at)
        if not components and self.relapse is None:
            components = statuses_at_the_end(self)
        said = message or self._worded(wording, Occasion.REOPENED, components)
        self._reopen(because=Because.PERSON, message=said, reason=reason, components=components, provenance=provenance)

    def correct(self, *, correction: Correction, reason: str, provenance: Provenance) -> None:
        """Set a text, a time or an impact span right; the original stays readable.

        Raises:
            NothingToCorrect: if the correction names nothing, or an update that does not exist.
            DisorderlySpans: if the spans of a component overlap, or cannot be those of this incident.
            InTheFuture: if it names a time more than five seconds from now.
        """
        require_correctable(self, correction, provenance)
        self.record(self.Corrected, correction=correction, reason=reason, provenance=provenance)

    def draft_postmortem(self, *, body: Text, provenance: Provenance) -> None:
        """Write what was learned, for operators so far.

        Raises:
            NotResolved: if the incident is not resolved.
        """
        provenance.require_past()
        guards.require_resolved(self)
        self.record(self.PostmortemDrafted, body=body, provenance=provenance)

    def publish_postmortem(self, *, provenance: Provenance) -> None:
        """Show readers what was learned.

        Raises:
            NoDraft: if there is no draft.
            NotPublished: if readers cannot see the incident.
        """
        provenance.require_past()
        guards.require_public_draft(self)
        self.record(self.PostmortemPublished, body=self.postmortem_draft, provenance=provenance)

    def change_contacts(self, *, contacts: tuple[Contact, ...], provenance: Provenance) -> None:
        """Say where to ask about it; no-op if that is said already.

        Raises:
            Dismissed: if it was dismissed; so too ``Withdrawn``.
        """
        provenance.require_past()
        guards.require_not_dismissed(self)
        if contacts != self.contacts:
            self.record(self.ContactsChanged, contacts=contacts, provenance=provenance)

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
                self.RequestPoliciesChanged, request_policies=request_policies, reason=reason, provenance=provenance
            )
