"""What can happen to an incident; each event says its effect beside its facts."""

from domain.incidents.events.base import IncidentEvent
from domain.incidents.events.progress import Declared, FiredAgain, MonitoringBegan, Reopened, Updated, WasResolved
from domain.incidents.events.review import (
    ContactsChanged,
    Corrected,
    PostmortemDrafted,
    PostmortemPublished,
    RequestPoliciesChanged,
)
from domain.incidents.events.signals import Covered, Detected, Relapsed, RelapseEnded, SignalCleared, SignalFired
from domain.incidents.events.visibility import (
    PublicationHeld,
    PublicationReleased,
    Published,
    WasDismissed,
    WasWithdrawn,
)

__all__ = [
    "ContactsChanged",
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
    "RelapseEnded",
    "Relapsed",
    "Reopened",
    "RequestPoliciesChanged",
    "SignalCleared",
    "SignalFired",
    "Updated",
    "WasDismissed",
    "WasResolved",
    "WasWithdrawn",
]
