"""What becomes of the requests that it held up, as far as it knows."""

from __future__ import annotations

from domain.ledger import reconciliation
from domain.panels.restoration.events import RestorationEvent


class RequestsCame(RestorationEvent, reconciliation.RequestsCame):
    """A request that the loss held up is open, and none was before."""

    TOPIC = "restoration.requests_came"


class Reconciled(RestorationEvent, reconciliation.Reconciled):
    """Access is restored, and every request that the loss held up is settled."""

    TOPIC = "restoration.reconciled"


class ReconciliationShown(RestorationEvent, reconciliation.ReconciliationShown):
    """An operator said whether readers are told if the loss is reconciled."""

    TOPIC = "restoration.reconciliation_shown"
