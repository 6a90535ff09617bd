"""The pages of panels, as owners of accounts read them in the weeks after the loss of a data centre."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.api.client import Site, made
from tests.api.data_centre import FIRST_NOTICE, LATER_NOTICE, START, live_through, local
from tests.api.page_text import assert_in_order, sentences
from tests.api.panel_steps import PANELS, a_panel, completed, lost, regained, registered

HOSTILE = '<script>alert(1)</script><b>"><img src=x onerror=alert(1)> {{ 7*7 }} %(time)s \u202egnp'


@pytest.fixture(scope="module", name="march_site")
def _march_site(shared_database: str) -> Iterator[Site]:
    with Site(shared_database, now=START, time_zone="Europe/Warsaw") as site:
        live_through(site)
        yield site


def then(site: Site, path: str, clock: str, language: str = "pl") -> httpx.Response:
    return site.reader.get(f"/{language}/{path}", params={"as_of": local(clock)})


def now(site: Site, path: str, language: str = "en") -> httpx.Response:
    site.tick()
    return site.reader.get(f"/{language}/{path}")


class TestPanel:
    def test_that_is_lost_says_since_when_until_when_and_what_to_do(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-c", FIRST_NOTICE)

        assert_in_order(
            sentences(page),
            "Oglądasz przeszłość. Tak ta strona wyglądała 12 marca 2021, 12:00 UTC+1. Zobacz stan obecny",
            "Panel c (konta)",
            "Poważna awaria",
            "Na tym panelu są konta utworzone od 27 sierpnia 2020 do 10 marca 2021.",
            "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
            "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
            "Wcześniej obiecano go na 12 marca 2021, 08:00 UTC+1; termin minął.",
            "Wcześniej obiecano go na 11 marca 2021, 12:00 UTC+1; termin minął.",
            "Co trzeba zrobić",
            "Connect every integration of the temporary account anew.",
            "Co działa",
            "Zamówienia Nie działa",
            "Co można zrobić tymczasem:",
            "Take a free temporary account on panel d.",
            "Archiwum Nie działa",
            "Archived orders come back with the servers.",
            "Spodziewane do 22 marca 2021.",
        )
        assert page.headers["X-Robots-Tag"] == "noindex"

    def test_that_came_back_says_what_does_not_work_yet(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-c", LATER_NOTICE)

        assert_in_order(
            sentences(page),
            "Panel c (konta)",
            "Obniżona wydajność",
            "Dostęp utracono 10 marca 2021, 00:47 UTC+1, a odzyskano 20 marca 2021, 18:00 UTC+1.",
            "Co działa",
            "Działa z ograniczeniami",
            "Magazyn",
        )
        assert "Nie ma dostępu" not in page.text

    def test_whose_promise_has_passed_says_that_there_is_no_newer_one(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-c", "12T08:00", "es")

        assert_in_order(
            sentences(page),
            "No hay acceso desde el 10 de marzo de 2021, 00:47 UTC+1.",
            "El acceso se prometió para el 12 de marzo de 2021, 08:00 UTC+1."
            " La fecha ha pasado y no hay una promesa nueva. Promesa de: Hosting provider",
            "Antes se había prometido para el 11 de marzo de 2021, 12:00 UTC+1, y la fecha pasó sin cumplirse.",
        )

    def test_restored_from_backup_says_of_when_its_data_is_and_what_is_missing(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-a", LATER_NOTICE, "en")

        assert_in_order(
            sentences(page),
            "Panel a",
            "Partial outage",
            "Accounts created on November 17, 2019 or earlier are on this panel.",
            "What you have to do",
            "Check each order of 9 March by hand.",
            "Reconnect the marketplace; do not delete it.",
            "Your data",
            "The data is as of March 9, 2021, 00:00 UTC+1 (± 2 hours). What was done between then and March 10, 2021,"
            " 00:47 UTC+1 is missing: shipments and invoices.",
            "What works",
            "API for external warehouses Does not work",
            "Some days more.",
            "Feed for price comparison sites Does not work",
            "What you can do meanwhile:",
            "Use the feed of the shop.",
            "Expected by March 23, 2021.",
            "Invoices Works with limits",
            "Use a new series of numbers.",
            "Automatic refunds Switched off by us",
            "Off for the time being.",
            "Automatic actions that do not run",
            "“Order downloaded” does not run for what was created before March 11, 2021, 00:00 UTC+1.",
            "“Order paid” does not run for what was created before March 11, 2021, 00:00 UTC+1.",
            "What was due between March 9, 2021, 00:00 UTC+1 and March 15, 2021, 00:00 UTC+1 will never run:"
            " Status for days and Order exists for a number of days.",
        )

    def test_says_what_is_late(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-a", "24T00:00", "en")

        assert "It was expected by March 23, 2021 and is late." in sentences(page)

    def test_counts_accounts_of_the_number_that_they_were_counted_with(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-c", "16T09:00", "en")

        assert_in_order(
            sentences(page),
            "How far the accounts have come",
            "Can be restored",
            "200 of 647 accounts",
            "Being restored",
            "300 of 647 accounts",
            "Restored",
            "147 of 647 accounts",
            "As of March 14, 2021, 09:00 UTC+1 · Accounts counted on March 13, 2021, 09:00 UTC+1",
        )

    def test_that_is_whole_again_tells_its_past_and_what_still_does_not_run(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-a", "26T12:00", "en")

        assert_in_order(
            sentences(page),
            "Operational",
            "There is access.",
            "Everything was completed on March 26, 2021, 12:00 UTC+1.",
            "Automatic refunds Given up, will not come back",
            "“Order paid” does not run for what was created before March 11, 2021, 00:00 UTC+1.",
            "Past losses of access",
            "Panel a is whole again.",
        )
        assert "What you have to do" not in page.text

    def test_that_was_never_lost_is_quiet(self, march_site: Site) -> None:
        page = then(march_site, "panels/panel-d", LATER_NOTICE)

        assert_in_order(
            sentences(page),
            "panel-d",
            "Działa",
            "Na tym panelu są konta utworzone 11 marca 2021 i później.",
            "Jest dostęp. Nigdy nie został utracony.",
            "Co działa",
            "Działa",
        )
        assert "Wcześniejsze utraty dostępu" not in page.text

    def test_shows_updates_the_newest_first_and_where_to_ask(self, site: Site) -> None:
        restoration = lost(site)
        for text in ("First.", "Second.", "Third, see [there](https://example.com/x)."):
            restoration.done("updates", {"message": text})
        restoration.done("updates", {"message": "For us.", "internal": True})
        restoration.done("contacts", {"channel": "email", "address": "help@example.com"})
        restoration.done("instructions", {"heading": "invoices", "text": "Use a **new** series."})

        page = now(site, f"panels/{restoration.inside['panel']}", "pt")

        assert_in_order(
            sentences(page),
            "Ainda não há data prometida para o acesso voltar.",
            "O que é preciso fazer",
            "Faturas",
            "Use a new series.",
            "Atualizações",
            "Third, see there.",
            "Second.",
            "First.",
            "Onde perguntar",
            "E-mail: help@example.com",
        )
        assert "For us." not in page.text
        assert '<a href="https://example.com/x" rel="noreferrer nofollow ugc">there</a>' in page.text

    def test_tells_nothing_private(self, site: Site) -> None:
        restoration = regained(site, a_panel(site, capabilities=["login", {"key": "vault", "name": "Vault"}]))
        panel = restoration.inside["panel"]
        made(site.operator.patch(f"{PANELS}/{panel}/capabilities/vault", {"hidden": True}))
        restoration.says("vault", "unavailable", note="Secret note.")

        for path in (f"panels/{panel}", "panels"):
            text = now(site, path).text
            assert not re.findall("vault|secret", text, re.IGNORECASE)

    def test_shows_texts_of_whatever_kind_as_texts(self, site: Site) -> None:
        panel = a_panel(site, name=HOSTILE, capabilities=[{"key": "login", "name": HOSTILE}])
        restoration = lost(site, panel, provider=HOSTILE)
        restoration.done("promises", {"promised_by": HOSTILE, "promised_for": "2025-03-10", "note": HOSTILE})
        restoration.says("login", "unavailable", note=HOSTILE, workaround=HOSTILE)
        restoration.done("instructions", {"heading": "orders", "text": HOSTILE})
        restoration.done("updates", {"message": HOSTILE})
        restoration.done("contacts", {"channel": HOSTILE[:30], "address": "javascript:alert(1)", "note": HOSTILE})

        for path in (f"panels/{panel}", "panels", "panels/lookup"):
            page = now(site, path).text
            assert not re.findall(r"<script>|<img|<b>|href=\"javascript:", page)
            assert "{{ 7*7 }}" in page

    @pytest.mark.parametrize("key", ["nothing", "<b>", "panel-c%00"])
    def test_that_there_is_not_is_404(self, site: Site, key: str) -> None:
        page = site.reader.get(f"/es/panels/{key}")

        assert page.status_code == 404
        assert "Página no encontrada" in sentences(page)


class TestPanels:
    def test_stand_beside_one_another(self, march_site: Site) -> None:
        page = then(march_site, "panels", FIRST_NOTICE, "es")

        assert_in_order(
            sentences(page),
            "Paneles",
            "¿En qué panel está mi cuenta?",
            "Panel a",
            "En este panel están las cuentas creadas hasta el 17 de noviembre de 2019.",
            "No hay acceso desde el 10 de marzo de 2021, 00:47 UTC+1.",
            "Todavía no hay una fecha prometida para recuperar el acceso.",
            "Panel c",
            "El acceso está prometido para el 22 de marzo de 2021. Promesa de: Hosting provider",
            "panel-d",
            "En este panel están las cuentas creadas a partir del 11 de marzo de 2021.",
            "Qué funciona en cada panel",
            "Inicio de sesión",
            "No funciona",
            "Pedidos",
            "No funciona",
            "Take a free temporary account on panel d.",
            "Funciona",
        )
        assert "price_sync" not in page.text

    def test_are_not_linked_to_where_there_are_none(self, site: Site) -> None:
        link = '<a href="/en/panels">'

        assert link not in now(site, "").text
        assert link not in site.reader.get("/en/nowhere").text
        assert "There are no panels." in sentences(now(site, "panels"))

        registered(site, "panel-a")

        assert link in now(site, "").text
        assert link in site.reader.get("/en/nowhere").text

    def test_of_a_moment_before_there_were_any_are_not_linked_to(self, march_site: Site) -> None:
        assert "/en/panels?as_of=" not in then(march_site, "", "01T09:30", "en").text
        assert "/en/panels?as_of=" in then(march_site, "", "02T09:30", "en").text

    def test_have_all_that_was_lost_before(self, site: Site) -> None:
        panel = a_panel(site)
        completed(site, panel)
        site.set_clock("09:00")
        lost(site, panel, lost_at="2025-03-04T08:30:00Z")

        assert_in_order(
            sentences(now(site, f"panels/{panel}")),
            "There has been no access since March 4, 2025, 08:30 UTC.",
            "Past losses of access",
            "Everything was completed on March 4, 2025, 08:00 UTC.",
        )


class TestBoard:
    def test_says_since_when_a_panel_is_lost_and_until_when(self, march_site: Site) -> None:
        assert_in_order(
            sentences(then(march_site, "", FIRST_NOTICE)),
            "Panele",
            "Panel c (konta)",
            "Poważna awaria",
            "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
            "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
            "panel-d",
            "Działa",
        )

    def test_says_that_a_panel_is_late_and_which_part_by_name(self, march_site: Site) -> None:
        late = march_site.reader.get("/v1/changes", params={"lang": "pl", "limit": 200}).json()["data"]

        assert "Panel a (konta): Plik dla porównywarek cen – spodziewano się do 23 marca 2021, termin minął." in [
            each["text"] for each in late
        ]
        assert not [each["text"] for each in late if "comparison" in each["text"]]


class TestLookup:
    @pytest.mark.parametrize(
        ("day", "said", "panel"),
        [
            ("2019-11-17", "17 listopada 2019", "a"),
            ("2019-11-18", "18 listopada 2019", "b"),
            ("2020-08-26", "26 sierpnia 2020", "b"),
            ("2020-08-27", "27 sierpnia 2020", "c"),
            ("2021-03-10", "10 marca 2021", "c"),
        ],
    )
    def test_finds_the_panel_of_each_boundary_day(self, march_site: Site, day: str, said: str, panel: str) -> None:
        page = march_site.reader.get("/pl/panels/lookup", params={"account_created_on": day})

        assert page.status_code == 200
        assert f"Konto utworzone {said} jest tutaj: Panel {panel} (konta)" in sentences(page)
        assert f'<a href="/pl/panels/panel-{panel}" dir="auto">Panel {panel} (konta)</a></strong>' in page.text

    def test_says_how_that_panel_is(self, march_site: Site) -> None:
        asked = {"account_created_on": "2020-09-14", "as_of": local(FIRST_NOTICE)}

        assert_in_order(
            sentences(march_site.reader.get("/pl/panels/lookup", params=asked)),
            "Konto utworzone 14 września 2020 jest tutaj: Panel c (konta)",
            "Poważna awaria",
            "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
            "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
        )

    def test_asks_for_the_day_and_lists_all_panels(self, march_site: Site) -> None:
        page = march_site.reader.get("/es/panels/lookup")

        assert_in_order(
            sentences(page),
            "¿En qué panel está mi cuenta?",
            "Depende del día en que se creó la cuenta.",
            "Día en que se creó la cuenta",
            "Buscar el panel",
            "Todos los paneles",
            "Panel c En este panel están las cuentas creadas del 27 de agosto de 2020 al 10 de marzo de 2021.",
        )

    def test_is_of_the_moment_that_is_asked_for(self, march_site: Site) -> None:
        asked = {"account_created_on": "2021-03-05", "as_of": local("10T12:00")}

        page = march_site.reader.get("/en/panels/lookup", params=asked)

        assert "An account created on March 5, 2021 is here: Panel c" in sentences(page)
        assert "/en/panels/panel-c?as_of=" in page.text
        assert '<input type="hidden" name="as_of"' in page.text

    def test_says_that_no_panel_has_such_accounts(self, site: Site) -> None:
        registered(site, "panel-a", accounts_from="2020-01-01")
        site.tick()

        page = site.reader.get("/en/panels/lookup?account_created_on=2019-12-31")

        assert page.status_code == 200
        assert "No panel has accounts created on December 31, 2019." in sentences(page)

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("2025-02-30", "2025-02-30 is not a day. Write it as year, month and day, for example 2020-08-27."),
            ("<b>", "<b> is not a day. Write it as year, month and day, for example 2020-08-27."),
            ("2025-03-06", "2025-03-06 lies in the future."),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, site: Site, day: str, said: str) -> None:
        registered(site, "panel-a")
        site.tick()

        page = site.reader.get("/en/panels/lookup", params={"account_created_on": day})

        assert page.status_code == 422
        assert_in_order(sentences(page), "Day on which the account was created", said, "Find the panel")
        assert 'aria-invalid="true" aria-describedby="wrong"' in page.text
        assert "<b>" not in page.text

    def test_takes_the_day_that_it_is_by_the_clocks_of_the_panel(self, site: Site) -> None:
        registered(site, "panel-a", zone="Pacific/Kiritimati")
        site.set_clock("11:00")

        tomorrow = site.reader.get("/en/panels/lookup?account_created_on=2025-03-05")

        assert "An account created on March 5, 2025 is here: panel-a" in sentences(tomorrow)
