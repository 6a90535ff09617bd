"""The application: routes, guards and errors put together around an assembled service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.access import routes as tokens
from api.access import sessions
from api.audit import checkpoints, events, proofs, stream
from api.audit.event_streams import EventStreams
from api.audit.sealed_pages import SealedPages
from api.changes import queries as changes
from api.components import groups
from api.components import routes as components
from api.console import routes as console
from api.console.kernel.console import Console
from api.console.kernel.screens import show_refusal
from api.copied_files import COPIED_FILES
from api.feeds import calendar
from api.feeds import routes as feeds
from api.http import openapi, problems
from api.http.forms import FORM, FORM_LIMIT, FORM_MEDIA
from api.http.gate import RequestGate
from api.http.hot_route import HotRoute, HotRoutes
from api.http.metrics import Metrics
from api.http.ndjson import NDJSON
from api.http.query_members import QueryMembers
from api.http.reference_page import add_reference
from api.http.request_checks import BODY_LIMIT
from api.http.route_index import RouteIndex
from api.http.sign_ins import SignIns
from api.http.streams import OpenStreams
from api.incidents import commands as incident_commands
from api.incidents import queries as incidents
from api.incidents import signal_intake, signals
from api.ingest import alertmanager
from api.ingest.large_bodies import LargeBodies
from api.ledger import bulk_routes, default_policies, reconciliation, reprocessing
from api.ledger import commands as held_request_commands
from api.ledger import export_routes as held_request_exports
from api.ledger import intake_routes as held_request_intake
from api.ledger import queries as held_requests
from api.ledger.bodies import EvidenceLineBody, HeldRequestBody, ResendBody, ResultBody
from api.maintenance import audiences
from api.maintenance import commands as maintenance_commands
from api.maintenance import queries as maintenance
from api.maintenance import times as maintenance_times
from api.notifications import bounces, deliveries, suppressions
from api.notifications.letters.site_letters import SiteLetters
from api.notifications.preview_description import describe_the_rest
from api.operations import health as operations
from api.panels import account_commands, automation_decisions, automations, availability, restoration_commands
from api.panels import account_queries as accounts
from api.panels import commands as panel_commands
from api.panels import queries as panels
from api.panels import restoration_queries as restorations
from api.panels.account_bodies import AccountBody
from api.panels.automation_rules import RuleCache
from api.reports import uptime
from api.site import routes as site
from api.site.copied_pages import copied_pages
from api.site.export import SiteCopy
from api.site.kernel.site import VERSION, Site
from api.site.live import LiveStreams, live_route
from api.status import queries as status
from api.status.cached_pages import availability_pages, board_pages
from api.statuspage import routes as statuspage
from api.subscriptions import counts as subscriber_counts
from api.subscriptions import endpoints as subscription_endpoints
from api.subscriptions import routes as subscriptions
from api.subscriptions.network_limits import NetworkLimits
from api.templates import routes as templates
from application.caller import BY_CONSOLE
from infrastructure.bootstrap import Bitacora

DESCRIPTION = """An event-sourced incident lifecycle service: what works right now, what happened, who said so, and what
we knew at the time.

* Reads without a token show what is public. `Authorization: Bearer <token>` shows what the role may see.
* `as_of` (an instant with its offset, or a position): what we knew and showed then. `at` (an instant): what was true
  then, by what is known as of `as_of`.
* Every authenticated answer has `Bitacora-Position`; a read with `min_position` waits until it reflects it.
* Commands take `Idempotency-Key` and `If-Match` (the `ETag` of the last answer).
* Errors are problem details (RFC 9457); `code` is stable.
* Not described here: pages (`/`), feeds (`/history.atom`, `/history.rss`, `/feed.json`), calendars
  (`/maintenance.ics`), badges (`/badge.svg`), and tiles of the log (`/log/tile/0/000`, `/log/tile/entries/000`).
"""

ROUTERS = (
    # They are tried in this order: what is asked most stands first.
    status.router,
    signal_intake.router,
    signals.router,
    alertmanager.router,
    components.router,
    groups.router,
    uptime.router,
    changes.router,
    incidents.router,
    incident_commands.router,
    # Its literal paths stand before the ids of windows and series.
    maintenance_times.router,
    maintenance.router,
    maintenance_commands.router,
    audiences.router,
    # Its literal path stands before the keys of panels.
    availability.router,
    panels.router,
    panel_commands.router,
    automation_decisions.router,
    automations.router,
    restorations.router,
    restoration_commands.router,
    accounts.router,
    account_commands.router,
    # Its literal paths stand before the ids of the other.
    bulk_routes.router,
    held_request_commands.router,
    held_request_intake.router,
    held_requests.router,
    held_request_exports.router,
    reprocessing.router,
    reconciliation.router,
    default_policies.router,
    subscriptions.router,
    subscriber_counts.router,
    templates.router,
    events.router,
    stream.router,
    proofs.router,
    checkpoints.router,
    tokens.router,
    sessions.router,
    subscription_endpoints.router,
    deliveries.router,
    bounces.router,
    suppressions.router,
    operations.router,
    feeds.router,
    statuspage.router,
    calendar.router,
    *console.ROUTERS,
    # Pages, whose first part is a language: last.
    *site.ROUTERS,
)


READ_BY_ROUTES = (AccountBody, EvidenceLineBody, HeldRequestBody, ResendBody, ResultBody, alertmanager.Webhook)
"""The bodies that their routes read themselves, because they come as lines, too, or need not be as described."""


class UnguardedRoute(Exception):
    """A route has no declared role."""


def create_app(bitacora: Bitacora, *, export: Path | None = None, metrics: Metrics | None = None) -> FastAPI:
    """Put the application together; it starts and stops what it serves.

    With ``export``, it keeps a copy of the public pages in that folder.

    Raises:
        UnguardedRoute: if a route declares no role: the default is to deny.
        AlreadyExists: if the folder has something else in it.
    """
    public_site = Site(bitacora.facade)
    copy = None if export is None else SiteCopy(public_site, export, copied_pages, COPIED_FILES)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bitacora.start()
        bitacora.start_to_sign(BY_CONSOLE)
        bitacora.sampler.start()
        bitacora.start_to_notify(SiteLetters)
        copying = None if copy is None else asyncio.create_task(copy.keep_current())
        try:
            yield
        finally:
            await app.state.live.stop()
            await app.state.event_streams.stop()
            if copying is not None:
                copying.cancel()
            bitacora.stop()

    app = FastAPI(
        title="Bitácora",
        description=DESCRIPTION,
        version=VERSION,
        lifespan=lifespan,
        # A redirect would name the host that the caller named.
        redirect_slashes=False,
        # Ours is written once, and has a tag.
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        license_info={"name": "MIT", "identifier": "MIT"},
        # The metrics are our own; nothing in the environment shall send anything anywhere.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    facade = app.state.facade = bitacora.facade
    app.state.metrics = metrics or Metrics()
    app.state.sign_ins = SignIns(app.state.metrics)
    app.state.running = set()
    app.state.large_bodies = LargeBodies()
    app.state.spreadsheets = 0
    app.state.network_limits = NetworkLimits()
    app.state.public_board, app.state.public_availability = board_pages(facade), availability_pages(facade)
    app.state.site = public_site
    app.state.rule_cache = RuleCache(facade)
    opened = app.state.streams = OpenStreams(bitacora.settings.max_connections)
    app.state.live, app.state.event_streams = LiveStreams(facade, opened), EventStreams(facade, opened)
    for router in ROUTERS:
        # As routes of the application itself: a request for a late one would be held against each router, too.
        app.router.routes.extend(router.routes)
    add_reference(app)
    app.router.routes.append(live_route(app.state.live))
    problems.install(app)
    app.state.endpoints = tuple(endpoints(app.routes))
    app.state.query_members = QueryMembers(app.state.endpoints)
    streams = tuple(route.path_regex for route in app.state.endpoints if describes_body(route, NDJSON))
    forms = tuple(
        (
            route.path_regex,
            tuple(media for media in FORM_MEDIA if describes_body(route, media)),
            # Of the console, texts in several languages; what is sent without a token is bounded beside this.
            BODY_LIMIT if route.path.startswith("/console/") else FORM_LIMIT,
        )
        for route in app.state.endpoints
        if describes_body(route, FORM)
    )
    hot_routes = [route for route in app.state.endpoints if isinstance(route, HotRoute)]
    app.router.middleware_stack = RouteIndex(app.router)
    # Before the layers of the framework, which would cost a signal 10 µs of 290.
    inner = SealedPages(HotRoutes(app.build_middleware_stack(), hot_routes))
    app.state.console = Console(facade, inner, public_site.files)
    app.middleware_stack = RequestGate(
        inner,
        app.state.metrics,
        facade.keys,
        streams,
        forms,
        alertmanager.BODY_LIMITS,
        access_log=bitacora.settings.access_log,
        languages=facade.settings.languages,
        show=show_refusal,
    )
    require_guards(app.routes)
    described = tuple(route for route in app.state.endpoints if route.include_in_schema)
    openapi.describe(app, described, roles_of, READ_BY_ROUTES, describe_the_rest)
    return app


def describes_body(route: APIRoute, media: str) -> bool:
    """Tell whether a route says of itself that it takes bodies of a media type beside JSON."""
    described = (route.openapi_extra or {}).get("requestBody", {})
    return media in described.get("content", {})


def require_guards(routes: Iterable[BaseRoute]) -> None:
    """Refuse to serve a route that declares no role.

    Raises:
        UnguardedRoute: naming the first such route.
    """
    for route in endpoints(routes):
        if next(_role_sets(route), None) is None:
            raise UnguardedRoute(f"{route.path} declares no role")


def endpoints(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Walk the routes at which a request can end; recent versions of FastAPI leave those of a router inside it."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from endpoints(getattr(getattr(route, "original_router", None), "routes", ()))


def roles_of(route: APIRoute) -> frozenset[Any]:
    """Give the roles that a route lets through."""
    return frozenset().union(*_role_sets(route))


def _role_sets(route: APIRoute) -> Iterator[frozenset[Any]]:
    """Give the roles that each guard of a route lets through."""
    return (roles for call in _calls(route.dependant) if (roles := getattr(call, "roles", None)))


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
