"""What an incident does by policy: its signals, and what the clock makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.impact import Status, current
from domain.incidents import events, guards
from domain.incidents.firing import Cover, Firing, FiringSignals, Place, joined_markets
from domain.incidents.state import IncidentState
from domain.incidents.values import Because, Occasion, Progress, Standing, Wording
from domain.ledger.reconciliation import CauseOfRequests

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from domain.policy import Policy
    from domain.provenance import Provenance
    from domain.text import Text


class IncidentByPolicy(IncidentState, CauseOfRequests):
    """An incident as signals and the clock drive it, unless somebody holds them."""

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which a policy acts."""
        return self.due

    @property
    def handles(self) -> Mapping[str, datetime]:
        """Where a firing looks for it, by component, and where a window does."""
        found: dict[str, datetime] = {}
        if self.is_open and self.started_at is not None:
            found = {f"open:{key}": self.started_at for key in self.components}
        elif self.standing is Standing.RESOLVED and self.ended_at is not None:
            found = {f"resolved:{key}": self.ended_at for key in self.components}
        cover, began = self.signals.cover, self.signals.first_fired_at
        if cover is not None and began is not None and self.is_private_run:
            found[f"covered-by:{cover.window}"] = began
        return found

    @classmethod
    def detect(
        cls, *, id: UUID, firing: Firing, place: Place | None = None, policy: Policy, provenance: Provenance
    ) -> Self:
        """Begin as a private detection; a code change is due for publication at once."""
        persists_at = FiringSignals(firing={}).due_if_fired(firing, provenance.occurred_at, policy, is_covered=False)
        incident: Self = cls.begin_with(
            events.Detected,
            id=id,
            firing=firing,
            persists_at=persists_at,
            markets=joined_markets(place.markets, place.markets, place.of) if place else None,
            provenance=provenance,
        )
        return incident

    def takes(self, at: datetime, policy: Policy) -> bool:
        """Tell whether a firing at ``at`` belongs to it: it is open, relapsing, or was resolved lately enough."""
        if self.is_open or self.relapse is not None:
            return True
        lately = self.ended_at is not None and at - self.ended_at < policy.reopen_within
        return self.standing is Standing.RESOLVED and lately

    def listens_to(self, signal: UUID) -> bool:
        """Tell whether a signal still counts; not one that goes on to fire after the end of what it was part of."""
        return signal in self.signals.firing and (self.is_open or self.relapse is not None)

    def take(
        self,
        *,
        firing: Firing,
        place: Place | None = None,
        is_covered: bool = True,
        policy: Policy,
        wording: Wording,
        provenance: Provenance,
    ) -> None:
        """Take notice of a firing: it joins, or begins a relapse; during monitoring the problem is back.

        Where the problem waits for the end of a window, ``is_covered`` says whether the firing does, too. Without a
        ``place``, its markets stay what they are.
        """
        resolved = not self.is_open and self.relapse is None
        run = self.signals.begun_anew() if resolved else self.signals
        at = self.counted_from(provenance.occurred_at)
        persists_at = run.due_if_fired(firing, at, policy, is_covered=is_covered)
        event = events.Relapsed if resolved else events.SignalFired
        known = self.markets_affected
        markets = joined_markets(known, place.markets, place.of) if place else known
        self.record(
            event,
            firing=firing,
            persists_at=persists_at,
            # Where a person declared it, he says where it is.
            markets=markets if self.is_automatic and markets != known else None,
            provenance=provenance,
        )
        if self.is_open and self.progress is Progress.MONITORING:
            message = self._worded(wording, Occasion.FIRED_AGAIN)
            self.record(events.FiredAgain, message=message, provenance=provenance)

    @property
    def persists_from(self) -> datetime | None:
        """Since when a problem goes on that has to persist before it is published; None if there is none."""
        return self.signals.first_fired_at if self.is_private_run and not self.signals.code_changes else None

    @property
    def persists_on(self) -> Collection[str]:
        """The components on which that problem is seen now."""
        return {firing.component for firing in self.signals.firing.values()}

    def take_cover(self, *, cover: Cover, policy: Policy, provenance: Provenance) -> None:
        """Count from the end of a maintenance window; no-op if that is known, or nothing has to persist."""
        began = self.persists_from
        if began is None or cover == self.signals.cover:
            return
        persists_at = self.signals.persisting_due(began, cover, policy)
        self.record(
            events.Covered, window=cover.window, until=cover.until, persists_at=persists_at, provenance=provenance
        )

    def clear(self, *, signal: UUID, policy: Policy, provenance: Provenance) -> None:
        """Take notice that a signal has cleared; no-op if it is not known to fire."""
        if signal not in self.signals.firing:
            return
        at = self.counted_from(provenance.occurred_at)
        clear_at = self.signals.clear_due(signal, at, policy)
        stable_at = None
        if clear_at is not None and self.monitoring_since is not None and self.is_open:
            stable_at = self.signals.stable_due(max(self.monitoring_since, at), policy.stable_for)
        self.record(events.SignalCleared, signal=signal, clear_at=clear_at, stable_at=stable_at, provenance=provenance)

    def hold(self, *, reason: str, provenance: Provenance) -> None:
        """Keep every policy from publishing, dismissing or reopening it.

        Raises:
            AlreadyHeld: if that is so already.
            AlreadyPublished: if readers can see it and it does not relapse.
            Dismissed: if it was dismissed before.
        """
        provenance.require_past()
        guards.require_not_held(self)
        if self.relapse is None:
            guards.require_private(self)
        self.record(events.PublicationHeld, reason=reason, provenance=provenance)

    def release(self, *, reason: str | None, provenance: Provenance) -> None:
        """End the hold; what it kept from happening happens now.

        Raises:
            NotHeld: if publication is not held.
        """
        provenance.require_past()
        guards.require_held(self)
        at, persists_at, clear_at = provenance.recorded_at, self.signals.persists_at, self.signals.clear_at
        self.record(
            events.PublicationReleased,
            reason=reason,
            persists_at=max(persists_at, at) if persists_at else None,
            clear_at=max(clear_at, at) if clear_at else None,
            provenance=provenance,
        )

    def handle_due(self, *, policy: Policy, wording: Wording, provenance: Provenance) -> None:
        """Do what is due at ``provenance.occurred_at``; no-op unless that is exactly ``next_due``."""
        if self.next_due != provenance.occurred_at:
            return
        if not self.is_private_run:
            self._follow_the_fix(policy, wording, provenance)
        elif self.signals.all_clear:
            self._let_go(because=Because.CLEARED, reason=None, provenance=provenance)
        else:
            self._show(Because.CODE_CHANGE if self.signals.code_changes else Because.PERSISTED, wording, provenance)

    def _show(self, because: Because, wording: Wording, provenance: Provenance) -> None:
        if self.relapse is not None:
            message = self._worded(wording, Occasion.REOPENED)
            self._reopen(because=because, message=message, reason=None, provenance=provenance)
        if not self.is_public and self.is_automatic:
            self._publish(
                because=because,
                title=self.title or self._worded(wording, Occasion.TITLE),
                message=self._worded(wording, Occasion.PUBLISHED),
                reason=None,
                provenance=provenance,
            )

    def _follow_the_fix(self, policy: Policy, wording: Wording, provenance: Provenance) -> None:
        if self.progress is Progress.MONITORING:
            message = self._worded(wording, Occasion.RESOLVED)
            self.record(
                events.WasResolved,
                because=Because.STABLE,
                message=message,
                override_reason=None,
                provenance=provenance,
            )
        else:
            stable_at = self.signals.stable_due(provenance.occurred_at, policy.stable_for)
            message = self._worded(wording, Occasion.MONITORING)
            self.record(events.MonitoringBegan, message=message, stable_at=stable_at, provenance=provenance)

    def _stable_after(self, progress: Progress, at: datetime, policy: Policy) -> datetime | None:
        if self.progress_since is not None and at < self.progress_since:
            return self.signals.stable_at  # It is known how the work went on after that.
        if progress is not Progress.MONITORING or not self.signals.all_clear:
            return None
        if self.progress is Progress.MONITORING:
            return self.signals.stable_at
        return self.signals.stable_due(at, policy.stable_for)

    def _let_go(self, *, because: Because, reason: str | None, provenance: Provenance) -> None:
        if self.relapse is not None:
            self.record(events.RelapseEnded, because=because, reason=reason, provenance=provenance)
            return
        guards.require_private(self)
        guards.require_open(self)
        self.record(events.WasDismissed, because=because, reason=reason, provenance=provenance)

    def _publish(
        self, *, because: Because, title: Text, message: Text, reason: str | None, provenance: Provenance
    ) -> None:
        self.record(
            events.Published, because=because, title=title, message=message, reason=reason, provenance=provenance
        )

    def _reopen(
        self,
        *,
        because: Because,
        message: Text,
        reason: str | None,
        provenance: Provenance,
        components: Mapping[str, Status] | None = None,
    ) -> None:
        self.record(
            events.Reopened,
            because=because,
            message=message,
            components=components or {},
            reason=reason,
            provenance=provenance,
        )

    def _worded(self, wording: Wording, occasion: Occasion, statuses: Mapping[str, Status] | None = None) -> Text:
        impact = current(self.relapse.impact) if self.relapse is not None else self.statuses
        return wording(occasion, components=statuses or impact, markets=self.markets_affected)
