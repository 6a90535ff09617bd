"""A browser at the pages of the console: it keeps the cookies that it is given, and sends them again."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import httpx
from starlette.requests import Request

from api.http import sessions
from api.http.sessions import SignedIn
from application.access.identity import Identity
from tests.api.client import REQUEST_ID, Caller, Site


class Browser:
    """Signs in and out at a site as its pages do."""

    def __init__(self, site: Site, address: str = "198.51.100.7") -> None:
        self.site = site
        self.address = address
        self.cookies: dict[str, str] = {}

    def request(self) -> Request:
        """Make a request with the cookies that the browser has."""
        line = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"cookie", line.encode())] if line else []
        scope = {"type": "http", "method": "GET", "path": "/console", "headers": headers, "query_string": b""}
        return Request({**scope, "app": self.site.app, "client": (self.address, 50_000), "request_id": REQUEST_ID})

    def accept(self, line: str) -> SimpleCookie:
        """Do what a ``Set-Cookie`` says."""
        found = SimpleCookie(line)
        for name, each in found.items():
            self.cookies.pop(name, None)
            if each["max-age"] != "0":
                self.cookies[name] = each.value
        return found

    def sign_in(self, secret: str, zone: str | None = None) -> SimpleCookie:
        """Sign in with a token."""
        return self.accept(self.site.run(sessions.begin_with_token(self.request(), secret, zone)))

    def signed_in(self) -> SignedIn | None:
        """Ask who has signed in."""
        return self.site.run(sessions.signed_in(self.request()))

    def now(self) -> SignedIn:
        """Give who has signed in."""
        found = self.signed_in()
        assert found is not None
        return found

    def sign_out(self, session: UUID | None = None) -> None:
        """Sign out."""
        self.accept(self.site.run(sessions.end(self.request(), session or self.now().session)))

    def choose_zone(self, zone: str | None) -> None:
        """Choose in which zone times are shown."""
        self.site.run(sessions.choose_zone(self.request(), self.now().session, zone))

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Let the service ask one of its own routes on behalf of who has signed in."""
        return InProcess(self.site, self.now().identity).send(method, path, **options)


class InProcess(Caller):
    """Sends requests as pages of the console do: in the process, with the identity in the scope."""

    def __init__(self, site: Site, identity: Identity) -> None:
        super().__init__(site, None)
        self._identity = identity

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - what its base takes
        """Send a request."""
        site, identity = self._site, self._identity

        async def app(scope: Mapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
            await site.app({**scope, "signed_in": identity}, receive, send)

        headers = {"X-Request-Id": REQUEST_ID, **options.pop("headers", {})}
        if (key := options.pop("key", None)) is not None:
            headers["Idempotency-Key"] = key

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://bitacora.test") as client:
                return await client.request(method, path, headers=headers, **options)

        return site.run(ask())
