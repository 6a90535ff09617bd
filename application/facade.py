"""The facade: all that inbound adapters (HTTP, the command line) can call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.ledger.queries import CauseFinders
from domain.ledger.cause import CauseType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo
    from pathlib import Path

    from application.access.provider import IdentityProvider
    from application.access.sessions import Sessions, SessionStore
    from application.access.tokens import Tokens
    from application.audit.commands import LogNotices
    from application.audit.proofs import LogProofs
    from application.audit.queries import EventQueries
    from application.audit.sealing import PageSealer
    from application.changes.announcements import AnnouncementQueries
    from application.changes.private_queries import PrivateChangeQueries
    from application.changes.queries import ChangeQueries
    from application.components.commands import Components
    from application.incidents.commands import Incidents
    from application.incidents.queries import IncidentQueries, SignalQueries
    from application.incidents.signal_intake import Signals
    from application.key_names import KeyNameQueries, KeyNames
    from application.ledger.default_policies import DefaultPolicies
    from application.ledger.disposition import Dispositions
    from application.ledger.intake import HeldRequests
    from application.ledger.queries import HeldRequestQueries
    from application.ledger.reprocessing import Reprocessing
    from application.ledger.reviews import Reviews
    from application.maintenance.commands import Windows
    from application.maintenance.queries import WindowQueries
    from application.maintenance.series_commands import Series
    from application.notifications.deliveries import Deliveries
    from application.notifications.preview import Previews
    from application.panels.account_commands import Accounts
    from application.panels.commands import Panels
    from application.panels.owner_links import OwnerLinks
    from application.panels.queries import AccountQueries, OwnerLinkQueries, PanelQueries
    from application.panels.restoration_commands import Restorations
    from application.ports import Catalogs, Clock, CommandRunner, Health, KeySource, Reads, ViewProgress, Zones
    from application.reports.queries import UptimeQueries
    from application.status.queries import BoardQueries
    from application.subscriptions.commands import Endpoints, Notifications, Subscriptions
    from application.subscriptions.queries import EndpointQueries, SubscriptionQueries
    from application.subscriptions.recipients import Recipients, Suppressions
    from application.templates.commands import Templates
    from application.templates.queries import TemplateQueries
    from domain.impact import Status


@dataclass(frozen=True, kw_only=True)
class FacadeCommands:
    """The commands, by capability."""

    incidents: Incidents
    components: Components
    key_names: KeyNames
    signals: Signals
    windows: Windows
    series: Series
    panels: Panels
    restorations: Restorations
    accounts: Accounts
    owner_links: OwnerLinks
    held_requests: HeldRequests
    dispositions: Dispositions
    request_policies: DefaultPolicies
    reviews: Reviews
    reprocessing: Reprocessing
    templates: Templates
    tokens: Tokens
    sessions: Sessions
    log_notices: LogNotices
    subscriptions: Subscriptions
    endpoints: Endpoints
    notifications: Notifications


@dataclass(frozen=True, kw_only=True)
class FacadeQueries:
    """The queries on the views and on the log."""

    board: BoardQueries
    uptime: UptimeQueries
    incidents: IncidentQueries
    windows: WindowQueries
    panels: PanelQueries
    accounts: AccountQueries
    owner_links: OwnerLinkQueries
    held_requests: HeldRequestQueries
    signals: SignalQueries
    key_names: KeyNameQueries
    templates: TemplateQueries
    events: EventQueries
    proofs: LogProofs
    changes: ChangeQueries
    private_changes: PrivateChangeQueries
    announcements: AnnouncementQueries
    subscriptions: SubscriptionQueries
    endpoints: EndpointQueries

    @property
    def cause_finders(self) -> CauseFinders:
        """How a cause is found, by its type."""
        return CauseFinders(
            of_kind={
                CauseType.MAINTENANCE_WINDOW: self.windows.find,
                CauseType.INCIDENT: self.incidents.find,
                CauseType.RESTORATION: self.panels.find_restoration,
            },
            incident_ended_at=self.incidents.ended_at,
        )


@dataclass(frozen=True, kw_only=True)
class SiteSettings:
    """How the public pages present themselves; None for what is not there."""

    url: str
    """Where all absolute addresses begin, without a slash at its end."""
    name: str
    logo: Path | None
    """A file with a picture."""
    accent: str | None
    """A colour, as in ``#0b57d0``."""
    imprint_url: str | None
    contact: str | None
    """An address of e-mail, or the URL of a page."""
    zone: str
    """The name of the zone whose clocks the pages show."""


@dataclass(frozen=True, kw_only=True)
class FacadeSettings:
    """The settings that inbound adapters need."""

    languages: tuple[str, ...]
    zone: tzinfo
    site: SiteSettings
    alert_component_label: str
    alert_severities: Mapping[str, Status]
    mail_is_configured: bool
    """Whether there is a relay that sends e-mails; without one nobody can subscribe by e-mail."""


@dataclass(frozen=True, kw_only=True)
class Facade:
    """The commands, the queries, the settings, and what runs them."""

    commands: FacadeCommands
    queries: FacadeQueries
    settings: FacadeSettings
    catalogs: Catalogs
    clock: Clock
    runner: CommandRunner
    reads: Reads
    visibility: ViewProgress
    keys: KeySource
    sessions: SessionStore
    provider: IdentityProvider | None
    """Where people sign in without a token; None if that is not set up."""
    health: Health
    sealer: PageSealer
    zones: Zones
    recipients: Recipients
    deliveries: Deliveries
    previews: Previews
    suppressions: Suppressions
    appended: Mapping[str, int]
    is_demo: Callable[[], bool]
    """Tells whether the data of the store are examples, which every page has to say."""
    end_of_log: Callable[[], int]
    """Gives the position of the last event where the log is written; what is read may not have it yet."""
