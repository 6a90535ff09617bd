"""Pages while the store is away: from memory with their age, in every language; what was never read says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from tests.api.client import Site, allow
from tests.api.page_text import sentences
from tests.e2e.server import eventually

if TYPE_CHECKING:
    import httpx


def test_pages_come_from_memory_or_say_that_nothing_can_be_read(postgres_server: str, postgres_url: str) -> None:
    with Site(postgres_url) as site, psycopg.connect(postgres_server, autocommit=True) as server:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        site.incident({"labels": "major_outage"}, title={"en": "It broke", "es": "Se rompió"})
        site.tick()
        for path in ("/en/", "/sitemap.xml", "/en/components/labels", "/badge.svg", "/embed", "/maintenance.ics"):
            assert "Age" not in site.reader.get(path).headers
        allow(server, postgres_url, connections=False)
        try:
            eventually(lambda: site.reader.get("/readyz").json()["stale"])
            asked = (
                "/es/",
                "/pl/components/labels",
                "/sitemap.xml",
                "/badge.svg?lang=es",
                "/embed",
                "/pl/maintenance.ics",
            )
            kept = {path: site.reader.get(path) for path in asked}
            badge, state = site.reader.get("/badges/labels.svg?lang=es"), site.reader.get("/embed.json")
            frame = site.reader.get("/embed?as_of=2025-03-04T07:00:00Z", headers={"Accept-Language": "es"})
            paths = ("/es/history", "/es/?as_of=2025-03-04T07:00:00Z", "/es/panels/lookup", "/es/account/guessed")
            unread = {path: site.reader.get(path) for path in paths}
        finally:
            allow(server, postgres_url, connections=True)

        for path, page in kept.items():
            assert (page.status_code, int(page.headers["Age"]) >= 3) == (200, True), path
        assert "No funciona: Etiquetas" in sentences(kept["/es/"])
        assert "No funciona: Etiquetas" in kept["/badge.svg?lang=es"].text
        for path, page in unread.items():
            _says_so(path, page)
        assert (badge.status_code, state.status_code, frame.status_code) == (503, 503, 503)
        assert "<title>Status: Se desconoce</title>" in badge.text
        assert "no podemos leer nuestros datos" in " ".join(sentences(frame))
        assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]

        eventually(lambda: not site.reader.get("/readyz").json()["stale"])
        assert "Age" not in site.reader.get("/es/").headers
        assert site.reader.get("/es/history").is_success


def _says_so(path: str, page: httpx.Response) -> None:
    assert page.status_code == 503, path
    assert "No disponible por el momento" in " ".join(sentences(page)), page.text
    assert (page.headers["Retry-After"], page.headers["Cache-Control"]) == ("5", "no-store")
