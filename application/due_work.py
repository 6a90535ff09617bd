"""Carries out due work, once and in order, by the commands of each aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access.session import StaffSession
from domain.components import Component
from domain.incidents import Incident
from domain.ledger.cause_ledger import Ledger
from domain.ledger.held_request import HeldRequest
from domain.maintenance import MaintenanceWindow
from domain.maintenance.series import MaintenanceSeries
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from application.access.sessions import Sessions
    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.ledger.disposition import Dispositions
    from application.log import Log, Timer
    from application.maintenance.commands import Windows
    from application.maintenance.series_commands import Series
    from application.panels.restoration_commands import Restorations


class DueWork:
    """Hands each due timer to the commands of its aggregate."""

    def __init__(
        self,
        *,
        incidents: Incidents,
        components: Components,
        windows: Windows,
        series: Series,
        restorations: Restorations,
        ledgers: Dispositions,
        sessions: Sessions,
    ) -> None:
        """Use the ``handle_due`` of these commands."""
        self._handlers: dict[str, Callable[[Log, Timer], datetime | None]] = {
            Incident.TOPIC: incidents.handle_due,
            Component.TOPIC: components.handle_due,
            MaintenanceWindow.TOPIC: windows.handle_due,
            MaintenanceSeries.TOPIC: series.handle_due,
            PanelRestoration.TOPIC: restorations.handle_due,
            Ledger.TOPIC: ledgers.handle_due,
            HeldRequest.TOPIC: ledgers.handle_due_request,
            StaffSession.TOPIC: sessions.handle_due,
        }

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Do what is due on one aggregate, as of the due time.

        Returns:
            When it is due again; None if nothing is due any more.
        """
        return self._handlers[timer.kind](log, timer)
