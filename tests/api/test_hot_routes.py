"""The routes that are asked most answer each form of a request in the same way, fast or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from fastapi import APIRouter

from api.http.auth import Expected, IfMatch
from api.http.hot_route import HotRoute, UnsuitedToHotRoute
from api.main import UnguardedRoute, require_guards
from application.incidents.projection import INCIDENTS
from application.status.projection import BOARD_VIEW
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log.schema import log_identity
from infrastructure.projections.temporal_tables import reset
from infrastructure.settings import read_settings
from tests.api.client import BY_HAND, REQUEST_ID, Site, a_signal, allow, problem
from tests.e2e.server import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Message

LONG_WAY = {"min_position": "0"}
"""What keeps a read of the board from being answered from memory."""
FORMS: list[Any] = [
    b"",
    b"{",
    b"[]",
    b"\xff\xfe",
    b'{"source": 1}',
    b'{"source": "x", "fingerprint": "y", "state": "firing", "component": "z", "status": "operational", "more": 1}',
    b'{"source": "x", "fingerprint": "y", "state": "burning", "component": "z", "status": "operational"}',
    b'{"source": "\\ud800", "fingerprint": "y", "state": "firing", "component": "z", "status": "operational"}',
]


class TestHotRoutes:
    def test_are_described_like_all_others(self, shared_site: Site) -> None:
        hot = {(method, route.path) for method, route in shared_site.routes() if isinstance(route, HotRoute)}

        assert {each for each in hot if "/api/v2/" not in each[1]} == {
            ("GET", "/v1/status"),
            ("GET", "/v1/panels/availability"),
            ("GET", "/v1/panels/{key}/automations/{name}/decision"),
            ("POST", "/v1/signals"),
        }
        assert {each for each in hot if "/api/v2/" in each[1]} == set(
            shared_site.routes_for(lambda _, route: route.tags == ["statuspage"])
        )

    def test_without_a_declared_role_do_not_start(self) -> None:
        router = APIRouter(route_class=HotRoute)

        @router.get("/planted", response_model=None)
        async def planted() -> None: ...

        with pytest.raises(UnguardedRoute, match="/planted"):
            require_guards(router.routes)

    def test_are_not_made_if_they_ask_for_what_they_do_not_read(self) -> None:
        router = APIRouter(route_class=HotRoute)

        async def header(if_match: IfMatch = None) -> None: ...

        async def deeper(expected: Expected) -> None: ...

        for endpoint in (header, deeper):
            with pytest.raises(UnsuitedToHotRoute, match="/planted"):
                router.add_api_route("/planted", endpoint, response_model=None)

    @pytest.mark.parametrize("query", ["", "as_of=1", "item_created_at=yesterday"])
    def test_refuse_a_parameter_that_is_missing_or_wrong(self, shared_site: Site, query: str) -> None:
        answer = shared_site.reader.get(f"/v1/panels/nowhere/automations/any/decision?{query}")

        [fault] = problem(answer, 422, "invalid")["errors"]
        assert fault["pointer"] == "/item_created_at"


class TestBoard:
    @pytest.mark.parametrize("asked", [{}, {"lang": "es"}, {"lang": "pl"}])
    def test_is_the_same_both_ways(self, site: Site, asked: Mapping[str, str]) -> None:
        site.component("imports", name={"en": "Imports", "es": "Importaciones"})
        site.incident({"imports": "major_outage"})
        site.tick()

        short, long = (site.reader.get("/v1/status", params={**asked, **more}) for more in ({}, LONG_WAY))

        assert (short.content, dict(short.headers)) == (long.content, dict(long.headers))
        assert short.json()["indicator"] == "critical"

    def test_is_the_same_both_ways_to_who_has_it(self, site: Site) -> None:
        tag = site.reader.get("/v1/status").headers["ETag"]

        short, long = (
            site.reader.get("/v1/status", params=more, headers={"If-None-Match": tag}) for more in ({}, LONG_WAY)
        )

        assert short.status_code == 304
        assert (short.content, dict(short.headers)) == (long.content, dict(long.headers))

    def test_follows_each_change(self, site: Site) -> None:
        site.component("imports")
        for status in ("major_outage", "degraded_performance"):
            incident = site.incident({"imports": status})
            site.tick()
            assert _status(site) == status
            site.operator.post(f"/v1/incidents/{incident['id']}/withdrawal", {"reason": "It was none."})
            site.tick()
            assert _status(site) == "operational"

    def test_changes_at_the_moment_from_which_we_vouch_for_something(self, site: Site) -> None:
        site.component("imports", since="2025-03-05")
        site.set_clock("23:59:59.999999")
        assert _status(site) == "unknown"

        site.set_clock(site.clock.moment.replace(day=5, hour=0, minute=0, second=0, microsecond=0))

        assert _status(site) == "operational"


class TestBoardOfViewsThatAreNotThere:
    def test_goes_on_while_another_view_has_stopped(self, site: Site) -> None:
        site.component("imports")
        site.tick()
        connection = site.bitacora.store.connect_views()
        connection.execute(f"DROP TABLE {INCIDENTS.name}")
        connection.close()

        site.incident({"imports": "major_outage"})

        eventually(lambda: _status(site) == "major_outage")
        assert "view_stopped" in site.reader.get("/readyz").json()["reasons"]

    def test_is_never_read_from_tables_that_are_filled_anew(self, site: Site) -> None:
        site.component("imports")
        site.tick()
        store = site.bitacora.store
        connection = store.connect_views()
        with store.reading_log() as log:
            reset(store, connection, BOARD_VIEW, log_identity(log))
        connection.close()

        seen = [site.reader.get("/v1/status") for _ in range(3)]

        assert {len(board.json()["components"]) for board in seen if board.is_success} <= {1}
        assert {board.json()["code"] for board in seen if not board.is_success} <= {"not_yet_visible"}
        eventually(lambda: site.reader.get("/v1/status").is_success)
        assert _status(site) == "operational"


class TestBoardWhileTheStoreIsAway:
    def test_comes_from_memory_in_every_language_and_says_how_old_it_is(
        self, postgres_server: str, postgres_url: str
    ) -> None:
        with Site(postgres_url) as site, psycopg.connect(postgres_server, autocommit=True) as server:
            site.component("imports", name={"en": "Imports", "es": "Importaciones"})
            site.tick()
            before = site.reader.get("/v1/status")
            assert "Age" not in before.headers

            with away(server, postgres_url):
                eventually(lambda: site.reader.get("/readyz").json()["stale"])
                old = site.reader.get("/v1/status")
                spanish = site.reader.get("/v1/status", params={"lang": "es"})
                problem(site.reader.get("/v1/status", params={"as_of": "1"}), 503, "store_unavailable")

            assert (old.status_code, old.content) == (200, before.content)
            assert int(old.headers["Age"]) >= 3
            assert spanish.json()["components"][0]["name"] == "Importaciones"
            eventually(lambda: not site.reader.get("/readyz").json()["stale"])
            assert "Age" not in site.reader.get("/v1/status").headers

    def test_is_503_if_none_was_ever_read(self, postgres_server: str, postgres_url: str) -> None:
        with (
            Site(postgres_url) as site,
            psycopg.connect(postgres_server, autocommit=True) as server,
            away(server, postgres_url),
        ):
            problem(site.reader.get("/v1/status"), 503, "store_unavailable")


class TestSignal:
    def test_is_taken_the_same_both_ways(self, site: Site) -> None:
        site.component("imports")
        site.emitter.post("/v1/signals", a_signal("warm", "imports"))

        short = site.emitter.post("/v1/signals", a_signal("one", "imports"))
        long = site.emitter.post("/v1/signals", a_signal("two", "imports"), key="the-long-way")

        answers = [answer.json() for answer in (short, long)]
        assert answers[0].pop("signal") != answers[1].pop("signal")
        assert answers[0] == answers[1]
        assert int(long.headers["Bitacora-Position"]) == int(short.headers["Bitacora-Position"]) + 2
        assert {name: value for name, value in short.headers.items() if name != "bitacora-position"} == {
            name: value for name, value in long.headers.items() if name != "bitacora-position"
        }

    @pytest.mark.parametrize("body", FORMS, ids=repr)
    def test_that_is_none_is_refused_as_the_route_refuses_it(self, shared_site: Site, body: bytes) -> None:
        shared_site.component(f"c{FORMS.index(body)}")
        shared_site.emitter.post("/v1/signals", a_signal("warm", f"c{FORMS.index(body)}"))
        before = shared_site.tick()

        short, long = (sent(shared_site, body, **more) for more in ({}, {"Idempotency-Key": "the-long-way"}))

        assert short.status_code in {400, 422}
        assert (short.status_code, short.json(), dict(short.headers)) == (
            long.status_code,
            long.json(),
            dict(long.headers),
        )
        assert shared_site.last_position() == before

    def test_of_who_may_not_is_refused_as_the_route_refuses_it(self, site: Site) -> None:
        site.component("imports")

        problem(site.reader.post("/v1/signals", a_signal("one", "imports")), 401, "not_authenticated")
        problem(site.operator.post("/v1/signals", a_signal("one", "imports")), 403, "forbidden")

    def test_is_refused_from_the_moment_at_which_another_process_revokes_the_token(self, site: Site) -> None:
        site.component("imports")
        emitter = site.emitter
        assert emitter.post("/v1/signals", a_signal("one", "imports")).is_success
        with another_process(site) as other:
            other.writer.call(
                lambda log: other.facade.commands.tokens.revoke(log, name="the-emitter", caller=BY_HAND),
            )
            before = site.last_position()

            refused = emitter.post("/v1/signals", a_signal("two", "imports"))

        problem(refused, 401, "not_authenticated")
        assert not {"Bitacora-Position", "X-Request-Id"} & {name.title() for name in refused.headers}
        assert site.last_position() == before

    def test_that_is_too_long_and_does_not_say_so_is_refused_as_the_route_refuses_it(self, site: Site) -> None:
        site.component("imports")
        site.emitter.post("/v1/signals", a_signal("warm", "imports"))

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(40):
                yield b" " * 65_536

        named = {"X-Request-Id": REQUEST_ID, "Authorization": f"Bearer {site.emitter.token}"}
        named["Content-Type"] = "application/json"
        problem(site.run(site.client.post("/v1/signals", content=endless(), headers=named)), 413, "too_large")

    def test_whose_end_never_comes_is_no_failure_of_the_service(self, site: Site) -> None:
        messages: list[Message] = [
            {"type": "http.request", "body": b'{"source": ', "more_body": True},
            {"type": "http.disconnect"},
        ]
        statuses = []
        token = site.emitter.token
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/v1/signals",
            "raw_path": b"/v1/signals",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())],
        }

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(int(message["status"]))

        site.run(site.app(scope, receive, send))

        assert statuses == [400]


@contextmanager
def another_process(site: Site) -> Iterator[Bitacora]:
    """Give the program assembled once more on the same database."""
    other = Bitacora(read_settings(database=site.bitacora.settings.database), clock=site.clock)
    other.start()
    try:
        yield other
    finally:
        other.stop()


@contextmanager
def away(server: psycopg.Connection[Any], url: str) -> Iterator[None]:
    """Let a database take no connections for a while."""
    allow(server, url, connections=False)
    try:
        yield
    finally:
        allow(server, url, connections=True)


def sent(site: Site, body: bytes, **headers: str) -> httpx.Response:
    """Send a body as it is."""
    named = {"X-Request-Id": REQUEST_ID, "Authorization": f"Bearer {site.emitter.token}"}
    named["Content-Type"] = "application/json"
    return site.run(site.client.post("/v1/signals", content=body, headers={**named, **headers}))


def _status(site: Site) -> str:
    shown: str = site.reader.get("/v1/status").json()["components"][0]["status"]
    return shown
