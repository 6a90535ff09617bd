"""The description of the interface says what the routes do, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.http.auth import expected_version
from api.http.idempotency import idempotent_execution
from api.http.openapi_problems import every_dependant, statuses_of
from api.http.values import Body
from api.ingest.alertmanager import Webhook
from api.main import create_app, endpoints, roles_of
from application.incidents.documents import IncidentState
from domain.access.keyring import Role
from domain.incidents import Progress, Standing
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import read_settings
from tests.api.commands import ASKING
from tests.api.given import Site

Json = dict[str, Any]
PROBLEM = "application/problem+json"
NOT_JSON = {
    "/metrics": {"text/plain"},
    "/v1/events.ndjson": {"application/x-ndjson"},
    "/v1/held-requests.ndjson": {"application/x-ndjson"},
    "/v1/held-requests.csv": {"text/csv"},
    "/v1/held-requests/{id}/trail": {"application/json", "text/html"},
}

WHITE = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space in a pattern of a description (ECMA-262), where Python would find more."""
APP = create_app(Bitacora(read_settings(database="sqlite:///never-opened.sqlite3")))
"""Put together and never started."""
ROUTES = [(method, route) for route in endpoints(APP.routes) for method in sorted(route.methods or ())]
EVERY_ROUTE = pytest.mark.parametrize(
    ("method", "route"), ROUTES, ids=[f"{each} {route.path}" for each, route in ROUTES]
)
DOCUMENT: Json = APP.openapi()


def operation(method: str, route: APIRoute) -> Json:
    """Give what the description says of a route."""
    found: Json = DOCUMENT["paths"][route.path][method.lower()]
    return found


def resolved(node: Json) -> Json:
    """Follow a reference, if it is one."""
    while "$ref" in node:
        found: Any = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def every_node(node: Any = DOCUMENT) -> Iterator[Json]:  # noqa: ANN401 - any piece of the description
    """Walk the objects of the description."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every_node(inner)


def parameters(method: str, route: APIRoute) -> dict[str, Json]:
    """Give the parameters of a route by name."""
    return {each["name"]: each for each in map(resolved, operation(method, route)["parameters"])}


class TestRoutes:
    def test_are_all_described(self) -> None:
        described = {(method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations}

        assert described == {(method, route.path) for method, route in ROUTES}

    def test_have_one_name_each(self) -> None:
        names = [operation(method, route)["operationId"] for method, route in ROUTES]

        assert names == [route.name for _, route in ROUTES]
        assert len(set(names)) == len(names)

    @EVERY_ROUTE
    def test_say_who_may_call_them(self, method: str, route: APIRoute) -> None:
        roles, said = roles_of(route), operation(method, route)["description"].partition("Roles: ")[2]

        if Role.READER in roles:
            assert said.startswith("everybody")
        else:
            assert set(re.findall(r"`(\w+)`", said)) == roles

    @EVERY_ROUTE
    def test_ask_for_a_token_unless_readers_may_call_them(self, method: str, route: APIRoute) -> None:
        expected: list[Json] = [{"bearer": []}]
        if Role.READER in roles_of(route):
            expected = [{}, *expected]

        assert operation(method, route)["security"] == expected

    @EVERY_ROUTE
    def test_describe_each_parameter(self, method: str, route: APIRoute) -> None:
        unexplained = {
            name
            for name, parameter in parameters(method, route).items()
            if not parameter.get("description") and parameter["schema"].get("format") != "uuid"
        }

        assert unexplained == set()

    @EVERY_ROUTE
    def test_read_what_their_path_names(self, method: str, route: APIRoute) -> None:
        read = {name for name, parameter in parameters(method, route).items() if parameter["in"] == "path"}

        assert read == set(re.findall(r"{(\w+)}", route.path))

    def test_take_an_instant_or_a_position_as_of_which_they_read(self) -> None:
        as_of = next(parameters(method, route)["as_of"] for method, route in ROUTES if route.path == "/v1/status")

        assert as_of["schema"]["anyOf"] == [
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": "^[0-9]+$"},
        ]

    @EVERY_ROUTE
    def test_say_that_there_may_be_no_such_thing_if_they_name_one(self, method: str, route: APIRoute) -> None:
        names_one = "{" in route.path or route.path == "/v1/held-requests/summary"
        assert ("404" in operation(method, route)["responses"]) == names_one

    @EVERY_ROUTE
    def test_take_no_null_where_there_is_none(self, method: str, route: APIRoute) -> None:
        assert all({"type": "null"} not in every_node(each) for each in parameters(method, route).values())

    @EVERY_ROUTE
    def test_name_the_headers_that_they_read(self, method: str, route: APIRoute) -> None:
        calls = {each.call for each in every_dependant(route.dependant)}
        named = {name for name, parameter in parameters(method, route).items() if parameter["in"] == "header"}

        assert (
            ("Idempotency-Key" in named)
            == (idempotent_execution in calls)
            == (method != "GET" and (method, route.path) not in ASKING)
        )
        assert ("If-Match" in named) == (expected_version in calls)
        assert ("If-None-Match" in named) == ("304" in operation(method, route)["responses"])
        assert "X-Request-Id" in named


class TestAnswers:
    @EVERY_ROUTE
    def test_are_described_for_each_status(self, method: str, route: APIRoute) -> None:
        statuses = {int(status) for status in operation(method, route)["responses"]}

        assert statuses == {*statuses_of(route, roles_of(route)), *map(int, route.responses)}
        assert (route.status_code or 200) in statuses
        assert {each for each in statuses if each < 300} <= {200, route.status_code}

    @EVERY_ROUTE
    def test_have_a_type(self, method: str, route: APIRoute) -> None:
        for status, answer in operation(method, route)["responses"].items():
            content = resolved(answer).get("content", {})
            if int(status) >= 400:
                assert PROBLEM in content
            elif status == "304":
                assert content == {}
            else:
                assert content.keys() == NOT_JSON.get(route.path, {"application/json"})
                assert all(described["schema"] for described in content.values())

    @EVERY_ROUTE
    def test_name_their_headers(self, method: str, route: APIRoute) -> None:
        headers = {
            status: resolved(answer)["headers"].keys()
            for status, answer in operation(method, route)["responses"].items()
        }

        assert all({"Bitacora-Position", "X-Request-Id"} <= names for names in headers.values())
        assert "WWW-Authenticate" in headers["401"]
        assert "Retry-After" in headers["503"]
        if "201" in headers:
            assert {"Location", "ETag", "Idempotent-Replayed"} <= headers["201"]
        if "304" in headers:
            assert "ETag" in headers["200"] & headers["304"]


class TestDocument:
    def test_has_nothing_of_the_errors_that_fastapi_would_answer(self) -> None:
        assert "HTTPValidationError" not in str(DOCUMENT)
        assert "ValidationError" not in DOCUMENT["components"]["schemas"]

    def test_refers_to_nothing_that_is_not_there(self) -> None:
        for node in every_node():
            assert resolved(node) is not None

    def test_describes_each_tag(self) -> None:
        used = {tag for method, route in ROUTES for tag in operation(method, route)["tags"]}

        assert used == {tag["name"] for tag in DOCUMENT["tags"]}

    def test_is_the_one_that_is_served(self, shared_site: Site) -> None:
        assert shared_site.reader.get("/openapi.json").json() == DOCUMENT


def bodies(kind: type[Body] = Body) -> Iterator[type[Body]]:
    """Give every kind of body but what only others derive from."""
    for body in kind.__subclasses__():
        is_sent = body.__name__ in DOCUMENT["components"]["schemas"] or not body.__subclasses__()
        # Tests have bodies of their own.
        if is_sent and body.__module__.startswith("api."):
            yield body
        yield from bodies(body)


def kinds_of(schema: Json) -> list[Json]:
    """Give what a value may be, leaving out that it may be left out."""
    return [resolved(each) for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]


def takes(kind: Json, text: str) -> bool:
    """Tell whether a kind of value may be a text, by its pattern and length; a format says more than a blank can be."""
    is_free = kind.get("type") == "string" and kind.keys().isdisjoint({"const", "enum", "format"})
    pattern = kind.get("pattern", "").replace(r"\S", f"[^{WHITE}]").replace(r"\s", WHITE)
    return is_free and kind.get("minLength", 0) <= len(text) and bool(re.search(pattern, text))


class TestExamples:
    @pytest.mark.parametrize("body", [Webhook, *bodies()], ids=lambda body: body.__name__)
    def test_are_what_a_route_takes(self, body: type[Body]) -> None:
        schema = DOCUMENT["components"]["schemas"][body.__name__]

        for example in schema.get("examples", ()):
            body.model_validate(example)

    @EVERY_ROUTE
    def test_are_there_for_each_body(self, method: str, route: APIRoute) -> None:
        if "requestBody" in (found := operation(method, route)):
            taken = kinds_of(found["requestBody"]["content"]["application/json"]["schema"])
            # What is taken one by one may be taken as a list, too.
            taken = [resolved(kind["items"]) if kind.get("type") == "array" else kind for kind in taken]
            assert [len(kind["examples"]) > 0 for kind in taken] in ([True], [True, True])


class TestBlanks:
    @pytest.mark.parametrize(
        "blank", [" ", "\t", "\u00a0", "\u0085"], ids=["space", "tab", "no-break space", "next line"]
    )
    @pytest.mark.parametrize("body", [Webhook, *bodies()], ids=lambda body: body.__name__)
    def test_are_taken_where_the_description_takes_them(self, body: type[Body], blank: str) -> None:
        schema = DOCUMENT["components"]["schemas"][body.__name__]

        for example in schema.get("examples", ()):
            for name, member in schema["properties"].items():
                if any(takes(kind, blank) for kind in kinds_of(member)):
                    body.model_validate({**example, name: blank})


class TestStates:
    def test_are_those_that_an_incident_has(self) -> None:
        assert set(map(str, IncidentState)) == {*map(str, Progress), str(Standing.DISMISSED), str(Standing.WITHDRAWN)}


class TestMethodThatIsNotThere:
    def test_is_answered_with_those_that_are(self, shared_site: Site) -> None:
        answer = shared_site.reader.send("PUT", "/v1/components")

        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST"
