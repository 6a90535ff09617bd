"""Sealed pages: `?as_of=…&sealed=true` of what an auditor may show to somebody outside.

The address is answered as it is without `sealed`; that answer is what is sealed.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import POSITION, hash_tag
from api.http.auth import allow, facade_of
from api.http.problems import refusal
from api.http.read_point import is_position, position_as_of
from application.audit.sealing import AnsweredPage
from application.errors import ApplicationError
from application.status.projection import BOARD_VIEW
from domain.access.keyring import Role
from domain.components import Component
from domain.errors import DomainError, Invalid
from domain.instants import written
from domain.panels.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SEALED = "application/vnd.bitacora.sealed-page+json"
MEMBER = "sealed"
ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
IDS = re.compile(ID)
LANGUAGE, KEY = "[A-Za-z0-9-]{2,35}", "[A-Za-z0-9_.-]+"
TWINS = (
    # What is sealed, and what says as JSON which things it is about.
    (re.compile("/v1/status"), "/v1/status"),
    (re.compile(rf"/v1/(incidents|maintenance-windows|restorations)/({ID})"), r"/v1/\1/\2"),
    (re.compile(rf"/v1/panels/({KEY})/availability"), r"/v1/panels/\1/availability"),
    (re.compile(rf"/v1/held-requests/({ID})/trail"), None),
    (re.compile(rf"/{LANGUAGE}/"), "/v1/status"),
    (re.compile(rf"/{LANGUAGE}/incidents/({ID})"), r"/v1/incidents/\1"),
    (re.compile(rf"/{LANGUAGE}/maintenance/({ID})"), r"/v1/maintenance-windows/\1"),
    (re.compile(rf"/{LANGUAGE}/panels/({KEY})"), r"/v1/panels/\1/availability"),
)
ROUTES = frozenset(
    {
        "/v1/status",
        "/v1/incidents/{id}",
        "/v1/maintenance-windows/{id}",
        "/v1/restorations/{id}",
        "/v1/panels/{key}/availability",
        "/v1/held-requests/{id}/trail",
    }
)
"""The described routes whose answers can be sealed."""
DROPPED = frozenset({b"if-none-match", b"if-modified-since", b"accept-encoding", b"range"})
AUDITOR = allow(Role.AUDITOR)


class SealedPages:
    """Answers sealed pages, and hands every other request on."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application, inside of what limits requests."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the query alone, because every request passes here."""
        if scope["type"] != "http" or b"sealed" not in scope["query_string"] or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        asked = [value for name, value in query if name == MEMBER]
        if not asked or twin_of(scope["path"]) is None:
            await self._app(scope, receive, send)
            return
        rest = [(name, value) for name, value in query if name != MEMBER]
        if asked == ["false"]:
            await self._app({**scope, "query_string": urlencode(rest).encode()}, receive, send)
            return
        await (await self._answer(scope, asked, rest))(scope, receive, send)

    async def _answer(self, scope: Scope, asked: list[str], query: list[tuple[str, str]]) -> Response:
        # The route is not known yet, so that nothing asks it which members of a query it knows.
        request = Request({**scope, "query_string": b""})
        try:
            if asked != ["true"]:
                raise Invalid("sealed is true or false", pointer="/sealed")
            await AUDITOR(request)
            scope["identity"] = request.scope["identity"]
            return await self._sealed(scope, request, query)
        except (ApplicationError, DomainError) as error:
            return refusal(error, scope["request_id"])

    async def _sealed(self, scope: Scope, request: Request, query: list[tuple[str, str]]) -> Response:
        facade, path = facade_of(request), scope["path"]
        moments = [value for name, value in query if name == "as_of"]
        if len(moments) != 1:
            raise Invalid("a sealed page is one of the past; name its moment with as_of", pointer="/as_of")
        of_public, as_of = not path.startswith("/v1/"), moments[0]
        position = await position_as_of(facade, as_of, "as_of", (BOARD_VIEW,), sees_private=True)
        if of_public and is_position(as_of):
            # Readers are not told when a position was recorded, so that a page as of one names no moment of the past.
            recorded_at = await facade.reads.run(lambda: facade.queries.events.time_of(position))
            as_of = written(recorded_at) if recorded_at is not None else as_of
            position = await position_as_of(facade, as_of, "as_of", (BOARD_VIEW,), sees_private=True)
        elif not of_public:
            # By its position, the same answer is found at any time again.
            as_of = str(position)
        query = [(name, as_of if name == "as_of" else value) for name, value in query]
        answer = await self._ask(scope, path, query, is_public=of_public)
        if answer.status_code != HTTPStatus.OK:
            return answer
        page = bytes(answer.body).decode()
        twin = twin_of(path)
        if twin is None or path.endswith("/trail"):
            named = {UUID(IDS.findall(path)[0])}
        else:
            about = await self._ask(scope, twin, [("as_of", str(position))], is_public=of_public)
            named = set(_named(page, bytes(about.body)))
        address = f"{path}?{urlencode(query)}"
        media = answer.headers.get("content-type", "")
        answered = AnsweredPage(address=address, position=position, media_type=media, page=page)
        # Written beside the event loop, too: it may have some megabytes.
        body = await facade.reads.run(lambda: orjson.dumps(facade.sealer.seal(answered, named)))
        headers = {
            POSITION: str(position),
            "ETag": hash_tag(body),
            "Cache-Control": "no-store",
            "Content-Disposition": "attachment",
        }
        return Response(body, HTTPStatus.OK, headers, SEALED)

    async def _ask(self, scope: Scope, path: str, query: list[tuple[str, str]], *, is_public: bool) -> Response:
        """Ask the application itself; a public page is that which everybody gets."""
        dropped = DROPPED | {b"authorization"} if is_public else DROPPED
        headers = [line for line in scope["headers"] if line[0] not in dropped]
        asked = {**scope, "path": path, "raw_path": path.encode(), "query_string": urlencode(query).encode()}
        if is_public:
            asked.pop("identity", None)
        return await answer_of(self._app, {**asked, "headers": headers})


def twin_of(path: str) -> str | None:
    """Give the JSON of what can be sealed at a path (of a trail, itself); None if nothing can."""
    for pattern, twin in TWINS:
        found = pattern.fullmatch(path)
        if found is not None:
            return path if twin is None else found.expand(twin)
    return None


async def answer_of(app: ASGIApp, scope: Scope) -> Response:
    """Give the whole answer of an application to a request without a body."""
    start: Message = {}
    pieces: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message.get("body", b""))

    await app(scope, receive, send)
    answer = Response(b"".join(pieces), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


def _named(page: str, document: bytes) -> Iterator[UUID]:
    """Give the ids of what a page and its JSON name: by id, or by the key of a component or a panel."""
    for text in (page, document.decode()):
        yield from map(UUID, IDS.findall(text))
    try:
        keys = set(_keys(json.loads(document)))
    except ValueError:
        return
    for key in keys:
        yield Component.id_of(key)
        yield Panel.id_of(key)


def _keys(node: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(node, list):
        for item in node:
            yield from _keys(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in {"key", "panel"} and isinstance(value, str):
                yield value
            elif name == "components" and isinstance(value, dict):
                yield from value
            yield from _keys(value)
