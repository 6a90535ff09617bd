"""What can happen to an incident; each event says its effect beside its facts."""

from domain.incident.events.afterwards import Corrected, PostmortemDrafted, PostmortemPublished
from domain.incident.events.base import IncidentEvent
from domain.incident.events.requests import Reconciled, ReconciliationShown, RequestsCame
from domain.incident.events.signals import Covered, Detected, Relapsed, RelapseEnded, SignalCleared, SignalFired
from domain.incident.events.visibility import (
    PublicationHeld,
    PublicationReleased,
    Published,
    WasDismissed,
    WasWithdrawn,
)
from domain.incident.events.work import Declared, FiredAgain, MonitoringBegan, Reopened, Updated, WasResolved

__all__ = [
    "Corrected",
    "Covered",
    "Declared",
    "Detected",
    "FiredAgain",
    "IncidentEvent",
    "MonitoringBegan",
    "PostmortemDrafted",
    "PostmortemPublished",
    "PublicationHeld",
    "PublicationReleased",
    "Published",
    "Reconciled",
    "ReconciliationShown",
    "RelapseEnded",
    "Relapsed",
    "Reopened",
    "RequestsCame",
    "SignalCleared",
    "SignalFired",
    "Updated",
    "WasDismissed",
    "WasResolved",
    "WasWithdrawn",
]
