"""The events about the requests that a maintenance window held up."""

from __future__ import annotations

from domain.ledger import reconciliation
from domain.maintenance.events import WindowEvent


class RequestsCame(WindowEvent, reconciliation.RequestsCame):
    """A request that the window held up is open, and none was before."""

    TOPIC = "maintenance_window.requests_came"


class Reconciled(WindowEvent, reconciliation.Reconciled):
    """The window is over, and every request that it held up is settled."""

    TOPIC = "maintenance_window.reconciled"


class ReconciliationShown(WindowEvent, reconciliation.ReconciliationShown):
    """An operator said whether readers are told if the window is reconciled."""

    TOPIC = "maintenance_window.reconciliation_shown"
