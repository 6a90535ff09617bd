"""Assembles the program: the one place where the adapters are given to the application."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING

import structlog

from application.access.sessions import Sessions
from application.access.tokens import Tokens
from application.audit.commands import LogNotices
from application.components.commands import Components
from application.due_work import DueWork
from application.facade import Facade, FacadeCommands
from application.incidents.commands import Incidents
from application.incidents.signal_intake import Signals
from application.key_names import KeyNames
from application.ledger.default_policies import DefaultPolicies
from application.ledger.disposition import Dispositions
from application.ledger.intake import HeldRequests
from application.ledger.reprocessing import Reprocessing
from application.ledger.reviews import Reviews
from application.maintenance.commands import Windows
from application.maintenance.series_commands import Series
from application.maintenance.timetables import Timetables
from application.panels.account_commands import Accounts
from application.panels.commands import Panels
from application.panels.owner_links import OwnerLinks
from application.panels.restoration_commands import Restorations
from application.registry import VIEWS, event_types
from application.subscriptions.commands import Endpoints, Notifications, Subscriptions
from application.templates.commands import Templates
from infrastructure.checkpoints.log_origin import fix_origin
from infrastructure.checkpoints.page_sealer import NoteSealer
from infrastructure.checkpoints.restored_log import record_restored
from infrastructure.checkpoints.signer import Signer
from infrastructure.checkpoints.witnesses import Witnesses
from infrastructure.clock import SystemClock
from infrastructure.delivery.notifier import Notifier
from infrastructure.event_log.compatibility import require_known_events
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.migration_progress import UNWATCHED, MigrationProgress
from infrastructure.event_log.schema import is_demo, migrate, require_log, require_present
from infrastructure.event_log.timer_runner import TimerRunner
from infrastructure.event_log.tree_keeper import fill_tree
from infrastructure.event_log.writer import Writer
from infrastructure.facade_queries import facade_of_written, queries_of
from infrastructure.facade_settings import facade_settings_of
from infrastructure.health import StoreHealth
from infrastructure.languages.catalogs import GettextCatalogs
from infrastructure.oidc.provider import provider_of
from infrastructure.process_tuning import freeze_gc, raise_gc_thresholds
from infrastructure.projections.follower import Follower
from infrastructure.projections.follower_process import FollowerProcess
from infrastructure.projections.past_rows import kept_past
from infrastructure.projections.positions import ViewPositions
from infrastructure.projections.preparation import prepare
from infrastructure.projections.view_slots import is_built_beside
from infrastructure.queries.announced import SqlAnnouncedQueries
from infrastructure.queries.subscribers import SqlSubscriberQueries
from infrastructure.read_pool import ReadPool
from infrastructure.read_side import ReadSide
from infrastructure.roles import create_tables
from infrastructure.store.base import LogDamaged
from infrastructure.store.factory import open_store
from infrastructure.stored_sessions import StoredSessions
from infrastructure.token_cache import TokenCache
from infrastructure.verification.sampler import LogSampler
from infrastructure.zones import PinnedZones, zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.caller import Caller
    from application.notifications.letters import Letters
    from application.ports import Clock
    from infrastructure.settings import Settings
    from infrastructure.store.base import Store

log = structlog.get_logger()


class Bitacora:
    """The assembled program: once started, it executes commands and follows its log."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, follows_apart: bool = False) -> None:
        """Assemble; nothing is opened before ``start``. With ``follows_apart``, a child process keeps the views."""
        self.settings = settings
        raise_gc_thresholds()
        self.clock = clock or SystemClock()
        self.store = open_store(settings.database)
        self.mapper, catalogs = TypedMapper(event_types()), GettextCatalogs()
        self.appended: Counter[str] = Counter()
        zones, zone = PinnedZones(), zone_named(settings.time_zone)
        templates = Templates(settings.languages, catalogs, zone)
        incidents = Incidents(settings.policy, settings.languages, catalogs, templates.texts)
        components, restorations = Components(zone), Restorations(zones)
        windows = Windows(Timetables(zones), incidents, templates.texts)
        series = Series(windows, settings.maintenance_horizon)
        sessions = Sessions(settings.session_max, settings.session_idle)
        held_requests, ledgers = HeldRequests(settings.received_tolerance), Dispositions()
        timekeeper = DueWork(
            incidents=incidents,
            components=components,
            windows=windows,
            series=series,
            restorations=restorations,
            ledgers=ledgers,
            sessions=sessions,
        )
        timer_runner = TimerRunner(timekeeper)
        follow = partial(FollowerProcess, database=settings.database) if follows_apart else Follower
        self.follower: Follower = follow(
            self.store, self.mapper, VIEWS, past=kept_past(self.store, self.clock, settings.keep_past)
        )
        self.progress = ViewPositions(self.follower)
        self.read_side = ReadSide(settings, self.store, self.follower, self.progress)
        self.writer = Writer(self.store, self.mapper, self.clock, timer_runner, committed=self._committed)
        self.signer = Signer(self.store, settings, self.clock)
        self.sampler = LogSampler(self.store, settings.log_folder, self.clock)
        self.witnesses = Witnesses(self.store, settings.witnesses)
        self.signer.signed_for_readers = self.witnesses.wake
        subscriptions, endpoints, notifications = Subscriptions(), Endpoints(), Notifications()
        self._reads = ReadPool()
        self.keys = TokenCache(self.store, self.mapper, self._reads, self.clock)
        self.notifier = Notifier(
            self.store,
            (SqlAnnouncedQueries(self.store), SqlSubscriberQueries(self.store)),
            self.clock,
            zone,
            views=self.progress,
            call=self.writer.call,
            commands=(subscriptions, endpoints, notifications),
            allow_private=settings.webhook_allow_private,
        )
        self.follower.on_progress(self.notifier.wake)
        self.facade = Facade(
            commands=FacadeCommands(
                incidents=incidents,
                components=components,
                key_names=KeyNames(),
                signals=Signals(incidents, components),
                windows=windows,
                series=series,
                panels=Panels(zones),
                restorations=restorations,
                accounts=Accounts(),
                owner_links=OwnerLinks(settings.owner_link_ttl),
                held_requests=held_requests,
                dispositions=ledgers,
                request_policies=DefaultPolicies(),
                reviews=Reviews(settings.claim_lease, has_provider=bool(settings.oidc_issuer)),
                reprocessing=Reprocessing(settings.run_lease),
                templates=templates,
                tokens=Tokens(),
                sessions=sessions,
                log_notices=LogNotices(),
                subscriptions=subscriptions,
                endpoints=endpoints,
                notifications=notifications,
            ),
            queries=queries_of(self, self.read_side.store),
            catalogs=catalogs,
            settings=facade_settings_of(settings, zone),
            clock=self.clock,
            runner=self.writer,
            reads=self._reads,
            visibility=self.read_side.positions,
            keys=self.keys,
            sessions=StoredSessions(self.store, self.mapper, self.clock),
            provider=provider_of(settings, self.clock),
            health=StoreHealth(
                self.store,
                self.follower,
                timer_runner,
                self.clock,
                tokens=self.keys,
                sampler=self.sampler,
                views=VIEWS,
                signing_problem=lambda: self.signer.problem,
                read_side=self.read_side,
            ),
            sealer=NoteSealer(self.store, self.signer),
            zones=zones,
            recipients=self.notifier.recipients,
            deliveries=self.notifier.deliveries,
            previews=self.notifier.previews,
            suppressions=self.notifier.suppressions,
            appended=self.appended,
            is_demo=lambda: self.is_demo,
            end_of_log=self.read_side.end_of_log,
        )

    def migrate(self, progress: MigrationProgress = UNWATCHED) -> None:
        """Bring the tables up to this program; ``progress`` is told how far it is.

        Raises:
            BadSetting: if a setting names the log otherwise than it is called.
            StoreDown: if the store cannot be reached.
            SchemaMismatch: if another version, or role, is in the way; see ``compatibility`` and ``view_slots``.
        """
        migrate(self.store, copied=progress.copied, creates=not self.settings.has_owner)
        require_known_events(self.store, self.mapper.versions)
        fix_origin(self.store, self.settings)
        fill_tree(self.store, advanced=progress.entered)
        record_restored(self.store, self.mapper, self.clock, self.facade.commands.log_notices)
        prepare(self.store, VIEWS)

    def migrate_as_owner(self, progress: MigrationProgress = UNWATCHED) -> None:
        """Do the same as the role that owns the log, and let the service add to it; see ``migrate``."""
        if self.owner_store is not self.store:
            create_tables(self.owner_store, self.store, copied=progress.copied)
        self.migrate(progress)

    @cached_property
    def owner_store(self) -> Store:
        """The store, as the role that owns the log sees it."""
        return open_store(self.settings.owner_database) if self.settings.has_owner else self.store

    def open_log(self) -> None:
        """Read the log of a store that is there, and write nothing.

        Raises:
            NoStore: if there is none.
            StoreDown: if the store cannot be reached.
            SchemaMismatch: if a newer program wrote it.
        """
        self.store.find()
        with self.store.reading_log() as connection:
            require_log(connection)

    def open_tree(self) -> None:
        """Read the tree of a log that is open, and sign with the key that is there; see ``open_log``.

        Raises:
            SchemaMismatch: if the store has none, because an older program wrote it.
            BadSetting: if the key that a setting names cannot be used.
        """
        with self.store.reading_log() as connection:
            require_present(connection)
        self.signer.find_key()

    def open_views(self) -> None:
        """Bring the views of a log that is open up to date, to read them; see ``open_log``."""
        if self.store.is_read_only:
            prepare(self.store, VIEWS)
        else:
            self.migrate()
        self.follower.catch_up()

    @cached_property
    def is_demo(self) -> bool:
        """Tell whether the data of the store are examples."""
        with self.store.reading_log() as connection:
            return is_demo(connection)

    def start(self) -> None:
        """Open the store, catch up with the log, and start to work."""
        self.migrate()
        try:
            if not is_built_beside(self.store):
                self.follower.catch_up()
        except LogDamaged as error:
            # What the views have can still be read, with its age; the rest says what is the matter.
            log.error("log_damaged", error=str(error))  # noqa: TRY400 - one line, without a traceback
        self.follower.start()
        self.read_side.start()
        self.writer.start()
        freeze_gc()

    def start_to_sign(self, caller: Caller) -> None:
        """Sign checkpoints from now on; ``caller`` is who started the program.

        Raises:
            BadSetting: if the key that a setting names cannot be used.
        """
        notices = self.facade.commands.log_notices
        self.signer.start(lambda key: self.writer.call(lambda log: notices.note_key(log, key, caller=caller)))
        self.witnesses.start()

    def start_to_notify(self, letters_of: Callable[[Facade], Letters]) -> None:
        """Notify subscribers from now on, in the words of letters that are read where the log is written."""
        self.notifier.start(letters_of(facade_of_written(self)), self.settings, site=self.settings.site.url)

    def stop(self) -> None:
        """Execute the waiting commands, then close everything."""
        for each in (self.sampler, self.signer, self.witnesses, self.notifier, self.writer, self.follower):
            each.stop()
        self._reads.close()
        self.read_side.stop()
        self.store.close()
        if self.settings.has_owner:
            self.owner_store.close()

    def _committed(self, position: int, topics: Sequence[str]) -> None:
        self.appended.update(topics)
        self.progress.committed = self.read_side.positions.committed = position
        self.follower.wake(position)
