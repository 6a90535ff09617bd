"""Finds the route of a request among the few that its path can be for.

The framework holds a request against each route until one matches. With two hundred of them, that was 7 % of the
processor time of ``GET /v1/incidents``, and two thirds of that of a page, whose routes stand last (paired, median).
"""

from __future__ import annotations

from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from starlette.routing import Match, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Router
    from starlette.types import Receive, Scope, Send

PARTS = 2
"""How many parts of a path are looked at: ``/v1/incidents`` has two."""


class RouteIndex:
    """Hands a request to the first route of a router that matches; where none does, the router answers by itself."""

    def __init__(self, router: Router) -> None:
        """Learn the routes that ``router`` has now; one that it gets later it finds by itself."""
        self._router = router
        self._routes = [(_words_of(route.path), route) for route in router.routes if isinstance(route, Route)]
        self._words = frozenset(word for words, _ in self._routes for word in words)
        self._of = cache(self._routes_for)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        route = self.select(scope) if scope["type"] == "http" and not scope.get("root_path") else None
        if route is None:
            await self._router.app(scope, receive, send)
        else:
            scope["router"] = self._router
            await route.handle(scope, receive, send)

    def select(self, scope: Scope) -> Route | None:
        """Give the first route that takes the path and the method of a request, and note in ``scope`` what it found."""
        parts = [part if part in self._words else "" for part in _parts_of(scope["path"])]
        for route in self._of(*parts):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None

    @property
    def kept(self) -> int:
        """How many beginnings of paths it remembers: at most one for each pair of words, whatever is asked for."""
        return self._of.cache_info().currsize

    def _routes_for(self, *parts: str) -> tuple[Route, ...]:
        return tuple(route for words, route in self._routes if parts[: len(words)] == words)


@cache
def _words_of(path: str) -> tuple[str, ...]:
    """Give the first parts of the path of a route; what stands behind a parameter may be part of it."""
    return tuple(takewhile(lambda part: "{" not in part, _parts_of(path)))


def _parts_of(path: str) -> Sequence[str]:
    return path.split("/", PARTS + 1)[1 : PARTS + 1]
