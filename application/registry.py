"""All aggregates, event types and views; event types by the names under which they are stored."""

from __future__ import annotations

from application.changes.projection import CHANGE_VIEW
from application.incidents.projection import INCIDENT_VIEW
from application.incidents.signal_projection import SIGNAL_VIEW
from application.ledger.projection import LEDGER_VIEW
from application.maintenance.projection import WINDOW_VIEW
from application.panels.account_projection import ACCOUNT_VIEW
from application.panels.projection import PANEL_VIEW
from application.projections.tables import View
from application.register_view import REGISTER_VIEW
from application.status.projection import BOARD_VIEW
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

AGGREGATES: tuple[type[Aggregate], ...] = (
    AccountRecovery,
    AudienceName,
    AutomationName,
    Component,
    Endpoint,
    Group,
    HeldRequest,
    Incident,
    Keyring,
    Ledger,
    LogNotice,
    MaintenanceSeries,
    MaintenanceWindow,
    Notification,
    Panel,
    PanelRestoration,
    ReprocessingRun,
    RequestPolicyDefaults,
    Signal,
    SourceResend,
    StaffSession,
    Subscription,
    TextTemplate,
)


def event_types() -> dict[str, type[Event]]:
    """Give the class of each stored event type (``incident.published``)."""
    return {
        value.TOPIC: value
        for aggregate in AGGREGATES
        for name, value in vars(aggregate).items()
        if name != "Event" and isinstance(value, type) and issubclass(value, Event)
    }


VIEWS: tuple[View, ...] = (
    ACCOUNT_VIEW,
    PANEL_VIEW,
    BOARD_VIEW,
    INCIDENT_VIEW,
    WINDOW_VIEW,
    LEDGER_VIEW,
    SIGNAL_VIEW,
    CHANGE_VIEW,
    REGISTER_VIEW,
)
