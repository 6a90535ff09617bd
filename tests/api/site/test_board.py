"""The page of the board, as its readers see it."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from tests.api.client import Site, at, made, written
from tests.api.page_text import assert_in_order, sentences

LABELS = {"en": "Labels", "es": "Etiquetas", "pl": "Etykiety"}
STEP = re.compile(r'<a rel="nofollow" href="([^"]*)"')
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe\u202c \u2066 \u200f",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) <b>bold</b>",
    "{{ 7*7 }} {% raw %}",
    "%(names)s %s {what}",
]


def seen(site: Site, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - what ``get`` takes
    """Read a page once everybody can see what was recorded."""
    site.tick()
    return site.reader.get(path, **more)


class TestHeadline:
    def test_says_that_nothing_is_watched_yet(self, site: Site) -> None:
        assert_in_order(sentences(seen(site, "/en/")), "Nothing is watched here yet", "As of March 4, 2025, 08:00 UTC")

    def test_says_that_everything_works_only_if_it_does(self, site: Site) -> None:
        site.component("labels", name=LABELS)

        assert "Everything works" in sentences(seen(site, "/en/"))
        assert "Wszystko działa" in sentences(seen(site, "/pl/"))

    def test_names_what_does_not_work_in_the_language_of_the_page(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.component("orders", name={"en": "Orders", "es": "Pedidos"})
        site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "No se crean etiquetas"})

        page = sentences(seen(site, "/es/"))

        assert_in_order(
            page,
            "No funciona: Etiquetas",
            "A fecha de 4 de marzo de 2025, 08:00 UTC",
            "Qué falla ahora",
            "No se crean etiquetas",
            "Etiquetas Interrupción grave",
            "En investigación · desde el 4 de marzo de 2025, 08:00 UTC",
            "We look into it.",
            "Última novedad: 4 de marzo de 2025, 08:00 UTC",
            "Pedidos",
            "Funciona",
        )
        assert not any("Todo funciona" in line for line in page)

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            ("partial_outage", "Works only in part: Labels"),
            ("degraded_performance", "Works worse than usual: Labels"),
            ("under_maintenance", "Under maintenance: Labels"),
        ],
    )
    def test_has_words_for_each_status(self, site: Site, status: str, said: str) -> None:
        site.component("labels", name=LABELS)
        site.incident({"labels": status})

        assert said in sentences(seen(site, "/en/"))

    def test_counts_what_it_does_not_name(self, site: Site) -> None:
        for name in ("A", "B", "C", "D", "E"):
            site.component(name.lower(), name=name)
        site.incident(dict.fromkeys("abcde", "major_outage"))

        assert "Does not work: A, B, and 3 more" in sentences(seen(site, "/en/"))

    def test_never_says_that_all_is_well_over_an_open_incident(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title="Odd answers")["id"]
        made(site.update(incident, "identified", components={"labels": "operational"}))

        assert "We are dealing with a problem: Odd answers" in sentences(seen(site, "/en/"))

    def test_never_says_that_all_is_well_while_something_is_not_known(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.component("orders", name="Orders", since="2025-03-05")

        assert "We do not know whether this works: Orders" in sentences(seen(site, "/en/"))


class TestAddresses:
    def test_lead_from_the_root_to_the_language_that_is_asked_for(self, site: Site) -> None:
        page = site.reader.get("/", headers={"Accept-Language": "fr, pl;q=0.8, en;q=0.5"})

        assert '<html lang="pl"' in page.text
        assert page.headers["Vary"] == "Accept-Language, Accept-Encoding"
        assert '<link rel="canonical" href="http://127.0.0.1:8080/pl/">' in page.text
        assert '<link rel="alternate" hreflang="es" href="http://127.0.0.1:8080/es/">' in page.text

    def test_may_lack_the_last_slash(self, site: Site) -> None:
        page = site.reader.get("/pl")

        assert page.status_code == 200
        assert '<link rel="canonical" href="http://127.0.0.1:8080/pl/">' in page.text

    def test_begin_with_that_of_the_site_whatever_host_is_named(self, site: Site) -> None:
        page = seen(site, "/en/", headers={"Host": "evil.example"})

        assert "evil.example" not in page.text

    @pytest.mark.parametrize("path", ["/en/nowhere", "/es/incidents/none/x", "/pl//"])
    def test_that_lead_nowhere_are_404_in_their_language(self, site: Site, path: str) -> None:
        page = site.reader.get(path)

        assert page.status_code == 404
        assert '<header class="top">' in page.text
        assert 'aria-current="page"' not in page.text.partition("<main")[0]
        assert page.headers["X-Robots-Tag"] == "noindex"
        said = {"en": "Page not found", "es": "Página no encontrada", "pl": "Nie ma takiej strony"}
        assert said[path[1:3]] in sentences(page)

    def test_of_a_language_that_there_is_not_are_404(self, site: Site) -> None:
        page = site.reader.get("/fr/", headers={"Accept": "text/html", "Accept-Language": "es"})

        assert site.reader.get("/fr/").headers["Content-Type"] == "application/problem+json"
        assert (site.reader.get("/fr/").status_code, page.status_code) == (404, 404)
        assert "Página no encontrada" in sentences(page)


class TestAnswers:
    def test_are_compressed_where_that_is_taken_and_known_by_their_coding(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        plain = seen(site, "/en/", headers={"Accept-Encoding": "identity"})
        coded = seen(site, "/en/", headers={"Accept-Encoding": "gzip"})

        assert coded.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert plain.text == coded.text
        assert coded.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-gz"'
        assert seen(site, "/en/", headers={"Accept-Encoding": "gzip;q=0"}).headers["ETag"] == plain.headers["ETag"]

    def test_are_304_to_who_has_them(self, site: Site) -> None:
        tag = seen(site, "/en/").headers["ETag"]

        known = seen(site, "/en/", headers={"If-None-Match": tag})

        assert (known.status_code, known.content) == (304, b"")

    def test_change_when_something_public_does_and_only_then(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        tag = seen(site, "/en/").headers["ETag"]
        site.signal("f", "labels")
        site.set_clock(at("08:00") + timedelta(seconds=59))
        assert seen(site, "/en/").headers["ETag"] == tag

        site.incident({"labels": "major_outage"})
        site.tick()

        assert seen(site, "/en/").headers["ETag"] != tag

    def test_ignore_members_of_a_query_that_trackers_add(self, site: Site) -> None:
        plain = seen(site, "/en/")

        assert site.reader.get("/en/?utm_source=x&fbclid=1&fbclid=2").content == plain.content

    def test_may_load_nothing_from_elsewhere_and_run_no_inline_code(self, site: Site) -> None:
        page = seen(site, "/en/")
        policy = page.headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.findall(r"<style|style=|<script>| on\w+=", page.text)
        assert all(link.startswith("/static/") for link in re.findall(r'(?:src|stylesheet" href)="([^"]*)"', page.text))

    def test_are_the_public_ones_whatever_token_comes_with_a_request(self, site: Site) -> None:
        site.component("secret", name="Secret thing", public=False)
        site.incident({"secret": "major_outage"}, title="Hidden", publish=False)

        for caller in (site.reader, site.operator):
            assert "Secret" not in caller.get("/en/").text
            assert "Hidden" not in caller.get("/en/").text


class TestPast:
    def test_is_shown_and_marked(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.set_clock("08:30")
        site.incident({"labels": "major_outage"}, title="No labels")
        site.set_clock("09:00")

        then = seen(site, "/en/", params={"as_of": written(at("08:10"))})

        assert_in_order(
            sentences(then),
            "You are looking at the past. This is what this page said on March 4, 2025, 08:10 UTC. See it as it is now",
            "Everything works",
        )
        assert then.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex, nofollow">' in then.text
        assert "Does not work" not in then.text
        assert "/en/components/labels?as_of=2025-03-04T08%3A10%3A00Z" in then.text

    def test_is_asked_for_by_the_clocks_of_the_page(self, database: str) -> None:
        with Site(database, time_zone="Europe/Warsaw") as site:
            site.set_clock("10:00")

            page = seen(site, "/en/", params={"as_of": "2025-03-04T09:30"})

            assert "March 4, 2025, 09:30 UTC+1" in page.text
            assert "Times are those of Warsaw." in sentences(page)

    @pytest.mark.parametrize("moment", ["tomorrow", "2025-13-01T00:00", "2025-03-05T00:00:00Z", "-1"])
    def test_that_cannot_be_is_422(self, site: Site, moment: str) -> None:
        page = seen(site, "/es/", params={"as_of": moment})

        assert page.status_code == 422
        assert "No se puede mostrar esta página" in sentences(page)


class TestTexts:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_of_whatever_kind_stay_texts(self, site: Site, text: str) -> None:
        site.component("labels", name=text)
        site.incident({"labels": "major_outage"}, title=text, message=text)

        page = seen(site, "/en/").text

        assert not re.findall(r"<script>|<img|<b>|href=\"javascript:", page)
        assert not re.findall(r"(?<!\w)49(?!\w)", page)

    def test_that_are_long_are_cut_and_lead_to_the_whole(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, message="word " * 4_000)["id"]

        page = seen(site, "/en/")

        assert len(gzip.compress(page.content)) < 4_000
        assert f'<a href="/en/incidents/{incident}">Read all of it</a>' in page.text

    def test_may_have_markdown_whose_links_say_nothing_of_where_they_stand(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.incident({"labels": "major_outage"}, message="Use **our** [form](https://example.com/a?b=1).")

        page = seen(site, "/en/").text

        assert '<strong>our</strong> <a href="https://example.com/a?b=1" rel="noreferrer nofollow ugc">form</a>' in page


class TestDiscovery:
    def test_leads_search_engines_to_every_page_in_every_language(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        hidden = site.incident({"labels": "major_outage"}, publish=False)["id"]
        shown = site.incident({"labels": "major_outage"})["id"]
        site.tick()

        robots, pages = site.reader.get("/robots.txt").text, site.reader.get("/sitemap.xml").text

        assert "Disallow: /*?*as_of=" in robots
        assert "Sitemap: http://127.0.0.1:8080/sitemap.xml" in robots
        assert f"<loc>http://127.0.0.1:8080/pl/incidents/{shown}</loc>" in pages
        assert "<loc>http://127.0.0.1:8080/es/components/labels</loc>" in pages
        assert hidden not in pages

    def test_keep_the_map_compressed_until_something_is_added(self, site: Site) -> None:
        site.component("labels")
        site.tick()
        first = site.reader.get("/sitemap.xml", headers={"Accept-Encoding": "gzip"})
        again = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}

        assert first.headers["Content-Encoding"] == "gzip"
        assert first.headers["Content-Type"] == "application/xml"
        assert site.reader.get("/sitemap.xml", headers=again).status_code == 304

        site.component("orders")
        site.tick()

        changed = site.reader.get("/sitemap.xml", headers=again)
        assert changed.status_code == 200
        assert "/en/components/orders</loc>" in changed.text
        plain = site.reader.get("/sitemap.xml", headers={"Accept-Encoding": "identity"})
        assert plain.text == changed.text
        assert changed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-gz"'

    def test_has_an_icon_for_browsers_that_ask_for_one(self, site: Site) -> None:
        assert site.reader.get("/favicon.ico").headers["Content-Type"] == "image/svg+xml"

    def test_keeps_files_for_good_under_names_of_their_content(self, site: Site) -> None:
        name = re.findall(r'href="(/static/page-[0-9a-f]+\.css)"', seen(site, "/en/").text)[0]

        file = site.reader.get(name)

        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert file.headers["Content-Type"] == "text/css; charset=utf-8"
        assert site.reader.get("/static/page.css").status_code == 404
        assert site.reader.get("/static/..%2F..%2Fmain.py").status_code == 404


class TestSettings:
    def test_name_the_site_and_say_where_to_ask(self, database: str) -> None:
        settings: dict[str, Any] = {
            "site_url": "https://status.example.com/",
            "site_name": "Estado de <Tienda>",
            "site_contact": "help@example.com",
            "site_imprint_url": "https://example.com/imprint",
            "site_accent": "#7a1fa2",
        }
        with Site(database, **settings) as site:
            page = seen(site, "/en/").text
            style = site.reader.get(re.findall(r'href="(/static/page-[^"]+)"', page)[0]).text

        assert "Estado de &lt;Tienda&gt;" in page
        assert '<a href="mailto:help@example.com">Contact</a>' in page
        assert '<a href="https://example.com/imprint">Legal notice</a>' in page
        assert '<link rel="canonical" href="https://status.example.com/en/">' in page
        assert "--link:#7a1fa2" in style


class TestAlternates:
    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("/v1/status", ""),
            ("/v1/components/labels", "components/labels"),
            ("/v1/incidents", "history"),
            ("/v1/panels/lookup?account_created_on=2020-01-01", "panels/lookup"),
        ],
    )
    def test_lead_a_browser_from_a_route_to_its_page(self, site: Site, path: str, page: str) -> None:
        site.component("labels", name=LABELS)

        asked = site.reader.get(path, headers={"Accept": "text/html,application/xhtml+xml;q=0.9"})

        assert f'</en/{page}>; rel="alternate"; type="text/html"; hreflang="en"' in asked.headers["Link"]
        assert "Link" not in site.reader.get(path).headers


class TestSteps:
    def test_lead_from_change_to_change_and_say_what_changed(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.set_clock("08:30")
        site.incident({"labels": "major_outage"}, title="No labels")
        site.set_clock("09:00")

        then = seen(site, "/en/", params={"as_of": written(at("08:10"))})
        after = site.reader.get(unescape(STEP.findall(then.text)[-1]))
        before = site.reader.get(unescape(STEP.findall(after.text)[0]))

        assert any(line.startswith("Next change: New incident: “No labels") for line in sentences(then))
        assert "Does not work: Labels" in sentences(after)
        assert "Everything works" in sentences(before)

    def test_lead_back_from_the_page_of_now(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.set_clock("08:30")
        site.incident({"labels": "major_outage"}, title="No labels")

        now = seen(site, "/en/")

        assert len(STEP.findall(now.text)) == 1
        assert any(line.startswith("Last change: ") for line in sentences(now))
