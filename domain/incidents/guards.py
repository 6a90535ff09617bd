"""The guards of an incident: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import AlreadyHeld, InternalUpdateChangesNothing, NoImpact, NotHeld, UnknownMoment
from domain.impact import Status
from domain.incidents.errors import (
    AlreadyPublished,
    AlreadyResolved,
    Dismissed,
    NoDraft,
    NotPublished,
    NotResolved,
    NotStableYet,
    Withdrawn,
)
from domain.incidents.values import Progress, Standing
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.incidents.state import IncidentState
    from domain.policy import Policy
    from domain.provenance import Provenance


def require_open(incident: IncidentState) -> None:
    """Refuse what nobody does with an incident that is over.

    Raises:
        AlreadyResolved: if it is resolved; so too ``Dismissed`` and ``Withdrawn``.
    """
    require_not_dismissed(incident)
    if incident.standing is Standing.RESOLVED:
        raise AlreadyResolved(f"incident {incident.id} is resolved; reopen it first")


def require_not_dismissed(incident: IncidentState) -> None:
    """Refuse what nobody does with an incident that never was.

    Raises:
        Dismissed: if it was dismissed.
        Withdrawn: if it was withdrawn.
    """
    if incident.standing is Standing.DISMISSED:
        raise Dismissed(f"incident {incident.id} was dismissed")
    if incident.standing is Standing.WITHDRAWN:
        raise Withdrawn(f"incident {incident.id} was withdrawn")


def require_private(incident: IncidentState) -> None:
    """Refuse what is done only before readers see the incident.

    Raises:
        AlreadyPublished: if they do; so too ``Dismissed`` and ``Withdrawn``.
    """
    require_not_dismissed(incident)
    if incident.is_public:
        raise AlreadyPublished(f"incident {incident.id} is public already")


def require_public(incident: IncidentState) -> None:
    """Refuse what is done only to an incident that readers see.

    Raises:
        NotPublished: if they do not; so too ``Dismissed`` and ``Withdrawn``.
    """
    require_not_dismissed(incident)
    if not incident.is_public:
        raise NotPublished(f"incident {incident.id} is not public")


def require_resolved(incident: IncidentState) -> None:
    """Refuse what comes after the resolution.

    Raises:
        NotResolved: if it is not resolved.
    """
    if incident.standing is not Standing.RESOLVED:
        raise NotResolved(f"incident {incident.id} is {incident.standing}, not resolved")


def require_not_withdrawn(incident: IncidentState) -> None:
    """Refuse to withdraw an incident twice.

    Raises:
        Withdrawn: if it was withdrawn before.
    """
    if incident.standing is Standing.WITHDRAWN:
        raise Withdrawn(f"incident {incident.id} was withdrawn before")


def require_held(incident: IncidentState) -> None:
    """Refuse to end a hold that there is not.

    Raises:
        NotHeld: if publication is not held.
    """
    if incident.held is None:
        raise NotHeld(f"publication of incident {incident.id} is not held")


def require_not_held(incident: IncidentState) -> None:
    """Refuse to hold publication twice.

    Raises:
        AlreadyHeld: if it is held.
    """
    if incident.held is not None:
        raise AlreadyHeld(f"publication of incident {incident.id} is held already")


def require_public_draft(incident: IncidentState) -> None:
    """Refuse to publish a postmortem that nobody has written, or of an incident that readers cannot see.

    Raises:
        NoDraft: if there is no draft.
        NotPublished: if readers cannot see the incident.
    """
    require_public(incident)
    if incident.postmortem_draft is None:
        raise NoDraft(f"incident {incident.id} has no draft of a postmortem")


def require_after_end(incident: IncidentState, moment: datetime) -> None:
    """Refuse to let an incident go on before it was over.

    Raises:
        UnknownMoment: if ``moment`` lies before its end.
    """
    if incident.ended_at is not None and moment < incident.ended_at:
        raise UnknownMoment(
            f"incident {incident.id} was resolved at {written(incident.ended_at)} and goes on no earlier"
        )


def require_timely(incident: IncidentState, provenance: Provenance) -> None:
    """Refuse what is said of the future, or of a time before the incident.

    Raises:
        InTheFuture: if it lies more than five seconds from now.
        UnknownMoment: if it lies before its start.
    """
    provenance.require_past()
    require_after_start(incident, provenance.occurred_at)


def require_after_start(incident: IncidentState, moment: datetime) -> None:
    """Refuse to say something of a time before the incident.

    Raises:
        UnknownMoment: if ``moment`` lies before its start.
    """
    if incident.started_at is not None and moment < incident.started_at:
        raise UnknownMoment(f"incident {incident.id} began at {written(incident.started_at)}, after {written(moment)}")


def require_stable(incident: IncidentState, at: datetime, policy: Policy) -> None:
    """Refuse to resolve an incident whose fix may not hold.

    Raises:
        NotStableYet: unless it has been in monitoring, with no signal firing, for longer than the policy asks.
    """
    if incident.progress is not Progress.MONITORING or incident.monitoring_since is None:
        raise NotStableYet(incident.id, because=f"it is {incident.progress}, not in monitoring", possible_after=None)
    if not incident.signals.all_clear:
        count = len(incident.signals.firing)
        raise NotStableYet(incident.id, because=f"{count} signal(s) still fire", possible_after=None)
    since = max(incident.monitoring_since, incident.signals.last_cleared_at or incident.monitoring_since)
    possible_after = since + policy.stable_for
    if at <= possible_after:
        raise NotStableYet(incident.id, because="the fix has to hold first", possible_after=possible_after)


def require_impact(components: Mapping[str, Status]) -> None:
    """Refuse a status that no cause can have.

    Raises:
        NoImpact: if a component is said to be ``operational`` or ``unknown`` by a cause.
    """
    for key, status in components.items():
        if not status.is_impact:
            raise NoImpact(f"component {key} cannot be {status} by an incident")


def require_sayable(components: Mapping[str, Status]) -> None:
    """Refuse a status that nobody can say of a component; ``operational`` ends an impact.

    Raises:
        NoImpact: if a component is said to be ``unknown``.
    """
    for key, status in components.items():
        if status is Status.UNKNOWN:
            raise NoImpact(f"component {key} cannot be said to be unknown")


def require_unchanged(
    incident: IncidentState,
    goes_to: Progress,
    components: Mapping[str, Status],
    expected_at: datetime | None,
    *,
    internal: bool,
) -> None:
    """Refuse an internal update that would change what readers see.

    Raises:
        InternalUpdateChangesNothing: if it would.
    """
    if not internal:
        return
    if components or expected_at or goes_to is not incident.progress:
        raise InternalUpdateChangesNothing(
            f"an internal update of incident {incident.id} cannot change state, components or expected_at"
        )
