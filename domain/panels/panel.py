"""The panel: customer accounts on servers of their own, told apart by the day on which an account was created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.errors import EndsBeforeItBegins, TooManyEntries
from domain.panels.errors import CapabilityExists, PanelsOverlap
from domain.provenance import Provenance
from domain.text import Text

NAMESPACE = UUID("b1d5a6c4-28b5-4e5f-9a53-6d0f9c1a7e44")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
PANELS = "panels"
"""The handle under which all panels are found."""
DAY = timedelta(days=1)
MOST_CAPABILITIES = 200

NO_NAMES: Mapping[str, Text] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Days:
    """Civil days from ``first`` to ``last``, both inside; open where there is none."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether ``day`` is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: Days) -> bool:
        """Tell whether a day is among both."""
        return (self.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (
            self.last or date.max
        )


@dataclass(frozen=True, kw_only=True)
class PanelProfile:
    """What is said of a panel: ``accounts`` are the days, by the clocks of the IANA ``zone``, of its accounts.

    ``capability_names`` are the names of capabilities by their keys; old ones have none.
    """

    key: str
    name: Text
    zone: str
    accounts: Days
    capabilities: tuple[str, ...]
    capability_names: Mapping[str, Text] = field(default_factory=dict)


class PanelEvent(Event):
    """Something that happened to a panel."""


class Registered(Created, PanelEvent):
    """An operator said which accounts are on the panel."""

    TOPIC = "panel.registered"
    VERSION = 2
    profile: PanelProfile

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a state from when capabilities had no names."""
        return {**state, "profile": {**state["profile"], "capability_names": {}}}

    def apply(self, aggregate: Panel) -> None:
        """Take over the profile."""
        aggregate.profile, aggregate.registered_at = self.profile, self.provenance.occurred_at


class Closed(PanelEvent):
    """New accounts are on another panel from the day after ``last`` on."""

    TOPIC = "panel.closed"
    last: date
    successor: str

    def apply(self, aggregate: Panel) -> None:
        """Have no more accounts."""
        accounts = replace(aggregate.profile.accounts, last=self.last)
        aggregate.profile = replace(aggregate.profile, accounts=accounts)


class Revised(PanelEvent):
    """An operator changed what is said of the panel, but not its accounts."""

    TOPIC = "panel.revised"
    VERSION = 2
    name: Text
    capabilities: tuple[str, ...]
    capability_names: Mapping[str, Text]

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a state from when capabilities had no names."""
        return {**state, "capability_names": {}}

    def apply(self, aggregate: Panel) -> None:
        """Take over what is said; the names of other capabilities stay."""
        aggregate.profile = replace(aggregate.profile, name=self.name, capabilities=self.capabilities)
        aggregate.name_capabilities(self.capability_names)


class CapabilityAdded(PanelEvent):
    """An operator said that the panel has a further capability."""

    TOPIC = "panel.capability_added"
    capability: str
    name: Text

    def apply(self, aggregate: Panel) -> None:
        """Have it, at the end of the list."""
        capabilities = (*aggregate.profile.capabilities, self.capability)
        aggregate.profile = replace(aggregate.profile, capabilities=capabilities)
        aggregate.name_capabilities({self.capability: self.name})


class CapabilityRevised(PanelEvent):
    """An operator renamed a capability, hid it from readers, or showed it to them again."""

    TOPIC = "panel.capability_revised"
    capability: str
    name: Text
    hidden: bool

    def apply(self, aggregate: Panel) -> None:
        """Name it so, and hide it or not."""
        aggregate.name_capabilities({self.capability: self.name})
        kept = aggregate.hidden - {self.capability}
        aggregate.hidden = kept | {self.capability} if self.hidden else kept


class Panel(Aggregate):
    """One panel. Its id follows from its key, so that a key can be registered once only."""

    TOPIC = "panel"
    Event = PanelEvent
    Registered = Registered
    Closed = Closed
    Revised = Revised
    CapabilityAdded = CapabilityAdded
    CapabilityRevised = CapabilityRevised

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.profile: PanelProfile
        self.registered_at: datetime
        self.hidden: frozenset[str] = frozenset()
        """The capabilities that readers are not shown; also some that only its restorations name."""

    @staticmethod
    @lru_cache(maxsize=4_096)
    def id_of(key: str) -> UUID:
        """Give the id of the panel with this key."""
        return uuid5(NAMESPACE, key)

    @property
    def key(self) -> str:
        """Its key."""
        return self.profile.key

    @property
    def accounts(self) -> Days:
        """The days on which its accounts were created."""
        return self.profile.accounts

    @property
    def handles(self) -> dict[str, datetime]:
        """Where all panels are found, the newest accounts first."""
        first = self.accounts.first
        return {PANELS: BEGINNING if first is None else datetime(first.year, first.month, first.day, tzinfo=UTC)}

    @classmethod
    def register(cls, *, profile: PanelProfile, others: Iterable[Panel], provenance: Provenance) -> Self:
        """Say which accounts are on a panel; every other panel keeps its own.

        Raises:
            EndsBeforeItBegins: if its last day lies before its first.
            PanelsOverlap: if a day belongs to one of the ``others``.
        """
        provenance.require_past()
        days = profile.accounts
        if days.first is not None and days.last is not None and days.last < days.first:
            raise EndsBeforeItBegins(f"panel {profile.key} cannot have accounts from {days.first} until {days.last}")
        for other in others:
            if days.overlaps(other.accounts):
                raise PanelsOverlap(
                    f"panel {profile.key} overlaps panel {other.key}, whose accounts are {_spoken(other.accounts)}",
                    panel=other.key,
                )
        panel: Self = cls.begin_with(cls.Registered, id=cls.id_of(profile.key), profile=profile, provenance=provenance)
        return panel

    def give_way(self, *, to: PanelProfile, provenance: Provenance) -> None:
        """End on the day before another panel begins; no-op if it has ended, or begins no earlier than that one."""
        begins = to.accounts.first
        if self.accounts.last is None and begins is not None and (self.accounts.first or date.min) < begins:
            self.record(self.Closed, last=begins - DAY, successor=to.key, provenance=provenance)

    def revise(
        self,
        *,
        name: Text | None,
        capabilities: tuple[str, ...] | None,
        capability_names: Mapping[str, Text] = NO_NAMES,
        provenance: Provenance,
    ) -> None:
        """Change its name or its capabilities; None leaves a thing as it is. No-op if nothing would change.

        ``capability_names`` are the names that change.
        """
        provenance.require_past()
        name = self.profile.name if name is None else name
        capabilities = self.profile.capabilities if capabilities is None else capabilities
        known = self.profile.capability_names
        changed = {key: text for key, text in capability_names.items() if known.get(key) != text}
        if changed or (name, capabilities) != (self.profile.name, self.profile.capabilities):
            self.record(
                self.Revised,
                name=name,
                capabilities=capabilities,
                capability_names=changed,
                provenance=provenance,
            )

    def add_capability(self, *, capability: str, name: Text, provenance: Provenance) -> None:
        """Have a further capability.

        Raises:
            CapabilityExists: if it has it already.
            TooManyEntries: if it has as many as a panel can have.
        """
        provenance.require_past()
        if capability in self.profile.capabilities:
            raise CapabilityExists(f"panel {self.key} has the capability {capability} already")
        if len(self.profile.capabilities) >= MOST_CAPABILITIES:
            raise TooManyEntries(f"panel {self.key} has {MOST_CAPABILITIES} capabilities; there can be no more")
        self.record(self.CapabilityAdded, capability=capability, name=name, provenance=provenance)

    def revise_capability(
        self, *, capability: str, name: Text | None, hidden: bool | None, provenance: Provenance
    ) -> None:
        """Rename a capability, hide it from readers or show it again; None leaves a thing as it is.

        No-op if nothing would change. The capability is one of the panel, or one that a restoration of it names.
        """
        provenance.require_past()
        known, is_hidden = self.profile.capability_names.get(capability, {}), capability in self.hidden
        name, hidden = known if name is None else name, is_hidden if hidden is None else hidden
        if (name, hidden) != (known, is_hidden):
            self.record(self.CapabilityRevised, capability=capability, name=name, hidden=hidden, provenance=provenance)

    def name_capabilities(self, names: Mapping[str, Text]) -> None:
        """Take over the names of some capabilities; those without one keep what they had."""
        named = {key: text for key, text in names.items() if text}
        if named:
            names = {**self.profile.capability_names, **named}
            self.profile = replace(self.profile, capability_names=names)


def _spoken(days: Days) -> str:
    first = "from the beginning" if days.first is None else f"of {days.first} and later"
    return first if days.last is None else f"{first}, until {days.last}"
