"""The state of an incident, as its events have left it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from domain.impact import Impact, Level, Status, closed, current, level, raised
from domain.incidents.firing import Firing, FiringSignals
from domain.incidents.values import Postmortem, Progress, Relapse, Standing, Update
from domain.ledger.reconciliation import Reconcilable
from domain.policy import TICK
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from domain.contact import Contact
    from domain.incidents.report import SignalCause
    from domain.ledger.request_policy import RequestPolicy
    from domain.provenance import Provenance


NOT_CORRECTED: Mapping[int, int] = MappingProxyType({})
"""One for all incidents, of which thousands are in memory."""


class IncidentState(Reconcilable):
    """What is known of an incident; only its events change it."""

    if TYPE_CHECKING:

        @property
        def id(self) -> UUID:
            """Its id, which it has as an aggregate."""

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        super().__init__()
        self.standing = Standing.OPEN
        self.progress = Progress.INVESTIGATING
        self.is_public = False
        self.is_automatic = False
        self.is_backfilled = False
        self.title: Text = {}
        self.message: Text = {}
        self.cause: SignalCause | None = None
        self.markets: tuple[str, ...] = ()
        self.components: tuple[str, ...] = ()
        self.impact: Impact = {}
        self.signals = FiringSignals(firing={})
        self.held: str | None = None
        self.timeline: tuple[Update, ...] = ()
        self.contacts: tuple[Contact, ...] = ()
        self.public_updates = 0
        self.notes = 0
        """How many entries of the timeline are internal."""
        self.times_corrected = NOT_CORRECTED
        """How often entries were corrected that readers see, by their public numbers."""
        self.expected_at: datetime | None = None
        self.public_expected_at: datetime | None = None
        self.relapse: Relapse | None = None
        self.relapses: tuple[Relapse, ...] = ()
        self.corrections: tuple[str, ...] = ()
        self.postmortem: Postmortem | None = None
        self.postmortem_draft: Text | None = None
        self.request_policies: Mapping[str, RequestPolicy] = {}
        self.started_at: datetime | None = None
        self.published_at: datetime | None = None
        self.progress_since: datetime | None = None
        self.monitoring_since: datetime | None = None
        self.ended_at: datetime | None = None
        self.ended_because: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.standing is Standing.OPEN

    @property
    def is_private_run(self) -> bool:
        """Whether a problem is going on that a policy may publish or let go: a detection, or a relapse."""
        return self.relapse is not None or (self.is_open and self.is_automatic and not self.is_public)

    @property
    def statuses(self) -> dict[str, Status]:
        """The status of each component that it affects now."""
        return current(self.impact)

    @property
    def level(self) -> Level:
        """Its impact, from the worst status it had."""
        return level(self.impact)

    @property
    def due(self) -> datetime | None:
        """The next moment at which a policy acts: publishes, lets go, says that it monitors, or resolves."""
        signals = self.signals
        if self.is_private_run:
            return None if self.held else (signals.clear_at if signals.all_clear else signals.persists_at)
        if not (self.is_open and self.is_automatic and signals.all_clear):
            return None
        return signals.stable_at if self.progress is Progress.MONITORING else signals.clear_at

    @property
    def resolution_possible_after(self) -> datetime | None:
        """The moment at which the fix has held for just as long as it has to; None if that is not known."""
        is_watched = self.is_open and self.progress is Progress.MONITORING and self.signals.all_clear
        return self.signals.stable_at - TICK if is_watched and self.signals.stable_at is not None else None

    @property
    def acting_policy(self) -> str:
        """Name the policy that acts at ``due``."""
        if self.is_private_run:
            return "dismissal" if self.signals.all_clear else "publication"
        return "resolution" if self.progress is Progress.MONITORING else "monitoring"

    def counted_from(self, at: datetime) -> datetime:
        """Give the moment from which a firing at ``at`` counts: a late one undoes no resolution, no declared start."""
        if not self.is_open:
            return at if self.ended_at is None else max(at, self.ended_at)
        return at if self.is_automatic or self.started_at is None else max(at, self.started_at)

    def go_to(self, progress: Progress, at: datetime) -> None:
        """Come to this state of the work, unless it is known how the work went on after ``at``."""
        if self.progress_since is None or at >= self.progress_since:
            self.be(progress, at)

    def be(self, progress: Progress, at: datetime) -> None:
        """Be in this state of the work; what is heard of late leads to a new transition, whenever it is dated."""
        if progress is not Progress.MONITORING:
            self.monitoring_since = None
        elif self.progress is not Progress.MONITORING:
            self.monitoring_since = at
        self.progress, self.progress_since = progress, at

    def raise_impact(self, firing: Firing, at: datetime) -> None:
        """Let the component show at least what the signal implies."""
        if self.relapse is not None:
            self.relapse = replace(self.relapse, impact=_raised(self.relapse.impact, firing, at))
            return
        self.impact = _raised(self.impact, firing, at)
        self._name(firing.component)

    @property
    def markets_affected(self) -> tuple[str, ...]:
        """The markets that it names, or will name if it reopens; empty if it is not only in some."""
        if self.relapse is not None and self.relapse.markets is not None:
            return self.relapse.markets
        return self.markets

    def name_markets(self, markets: tuple[str, ...] | None) -> None:
        """Name these markets from now on, or once it reopens; None changes nothing."""
        if markets is None:
            return
        if self.relapse is not None:
            self.relapse = replace(self.relapse, markets=markets)
        else:
            self.markets = markets

    def write(
        self,
        provenance: Provenance,
        *,
        message: Text,
        progress: Progress | None = None,
        components: Mapping[str, Status] | None = None,
        expected_at: datetime | None = None,
        internal: bool = False,
        by_policy: bool = False,
    ) -> None:
        """Add an entry to the timeline, under the progress of now if no other is said."""
        is_public = self.is_public and not internal
        self.public_updates += is_public
        self.notes += internal
        entry = Update(
            number=len(self.timeline) + 1,
            progress=progress or self.progress,
            message=message,
            occurred_at=provenance.occurred_at,
            recorded_at=provenance.recorded_at,
            components=components or {},
            expected_at=expected_at,
            internal=internal,
            public_number=self.public_updates if is_public else None,
            by_policy=by_policy,
        )
        self.timeline = (*self.timeline, entry)
        self.expected_at = self.expected_at if internal else expected_at
        self.public_expected_at = expected_at if is_public else self.public_expected_at

    def end(self, standing: Standing, at: datetime, because: str) -> None:
        """Stop; spans close if it is resolved and are void if it never should have been."""
        self.standing, self.ended_at, self.ended_because, self.held = standing, at, because, None
        if standing is Standing.RESOLVED:
            self.progress = Progress.RESOLVED
            self.impact = {key: closed(spans, at) for key, spans in self.impact.items()}
        else:
            self.impact = {}
        self.signals = self.signals.begun_anew()

    def end_relapse(self, at: datetime, because: str) -> None:
        """Keep the relapse in history."""
        if self.relapse is not None:
            self.relapses = (*self.relapses, replace(self.relapse, ended_at=at, impact={}, because=because))
        self.relapse, self.held = None, None
        self.signals = self.signals.begun_anew()

    def go_on(self, at: datetime) -> None:
        """Be open again, with the impact that a relapse had meanwhile; signals from before the resolution are past."""
        if self.relapse is None:
            self.signals = self.signals.begun_anew()
        else:
            merged = dict(self.impact)
            for key, spans in self.relapse.impact.items():
                for span in spans:
                    merged[key] = raised(merged.get(key, ()), span.status, span.start)
            self.set_impact(merged)
            self.markets = self.markets_affected
            self.signals = self.signals.cleared_no_earlier(at)
        self.standing, self.relapse = Standing.OPEN, None
        self.progress, self.progress_since, self.monitoring_since = Progress.INVESTIGATING, at, None
        self.ended_at = self.ended_because = self.held = None

    def set_impact(self, impact: Impact) -> None:
        """Take over an impact as it is, and name its components."""
        self.impact = impact
        for key in impact:
            self._name(key)

    def _name(self, component: str) -> None:
        if component not in self.components:
            self.components = (*self.components, component)


def _raised(impact: Impact, firing: Firing, at: datetime) -> Impact:
    return {**impact, firing.component: raised(impact.get(firing.component, ()), firing.status, at)}
