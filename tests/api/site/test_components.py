"""The page of a component, and how components have worked, as readers see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.api.client import Site, at, made, written
from tests.api.page_text import assert_in_order, sentences
from tests.api.windows import planned

if TYPE_CHECKING:
    import httpx

LABELS = {"en": "Labels", "es": "Etiquetas", "pl": "Etykiety", "pt": "Etiquetas"}
RULE = (
    "A major outage counts in full, a partial one 30 percent. Degraded performance and maintenance do not count. "
    "Time of which nothing is known is left out."
)


def page_of(site: Site, key: str = "labels", language: str = "en", **query: str) -> httpx.Response:
    """Read the page of a component as everybody does."""
    site.tick()
    return site.reader.get(f"/{language}/components/{key}", params=query)


class TestComponent:
    def test_says_what_it_is_and_that_it_works(self, site: Site) -> None:
        description = {"en": "Prints **labels**.", "es": "Imprime etiquetas."}
        site.component("labels", name=LABELS, description=description, markets=["ES", "PL"], group="order_tools")

        assert_in_order(
            sentences(page_of(site)),
            "Labels",
            "Order tools",
            "Prints labels.",
            "Operational since January 1, 2025, 00:00 UTC",
            "Countries: Spain and Poland",
            "The last 90 days",
            "Earlier problems and maintenance",
            "There were none.",
            "Its whole history, by month",
        )

    def test_says_why_it_does_not_work(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "Sin etiquetas"})
        planned(site)
        site.set_clock("10:00")
        made(site.operator.post("/v1/components/labels/pins", {"status": "degraded_performance", "reason": "secret"}))

        page = page_of(site, language="es")

        assert_in_order(
            sentences(page),
            "Etiquetas",
            "Interrupción grave desde el 4 de marzo de 2025, 08:00 UTC",
            "Por qué",
            "Sin etiquetas",
            "Interrupción grave desde el 4 de marzo de 2025, 08:00 UTC",
            "Mantenimiento: Actualización de etiquetas",
            "Interrupción parcial desde el 4 de marzo de 2025, 10:00 UTC",
            "Este estado se ha puesto a mano.",
            "Rendimiento reducido desde el 4 de marzo de 2025, 10:00 UTC",
            "Los últimos 90 días",
        )
        assert "secret" not in page.text
        assert re.findall(r'<a href="/es/(incidents|maintenance)/[0-9a-f-]{36}" dir', page.text)[:2] == [
            "incidents",
            "maintenance",
        ]

    def test_lists_what_goes_on_though_it_works_again_and_what_is_planned(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title="No labels")["id"]
        made(site.update(incident, "identified", components={"labels": "operational"}))
        planned(site)

        page = sentences(page_of(site))

        assert_in_order(
            page,
            "What we are working on",
            "No labels",
            "Cause identified · since March 4, 2025, 08:00 UTC",
            "Maintenance",
            "Upgrade of labels",
            "Maintenance · March 4, 2025, 10:00 – 12:00 UTC · Planned",
        )
        assert "Why" not in page

    def test_lists_what_is_over(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        times = {"occurred_at": "2025-02-01T10:00:00Z", "resolved_at": "2025-02-01T11:00:00Z"}
        site.incident({"labels": "partial_outage"}, title="In February", **times)
        planned(site)
        site.set_clock("12:00")

        assert_in_order(
            sentences(page_of(site)),
            "Earlier problems and maintenance",
            "In February",
            "February 1, 2025, 10:00 – 11:00 UTC · solved after 1 hour",
            "Upgrade of labels",
            "Maintenance · March 4, 2025, 10:00 – 12:00 UTC · Completed",
        )

    def test_that_readers_do_not_see_is_the_same_404_as_one_that_is_not_there(self, site: Site) -> None:
        site.component("secret", name="Secret thing", public=False)
        site.component("old", name="Old thing")
        made(site.operator.post("/v1/components/old/retirement"))
        nothing = page_of(site, "nothing")

        for key in ("secret", "old"):
            assert (page_of(site, key).status_code, page_of(site, key).content) == (404, nothing.content)
        assert site.operator.get("/en/components/secret").status_code == 404

    def test_of_the_past_is_as_it_was_shown(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.set_clock("09:00")
        site.incident({"labels": "major_outage"}, title="No labels")
        site.set_clock("10:00")

        page = page_of(site, as_of=written(at("08:30")))

        assert_in_order(sentences(page), "Labels", "Operational since January 1, 2025, 00:00 UTC")
        assert "Why" not in sentences(page)

    @pytest.mark.parametrize(
        "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202egnp\u2066", "%s{{ 7*7 }}"]
    )
    def test_shows_texts_as_texts(self, site: Site, text: str) -> None:
        site.component("labels", name=text, description=text * 100, group="a_group")
        site.incident({"labels": "major_outage"}, title=text)

        for page in (page_of(site), site.reader.get("/en/")):
            assert page.status_code == 200
            assert not re.findall("<script>|<img", page.text)
            assert not re.findall(r"(?<!\w)49(?!\w)", page.text)


class TestUptime:
    def test_is_shown_as_it_was_published_with_its_bad_days_and_its_rule(self, site: Site) -> None:
        site.component("labels", name=LABELS, since="2025-03-04")
        incident = site.incident({"labels": "major_outage"})["id"]
        site.set_clock("09:30")
        made(site.update(incident, "monitoring"))
        site.set_clock("09:45")
        made(site.update(incident, "resolved"))
        site.set_clock(at("08:00") + timedelta(days=1))

        page = page_of(site)

        assert_in_order(
            sentences(page),
            "The last 90 days",
            "Worked 92.7% of the time · 1 day with problems or maintenance",
            "That is what this page showed at the time. By what we know now, it was 94.53%.",
            "March 4, 2025: Major outage (1 hour 45 minutes)",
            "December 6, 2024 – March 3, 2025: No records",
            f"We count by the rule standard-1. {RULE} We have no records from before March 4, 2025.",
        )
        assert 'aria-label="Labels, the last 90 days: Worked 92.7% of the time · 1 day with problems' in page.text

    def test_is_shown_as_restated_where_that_differs(self, site: Site) -> None:
        site.component("labels", name=LABELS, since="2025-03-04")
        site.set_clock("10:00")
        times = {"occurred_at": written(at("08:00")), "resolved_at": written(at("09:00"))}
        site.incident({"labels": "major_outage"}, **times)

        page = sentences(page_of(site))

        assert "Worked 100% of the time" in page
        restated = "That is what this page showed at the time. By what we know now, it was 90%."
        assert restated in page
        assert "March 4, 2025: Operational. By what we know now: Major outage (1 hour)" in page

    def test_says_of_each_day_both_where_we_know_better_now(self, site: Site) -> None:
        site.component("labels", name=LABELS, since="2025-03-01")
        incident = site.incident({"labels": "major_outage"})["id"]
        site.set_clock("10:00")
        made(site.update(incident, "resolved", override_reason="It works."))
        spans = [{"status": "major_outage", "from": written(at("08:00")), "until": written(at("09:00"))}]
        made(
            site.operator.post(f"/v1/incidents/{incident}/corrections", {"impact": {"labels": spans}, "reason": "Late"})
        )

        page = sentences(page_of(site, language="es"))

        assert_in_order(
            page,
            "4 de marzo de 2025: Interrupción grave (2 horas). Según lo que sabemos ahora: Interrupción grave (1 hora)",
            "1 de marzo de 2025 – 3 de marzo de 2025: Sin registros. Según lo que sabemos ahora: Funciona",
            "5 de diciembre de 2024 – 28 de febrero de 2025: Sin registros",
        )
        assert page_of(site, language="es").text.count("Según lo que sabemos ahora") == 3

    def test_says_nothing_twice_where_we_know_the_same(self, site: Site) -> None:
        site.component("labels", name=LABELS, since="2025-03-04")
        site.incident({"labels": "major_outage"})
        site.set_clock("10:00")

        assert "By what we know now: " not in page_of(site).text

    def test_is_on_the_board_of_every_component_with_its_bad_days(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.component("orders", name={"en": "Orders", "es": "Pedidos"})
        site.incident({"labels": "partial_outage"})
        site.set_clock("09:00")

        page = site.reader.get("/es/")

        assert len(re.findall('<svg class="days"', page.text)) == 2
        assert_in_order(
            sentences(page),
            "Etiquetas",
            "Interrupción parcial",
            "Funcionó el 70 % del tiempo · 1 día con problemas o mantenimiento",
            "4 de marzo de 2025: Interrupción parcial (1 hora)",
            "Pedidos",
            "Funciona",
            "Funcionó el 100 % del tiempo",
            "Los gráficos muestran los últimos 90 días, tal como se vieron entonces en esta página. Contamos según la"
            " regla standard-1. Una interrupción grave cuenta entera y una parcial, el 30 %. El rendimiento reducido y"
            " el mantenimiento no cuentan. El tiempo del que no se sabe nada queda fuera.",
        )

    def test_goes_on_by_itself_while_something_is_broken(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        site.incident({"labels": "major_outage"})
        site.set_clock("08:10")
        assert "Major outage (10 minutes)" in page_of(site).text

        site.clock.moment = at("08:12")

        assert "Major outage (12 minutes)" in site.reader.get("/en/components/labels").text
        assert "Major outage (12 minutes)" in site.reader.get("/en/").text

    def test_tells_nothing_of_private_things(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        before = page_of(site).content
        site.incident({"labels": "major_outage"}, publish=False)

        assert page_of(site).content == before
