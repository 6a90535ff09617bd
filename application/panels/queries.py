"""Panels, restorations and accounts, as they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.panels.projection import CapabilityRow, PanelRow
    from application.panels.recovery_documents import RestorationOutline
    from domain.panels.automation_rules import AutomationRule


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
class Outlined:
    """The restoration that tells of a panel, in outline."""

    restoration: str
    panel: str
    began_at: datetime
    outline: RestorationOutline


class PanelQueries(Protocol):
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


class AccountQueries(Protocol):
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
