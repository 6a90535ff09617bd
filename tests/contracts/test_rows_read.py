"""A list, and each of its filters, looks at as many rows of a long history as of a short one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from fastapi import params
from fastapi.dependencies.utils import get_flat_params

from api.main import create_app, endpoints
from application.audit.queries import EventFilter
from application.changes.private_queries import PrivateChangeReader
from application.changes.queries import ChangeReader
from application.incidents.queries import IncidentFilter
from application.ledger.queries import RequestFilter
from application.ledger.traits import Trait
from application.maintenance.projection import WindowStage
from application.maintenance.queries import WindowFilter
from application.panels.queries import AccountFilter, RestorationFilter
from application.registry import event_types
from domain.ledger.held_request import RequestState
from infrastructure.bootstrap import Bitacora
from infrastructure.checkpoints.log_entries import read_entries, read_range
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.queries.accounts import SqlAccountQueries
from infrastructure.queries.announcements import SqlAnnouncementQueries
from infrastructure.queries.audit import SqlEventQueries
from infrastructure.queries.changes import SqlChangeQueries
from infrastructure.queries.incidents import SqlIncidentQueries, SqlSignalQueries
from infrastructure.queries.ledger import SqlHeldRequestQueries
from infrastructure.queries.maintenance import SqlWindowQueries
from infrastructure.queries.panels import SqlPanelQueries
from infrastructure.queries.subscriptions import SqlSubscriptionQueries
from infrastructure.queries.templates import SqlTemplateQueries
from infrastructure.settings import Settings
from infrastructure.store.factory import open_store
from infrastructure.transparency.tree_reader import TreeReader
from tests.contracts.reads import BEGIN, COMMON, RARE, SHARED, LookingStore, fill, id_of, instant_of
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.stores import EACH

SHORT, LONG = 1_000, 20_000
PAGE = 20
SLACK = 1.5
"""By how much the steps may differ: an index of more rows is a level deeper."""
EACH_STEP = 400
"""What a statement costs at least, in the steps that are counted."""

INCIDENTS, WINDOWS = "/v1/incidents", "/v1/maintenance-windows"
PROOF, TLOG_PROOF = "/v1/events/{position}/proof", "/v1/events/{position}.tlog-proof"
CONSISTENCY = "/log/consistency"
EVENTS, SIGNALS = "/v1/events", "/v1/signals"
HISTORY = "/{lang}/history"
CHANGES = "/v1/changes"
FEED = "/{lang}/history.atom"
REQUESTS, RUNS = "/v1/held-requests", "/v1/reprocessing-runs"
RESTORATIONS, ACCOUNTS = "/v1/restorations", "/v1/restorations/{id}/accounts"
BIG = UUID(id_of(0))
MINUTE = timedelta(minutes=1)
EARLY = BEGIN + 5 * MINUTE
MONTH: dict[str, Any] = {"start": BEGIN, "end": EARLY, "before": None, "limit": PAGE}
"""A span of time that some of what there is began in."""
MIDDLE = f"{instant_of(SHORT // 4)}|{id_of(0)}"
"""A place among held requests that many of them lie before, and many behind."""


class Queries:
    """Every query, on a store that counts."""

    def __init__(self, store: LookingStore, last: int) -> None:
        """Read from ``store``, whose last event is at ``last``."""
        real = cast("Any", store)
        self.store, self.at = store, last
        self.events = SqlEventQueries(real, TypedMapper(event_types()))
        self.incidents, self.signals = SqlIncidentQueries(real), SqlSignalQueries(real)
        self.windows, self.panels = SqlWindowQueries(real), SqlPanelQueries(real)
        self.changes = ChangeReader(changes=SqlChangeQueries(real), events=self.events)
        self.private_changes = PrivateChangeReader(changes=SqlChangeQueries(real), events=self.events)
        self.announcements = SqlAnnouncementQueries(real)
        self.accounts, self.requests = SqlAccountQueries(real), SqlHeldRequestQueries(real)
        self.templates = SqlTemplateQueries(real)
        self.subscriptions = SqlSubscriptionQueries(real)

    def found_events(self, after: int = 0, **wanted: Any) -> object:  # noqa: ANN401 - the members of a filter
        """List events."""
        return self.events.page(EventFilter(**wanted), after, PAGE)

    def found_incidents(self, at: int | None = None, **wanted: Any) -> object:  # noqa: ANN401 - the same
        """List incidents."""
        return self.incidents.page(self.at if at is None else at, IncidentFilter(**wanted), None, PAGE)

    def found_windows(self, **wanted: Any) -> object:  # noqa: ANN401 - the same
        """List windows."""
        return self.windows.page(self.at, WindowFilter(**wanted), None, PAGE)

    def found_changes(self, after: int = 0, until: int | None = None, *, falling: bool = False) -> object:
        """List changes."""
        last = self.at if until is None else until
        return self.changes.page(after, last, place=None, limit=PAGE, falling=falling)

    def found_private_changes(self, after: int = 0, until: int | None = None, *, falling: bool = False) -> object:
        """List changes of both sides."""
        last = self.at if until is None else until
        return self.private_changes.page(after, last, place=None, limit=PAGE, falling=falling)

    def found_requests(self, after: str | None = None, *, newest_first: bool = False, **wanted: Any) -> object:  # noqa: ANN401 - the same
        """List held requests."""
        return self.requests.page(self.at, RequestFilter(**wanted), after, PAGE, newest_first=newest_first)

    def found_proof(self, *, consistency: bool = False) -> object:
        """Prove something of the log as it is."""
        with self.store.reading_log() as connection:
            tree = TreeReader(connection)
            if consistency:
                return tree.consistency_proof(self.at // 3, self.at), tree.root(self.at // 3)
            return read_entries(connection, [self.at // 3]), tree.inclusion_proof(self.at // 3, self.at)

    def found_entries(self) -> object:
        """List events with their entries."""
        with self.store.reading_log() as connection:
            return read_entries(connection, range(self.at - PAGE, self.at)), read_range(connection, 256, 512)

    def found_restorations(self, at: int | None = None, **wanted: Any) -> object:  # noqa: ANN401 - the same
        """List restorations."""
        return self.panels.page_of_restorations(self.at if at is None else at, RestorationFilter(**wanted), None, PAGE)


Read = Callable[[Queries], object]
READS: dict[tuple[str, str], Read] = {
    (EVENTS, ""): lambda on: on.found_events(),
    (EVENTS, "after"): lambda on: on.found_events(after=on.at - 5),
    (EVENTS, "type"): lambda on: on.found_events(type="incident.resolved"),
    (EVENTS, "actor"): lambda on: on.found_events(actor=RARE),
    (EVENTS, "type of most"): lambda on: on.found_events(type="incident.dismissed", after=on.at // 2),
    (EVENTS, "actor of most"): lambda on: on.found_events(actor=COMMON, after=on.at // 2),
    (EVENTS, "actor of none"): lambda on: on.found_events(actor="nobody"),
    (EVENTS, "type, actor"): lambda on: on.found_events(type="incident.dismissed", actor=RARE),
    (EVENTS, "aggregate"): lambda on: on.found_events(aggregate=str(BIG), after=on.at // 2),
    (EVENTS, "aggregate, type"): lambda on: on.found_events(aggregate=str(BIG), type="incident.resolved"),
    (EVENTS, "aggregate, actor"): lambda on: on.found_events(aggregate=str(BIG), actor=RARE, type="incident.dismissed"),
    (EVENTS, "since"): lambda on: on.found_events(since=BEGIN, type="incident.resolved"),
    (EVENTS, "until"): lambda on: on.found_events(until=BEGIN),
    (EVENTS, "entries"): lambda on: on.found_entries(),
    (PROOF, "size"): lambda on: on.found_proof(),
    (TLOG_PROOF, "size"): lambda on: on.found_proof(),
    (CONSISTENCY, "to"): lambda on: on.found_proof(consistency=True),
    ("/v1/aggregates/{id}/events", "after"): lambda on: on.events.of_aggregate(BIG, on.at // 3, PAGE),
    (INCIDENTS, ""): lambda on: on.found_incidents(),
    (INCIDENTS, "state"): lambda on: on.found_incidents(state="investigating"),
    (INCIDENTS, "component"): lambda on: on.found_incidents(component=RARE),
    (INCIDENTS, "visibility"): lambda on: on.found_incidents(public=False),
    (INCIDENTS, "state, component"): lambda on: on.found_incidents(state="resolved", component=RARE, public=True),
    ("/v1/incidents/{id}", ""): lambda on: on.incidents.find(on.at, BIG),
    ("/v1/incidents/{id}/updates", ""): lambda on: on.incidents.updates(
        on.at, BIG, public=False, after=None, limit=PAGE
    ),
    (WINDOWS, ""): lambda on: on.found_windows(),
    (WINDOWS, "stage"): lambda on: on.found_windows(stage=WindowStage.UPCOMING),
    (WINDOWS, "state"): lambda on: on.found_windows(state="scheduled"),
    (WINDOWS, "component"): lambda on: on.found_windows(component=RARE),
    (WINDOWS, "visibility"): lambda on: on.found_windows(public=False),
    (WINDOWS, "series"): lambda on: on.found_windows(series=SHARED),
    (WINDOWS, "component, series, state"): lambda on: on.found_windows(
        component=RARE, series=SHARED, state="completed"
    ),
    ("/v1/maintenance-windows/{id}", ""): lambda on: on.windows.find(on.at, BIG),
    ("/v1/maintenance-windows/{id}/updates", ""): lambda on: on.windows.updates(
        on.at, BIG, public=False, after=None, limit=PAGE
    ),
    ("/v1/maintenance-series", ""): lambda on: on.windows.page_of_series(on.at, None, PAGE),
    (HISTORY, ""): lambda on: on.incidents.began(on.at, component=None, **MONTH),
    (HISTORY, "component"): lambda on: on.incidents.began(on.at, component=COMMON, **MONTH),
    (HISTORY, "component of none"): lambda on: on.incidents.began(on.at, component=RARE, **MONTH),
    (HISTORY, "earlier"): lambda on: on.incidents.beginning(on.at, EARLY, component=COMMON, later=False),
    (HISTORY, "later"): lambda on: on.incidents.beginning(on.at, EARLY, component=RARE, later=True),
    (HISTORY, "of windows"): lambda on: on.windows.began(on.at, component=COMMON, **MONTH),
    (HISTORY, "earlier of windows"): lambda on: on.windows.beginning(on.at, EARLY, component=COMMON, later=False),
    (HISTORY, "later of windows"): lambda on: on.windows.beginning(on.at, EARLY, component=RARE, later=True),
    (SIGNALS, ""): lambda on: on.signals.page(on.at, routed=None, after=None, limit=PAGE),
    (f"{SIGNALS}/{{id}}", ""): lambda on: on.signals.find(on.at, BIG),
    (SIGNALS, "state"): lambda on: on.signals.page(on.at, routed=None, firing=True, after=None, limit=PAGE),
    ("/v1/unrouted-signals", "state"): lambda on: on.signals.page(
        on.at, routed=False, firing=True, after=None, limit=PAGE
    ),
    ("/v1/unrouted-signals", ""): lambda on: on.signals.page(on.at, routed=False, after=None, limit=PAGE),
    (RESTORATIONS, ""): lambda on: on.found_restorations(),
    (RESTORATIONS, "panel"): lambda on: on.found_restorations(panel=RARE),
    (RESTORATIONS, "state"): lambda on: on.found_restorations(state="announced"),
    (ACCOUNTS, ""): lambda on: on.accounts.page(on.at, AccountFilter(restoration=SHARED), None, PAGE),
    (ACCOUNTS, "state"): lambda on: on.accounts.page(
        on.at, AccountFilter(restoration=SHARED, state="failed"), None, PAGE
    ),
    (ACCOUNTS, "account_prefix"): lambda on: on.accounts.page(
        on.at, AccountFilter(restoration=SHARED, prefix="nobody"), None, PAGE
    ),
    (CHANGES, ""): lambda on: on.found_changes(),
    (CHANGES, "from"): lambda on: on.found_changes(after=on.at // 2),
    (CHANGES, "until"): lambda on: on.found_changes(until=on.at // 2, falling=True),
    (CHANGES, "sort"): lambda on: on.found_changes(falling=True),
    (CHANGES, "of both sides"): lambda on: on.found_private_changes(),
    (CHANGES, "of both sides, from"): lambda on: on.found_private_changes(after=on.at // 2),
    (CHANGES, "of both sides, until, sort"): lambda on: on.found_private_changes(until=on.at // 2, falling=True),
    (FEED, "thing"): lambda on: on.announcements.of_thing(f"incident/{BIG}", on.at, PAGE),
    (REQUESTS, ""): lambda on: on.found_requests(),
    (REQUESTS, "cause"): lambda on: on.found_requests(cause=SHARED),
    (REQUESTS, "state"): lambda on: on.found_requests(states=(RequestState.TO_CHECK,)),
    (REQUESTS, "source"): lambda on: on.found_requests(source=RARE),
    (REQUESTS, "claimed_by"): lambda on: on.found_requests(states=(RequestState.TO_CHECK,), holders=(RARE,)),
    (REQUESTS, "received_from"): lambda on: on.found_requests(received_from=BEGIN),
    (REQUESTS, "received_until"): lambda on: on.found_requests(received_until=BEGIN),
    (REQUESTS, "older_than"): lambda on: on.found_requests(received_until=BEGIN),
    (REQUESTS, "received_on"): lambda on: on.found_requests(received_from=BEGIN, received_until=BEGIN + MINUTE),
    (REQUESTS, "reference"): lambda on: on.found_requests(references=(RARE,), newest_first=True),
    (REQUESTS, "reference of many"): lambda on: on.found_requests(
        references=tuple(f"{COMMON}-{number}" for number in range(100, 150))
    ),
    (REQUESTS, "reference_prefix"): lambda on: on.found_requests(prefix="rar"),
    (REQUESTS, "reference_prefix of most"): lambda on: on.found_requests(prefix=COMMON),
    (REQUESTS, "label"): lambda on: on.found_requests(label=RARE),
    (REQUESTS, "label of most"): lambda on: on.found_requests(label=COMMON),
    (REQUESTS, "label, sort"): lambda on: on.found_requests(label=RARE, newest_first=True),
    (REQUESTS, "trait"): lambda on: on.found_requests(trait=Trait.MERGED),
    (REQUESTS, "label, trait"): lambda on: on.found_requests(label=COMMON, trait=Trait.MERGED),
    (REQUESTS, "sort"): lambda on: on.found_requests(newest_first=True),
    (REQUESTS, "after of the middle"): lambda on: on.found_requests(after=MIDDLE),
    (REQUESTS, "after of the middle, newest first"): lambda on: on.found_requests(after=MIDDLE, newest_first=True),
    (REQUESTS, "sources"): lambda on: on.found_requests(sources=(RARE, "nobody"), states=(RequestState.TO_CHECK,)),
    (REQUESTS, "ids"): lambda on: on.requests.ids(on.at, RequestFilter(ids=(UUID(id_of(5)), UUID(id_of(6)))), PAGE),
    ("/v1/held-requests.ndjson", "reference"): lambda on: list(
        on.requests.all(on.at, RequestFilter(references=(RARE,)))
    ),
    ("/v1/held-requests/{id}", ""): lambda on: on.requests.find(on.at, BIG),
    ("/v1/subscriptions", ""): lambda on: on.subscriptions.page(on.at, active=None, after=None, limit=PAGE),
    ("/v1/subscriptions", "state"): lambda on: on.subscriptions.page(on.at, active=False, after=None, limit=PAGE),
    ("/v1/templates", ""): lambda on: on.templates.page(on.at, None, PAGE),
    ("/v1/templates/{key}", ""): lambda on: on.templates.find(on.at, BIG),
    ("/v1/templates/{key}/versions", ""): lambda on: on.events.of_aggregate(BIG, on.at // 3, PAGE),
    (RUNS, ""): lambda on: on.requests.page_of_runs(on.at, None, None, PAGE),
    (RUNS, "cause"): lambda on: on.requests.page_of_runs(on.at, SHARED, None, PAGE),
}
# The stream of events reads as the list does.
READS |= {(f"{EVENTS}/stream", name): READS[EVENTS, name] for name in ("after", "type", "actor", "aggregate")}
"""How each list is read, by its route and filters; ``of most`` and the like are other values of the same filter."""
# How reading the past is bounded: by the things that are looked at, however long ago it was.
PAST: dict[str, Read] = {
    INCIDENTS: lambda on: on.found_incidents(at=9, state="investigating"),
    HISTORY: lambda on: on.incidents.began(9, component=COMMON, **MONTH),
    RESTORATIONS: lambda on: on.found_restorations(at=9, panel="nobody"),
    SIGNALS: lambda on: on.signals.page(9, routed=False, after=None, limit=PAGE),
    FEED: lambda on: on.announcements.newest(on.at, PAGE),
    ACCOUNTS: lambda on: on.accounts.page(9, AccountFilter(restoration=SHARED, state="failed"), None, PAGE),
}
PAST_AT_MOST = {"sqlite": 25_000, "postgres": 12_000}

COMMON_PARAMETERS = {"cursor", "limit", "lang", "as_of", "at", "min_position", "zone", "audience", "format"}
"""What narrows down no list."""
ELSEWHERE = {
    "account_created_at": "looks up one panel",
    "account_created_on": "looks up one panel",
    "item_created_at": "asks for one decision",
    "from": "bounds a history in time",
    "address": "looks up one mailbox",
    "person": "lists the open sessions of one person, of which there are twenty at most",
}
DELIVERIES = "/v1/deliveries"
UNINDEXED = {
    **{(DELIVERIES, name): "sifts deliveries in order of time" for name in ("state", "subscription", "thing")},
    (REQUESTS, "kind"): "sifts the requests of a state in order of time",
    (REQUESTS, "evidence"): "sifts the requests of a state in order of time",
}
"""Filters that read as many rows as lie between two that match."""
WHOLE = (".ndjson", ".csv", ".xlsx", "/summary", "/history", "/uptime")
"""Ends of the paths that tell of everything, or of all of a period, and are streamed or counted."""


Histories = tuple[str, Queries, Queries]


@pytest.fixture(scope="module", params=EACH)
def histories(
    request: pytest.FixtureRequest, sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Histories]:
    """The name of a store, and the queries on a short and on a long history there."""
    with ExitStack() as stack:
        found = []
        for events in (SHORT, LONG):
            if request.param == "sqlite":
                url = sqlite_files.migrated(tmp_path_factory.mktemp("history"))
            else:
                databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
                url = stack.enter_context(databases.migrated())
            store = open_store(url)
            stack.callback(store.close)
            fill(store, events)
            found.append(Queries(LookingStore(store), events))
        yield str(request.param), found[0], found[1]


def looked_at(queries: Queries, read: Read) -> int:
    """Count the rows, or steps, that a read takes."""
    queries.store.looks.rows = 0
    read(queries)
    return queries.store.looks.rows


class TestRowsRead:
    @pytest.mark.parametrize("name", READS, ids=" ".join)
    def test_are_no_more_of_a_long_history(self, histories: Histories, name: tuple[str, str]) -> None:
        _, short, long = histories

        few, many = (looked_at(queries, READS[name]) for queries in (short, long))

        assert many <= few * SLACK + EACH_STEP, (few, many)

    @pytest.mark.parametrize("name", PAST)
    def test_of_the_past_are_bounded(self, histories: Histories, name: str) -> None:
        store, _, long = histories

        assert looked_at(long, PAST[name]) <= PAST_AT_MOST[store]

    def test_are_counted_for_every_filter_that_there_is(self, sqlite_url: str) -> None:
        app = create_app(Bitacora(Settings(database=sqlite_url)))
        described = {
            (route.path, field.alias)
            for route in endpoints(app.routes)
            if "GET" in (route.methods or ()) and not route.path.endswith(WHOLE)
            for field in get_flat_params(route.dependant)
            if isinstance(field.field_info, params.Query)
        }
        filters = {each for each in described if each[1] not in COMMON_PARAMETERS | ELSEWHERE.keys()}
        counted = {(path, name) for path, names in READS for name in names.split(" of ")[0].split(", ")}

        assert filters - UNINDEXED.keys() <= counted
        assert UNINDEXED.keys() <= filters
