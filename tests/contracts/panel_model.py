"""What is known of panels by a plain look at every event, one after the other: the measure of the views.

It knows the events and the rules alone, and nothing of how aggregates, views or decisions are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.aggregate import Event
from domain.panels.account import AccountRecovery, Joining
from domain.panels.automation import AutomationName
from domain.panels.panel import Panel
from domain.panels.restoration import CapabilityState, Condition, Deadline
from domain.panels.restoration import events as restorations
from domain.text import Text

Document = dict[str, Any]
FORBIDDEN = {CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE}


@dataclass(kw_only=True)
class Statement:
    """What was said of a capability from a moment on."""

    state: CapabilityState
    note: Text = field(default_factory=dict)
    workaround: Text = field(default_factory=dict)
    expected: Deadline | None = None
    is_overdue: bool = False


@dataclass(kw_only=True)
class Loss:
    """What is known of one restoration."""

    id: UUID
    panel: str
    began_at: datetime
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    said: dict[str, dict[datetime, Statement]] = field(default_factory=dict)
    promises: list[tuple[int, restorations.Promised]] = field(default_factory=list)
    lapsed: set[int] = field(default_factory=set)
    points: list[restorations.RecoveryPointSet] = field(default_factory=list)
    suppressed: dict[str, datetime | None] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    completed_at: datetime | None = None
    given_up: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """How far it has come."""
        if self.completed_at is not None:
            return "completed"
        return "access_lost" if self.spans[-1][1] is None else "access_restored"

    def say(self, capability: str, moment: datetime, statement: Statement) -> None:
        """Let it be so until whatever is said next; what was awaited in vain is awaited in vain still."""
        known = self.said.setdefault(capability, {})
        earlier = [each for at, each in sorted(known.items(), key=by_time) if at < moment]
        if earlier and earlier[-1].is_overdue and statement.expected == earlier[-1].expected:
            statement.is_overdue = statement.state is not CapabilityState.AVAILABLE
        known[moment] = statement

    def last(self, capability: str) -> Statement | None:
        """Give what holds of it now."""
        known = self.said.get(capability)
        return known[max(known)] if known else None

    def misses(self, moment: datetime) -> bool:
        """Tell whether what is of a moment is missing: the last word on each of the losses counts."""
        return any(
            point.as_of - point.tolerance <= moment < point.gap_until
            for point in {point.gap_until: point for point in sorted(self.points, key=told_at)}.values()
        )

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        moment = event.provenance.occurred_at
        match event:
            case restorations.Begun() | restorations.AccessLost():
                self.spans.append((moment, None))
                self._follow(event.fell, moment, CapabilityState.UNAVAILABLE)
                if isinstance(event, restorations.Begun):
                    for name, left in event.kept.items():
                        self.say(name, moment, _stated(left))
            case restorations.AccessRestored():
                self.spans[-1] = (self.spans[-1][0], moment)
                self._follow(event.rose, moment, CapabilityState.UNKNOWN)
            case restorations.Promised():
                self.promises.append((len(self.spans), event))
            case restorations.PromiseLapsed(number=number):
                self.lapsed.add(number)
            case restorations.RecoveryPointSet():
                self.points.append(event)
            case restorations.CapabilitySet(capability=name, condition=told):
                self.say(name, moment, _stated(told))
                self.decided.add(name)
            case restorations.ExpectationLapsed(capability=name):
                self.said[name][max(self.said[name])].is_overdue = True
            case restorations.AutomationSuppressed(automation=name, created_before=before):
                self.suppressed[name] = before
                self.decided.add(name)
            case restorations.SuppressionEnded(automation=name):
                self.suppressed[name] = None
            case restorations.Completed(given_up=given_up):
                self.completed_at, self.given_up = moment, given_up
            case _:
                pass

    def _follow(self, names: Iterable[str], moment: datetime, state: CapabilityState) -> None:
        for name in names:
            self.say(name, moment, Statement(state=state))


def _stated(told: Condition) -> Statement:
    return Statement(state=told.state, note=told.note, workaround=told.workaround, expected=told.expected)


@dataclass(kw_only=True)
class Known:
    """What is known after some events."""

    panels: dict[str, Document] = field(default_factory=dict)
    registered: dict[str, datetime] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    losses: dict[UUID, Loss] = field(default_factory=dict)
    accounts: dict[tuple[UUID, str], str] = field(default_factory=dict)
    _names: dict[UUID, tuple[UUID, str]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        moment, id = event.provenance.occurred_at, event.originator_id
        match event:
            case Panel.Registered(profile=profile):
                self.registered[profile.key] = moment
                self.panels[profile.key] = {
                    "key": profile.key,
                    "name": profile.name,
                    "zone": profile.zone,
                    "accounts_from": profile.accounts.first,
                    "accounts_until": profile.accounts.last,
                    "capabilities": profile.capabilities,
                    "capability_names": dict(profile.capability_names),
                }
                self.hidden[profile.key] = set()
            case Panel.Closed(last=last):
                self._panel(id)["accounts_until"] = last
            case Panel.Revised(name=name, capabilities=capabilities, capability_names=named):
                self._panel(id).update(name=name, capabilities=capabilities)
                self._panel(id)["capability_names"] |= named
            case Panel.CapabilityAdded(capability=capability, name=name):
                panel = self._panel(id)
                panel["capabilities"] = (*panel["capabilities"], capability)
                panel["capability_names"] = {**panel["capability_names"], capability: name}
            case Panel.CapabilityRevised(capability=capability, name=name, hidden=is_hidden):
                panel = self._panel(id)
                if name:
                    panel["capability_names"] = {**panel["capability_names"], capability: name}
                change = self.hidden[panel["key"]].add if is_hidden else self.hidden[panel["key"]].discard
                change(capability)
            case AutomationName.Named(key=key):
                self.named.add(key)
            case restorations.Begun(panel=panel):
                self.losses[id] = Loss(id=id, panel=panel, began_at=moment)
            case AccountRecovery.Opened(restoration=restoration, account=account):
                self._names[id] = restoration, account
        if id in self.losses:
            self.losses[id].take(event)
        if id in self._names:
            before = self.accounts.get(self._names[id], "open")
            self.accounts[self._names[id]] = before if before == "accepted" else _stage(event, before)

    def ordered(self) -> list[Document]:
        """Give the panels by the days of their accounts."""
        return sorted(self.panels.values(), key=lambda panel: panel["accounts_from"] or date.min)

    def panels_on(self, first: date, last: date) -> list[str]:
        """Name the panels with accounts of any of these days, the newest first."""
        return [
            panel["key"]
            for panel in reversed(self.ordered())
            if (panel["accounts_from"] or date.min) <= last and first <= (panel["accounts_until"] or date.max)
        ]

    def losses_of(self, panel: str, moment: datetime | None = None) -> list[Loss]:
        """Give the losses of a panel that had begun by a moment, the latest first."""
        found = [loss for loss in self.losses.values() if loss.panel == panel and by(loss.began_at, moment)]
        return sorted(found, key=lambda loss: (loss.began_at, str(loss.id)), reverse=True)

    def automations(self, *, public: bool) -> set[str]:
        """Name the automations that are known; readers know no capability that its panel hides."""
        hidden = {(key, name) for key, names in self.hidden.items() for name in names} if public else set()
        said = {(panel["key"], name) for panel in self.panels.values() for name in panel["capabilities"]}
        said |= {(key, name) for key, names in self.hidden.items() for name in names}
        said |= {(loss.panel, name) for loss in self.losses.values() for name in loss.said}
        suppressed = {name for loss in self.losses.values() for name in loss.suppressed}
        return self.named | suppressed | {name for _, name in said - hidden}

    def decision(self, panel: str, automation: str, created_at: datetime) -> tuple[bool, str]:
        """Tell whether an automation may run for an item, and why."""
        losses = self.losses_of(panel)
        spoken = [said.state for loss in losses if (said := loss.last(automation)) is not None]
        before = [loss.suppressed[automation] for loss in losses if automation in loss.suppressed]
        instants = [instant for instant in before if instant is not None]
        if spoken and spoken[0] in FORBIDDEN:
            return False, f"capability_{spoken[0]}"
        if any(created_at < instant for instant in instants):
            return False, "created_before"
        if kept := _kept(losses, automation, created_at):
            return False, kept
        if instants:
            return True, "created_since"
        if spoken:
            return True, f"capability_{spoken[0]}"
        return True, "suppression_ended" if before else "no_rule"

    def edges(self) -> list[datetime]:
        """Give the moments at which anything of availability changes."""
        return sorted(set(self._edges()))

    def _edges(self) -> Iterator[datetime]:
        yield from self.registered.values()
        for loss in self.losses.values():
            yield from (edge for span in loss.spans for edge in span if edge is not None)
            yield from (at for said in loss.said.values() for at in said)
            deadlines = [each.expected for said in loss.said.values() for each in said.values()]
            deadlines += [promise.promised_for for _, promise in loss.promises]
            yield from (deadline.passes_at for deadline in deadlines if deadline is not None)
            yield from (promise.provenance.occurred_at for _, promise in loss.promises)
            yield from (point.provenance.occurred_at for point in loss.points)
            yield from () if loss.completed_at is None else (loss.completed_at,)

    def _panel(self, id: UUID) -> Document:
        return next(panel for key, panel in self.panels.items() if Panel.id_of(key) == id)


def known(events: Iterable[Event]) -> Known:
    """Give what is known after these events."""
    found = Known()
    for event in events:
        found.take(event)
    return found


def _stage(event: Event, before: str) -> str:
    """Tell how far the recovery of an account has come with an event."""
    match event:
        case AccountRecovery.TemporaryAccountOpened():
            return "temporary"
        case AccountRecovery.Linked():
            return "linked"
        case AccountRecovery.Joined(decision=decision):
            return "merged" if decision is Joining.MERGE else "kept_apart"
        case AccountRecovery.Accepted():
            return "accepted"
        case _:
            return before


def _kept(losses: list[Loss], automation: str, created_at: datetime) -> str | None:
    """Tell what keeps an automation from an item beside what is said of it: no access, or an undecided gap."""
    if losses and losses[0].spans[-1][1] is None:
        return "access_lost"
    missed = any(automation not in loss.decided and loss.misses(created_at) for loss in losses)
    return "undecided_gap" if missed else None


def told_at(event: Event) -> datetime:
    """Order events by when they occurred."""
    return event.provenance.occurred_at


def by_time(said: tuple[datetime, Statement]) -> datetime:
    """Order what was said by its time."""
    return said[0]


def by(at: datetime, moment: datetime | None) -> bool:
    """Tell whether something had been so by a moment; without one, whatever is known has."""
    return moment is None or at <= moment
