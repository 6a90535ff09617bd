"""What pages of others show of us: the page for a frame, the state and the script of the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.page_text import assert_in_order, sentences
from tests.api.windows import under_way

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Site


def asked(site: Site, path: str = "/embed", **headers: str) -> httpx.Response:
    site.tick()
    return site.reader.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})


class TestAFrame:
    def test_says_what_is_the_matter_with_links_that_lead_out_of_it(self, site: Site) -> None:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        site.component("orders", name={"en": "Orders"})
        incident = site.incident({"orders": "major_outage"}, title={"en": "It broke", "es": "Se rompió"})
        under_way(site, components={"labels": "under_maintenance"})

        page = asked(site, "/embed?lang=es")

        assert_in_order(
            sentences(page),
            "Status",
            "No funciona: Orders",
            "Orders Interrupción grave",
            "Etiquetas En mantenimiento",
            "Se rompió",
            "Actualización de etiquetas",
            "Ver la página completa",
        )
        assert page.text.count('target="_blank" rel="noopener"') == page.text.count("<a ") == 5
        assert f'{site.bitacora.settings.site.url}/es/incidents/{incident["id"]}"' in page.text
        assert "<script" not in page.text

    def test_may_be_framed_by_all_and_is_the_only_page_that_may(self, site: Site) -> None:
        page = asked(site)

        assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
        assert (page.headers["X-Robots-Tag"], page.headers["Cache-Control"]) == ("noindex", "no-cache")
        assert "Set-Cookie" not in page.headers
        assert "frame-ancestors 'none'" in asked(site, "/en/").headers["Content-Security-Policy"]
        assert asked(site, If_None_Match=page.headers["ETag"]).status_code == 304

    def test_is_in_the_language_that_is_asked_for_or_of_the_browser(self, site: Site) -> None:
        site.component("labels")

        for path, header, said, vary in (
            ("/embed", "pl;q=0.5, xx", "Wszystko działa", "Accept-Language, Accept-Encoding"),
            ("/embed?lang=PT-br", "pl", "Tudo funciona", "Accept-Encoding"),
            ("/embed?lang=xx", "es", "Todo funciona", "Accept-Language, Accept-Encoding"),
        ):
            page = asked(site, path, Accept_Language=header)
            assert said in sentences(page)
            assert page.headers["Vary"] == vary

    def test_names_the_worst_and_counts_the_rest(self, site: Site) -> None:
        for number in range(7):
            site.component(f"part-{number}", name=f"Part {number}")
        site.incident({f"part-{number}": "degraded_performance" for number in range(6)} | {"part-6": "major_outage"})

        said = sentences(asked(site))

        assert_in_order(said, "Part 6 Major outage", "Part 0 Degraded performance", "2 more")
        assert "Part 5 Degraded performance" not in said


class TestABanner:
    def test_reads_one_short_state(self, site: Site) -> None:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        site.incident({"labels": "major_outage"})

        answer = asked(site, "/embed.json?lang=es", Origin="https://shop.example")

        assert answer.json() == {
            "status": "major_outage",
            "headline": "No funciona: Etiquetas",
            "language": "es",
            "direction": "ltr",
            "site": "Status",
            "url": f"{site.bitacora.settings.site.url}/es/",
            "close": "Cerrar este aviso",
        }
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers

    def test_is_a_short_script_under_one_address(self, site: Site) -> None:
        answer = asked(site, "/embed.js?v=2")

        assert len(answer.content) <= 3_000
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert asked(site, "/embed.js", If_None_Match=answer.headers["ETag"]).status_code == 304
        for word in ("cookie", "localStorage", "sessionStorage", "innerHTML", "style="):
            assert word not in answer.text
