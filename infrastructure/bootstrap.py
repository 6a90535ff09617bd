"""The assembly: the one place where adapters meet the use cases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from application.access.tokens import Tokens
from application.components.commands import Components
from application.due_work import Timekeeper
from application.facade import Service
from application.incidents.commands import Incidents
from application.incidents.signal_intake import Signals
from application.ledger.disposition import Ledgers
from application.ledger.intake import HeldRequests
from application.ledger.reprocessing import Reprocessing
from application.ledger.reviews import Checks
from application.maintenance.commands import Windows
from application.maintenance.series import Series
from application.maintenance.timetables import Timetables
from application.panels.accounts import Accounts
from application.panels.commands import Panels
from application.panels.restorations import Restorations
from application.registry import VIEWS, event_types
from infrastructure.clock import SystemClock
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.schema import migrate
from infrastructure.event_log.timer_runner import Visits
from infrastructure.event_log.writer import Writer
from infrastructure.health import StoreHealth
from infrastructure.process_tuning import leave_alone_what_is_there, look_less_often
from infrastructure.projections.follower import Follower
from infrastructure.projections.follower_process import FollowerApart
from infrastructure.projections.positions import Progress
from infrastructure.projections.temporal_tables import prepare
from infrastructure.queries.accounts import AccountReader
from infrastructure.queries.audit import LogReader
from infrastructure.queries.incidents import BookReader, SignalReader
from infrastructure.queries.ledger import QueueReader
from infrastructure.queries.maintenance import CalendarReader
from infrastructure.queries.panels import PanelReader
from infrastructure.queries.status import BoardReader
from infrastructure.read_pool import ReadPool
from infrastructure.store.factory import open_store
from infrastructure.token_cache import Keys
from infrastructure.zones import PinnedZones, zone_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports import Clock
    from infrastructure.settings import Settings


class Bitacora:
    """The assembled program: started, it takes commands and follows its own log."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, follows_apart: bool = False) -> None:
        """Assemble; nothing is opened before ``start``. With ``follows_apart``, a process beside keeps the views."""
        self.settings = settings
        look_less_often()
        self.clock = clock or SystemClock()
        self.store = open_store(settings.database)
        self.mapper = TypedMapper(event_types())
        self.appended: Counter[str] = Counter()
        zones, zone = PinnedZones(), zone_named(settings.time_zone)
        incidents = Incidents(settings.policy, settings.languages)
        components = Components(zone)
        windows = Windows(Timetables(zones), incidents)
        series = Series(windows, settings.maintenance_horizon)
        restorations = Restorations(zones)
        held_requests, ledgers = HeldRequests(settings.received_tolerance), Ledgers()
        timekeeper = Timekeeper(
            incidents=incidents,
            components=components,
            windows=windows,
            series=series,
            restorations=restorations,
            ledgers=ledgers,
        )
        visits = Visits(timekeeper)
        self.follower: Follower
        if follows_apart:
            self.follower = FollowerApart(self.store, self.mapper, VIEWS, database=settings.database)
        else:
            self.follower = Follower(self.store, self.mapper, VIEWS)
        self.progress = Progress(self.follower)
        self.writer = Writer(self.store, self.mapper, self.clock, visits, committed=self._committed)
        self._reads = ReadPool()
        self.keys = Keys(self.store, self.mapper, self._reads)
        self.service = Service(
            clock=self.clock,
            commands=self.writer,
            reads=self._reads,
            visibility=self.progress,
            keys=self.keys,
            health=StoreHealth(self.store, self.follower, visits, self.clock),
            incidents=incidents,
            components=components,
            signals=Signals(incidents, components),
            windows=windows,
            series=series,
            panels=Panels(zones),
            restorations=restorations,
            accounts=Accounts(),
            held_requests=held_requests,
            ledgers=ledgers,
            checks=Checks(settings.claim_lease),
            reprocessing=Reprocessing(settings.run_lease),
            zones=zones,
            tokens=Tokens(),
            board=BoardReader(self.store),
            book=BookReader(self.store),
            signal_list=SignalReader(self.store),
            calendar=CalendarReader(self.store),
            panel_map=PanelReader(self.store),
            account_list=AccountReader(self.store),
            queue=QueueReader(self.store),
            events=LogReader(self.store, self.mapper),
            languages=settings.languages,
            zone=zone,
            alert_component_label=settings.alert_component_label,
            alert_severities=settings.alert_severity_map,
            appended=self.appended,
        )

    def migrate(self) -> None:
        """Bring the tables up to this program.

        Raises:
            StoreDown: if the store cannot be reached.
            SchemaMismatch: if a newer program wrote it.
        """
        migrate(self.store)
        prepare(self.store, VIEWS)

    def start(self) -> None:
        """Open the store, catch up with the log, and begin to work."""
        self.migrate()
        self.follower.catch_up()
        self.follower.start()
        self.writer.start()
        leave_alone_what_is_there()

    def stop(self) -> None:
        """Carry out what waits, then close everything."""
        self.writer.stop()
        self.follower.stop()
        self._reads.close()
        self.store.close()

    def _committed(self, position: int, topics: Sequence[str]) -> None:
        self.appended.update(topics)
        self.progress.committed = position
        self.follower.wake(position)
