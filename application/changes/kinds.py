"""What kinds of public changes there are, and how one looks before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from application.document import Id, Instant, StatusName
from application.schema import documented

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.text import Text


class ChangeKind(StrEnum):
    """What kind of change it is; readers are told of none of those from `incident_detected` on.

    Subscribers get a `maintenance_reminder`; it changes nothing, so no list of changes has one.
    """

    INCIDENT_PUBLISHED = "incident_published"
    INCIDENT_UPDATED = "incident_updated"
    INCIDENT_RESOLVED = "incident_resolved"
    INCIDENT_REOPENED = "incident_reopened"
    INCIDENT_WITHDRAWN = "incident_withdrawn"
    INCIDENT_CORRECTED = "incident_corrected"
    INCIDENT_CONTACTS_CHANGED = "incident_contacts_changed"
    POSTMORTEM_PUBLISHED = "postmortem_published"
    MAINTENANCE_ANNOUNCED = "maintenance_announced"
    MAINTENANCE_MOVED = "maintenance_moved"
    MAINTENANCE_CHANGED = "maintenance_changed"
    MAINTENANCE_UPDATED = "maintenance_updated"
    MAINTENANCE_STARTED = "maintenance_started"
    MAINTENANCE_EXTENDED = "maintenance_extended"
    MAINTENANCE_VERIFYING = "maintenance_verifying"
    MAINTENANCE_COMPLETED = "maintenance_completed"
    MAINTENANCE_CANCELLED = "maintenance_cancelled"
    MAINTENANCE_REMINDER = "maintenance_reminder"
    RESTORATION_LOST = "restoration_lost"
    ACCESS_RESTORED = "access_restored"
    RESTORATION_COMPLETED = "restoration_completed"
    RESTORATION_UPDATED = "restoration_updated"
    RESTORATION_CHANGED = "restoration_changed"
    CAPABILITY_CHANGED = "capability_changed"
    PROMISE_MADE = "promise_made"
    PROMISE_MISSED = "promise_missed"
    RECOVERY_POINT_SET = "recovery_point_set"
    PROGRESS_REPORTED = "progress_reported"
    INSTRUCTION_GIVEN = "instruction_given"
    INSTRUCTION_WITHDRAWN = "instruction_withdrawn"
    REQUESTS_RECONCILED = "requests_reconciled"
    COMPONENT_ADDED = "component_added"
    COMPONENT_STATUS = "component_status"
    COMPONENT_REMOVED = "component_removed"
    PANEL_ADDED = "panel_added"
    PANEL_STATUS = "panel_status"
    INCIDENT_DETECTED = "incident_detected"
    INCIDENT_DISMISSED = "incident_dismissed"
    INCIDENT_RELAPSED = "incident_relapsed"
    RELAPSE_ENDED = "relapse_ended"
    PUBLICATION_HELD = "publication_held"
    PUBLICATION_RELEASED = "publication_released"
    MAINTENANCE_PLANNED = "maintenance_planned"
    INTERNAL_NOTE = "internal_note"
    DETAILS_CHANGED = "details_changed"


@documented
class ChangedThing(TypedDict):
    """What a change is about."""

    type: str
    """`component`, `incident`, `maintenance_window`, `panel` or `restoration`."""
    id: NotRequired[Id]
    """Of an incident, a window or a restoration."""
    key: NotRequired[str]
    """Of a component or a panel."""
    panel: NotRequired[str]
    """The key of the panel of a restoration."""
    capability: NotRequired[str]
    """The key of the capability that changed."""


@documented
class ChangedValues(TypedDict):
    """What changed, before or after; only what such a change can change is there."""

    status: NotRequired[StatusName]
    state: NotRequired[str]
    """Of an incident, a window, a restoration or a capability, as their own answers name it."""
    starts_at: NotRequired[Instant]
    """As planned; so too `ends_at`."""
    ends_at: NotRequired[Instant]
    expected_at: NotRequired[Instant | None]
    expected: NotRequired[str | None]
    """The day, or the instant, for which a capability is expected."""
    promised_for: NotRequired[str]
    """A day, or an instant, as it was said."""


Thing = ChangedThing
Values = ChangedValues


@dataclass(frozen=True, kw_only=True)
class PublicChange:
    """A public change; ``names`` are the localized words that its sentence needs, by their blanks.

    A capability that nobody has named is not among them: its sentence has the built-in name of its key.
    """

    kind: ChangeKind
    thing: Thing
    before: Values | None = None
    after: Values | None = None
    cause: Thing | None = None
    names: Mapping[str, Text] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
