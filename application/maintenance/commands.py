"""The commands on maintenance windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from application.caller import BY_CLOCK, Caller
from application.ids import new_id
from application.incidents.maintenance_cover import tell_covered
from application.ledger.disposition import save_cause
from application.ledger.policy_changes import PolicyChanges, merge_policies
from application.maintenance.wording import WindowNews, word_news, word_plan
from application.merging import Amendment, TextChanges, merge, merge_text
from application.targets import Target, require_components
from domain.impact import EVERYWHERE, Status
from domain.maintenance import MaintenanceWindow, MarketZone, Plan, WindowOutcome

if TYPE_CHECKING:
    from application.incidents.commands import Incidents
    from application.log import Log, Timer
    from application.maintenance.timetables import Extension, Move, Times, Timetables
    from application.templates.filling import TemplateTexts, TemplateUse
    from domain.contact import Contact
    from domain.maintenance import Audience, Freeze, Origin
    from domain.text import Text

MOVES_COVER = (
    MaintenanceWindow.Started,
    MaintenanceWindow.Extended,
    MaintenanceWindow.VerificationBegan,
    MaintenanceWindow.Completed,
)
"""The events that move the moment from which covered signals count."""
MOST_COMPONENTS, MOST_AUDIENCES = 500, 100
"""How many of them one plan can name."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why something is done: ``reason`` is for operators, ``message`` for readers."""

    reason: str | None = None
    message: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """What an operator changes of a plan but for its times; what is left out stays, by key where there are keys.

    None leaves a thing as it is. ``takes_away`` names the texts that the plan is to be without.
    """

    title: TextChanges | None = None
    reason: TextChanges | None = None
    description: TextChanges | None = None
    takes_away: frozenset[str] = frozenset()
    components: Mapping[str, Status | None] = field(default_factory=dict)
    covers: tuple[str, ...] | None = None
    audiences: Mapping[str, Amendment[Audience] | None] | None = None
    freezes: tuple[Freeze, ...] | None = None
    contacts: tuple[Contact, ...] | None = None
    request_policies: PolicyChanges | None = None
    remind_before: tuple[timedelta, ...] | None = None
    markets: tuple[MarketZone, ...] | None = None

    def apply_to(self, plan: Plan) -> Plan:
        """Give ``plan`` with the changes; ``markets`` belong to the timetable, and are left to the caller.

        Raises:
            Invalid: if it would be without a title, or with too much of a kind.
        """
        lists = {name: getattr(self, name) for name in ("covers", "freezes", "contacts", "remind_before")}
        return replace(
            plan,
            title=merge_text(plan.title, self.title or {}, what="title"),
            reason=self._text(plan.reason, self.reason, "reason"),
            description=self._text(plan.description, self.description, "description"),
            components=merge_statuses(plan.components, self.components),
            audiences=merge(plan.audiences, self.audiences or {}, what="audiences", most=MOST_AUDIENCES),
            request_policies=merge_policies(plan.request_policies, self.request_policies or {}),
            **{name: value for name, value in lists.items() if value is not None},
        )

    def _text(self, known: Text, changes: TextChanges | None, what: str) -> Text:
        return merge_text({} if what in self.takes_away else known, changes or {}, what=what, is_needed=False)


def merge_statuses(known: Mapping[str, Status], changes: Mapping[str, Status | None]) -> dict[str, Status]:
    """Give the statuses of a plan with the changes: of some components, or under ``EVERYWHERE`` of the whole product.

    Raises:
        Invalid: if it would affect too many components.
    """
    named = {key for key, status in changes.items() if status is not None}
    if EVERYWHERE in named:
        known = {}
    elif named:
        known = {key: status for key, status in known.items() if key != EVERYWHERE}
    return merge(known, changes, what="components", most=MOST_COMPONENTS)


class Windows:
    """The commands; each returns the window as it is afterwards."""

    def __init__(self, timetables: Timetables, incidents: Incidents, template_texts: TemplateTexts) -> None:
        """Compute times by ``timetables``; ``incidents`` are those that a window can cover."""
        self.timetables = timetables
        self._template_texts = template_texts
        self._incidents = incidents

    def plan(
        self,
        log: Log,
        *,
        plan: Plan,
        times: Times,
        announced: bool,
        caller: Caller,
        template: TemplateUse | None = None,
        origin: Origin | None = None,
    ) -> MaintenanceWindow:
        """Plan a window; title and description that the plan has not are those of the ``template``.

        One with an ``origin``, made by a series, leaves what is due to its timers, so that the order is kept.

        Raises:
            Invalid: if it names an unknown component or zone, or no end, or has no title.
            BlankWithoutValue: if its template has a blank of which nothing is known.
            NonexistentTime: if no clock in the zone shows its start or end, and it does not choose.
            AmbiguousTime: if clocks in the zone show its start or end twice, and it does not choose.
            EndsBeforeItBegins: if it has no length.
        """
        require_known(log, plan.components, plan.covers)
        timetable = self.timetables.to_timetable(times)
        window = MaintenanceWindow.schedule(
            id=new_id(log.now),
            plan=word_plan(
                log, plan, timetable, template, zone=self.timetables.zone(times.zone), texts=self._template_texts
            ),
            timetable=timetable,
            announced=announced,
            origin=origin,
            provenance=caller.says(log),
        )
        if origin is not None:
            self._record(log, window, log.now)
            return window
        return self._save(log, window)

    def announce(self, log: Log, *, target: Target, explanation: Explanation) -> MaintenanceWindow:
        """Make a window visible to readers."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.announce(message=explanation.message, reason=explanation.reason, provenance=provenance)
        return self._save(log, window)

    def rewrite(self, log: Log, *, target: Target, rewrite: Rewrite, reason: str | None) -> MaintenanceWindow:
        """Change the plan of a window, but not its times.

        Raises:
            Invalid: if it names an unknown component or zone, or the plan would lack a title.
            AlreadyBegun: if its components are changed after it has begun.
        """
        window, provenance = target.load(log, MaintenanceWindow)
        plan = rewrite.apply_to(window.plan)
        require_known(
            log, set(plan.components) - set(window.plan.components), set(plan.covers) - set(window.plan.covers)
        )
        timetable = window.timetable
        if rewrite.markets is not None:
            timetable = self.timetables.with_local_times(timetable, rewrite.markets)
        window.revise(plan=plan, timetable=timetable, reason=reason, provenance=provenance)
        return self._save(log, window)

    def reschedule(self, log: Log, *, target: Target, move: Move, explanation: Explanation) -> MaintenanceWindow:
        """Give a window other times before it begins."""
        window, provenance = target.load(log, MaintenanceWindow)
        timetable = self.timetables.to_timetable(move.to_times(window.timetable))
        window.reschedule(
            timetable=timetable, message=explanation.message, reason=explanation.reason, provenance=provenance
        )
        return self._save(log, window)

    def start(self, log: Log, *, target: Target, explanation: Explanation) -> MaintenanceWindow:
        """Begin a window before its planned start."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.start(message=explanation.message, reason=explanation.reason, provenance=provenance)
        return self._save(log, window)

    def update(self, log: Log, *, target: Target, news: WindowNews) -> MaintenanceWindow:
        """Add an update to the timeline.

        Raises:
            Invalid: if a component is unknown, or there is no message.
            BlankWithoutValue: if its template has a blank of which nothing is known.
        """
        window, provenance = target.load(log, MaintenanceWindow)
        require_known(log, set(news.components) - set(window.plan.components), set())
        window.update(
            message=word_news(log, window, news, texts=self._template_texts),
            components=news.components,
            expected_at=news.expected_at,
            internal=news.internal,
            provenance=provenance,
        )
        return self._save(log, window)

    def extend(self, log: Log, *, target: Target, extension: Extension, explanation: Explanation) -> MaintenanceWindow:
        """Give a window that is under way a later end."""
        window, provenance = target.load(log, MaintenanceWindow)
        timetable = self.timetables.extend(window.timetable, extension)
        window.extend(
            timetable=timetable, message=explanation.message, reason=explanation.reason, provenance=provenance
        )
        return self._save(log, window)

    def hold(self, log: Log, *, target: Target, reason: str | None) -> MaintenanceWindow:
        """Leave the completion of a window to a person."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.hold(reason=reason, provenance=provenance)
        return self._save(log, window)

    def release(self, log: Log, *, target: Target, reason: str | None) -> MaintenanceWindow:
        """Leave the completion of a window to the clock again."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.release(reason=reason, provenance=provenance)
        return self._save(log, window)

    def complete(
        self, log: Log, *, target: Target, outcome: WindowOutcome, explanation: Explanation
    ) -> MaintenanceWindow:
        """Complete a window."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.complete(outcome=outcome, message=explanation.message, reason=explanation.reason, provenance=provenance)
        return self._save(log, window)

    def cancel(self, log: Log, *, target: Target, explanation: Explanation) -> MaintenanceWindow:
        """Cancel a window before it begins."""
        window, provenance = target.load(log, MaintenanceWindow)
        window.cancel(message=explanation.message, reason=explanation.reason, provenance=provenance)
        return self._save(log, window)

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Do what is due on one window, as of the due time.

        Returns:
            The next due time of the window; None if it has none.
        """
        window = log.load(MaintenanceWindow, timer.aggregate)
        window.handle_due(provenance=BY_CLOCK.says(log, occurred_at=timer.due, causation=timer.position))
        self._record(log, window, timer.due)
        return window.next_due

    def _save(self, log: Log, window: MaintenanceWindow) -> MaintenanceWindow:
        causation = self._record(log, window, log.now)
        while window.next_due is not None and window.next_due <= log.now:
            due = window.next_due
            window.handle_due(provenance=BY_CLOCK.says(log, occurred_at=due, causation=causation))
            causation = self._record(log, window, due)
        return window

    def _record(self, log: Log, window: MaintenanceWindow, moment: datetime) -> int:
        moves = [event for event in window.pending_events if isinstance(event, MOVES_COVER)]
        position = save_cause(log, window)
        if moves:
            # An incident that began before this was recorded may turn out to be covered, or covered for longer.
            looks_back = isinstance(moves[0], (MaintenanceWindow.Started, MaintenanceWindow.Extended))
            tell_covered(
                log, window, incidents=self._incidents, occurred_at=moment, causation=position, looks_back=looks_back
            )
        return position


def require_known(log: Log, components: Mapping[str, Status] | set[str], covers: tuple[str, ...] | set[str]) -> None:
    """Refuse a plan that names unknown or retired components.

    Raises:
        Invalid: naming the first of them.
    """
    require_components(log, (key for key in sorted(components) if key != EVERYWHERE))
    require_components(log, sorted(covers), where="/covers")
