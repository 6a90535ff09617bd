"""What search engines and browsers ask of a site: which pages there are, and which not to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import FRESH, hash_tag, matches
from api.http.auth import list_of
from api.site.kernel.addresses import part_of
from api.site.kernel.answers import anybody, site_of
from api.site.kernel.contents import FileContent
from api.site.kernel.files import answer_file
from api.site.kernel.reading import PageRead
from application.maintenance.projection import WindowStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.site.kernel.site import Site

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

MAP = "sitemap.xml"
MOST_OF_EACH = 500
"""How many incidents, and how many windows, the map of the site names: the newest."""
HIDDEN = ("/v1/", "/*/account/", "/*/subscriptions/", "/*?*as_of=")
"""What search engines shall not fetch: programs' own, secrets, and the past."""


@router.get("/robots.txt")
async def show_robots(request: Request) -> Response:
    """Tell search engines what not to fetch, and where the map of the site is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in HIDDEN)]
    body = "\n".join([*lines, f"Sitemap: {site_of(request).facade.settings.site.url}/sitemap.xml", ""])
    return _file(request, body.encode(), "text/plain; charset=utf-8")


@router.get("/favicon.ico")
async def show_icon(request: Request) -> Response:
    """Give the icon to browsers that ask for it by its old name."""
    file = site_of(request).files.plain("icon.svg")
    return _file(request, file.body, file.media)


@router.get(f"/{MAP}")
async def show_map(request: Request) -> Response:
    """List the pages there are, each in every language."""
    site = site_of(request)

    async def read(page: PageRead) -> FileContent:
        paths = await public_paths(page)
        return FileContent(
            media="application/xml",
            document={"paths": paths},
            shape=dict,
            write=lambda found, _view: _map(site, found["paths"]),
        )

    return await answer_file(request, site.languages[0], MAP, read)


def _map(site: Site, paths: Sequence[str]) -> bytes:
    entries = "".join(_entry(site, path, language) for path in paths for language in site.languages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{entries}</urlset>\n'
    ).encode()


async def public_paths(read: PageRead) -> list[str]:
    """List the paths of all canonical pages, without their language; of incidents and windows the newest."""
    board, _ = await read.board()
    incidents = await read.incidents(limit=MOST_OF_EACH)
    windows = [
        window
        for stage in (WindowStage.ACTIVE, WindowStage.UPCOMING, WindowStage.PAST)
        for window in await read.windows(stage, MOST_OF_EACH)
    ]
    panels = [f"panels/{panel['key']}" for panel in board["panels"]]
    return [
        *("", "history", "maintenance"),
        *(["panels", "panels/lookup", *panels] if panels else []),
        *(f"components/{component['key']}" for component in board["components"]),
        *(f"audiences/{part_of(key)}" for key in await read.audiences()),
        *(f"incidents/{incident['id']}" for incident in incidents),
        *(f"maintenance/{window['id']}" for window in windows),
    ]


def _entry(site: Site, path: str, language: str) -> str:
    root, path = escape(site.facade.settings.site.url, {'"': "&quot;"}), quote(path)
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{root}/{tag}/{path}"/>' for tag in site.languages
    )
    return f"<url><loc>{root}/{language}/{path}</loc>{others}</url>\n"


def _file(request: Request, body: bytes, media: str) -> Response:
    tag = hash_tag(body)
    headers = {"ETag": tag, "Cache-Control": FRESH, "X-Content-Type-Options": "nosniff"}
    if matches(list_of(request.scope, b"if-none-match"), tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media)
