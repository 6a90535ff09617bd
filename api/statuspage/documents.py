"""The documents of Statuspage, version 2: their members, in their order, as Atlassian's own answers have them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from application.document import Day, Instant
from application.schema import Described, Encodes, documented
from domain.maintenance import WindowState

Code = Annotated[
    str,
    Described(description="An id that never changes.", examples=["kctbh9vrtdwd"], pattern="^[0-9a-z]{12}$"),
]


class StatuspageIndicator(StrEnum):
    """How bad it is; it is at least `minor` while an incident goes on or something is not known."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"


class StatuspageComponentStatus(StrEnum):
    """The status of a component; one that is not known is `degraded_performance`, and its description says so."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


class StatuspageIncidentStatus(StrEnum):
    """How far an incident has come."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"


class StatuspageMaintenanceStatus(StrEnum):
    """How far a maintenance has come; one that was cancelled is `completed`, and its last update says so."""

    SCHEDULED = str(WindowState.SCHEDULED)
    IN_PROGRESS = str(WindowState.IN_PROGRESS)
    VERIFYING = str(WindowState.VERIFYING)
    COMPLETED = str(WindowState.COMPLETED)


class StatuspageImpact(StrEnum):
    """The worst that an incident did; `maintenance` is that of every maintenance."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"


ComponentStatusName = Annotated[str, Encodes(StatuspageComponentStatus)]


@documented
class StatuspagePage(TypedDict):
    """The site."""

    id: Code
    """The same on every site: tell sites apart by `url`."""
    name: str
    url: str
    time_zone: str
    """The IANA name of the zone of its pages."""
    updated_at: Instant
    """When something last changed for readers; `1970-01-01T00:00:00.000Z` if nothing ever did."""


@documented
class StatuspageStatus(TypedDict):
    """How it is with everything together."""

    indicator: Annotated[str, Encodes(StatuspageIndicator)]
    description: str
    """A sentence; it begins with `Status not known` if nothing is known to be wrong and something is not known."""


@documented
class StatuspageComponent(TypedDict):
    """A component, a panel, or a group of them."""

    id: Code
    name: str
    status: ComponentStatusName
    """Of a group: the worst of those in it."""
    created_at: Instant
    """The start of the day from which its status is vouched for; of a panel, when it was registered."""
    updated_at: Instant
    """Since when its status is what it is."""
    position: int
    """From 1: of a group on the page, of a component in its group."""
    description: str | None
    """It begins with `Status not known` where that is so."""
    showcase: bool
    """Whether its uptime is shown."""
    start_date: Day | None
    """The day from which its status is vouched for."""
    group_id: Code | None
    """Null for a group."""
    page_id: Code
    group: bool
    only_show_if_degraded: bool
    components: NotRequired[list[Code]]
    """Of a group: those that are in it."""


@documented
class StatuspageAffected(TypedDict):
    """A component that an update is about."""

    code: Code
    """The id of the component."""
    name: str
    """With that of its group."""
    old_status: ComponentStatusName
    """By the update before."""
    new_status: ComponentStatusName


class StatuspageUpdateParts(TypedDict):
    """What every update tells after its status."""

    body: str
    incident_id: Code
    created_at: Instant
    updated_at: Instant
    display_at: Instant
    affected_components: list[StatuspageAffected] | None
    """Null where there are none. Of more than fifty, only those whose status changed."""
    deliver_notifications: bool
    custom_tweet: None
    tweet_id: None


@documented
class StatuspageUpdate(StatuspageUpdateParts):
    """An update of an incident."""

    id: Code
    status: Annotated[str, Encodes(StatuspageIncidentStatus)]


@documented
class StatuspageMaintenanceUpdate(StatuspageUpdateParts):
    """An update of a maintenance."""

    id: Code
    status: Annotated[str, Encodes(StatuspageMaintenanceStatus)]


class StatuspageEventParts(TypedDict):
    """What incidents and maintenances have alike."""

    id: Code
    name: str
    created_at: Instant
    updated_at: Instant
    monitoring_at: Instant | None
    resolved_at: Instant | None
    impact: Annotated[str, Encodes(StatuspageImpact)]
    shortlink: str
    """The address of its page."""
    started_at: Instant
    page_id: Code
    components: list[StatuspageComponent]
    """Those that it is about and that are on the page now."""
    reminder_intervals: None


@documented
class StatuspageIncident(StatuspageEventParts):
    """An incident, or that access to a panel was lost."""

    status: Annotated[str, Encodes(StatuspageIncidentStatus)]
    incident_updates: list[StatuspageUpdate]
    """The newest hundred, the newest first."""


@documented
class StatuspageMaintenance(StatuspageEventParts):
    """A maintenance window."""

    status: Annotated[str, Encodes(StatuspageMaintenanceStatus)]
    incident_updates: list[StatuspageMaintenanceUpdate]
    """The newest hundred, the newest first."""
    scheduled_for: Instant
    scheduled_until: Instant


class WithPage(TypedDict):
    """Every answer says of which site it is."""

    page: StatuspagePage


@documented
class StatuspageOverall(WithPage):
    """How it is with everything together."""

    status: StatuspageStatus


@documented
class StatuspageComponents(WithPage):
    """Groups, each before its components; the panels are one group, the last."""

    components: list[StatuspageComponent]


@documented
class StatuspageIncidents(WithPage):
    """Incidents, the newest first, fifty at most."""

    incidents: list[StatuspageIncident]


@documented
class StatuspageMaintenances(WithPage):
    """Maintenances, fifty at most."""

    scheduled_maintenances: list[StatuspageMaintenance]


@documented
class StatuspageSummary(WithPage):
    """How it is, what is wrong, and what is planned."""

    components: list[StatuspageComponent]
    incidents: list[StatuspageIncident]
    """Those that go on."""
    scheduled_maintenances: list[StatuspageMaintenance]
    """Those that go on, and those to come."""
    status: StatuspageStatus
