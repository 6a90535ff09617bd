"""Holds answers against what their routes declare of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from starlette.routing import Match

from api.http.openapi_problems import statuses_of
from api.http.problem_models import Problem, StaleProblem
from api.main import endpoints, roles_of

if TYPE_CHECKING:
    import httpx
    from fastapi.routing import APIRoute

    from tests.api.client import Caller, Site


def conforms(site: Site, caller: Caller, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - of ``send``
    """Send a request, and hold the answer against what its route declares."""
    answer = caller.send(method, path, **options)
    route = route_of(site, answer.request)
    declared = route.responses.get(answer.status_code)
    if declared is None:
        assert answer.status_code in statuses_of(route, roles_of(route)), answer.text
        model: Any = StaleProblem if answer.status_code == 412 else Problem
    else:
        model = declared["model"]
        always = {name for name, header in declared.get("headers", {}).items() if header.get("required")}
        assert all(name in answer.headers for name in always), answer.headers
    adapter_of(model).validate_json(answer.content, strict=True, extra="forbid")
    return answer


@cache
def adapter_of(model: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - whatever a route declares
    """Compile what validates a model, which takes longer than most requests."""
    return TypeAdapter(model)


def route_of(site: Site, request: httpx.Request) -> APIRoute:
    """Give the route that a request comes to."""
    scope = {"type": "http", "method": request.method, "path": request.url.path, "root_path": "", "headers": []}
    return next(route for route in endpoints(site.app.routes) if route.matches(scope)[0] is Match.FULL)
