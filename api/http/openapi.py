"""The description of the interface: what FastAPI finds out, completed by what follows from guards and dependencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from api.http import openapi_problems
from api.http.idempotency import KEY, idempotent_execution
from api.http.openapi_answers import HEADER_REFERENCE, HEADERS, header
from application.access.identity import SEES_PRIVATE
from domain.access.keyring import Role

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.routing import APIRoute
    from pydantic import BaseModel

Json = dict[str, Any]
RolesOf = Callable[["APIRoute"], frozenset[Role]]

TAGS = (
    {"name": "status", "description": "The board: what works now, and what worked at any time before."},
    {"name": "changes", "description": "What changed for readers between two moments, in words and as data."},
    {"name": "components", "description": "The parts of your product that have a status."},
    {"name": "uptime", "description": "How much of the time components and groups were up, by named policies."},
    {"name": "incidents", "description": "From the detection or the declaration to the postmortem."},
    {"name": "maintenance", "description": "Planned work: windows, and series of windows."},
    {"name": "panels", "description": "Customer accounts on servers of their own: which panel, and what works there."},
    {"name": "restorations", "description": "From the loss of a panel to its full recovery."},
    {"name": "accounts", "description": "The accounts that a restoration recovers."},
    {"name": "held requests", "description": "The ledger of requests that could not be handled."},
    {"name": "reprocessing", "description": "Your workers lease held requests, process them, and report the results."},
    {"name": "templates", "description": "Texts with blanks that you keep, and that commands and policies begin with."},
    {"name": "signals", "description": "What monitoring reports about components."},
    {"name": "events", "description": "The log. Everything that you read is computed from it."},
    {
        "name": "statuspage",
        "description": "The read API of Atlassian Statuspage, version 2, for programs that read it already: the same"
        " members in the same order. Other members of the query are ignored.",
    },
    {
        "name": "notifications",
        "description": "Who is notified by e-mail, webhook, Slack and Teams, what waits to be sent, and what became of"
        " it.",
    },
    {"name": "sessions", "description": "Who has signed in to the console, and until when."},
    {"name": "tokens", "description": "Who may call, with which role, for which sources, and until when."},
    {"name": "operations", "description": "The state of the service itself."},
)

PARAMETERS: dict[str, Json] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A name for this request, unique to the token: whoever repeats the request with it within 24"
        " hours gets the answer to the first one, and nothing is done twice.",
        "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
    },
    "ContentLanguage": {
        "name": "Content-Language",
        "in": "header",
        "description": "The language of the texts that are plain strings: one tag, which is looked up among the"
        " languages of the service (RFC 4647). Otherwise they are in the default language.",
        "schema": {"type": "string", "examples": ["es"]},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an answer that the caller has; 304 if it still holds.",
        "schema": {"type": "string"},
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "An id for this request, under which its events are recorded: up to 128 letters, digits and"
        " `._:/+=-`. Anything else is replaced.",
        "schema": {"type": "string"},
    },
}

SERVERS = [{"url": "/", "description": "The service that this description comes from."}]
BEARER = {"type": "http", "scheme": "bearer", "description": "A token, as `bitacora tokens create` gives it."}
REFERENCE = "#/components/schemas/{model}"
GENERATED = frozenset({"HTTPValidationError", "ValidationError"})
"""What FastAPI would answer, and we do not."""
QUOTED = frozenset({"default", "enum", "example", "examples"})
"""The members of a schema whose values are no schemas."""


def describe(
    app: FastAPI,
    routes: Iterable[APIRoute],
    roles_of: RolesOf,
    bodies: Iterable[type[BaseModel]],
    complete: Callable[[Json], Json] = dict,
) -> None:
    """Let an application answer with the whole description of itself.

    ``bodies`` are those of routes that read them themselves; ``complete`` adds what is answered before any route.
    """
    endpoints, making = tuple(routes), Lock()

    @cache
    def made() -> Json:
        # From the routes themselves: FastAPI would build those of each router once more, which takes twice as long.
        found = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            license_info=app.license_info,
            servers=SERVERS,
            routes=endpoints,
        )
        return complete(described(found, endpoints, roles_of, bodies))

    def openapi() -> Json:
        with making:
            return made()

    app.openapi = openapi  # type: ignore[method-assign]  # The way that FastAPI documents.


def described(
    found: Json, routes: Iterable[APIRoute], roles_of: RolesOf, bodies: Iterable[type[BaseModel]] = ()
) -> Json:
    """Complete what FastAPI found out by what follows from the routes."""
    paths: Json = {path: dict(operations) for path, operations in found["paths"].items()}
    for route in routes:
        for method in map(str.lower, route.methods or ()):
            operation = paths[route.path_format][method]
            paths[route.path_format][method] = _operation(operation, route, roles_of(route))
    schemas = found["components"]["schemas"] | openapi_problems.schemas() | _schemas_of(bodies)
    components = {
        "schemas": {name: schema for name, schema in sorted(schemas.items()) if name not in GENERATED},
        "responses": {
            name: _with_common_headers(openapi_problems.refusal(status))
            for status, (name, _) in openapi_problems.REFUSALS.items()
        },
        "parameters": PARAMETERS,
        "securitySchemes": {"bearer": BEARER},
    }
    used = _references({"paths": paths, **components})
    components["headers"] = {name: said for name, said in HEADERS.items() if f"{HEADER_REFERENCE}{name}" in used}
    return found | {"tags": list(TAGS), "paths": _untitled(paths), "components": _untitled(components)}


def _schemas_of(models: Iterable[type[BaseModel]]) -> Json:
    found: Json = {}
    for model in models:
        schema = model.model_json_schema(ref_template=REFERENCE)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found


def _operation(found: Json, route: APIRoute, roles: frozenset[Role]) -> Json:
    token: Json = {"bearer": []}
    return found | {
        "operationId": route.name,
        "summary": found["summary"].capitalize(),
        "description": f"{found['description']}\n\n{_roles_sentence(roles)}",
        "security": [{}, token] if Role.READER in roles else [token],
        "parameters": [*map(_parameter, found.get("parameters", ())), *_named_parameters(route)],
        "responses": _answers(found["responses"], route, roles),
    }


def _answers(found: Json, route: APIRoute, roles: frozenset[Role]) -> Json:
    answers = {str(status): _with_common_headers(found[str(status)]) for status in route.responses}
    for status in openapi_problems.statuses_of(route, roles):
        own = answers.get(str(status), {})
        answers[str(status)] = (
            _with_refusal(own, openapi_problems.refusal(status)) if "content" in own else openapi_problems.named(status)
        )
    return dict(sorted(answers.items()))


def _with_refusal(own: Json, refusal: Json) -> Json:
    # A route answers with a document of its own where the layers before it answer with a problem.
    headers = {name: described | {"required": False} for name, described in refusal["headers"].items()}
    return own | {"content": own["content"] | refusal["content"], "headers": own["headers"] | headers}


def _with_common_headers(answer: Json) -> Json:
    return answer | {"headers": {**answer.get("headers", {}), **header("Bitacora-Position"), **header("X-Request-Id")}}


def _named_parameters(route: APIRoute) -> Iterator[Json]:
    commands = any(each.call is idempotent_execution for each in openapi_problems.every_dependant(route.dependant))
    is_tagged = HTTPStatus.NOT_MODIFIED in route.responses
    applying = {
        "IdempotencyKey": commands,
        "ContentLanguage": commands and route.body_field is not None,
        "IfNoneMatch": is_tagged,
        "RequestId": True,
    }
    for name, applies in applying.items():
        if applies:
            yield {"$ref": f"#/components/parameters/{name}"}


def _parameter(parameter: Json) -> Json:
    # A parameter that is present is never null, as FastAPI describes an optional one.
    schema = {name: value for name, value in parameter["schema"].items() if name not in {"anyOf", "description"}}
    options = [option for option in parameter["schema"].get("anyOf", ()) if option != {"type": "null"}]
    if options:
        schema |= options[0] if len(options) == 1 else {"anyOf": options}
    return parameter | {"schema": schema}


def _roles_sentence(roles: frozenset[Role]) -> str:
    if Role.READER not in roles:
        return f"Roles: {_joined(roles)}."
    seeing = {role for role in Role if role in SEES_PRIVATE}
    return f"Roles: everybody, without a token too. What is private is shown to {_joined(seeing)}."


def _joined(roles: Iterable[Role]) -> str:
    return ", ".join(f"`{role}`" for role in Role if role in set(roles))


def _references(node: Any) -> frozenset[str]:  # noqa: ANN401 - any piece of the description
    if isinstance(node, list):
        return frozenset[str]().union(*map(_references, node))
    if not isinstance(node, dict):
        return frozenset()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set[str]()
    return frozenset(own).union(*map(_references, node.values()))


def _untitled(node: Any) -> Any:  # noqa: ANN401 - any piece of the description
    # Generators of clients would make types of the titles that pydantic makes of names.
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: value if name in QUOTED else _untitled(value)
        for name, value in node.items()
        if not (name == "title" and isinstance(value, str))
    }
