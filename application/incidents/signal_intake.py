"""What becomes of a signal: it begins an incident, joins one, clears, or is kept for an operator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import new_id
from application.incidents.catch_up import CatchUp
from application.incidents.maintenance_cover import is_covered, take_cover
from application.targets import load_at, load_component
from domain.components import Component
from domain.components.errors import Retired
from domain.impact import Status
from domain.incidents import Firing, Incident
from domain.incidents.signal import Report, Signal, SignalCause
from domain.provenance import FUTURE_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.caller import Caller
    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.log import Log
    from domain.provenance import Provenance


class SignalOutcome(StrEnum):
    """What became of a signal that was handed in."""

    DETECTED = "detected"
    JOINED = "joined"
    RELAPSED = "relapsed"
    RECORDED = "recorded"
    UNROUTED = "unrouted"
    CLEARED = "cleared"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class ReportedSignal:
    """A signal as a source hands it in.

    ``reported_at`` is the instant as the source wrote it; ``occurred_at`` the same to the microsecond, or None for now.
    """

    source: str
    fingerprint: str
    firing: bool
    component: str | None
    status: Status
    cause: SignalCause | None = None
    summary: str | None = None
    occurred_at: datetime | None = None
    reported_at: str | None = None

    def happened(self, now: datetime) -> datetime:
        """Tell as of when it is taken; from the future, as of now: a wrong clock must not lose an alert."""
        at = self.occurred_at
        return now if at is None or at > now + FUTURE_TOLERANCE else at


@dataclass(frozen=True, kw_only=True)
class SignalResult:
    """What became of it."""

    outcome: SignalOutcome
    signal: UUID
    component: str | None
    incident: UUID | None


class Signals:
    """The use cases; each runs inside one command."""

    def __init__(self, incidents: Incidents, components: Components) -> None:
        """Begin and clear incidents by ``incidents``; a signal is a sign of life for ``components``."""
        self._incidents = incidents
        self._components = components

    def take(
        self, log: Log, *, reported: ReportedSignal, caller: Caller, until: datetime | None = None
    ) -> SignalResult:
        """Take a signal in; policies do at once what was due because of it at ``until``, or now, at the latest."""
        occurred_at = reported.happened(log.now)
        signal = log.find(Signal, Signal.id_of(reported.source, reported.fingerprint))
        source = replace(caller, source=reported.source)
        # A repeat, and a clear, is a sign of life as well: an alert that always fires is how many watch their watchers.
        self._overhear(log, reported.component or (signal.report.component if signal else None), source)
        provenance = source.says(log, occurred_at=occurred_at)
        if not reported.firing:
            return self._clear(log, reported, signal, provenance, until)
        if signal is not None and signal.repeats(occurred_at=occurred_at, reported_at=reported.reported_at):
            return _taken(signal, SignalOutcome.IGNORED)
        return self._fire(log, reported, signal, provenance, until)

    def take_together(self, log: Log, *, reported: Sequence[ReportedSignal], caller: Caller) -> list[SignalResult]:
        """Take in signals that come together, in the order in which they happened.

        Policies act between them as they would have if each had come in time: what one tells of is no gap if the next
        says that the problem went on, however late both come.
        """
        overdue = CatchUp(log, self._incidents)
        taken: dict[int, SignalResult] = {}
        for place, item in sorted(enumerate(reported), key=lambda placed: placed[1].happened(log.now)):
            at = min(item.happened(log.now), log.now)
            overdue.act(at)
            taken[place] = took = self.take(log, reported=item, caller=caller, until=at)
            if took.incident is not None and took.outcome is not SignalOutcome.IGNORED:
                overdue.expect(took.incident)
        overdue.act(log.now)
        return [taken[place] for place in range(len(reported))]

    def clear_by_hand(
        self, log: Log, *, signal_id: UUID, expected_version: int | None = None, reason: str, caller: Caller
    ) -> Signal:
        """Clear a signal whose clear was lost.

        Raises:
            NotFound: if there is no such signal.
            VersionConflict: if it is no longer at the expected version.
            AlreadyClear: if it does not fire.
        """
        signal = load_at(log, Signal, signal_id, expected_version)
        self._record_clear(log, signal, reason=reason, reported_at=None, provenance=caller.says(log))
        return signal

    def route(
        self, log: Log, *, signal_id: UUID, expected_version: int | None = None, component: str, caller: Caller
    ) -> Signal:
        """Say which component an unrouted signal is on; if it still fires, it counts from when it fired.

        Raises:
            NotFound: if there is no such signal, or no such component.
            VersionConflict: if it is no longer at the expected version.
            AlreadyRouted: if its component is known.
            Retired: if the component is retired.
        """
        signal = load_at(log, Signal, signal_id, expected_version)
        target = load_component(log, component)
        if target.retired_at is not None:
            raise Retired(f"component {component} was retired")
        at = signal.fired_at
        starts = signal.is_firing and signal.report.status.is_impact
        incident = self._incident_for(log, component, at) if starts else None
        incident_id = incident.id if incident else (new_id(log.now) if starts else None)
        signal.route(component=component, incident=incident_id, provenance=caller.says(log))
        position = log.save(signal)
        if incident_id is not None:
            provenance = caller.says(log, occurred_at=at, causation=position)
            self._affect(log, incident, incident_id, signal, provenance)
        return signal

    def _fire(
        self, log: Log, reported: ReportedSignal, signal: Signal | None, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        component = log.find(Component, Component.id_of(reported.component)) if reported.component else None
        known = component is not None and component.retired_at is None
        starts = known and reported.status.is_impact
        incident = self._incident_for(log, component.key, provenance.occurred_at) if component and starts else None
        incident_id = incident.id if incident else (new_id(log.now) if starts else None)
        was_open = incident is not None and incident.is_open
        report = Report(
            component=reported.component,
            status=reported.status,
            cause=reported.cause,
            summary=reported.summary,
            reported_at=reported.reported_at,
        )
        signal = _fired(signal, reported, report, routed=known, incident=incident_id, provenance=provenance)
        position = log.save(signal)
        if incident_id is None:
            return _taken(signal, SignalOutcome.RECORDED if known else SignalOutcome.UNROUTED)
        self._affect(log, incident, incident_id, signal, provenance.caused_by(position), until=until)
        if incident is None:
            return _taken(signal, SignalOutcome.DETECTED)
        return _taken(signal, SignalOutcome.JOINED if was_open else SignalOutcome.RELAPSED)

    def _overhear(self, log: Log, key: str | None, source: Caller) -> None:
        component = log.find(Component, Component.id_of(key)) if key else None
        if component is not None and component.retired_at is None:
            self._components.note_heartbeat(log, component, caller=source)

    def _affect(
        self,
        log: Log,
        incident: Incident | None,
        incident_id: UUID,
        signal: Signal,
        provenance: Provenance,
        *,
        until: datetime | None = None,
    ) -> None:
        firing = Firing(
            signal=signal.id,
            component=signal.report.component or "",
            status=signal.report.status,
            cause=signal.report.cause,
        )
        policy = self._incidents.policy
        if incident is None:
            incident = Incident.detect(id=incident_id, firing=firing, policy=policy, provenance=provenance)
        else:
            incident.take(
                firing=firing,
                is_covered=is_covered(log, incident, firing.component, incident.counted_from(provenance.occurred_at)),
                policy=policy,
                wording=self._incidents.words(log),
                provenance=provenance,
            )
        take_cover(log, incident, incidents=self._incidents, occurred_at=provenance.occurred_at, causation=log.position)
        self._incidents.save(log, incident, until=until)

    def _incident_for(self, log: Log, component: str, at: datetime) -> Incident | None:
        """Give the incident that a firing belongs to: the newest open one, or the newest resolved lately enough."""
        for handle in (f"open:{component}", f"resolved:{component}"):
            for id in log.find_ids(handle):
                incident = log.load(Incident, id)
                if incident.takes(at, self._incidents.policy):
                    return incident
        return None

    def _clear(
        self, log: Log, reported: ReportedSignal, signal: Signal | None, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        if signal is None:
            return SignalResult(
                outcome=SignalOutcome.IGNORED,
                signal=Signal.id_of(reported.source, reported.fingerprint),
                component=reported.component,
                incident=None,
            )
        if signal.outlasts(occurred_at=provenance.occurred_at, reported_at=reported.reported_at):
            return _taken(signal, SignalOutcome.IGNORED)
        self._record_clear(
            log, signal, reason=None, reported_at=reported.reported_at, provenance=provenance, until=until
        )
        return _taken(signal, SignalOutcome.CLEARED)

    def _record_clear(
        self,
        log: Log,
        signal: Signal,
        *,
        reason: str | None,
        reported_at: str | None,
        provenance: Provenance,
        until: datetime | None = None,
    ) -> None:
        signal.clear(reason=reason, reported_at=reported_at, provenance=provenance)
        position = log.save(signal)
        incident = log.find(Incident, signal.incident) if signal.incident else None
        if incident is not None:
            incident.clear(signal=signal.id, policy=self._incidents.policy, provenance=provenance.caused_by(position))
            self._incidents.save(log, incident, until=until)


def _fired(
    signal: Signal | None,
    reported: ReportedSignal,
    report: Report,
    *,
    routed: bool,
    incident: UUID | None,
    provenance: Provenance,
) -> Signal:
    if signal is not None:
        signal.fire(report=report, routed=routed, incident=incident, provenance=provenance)
        return signal
    return Signal.begin(
        system=reported.source,
        fingerprint=reported.fingerprint,
        report=report,
        routed=routed,
        incident=incident,
        provenance=provenance,
    )


def _taken(signal: Signal, outcome: SignalOutcome) -> SignalResult:
    return SignalResult(outcome=outcome, signal=signal.id, component=signal.report.component, incident=signal.incident)
