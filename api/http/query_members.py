"""The members of a query: one that a route under ``/v1/`` does not know is refused.

A filter that does nothing lies. What alerts are sent to takes the body all the same, and logs such a member once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin
from urllib.parse import parse_qsl

import structlog
from fastapi.exceptions import RequestValidationError
from typing_extensions import TypedDict

from application.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute
    from starlette.requests import Request

STRICT = "/v1/"
LENIENT = "/v1/ingest/"
LONGEST_KEPT = 200
"""Bytes of a query whose faults are kept in memory."""
TAB = "\t"
"""The one blank that is a value: it separates the cells of a table."""
SHOWN = 100
MOST_LOGGED = 1_000

KnownMembers = tuple[frozenset[str], frozenset[str]]
"""The names of the members that a route knows, and of those among them that it takes more than once."""

log = structlog.get_logger()


class QueryFault(TypedDict):
    """What is wrong with a member, in the form in which the framework says it."""

    type: str
    loc: tuple[str, str]
    msg: str
    input: None


class QueryMembers:
    """The members that the routes of an application know."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        """Learn those of one of the ``routes`` from its parameters when it is asked for first."""
        self._routes = {
            (method, route.path): route
            for route in routes
            if route.path.startswith(STRICT)
            for method in route.methods or ()
        }
        self._known: dict[tuple[str, str], KnownMembers] = {}
        self._logged: set[tuple[str, str]] = set()

    def check(self, request: Request) -> None:
        """Refuse a query with a member that the route of a request does not know, has once, or has with a value.

        Raises:
            RequestValidationError: naming each such member, and the nearest one that is known.
        """
        scope = request.scope
        query, path = scope["query_string"], scope["route"].path
        known = self._known_of((scope["method"], path))
        if known is None:
            return
        faults = _kept_faults(query, *known) if len(query) <= LONGEST_KEPT else _faults(query, *known)
        if not faults:
            return
        if path.startswith(LENIENT):
            self._log(path, faults)
        else:
            raise RequestValidationError(list(faults))

    def _known_of(self, place: tuple[str, str]) -> KnownMembers | None:
        known = self._known.get(place)
        if known is None and (route := self._routes.get(place)) is not None:
            names = dict(_members(route.dependant))
            known = self._known[place] = frozenset(names), frozenset(name for name in names if names[name])
        return known

    def _log(self, path: str, faults: Iterable[QueryFault]) -> None:
        for fault in faults:
            _, name = fault["loc"]
            if (path, name) not in self._logged and len(self._logged) < MOST_LOGGED:
                self._logged.add((path, name))
                log.warning("query_member_ignored", path=path, member=name, because=fault["msg"])


def check_query(request: Request) -> None:
    """Refuse a query with a member that the route does not know; see ``QueryMembers.check``."""
    if request.scope["query_string"]:
        members: QueryMembers = request.app.state.query_members
        members.check(request)


def _faults(query: bytes, known: frozenset[str], lists: frozenset[str]) -> tuple[QueryFault, ...]:
    seen: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        shown = name[:SHOWN]
        if name not in known:
            faults.setdefault(shown, f"there is no such member of the query here{did_you_mean(name, known)}")
        elif name in seen and name not in lists:
            faults.setdefault(shown, "it is there more than once")
        elif not value.strip() and value != TAB:
            faults.setdefault(shown, "it has no value; leave it out")
        seen[name] = value
    return tuple({"type": "query", "loc": ("query", name), "msg": said, "input": None} for name, said in faults.items())


_kept_faults = lru_cache(maxsize=512)(_faults)


def _members(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        yield field.alias, _takes_list(cast("Hashable", field.field_info.annotation))
    for inner in dependant.dependencies:
        yield from _members(inner)


@cache
def _takes_list(annotation: Hashable) -> bool:
    return any(get_origin(each) is list for each in _within(annotation))


def _within(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - any type form
    yield annotation
    for each in get_args(annotation):
        yield from _within(each)
