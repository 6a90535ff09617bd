"""A member of a query that a route does not know is refused, and the nearest one named."""

import pytest
from structlog.testing import capture_logs

from tests.api.client import Site, problem
from tests.api.roles import EXPECTED

NAMED_BY_NOBODY = "surely-not-a-member"


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """The service."""
    return shared_site


class TestUnknownMembers:
    @pytest.mark.parametrize(
        ("path", "query", "pointer", "said"),
        [
            ("/v1/status", "Lang=es", "/Lang", "did you mean lang?"),
            ("/v1/components", "langg=es", "/langg", "did you mean lang?"),
            ("/v1/incidents", "Limit=1", "/Limit", "did you mean limit?"),
            ("/v1/incidents", "since=2025-01-01T00:00:00Z", "/since", "there is no such member"),
            ("/v1/incidents", "limit=1&limit=2", "/limit", "more than once"),
            ("/v1/incidents", "limit=1&limit=1", "/limit", "more than once"),
            ("/v1/status", "as_of=1&as_of=1", "/as_of", "more than once"),
            ("/v1/status", "as_of=", "/as_of", "has no value"),
            ("/v1/incidents", "component=%20", "/component", "has no value"),
            ("/v1/panels/availability", "a~b/c=1", "/a~0b~1c", "there is no such member"),
            ("/v1/maintenance-windows", "stages=past", "/stages", "did you mean stage?"),
        ],
    )
    def test_are_refused_by_name(self, site: Site, path: str, query: str, pointer: str, said: str) -> None:
        refusal = problem(site.reader.get(f"{path}?{query}"), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]
        assert said in refusal["errors"][0]["detail"]

    def test_are_refused_by_every_route_and_method(self, site: Site) -> None:
        for method, path in site.routes_for(lambda _, route: route.path.startswith("/v1/")):
            if path.startswith("/v1/ingest/"):
                continue
            url = path.replace("{id}", "00000000-0000-7000-8000-000000000000")
            answer = site.a(next(iter(sorted(EXPECTED[method, path])))).send(method, f"{url}?{NAMED_BY_NOBODY}=1")
            refusal = problem(answer, 422, "invalid")
            assert f"/{NAMED_BY_NOBODY}" in [fault["pointer"] for fault in refusal["errors"]], (method, path)

    def test_tell_nothing_before_the_caller_is_known(self, site: Site) -> None:
        problem(site.reader.get("/v1/events?afterr=1"), 401, "not_authenticated")
        problem(site.emitter.get("/v1/events?afterr=1"), 403, "forbidden")
        problem(site.auditor.get("/v1/events?afterr=1"), 422, "invalid")

    def test_are_ignored_beside_the_interface(self, site: Site) -> None:
        for path in ("/livez", "/readyz", "/metrics", "/openapi.json"):
            assert site.reader.get(f"{path}?utm_source=x").status_code == 200

    def test_never_lose_an_alert(self, site: Site) -> None:
        path = "/v1/ingest/alertmanager"
        body: dict[str, object] = {"alerts": []}

        with capture_logs() as lines:
            answers = [site.emitter.post(f"{path}?sourcee=prometheus", body) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert [line["member"] for line in lines if line["event"] == "query_member_ignored"] == ["sourcee"]
