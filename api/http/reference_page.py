"""The description of the interface, as JSON and as a page without scripts and without anything from elsewhere."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.responses import JSONResponse, Response

from api.http.answers import FRESH, hash_tag, matches
from api.http.auth import list_of
from api.http.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from starlette.requests import Request

CODE = re.compile("``?([^`]+)``?")
STYLE = (TEMPLATES / "reference.css").read_text(encoding="utf-8")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load (Content Security Policy, level 3): nothing but its own style."""


def _code(text: str) -> Markup:
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - it is escaped


def _environment() -> Environment:
    # What a description leaves out is undefined, and false.
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters["code"] = _code
    return pages


def _written(app: FastAPI) -> bytes:
    return _environment().get_template("reference.html").render(app.openapi(), style=STYLE).encode()


def add_reference(app: FastAPI) -> None:
    """Let everybody read what ``app`` describes: as JSON, more than a megabyte of it, and as a page."""
    described = _written_once(lambda: bytes(JSONResponse(app.openapi()).body), "application/json", {})
    shown = _written_once(lambda: _written(app), "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})
    app.add_route("/openapi.json", described, methods=["GET"], include_in_schema=False)
    app.add_route("/docs", shown, methods=["GET"], include_in_schema=False)


def _written_once(
    write: Callable[[], bytes], media_type: str, more: dict[str, str]
) -> Callable[[Request], Awaitable[Response]]:
    # It is written when it is first asked for.
    written: list[bytes] = []

    async def show(request: Request) -> Response:
        if not written:
            # It takes a second, in which others are served.
            written.append(await asyncio.to_thread(write))
        tag = hash_tag(written[0])
        headers = {
            "ETag": tag,
            "Cache-Control": FRESH,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            **more,
        }
        if matches(list_of(request.scope, b"if-none-match"), tag):
            return Response(None, 304, headers)
        return Response(written[0], 200, headers, media_type)

    return show
