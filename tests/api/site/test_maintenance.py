"""The pages of maintenance and of audiences, as shop owners, sellers and partners read them."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.api.client import Site, at, written
from tests.api.page_text import assert_in_order, sentences
from tests.api.windows import SAID, Window, planned, under_way

HOSTILE = '<script>alert(1)</script><b>"><img src=x onerror=alert(1)> {{ 7*7 }} %(time)s \u202egnp'
MARKETS = {
    "MX": "America/Mexico_City",
    "PE": "America/Lima",
    "CO": "America/Bogota",
    "CL": "America/Santiago",
    "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "UY": "America/Montevideo",
}
HUB: dict[str, Any] = {
    "title": {"en": "Upgrade of the whole platform", "es": "Actualización de toda la plataforma"},
    "zone": "America/Sao_Paulo",
    "start": "2025-07-27T01:00",
    "end": None,
    "duration": "4h",
    "components": {},
    "all": "major_outage",
    "markets": [{"market": market, "zone": zone} for market, zone in MARKETS.items()],
}
"""Four hours in which everything is down, in seven countries."""
DELIVERY: dict[str, Any] = {
    "title": {"en": "Delivery options", "es": "Opciones de entrega", "pl": "Opcje dostawy"},
    "reason": {"es": "Renovamos los sistemas de entrega."},
    "description": {"es": "Durante tres horas no se envía nada."},
    "audiences": {
        "sellers": {
            "restrictions": [{"es": "Sin etiquetas de envío."}],
            "guidance": {
                "before": [{"es": "Imprima antes las etiquetas."}],
                "during": [{"es": "No repita los envíos."}],
                "after": [{"es": "Pida la recogida de nuevo."}],
            },
        },
        "erp_partners": {
            "restrictions": [],
            "guidance": {"before": [], "during": [], "after": [{"es": "Reenvíe las existencias."}]},
        },
    },
    "freezes": [
        {"data": "parcel_statuses", "note": {"es": "Cambian de nuevo al final."}},
        {"data": "tolls", "name": {"es": "Peajes"}},
    ],
    "contacts": [
        {"audience": None, "channel": "email", "address": "help@example.com", "note": {"es": "De día y de noche."}},
        {"audience": "sellers", "channel": "form", "address": "https://example.com/help"},
        {"audience": "erp_partners", "channel": "phone", "address": "+48 22 000 00 00"},
    ],
}


@pytest.fixture(name="labels", autouse=True)
def _labels(site: Site) -> None:
    site.component("labels", name={"en": "Labels", "es": "Etiquetas", "pl": "Etykiety"})


def page_of(window: Window, language: str = "en", **query: str) -> httpx.Response:
    window.site.tick()
    return window.site.reader.get(f"/{language}/maintenance/{window.id}", params=query)


class TestWindow:
    def test_tells_a_seller_what_is_not_possible_and_what_to_do_now(self, site: Site) -> None:
        window = under_way(site, **DELIVERY)

        page = sentences(page_of(window, "es"))

        assert_in_order(
            page,
            "Opciones de entrega",
            "En curso",
            "martes, 4 de marzo de 2025, 11:00 – 13:00 (UTC+1)",
            "Hora local de Varsovia",
            "En el horario de esta página: 4 de marzo de 2025, 10:00 – 12:00 UTC",
            "Renovamos los sistemas de entrega.",
            "Durante tres horas no se envía nada.",
            "Cuándo es en tu país",
            "México",
            "martes, 4 de marzo de 2025, 04:00 – 06:00 (UTC-6)",
            "Qué está afectado",
            "Etiquetas Interrupción parcial",
            "Vendedores",
            "Qué no se puede hacer mientras tanto",
            "Sin etiquetas de envío.",
            "Ahora, durante el mantenimiento",
            "No repita los envíos.",
            "Antes del mantenimiento",
            "Imprima antes las etiquetas.",
            "Después del mantenimiento",
            "Pida la recogida de nuevo.",
            "Datos que no cambian",
            "Estos datos no cambian hasta el 4 de marzo de 2025, 12:00 UTC. Si parecen antiguos, no es un fallo.",
            "Estados de los paquetes",
            "Cambian de nuevo al final.",
            "Peajes",
            "Dónde preguntar",
            "Correo electrónico: help@example.com",
            "De día y de noche.",
            "Vendedores: Formulario de contacto: https://example.com/help",
            "Novedades",
            "Comenzó",
            "Planificado: 4 de marzo de 2025, 10:00 – 12:00 UTC",
        )

    def test_links_to_addresses_that_are_some(self, site: Site) -> None:
        text = page_of(planned(site, **DELIVERY)).text

        assert 'href="mailto:help@example.com"' in text
        assert 'href="https://example.com/help"' in text
        assert "<bdi>+48 22 000 00 00</bdi>" in text

    def test_gives_the_right_day_in_each_country(self, site: Site) -> None:
        page = sentences(page_of(planned(site, **HUB), "es"))

        assert_in_order(
            page,
            "domingo, 27 de julio de 2025, 01:00 – 05:00 (UTC-3)",
            "Hora local de São Paulo",
            "México",
            "sábado, 26 de julio de 2025, 22:00 – domingo, 27 de julio de 2025, 02:00 (UTC-6)",
            "Perú y Colombia",
            "sábado, 26 de julio de 2025, 23:00 – domingo, 27 de julio de 2025, 03:00 (UTC-5)",
            "Chile",
            "domingo, 27 de julio de 2025, 00:00 – 04:00 (UTC-4)",
            "Brasil, Argentina y Uruguay",
            "domingo, 27 de julio de 2025, 01:00 – 05:00 (UTC-3)",
            "Afecta a todo.",
        )

    def test_names_countries_and_cities_as_in_portugal(self, site: Site) -> None:
        markets = [{"market": "PL", "zone": "Europe/Warsaw"}, {"market": "ES", "zone": "Europe/Madrid"}]

        page = page_of(planned(site, **HUB | {"markets": [*HUB["markets"], *markets]}), "pt")

        assert_in_order(sentences(page), "Polónia e Espanha", "domingo, 27 de julho de 2025, 06:00 – 10:00 (UTC+2)")
        assert '<option value="America/Montevideo">Montevideu</option>' in page.text
        assert '<option value="Europe/Madrid">Madrid</option>' in page.text

    def test_is_given_by_the_clocks_of_the_zone_that_is_asked_for(self, site: Site) -> None:
        page = page_of(planned(site, **HUB), "pl", zone="America/Lima")

        assert_in_order(
            sentences(page),
            "sobota, 26 lipca 2025, 23:00 – niedziela, 27 lipca 2025, 03:00 (UTC-5)",
            "Czas lokalny: Lima",
        )
        assert "Godziny w Twoim kraju" not in page.text
        assert '<option value="America/Lima" selected>Lima</option>' in page.text

    def test_keeps_one_audience_where_one_is_asked_for(self, site: Site) -> None:
        page = page_of(planned(site, **DELIVERY), "es", audience="erp_partners")

        assert_in_order(sentences(page), "Socios de ERP", "Reenvíe las existencias.")
        assert "Sin etiquetas de envío." not in page.text
        assert "https://example.com/help" not in page.text
        assert '<option value="erp_partners" selected>Socios de ERP</option>' in page.text

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"audience": "<b>nobody"}, "We do not know this group of readers: <b>nobody"),
            ({"zone": "Europe/<b>"}, "There is no such time zone: Europe/<b>"),
            ({"zone": "../../etc/passwd"}, "There is no such time zone: ../../etc/passwd"),
        ],
    )
    def test_says_which_part_of_the_address_cannot_be(self, site: Site, query: dict[str, str], said: str) -> None:
        page = page_of(planned(site, **DELIVERY), **query)

        assert page.status_code == 422
        assert any(line.endswith(said) for line in sentences(page))
        assert "<b>" not in page.text
        assert '<meta name="robots" content="noindex, nofollow">' in page.text

    def test_that_was_moved_says_from_when_to_when(self, site: Site) -> None:
        window = planned(site)
        window.done("reschedule", {"start": "2025-03-05T11:00", "end": "2025-03-05T13:00", **SAID})

        assert_in_order(
            sentences(page_of(window)),
            "Planned",
            "Wednesday, March 5, 2025, 11:00 – 13:00 (UTC+1)",
            "It was moved. Before that, it was planned for March 4, 2025, 10:00 – 12:00 UTC.",
            "Moved to March 5, 2025, 10:00 – 12:00 UTC",
            "We tell you.",
        )

    def test_that_was_extended_says_until_when(self, site: Site) -> None:
        window = under_way(site)
        window.done("extension", {"end": "2025-03-04T14:00", **SAID})

        assert_in_order(
            sentences(page_of(window)),
            "In progress",
            "It was extended. Before that, it was planned to end on March 4, 2025, 12:00 UTC.",
            "Extended until March 4, 2025, 13:00 UTC",
        )

    def test_that_takes_longer_than_planned_says_so(self, site: Site) -> None:
        window = under_way(site, freezes=[{"data": "parcel_statuses"}])
        window.done("hold", {"reason": "secret reason"})
        site.set_clock("12:30")

        assert_in_order(
            sentences(page_of(window)),
            "Being checked",
            "It was planned to end on March 4, 2025, 12:00 UTC and takes longer."
            " It is not over until we have checked everything.",
            "This data stands still until the maintenance is over. What looks old then is not broken.",
            "The planned end has come; the work is being checked",
        )

    def test_that_was_undone_says_so(self, site: Site) -> None:
        window = under_way(site, **DELIVERY)
        window.done("completion", {"outcome": "rolled_back", **SAID})

        assert_in_order(
            sentences(page_of(window, "es")),
            "Terminado",
            "Terminó el 4 de marzo de 2025, 10:00 UTC. El cambio se deshizo: todo está como antes.",
            "Afectó a: Etiquetas.",
            "Ahora, después del mantenimiento",
            "Pida la recogida de nuevo.",
            "Estos datos no cambiaron hasta el 4 de marzo de 2025, 10:00 UTC.",
        )

    def test_keeps_the_name_of_a_component_that_is_retired(self, site: Site) -> None:
        window = under_way(site)
        window.done("completion", SAID)
        assert site.operator.post("/v1/components/labels/retirement").is_success

        assert "Afectó a: Etiquetas." in sentences(page_of(window, "es"))

    def test_that_was_cancelled_says_so_and_asks_nothing_of_anybody(self, site: Site) -> None:
        window = planned(site, **DELIVERY)
        window.done("cancellation", SAID)

        page = page_of(window, "pl")

        assert_in_order(
            sentences(page),
            "Opcje dostawy",
            "Odwołano",
            "Odwołano 4 marca 2025, 08:00 UTC; prace się nie odbędą.",
            "We tell you.",
        )
        assert "Imprima antes las etiquetas." not in page.text

    def test_says_when_its_end_is_expected_and_when_that_has_passed(self, site: Site) -> None:
        window = under_way(site)
        window.done("updates", {"message": "Slow.", "expected_at": "2025-03-04T11:00:00Z"})

        assert "We expect it to end by March 4, 2025, 11:00 UTC." in sentences(page_of(window))
        site.clock.moment = at("11:01")
        assert "We expected it to end by March 4, 2025, 11:00 UTC. It takes longer." in sentences(page_of(window))

    def test_shows_its_updates_the_newest_first(self, site: Site) -> None:
        window = under_way(site)
        for number in range(30):
            window.done("updates", {"message": f"Step {number}."})

        page = sentences(page_of(window))

        assert_in_order(page, "Step 29.", "Step 28.", "Step 0.", "Planned for March 4, 2025, 10:00 – 12:00 UTC")
        assert "Earlier updates are not shown here." not in page

    def test_is_shown_as_it_was(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("09:00")
        window.done("cancellation", SAID)

        then = page_of(window, as_of=written(at("08:30")))

        assert "Planned" in sentences(then)
        assert "cancelled" not in then.text

    @pytest.mark.parametrize(
        "id", ["0f2a4c1e-5b6d-4e7f-8a9b-0c1d2e3f4a5b", "none", "{0190cb81-cd80-7000-ba16-6cc4b57e4e4f}"]
    )
    def test_that_there_is_not_is_404(self, site: Site, id: str) -> None:
        page = site.reader.get(f"/pl/maintenance/{id}")

        assert page.status_code == 404
        assert "Nie ma takiej strony" in sentences(page)

    def test_tells_nothing_private(self, site: Site) -> None:
        site.component("vault", name="Vault", public=False)
        window = under_way(site, **DELIVERY, components={"labels": "partial_outage", "vault": "major_outage"})
        window.done("updates", {"message": "For us.", "internal": True})
        window.done("extension", {"end": "2025-03-04T14:00", **SAID})
        window.done("updates", {"message": "For all.", "components": {"vault": "partial_outage"}})
        hidden = planned(site, announced=False, title="Unannounced")

        assert page_of(hidden).status_code == 404
        for path in (f"maintenance/{window.id}", "maintenance", "audiences/sellers"):
            for private in ("vault", "Vault", "For us.", "secret reason", "Unannounced", hidden.id, "reconciled"):
                assert private not in site.reader.get(f"/en/{path}").text

    def test_shows_texts_of_whatever_kind_as_texts(self, site: Site) -> None:
        text = [{"en": HOSTILE}]
        guidance = {"before": text, "during": text, "after": text}
        window = planned(
            site,
            title=HOSTILE,
            reason=HOSTILE,
            description=HOSTILE,
            audiences={"sellers": {"restrictions": text, "guidance": guidance}},
            freezes=[{"data": "offers", "name": {"en": HOSTILE}, "note": {"en": HOSTILE}}],
            contacts=[{"audience": "sellers", "channel": HOSTILE[:30], "address": HOSTILE, "note": {"en": HOSTILE}}],
        )
        site.tick()

        for path in (f"maintenance/{window.id}", "maintenance", "audiences/sellers"):
            page = site.reader.get(f"/en/{path}").text
            assert not re.findall(r"<script>|<img|<b>|href=\"javascript:", page)
            assert "{{ 7*7 }}" in page


class TestList:
    def test_shows_what_is_in_progress_planned_and_past(self, site: Site) -> None:
        under_way(site, title="First")
        planned(site, **(HUB | {"title": "Second"}))
        planned(site, title="Third", start="2025-03-06T11:00", end="2025-03-06T13:00").done("cancellation", SAID)
        site.tick()

        assert_in_order(
            sentences(site.reader.get("/en/maintenance")),
            "Maintenance",
            "In progress now",
            "First",
            "Labels Partial outage",
            "Planned maintenance",
            "Second",
            "Sunday, July 27, 2025, 01:00 – 05:00 (UTC-3)",
            "Local time in São Paulo",
            "By the clocks of this page: July 27, 2025, 04:00 – 08:00 UTC",
            "Everything is affected.",
            "Past maintenance",
            "Third",
            "It was cancelled on March 4, 2025, 10:00 UTC and does not take place.",
        )

    def test_says_that_there_is_nothing(self, site: Site) -> None:
        assert_in_order(
            sentences(site.reader.get("/pl/maintenance")),
            "Trwają teraz",
            "Nie trwają żadne prace.",
            "Zaplanowane prace",
            "Nie zaplanowano żadnych prac.",
            "Minione prace",
            "Nie było żadnych prac.",
        )

    def test_leads_from_piece_to_piece(self, site: Site) -> None:
        for day in range(1, 26):
            planned(site, title=f"Day {day}.", start=f"2025-05-{day:02}T11:00", end=f"2025-05-{day:02}T13:00")
        site.tick()

        first = site.reader.get("/en/maintenance")
        (link,) = re.findall(r'href="(/en/maintenance\?upcoming=[^"]+)">Later maintenance<', first.text)
        rest = site.reader.get(link)

        assert_in_order(sentences(first), "Day 1.", "Day 20.")
        assert "Day 21." not in first.text
        assert_in_order(sentences(rest), "Planned maintenance", "Day 21.", "Day 25.", "All maintenance")
        assert "Day 20." not in rest.text
        assert "Past maintenance" not in rest.text

    def test_refuses_a_cursor_that_is_none(self, site: Site) -> None:
        assert site.reader.get("/en/maintenance?past=%F0").status_code == 422


class TestAudience:
    def test_is_told_its_part_of_all_maintenance_and_what_is_wrong_now(self, site: Site) -> None:
        under_way(site, **DELIVERY)
        planned(site, title="For everybody", start="2025-03-06T11:00", end="2025-03-06T13:00")
        site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "No hay etiquetas"})
        site.tick()

        page = site.reader.get("/es/audiences/sellers")

        assert_in_order(
            sentences(page),
            "Vendedores",
            "Cómo te afectan los mantenimientos, qué hacer y qué problemas hay ahora.",
            "En curso ahora",
            "Opciones de entrega",
            "Qué no se puede hacer mientras tanto",
            "Sin etiquetas de envío.",
            "Ahora, durante el mantenimiento",
            "No repita los envíos.",
            "Antes del mantenimiento",
            "Datos que no cambian",
            "Estos datos no cambian hasta el 4 de marzo de 2025, 12:00 UTC. Si parecen antiguos, no es un fallo.",
            "Estados de los paquetes",
            "Dónde preguntar",
            "Correo electrónico: help@example.com",
            "De día y de noche.",
            "Formulario de contacto: https://example.com/help",
            "Mantenimientos planificados",
            "For everybody",
            "Qué falla ahora",
            "No hay etiquetas",
            "Etiquetas Interrupción grave",
        )
        assert "Reenvíe las existencias." not in page.text
        assert "+48 22 000 00 00" not in page.text

    def test_is_told_that_there_is_no_problem_but_the_maintenance(self, site: Site) -> None:
        window = under_way(site, **DELIVERY)
        site.tick()
        meanwhile = sentences(site.reader.get("/es/audiences/sellers"))
        window.done("completion", SAID)
        site.tick()
        afterwards = sentences(site.reader.get("/es/audiences/sellers"))

        assert "Aparte del mantenimiento, no hay ningún problema abierto." in meanwhile
        assert "No hay ningún problema abierto." in afterwards

    def test_has_the_name_that_an_operator_gave(self, site: Site) -> None:
        window = planned(site, **DELIVERY)
        site.operator.send("PUT", "/v1/audiences/sellers", json={"name": {"en": "Shops", "es": "Tiendas"}})
        site.tick()

        assert "Tiendas" in sentences(site.reader.get("/es/audiences/sellers"))
        assert "Tiendas" in sentences(page_of(window, "es"))
        assert '<a href="/es/audiences/sellers" dir="auto">Tiendas</a>' in site.reader.get("/es/maintenance").text

    def test_sees_what_to_do_after_past_maintenance_that_concerned_it(self, site: Site) -> None:
        under_way(site, **DELIVERY).done("completion", SAID)
        other = planned(site, title="Other", start="2025-03-06T11:00", end="2025-03-06T13:00")
        other.done("cancellation", SAID)
        site.tick()

        page = site.reader.get("/es/audiences/sellers")

        assert_in_order(
            sentences(page),
            "Mantenimientos anteriores",
            "Opciones de entrega",
            "Qué no se pudo hacer mientras tanto",
            "Sin etiquetas de envío.",
            "Ahora, después del mantenimiento",
            "Pida la recogida de nuevo.",
        )
        assert other.id not in page.text

    @pytest.mark.parametrize("key", ["nobody", "<b>", "secret_partners"])
    def test_that_readers_do_not_know_is_404(self, site: Site, key: str) -> None:
        planned(site, announced=False, audiences={"secret_partners": DELIVERY["audiences"]["erp_partners"]})
        site.tick()

        assert site.reader.get(f"/en/audiences/{key}").status_code == 404
