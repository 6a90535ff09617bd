"""What becomes of a signal: it begins an incident, joins one, clears, or is kept for an operator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.incidents.catch_up import CatchUp
from application.incidents.reported_signals import ReportedSignal, SignalOutcome, SignalResult
from application.incidents.signal_effects import Destination, SignalEffects, in_use
from application.targets import load_at, load_component
from domain.components.errors import Retired
from domain.errors import NotFound
from domain.impact import Status
from domain.incidents import Incident
from domain.incidents.signal import Signal, exactly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from application.caller import Caller
    from application.log import Log
    from domain.incidents.report import Report
    from domain.provenance import Provenance

__all__ = ["ReportedSignal", "SignalOutcome", "SignalResult", "Signals"]


class Signals(SignalEffects):
    """The use cases; each runs inside one command."""

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
        if signal is None or not signal.repeats(occurred_at=occurred_at, reported_at=reported.exact_text):
            return self._fire(log, reported, signal, provenance, until)
        if signal.is_worsened_by(reported.status):
            return self._escalate(log, reported, signal, source.says(log), until)
        if not signal.is_firing:
            self._hear_again(log, reported.report(routed=signal.is_routed), signal, occurred_at, source.says(log))
        return _taken(signal, SignalOutcome.IGNORED)

    def take_together(self, log: Log, *, reported: Sequence[ReportedSignal], caller: Caller) -> list[SignalResult]:
        """Take in signals that come together, in the order in which they happened.

        Policies act between them as they would have if each had come in time: what one tells of is no gap if the next
        says that the problem went on, however late both come.
        """
        overdue = CatchUp(log, self._incidents)
        taken: dict[int, SignalResult] = {}
        moments = [(_counts_at(log, item), place, item) for place, item in enumerate(reported)]
        for moment, place, item in sorted(moments, key=lambda counted: counted[0]):
            at = min(moment, log.now)
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
        signal = _load(log, signal_id, expected_version)
        self._record_clear(log, signal, reason=reason, reported_at=None, provenance=caller.says(log))
        return signal

    def let_refire(
        self, log: Log, *, signal_id: UUID, expected_version: int | None = None, reason: str, caller: Caller
    ) -> Signal:
        """Let a signal fire that is still reported after it was cleared by hand: as of its newest report.

        Raises:
            NotFound: if there is no such signal.
            VersionConflict: if it is no longer at the expected version.
            NotStillReported: if it is not reported any more, or never was cleared by hand.
        """
        signal = _load(log, signal_id, expected_version)
        newest = signal.require_still_reported()
        named, routed_to = newest.report.component, signal.report.component if signal.is_routed else None
        key = named if in_use(log, named) or routed_to is None else routed_to
        where = self._destination(log, key, newest.report.status, newest.received_at)
        provenance = caller.says(log, occurred_at=newest.received_at)
        signal.refire(
            reason=reason, component=key, routed=where.routed, incident=where.incident_id, provenance=provenance
        )
        self._go(log, where, signal, provenance, None)
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
        signal = _load(log, signal_id, expected_version)
        target = load_component(log, component)
        if target.retired_at is not None:
            raise Retired(f"component {component} was retired")
        rises = [rise for rise in signal.rises if signal.is_firing and rise.status.is_impact]
        status, since = (rises[0].status, rises[0].since) if rises else (Status.OPERATIONAL, log.now)
        where = self._destination(log, component, status, since)
        signal.route(component=component, incident=where.incident_id, provenance=caller.says(log))
        position = log.save(signal)
        for rise in rises:
            provenance = caller.says(log, occurred_at=rise.since, causation=position)
            where = replace(where, incident=self._affect(log, where, signal, rise, provenance))
        return signal

    def _fire(
        self, log: Log, reported: ReportedSignal, signal: Signal | None, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        where = self._destination(log, reported.component, reported.status, provenance.occurred_at)
        report = reported.report(routed=where.routed)
        if signal is None:
            signal = Signal.begin(
                system=reported.source,
                fingerprint=reported.fingerprint,
                report=report,
                routed=where.routed,
                incident=where.incident_id,
                provenance=provenance,
            )
        else:
            signal.fire(report=report, routed=where.routed, incident=where.incident_id, provenance=provenance)
        return self._go(log, where, signal, provenance, until)

    def _escalate(
        self, log: Log, reported: ReportedSignal, signal: Signal, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        """Let a signal that fires imply something worse, as of now, wherever it went when it began to."""
        report = reported.worsened(signal.report)
        if signal.is_routed and not signal.report.status.is_impact:
            where = self._destination(log, report.component, report.status, provenance.occurred_at)
        else:
            where = _where_it_went(log, signal)
        incident = where.incident_id or (signal.incident if where.routed else None)
        signal.escalate(report=report, routed=where.routed, incident=incident, provenance=provenance)
        return self._go(log, where, signal, provenance, until)

    def _go(
        self, log: Log, where: Destination, signal: Signal, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        position = log.save(signal)
        self._affect(log, where, signal, signal.rises[-1], provenance.caused_by(position), until=until)
        return _taken(signal, where.outcome)

    def _overhear(self, log: Log, key: str | None, source: Caller) -> None:
        component = in_use(log, key)
        if component is not None:
            self._components.note_heartbeat(log, component, caller=source)

    def _hear_again(
        self, log: Log, report: Report, signal: Signal, starts_at: datetime, provenance: Provenance
    ) -> None:
        if signal.is_still_reported(report, received_at=log.now, policy=self._incidents.policy):
            signal.report_again(report=report, starts_at=starts_at, provenance=provenance)
            log.save(signal)

    def _clear(
        self, log: Log, reported: ReportedSignal, signal: Signal | None, provenance: Provenance, until: datetime | None
    ) -> SignalResult:
        text = reported.exact_text
        if signal is None:
            signal = Signal.begin_clear(
                system=reported.source,
                fingerprint=reported.fingerprint,
                component=reported.component,
                reported_at=reported.reported_at,
                provenance=provenance,
            )
            log.save(signal)
            return _taken(signal, SignalOutcome.RECORDED)
        if not signal.outlasts(occurred_at=provenance.occurred_at, reported_at=text):
            self._record_clear(
                log, signal, reason=None, reported_at=reported.reported_at, provenance=provenance, until=until
            )
            return _taken(signal, SignalOutcome.CLEARED)
        outcome = _said_while_clear(signal, reported, provenance.occurred_at)
        if outcome is not SignalOutcome.IGNORED:
            signal.remember_clear(reported_at=reported.reported_at, provenance=provenance)
            log.save(signal)
        return _taken(signal, outcome)

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
        rose_at = signal.rises[-1].since if signal.rises else provenance.occurred_at
        signal.clear(reason=reason, reported_at=reported_at, provenance=provenance)
        position = log.save(signal)
        # A rise counts from when it was heard of: what cleared before that has cleared then.
        counted = replace(provenance, occurred_at=max(provenance.occurred_at, rose_at), causation=position)
        self._tell_clear(log, signal, counted, until)


def _load(log: Log, id: UUID, expected_version: int | None) -> Signal:
    signal = load_at(log, Signal, id, expected_version)
    if signal.fired_at is None:
        raise NotFound(f"signal {id} has not fired yet")
    return signal


def _counts_at(log: Log, reported: ReportedSignal) -> datetime:
    """Give the moment at which a report counts: one that escalates, when it is received."""
    signal = log.find(Signal, Signal.id_of(reported.source, reported.fingerprint)) if reported.firing else None
    is_worse = signal is not None and signal.is_worsened_by(reported.status)
    return log.now if is_worse else reported.happened(log.now)


def _where_it_went(log: Log, signal: Signal) -> Destination:
    """Give where a signal went when it began to fire; nowhere if that ended without it."""
    component = in_use(log, signal.report.component) if signal.is_routed else None
    incident = log.find(Incident, signal.incident) if signal.incident else None
    if component is None or incident is None or not incident.listens_to(signal.id):
        outcome = SignalOutcome.RECORDED if component else SignalOutcome.UNROUTED
        return Destination(component=component, incident=None, incident_id=None, outcome=outcome)
    return Destination(component=component, incident=incident, incident_id=incident.id, outcome=SignalOutcome.JOINED)


def _said_while_clear(signal: Signal, reported: ReportedSignal, at: datetime) -> SignalOutcome:
    """Tell what a clear says while a signal does not fire: nothing, unless it ends what was reported meanwhile."""
    if signal.is_firing:
        return SignalOutcome.IGNORED
    newest, text = signal.still_reported, reported.exact_text
    if newest is not None and exactly(at, text) >= exactly(newest.starts_at, newest.report.reported_at):
        return SignalOutcome.CLEARED
    begun, begun_text = reported.started_at, reported.started_text
    if begun is None or begun > at:
        return SignalOutcome.IGNORED
    overtakes = signal.is_after_clear(begun, begun_text) and signal.is_after_clear(at, text)
    return SignalOutcome.RECORDED if overtakes else SignalOutcome.IGNORED


def _taken(signal: Signal, outcome: SignalOutcome) -> SignalResult:
    # Only what concerns an incident names one.
    incident = None if outcome is SignalOutcome.RECORDED else signal.incident
    return SignalResult(outcome=outcome, signal=signal.id, component=signal.report.component, incident=incident)
