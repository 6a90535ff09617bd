"""The incident and what people decide about it: guards first, then the event."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.errors import AlreadyHeld, InternalUpdateChangesNothing, NotHeld
from domain.impact import Status
from domain.incidents import events
from domain.incidents.guards import require_impact, require_sayable
from domain.incidents.review import IncidentAfterwards
from domain.incidents.values import Because, Occasion, Progress, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.incidents.signal import Cause
    from domain.ledger.request_policy import RequestPolicy
    from domain.policy import Policy
    from domain.provenance import Provenance
    from domain.text import Text


class Incident(IncidentAfterwards):
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
    PostmortemDrafted = events.PostmortemDrafted
    PostmortemPublished = events.PostmortemPublished
    RequestsCame = events.RequestsCame
    Reconciled = events.Reconciled
    ReconciliationShown = events.ReconciliationShown

    @classmethod
    def declare(
        cls,
        *,
        id: UUID,
        title: Text,
        message: Text,
        components: Mapping[str, Status],
        cause: Cause | None,
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
        require_impact(components)
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
            incident.require_after_start(resolved.occurred_at)
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
        self._require_private()
        self._publish(
            because=Because.PERSON,
            title=title or self.title or self._worded(wording, Occasion.TITLE),
            message=message or self.message or self._worded(wording, Occasion.PUBLISHED),
            reason=reason,
            provenance=provenance,
        )

    def hold(self, *, reason: str, provenance: Provenance) -> None:
        """Keep every policy from publishing, dismissing or reopening it.

        Raises:
            AlreadyHeld: if that is so already.
            AlreadyPublished: if readers can see it and it does not relapse.
            Dismissed: if it was dismissed before.
        """
        provenance.require_past()
        if self.held is not None:
            msg = f"publication of incident {self.id} is held already"
            raise AlreadyHeld(msg)
        if self.relapse is None:
            self._require_private()
        self.record(self.PublicationHeld, reason=reason, provenance=provenance)

    def release(self, *, reason: str | None, provenance: Provenance) -> None:
        """End the hold; what it kept from happening happens now.

        Raises:
            NotHeld: if publication is not held.
        """
        provenance.require_past()
        if self.held is None:
            msg = f"publication of incident {self.id} is not held"
            raise NotHeld(msg)
        at, signals = provenance.recorded_at, self.signals
        self.record(
            self.PublicationReleased,
            reason=reason,
            persists_at=max(signals.persists_at, at) if signals.persists_at else None,
            clear_at=max(signals.clear_at, at) if signals.clear_at else None,
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
            UnknownMoment: if it is said of a time before the incident began.
            NotStableYet: if it says ``resolved`` where ``resolve`` would refuse.
        """
        if progress is Progress.RESOLVED:
            self.resolve(message=message, override_reason=None, policy=policy, provenance=provenance)
            return
        self._require_open()
        self._require_timely(provenance)
        require_sayable(components)
        goes_to = progress or self.progress
        if internal and (components or expected_at or goes_to is not self.progress):
            msg = f"an internal update of incident {self.id} cannot change state, components or expected_at"
            raise InternalUpdateChangesNothing(msg)
        stable_at = self.signals.stable_at
        if self.progress_since is not None and provenance.occurred_at < self.progress_since:
            pass  # It is known how the work went on after that.
        elif goes_to is not Progress.MONITORING or not self.signals.all_clear:
            stable_at = None
        elif self.progress is not Progress.MONITORING:
            stable_at = self.signals.stable_due(provenance.occurred_at, policy.stable_for)
        self.record(
            self.Updated,
            progress=goes_to,
            message=message,
            components=components,
            expected_at=expected_at,
            internal=internal,
            stable_at=stable_at,
            provenance=provenance,
        )

    def resolve(self, *, message: Text, override_reason: str | None, policy: Policy, provenance: Provenance) -> None:
        """Declare the fix stable.

        Raises:
            NotStableYet: unless it has been in monitoring, with no signal firing, for more than ten minutes; an
                ``override_reason`` lifts this.
            AlreadyResolved: if it is over; so too ``Dismissed`` and ``Withdrawn``.
        """
        self._require_open()
        self._require_timely(provenance)
        if override_reason is None:
            self._require_stable(min(provenance.occurred_at, provenance.recorded_at), policy)
        self.record(
            self.WasResolved,
            because=Because.OVERRIDE if override_reason else Because.PERSON,
            message=message,
            override_reason=override_reason,
            provenance=provenance,
        )
