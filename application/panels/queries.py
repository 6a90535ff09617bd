"""Panels, restorations and accounts, as they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from domain.panels.automation_rules import decide
from domain.panels.panel import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.key_names import KeyNameDocument
    from application.panels.projection import CapabilityRow, PanelRow
    from application.panels.recovery_documents import RestorationOutline
    from application.pieces import Piece
    from application.ports import Zones
    from domain.panels.account import AccountRecovery
    from domain.panels.automation_rules import AutomationDecision, AutomationRule, LossRule


@dataclass(frozen=True, kw_only=True)
class RestorationFilter:
    """Which restorations to list; None means any."""

    panel: str | None = None
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    """Which accounts of a restoration to list, with ``prefix`` those whose names begin so; None means any."""

    restoration: UUID
    state: str | None = None
    prefix: str | None = None


@dataclass(frozen=True, kw_only=True)
class LatestRestoration:
    """The restoration of a panel that began last, in outline."""

    restoration: str
    panel: str
    began_at: datetime
    outline: RestorationOutline


@dataclass(frozen=True, kw_only=True)
class AutomationRules:
    """What is known of one automation of one panel: the rules, and ``position``, that since which they are so.

    ``is_known`` tells whether there is such an automation by now, ``is_public`` whether readers may know of it.
    """

    position: int
    rules: Sequence[AutomationRule]
    losses: Sequence[LossRule]
    is_known: bool
    is_public: bool

    def decide(self, item_created_at: datetime) -> AutomationDecision:
        """Decide for one item."""
        return decide(self.rules, self.losses, item_created_at)


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
    ) -> tuple[Sequence[PanelRow], Sequence[LatestRestoration], Sequence[CapabilityRow]]:
        """Give panels, or one, the restoration of each that began last, and the capabilities that it mentions.

        Panels are ordered by the days of their accounts. With ``moment``, it is the restoration that began last by
        then, and its capabilities as they were then.

        Raises:
            NotYetVisible: if the view is being rebuilt, or was while it was read.
        """
        ...

    def find_restoration(self, at: int, id: UUID) -> tuple[str, str] | None:
        """Give private and public side of one restoration; None if there was none at position ``at``."""
        ...

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of the updates of a restoration, the oldest first, beyond the number ``after``.

        None if there was none of that id at position ``at``.
        """
        ...

    def page_of_restorations(
        self, at: int, wanted: RestorationFilter, before: str | None, limit: int
    ) -> Piece[tuple[str, str, str]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        ...

    def rules(self, at: int, panel: str, automation: str) -> AutomationRules | None:
        """Give the rules of an automation; None if there is no such panel."""
        ...

    def automations(self, at: int, *, public: bool) -> Sequence[KeyNameDocument]:
        """Give every known automation in the order of the page; with ``public`` those alone that readers may know of.

        They are those of now, and at least those of position ``at``.

        Raises:
            NotYetVisible: if the view does not reflect that position.
        """
        ...

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the restorations of each state."""
        ...


class AccountQueries(Protocol):
    """Accounts in restorations, as JSON texts."""

    def find(self, at: int, restoration: UUID, account: str) -> str | None:
        """Give one account; None if there was none at position ``at``."""
        ...

    def page(self, at: int, wanted: AccountFilter, after: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give account and document, by account, of those beyond ``after``."""
        ...

    def counts(self, at: int, restoration: UUID | None = None) -> Mapping[str, int]:
        """Count the accounts of each state, of one restoration or of all."""
        ...


class OwnerLinkQueries(Protocol):
    """The accounts that links of owners open, as the log has them now: a revocation holds from the next read on."""

    def find(self, digest: str) -> AccountRecovery | None:
        """Give the account whose owner has the link of this digest, whether it has expired or not; None if none."""
        ...


def look_up(panels: PanelQueries, zones: Zones, position: int, created: date | datetime) -> tuple[str | None, date]:
    """Find the panel of an account by the day, or the instant, at which the account was created.

    Returns:
        The key of the panel, None if there is none, and the day of creation by the clocks of that panel. An instant is
        another day on other clocks, one day off at most; without a panel the day is that of UTC.
    """
    if not isinstance(created, datetime):
        found = panels.panels_of(position, created, created)
        return (found[0].panel if found else None), created
    utc = created.astimezone(UTC).date()
    for row in panels.panels_of(position, utc - DAY, utc + DAY):
        day = created.astimezone(zones.find(row.document["zone"]) or UTC).date()
        if row.accounts_from <= day.isoformat() <= row.accounts_until:
            return row.panel, day
    return None, utc
