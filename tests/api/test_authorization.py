"""Who may do what: every route against every kind of caller."""

import re
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI

from api.main import UnguardedRoute, require_guards
from domain.keyring import Role
from tests.api.given import Caller, Site, problem

READERS = frozenset(Role)
EMITTERS = frozenset({Role.EMITTER})
OPERATORS = frozenset({Role.OPERATOR})
AUDITORS = frozenset({Role.AUDITOR})

EXPECTED = {
    ("GET", "/livez"): READERS,
    ("GET", "/metrics"): READERS,
    ("GET", "/readyz"): READERS,
    ("GET", "/v1/aggregates/{id}/events"): AUDITORS,
    ("GET", "/v1/components"): READERS,
    ("POST", "/v1/components"): OPERATORS,
    ("GET", "/v1/components/{key}"): READERS,
    ("PATCH", "/v1/components/{key}"): OPERATORS,
    ("POST", "/v1/components/{key}/heartbeat"): EMITTERS,
    ("GET", "/v1/components/{key}/history"): READERS,
    ("POST", "/v1/components/{key}/pins"): OPERATORS,
    ("DELETE", "/v1/components/{key}/pins/{pin}"): OPERATORS,
    ("POST", "/v1/components/{key}/retirement"): OPERATORS,
    ("GET", "/v1/events"): AUDITORS,
    ("GET", "/v1/events.ndjson"): AUDITORS,
    ("GET", "/v1/incidents"): READERS,
    ("POST", "/v1/incidents"): OPERATORS,
    ("GET", "/v1/incidents/{id}"): READERS,
    ("POST", "/v1/incidents/{id}/corrections"): OPERATORS,
    ("POST", "/v1/incidents/{id}/dismissal"): OPERATORS,
    ("POST", "/v1/incidents/{id}/postmortem"): OPERATORS,
    ("POST", "/v1/incidents/{id}/publication"): OPERATORS,
    ("POST", "/v1/incidents/{id}/publication-hold"): OPERATORS,
    ("DELETE", "/v1/incidents/{id}/publication-hold"): OPERATORS,
    ("POST", "/v1/incidents/{id}/reopening"): OPERATORS,
    ("POST", "/v1/incidents/{id}/updates"): OPERATORS,
    ("POST", "/v1/incidents/{id}/withdrawal"): OPERATORS,
    ("POST", "/v1/ingest/alertmanager"): EMITTERS,
    ("GET", "/v1/signals"): OPERATORS | AUDITORS,
    ("POST", "/v1/signals"): EMITTERS,
    ("POST", "/v1/signals/{id}/clearance"): OPERATORS,
    ("GET", "/v1/status"): READERS,
    ("GET", "/v1/unrouted-signals"): OPERATORS | AUDITORS,
    ("POST", "/v1/unrouted-signals/{id}/routing"): OPERATORS,
}
"""Which roles each route lets through, the admin beside them."""


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


def requests() -> Iterator[tuple[str, str]]:
    """Give method and a path of each route, about things that there are not."""
    for method, path in EXPECTED:
        yield method, path.replace("{key}", "nothing").replace("{id}", _ID).replace("{pin}", _ID)


_ID = "00000000-0000-7000-8000-000000000000"


class TestRoutes:
    def test_are_all_in_the_table(self, shared_site: Site) -> None:
        assert {(method, route.path) for method, route in shared_site.routes()} == EXPECTED.keys()

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
            answer = caller.send(method, path, json={} if method in {"POST", "PATCH"} else None)
            if role in roles | {Role.ADMIN}:
                assert answer.status_code not in {401, 403}, (method, path)
                assert answer.status_code < 500, (method, path)
            else:
                refusal = problem(answer, 403, "forbidden")
                needed = re.findall(r"role ([a-z ]+);", refusal["detail"])[0].split(" or ")
                assert set(needed) == roles, (method, path)

    def test_let_readers_through_without_a_token(self, shared_site: Site) -> None:
        for (method, path), roles in zip(requests(), EXPECTED.values(), strict=True):
            answer = shared_site.reader.send(method, path, json={} if method in {"POST", "PATCH"} else None)
            if roles == READERS:
                assert answer.status_code in {200, 404}, (method, path)
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
