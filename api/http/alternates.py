"""The page for people that says what a route says to programs: browsers that ask the route are pointed to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Scope

PART = "([A-Za-z0-9_.-]{1,64})"
PAGES = (
    (re.compile("/v1/(?:status|changes)|/api/v2/(?:summary|status|components)\\.json"), ""),
    (re.compile(f"/v1/components/{PART}(?:/history|/uptime)?"), "components/{}"),
    (re.compile("/v1/incidents|/api/v2/incidents(?:/unresolved)?\\.json"), "history"),
    (re.compile(f"/v1/incidents/{PART}(?:/updates)?"), "incidents/{}"),
    (
        re.compile("/v1/maintenance-windows|/v1/audiences|/api/v2/scheduled-maintenances(?:/[a-z]+)?\\.json"),
        "maintenance",
    ),
    (re.compile(f"/v1/maintenance-windows/{PART}(?:/updates)?"), "maintenance/{}"),
    (re.compile("/v1/panels(?:/availability)?"), "panels"),
    (re.compile("/v1/panels/lookup"), "panels/lookup"),
    (re.compile(f"/v1/panels/{PART}(?:/availability)?"), "panels/{}"),
)
"""The paths of routes, and of the page that says the same, without its language."""
PROGRAMS = ("/v1/", "/api/v2/")
"""How the paths of routes begin that are for programs."""
FIRST_HTML = re.compile(rb"\s*text/html\b")


def alternate(scope: Scope, headers: Mapping[bytes, bytes], languages: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """Give the header that points to the page, in each language, if a browser asks a route that has one."""
    if FIRST_HTML.match(headers.get(b"accept", b"")) is None or not scope["path"].startswith(PROGRAMS):
        return []
    for pattern, page in PAGES:
        found = pattern.fullmatch(scope["path"])
        if found is not None:
            path = page.format(*found.groups())
            links = (
                f'</{language}/{path}>; rel="alternate"; type="text/html"; hreflang="{language}"'
                for language in languages
            )
            return [(b"link", ", ".join(links).encode())]
    return []
