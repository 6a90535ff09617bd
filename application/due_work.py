"""Carries out what is due, once and in order, through ordinary commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.components import Component
from domain.incidents import Incident
from domain.ledger.cause_ledger import Ledger
from domain.maintenance import MaintenanceWindow
from domain.maintenance.series import MaintenanceSeries
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.ledger.disposition import Ledgers
    from application.log import Log, Timer
    from application.maintenance.commands import Windows
    from application.maintenance.series import Series
    from application.panels.restorations import Restorations


class Timekeeper:
    """Knows who acts on which timer."""

    def __init__(
        self,
        *,
        incidents: Incidents,
        components: Components,
        windows: Windows,
        series: Series,
        restorations: Restorations,
        ledgers: Ledgers,
    ) -> None:
        """Let each aggregate's own use case do what is due."""
        self._visits: dict[str, Callable[[Log, Timer], datetime | None]] = {
            Incident.TOPIC: incidents.come_due,
            Component.TOPIC: components.come_due,
            MaintenanceWindow.TOPIC: windows.come_due,
            MaintenanceSeries.TOPIC: series.come_due,
            PanelRestoration.TOPIC: restorations.come_due,
            Ledger.TOPIC: ledgers.come_due,
        }

    def visit(self, log: Log, timer: Timer) -> datetime | None:
        """Do what is due on one aggregate, as of the due time.

        Returns:
            When the clock has to come again.
        """
        return self._visits[timer.kind](log, timer)
