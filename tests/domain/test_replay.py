"""The recorded facts alone rebuild every aggregate, and their stored names never change."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.access.keyring import Keyring
from domain.access.session import StaffSession
from domain.aggregate import Aggregate, Event
from domain.audit.log_notice import LogNotice
from domain.components import Component
from domain.components.group import Group
from domain.incidents import Incident
from domain.incidents.signal import Signal
from domain.ledger.cause_ledger import Ledger
from domain.ledger.default_policies import RequestPolicyDefaults
from domain.ledger.held_request import HeldRequest
from domain.ledger.reprocessing import ReprocessingRun
from domain.ledger.source_resend import SourceResend
from domain.maintenance import MaintenanceWindow
from domain.maintenance.audience import AudienceName
from domain.maintenance.series import MaintenanceSeries
from domain.panels.account import AccountRecovery
from domain.panels.automation import AutomationName
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.notification import Notification
from domain.subscriptions.subscription import Subscription
from domain.templates.template import TextTemplate
from tests.domain.assertions import happened, recorded, replayed, state, typed
from tests.domain.builders import POLICY, a_detection, at, handle_due
from tests.domain.history_builders import HISTORIES, a_long_incident

INCIDENT_TYPES = {
    "incident.contacts_changed",
    "incident.corrected",
    "incident.covered",
    "incident.declared",
    "incident.detected",
    "incident.dismissed",
    "incident.fired_again",
    "incident.monitoring_began",
    "incident.postmortem_drafted",
    "incident.postmortem_published",
    "incident.publication_held",
    "incident.publication_released",
    "incident.published",
    "incident.reconciled",
    "incident.reconciliation_shown",
    "incident.relapse_ended",
    "incident.relapsed",
    "incident.reopened",
    "incident.request_policies_changed",
    "incident.requests_came",
    "incident.resolved",
    "incident.signal_cleared",
    "incident.signal_fired",
    "incident.updated",
    "incident.withdrawn",
}
COMPONENT_TYPES = {
    "component.described",
    "component.fell_silent",
    "component.heard",
    "component.heartbeat_changed",
    "component.hidden",
    "component.markets_changed",
    "component.pinned",
    "component.registered",
    "component.regrouped",
    "component.renamed",
    "component.reordered",
    "component.retired",
    "component.shown",
    "component.since_changed",
    "component.unpinned",
}
SIGNAL_TYPES = {
    "signal.cleared",
    "signal.cleared_first",
    "signal.escalated",
    "signal.fired",
    "signal.fired_first",
    "signal.refired",
    "signal.routed",
    "signal.still_reported",
}
SESSION_TYPES = {"session.began", "session.ended"}
KEYRING_TYPES = {"keyring.opened", "keyring.token_issued", "keyring.token_revoked"}
WINDOW_TYPES = {
    "maintenance_window.announced",
    "maintenance_window.cancelled",
    "maintenance_window.completed",
    "maintenance_window.extended",
    "maintenance_window.held",
    "maintenance_window.planned",
    "maintenance_window.reconciled",
    "maintenance_window.reconciliation_shown",
    "maintenance_window.released",
    "maintenance_window.reminded",
    "maintenance_window.requests_came",
    "maintenance_window.rescheduled",
    "maintenance_window.revised",
    "maintenance_window.started",
    "maintenance_window.updated",
    "maintenance_window.verification_began",
}
SERIES_TYPES = {
    "maintenance_series.begun",
    "maintenance_series.ended",
    "maintenance_series.occurrence_left_out",
    "maintenance_series.window_made",
}
PANEL_TYPES = {
    "panel.capability_added",
    "panel.capability_revised",
    "panel.closed",
    "panel.registered",
    "panel.revised",
}
RESTORATION_TYPES = {
    "restoration.access_lost",
    "restoration.access_restored",
    "restoration.automation_suppressed",
    "restoration.backlog_abandoned",
    "restoration.begun",
    "restoration.capability_set",
    "restoration.completed",
    "restoration.contact_added",
    "restoration.contact_removed",
    "restoration.expectation_lapsed",
    "restoration.instruction_given",
    "restoration.instruction_withdrawn",
    "restoration.inventory_taken",
    "restoration.progress_reported",
    "restoration.promise_lapsed",
    "restoration.promised",
    "restoration.reconciled",
    "restoration.reconciliation_shown",
    "restoration.recovery_point_set",
    "restoration.request_policies_changed",
    "restoration.requests_came",
    "restoration.suppression_ended",
    "restoration.updated",
}
ACCOUNT_TYPES = {
    "account_recovery.accepted",
    "account_recovery.archive_account_given",
    "account_recovery.backfill_asked",
    "account_recovery.backfill_delivered",
    "account_recovery.collisions_found",
    "account_recovery.collisions_resolved",
    "account_recovery.joined",
    "account_recovery.linked",
    "account_recovery.opened",
    "account_recovery.owner_link_issued",
    "account_recovery.owner_link_revoked",
    "account_recovery.particulars_changed",
    "account_recovery.relief_granted",
    "account_recovery.temporary_account_opened",
    "account_recovery.warehouse_choice_executed",
    "account_recovery.warehouse_chosen",
}
REQUEST_TYPES = {
    "held_request.assigned",
    "held_request.cause_voided",
    "held_request.assignment_undone",
    "held_request.changed",
    "held_request.claim_lapsed",
    "held_request.claimed",
    "held_request.deadline_passed",
    "held_request.decided",
    "held_request.disposed",
    "held_request.evidence_attached",
    "held_request.found_twice",
    "held_request.held_back",
    "held_request.labels_changed",
    "held_request.lease_lapsed",
    "held_request.lease_released",
    "held_request.leased",
    "held_request.merged",
    "held_request.noted",
    "held_request.opened_again",
    "held_request.received",
    "held_request.released",
    "held_request.reopened",
    "held_request.repeated",
    "held_request.reprocessed",
    "held_request.resend_kept",
    "held_request.resent",
    "held_request.returned",
    "held_request.signed",
    "held_request.withdrawn_from_run",
    "held_request.twin_merged",
    "held_request.twin_parted",
}
LEDGER_TYPES = {
    "ledger.assignment_undone",
    "ledger.cause_ended",
    "ledger.cause_resumed",
    "ledger.cause_voided",
    "ledger.disposed",
    "ledger.opened",
    "ledger.request_assigned",
}
RESEND_TYPES = {"source_resend.kept", "source_resend.kept_again"}
RUN_TYPES = {
    "reprocessing_run.batch_leased",
    "reprocessing_run.reported",
    "reprocessing_run.started",
    "reprocessing_run.stopped",
}
LOG_TYPES = {"log.key_rotated", "log.restored"}
GROUP_TYPES = {"group.named", "group.renamed"}
AUDIENCE_TYPES = {"audience.named", "audience.renamed"}
AUTOMATION_TYPES = {"automation.named", "automation.renamed"}
DEFAULTS_TYPES = {"request_policies.changed", "request_policies.set"}
TEMPLATE_TYPES = {"template.changed", "template.created", "template.retired"}
SUBSCRIPTION_TYPES = {"subscription.changed", "subscription.confirmed", "subscription.ended"}
ENDPOINT_TYPES = {
    *("endpoint.changed", "endpoint.disabled", "endpoint.enabled", "endpoint.moved", "endpoint.registered"),
    *("endpoint.removed", "endpoint.secret_rotated"),
}
NOTIFICATION_TYPES = {"notification.planned", "notification.sent_again"}
ALL_TYPES = {
    Subscription: SUBSCRIPTION_TYPES,
    Endpoint: ENDPOINT_TYPES,
    Notification: NOTIFICATION_TYPES,
    Group: GROUP_TYPES,
    LogNotice: LOG_TYPES,
    AudienceName: AUDIENCE_TYPES,
    AutomationName: AUTOMATION_TYPES,
    RequestPolicyDefaults: DEFAULTS_TYPES,
    Incident: INCIDENT_TYPES,
    Component: COMPONENT_TYPES,
    Signal: SIGNAL_TYPES,
    Keyring: KEYRING_TYPES,
    StaffSession: SESSION_TYPES,
    MaintenanceWindow: WINDOW_TYPES,
    MaintenanceSeries: SERIES_TYPES,
    Panel: PANEL_TYPES,
    PanelRestoration: RESTORATION_TYPES,
    AccountRecovery: ACCOUNT_TYPES,
    HeldRequest: REQUEST_TYPES,
    Ledger: LEDGER_TYPES,
    ReprocessingRun: RUN_TYPES,
    SourceResend: RESEND_TYPES,
    TextTemplate: TEMPLATE_TYPES,
}


class TestReplay:
    @pytest.mark.parametrize("given", HISTORIES)
    def test_rebuilds_the_aggregate(self, given: object) -> None:
        assert callable(given)
        aggregate = given()

        assert typed(state(replayed(aggregate))) == typed(state(aggregate))

    def test_gives_equal_aggregates_twice(self) -> None:
        incident = a_long_incident()

        assert replayed(incident) == replayed(incident)

    def test_is_of_histories_in_which_everything_happens(self) -> None:
        types = {name for given in HISTORIES for name in recorded(given())}

        assert types == set().union(*ALL_TYPES.values())

    def test_leaves_nothing_to_be_stored(self) -> None:
        assert recorded(replayed(a_long_incident())) == []

    def test_counts_every_event_as_a_version(self) -> None:
        incident = a_long_incident()

        assert [event.originator_version for event in happened(incident)] == list(range(1, incident.version + 1))

    def test_asks_no_policy_of_today(self) -> None:
        incident = a_detection(since=at("10:00"))

        copy = replayed(incident)

        assert copy.next_due == at("10:30:00.000001")
        assert POLICY.publish_after == timedelta(minutes=30)

    def test_goes_on_where_it_was(self) -> None:
        copy = replayed(a_detection(since=at("10:00")))

        handle_due(copy, at("10:30:00.000001"))

        assert recorded(copy) == ["incident.published"]


class TestStoredTypes:
    @pytest.mark.parametrize(("aggregate", "expected"), ALL_TYPES.items())
    def test_are_these_and_no_others(self, aggregate: type[Aggregate], expected: set[str]) -> None:
        assert {event.TOPIC for event in events_of(aggregate)} == expected

    @pytest.mark.parametrize("aggregate", ALL_TYPES)
    def test_begin_with_the_name_of_the_aggregate(self, aggregate: type[Aggregate]) -> None:
        assert all(event.TOPIC.startswith(f"{aggregate.TOPIC}.") for event in events_of(aggregate))

    @pytest.mark.parametrize("aggregate", ALL_TYPES)
    def test_are_all_named_by_the_aggregate(self, aggregate: type[Aggregate]) -> None:
        assert set(events_of(aggregate)) <= set(vars(aggregate).values())


def events_of(aggregate: type[Aggregate]) -> Iterator[type[Event]]:
    """Walk the event classes of an aggregate that are stored under a name of their own."""
    waiting: list[type[Event]] = [aggregate.Event]
    while waiting:
        event = waiting.pop()
        waiting.extend(event.__subclasses__())
        # Other tests may have events of their own.
        if "TOPIC" in vars(event) and event.__module__.startswith("domain."):
            yield event
