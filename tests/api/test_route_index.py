"""A request comes to the route that the framework would have chosen, and what no route takes comes to the framework."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Match, Route

from api.http.route_index import RouteIndex
from tests.api.client import Site, problem
from tests.api.roles import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PAGES = ("", "history", "panels/panel-a", "incidents/x", "maintenance", "account", "v1", "status", "docs/x")
ODD = (
    "/log/checkpoint",
    "/log/key",
    "/log/consistency",
    "/log/tile/0/000",
    "/log/tile/entries/000",
    "/v1/events/1/proof",
    "/v1/events/1.tlog-proof",
    "",
    "/",
    "//",
    "/v1",
    "/v1/",
    "/v1//status",
    "/v1/{key}",
    "/v1/no such",
    "/v1/incidents/",
    "/V1/incidents",
    "/x/y/z",
    "/docs",
    "/docs/x",
    "/openapi.json",
    "/events/live",
    "/badge.svg",
    "/badges/a.svg",
    "/history.atom",
    "/static/a",
    "/robots.txt",
    *("/favicon.ico", "/sitemap.xml", "/embed", "/embed.json", "/embed.js", "/live", "/history.rss"),
    *("/maintenance.ics", "/maintenance/x.ics", "/en/maintenance.ics", "/en/maintenance/x.ics", "/en/history.rss"),
    *("/en", "/en/components/a", "/en/maintenance/x", "/en/audiences/a", "/en/panels", "/en/panels/lookup"),
    *("/en/account/x", "/en/account/x/y", "/en/subscribe", "/en/subscriptions/x", "/en/subscriptions/x/y"),
    *("/en/subscriptions/x/export.json", "/panels/a/badge.svg"),
    "/feed.json",
)


def scope_of(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def chosen_by_framework(site: Site, method: str, path: str) -> tuple[Route | None, Mapping[str, str]]:
    """Hold a request against each route, in their order."""
    for route in site.app.router.routes:
        match, found = route.matches(scope_of(method, path))
        if match is Match.FULL:
            assert isinstance(route, Route)
            return route, found["path_params"]
    return None, {}


def screens(site: Site) -> set[str]:
    """Give an address of each screen of the console."""
    found = {route.path for route in site.app.router.routes if isinstance(route, Route)}
    return {re.sub(r"\{[^}]+\}", "x", path) for path in found if path.startswith("/console")}


@pytest.fixture(scope="module")
def paths() -> set[str]:
    asked = {path.partition("?")[0] for _, path in requests()}
    pages = {f"/{language}/{page}" for language, page in product(("en", "pl", "xx"), PAGES)}
    return asked | {f"{path}/" for path in asked} | {f"{path}/x" for path in asked} | pages | set(ODD)


class TestIndex:
    def test_chooses_what_the_framework_would(self, shared_site: Site, paths: set[str]) -> None:
        index, chosen = RouteIndex(shared_site.app.router), set[int]()

        for method, path in product(METHODS, sorted(paths | screens(shared_site))):
            scope = scope_of(method, path)
            route = index.select(scope)
            expected, parameters = chosen_by_framework(shared_site, method, path)
            assert route is expected, (method, path)
            assert scope.get("path_params", {}) == parameters, (method, path)
            chosen.add(id(route))

        assert len(chosen) > len(shared_site.app.router.routes) * 0.9

    def test_knows_every_route(self, shared_site: Site) -> None:
        # One that is no plain route would be tried behind the others.
        assert [route for route in shared_site.app.router.routes if not isinstance(route, Route)] == []

    def test_leaves_a_method_that_no_route_has_to_the_framework(self, shared_site: Site) -> None:
        answer = shared_site.reader.send("PATCH", "/v1/incidents")

        problem(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD, POST"

    def test_leaves_a_route_that_came_later_to_the_framework(self, site: Site) -> None:
        before = site.reader.get("/v1/planted")
        site.app.router.routes.append(Route("/v1/planted", lambda _: None, methods=["POST"]))
        after = site.reader.get("/v1/planted")

        assert (before.status_code, after.status_code) == (404, 405)

    def test_keeps_no_more_than_there_are_pairs_of_words(self, shared_site: Site) -> None:
        index = RouteIndex(shared_site.app.router)

        for number in range(3_000):
            index.select(scope_of("GET", f"/{number}/{number}"))

        assert index.kept == 1
