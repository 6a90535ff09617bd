"""The description of the interface says what the routes do, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.routing import Route

from api.audit.sealed_pages import ROUTES as SEALED_ROUTES
from api.http.auth import expected_version
from api.http.idempotency import idempotent_execution
from api.http.openapi_problems import every_dependant, statuses_of
from api.http.preview import is_preview
from api.http.values import Body
from api.ingest.alertmanager import Webhook
from api.main import roles_of
from application.incidents.documents import IncidentStateName
from domain.access.keyring import Role
from domain.incidents import Progress, Standing
from tests.api.client import Site
from tests.api.commands import ASKING, INGEST
from tests.api.description import (
    Json,
    described_routes,
    document,
    every_node,
    operation,
    parameters,
    put_together,
    resolved,
)

PROBLEM = "application/problem+json"
SEALED = "application/vnd.bitacora.sealed-page+json"
SEALABLE = {
    *("/v1/status", "/v1/incidents/{id}", "/v1/maintenance-windows/{id}", "/v1/restorations/{id}"),
    *("/v1/panels/{key}/availability", "/v1/held-requests/{id}/trail"),
}
NOT_JSON = {
    "/v1/resends/expected": {"application/json", "application/x-ndjson"},
    "/metrics": {"text/plain"},
    "/log/checkpoint": {"text/plain"},
    "/log/key": {"text/plain"},
    "/v1/events/{position}.tlog-proof": {"text/plain"},
    "/v1/events.ndjson": {"application/x-ndjson"},
    "/v1/events/stream": {"text/event-stream"},
    "/v1/held-requests.ndjson": {"application/x-ndjson"},
    "/v1/held-requests.csv": {"text/csv"},
    "/v1/held-requests.xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "/v1/held-requests/{id}/trail": {"application/json", "text/html"},
}

WHITE = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space in a pattern of a description (ECMA-262), where Python would find more."""
Rule = Callable[[str, APIRoute], object]


def faults_of(rule: Rule, routes: Mapping[str, tuple[str, APIRoute]] | None = None) -> dict[str, object]:
    """Give what a rule finds wrong with each route, by its name, unless nothing is wrong with it."""
    found = {name: rule(method, route) for name, (method, route) in (routes or described_routes()).items()}
    return {name: fault for name, fault in found.items() if fault}


def differing(found: object, expected: object) -> object:
    """Say what is found in the place of what is expected, if that is something else."""
    return None if found == expected else f"{found}, and not {expected}"


class TestRoutes:
    def test_are_all_described(self) -> None:
        described = {
            f"{method.upper()} {path}" for path, operations in document()["paths"].items() for method in operations
        }

        assert described == described_routes().keys()

    def test_are_found_in_one_list(self) -> None:
        # A request would be held against each router that is asked before its routes are.
        assert [route for route in put_together().routes if not isinstance(route, Route)] == []

    def test_have_one_name_each(self) -> None:
        names = [operation(method, route)["operationId"] for method, route in described_routes().values()]

        assert names == [route.name for _, route in described_routes().values()]
        assert len(set(names)) == len(names)

    def test_say_who_may_call_them(self) -> None:
        def misnamed(method: str, route: APIRoute) -> object:
            roles, said = roles_of(route), operation(method, route)["description"].partition("Roles: ")[2]
            if Role.READER in roles:
                return None if said.startswith("everybody") else said
            return differing(set(re.findall(r"`(\w+)`", said)), roles)

        assert faults_of(misnamed) == {}

    def test_ask_for_a_token_unless_readers_may_call_them(self) -> None:
        def unguarded(method: str, route: APIRoute) -> object:
            free: list[Json] = [{}] if Role.READER in roles_of(route) else []
            return differing(operation(method, route)["security"], [*free, {"bearer": []}])

        assert faults_of(unguarded) == {}

    def test_describe_each_parameter(self) -> None:
        def unexplained(method: str, route: APIRoute) -> object:
            return {
                name
                for name, parameter in parameters(method, route).items()
                if not parameter.get("description") and parameter["schema"].get("format") != "uuid"
            }

        assert faults_of(unexplained) == {}

    def test_read_what_their_path_names(self) -> None:
        def unread(method: str, route: APIRoute) -> object:
            read = {name for name, parameter in parameters(method, route).items() if parameter["in"] == "path"}
            return differing(read, set(re.findall(r"{(\w+)}", route.path)))

        assert faults_of(unread) == {}

    def test_take_an_instant_or_a_position_as_of_which_they_read(self) -> None:
        as_of = parameters(*described_routes()["GET /v1/status"])["as_of"]

        assert as_of["schema"]["anyOf"] == [
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": "^[0-9]+$"},
        ]

    def test_say_that_there_may_be_no_such_thing_if_they_name_one(self) -> None:
        def silent(method: str, route: APIRoute) -> object:
            names_one = "{" in route.path or route.path == "/v1/held-requests/summary"
            return differing("404" in operation(method, route)["responses"], names_one)

        assert faults_of(silent) == {}

    def test_take_no_null_where_there_is_none(self) -> None:
        def nullable(method: str, route: APIRoute) -> object:
            return [name for name, each in parameters(method, route).items() if {"type": "null"} in every_node(each)]

        assert faults_of(nullable) == {}

    def test_that_stream_say_from_where_on_they_can_be_read_again(self) -> None:
        named = parameters(*described_routes()["GET /v1/events/stream"])

        assert named["Last-Event-ID"]["in"] == "header"
        assert named["Last-Event-ID"]["schema"]["pattern"] == named["after"]["schema"]["pattern"]

    def test_name_the_headers_that_they_read(self) -> None:
        def unnamed(method: str, route: APIRoute) -> object:
            calls = {each.call for each in every_dependant(route.dependant)}
            named = {name for name, parameter in parameters(method, route).items() if parameter["in"] == "header"}
            commands = method != "GET" and (method, route.path) not in ASKING | INGEST.keys()
            read = {
                "Idempotency-Key": idempotent_execution in calls,
                "If-Match": expected_version in calls,
                "If-None-Match": "304" in operation(method, route)["responses"],
                "X-Request-Id": True,
            }
            return differing({name: name in named for name in read}, read) or differing(
                idempotent_execution in calls, commands
            )

        assert faults_of(unnamed) == {}


class TestAnswers:
    def test_are_described_for_each_status(self) -> None:
        def undescribed(method: str, route: APIRoute) -> object:
            statuses = {int(status) for status in operation(method, route)["responses"]}
            succeeding, own = {each for each in statuses if each < 300}, route.status_code or 200
            if own not in succeeding or not succeeding <= {200, own}:
                return succeeding
            expected = {*statuses_of(route, roles_of(route)), *map(int, route.responses)}
            # Whoever may read it may not always have it sealed.
            expected |= {403} if route.path in SEALED_ROUTES else set()
            expected |= {200} if is_preview in {each.call for each in every_dependant(route.dependant)} else set()
            return differing(statuses, expected)

        assert faults_of(undescribed) == {}

    def test_have_a_type(self) -> None:
        def untyped(method: str, route: APIRoute) -> object:
            return [
                status
                for status, answer in operation(method, route)["responses"].items()
                if not is_typed(route, status, resolved(answer).get("content", {}))
            ]

        assert faults_of(untyped) == {}

    def test_name_their_headers(self) -> None:
        def unnamed(method: str, route: APIRoute) -> object:
            answers = operation(method, route)["responses"]
            headers = {status: resolved(answer)["headers"].keys() for status, answer in answers.items()}
            missing = {status: {"Bitacora-Position", "X-Request-Id"} - names for status, names in headers.items()}
            missing["401"] |= {"WWW-Authenticate"} - headers["401"]
            missing["503"] |= {"Retry-After"} - headers["503"]
            if "201" in headers:
                missing["201"] |= {"Location", "ETag", "Idempotent-Replayed"} - headers["201"]
            if "304" in headers:
                missing["304"] |= {"ETag"} - (headers["200"] & headers["304"])
            return {status: names for status, names in missing.items() if names}

        assert faults_of(unnamed) == {}

    def test_are_found_when_something_is_wrong_with_one_of_them(self) -> None:
        name = "GET /v1/status"

        assert (
            faults_of(lambda _method, route: differing(route.path, "/v1/status"), {name: described_routes()[name]})
            == {}
        )
        assert faults_of(lambda _method, route: differing(route.path, "/v1"), {name: described_routes()[name]}) == {
            name: "/v1/status, and not /v1"
        }


def is_typed(route: APIRoute, status: str, content: Json) -> bool:
    """Tell whether an answer of a route has the content that answers of its status have."""
    if int(status) >= 400:
        return PROBLEM in content
    if status == "304":
        return content == {}
    is_sealed = route.methods == {"GET"} and route.path in SEALABLE
    types = NOT_JSON.get(route.path, {"application/json"}) | ({SEALED} if is_sealed else set())
    return content.keys() == types and all(described["schema"] for described in content.values())


class TestDocument:
    def test_has_nothing_of_the_errors_that_fastapi_would_answer(self) -> None:
        assert "HTTPValidationError" not in str(document())
        assert "ValidationError" not in document()["components"]["schemas"]

    def test_refers_to_nothing_that_is_not_there(self) -> None:
        for node in every_node(document()):
            assert resolved(node) is not None

    def test_describes_no_header_answer_or_parameter_that_nothing_refers_to(self) -> None:
        referred = {node["$ref"] for node in every_node(document()) if isinstance(node.get("$ref"), str)}
        kinds = ("headers", "parameters", "responses")
        described = {f"#/components/{kind}/{name}" for kind in kinds for name in document()["components"][kind]}

        assert described <= referred

    def test_says_where_the_service_is_and_under_which_license(self) -> None:
        assert [server["url"] for server in document()["servers"]] == ["/"]
        assert document()["info"]["license"] == {"name": "MIT", "identifier": "MIT"}

    def test_describes_each_tag(self) -> None:
        used = {tag for method, route in described_routes().values() for tag in operation(method, route)["tags"]}

        assert used == {tag["name"] for tag in document()["tags"]}

    def test_is_the_one_that_is_served(self, shared_site: Site) -> None:
        assert shared_site.reader.get("/openapi.json").json() == document()


def bodies(kind: type[Body] = Body) -> Iterator[type[Body]]:
    """Give every kind of body but what only others derive from."""
    for body in kind.__subclasses__():
        is_sent = body.__name__ in document()["components"]["schemas"] or not body.__subclasses__()
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
    def test_are_what_a_route_takes(self) -> None:
        assert [fault for body, example in examples() if (fault := refused(body, example))] == []

    def test_are_there_for_each_body(self) -> None:
        def without(method: str, route: APIRoute) -> object:
            found = operation(method, route).get("requestBody")
            if found is None:
                return None
            taken = kinds_of(found["content"]["application/json"]["schema"])
            # What is taken one by one may be taken as a list, too.
            taken = [resolved(kind["items"]) if kind.get("type") == "array" else kind for kind in taken]
            have = [len(kind["examples"]) > 0 for kind in taken]
            return None if have in ([True], [True, True]) else have

        assert faults_of(without) == {}


class TestBlanks:
    @pytest.mark.parametrize(
        "blank", [" ", "\t", "\u00a0", "\u0085"], ids=["space", "tab", "no-break space", "next line"]
    )
    def test_are_taken_where_the_description_takes_them(self, blank: str) -> None:
        assert [
            fault
            for body, example in examples()
            for name, member in document()["components"]["schemas"][body.__name__]["properties"].items()
            if any(takes(kind, blank) for kind in kinds_of(member))
            and (fault := refused(body, {**example, name: blank}))
        ] == []


def examples() -> Iterator[tuple[type[BaseModel], Json]]:
    """Give the examples of every kind of body."""
    kinds: list[type[BaseModel]] = [Webhook, *bodies()]
    for body in kinds:
        for example in document()["components"]["schemas"][body.__name__].get("examples", ()):
            yield body, example


def refused(body: type[BaseModel], example: Json) -> str | None:
    """Say why a body is refused, if it is."""
    try:
        body.model_validate(example)
    except ValidationError as error:
        return str(error)
    return None


class TestStates:
    def test_are_those_that_an_incident_has(self) -> None:
        assert set(map(str, IncidentStateName)) == {
            *map(str, Progress),
            str(Standing.DISMISSED),
            str(Standing.WITHDRAWN),
        }


class TestMethodThatIsNotThere:
    def test_is_answered_with_those_that_are(self, shared_site: Site) -> None:
        answer = shared_site.reader.send("PUT", "/v1/components")

        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST"
