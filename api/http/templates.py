"""HTML pages, rendered from documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from api.http.answers import POSITION, hash_tag, matches
from api.http.auth import list_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

TEMPLATES = Path(__file__).parents[1] / "templates"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What a page may load (Content Security Policy, level 3): nothing but its own styles."""

PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def wants_page(request: Request, format: str | None) -> bool:
    """Tell whether the caller wants HTML: by ``format``, or else by ``Accept``, in which browsers name it first."""
    if format is not None:
        return format == "html"
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0]
    return first.strip().lower() == "text/html"


def written_page(request: Request, template: str, document: Mapping[str, Any], *, position: int) -> Response:
    """Answer with a page for one caller only, or with 304 if ``If-None-Match`` names its tag."""
    body = PAGES.get_template(template).render(document).encode()
    tag = hash_tag(body)
    headers = {
        POSITION: str(position),
        "ETag": tag,
        "Cache-Control": "no-store",
        "Vary": "Authorization, Accept",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if matches(list_of(request.scope, b"if-none-match"), tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, "text/html; charset=utf-8")
