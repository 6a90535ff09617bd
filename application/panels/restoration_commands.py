"""The use cases of restorations of panels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from application.caller import BY_CLOCK, Caller
from application.document import instant
from application.errors import CorruptEvent
from application.ids import new_id
from application.ledger.disposition import save_cause
from application.ledger.policy_changes import PolicyChanges, merge_policies
from application.nearest import did_you_mean, nearest
from application.panels.commands import require_panel
from application.panels.restoration_news import RestorationNews
from application.targets import Target, require_components
from domain.panels.errors import UnknownCapability
from domain.panels.panel import DAY
from domain.panels.restoration import CapabilityState, Condition, Deadline, PanelRestoration, handle_of

if TYPE_CHECKING:
    from application.log import Log, Timer
    from application.ports import Zones
    from domain.impact import Status
    from domain.ledger.request_policy import RequestPolicy
    from domain.panels.panel import Panel
    from domain.panels.restoration import Count, Stage
    from domain.text import Text

When = date | datetime
"""A day of the zone of the panel, or an instant."""


@dataclass(frozen=True, kw_only=True)
class LossNews:
    """Which panel was lost, with which provider, and why; ``request_policies`` by kind of request."""

    panel: str
    provider: Text
    reason: Text
    request_policies: Mapping[str, RequestPolicy]


@dataclass(frozen=True, kw_only=True)
class PromiseNews:
    """Who promised access for when, and what readers are told about it."""

    promised_by: Text
    promised_for: When
    note: Text


@dataclass(frozen=True, kw_only=True)
class RecoveryPointNews:
    """Of when the data is, give or take ``tolerance``, and which kinds of data are missing since."""

    as_of: datetime
    tolerance: timedelta
    missing: tuple[str, ...]
    note: Text


@dataclass(frozen=True, kw_only=True)
class CapabilityNews:
    """The new condition of a capability; ``components`` are the statuses that components show because of it."""

    capability: str
    state: CapabilityState
    note: Text
    workaround: Text
    expected: When | None
    components: Mapping[str, Status]


@dataclass(frozen=True, kw_only=True)
class ProgressNews:
    """How many accounts are at each stage of the inventory of a ``revision``; the newest for None."""

    stages: Mapping[Stage, Count]
    revision: int | None
    note: Text


class Restorations(RestorationNews):
    """The use cases; each runs inside one command of the log and returns the restoration as it is then."""

    def __init__(self, zones: Zones) -> None:
        """Read the days of a panel by the clocks of its zone, looked up in ``zones``."""
        self._zones = zones

    def begin(self, log: Log, *, news: LossNews, occurred_at: datetime | None, caller: Caller) -> PanelRestoration:
        """Begin a restoration; the capabilities of the panel, and of its last restoration, are unavailable.

        Raises:
            Invalid: if there is no such panel.
            RestorationOpen: if it has a restoration that is not completed.
            UnknownMoment: if access was lost before the last one was completed.
        """
        panel = require_panel(log, news.panel)
        before = log.find_ids(handle_of(panel.key))
        restoration = PanelRestoration.begin(
            id=new_id(log.now),
            panel=panel.key,
            capabilities=panel.profile.capabilities,
            before=log.load(PanelRestoration, before[0]) if before else None,
            provider=news.provider,
            reason=news.reason,
            request_policies=news.request_policies,
            provenance=caller.says(log, occurred_at=occurred_at),
        )
        return self._save(log, restoration)

    def lose_access(self, log: Log, *, target: Target, provider: Text, reason: Text) -> PanelRestoration:
        """Record that access was lost again, with the capabilities that the panel has now."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.lose_access(
            capabilities=self._panel(log, restoration).profile.capabilities,
            provider=provider,
            reason=reason,
            provenance=provenance,
        )
        return self._save(log, restoration)

    def restore_access(self, log: Log, *, target: Target, note: Text) -> PanelRestoration:
        """Record that access is there again."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.restore_access(note=note, provenance=provenance)
        return self._save(log, restoration)

    def promise(self, log: Log, *, target: Target, news: PromiseNews) -> PanelRestoration:
        """Record a promise of access."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.promise_access(
            promised_by=news.promised_by,
            promised_for=self._deadline(log, restoration, news.promised_for),
            note=news.note,
            provenance=provenance,
        )
        return self._save(log, restoration)

    def set_recovery_point(self, log: Log, *, target: Target, news: RecoveryPointNews) -> PanelRestoration:
        """Record of when the data is."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.set_recovery_point(
            as_of=news.as_of,
            tolerance=news.tolerance,
            missing=news.missing,
            note=news.note,
            provenance=provenance,
        )
        return self._save(log, restoration)

    def set_capability(self, log: Log, *, target: Target, news: CapabilityNews) -> PanelRestoration:
        """Set the condition of a capability.

        Raises:
            Invalid: if a component that it begins to affect is unknown or retired.
            UnknownCapability: if the panel does not have it, and no restoration of it knows it.
        """
        restoration, provenance = target.load(log, PanelRestoration)
        self._require_capability(log, restoration, news.capability)
        known = restoration.condition(news.capability, provenance.occurred_at)
        require_components(log, sorted(news.components.keys() - (known.components if known else {}).keys()))
        condition = Condition(
            state=news.state,
            note=news.note,
            workaround=news.workaround,
            expected=None if news.expected is None else self._deadline(log, restoration, news.expected),
            components=news.components,
        )
        restoration.set_capability(capability=news.capability, condition=condition, provenance=provenance)
        return self._save(log, restoration)

    def suppress(
        self, log: Log, *, target: Target, automation: str, created_before: datetime, note: Text
    ) -> PanelRestoration:
        """Keep an automation from running for items created before an instant."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.suppress(automation=automation, created_before=created_before, note=note, provenance=provenance)
        return self._save(log, restoration)

    def end_suppression(self, log: Log, *, target: Target, automation: str, reason: str | None) -> PanelRestoration:
        """Let an automation run for every item again."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.end_suppression(automation=automation, reason=reason, provenance=provenance)
        return self._save(log, restoration)

    def abandon_backlog(
        self,
        log: Log,
        *,
        target: Target,
        actions: tuple[str, ...],
        due_from: datetime,
        due_until: datetime,
        note: Text,
    ) -> PanelRestoration:
        """Record which actions, due in a half-open span, will never be executed."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.abandon_backlog(
            actions=actions, due_from=due_from, due_until=due_until, note=note, provenance=provenance
        )
        return self._save(log, restoration)

    def take_inventory(self, log: Log, *, target: Target, accounts: int, note: Text) -> PanelRestoration:
        """Record how many accounts there are."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.take_inventory(accounts=accounts, note=note, provenance=provenance)
        return self._save(log, restoration)

    def report_progress(self, log: Log, *, target: Target, news: ProgressNews) -> PanelRestoration:
        """Record how many accounts are at each stage."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.report_progress(stages=news.stages, revision=news.revision, note=news.note, provenance=provenance)
        return self._save(log, restoration)

    def change_request_policies(
        self, log: Log, *, target: Target, request_policies: PolicyChanges, reason: str | None
    ) -> PanelRestoration:
        """Change what becomes of requests, kind by kind."""
        restoration, provenance = target.load(log, PanelRestoration)
        merged = merge_policies(restoration.request_policies, request_policies)
        restoration.change_request_policies(request_policies=merged, reason=reason, provenance=provenance)
        return self._save(log, restoration)

    def complete(self, log: Log, *, target: Target, given_up: tuple[str, ...], note: Text) -> PanelRestoration:
        """Complete the restoration, but for the capabilities that are ``given_up``."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.complete(given_up=given_up, note=note, provenance=provenance)
        return self._save(log, restoration)

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Record what lapses at the moment of a timer.

        Returns:
            The moment of its next timer, or None.
        """
        restoration = log.load(PanelRestoration, timer.aggregate)
        self._lapse(log, restoration, timer.due, timer.position)
        return restoration.next_due

    def _save(self, log: Log, restoration: PanelRestoration) -> PanelRestoration:
        """Save the events, then one by one what has lapsed by now."""
        causation = save_cause(log, restoration)
        while restoration.next_due is not None and restoration.next_due <= log.now:
            causation = self._lapse(log, restoration, restoration.next_due, causation)
        return restoration

    def _lapse(self, log: Log, restoration: PanelRestoration, due: datetime, causation: int) -> int:
        restoration.handle_due(provenance=BY_CLOCK.says(log, occurred_at=due, causation=causation))
        return save_cause(log, restoration)

    def _require_capability(self, log: Log, restoration: PanelRestoration, capability: str) -> None:
        if capability in restoration.capabilities:
            return
        panel = self._panel(log, restoration)
        known = {*panel.profile.capabilities, *restoration.capabilities}
        if capability not in known:
            raise UnknownCapability(
                f"panel {panel.key} has no capability {capability}{did_you_mean(capability, known)}",
                nearest=nearest(capability, known),
            )

    def _panel(self, log: Log, restoration: PanelRestoration) -> Panel:
        return require_panel(log, restoration.panel)

    def _deadline(self, log: Log, restoration: PanelRestoration, when: When) -> Deadline:
        """Give the moment at which a day, by the clocks of the panel, or an instant has passed."""
        if isinstance(when, datetime):
            return Deadline(said=str(instant(when)), passes_at=when.astimezone(UTC))
        name = self._panel(log, restoration).profile.zone
        zone = self._zones.find(name)
        if zone is None:
            raise CorruptEvent(f"panel {restoration.panel} lives in the zone {name}, which these zones do not know")
        # Where the clocks go back over midnight the next day begins at the first one; where they go forward over it,
        # at that moment. Both is what the offset of before gives.
        midnight = datetime.combine(when + DAY, time(), tzinfo=zone)
        return Deadline(said=when.isoformat(), passes_at=midnight.astimezone(UTC))
