"""What the tests of replay are given: for every aggregate, histories in which everything happens."""

from datetime import timedelta
from uuid import UUID

from domain.access.keyring import Keyring, Role
from domain.audit.log_notice import LogNotice
from domain.components import Component
from domain.components.events import Changes
from domain.components.group import Group
from domain.contact import Contact
from domain.impact import Status
from domain.incidents import Incident, Progress
from domain.incidents.signal import Report, Signal, SignalCause
from domain.incidents.values import Correction
from domain.ledger.request_policy import RequestPolicy
from domain.maintenance import MaintenanceWindow, Origin, WindowOutcome
from domain.maintenance.audience import AudienceName
from domain.maintenance.series import MaintenanceSeries
from domain.panels.automation import AutomationName
from tests.domain import window_builders as windows
from tests.domain.access.session_builders import an_ended_session
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    PROFILE,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_firing,
    a_relapse,
    ana,
    at,
    clear,
    dismiss,
    fire,
    hold,
    in_english,
    let_time_pass,
    publish,
    release,
    reopen,
    span,
    the_alerts,
    the_clock,
    update,
    withdraw,
)
from tests.domain.cover_builders import DUE, a_covered_detection
from tests.domain.ledger_builders import LEDGERS
from tests.domain.recovery_builders import RECOVERIES
from tests.domain.subscription_builders import SUBSCRIPTIONS
from tests.domain.template_builders import a_retired_template
from tests.domain.window_builders import PLANNED_AT, a_cancelled_window, a_plan, a_series, a_timetable, a_window

PIN = UUID(int=7)
HOUR = timedelta(hours=1)


def a_long_incident() -> Incident:
    """Give an incident to which everything has happened that can happen to one that was detected."""
    incident = a_relapse(since=at("12:00"))
    clear(incident, at("12:05"))
    let_time_pass(incident, until=at("12:10"))
    fire(incident, at("12:20"))
    hold(incident, at("12:21"))
    release(incident, at("12:22"))
    let_time_pass(incident, until=at("13:00"))
    fire(incident, at("13:01"), a_firing(TRACKING, component=IMPORT))
    clear(incident, at("13:02"))
    clear(incident, at("13:03"), TRACKING)
    let_time_pass(incident, until=at("13:05"))
    fire(incident, at("13:06"))
    clear(incident, at("13:07"))
    let_time_pass(incident, until=at("13:30"))
    reopen(incident, at("13:31"))
    update(incident, at("13:32"), Progress.MONITORING, components={IMPORT: Status.OPERATIONAL})
    let_time_pass(incident, until=at("14:00"))
    incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:01")))
    incident.publish_postmortem(provenance=ana(at("14:02")))
    corrected = Correction(
        update=1,
        message=in_english("No labels."),
        impact={CARRIER: (span(Status.PARTIAL_OUTAGE, "10:00", "11:00"),)},
    )
    support = Contact(audience=None, channel="email", address="support@example.com", note={})
    incident.change_contacts(contacts=(support,), provenance=ana(at("14:03")))
    incident.change_request_policies(
        request_policies={"order": RequestPolicy(four_eyes=True)}, reason="asked", provenance=ana(at("14:03"))
    )
    incident.correct(correction=corrected, reason="a slip", provenance=ana(at("14:03")))
    withdraw(incident, at("14:04"))
    return incident


def a_dismissed_declaration() -> Incident:
    incident = a_declared_incident(since=at("10:00"), public=False)
    dismiss(incident, at("10:05"))
    return incident


def a_published_detection() -> Incident:
    incident = a_detection(since=at("10:00"))
    publish(incident, at("10:05"))
    return incident


def a_long_component() -> Component:
    component = Component.register(profile=PROFILE, provenance=ana(at("09:00")))
    everything = Changes(
        name=in_english("Carrier B"),
        group="platform",
        description={},
        markets=(),
        is_public=False,
        since=PROFILE.since + timedelta(days=1),
        vouched_from=at("00:00"),
        position=9,
        sets_heartbeat=True,
        heartbeat=timedelta(hours=1),
    )
    component.revise(changes=everything, provenance=ana(at("09:01")))
    component.revise(changes=Changes(is_public=True), provenance=ana(at("09:02")))
    component.pin(pin_id=PIN, status=Status.MAJOR_OUTAGE, reason="a flood", provenance=ana(at("09:03")))
    component.unpin(pin_id=PIN, provenance=ana(at("09:04")))
    component.fall_silent(provenance=the_clock(at("10:00")))
    component.hear(provenance=the_alerts(at("10:05")))
    component.retire(open_causes=0, provenance=ana(at("11:00")))
    return component


def a_long_signal() -> Signal:
    report = Report(component=None, status=Status.MAJOR_OUTAGE, reported_at="2025-03-04T10:00:00.000000001Z")
    signal = Signal.begin(
        system="alertmanager",
        fingerprint="f1",
        report=report,
        routed=False,
        incident=None,
        provenance=the_alerts(at("10:00")),
    )
    signal.route(component=CARRIER, incident=UUID(int=1), provenance=ana(at("10:01")))
    signal.clear(reason="lost", reported_at=None, provenance=ana(at("10:02")))
    signal.report_again(report=report, starts_at=at("10:00"), provenance=the_alerts(at("10:05")))
    signal.refire(
        reason="it is true",
        component=CARRIER,
        routed=True,
        incident=UUID(int=1),
        provenance=ana(at("10:05"), at("10:06")),
    )
    signal.clear(reason=None, reported_at=None, provenance=the_alerts(at("10:07")))
    return signal


def a_signal_that_cleared_first() -> Signal:
    """Give a signal whose clear came before its firing, and which fired anew after that, and got worse."""
    signal = Signal.begin_clear(
        system="alertmanager",
        fingerprint="f2",
        component=CARRIER,
        reported_at="2025-03-04T10:00:00.000000001Z",
        provenance=the_alerts(at("10:00")),
    )
    report = Report(component=CARRIER, status=Status.DEGRADED_PERFORMANCE, markets=("ES",))
    signal.fire(report=report, routed=True, incident=UUID(int=1), provenance=the_alerts(at("10:03")))
    worse = Report(component=CARRIER, status=Status.MAJOR_OUTAGE, cause=SignalCause.CODE_CHANGE)
    signal.escalate(report=worse, routed=True, incident=UUID(int=1), provenance=the_alerts(at("10:04")))
    return signal


def a_long_keyring() -> Keyring:
    keyring = Keyring.open(provenance=ana(at("10:00")))
    keyring.issue(name="ana", role=Role.ADMIN, person="ana", digest="ab" * 32, provenance=ana(at("10:01")))
    keyring.revoke(name="ana", provenance=ana(at("10:02")))
    return keyring


def a_covered_incident() -> Incident:
    """Give an incident that began inside a window that covers its component, and was published after its end."""
    incident = a_covered_detection()
    let_time_pass(incident, until=DUE)
    return incident


def a_long_window() -> MaintenanceWindow:
    """Give a window to which everything has happened that can happen to one that was completed."""
    window = a_window(
        announced=False, plan=a_plan(covers=(CARRIER,)), origin=Origin(series=UUID(int=9), occurrence="1")
    )
    windows.announce(window, PLANNED_AT + HOUR)
    windows.revise(window, PLANNED_AT + 2 * HOUR)
    windows.let_time_pass(window, until=at("00:00"))
    windows.reschedule(window, at("00:00"), a_timetable("02:30", "04:30"))
    windows.hold(window, at("00:10"))
    windows.let_time_pass(window, until=at("02:30"))
    windows.update(window, at("03:00"), {IMPORT: Status.MAJOR_OUTAGE, CARRIER: Status.OPERATIONAL})
    windows.update(window, at("03:10"), internal=True)
    windows.release(window, at("03:20"))
    windows.hold(window, at("03:30"))
    windows.let_time_pass(window, until=at("04:30"))
    windows.extend(window, at("04:40"), end=at("05:00"))
    windows.let_time_pass(window, until=at("05:00"))
    windows.complete(window, at("05:10"), outcome=WindowOutcome.ROLLED_BACK, message=in_english("It is as it was."))
    return window


def a_long_series() -> MaintenanceSeries:
    series = a_series()
    series.note_window(
        window=UUID(int=1), occurrence="2025-03-04T02:00", looks_at=at("02:00"), provenance=ana(PLANNED_AT)
    )
    series.leave_out(
        occurrence="2025-03-11T02:00",
        because="no clock shows it",
        looks_at=at("03:00"),
        provenance=the_clock(at("02:00")),
    )
    series.end(reason="no more need", provenance=ana(at("02:10")))
    return series


def a_renamed_group() -> Group:
    """Give a group that was named twice."""
    group = Group.begin(key="carriers", name=in_english("Carriers"), position=1, provenance=ana(at("10:00")))
    group.rename(name=in_english("Our carriers"), position=2, provenance=ana(at("11:00")))
    return group


def a_renamed_audience() -> AudienceName:
    """Give an audience that was named twice."""
    named = AudienceName.begin(key="sellers", name=in_english("Sellers"), position=0, provenance=ana(at("10:00")))
    named.rename(name=in_english("Merchants"), position=0, provenance=ana(at("11:00")))
    return named


def a_renamed_automation() -> AutomationName:
    named = AutomationName.begin(key="order_paid", name=in_english("Paid"), position=0, provenance=ana(at("10:00")))
    named.rename(name=in_english("Order paid"), position=1, provenance=ana(at("10:01")))
    return named


def a_rotated_key() -> LogNotice:
    """Tell that another key signs."""
    return LogNotice.rotate_key(key="bmV3", previous="b2xk", provenance=ana(at("10:00")))


def a_restored_log() -> LogNotice:
    """Tell that a backup took the place of the log."""
    return LogNotice.restore(
        id=UUID("01890000-0000-7000-8000-000000000001"),
        origin="status.example.com/log/2",
        kept=40,
        previous_origin="status.example.com/log",
        previous_size=45,
        checkpoint="status.example.com/log\n45\n…",
        provenance=ana(at("10:00")),
    )


HISTORIES = [
    a_rotated_key,
    a_restored_log,
    a_renamed_group,
    a_renamed_audience,
    a_renamed_automation,
    a_long_incident,
    a_dismissed_declaration,
    a_published_detection,
    a_covered_incident,
    a_long_component,
    a_long_signal,
    a_signal_that_cleared_first,
    a_long_keyring,
    an_ended_session,
    a_long_window,
    a_cancelled_window,
    a_long_series,
    a_retired_template,
    *RECOVERIES,
    *SUBSCRIPTIONS,
    *LEDGERS,
]
