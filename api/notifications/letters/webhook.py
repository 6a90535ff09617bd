"""The body of a webhook: what happened, and what it is about as readers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from typing_extensions import TypedDict

from application.changes.kinds import ChangeKind
from application.document import Instant
from application.incidents.documents import PublicIncidentDocument
from application.maintenance.documents import PublicWindowDocument
from application.panels.restoration_documents import PublicRestorationDocument
from application.schema import Described, documented

if TYPE_CHECKING:
    from api.notifications.letters.documents import LetterDocument

K = ChangeKind
IncidentNews = Literal[
    "incident.published",
    "incident.updated",
    "incident.resolved",
    "incident.reopened",
    "incident.withdrawn",
    "incident.corrected",
    "incident.postmortem_published",
]
WindowNews = Literal[
    "maintenance_window.announced",
    "maintenance_window.moved",
    "maintenance_window.reminder",
    "maintenance_window.updated",
    "maintenance_window.started",
    "maintenance_window.extended",
    "maintenance_window.verifying",
    "maintenance_window.completed",
    "maintenance_window.cancelled",
]
RestorationNews = Literal[
    "restoration.lost",
    "restoration.promise_made",
    "restoration.promise_missed",
    "restoration.updated",
    "restoration.access_restored",
    "restoration.completed",
]
INCIDENT_NEWS: dict[ChangeKind, IncidentNews] = {
    K.INCIDENT_PUBLISHED: "incident.published",
    K.INCIDENT_UPDATED: "incident.updated",
    K.INCIDENT_RESOLVED: "incident.resolved",
    K.INCIDENT_REOPENED: "incident.reopened",
    K.INCIDENT_WITHDRAWN: "incident.withdrawn",
    K.INCIDENT_CORRECTED: "incident.corrected",
    K.POSTMORTEM_PUBLISHED: "incident.postmortem_published",
}
WINDOW_NEWS: dict[ChangeKind, WindowNews] = {
    K.MAINTENANCE_ANNOUNCED: "maintenance_window.announced",
    K.MAINTENANCE_MOVED: "maintenance_window.moved",
    K.MAINTENANCE_REMINDER: "maintenance_window.reminder",
    K.MAINTENANCE_UPDATED: "maintenance_window.updated",
    K.MAINTENANCE_STARTED: "maintenance_window.started",
    K.MAINTENANCE_EXTENDED: "maintenance_window.extended",
    K.MAINTENANCE_VERIFYING: "maintenance_window.verifying",
    K.MAINTENANCE_COMPLETED: "maintenance_window.completed",
    K.MAINTENANCE_CANCELLED: "maintenance_window.cancelled",
}
RESTORATION_NEWS: dict[ChangeKind, RestorationNews] = {
    K.RESTORATION_LOST: "restoration.lost",
    K.PROMISE_MADE: "restoration.promise_made",
    K.PROMISE_MISSED: "restoration.promise_missed",
    K.RESTORATION_UPDATED: "restoration.updated",
    K.ACCESS_RESTORED: "restoration.access_restored",
    K.RESTORATION_COMPLETED: "restoration.completed",
}
RecordedAt = Annotated[Instant, Described(description="When it was recorded.")]


@documented
class IncidentNotification(TypedDict):
    """Something happened to a public incident."""

    type: IncidentNews
    timestamp: RecordedAt
    data: PublicIncidentDocument
    """As `GET /v1/incidents/{id}` answers without a token, after what happened."""


@documented
class WindowNotification(TypedDict):
    """Something happened to an announced window, or it is about to begin."""

    type: WindowNews
    timestamp: RecordedAt
    data: PublicWindowDocument
    """As `GET /v1/maintenance-windows/{id}` answers without a token, after what happened."""


@documented
class RestorationNotification(TypedDict):
    """Something happened to a restoration."""

    type: RestorationNews
    timestamp: RecordedAt
    data: PublicRestorationDocument
    """As `GET /v1/restorations/{id}` answers without a token, after what happened."""


Notification = IncidentNotification | WindowNotification | RestorationNotification


def notification(document: LetterDocument) -> Notification:
    """Write the body for one announcement, with its texts in all languages.

    Raises:
        ValueError: if there are several.
    """
    entries = [entry for thing in document["things"] for entry in thing["entries"]]
    if len(entries) + document["more"] != 1:
        raise ValueError("a webhook gets one body for each announcement")
    thing, entry = document["things"][0], entries[0]
    kind, recorded_at = ChangeKind(entry["kind"]), entry["recorded_at"]
    if thing["incident"] is not None:
        return IncidentNotification(type=INCIDENT_NEWS[kind], timestamp=recorded_at, data=thing["incident"])
    if thing["window"] is not None:
        return WindowNotification(type=WINDOW_NEWS[kind], timestamp=recorded_at, data=thing["window"])
    if thing["restoration"] is not None:
        return RestorationNotification(type=RESTORATION_NEWS[kind], timestamp=recorded_at, data=thing["restoration"])
    raise ValueError(f"there is no document of {thing['id']}")
