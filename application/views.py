"""What can be read; every read is of one position, so that its parts agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from application.projections.board import CauseRow, ComponentRow
    from application.projections.panels import CapabilityRow, PanelRow
    from domain.automation import AutomationRule


@dataclass(frozen=True, kw_only=True)
class RestorationFilter:
    """Which restorations to list; None means any."""

    panel: str | None = None
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    """Which accounts of a restoration to list; None means any."""

    restoration: UUID
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events to list; None means any. ``since`` is inclusive and ``until`` exclusive, of ``recorded_at``."""

    aggregate: str | None = None
    type: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class StatusBoard(Protocol):
    """Components, and what is the matter with them."""

    def read(
        self, at: int, moment: datetime | None, *, now: datetime | None = None
    ) -> tuple[Sequence[ComponentRow], Sequence[CauseRow]]:
        """Give both, from one and the same building of the view.

        Raises:
            NotYetVisible: if the view is being built anew.
        """
        ...

    def components(self, at: int) -> Sequence[ComponentRow]:
        """Give every component, as known at position ``at``."""
        ...

    def causes(self, at: int, moment: datetime | None, *, now: datetime | None = None) -> Sequence[CauseRow]:
        """Give the causes that are open, or were at ``moment``, and what before them tells since when.

        ``now`` is when the position was the last; a reader that knows it need not look behind what came later.
        """
        ...

    def history(self, at: int, component: str, start: datetime, until: datetime) -> Sequence[CauseRow]:
        """Give the causes of one component that hold at any time from ``start`` to ``until``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Outlined:
    """The restoration that tells of a panel, in outline."""

    restoration: str
    panel: str
    began_at: datetime
    outline: Mapping[str, Any]


class PanelMap(Protocol):
    """Panels, their restorations, and what works on them."""

    def panels(self, at: int, panel: str | None = None) -> Sequence[PanelRow]:
        """Give the panels, or the one of this key, by the days of their accounts."""
        ...

    def panels_of(self, at: int, first: date, last: date) -> Sequence[PanelRow]:
        """Give the panels with accounts of any of these days, the newest first."""
        ...

    def read(
        self, at: int, moment: datetime | None, panel: str | None = None
    ) -> tuple[Sequence[PanelRow], Sequence[Outlined], Sequence[CapabilityRow]]:
        """Give panels, or one, by the days of their accounts, of each the restoration that began last, and how it is.

        With ``moment``, the last that had begun by then, and how it was then; all from one building of the view.

        Raises:
            NotYetVisible: if the view is being built anew.
        """
        ...

    def find_restoration(self, at: int, id: UUID) -> tuple[str, str] | None:
        """Give private and public side of one restoration; None if there was none at position ``at``."""
        ...

    def page_of_restorations(
        self, at: int, wanted: RestorationFilter, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        ...

    def rules(self, at: int, panel: str, automation: str) -> tuple[int, Sequence[AutomationRule]] | None:
        """Give the rules of an automation, and the position since which they are so; None if there is no such panel."""
        ...

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the restorations of each state."""
        ...


class AccountList(Protocol):
    """Accounts in restorations, as JSON texts."""

    def find(self, at: int, restoration: UUID, account: str) -> str | None:
        """Give one account; None if there was none at position ``at``."""
        ...

    def page(self, at: int, wanted: AccountFilter, after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give account and document, by account, of those beyond ``after``."""
        ...

    def counts(self, at: int, restoration: UUID | None = None) -> Mapping[str, int]:
        """Count the accounts of each state, of one restoration or of all."""
        ...


class EventLog(Protocol):
    """The events themselves, as documents."""

    def last(self) -> tuple[int, datetime | None]:
        """Give position and time of the last event."""
        ...

    def position_at(self, moment: datetime) -> int:
        """Give the position of the last event recorded at ``moment`` or before; 0 if there is none."""
        ...

    def time_of(self, position: int) -> datetime | None:
        """Give the time at which the event at a position was recorded; None if there is none."""
        ...

    def page(self, wanted: EventFilter, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give events by position, after a position."""
        ...

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give the events of one aggregate by version, after a version."""
        ...

    def all(self, after: int, until: int) -> Iterator[dict[str, Any]]:
        """Give every event after a position and up to another."""
        ...
