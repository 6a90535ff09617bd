"""Routes for the most frequent requests.

A hot route is declared like every other route and described by the same machinery, but it is matched before the layers
of the framework and reads its parameters and its body itself. A read of the board in the process takes 12 µs of
processor time; through the layers of the framework, the same route takes 32 µs (paired, median of nine).
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Match

from api.http.answers import matches
from api.http.auth import allow, facade_of, header_of, known_identity, list_of, permitting
from api.http.query_members import check_query
from application.errors import ApplicationError, NotAuthenticated
from domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from fastapi._compat import ModelField
    from fastapi.dependencies.models import Dependant
    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.http.auth import Guard
    from api.http.page_cache import Rendered
    from application.access.identity import Identity
    from domain.access.keyring import Role

KEPT_QUERIES = 256
LONGEST_KEPT_QUERY = 200
"""Bytes; so that what is kept of queries is bounded."""
NOT_FOUND_IN_REQUEST = {"type": "missing", "msg": "Field required", "input": None}


class UnsuitedToHotRoute(TypeError):
    """An endpoint asks for something that a hot route does not provide."""


class UnreadableBody(HTTPException):
    """A body is in none of the encodings that JSON may have, or its end never came."""

    def __init__(self) -> None:
        """Answer 400."""
        super().__init__(HTTPStatus.BAD_REQUEST)


class HotRoute(APIRoute):
    """A route that answers by itself, without the framework's layers; ``APIRouter(route_class=HotRoute)`` makes them.

    Its endpoint may ask for path and query parameters, one JSON body, the request, and dependencies that read nothing
    but the request. Whatever is wrong is refused with the same documents, and in the same order, as on other routes.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - as in its base
        """Prepare the reading of what ``endpoint`` asks for.

        Raises:
            UnsuitedToHotRoute: if that is more than a hot route reads.
        """
        super().__init__(path, endpoint, **options)
        asked = self.dependant
        if asked.header_params or asked.cookie_params or len(asked.body_params) > 1:
            raise UnsuitedToHotRoute(f"{path} asks for headers, cookies or several bodies")
        self._request_name = asked.request_param_name
        self._dependencies = [_prepared(path, dependency) for dependency in asked.dependencies]
        self._path_fields, self._query_fields = _named(asked.path_params), _named(asked.query_params)
        optional = [field for field in asked.query_params if not field.field_info.is_required()]
        self._defaults = {field.name: field.default for field in optional}
        self._kept_queries: dict[bytes, tuple[dict[str, object], list[Any]]] = {}
        self._needs_query = len(optional) < len(asked.query_params)
        self._body = asked.body_params[0] if asked.body_params else None
        self._json = None if self._body is None else TypeAdapter[Any](self._body.field_info.annotation or object)

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Give the handler of a request, which the framework uses as well."""
        return self.answer

    async def answer(self, request: Request) -> ASGIApp:
        """Read what the endpoint asks for, and let it answer.

        Raises:
            RequestValidationError: if a parameter or the body is not as declared.
            UnreadableBody: if the body cannot be read as JSON at all, or the client left before its end.
        """
        values: dict[str, object] = self._defaults.copy()
        faults: list[Any] = []
        if self._body is not None:
            values[self._body.name], faults = self._read_body(await _received(request))
        if self._request_name is not None:
            values[self._request_name] = request
        for name, call in self._dependencies:
            values[name] = await call(request)
        scope = request.scope
        if self._needs_query or scope["query_string"]:
            found, wrong = self._read_query(scope["query_string"])
            values |= found
            faults = [*wrong, *faults]
        if self._path_fields:
            found, wrong = _validated(self._path_fields, scope["path_params"], "path")
            values |= found
            faults = [*wrong, *faults]
        if faults:
            raise RequestValidationError(faults)
        answer: ASGIApp = await self.endpoint(**values)
        return answer

    def _read_query(self, query: bytes) -> tuple[dict[str, object], list[Any]]:
        """Read the query; hot routes are asked with the same few again and again."""
        if len(query) > LONGEST_KEPT_QUERY:
            return self._parsed(query)
        known = self._kept_queries.get(query)
        if known is None:
            if len(self._kept_queries) >= KEPT_QUERIES:
                self._kept_queries.clear()
            known = self._kept_queries[query] = self._parsed(query)
        return known

    def _parsed(self, query: bytes) -> tuple[dict[str, object], list[Any]]:
        # None is repeated: the guard has refused it.
        given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
        return _validated(self._query_fields, given, "query")

    def _read_body(self, body: bytes) -> tuple[Any, list[Any]]:
        if self._body is None or self._json is None:
            return None, []
        if not body:
            return None, [NOT_FOUND_IN_REQUEST | {"loc": ("body",)}]
        try:
            return self._json.validate_json(body), []
        except ValidationError:
            # The quick reader names places in the text; the plain one tells, as everywhere, which member is wrong.
            return self._body.validate(_loaded(body), loc=("body",))


class HotRoutes:
    """Middleware that answers the requests that hot routes match, and hands on all others."""

    def __init__(self, app: ASGIApp, routes: Iterable[HotRoute]) -> None:
        """Wrap ``app``."""
        self._app = app
        routes = tuple(routes)
        self._patterns = [route for route in routes if route.param_convertors]
        literal = [route for route in routes if not route.param_convertors]
        self._literal = {(method, route.path): route for route in literal for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "http" and (route := self._route_of(scope)) is not None:
            await _answer(route, Request(scope, receive, send))
        else:
            await self._app(scope, receive, send)

    def _route_of(self, scope: Scope) -> HotRoute | None:
        route = self._literal.get((scope["method"], scope["path"]))
        if route is not None:
            scope["route"], scope["path_params"] = route, {}
            return route
        for route in self._patterns:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None


async def _answer(route: HotRoute, request: Request) -> None:
    try:
        answer = await route.answer(request)
    except (DomainError, ApplicationError, RequestValidationError, UnreadableBody) as error:
        if isinstance(error, NotAuthenticated):
            # A caller whose token was revoked meanwhile learns no position.
            request.scope.pop("identity", None)
        handlers = request.app.exception_handlers
        handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
        answer = await handler(request, error)
    await answer(request.scope, request.receive, request._send)  # noqa: SLF001 - Starlette keeps it for its own routes


class PublicAnswer:
    """JSON for readers, or 304 if they have it; a full response object costs a hot read a tenth of its time."""

    def __init__(self, request: Request, page: Rendered, age: int | None) -> None:
        """Answer ``request`` with a page; ``age``, in seconds, if it is not known to be of now."""
        self._is_known = matches(list_of(request.scope, b"if-none-match"), page.tag)
        self._body = b"" if self._is_known else page.body
        self._headers: Sequence[tuple[bytes, bytes]] = page.head if self._is_known else page.whole_head
        if age is not None:
            self._headers = (*self._headers, (b"age", b"%d" % age))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        status = HTTPStatus.NOT_MODIFIED if self._is_known else HTTPStatus.OK
        await send({"type": "http.response.start", "status": int(status), "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


def allow_known(*roles: Role) -> Guard:
    """Make a guard as ``allow`` does, which recognizes tokens by the keyring in memory.

    The command has to ``confirm`` the identity, under the writer's lock. A request with an idempotency key may be
    answered without a command, so its token is always looked up in the log.
    """
    permitted, look_up = permitting(*roles), allow(*roles)

    async def guard(request: Request) -> Identity | None:
        if header_of(request.scope, b"idempotency-key") is None:
            identity = known_identity(header_of(request.scope, b"authorization"), facade_of(request).keys)
            if identity is not None and identity.has_any(permitted):
                request.scope["identity"] = identity
                check_query(request)
                return identity
        return await look_up(request)

    guard.roles = permitted  # type: ignore[attr-defined]  # read where the routes are checked
    return guard


def _prepared(path: str, dependency: Dependant) -> tuple[str, Callable[[Request], Awaitable[Any]]]:
    parameters = (dependency.path_params, dependency.query_params, dependency.header_params, dependency.body_params)
    reads_more = any((dependency.dependencies, *parameters))
    if reads_more or dependency.name is None or dependency.call is None or dependency.request_param_name is None:
        raise UnsuitedToHotRoute(f"{path} depends on something that reads more than the request")
    return dependency.name, dependency.call


def _validated(
    fields: Iterable[tuple[str, str, ModelField]], given: Mapping[str, str], kind: str
) -> tuple[dict[str, object], list[Any]]:
    values: dict[str, object] = {}
    faults: list[Any] = []
    for name, alias, field in fields:
        text = given.get(alias)
        if text is not None:
            values[name], wrong = field.validate(text, loc=(kind, alias))
            faults += wrong
        elif field.field_info.is_required():
            faults.append(NOT_FOUND_IN_REQUEST | {"loc": (kind, alias)})
    return values, faults


def _named(fields: Sequence[ModelField]) -> list[tuple[str, str, ModelField]]:
    return [(field.name, field.alias, field) for field in fields]


async def _received(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        # Of a client that has left, nothing is a failure of the service.
        raise UnreadableBody from None


def _loaded(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body", error.pos), "msg": error.msg}]) from None
    except (ValueError, RecursionError):
        raise UnreadableBody from None
