"""What holds for every request, whatever its route: headers, paths, other sites, the log, and the page of reference."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.http.request_checks import HeldBodies, TooManyBodies
from api.http.request_log import LINES, RefusedTokens
from domain.access.keyring import Role
from tests.api.client import REQUEST_ID, Site, problem
from tests.api.commands import a_key

INVISIBLE = ("\u200b", "\u2060\u200e", "\ufeff", "\u3164", " \u2028 ", "\u202e", "\u00ad")
OTHER_SITE = {"Origin": "https://shop.example"}
EXPOSED = "ETag, Link, Age, Retry-After"


@pytest.fixture(scope="module")
def shared_site(stricter_site: Site) -> Site:
    """The service on one store: what is looked at here lies before it."""
    return stricter_site


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            *("/v1/status", "/v1/incidents", "/v1/endpoints", "/v1/components/labels", "/readyz", "/metrics"),
            *("/log/key", "/log/checkpoint", "/api/v2/summary.json", "/badges/labels.svg", "/en/", "/en/history"),
            *("/en/incidents.atom", "/embed", "/console"),
        ],
    )
    @pytest.mark.parametrize("end", ["%0a", "%0d", "%0a%0a", "%00"])
    def test_with_a_line_end_are_not_found(self, shared_site: Site, path: str, end: str) -> None:
        assert shared_site.operator.get(f"{path}{end}").status_code in {404, 405}

    @pytest.mark.parametrize(
        "path", ["/v1/status/", "/v1/components/", "/docs/", "/livez/", "/v1/signals/", "//v1/status"]
    )
    def test_with_another_slash_are_not_found_and_redirect_nowhere(self, shared_site: Site, path: str) -> None:
        for method in ("GET", "POST"):
            answer = shared_site.operator.send(method, path, json={}, headers={"Host": "evil.example"})
            problem(answer, 404, "not_found")
            assert "evil.example" not in str(answer.headers)


class TestHeaders:
    @pytest.mark.parametrize(
        "path", ["/v1/status", "/v1/components", "/v1/panels/availability", "/docs", "/openapi.json"]
    )
    def test_that_name_tags_count_on_every_line(self, shared_site: Site, path: str) -> None:
        tag = shared_site.reader.get(path).headers["ETag"]

        answer = shared_site.run(
            shared_site.client.get(path, headers=[("If-None-Match", '"other"'), ("If-None-Match", f'W/{tag}, "x"')])
        )

        assert answer.status_code == 304

    @pytest.mark.parametrize(
        "name", ["Authorization", "Idempotency-Key", "Content-Type", "If-Match", "X-Request-Id", "Content-Encoding"]
    )
    def test_of_one_value_are_refused_if_they_come_twice(self, shared_site: Site, name: str) -> None:
        operator, before = shared_site.operator, shared_site.last_position()
        sent = [
            ("Authorization", f"Bearer {operator.token}"),
            ("Content-Type", "application/json"),
            ("X-Request-Id", REQUEST_ID),
        ]
        again = dict(sent).get(name, "identity")
        headers = [*sent, (name, again), *([] if name in dict(sent) else [(name, again)])]
        body = json.dumps({"key": a_key(), "name": "x", "group": "x"})

        answer = shared_site.run(shared_site.client.post("/v1/components", content=body, headers=headers))

        answer.request.headers["X-Request-Id"] = REQUEST_ID
        assert name.lower() in problem(answer, 400, "malformed")["detail"]
        assert shared_site.last_position() == before


class TestTexts:
    @pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
    def test_that_nobody_can_see_are_refused(self, shared_site: Site, text: str) -> None:
        key = shared_site.component(a_key())["key"]
        incident = {"title": "x", "message": "x", "components": {key: "major_outage"}}
        signal = {"source": "x", "fingerprint": "x", "state": "firing", "component": key, "status": "major_outage"}
        admin, before = shared_site.a(Role.ADMIN), shared_site.last_position()
        for path, body in (
            ("/v1/incidents", {**incident, "title": text}),
            ("/v1/incidents", {**incident, "title": {"es": text}}),
            ("/v1/incidents", {**incident, "message": text}),
            ("/v1/components", {"key": a_key(), "name": text, "group": "x"}),
            ("/v1/components", {"key": a_key(), "name": "x", "group": text}),
            (f"/v1/components/{key}/pins", {"status": "major_outage", "reason": text}),
            ("/v1/signals", {**signal, "fingerprint": text}),
            ("/v1/signals", {**signal, "source": text}),
        ):
            problem(admin.post(path, body), 422, "invalid")
        assert shared_site.last_position() == before

    def test_may_have_such_characters_among_others(self, shared_site: Site) -> None:
        body = {"key": a_key(), "name": "\u200fBitácora\u200b", "group": "x"}

        assert shared_site.operator.post("/v1/components", body).status_code == 201


class TestInstants:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/v1/status", "as_of"),
            ("/v1/status", "at"),
            ("/v1/components/{key}/history", "from"),
            ("/v1/components/{key}/history", "until"),
            ("/v1/components/{key}/uptime", "from"),
            ("/v1/components/{key}/uptime", "until"),
            ("/v1/events", "since"),
            ("/v1/events", "until"),
            ("/v1/held-requests", "received_from"),
            ("/v1/held-requests", "received_until"),
            ("/v1/panels/lookup", "account_created_at"),
        ],
    )
    def test_whose_plus_became_a_space_are_refused_with_a_hint(self, shared_site: Site, path: str, name: str) -> None:
        key = shared_site.component(a_key())["key"]

        answer = shared_site.a(Role.ADMIN).get(f"{path.format(key=key)}?{name}=2025-01-01T00:00:00+02:00")

        refusal = problem(answer, 422, "invalid")
        assert "%2B" in refusal["detail"]
        assert refusal["errors"][0]["pointer"] == f"/{name}"

    def test_of_other_forms_are_refused_without_it(self, shared_site: Site) -> None:
        assert "%2B" not in problem(shared_site.reader.get("/v1/status?at=yesterday"), 422, "invalid")["detail"]


class TestOtherSites:
    @pytest.mark.parametrize(
        "path",
        ["/v1/status", "/v1/components", "/v1/panels/availability", "/docs", "/openapi.json", "/livez", "/v1/none"],
    )
    def test_may_read_what_everybody_can(self, shared_site: Site, path: str) -> None:
        for method in ("GET", "HEAD"):
            answer = shared_site.reader.send(method, path, headers=OTHER_SITE)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Access-Control-Expose-Headers"] == EXPOSED
            assert "Access-Control-Allow-Credentials" not in answer.headers

    def test_may_read_what_has_not_changed(self, shared_site: Site) -> None:
        tag = shared_site.reader.get("/v1/status").headers["ETag"]

        answer = shared_site.reader.get("/v1/status", headers={**OTHER_SITE, "If-None-Match": tag})

        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (304, "*")

    def test_may_ask_before_whether_they_may(self, shared_site: Site) -> None:
        asked = {
            **OTHER_SITE,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        }

        answer = shared_site.reader.send("OPTIONS", "/v1/status", headers=asked)

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"

    def test_may_read_nothing_with_a_token_and_send_no_command(self, shared_site: Site) -> None:
        asked = {**OTHER_SITE, "Access-Control-Request-Method": "POST"}
        for answer in (
            shared_site.operator.get("/v1/status", headers=OTHER_SITE),
            shared_site.operator.get("/v1/components", headers=OTHER_SITE),
            shared_site.reader.get("/v1/status", headers={**OTHER_SITE, "Authorization": "Bearer bita_wrong"}),
            shared_site.reader.get("/v1/status", headers={**OTHER_SITE, "Cookie": "a=b"}),
            shared_site.reader.post("/v1/signals", {}, headers=OTHER_SITE),
            shared_site.reader.send("OPTIONS", "/v1/signals", headers=asked),
            shared_site.reader.send("OPTIONS", "/v1/status"),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control-")]


class TestTheLog:
    def test_has_one_line_for_each_request_without_what_is_secret(self, sqlite_url: str) -> None:
        with Site(sqlite_url, access_log=True) as site:
            operator, stranger = site.operator, {"Authorization": "Bearer bita_stranger"}
            with capture_logs() as lines:
                sent = [
                    site.reader.get("/v1/status?lang=en"),
                    site.reader.get("/v1/status?lang=secretly"),
                    site.reader.send("HEAD", "/v1/incidents?limit=7"),
                    operator.post("/v1/components", {"key": "secret", "name": "secret", "group": "secret"}),
                    operator.post("/v1/signals", {"secret": "secret"}),
                    site.reader.get("/v1/signals?cursor=secret", headers=stranger),
                    site.reader.get("/v1/none?token=secret"),
                ]

        logged = [line for line in lines if line["event"] == "request"]
        assert [(line["method"], line["path"], line["status"], line["bytes"]) for line in logged] == [
            (answer.request.method, answer.request.url.path, answer.status_code, len(answer.content)) for answer in sent
        ]
        assert [line["token"] for line in logged] == [None, None, None, "the-operator", "the-operator", None, None]
        assert [line["route"] for line in logged[2:]] == [
            *("/v1/incidents", "/v1/components", "/v1/signals", "/v1/signals", None),
        ]
        assert {line["request_id"] for line in logged} == {REQUEST_ID}
        assert all(line["milliseconds"] >= 0 for line in logged)
        for secret in ("secret", "lang", "bita_", str(operator.token)):
            assert secret not in str(lines)

    def test_has_no_line_for_a_request_if_none_is_wanted(self, shared_site: Site) -> None:
        with capture_logs() as lines:
            assert shared_site.reader.get("/v1/status").status_code == 200

        assert lines == []

    def test_names_a_token_that_was_refused_but_not_its_secret(self, shared_site: Site) -> None:
        with capture_logs() as lines:
            shared_site.reader.get("/v1/signals", headers={"Authorization": "Bearer bita_secret"})
            shared_site.reader.get("/v1/signals", headers={"Authorization": "Basic secret"})
            shared_site.reader.get("/v1/signals")

        refused = [line for line in lines if line["event"] == "token_refused"]
        assert [(line["reason"], line["token"], line["path"]) for line in refused] == [
            ("unknown", None, "/v1/signals"),
            ("not_a_bearer_token", None, "/v1/signals"),
        ]
        assert "secret" not in str(lines)

    def test_counts_what_strangers_send_too_often(self, shared_site: Site) -> None:
        async def flood() -> list[Any]:
            with capture_logs() as lines:
                tokens = RefusedTokens(shared_site.bitacora.keys)
                scope = {"path": "/" + "x" * 9_000, "client": ("192.0.2.1", 1), "request_id": "1"}
                for number in range(1_000):
                    tokens.note(scope, {b"authorization": b"Bearer bita_%d" % number}, "GET")
                tokens.end_window()
            return list(lines)

        lines = asyncio.run(flood())

        assert len(lines) == LINES + 1
        assert lines[-1] == {
            "event": "more_tokens_refused",
            "token": None,
            "times": 1_000 - LINES,
            "seconds": 60.0,
            "log_level": "warning",
        }
        assert max(len(str(line)) for line in lines) < 1_000


class TestBodies:
    def test_of_strangers_are_held_only_up_to_a_limit(self, shared_site: Site) -> None:
        bodies = HeldBodies(100, shared_site.bitacora.keys)

        bodies.hold(60)
        with pytest.raises(TooManyBodies):
            bodies.hold(60)
        bodies.release(60)
        bodies.hold(100)

        assert bodies.counts({"headers": []})
        token = f"Bearer {shared_site.operator.token}".encode()
        assert not bodies.counts({"headers": [(b"authorization", token)]})


class Page(HTMLParser):
    """What a page loads and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert name not in {"src", "style"}
            assert not name.startswith("on")
            if name == "id":
                self.ids.add(str(value))
            if name == "href":
                self.links.add(str(value))


class TestTheReference:
    def test_shows_every_route_and_schema_and_loads_nothing(self, shared_site: Site) -> None:
        described = shared_site.reader.get("/openapi.json").json()
        answer = shared_site.reader.get("/docs")

        page = Page(answer.text)
        operations = {each["operationId"] for methods in described["paths"].values() for each in methods.values()}
        assert operations <= page.ids
        assert {f"schema-{name}" for name in described["components"]["schemas"]} <= page.ids
        assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= page.ids
        assert {link for link in page.links if not link.startswith("#")} == {"/openapi.json"}
        assert not page.tags & {"script", "link", "img", "iframe"}
        assert "Undefined" not in answer.text

    def test_allows_nothing_but_its_own_style(self, shared_site: Site) -> None:
        policy = shared_site.reader.get("/docs").headers["Content-Security-Policy"]

        assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; .*", policy)
