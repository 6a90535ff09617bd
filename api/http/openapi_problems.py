"""Which refusals a route can answer with, and how the description of the interface words them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from api.http.auth import expected_version
from api.http.idempotency import idempotent_execution
from api.http.openapi_answers import header
from api.http.problem_models import Problem, StaleProblem
from api.http.problems import CODES, MEDIA_TYPE, code_of, refusals, status_of
from api.http.request_checks import WITH_BODY
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute

Json = dict[str, Any]

REFUSALS: dict[int, tuple[str, str]] = {
    400: ("Malformed", "The request cannot be read."),
    401: ("NotAuthenticated", "The token is missing, unknown or revoked, or it has expired."),
    403: ("Forbidden", "The role of the token may not do this, or the token is bound to other sources."),
    404: ("NotFound", "There is no such thing, or the caller may not know of it."),
    409: ("Refused", "A rule refuses the command, or another request is in its way; nothing was recorded."),
    410: (
        "NoLongerKept",
        "What is known as of then is no longer kept; `earliest` names the first position as of which it is.",
    ),
    412: ("Stale", "The aggregate is no longer at the version that `If-Match` names; nothing was recorded."),
    413: ("TooLarge", "The body, or what would be recorded of it, is larger than the limit."),
    415: (
        "UnsupportedMedia",
        "The body is of a type that the route does not take; `Accept` names those that it takes.",
    ),
    422: ("Invalid", "A part of the request has a value that cannot be."),
    429: ("TooManyRequests", "Too many requests came from the network of the caller."),
    500: ("Failed", "The service failed; its operators find the request by the id."),
    503: ("Unavailable", "The store does not answer, or the views did not come to `min_position` in time."),
}
"""By status: the name of the refusal in the description, and what it means."""

LEDGER, AS_OF = "api.ledger.", "as_of"
"""Where what is read as of long ago may be gone: of held requests, the views keep no more than the settings say."""
SENT_WITH = {401: "WWW-Authenticate", 415: "Accept", 429: "Retry-After", 503: "Retry-After"}
OWN_CODES = CODES | {422: "invalid", 500: "internal_error"}
"""The codes of problems that come from no error of ours."""


def statuses_of(route: APIRoute, roles: frozenset[Role]) -> list[int]:
    """List the statuses of refusals that a route can answer with, by its guard, its dependencies and its methods."""
    dependants = list(every_dependant(route.dependant))
    queries = [parameter for each in dependants for parameter in each.query_params]
    calls = {dependant.call for dependant in dependants}
    is_command, takes_version = idempotent_execution in calls, expected_version in calls
    takes_body = bool((route.methods or set()) & WITH_BODY)
    applies = {
        400: takes_body or is_command or takes_version,
        401: True,
        403: Role.READER not in roles,
        404: any(each.path_params for each in dependants) or HTTPStatus.NOT_FOUND in route.responses,
        409: is_command or HTTPStatus.CONFLICT in route.responses,
        410: route.endpoint.__module__.startswith(LEDGER) and any(each.name == AS_OF for each in queries),
        412: takes_version,
        413: takes_body or is_command,
        415: takes_body,
        422: is_command or route.path.startswith(("/v1/", "/api/v2/")) or bool(queries),
        429: HTTPStatus.TOO_MANY_REQUESTS in route.responses,
        500: True,
        503: True,
    }
    return [status for status, can_be in applies.items() if can_be]


def every_dependant(dependant: Dependant) -> Iterator[Dependant]:
    """Iterate over a route and all that it depends on, itself first."""
    yield dependant
    for inner in dependant.dependencies:
        yield from every_dependant(inner)


def named(status: int) -> Json:
    """Refer to the description of a refusal."""
    return {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}


def refusal(status: int) -> Json:
    """Describe a refusal, with the codes that it can have."""
    codes = {code_of(error) for error in refusals() if status_of(error) == status}
    codes |= {OWN_CODES[status]} if status in OWN_CODES else set()
    model = StaleProblem if status == HTTPStatus.PRECONDITION_FAILED else Problem
    return {
        "description": f"{REFUSALS[status][1]} Codes: {', '.join(f'`{code}`' for code in sorted(codes))}.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
        "headers": header(SENT_WITH[status], always=True) if status in SENT_WITH else {},
    }


def schemas() -> Json:
    """Give the schemas of the problem documents, by name."""
    found: Json = {}
    for model in (Problem, StaleProblem):
        schema = TypeAdapter(model).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found
