"""What becomes of the requests that it held up, as far as it knows."""

from __future__ import annotations

from domain.incidents.events.base import IncidentEvent
from domain.ledger import reconciliation


class RequestsCame(IncidentEvent, reconciliation.RequestsCame):
    """A request that the incident held up is open, and none was before."""

    TOPIC = "incident.requests_came"


class Reconciled(IncidentEvent, reconciliation.Reconciled):
    """The incident is over, and every request that it held up is settled."""

    TOPIC = "incident.reconciled"


class ReconciliationShown(IncidentEvent, reconciliation.ReconciliationShown):
    """An operator said whether readers are told if the incident is reconciled."""

    TOPIC = "incident.reconciliation_shown"
