"""Who may do what: every route against every kind of caller."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from api.main import UnguardedRoute, require_guards
from domain.access.keyring import Role
from tests.api.client import Caller, Site, problem
from tests.api.roles import EXPECTED, NEED_SOURCES, READERS, SHADOWED, body, requests

PLAIN = {("GET", "/docs"), ("GET", "/openapi.json")}
"""What FastAPI itself serves, to everybody: the description, which says nothing of what is recorded."""

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")

REFERENCE = Path(__file__).parents[3] / "api" / "README.md"


def routes(asked: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Give methods and paths without what is asked in the query."""
    return {(method, path.partition("?")[0]) for method, path in asked}


@pytest.fixture(scope="module")
def shared_site(stricter_site: Site) -> Site:
    """The service on one store: what is looked at here lies before it, or is refused by the stricter one."""
    return stricter_site


@pytest.fixture(scope="module")
def revoked(shared_site: Site) -> Caller:
    """Somebody whose token was revoked."""
    caller = shared_site.issue(Role.ADMIN, "revoked")
    shared_site.revoke("revoked")
    return caller


def described() -> Iterator[tuple[tuple[str, str], frozenset[Role]]]:
    """Give each route of the reference, with its roles."""
    table = REFERENCE.read_text(encoding="utf-8").partition("## Routes")[2].partition("\n## ")[0]
    for method, path, roles in re.findall(r"^\| `([A-Z]+) ([^`?]+)[^`]*` \| ([a-z, ]+) \| .+ \|$", table, re.MULTILINE):
        yield (method, path), frozenset(map(Role, roles.split(", ")))


class TestRoutes:
    def test_are_all_in_the_table(self, shared_site: Site) -> None:
        assert {(method, route.path) for method, route in shared_site.routes()} == EXPECTED.keys()

    def test_beside_the_table_are_those_of_the_description(self, shared_site: Site) -> None:
        plain = [route for route in shared_site.app.routes if type(route) is Route]

        assert {("GET", route.path) for route in plain} == PLAIN
        assert all((route.methods or set()) <= {"GET", "HEAD"} for route in plain)

    def test_are_in_the_reference_with_their_roles(self) -> None:
        told = list(described())
        shown = {("GET", "/docs"), ("GET", "/openapi.json")}

        assert len(told) == len(dict(told))
        assert {
            place: frozenset(Role) if Role.READER in roles else roles for place, roles in told
        } == EXPECTED | dict.fromkeys(shown, READERS)

    def test_that_declare_no_role_do_not_start(self) -> None:
        inner, outer, app = APIRouter(), APIRouter(), FastAPI()

        @inner.get("/planted")
        async def planted() -> None: ...

        outer.include_router(inner)
        app.include_router(outer)

        with pytest.raises(UnguardedRoute, match="/planted"):
            require_guards(app.routes)

    @pytest.mark.parametrize("role", Role)
    def test_let_through_whom_the_table_says(self, shared_site: Site, role: Role) -> None:
        caller = shared_site.a(role)

        for (method, path), roles in zip(requests(), EXPECTED.values(), strict=True):
            answer = caller.send(method, path, json=body(method, path))
            if role in roles | {Role.ADMIN}:
                refuses = (method, path) in NEED_SOURCES and answer.json()["code"] == "token_not_bound"
                assert refuses or answer.status_code not in {401, 403}, (method, path)
                assert answer.status_code < 500, (method, path)
            else:
                refusal = problem(answer, 403, "forbidden")
                needed = re.findall(r"role ([a-z ]+);", refusal["detail"])[0].split(" or ")
                assert set(needed) == roles, (method, path)

    def test_let_readers_through_without_a_token(self, shared_site: Site) -> None:
        for (method, path), roles in zip(requests(), EXPECTED.values(), strict=True):
            answer = shared_site.reader.send(method, path, json=body(method, path))
            if roles == READERS:
                # Without a relay, nobody can subscribe.
                assert answer.status_code in {200, 404, 409}, (method, path)
                assert "Bitacora-Position" not in answer.headers
            else:
                problem(answer, 401, "not_authenticated")
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize(
        "authorization",
        [
            "Bearer bita_garbage",
            "Bearer",
            "Bearer ",
            "Basic YWRtaW46YWRtaW4=",
            "bita_garbage",
            "",
            "Bearer a b",
            "Bearer \xe9",
        ],
    )
    def test_refuse_every_token_that_is_none(self, shared_site: Site, authorization: str) -> None:
        for method, path in requests():
            headers = {"Authorization": authorization.encode("latin-1")}
            answer = shared_site.reader.send(method, path, headers=headers)  # type: ignore[arg-type]  # bytes on the wire
            problem(answer, 401, "not_authenticated")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_refuse_a_revoked_token_everywhere(self, revoked: Caller) -> None:
        for method, path in requests():
            problem(revoked.send(method, path), 401, "not_authenticated")

    def test_of_the_description_are_open_to_everybody(self, shared_site: Site, revoked: Caller) -> None:
        for caller in (shared_site.reader, revoked, shared_site.issue(Role.REVIEWER, "curious")):
            for _, path in PLAIN:
                for method in ("GET", "HEAD"):
                    assert caller.send(method, path).status_code == 200, path

    def test_are_asked_for_their_head_by_whom_the_table_says(self, shared_site: Site, revoked: Caller) -> None:
        callers = [shared_site.reader, revoked, *map(shared_site.a, Role)]

        for caller, path in ((caller, path) for caller in callers for method, path in requests() if method == "GET"):
            head = caller.send("HEAD", path)
            assert (head.status_code, head.content) == (caller.get(path).status_code, b""), path

    def test_take_no_other_method_from_anybody(self, shared_site: Site, revoked: Caller) -> None:
        known = routes(requests())
        known |= {("HEAD", path) for method, path in known if method == "GET"}
        shadowed, paths = routes(SHADOWED), dict.fromkeys(path for _, path in requests())

        for caller in (shared_site.reader, shared_site.a(Role.ADMIN), revoked):
            for method, path in ((method, path) for path in paths for method in METHODS):
                if routes([(method, path)]) <= known | shadowed:
                    continue
                answer = caller.send(method, path)
                assert answer.status_code == 405, (method, path)
                allowed = set(answer.headers["Allow"].split(", "))
                # What stands in the place of a name is taken for itself.
                assert routes((each, path) for each in allowed) == {
                    (method, other) for method, other in known - shadowed if other == path.partition("?")[0]
                }, (method, path)
                assert method == "HEAD" or answer.json()["code"] == "method_not_allowed"


class TestTokens:
    def test_are_good_at_once_and_until_they_are_revoked(self, shared_site: Site) -> None:
        caller = shared_site.issue(Role.OPERATOR, "short-lived")

        before = caller.get("/v1/signals").status_code
        shared_site.revoke("short-lived")

        assert (before, caller.get("/v1/signals").status_code) == (200, 401)

    def test_take_the_scheme_in_any_case(self, shared_site: Site) -> None:
        token = shared_site.operator.token

        for scheme in ("Bearer", "bearer", "BEARER"):
            headers = {"Authorization": f"{scheme} {token}"}
            assert shared_site.reader.get("/v1/signals", headers=headers).status_code == 200

    def test_are_told_to_nobody(self, shared_site: Site) -> None:
        secret = shared_site.operator.token or ""

        told = shared_site.a(Role.ADMIN).get("/v1/events.ndjson").text

        assert secret.startswith("bita_")
        assert len(secret) >= len("bita_") + 43
        assert secret not in told
        assert "keyring.token_issued" in told

    def test_show_the_private_side_to_operators_auditors_and_admins_only(self, shared_site: Site) -> None:
        shared_site.component("unseen", public=False)
        shared_site.tick()

        seen = {role for role in Role if shared_site.a(role).get("/v1/components/unseen").status_code == 200}

        assert seen == {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}
