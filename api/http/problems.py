"""Problem details (RFC 9457): which status and document each error is answered with."""

from __future__ import annotations

import json
import re
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.http.pattern_words import words_of
from api.http.secret_paths import masked
from application.access.provider import SignInRefused
from application.errors import (
    ApplicationError,
    CrossSite,
    Forbidden,
    KeyReused,
    Malformed,
    NoLongerKept,
    NotAuthenticated,
    SignInRequired,
    SourceNotAllowed,
    TokenNotBound,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedMedia,
    VersionConflict,
)
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fastapi import FastAPI
    from fastapi.routing import APIRoute
    from starlette.requests import Request

    from api.http.problem_models import Fault, Problem

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[Exception], int] = {
    Conflict: 409,
    Invalid: 422,
    NotFound: 404,
    Unavailable: 503,
    Malformed: 400,
    NotAuthenticated: 401,
    Forbidden: 403,
    CrossSite: 403,
    SignInRefused: 403,
    SignInRequired: 403,
    SourceNotAllowed: 403,
    TokenNotBound: 403,
    NoLongerKept: 410,
    VersionConflict: 412,
    TooLarge: 413,
    UnsupportedMedia: 415,
    KeyReused: 422,
    TooManyRequests: 429,
    ApplicationError: 500,
}
"""The status of each kind of error, and of the few classes that have their own."""

RETRY_AFTER_SECONDS = "1"
FEW = 50
"""How many faults of one request are listed at most."""

CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media"}
"""The codes of what the framework refuses, by status; other statuses have the name that HTTP gives them."""


def refusals() -> Iterator[type[Exception]]:
    """Give every class of error that is raised: those without subclasses, and the kinds that are raised themselves."""
    yield from (Invalid, NotFound)
    known: list[type[Exception]] = [DomainError, ApplicationError]
    for kind in known:
        beneath = kind.__subclasses__()
        known += beneath
        if not beneath:
            yield kind


def status_of(error: type[Exception]) -> int:
    """Give the status of an error: its own, or that of its kind."""
    return next(STATUSES[kind] for kind in error.__mro__ if kind in STATUSES)


def code_of(error: type[Exception]) -> str:
    """Give the stable code of an error: the name of its class in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__).lower()


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    request_id: str,
    facts: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write a problem document; ``facts`` that are None are left out of it."""
    document: Problem = {
        "type": f"urn:bitacora:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    present = {name: value for name, value in (facts or {}).items() if value is not None}
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        sent["Retry-After"] = RETRY_AFTER_SECONDS
    if status == HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = 'Bearer realm="bitacora"'
    return Response(json.dumps({**document, **present}, ensure_ascii=False), status, sent, MEDIA_TYPE)


def refusal(error: DomainError | ApplicationError, request_id: str) -> Response:
    """Write the problem document of an error of ours."""
    kind = type(error)
    facts = {name: written(fact) if isinstance(fact, datetime) else fact for name, fact in error.facts.items()}
    pointer, retry_after = facts.pop("pointer", None), facts.pop("retry_after", None)
    if pointer is not None:
        facts["errors"] = [{"pointer": pointer, "detail": str(error)}]
    return problem(
        status=status_of(kind),
        code=code_of(kind),
        title=(kind.__doc__ or "").partition("\n")[0].rstrip("."),
        detail=str(error),
        request_id=request_id,
        facts=facts,
        headers=None if retry_after is None else {"Retry-After": str(retry_after)},
    )


def defect(request_id: str) -> Response:
    """Write the problem document of a failure; it says nothing of the cause."""
    return problem(
        status=500,
        code="internal_error",
        title="The service failed",
        detail="The service failed on this request; the operators can find it by its request_id.",
        request_id=request_id,
    )


def install(app: FastAPI) -> None:
    """Answer every error of ours, of FastAPI and of Starlette with a problem document."""

    async def on_refusal(request: Request, error: Exception) -> Response:
        if not isinstance(error, (DomainError, ApplicationError)):
            return defect(request_id_of(request))
        return refusal(error, request_id_of(request))

    async def on_defect(request: Request, _error: Exception) -> Response:
        # The framework would answer with a text, and hands the error on to the gate either way.
        return defect(request_id_of(request))

    async def on_invalid(request: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        # It was raised in a frame that holds it and the body: nothing but the collector would ever free them.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        if any(fault["loc"][:1] == ("path",) for fault in faults) and _is_literal(request):
            # A literal path that takes other methods was taken for one with an id in its place.
            return await on_http(request, HTTPException(HTTPStatus.METHOD_NOT_ALLOWED))
        return _invalid(faults, request_id_of(request))

    async def on_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {**(headers or {}), "Allow": ", ".join(_allowed(request))}
        phrase = HTTPStatus(status).phrase
        code = CODES.get(status, phrase.lower().replace(" ", "_"))
        detail = f"{request.method} {masked(request.url.path)}: {phrase}"
        return problem(
            status=status, code=code, title=phrase, detail=detail, request_id=request_id_of(request), headers=headers
        )

    app.add_exception_handler(DomainError, on_refusal)
    app.add_exception_handler(ApplicationError, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_defect)


def _allowed(request: Request) -> Iterator[str]:
    """List the methods of every route on the path of a request; the framework names those of one route only."""
    endpoints: Sequence[APIRoute] = request.app.state.endpoints
    path = next((route.path for route in endpoints if route.path_regex.match(request.url.path)), None)
    if path is not None:
        methods = set[str]().union(*(route.methods or () for route in endpoints if route.path == path))
        yield from sorted(methods | ({"HEAD"} if "GET" in methods else set()))
        return
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            yield from ("GET", "HEAD") if method == "GET" else (method,)


def _is_literal(request: Request) -> bool:
    """Tell whether there is a route of exactly this path, whatever its methods."""
    return any(route.path == request.url.path for route in request.app.state.endpoints)


def request_id_of(request: Request) -> str:
    """Give the id of a request, which ``RequestGate`` has set."""
    return str(request.scope["request_id"])


def _invalid(faults: Sequence[Any], request_id: str) -> Response:
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(
            status=400,
            code="malformed",
            title="The request cannot be read",
            detail="the body is not JSON",
            request_id=request_id,
        )
    listed = [_fault(fault) for fault in faults[:FEW]]
    return problem(
        status=422,
        code="invalid",
        title="A part of the request has a value that cannot be",
        detail="; ".join(f"{fault['pointer'] or 'the body'}: {fault['detail']}" for fault in listed[:3]),
        request_id=request_id,
        facts={"errors": listed},
    )


def detail_of(fault: Mapping[str, Any]) -> str:
    """Say what is wrong with a part of a body, as a person reads it."""
    pattern = fault.get("ctx", {}).get("pattern")
    return words_of(pattern) if pattern else str(fault["msg"]).removeprefix("Value error, ")


BRANCH = re.compile(r"constrained-str|[A-Z][A-Za-z]*Body")
"""How pydantic names the kinds that an item of a list may be of; they are no part of the body."""


def _fault(fault: Mapping[str, Any]) -> Fault:
    where, *path = fault["loc"] or ("body",)
    detail = detail_of(fault)
    if where == "body":
        path = [part for part in path if not BRANCH.fullmatch(str(part))]
        if len(path) > 1 and path[-1] == "":
            # A text that is a string was read as one without a language: the string itself is meant.
            path.pop()
        return {"pointer": "".join(f"/{escaped(str(part))}" for part in path), "detail": detail}
    name = str(path[0]) if path else str(where)
    return {"pointer": f"/{escaped(name)}", "parameter": name, "detail": detail}


def escaped(part: str) -> str:
    """Escape a reference token of a JSON pointer (RFC 6901, 3)."""
    return part.replace("~", "~0").replace("/", "~1")
