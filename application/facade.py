"""Everything that an inbound adapter can call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.ledger.queries import CauseFinders
from domain.ledger.cause import CauseType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from application.access.tokens import Tokens
    from application.audit.queries import EventLog
    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.incidents.queries import IncidentBook, SignalList
    from application.incidents.signal_intake import Signals
    from application.ledger.disposition import Ledgers
    from application.ledger.intake import HeldRequests
    from application.ledger.queries import CheckQueue
    from application.ledger.reprocessing import Reprocessing
    from application.ledger.reviews import Checks
    from application.maintenance.commands import Windows
    from application.maintenance.queries import MaintenanceCalendar
    from application.maintenance.series import Series
    from application.panels.accounts import Accounts
    from application.panels.commands import Panels
    from application.panels.queries import AccountList, PanelMap
    from application.panels.restorations import Restorations
    from application.ports import Clock, Commands, Health, KeySource, Reads, Visibility, Zones
    from application.status.queries import StatusBoard
    from domain.impact import Status


@dataclass(frozen=True, kw_only=True)
class Service:
    """The use cases, the views and what runs them."""

    clock: Clock
    commands: Commands
    reads: Reads
    visibility: Visibility
    keys: KeySource
    health: Health
    incidents: Incidents
    components: Components
    signals: Signals
    windows: Windows
    series: Series
    panels: Panels
    restorations: Restorations
    accounts: Accounts
    held_requests: HeldRequests
    ledgers: Ledgers
    checks: Checks
    reprocessing: Reprocessing
    tokens: Tokens
    board: StatusBoard
    book: IncidentBook
    calendar: MaintenanceCalendar
    panel_map: PanelMap
    account_list: AccountList
    queue: CheckQueue
    signal_list: SignalList
    events: EventLog
    languages: tuple[str, ...]
    zone: tzinfo
    zones: Zones
    alert_component_label: str
    alert_severities: Mapping[str, Status]
    appended: Mapping[str, int]

    @property
    def cause_finders(self) -> CauseFinders:
        """How the causes of each kind are found."""
        return CauseFinders(
            of_kind={
                CauseType.MAINTENANCE_WINDOW: self.calendar.find,
                CauseType.INCIDENT: self.book.find,
                CauseType.RESTORATION: self.panel_map.find_restoration,
            },
            incident_ended_at=self.book.ended_at,
        )
