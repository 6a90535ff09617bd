"""What the tests of the interface are given: the service on a clock that stands, and callers of every role."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Self, TypeVar

import httpx
import psycopg
from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg import sql

from api.main import create_app, endpoints
from application.caller import Caller as Actor
from domain.access.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SetClock
from infrastructure.settings import Settings, read_settings

# httpx looks for it at each request, on every path where modules may be, and does without it.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # That is how a module is said to be missing.

T = TypeVar("T")

_made: list[dict[str, Any]] = []
"""The description of the interface, once an application of this process has made it."""

BY_HAND = Actor(actor="token:console", source="tests", request_id="")
DEADLINE_SECONDS = 20
BASE = "http://bitacora.test"
REQUEST_ID = "request-of-the-test"
"""The id that every request of a test names, so that answers can be compared byte for byte."""


def at(clock: str) -> datetime:
    """Give the instant at which a clock in UTC shows this on the day of the tests."""
    return datetime.fromisoformat(f"2025-03-04T{clock}+00:00")


def written(moment: datetime) -> str:
    """Write an instant as the service does."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Caller:
    """Somebody who sends requests, with a token or without."""

    def __init__(self, site: Site, token: str | None) -> None:
        self._site = site
        self.token = token

    def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        key: str | None = None,
        if_match: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - what httpx takes
    ) -> httpx.Response:
        """Send a request; ``key`` is its idempotency key."""
        sent = {"X-Request-Id": REQUEST_ID, **(headers or {})}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            sent["Idempotency-Key"] = key
        if if_match is not None:
            sent["If-Match"] = if_match
        if json is not None:
            options["json"] = json
        return self._site.run(self._site.client.request(method, path, headers=sent, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Read."""
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - the same
        """Command."""
        return self.send("POST", path, json=json, **options)

    def patch(self, path: str, json: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - the same
        """Revise."""
        return self.send("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - the same
        """Take away."""
        return self.send("DELETE", path, **options)


PATH = re.compile(r"/(?!/)[^#]*\Z")
# Those of a client that says nothing else.
USUAL_HEADERS = dict(httpx.AsyncClient().headers)


@lru_cache(maxsize=10_000)
def _parsed(url: str) -> httpx.URL:
    # It cannot change, and tests ask for the same address again and again.
    return httpx.URL(f"{BASE}{url}")


class StraightClient(httpx.AsyncClient):
    """Hands requests to a transport as they are.

    Looking for redirects, cookies and passwords, of which there are none, takes a fifth of the time of a request. To
    put its address together from its parts, each of which is parsed, takes a quarter.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(transport=transport, base_url=BASE)
        self._straight = transport

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:  # noqa: ANN401 - what its base takes
        headers = options["headers"]
        if not (isinstance(url, str) and PATH.match(url) and (headers is None or isinstance(headers, Mapping))):
            return super().build_request(method, url, **options)
        params = options.pop("params")
        if params is not None:
            asked = str(httpx.QueryParams(params))
            url = f"{url.partition('?')[0]}{'?' if asked else ''}{asked}"
        options["headers"] = (
            USUAL_HEADERS
            if headers is None
            else {
                **USUAL_HEADERS,
                **{name.lower(): value for name, value in headers.items()},
            }
        )
        options.pop("timeout")
        return httpx.Request(method, _parsed(url), **options)

    async def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:  # noqa: ANN401 - what its base takes
        answer = await self._straight.handle_async_request(request)
        answer.request = request
        if not stream:
            await answer.aread()
        return answer


class Site:
    """The service as callers reach it, served by an event loop on a thread of its own."""

    def __init__(self, database: str, *, now: datetime | None = None, **settings: object) -> None:
        self.clock = SetClock(now or at("08:00"))
        # Most sites differ in nothing but their database, and to read the settings takes a tenth of the time for one.
        read = read_settings(database=database, **settings) if settings else _no_settings()
        self.bitacora = Bitacora(read.model_copy(update={"database": database}), clock=self.clock)
        self.app = create_app(self.bitacora)
        describe_once(self.app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="site", daemon=True)
        self._open = AsyncExitStack()
        self._callers: dict[Role, Caller] = {}
        # A request that fails in the service is answered, and that answer is what the tests look at.
        self.client = StraightClient(httpx.ASGITransport(self.app, raise_app_exceptions=False))

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self._open.enter_async_context(self.app.router.lifespan_context(self.app)))
        self.run(self._open.enter_async_context(self.client))
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._open.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_SECONDS)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the service runs, and wait for what it gives."""
        return self.start(work).result(DEADLINE_SECONDS)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin to run a coroutine where the service runs."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    # The clock

    def tick(self) -> int:
        """Let happen what is due, wait until everybody can see it, and give the position of the log."""
        position = self.bitacora.writer.call(lambda log: log.position)
        self.run(self.bitacora.facade.visibility.reach(position))
        return position

    def set_clock(self, moment: str | datetime) -> int:
        """Move the clock on to a moment of the day; see ``tick``."""
        self.clock.moment = at(moment) if isinstance(moment, str) else moment
        return self.tick()

    # Who calls

    def issue(self, role: Role, name: str, person: str | None = None, **more: Any) -> Caller:  # noqa: ANN401 - what ``issue`` takes
        """Issue a token, and give whoever has it."""
        secret = self.bitacora.writer.call(
            lambda log: self.bitacora.facade.commands.tokens.issue(
                log, name=name, role=role, person=person or name, caller=BY_HAND, **more
            )
        )
        return Caller(self, secret)

    def revoke(self, name: str) -> None:
        """Revoke a token."""
        self.bitacora.writer.call(
            lambda log: self.bitacora.facade.commands.tokens.revoke(log, name=name, caller=BY_HAND)
        )

    def a(self, role: Role) -> Caller:
        """Give the caller of a role."""
        if role not in self._callers:
            self._callers[role] = self.issue(role, f"the-{role}")
        return self._callers[role]

    @property
    def reader(self) -> Caller:
        """Somebody without a token."""
        return Caller(self, None)

    @property
    def emitter(self) -> Caller:
        """The machine that sends signals."""
        return self.a(Role.EMITTER)

    @property
    def operator(self) -> Caller:
        """Whoever runs incidents."""
        return self.a(Role.OPERATOR)

    @property
    def auditor(self) -> Caller:
        """Whoever reads everything and writes nothing."""
        return self.a(Role.AUDITOR)

    # What there is

    def component(self, key: str, **more: object) -> dict[str, Any]:
        """Register a component."""
        body = {"key": key, "name": key.title(), "group": "platform", "since": "2025-01-01", **more}
        return made(self.operator.post("/v1/components", body))

    def incident(self, components: Mapping[str, str], **more: object) -> dict[str, Any]:
        """Declare an incident."""
        body = {"title": "Trouble", "message": "We look into it.", "components": components, **more}
        return made(self.operator.post("/v1/incidents", body))

    def signal(self, fingerprint: str, component: str, **more: object) -> dict[str, Any]:
        """Hand in a signal that fires; ``state`` and the rest can be said otherwise."""
        return made(self.emitter.post("/v1/signals", a_signal(fingerprint, component, **more)))

    def update(self, incident: str, state: str, **more: object) -> httpx.Response:
        """Write an update on an incident."""
        return self.operator.post(
            f"/v1/incidents/{incident}/updates", {"state": state, "message": f"Now {state}.", **more}
        )

    def events(self, aggregate: str) -> list[str]:
        """Give the types of the events of an aggregate."""
        found = self.auditor.get(f"/v1/aggregates/{aggregate}/events", params={"limit": 200})
        return [event["type"] for event in found.json()["data"]]

    def last_position(self) -> int:
        """Give the position of the last event."""
        return self.bitacora.writer.call(lambda log: log.position)

    def routes(self) -> Iterator[tuple[str, APIRoute]]:
        """Give every described route that declares its roles, with its method; pages are not described."""
        for route in endpoints(self.app.routes):
            for method in sorted(route.methods or ()) if route.include_in_schema else ():
                yield method, route

    def routes_for(self, wanted: Callable[[str, APIRoute], bool]) -> list[tuple[str, str]]:
        """Give method and path of the routes of a kind."""
        return [(method, route.path) for method, route in self.routes() if wanted(method, route)]


@cache
def _no_settings() -> Settings:
    return read_settings()


def describe_once(app: FastAPI) -> None:
    """Let an application give the description that the first one of this process has made: that takes seconds.

    All of them have the same routes; what the description says is tested of one that stands alone.
    """
    make = app.openapi

    def description() -> dict[str, Any]:
        if not _made:
            _made.append(make())
        return _made[0]

    app.openapi = description  # type: ignore[method-assign]  # The way that FastAPI documents.


def a_signal(fingerprint: str, component: str, **more: object) -> dict[str, object]:
    """Give a signal that fires; ``state`` and the rest can be said otherwise."""
    said = {"source": "tests", "fingerprint": fingerprint, "state": "firing", "component": component}
    return {**said, "status": "major_outage", **more}


def made(response: httpx.Response) -> dict[str, Any]:
    """Give what a command that went well has answered."""
    assert response.is_success, response.text
    document: dict[str, Any] = response.json()
    return document


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Give the problem document of a refusal, having looked at what every one of them has."""
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json"), (
        response.text
    )
    document: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= document.keys()
    assert (document["status"], document["code"]) == (status, code), document
    assert document["type"] == f"urn:bitacora:problem:{code}"
    assert document["request_id"] == response.request.headers["X-Request-Id"]
    assert document["title"]
    assert document["detail"]
    return document


def allow(server: psycopg.Connection[Any], url: str, *, connections: bool) -> None:
    """Let a database take connections, or end those it has and take none."""
    name = url.partition("?")[0].rpartition("/")[2]
    server.execute(
        sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), sql.Literal(connections))
    )
    if not connections:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
