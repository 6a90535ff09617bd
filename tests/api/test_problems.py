"""Every refusal is one kind of document, and says no more than whoever asked may know."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.http.pattern_words import OTHERWISE
from api.http.problems import detail_of
from domain.access.keyring import Role
from tests.api.client import REQUEST_ID, Site, allow, made, problem
from tests.api.commands import a_key
from tests.api.ledger_steps import a_request


@pytest.fixture(scope="module")
def shared_site(stricter_site: Site) -> Site:
    """The service on one store: what is looked at here lies before it, or is refused by the stricter one."""
    return stricter_site


class TestRefusals:
    def test_are_400_for_what_is_no_json(self, shared_site: Site) -> None:
        for content in (b"{", b"\xff\xfe", b'{"a": NaN', b"[" * 200_000, b'{"key": ' + b"9" * 10_000 + b"}"):
            answer = shared_site.operator.post(
                "/v1/components", content=content, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in {400, 422}, content[:20]
            problem(answer, answer.status_code, "malformed" if answer.status_code == 400 else "invalid")

    def test_are_400_for_headers_that_cannot_be_read(self, shared_site: Site) -> None:
        body = {"key": a_key(), "name": "x", "group": "x"}

        problem(shared_site.operator.post("/v1/components", body, key="x" * 256), 400, "malformed")
        problem(shared_site.operator.post("/v1/components", body, headers={"Idempotency-Key": ""}), 400, "malformed")
        key = shared_site.component(a_key())["key"]
        pin = {"status": "major_outage", "reason": "x"}
        problem(shared_site.operator.post(f"/v1/components/{key}/pins", pin, if_match="three"), 400, "malformed")

    def test_are_404_for_what_there_is_not(self, shared_site: Site) -> None:
        for path in (
            "/v1/nowhere",
            "/nowhere",
            "/v1/incidents/00000000-0000-7000-8000-000000000000",
            "/v1/components/none",
        ):
            problem(shared_site.reader.get(path), 404, "not_found")

    def test_are_405_with_the_methods_that_there_are(self, shared_site: Site) -> None:
        answer = shared_site.reader.send("PUT", "/v1/status")

        problem(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["Allow"].split(", ")
        assert "PUT" not in answer.headers["Allow"]

    def test_are_409_for_what_the_rules_do_not_allow(self, shared_site: Site) -> None:
        incident = shared_site.incident({shared_site.component(a_key())["key"]: "major_outage"})["id"]

        refusal = problem(
            shared_site.operator.post(f"/v1/incidents/{incident}/publication", {"reason": "x"}),
            409,
            "already_published",
        )

        assert incident in refusal["detail"]

    def test_are_413_for_a_body_over_a_mebibyte(self, shared_site: Site) -> None:
        just = json.dumps({"pad": ""}).encode()
        for size, status in ((1024 * 1024, 422), (1024 * 1024 + 1, 413)):
            content = json.dumps({"pad": "x" * (size - len(just))}).encode()
            assert len(content) == size
            answer = shared_site.operator.post(
                "/v1/components", content=content, headers={"Content-Type": "application/json"}
            )
            problem(answer, status, "too_large" if status == 413 else "invalid")

    def test_are_413_for_a_body_whose_length_nobody_said(self, shared_site: Site) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(17):
                yield b" " * 65_536

        answer = shared_site.operator.post(
            "/v1/components", content=chunks(), headers={"Content-Type": "application/json"}
        )

        problem(answer, 413, "too_large")

    def test_are_413_for_an_event_over_sixty_thousand_bytes(self, shared_site: Site) -> None:
        long = dict.fromkeys(("en", "es", "pl"), "x" * 24000)
        before = shared_site.last_position()

        answer = shared_site.operator.post("/v1/components", {"key": a_key(), "name": long, "group": "x"})

        problem(answer, 413, "too_large")
        assert shared_site.last_position() == before

    @pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
    def test_are_415_for_another_type(self, shared_site: Site, media: str) -> None:
        headers = {"Content-Type": media}

        answer = shared_site.operator.post("/v1/components", content=b"{}", headers=headers)

        refusal = problem(answer, 415, "unsupported_media")
        assert refusal["detail"] == f"send application/json, not {media or 'a body without a type'}"
        assert answer.headers["Accept"] == "application/json"

    @pytest.mark.parametrize(
        ("length", "how"), [(10, {}), (2_000_000, {}), (10, {"Content-Encoding": "gzip"})], ids=str
    )
    def test_are_415_that_names_lines_where_they_are_taken_however_long_the_body_is(
        self, shared_site: Site, length: int, how: dict[str, str]
    ) -> None:
        caller, headers = shared_site.emitter, {"Content-Type": "text/csv", **how}

        for path in ("/v1/held-requests", "/v1/resends"):
            answer = caller.post(path, content=b" " * length, headers=headers)
            refusal = problem(answer, 415, "unsupported_media")
            assert "application/json or application/x-ndjson" in refusal["detail"]
            assert answer.headers["Accept"] == "application/json, application/x-ndjson"

    def test_are_413_that_names_lines_where_they_are_taken(self, shared_site: Site) -> None:
        headers = {"Content-Type": "application/json"}

        answer = shared_site.emitter.post("/v1/held-requests", content=b" " * 2_000_000, headers=headers)

        assert "lines (application/x-ndjson) may be of any number" in problem(answer, 413, "too_large")["detail"]

    @pytest.mark.parametrize("media", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
    def test_are_none_for_any_spelling_of_the_type(self, shared_site: Site, media: str) -> None:
        body = json.dumps({"key": a_key(), "name": "x", "group": "x"}).encode()

        answer = shared_site.operator.post("/v1/components", content=body, headers={"Content-Type": media})

        assert answer.status_code == 201

    def test_are_422_with_a_pointer_to_each_fault(self, shared_site: Site) -> None:
        body = {"key": "No Key", "group": "x", "name": {"en": " "}, "surprise/~": 1}

        refusal = problem(shared_site.operator.post("/v1/components", body), 422, "invalid")

        assert {fault["pointer"] for fault in refusal["errors"]} == {"/key", "/name/en", "/surprise~1~0"}
        assert all(fault["detail"] for fault in refusal["errors"])

    def test_are_422_in_words_where_a_pattern_says_little(self, shared_site: Site) -> None:
        line, key = "it is one line, and has a character that can be seen", "it has up to 64 of a-z, 0-9, - and _"
        body = {"key": "No key", "name": "x", "group": "x"}
        refusal = problem(shared_site.operator.post("/v1/components", body), 422, "invalid")
        handed_in = shared_site.emitter.post("/v1/held-requests", [a_request(None, "\u200b"), a_request(None, "a\nb")])

        assert [fault["detail"].partition(", and begins")[0] for fault in refusal["errors"]] == [key]
        assert [each["detail"] for each in made(handed_in)["refused"]] == [f"/reference: {line}"] * 2

    @pytest.mark.parametrize(
        ("path", "asked", "words"),
        [
            ("/v1/held-requests", {"cause": "the outage"}, "it is a cause: maintenance_window:<id>, "),
            ("/v1/held-requests", {"evidence": "some"}, "it is one of any, none, already_done, "),
            ("/v1/held-requests", {"zone": "Mars !"}, "it is a time zone, as in Europe/Warsaw"),
            ("/v1/reprocessing-runs", {"cause": "the outage"}, "it is a cause: maintenance_window:<id>, "),
            ("/v1/incidents", {"component": "No Key"}, "it is a key: up to 64 of a-z, 0-9, - and _"),
            ("/v1/status", {"lang": "12"}, "it is the tag of a language, as in pt-BR"),
        ],
    )
    def test_are_422_in_words_about_a_filter(
        self, shared_site: Site, path: str, asked: dict[str, str], words: str
    ) -> None:
        refusal = problem(shared_site.a(Role.ADMIN).get(path, params=asked), 422, "invalid")

        assert [fault["detail"][: len(words)] for fault in refusal["errors"]] == [words]

    def test_are_422_in_words_about_a_digest(self, shared_site: Site) -> None:
        handed_in = shared_site.emitter.post("/v1/held-requests", [a_request(None, digest="abc")])

        assert made(handed_in)["refused"][0]["detail"] == (
            "/digest: it is a SHA-256: 64 hexadecimal digits, with sha256: before them or without"
        )

    def test_never_show_a_pattern(self) -> None:
        fault = {"type": "string_pattern_mismatch", "msg": "should match '^[a-z]$'", "ctx": {"pattern": "^[a-z]$"}}

        assert detail_of(fault) == OTHERWISE

    def test_are_422_that_name_the_body_if_it_is_wrong_as_a_whole(self, shared_site: Site) -> None:
        for content in (b"[]", b""):
            answer = shared_site.operator.post(
                "/v1/components", content=content, headers={"Content-Type": "application/json"}
            )

            refused = problem(answer, 422, "invalid")
            assert refused["detail"].startswith("the body: ")
            assert [fault["pointer"] for fault in refused["errors"]] == [""]

    def test_are_422_with_a_pointer_by_the_use_cases_too(self, shared_site: Site) -> None:
        body = {"title": "x", "message": "x", "components": {"never-there": "major_outage"}}

        refusal = problem(shared_site.operator.post("/v1/incidents", body), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == ["/components/never-there"]

    def test_are_422_with_the_parameter_that_is_wrong(self, shared_site: Site) -> None:
        refusal = problem(shared_site.reader.get("/v1/incidents", params={"limit": "many"}), 422, "invalid")

        assert [fault["parameter"] for fault in refusal["errors"]] == ["limit"]

    def test_list_a_few_faults_of_very_many(self, shared_site: Site) -> None:
        body = {"key": a_key(), "name": "x", "group": "x", "markets": ["nowhere"] * 300}

        assert len(problem(shared_site.operator.post("/v1/components", body), 422, "invalid")["errors"]) <= 50

    def test_are_never_kept_by_a_cache(self, shared_site: Site) -> None:
        for answer in (
            shared_site.reader.get("/v1/components/none"),
            shared_site.reader.get("/v1/events"),
            shared_site.reader.send("PUT", "/v1/status"),
        ):
            assert answer.headers["Cache-Control"] == "no-store"

    def test_name_the_request_by_the_id_that_it_came_with_if_it_is_sane(self, shared_site: Site) -> None:
        for given, is_kept in (("order-7/b", True), ("x" * 129, False), ("two words", False)):
            named = shared_site.reader.get("/v1/nowhere", headers={"X-Request-Id": given}).json()["request_id"]
            assert (named == given) is is_kept
            assert named


class TestDefect:
    def test_says_nothing_of_itself(self, site: Site) -> None:
        async def fail(_: Request) -> Response:
            raise ZeroDivisionError("the secret is 42")

        site.app.router.routes.append(Route("/v1/defect", fail))

        answer = site.reader.get("/v1/defect")

        refusal = problem(answer, 500, "internal_error")
        assert "42" not in answer.text
        assert "Zero" not in answer.text
        assert "Traceback" not in answer.text
        assert refusal["request_id"] in refusal["detail"] or "request_id" in refusal["detail"]


class TestStoreThatIsGone:
    def test_is_503_until_it_is_back(self, postgres_server: str, postgres_url: str) -> None:
        with Site(postgres_url) as site, psycopg.connect(postgres_server, autocommit=True) as server:
            operator = site.operator
            site.tick()
            allow(server, postgres_url, connections=False)

            gone = site.run(together(site, operator.token or ""))
            for answer in gone[:3]:
                problem(answer, 503, "store_unavailable")
                assert int(answer.headers["Retry-After"]) >= 1
            assert (gone[3].status_code, gone[3].json()["status"]) == (503, "unready")
            assert gone[4].status_code == 200

            allow(server, postgres_url, connections=True)
            back = site.run(together(site, operator.token or ""))
            assert [answer.status_code for answer in (*back[:3], back[4])] == [201, 200, 200, 200]
            site.tick()
            assert site.reader.get("/readyz").json() == {"status": "ready", "stale": False, "reasons": []}


async def together(site: Site, token: str) -> tuple[httpx.Response, ...]:
    """Ask at once for what needs the store: a command, two reads, whether it is ready; and for a sign of life."""
    named = {"X-Request-Id": REQUEST_ID}
    body = {"key": a_key(), "name": "x", "group": "x"}
    return await asyncio.gather(
        site.client.post("/v1/components", json=body, headers={**named, "Authorization": f"Bearer {token}"}),
        site.client.get("/v1/components", headers=named),
        site.client.get("/v1/status", params={"as_of": "1"}, headers=named),
        site.client.get("/readyz", headers=named),
        site.client.get("/livez", headers=named),
    )
