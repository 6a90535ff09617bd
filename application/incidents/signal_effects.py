"""What signals do to incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import new_id
from application.incidents.maintenance_cover import is_covered, take_cover
from application.incidents.reported_signals import SignalOutcome
from application.ledger.default_policies import take_defaults
from domain.components import Component
from domain.incidents import Firing, Incident, Place

if TYPE_CHECKING:
    from datetime import datetime

    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.log import Log
    from domain.impact import Status
    from domain.incidents.signal import Signal
    from domain.incidents.signal_state import Rise
    from domain.provenance import Provenance


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a firing goes: a component if a known one is named, and an incident if it implies anything.

    ``incident_id`` is that of ``incident``, or of the one that is to begin.
    """

    component: Component | None
    incident: Incident | None
    incident_id: UUID | None
    outcome: SignalOutcome

    @property
    def routed(self) -> bool:
        """Whether the component is known, and in use."""
        return self.component is not None


class SignalEffects:
    """What a signal that fires, or clears, does to an incident."""

    def __init__(self, incidents: Incidents, components: Components) -> None:
        """Begin and clear incidents by ``incidents``; a signal is a sign of life for ``components``."""
        self._incidents = incidents
        self._components = components

    def _destination(self, log: Log, key: str | None, status: Status, at: datetime) -> Destination:
        component = in_use(log, key)
        if component is None or not status.is_impact:
            outcome = SignalOutcome.UNROUTED if component is None else SignalOutcome.RECORDED
            return Destination(component=component, incident=None, incident_id=None, outcome=outcome)
        incident = self._incident_for(log, component.key, at)
        if incident is None:
            id, outcome = new_id(log.now), SignalOutcome.DETECTED
        else:
            id, outcome = incident.id, SignalOutcome.JOINED if incident.is_open else SignalOutcome.RELAPSED
        return Destination(component=component, incident=incident, incident_id=id, outcome=outcome)

    def _incident_for(self, log: Log, component: str, at: datetime) -> Incident | None:
        """Give the incident that a firing belongs to: the newest open one, or the newest resolved lately enough."""
        for handle in (f"open:{component}", f"resolved:{component}"):
            for id in log.find_ids(handle):
                incident = log.load(Incident, id)
                if incident.takes(at, self._incidents.policy):
                    return incident
        return None

    def _affect(
        self,
        log: Log,
        where: Destination,
        signal: Signal,
        rise: Rise,
        provenance: Provenance,
        *,
        until: datetime | None = None,
    ) -> Incident | None:
        """Let a signal begin or join the incident that it goes to, if it goes to one."""
        if where.incident_id is None:
            return None
        incident = where.incident
        key = signal.report.component or ""
        firing = Firing(signal=signal.id, component=key, status=rise.status, cause=rise.cause)
        component = log.find(Component, Component.id_of(key))
        # What only a component tells that readers may not know of is not told by the markets either.
        is_public = component is not None and component.is_public
        place = Place(markets=signal.report.markets, of=component.markets) if component and is_public else None
        policy = self._incidents.policy
        if incident is None:
            incident = Incident.detect(
                id=where.incident_id, firing=firing, place=place, policy=policy, provenance=provenance
            )
            take_defaults(log, incident, provenance)
        else:
            incident.take(
                firing=firing,
                place=place,
                is_covered=is_covered(log, incident, firing.component, incident.counted_from(provenance.occurred_at)),
                policy=policy,
                wording=self._incidents.words(log),
                provenance=provenance,
            )
        take_cover(log, incident, incidents=self._incidents, occurred_at=provenance.occurred_at, causation=log.position)
        return self._incidents.save(log, incident, until=until)

    def _tell_clear(self, log: Log, signal: Signal, provenance: Provenance, until: datetime | None) -> None:
        incident = log.find(Incident, signal.incident) if signal.incident else None
        if incident is not None:
            incident.clear(signal=signal.id, policy=self._incidents.policy, provenance=provenance)
            self._incidents.save(log, incident, until=until)


def in_use(log: Log, key: str | None) -> Component | None:
    """Give the component of this key; None if there is none, or it was retired."""
    component = log.find(Component, Component.id_of(key)) if key else None
    return component if component is not None and component.retired_at is None else None
