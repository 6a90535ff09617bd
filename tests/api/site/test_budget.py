"""The page of the board stays small, for a phone with a bad connection."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.api.client import Site, at, written

WIRE, REQUESTS, ELEMENTS = 12_000, 4, 700
"""Bytes with all that the page needs, compressed; requests; elements."""
COMPONENTS, BAD_DAYS, OPEN = 20, 6, 5
NEEDED = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script type="module" src|img src)="([^"]+)"')
START = re.compile(r"<[a-z][^>]*>")


def test_the_board_with_ninety_days_is_small(site: Site) -> None:
    for number in range(COMPONENTS):
        name = {"en": f"Shop system {number}", "es": f"Sistema de tienda {number}"}
        site.component(f"c{number}", name=name, group=f"group-{number // 5}", since="2024-01-01")
    for number in range(BAD_DAYS):
        began = at("08:00") - timedelta(days=7 * number + 1)
        past = {"occurred_at": written(began), "resolved_at": written(began + timedelta(hours=2))}
        site.incident({f"c{number}": "major_outage", f"c{number + 6}": "partial_outage"}, **past)
    for number in range(OPEN):
        message = "Labels cannot be created at the moment. We are working on it with the carrier. " * 3
        site.incident({f"c{number}": "partial_outage"}, title=f"Labels of carrier {number}", message=message)

    page = site.reader.get("/es/")
    needed = NEEDED.findall(page.text)
    sizes = [_size(site, path) for path in ("/es/", *needed)]

    assert len(sizes) <= REQUESTS
    assert sum(sizes) <= WIRE, sizes
    assert len(START.findall(page.text)) <= ELEMENTS
    assert all(path.startswith("/static/") for path in needed)


def _size(site: Site, path: str) -> int:
    return int(site.reader.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Length"])
