"""The panel: customer accounts on servers of their own, told apart by the day on which an account was created."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.errors import EndsBeforeItBegins
from domain.panels.errors import PanelsOverlap
from domain.provenance import Provenance
from domain.text import Text

NAMESPACE = UUID("b1d5a6c4-28b5-4e5f-9a53-6d0f9c1a7e44")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
PANELS = "panels"
"""The handle under which all panels are found."""
DAY = timedelta(days=1)


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
    """What is said of a panel: ``accounts`` are the days, by the clocks of the IANA ``zone``, of its accounts."""

    key: str
    name: Text
    zone: str
    accounts: Days
    capabilities: tuple[str, ...]


class PanelEvent(Event):
    """Something that happened to a panel."""


class Registered(Created, PanelEvent):
    """An operator said which accounts are on the panel."""

    TOPIC = "panel.registered"
    profile: PanelProfile

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
    name: Text
    capabilities: tuple[str, ...]

    def apply(self, aggregate: Panel) -> None:
        """Take over what is said."""
        aggregate.profile = replace(aggregate.profile, name=self.name, capabilities=self.capabilities)


class Panel(Aggregate):
    """One panel. Its id follows from its key, so that a key can be registered once only."""

    TOPIC = "panel"
    Event = PanelEvent
    Registered = Registered
    Closed = Closed
    Revised = Revised

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.profile: PanelProfile
        self.registered_at: datetime

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

    def revise(self, *, name: Text | None, capabilities: tuple[str, ...] | None, provenance: Provenance) -> None:
        """Change its name or its capabilities; None leaves a thing as it is. No-op if nothing would change."""
        provenance.require_past()
        name = self.profile.name if name is None else name
        capabilities = self.profile.capabilities if capabilities is None else capabilities
        if (name, capabilities) != (self.profile.name, self.profile.capabilities):
            self.record(self.Revised, name=name, capabilities=capabilities, provenance=provenance)


def _spoken(days: Days) -> str:
    first = "from the beginning" if days.first is None else f"of {days.first} and later"
    return first if days.last is None else f"{first}, until {days.last}"
