"""The owner of an account on panel c, in Polish, on 12 March and again on 21 March: the pages, and her own page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from api.demo.player import Player, load_cases
from tests.api.client import Site, made
from tests.databases import SQLiteFiles
from tests.e2e.site.browser import Setting, looking, served
from tests.e2e.site.reader import Reader

PHONE = Setting("pl", 390, "light")
FIRST, LATER = "2021-03-12T12:00", "2021-03-21T12:00"
"""When the notices were read, by the clocks of Warsaw."""
LINK_LASTS = timedelta(days=30)
JOINING = "Napisz do nas, gdy chcesz połączyć oba konta: pomagamy w tym, bo numery zamówień i faktur mogą się różnić."
FETCHING = "Gdy wróci dostęp, poproś nas o pobranie wszystkich brakujących zamówień, także tych z konta tymczasowego."


class TestPages:
    def test_tell_her_what_is_lost_until_when_and_what_to_do(self, browser: Browser, demo: str) -> None:
        with looking(browser, PHONE) as page:
            owner = Reader(page, "pl")
            owner.arrives(demo)
            owner.reads("Wszystko działa")

            owner.goes_to(FIRST)
            owner.reads(
                "Oglądasz przeszłość. Tak ta strona wyglądała 12 marca 2021, 12:00 UTC+1. Zobacz stan obecny",
                "Nie działa: Panel c",
                "Stan na 12 marca 2021, 12:00 UTC+1",
                "Panele",
                "Panel c",
                "Poważna awaria",
                "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
                "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
            )
            self.finds_her_panel(owner)
            self.on_12_march(owner)
            self.on_21_march(owner)

    def finds_her_panel(self, owner: Reader) -> None:
        """She knows when she opened her account, and not on which panel it is."""
        owner.follows("Na którym panelu jest moje konto?")
        owner.page.get_by_label("Dzień utworzenia konta").fill("2020-09-03")
        owner.opens(owner.page.get_by_role("button", name="Znajdź panel"))

        owner.reads(
            "Na którym panelu jest moje konto?",
            "Konto utworzone 3 września 2020 jest tutaj: Panel c",
            "Poważna awaria",
            "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
            "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
        )
        owner.follows("Panel c")

    def on_12_march(self, owner: Reader) -> None:
        """There is no access, and two promises have failed; she can work in a temporary account."""
        owner.reads(
            "Panel c",
            "Poważna awaria",
            "Na tym panelu są konta utworzone od 27 sierpnia 2020 do 10 marca 2021.",
            "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.",
            "Dostęp obiecano na 22 marca 2021. Kto obiecał: Dostawca hostingu",
            "Wcześniej obiecano go na 11 marca 2021; termin minął.",
            "Wcześniej obiecano go na 10 marca 2021; termin minął.",
            "Co trzeba zrobić",
            "Konta",
            "Załóż bezpłatne konto tymczasowe na panelu d z innym loginem i podłącz tam od nowa wszystkie"
            " sklepy i platformy.",
            JOINING,
            "Zamówienia",
            FETCHING,
            "Co działa",
            "Archiwum",
            "Nie działa",
            "Zamówienia z archiwum wrócą razem z serwerami.",
            "Spodziewane do 22 marca 2021.",
            "Nie działa",
            "Logowanie, API, API magazynów zewnętrznych, Zamówienia, Akcje automatyczne,"
            " Synchronizacja stanów magazynowych, Synchronizacja cen, Oferty, Plik dla porównywarek cen, Magazyn,"
            " Zamówienia ze sklepów, Faktury i Automatyczne zwroty płatności",
            "Gdzie pytać",
            "E-mail: help@order-manager.example",
            "Napisz z adresu swojego konta.",
        )

    def on_21_march(self, owner: Reader) -> None:
        """The panel is back, nothing is missing, and she is told what is left to do."""
        owner.goes_to(LATER)

        owner.reads(
            "Oglądasz przeszłość. Tak ta strona wyglądała 21 marca 2021, 12:00 UTC+1. Zobacz stan obecny",
            "Panel c",
            "Działa",
            "Dostęp utracono 10 marca 2021, 00:47 UTC+1, a odzyskano 20 marca 2021, 18:00 UTC+1.",
            "Co trzeba zrobić",
            JOINING,
            "Możesz znów logować się jak dawniej. Konto tymczasowe pozostaje bezpłatne do czasu połączenia obu kont.",
            FETCHING,
            "Wybierz, czy magazyn ma zachować stan obecny, czy wrócić do stanu sprzed awarii.",
            "Dane",
            "Dane pochodzą z 10 marca 2021, 00:47 UTC+1. Niczego nie brakuje.",
            "Co działa",
            "Działa",
            "Aktualizacje",
            "20 marca 2021, 19:00 UTC+1",
            "Serwery wróciły ze wszystkimi danymi. Wszystko działa.",
            "Gdzie pytać",
            "E-mail: help@order-manager.example",
        )
        assert not [line for line in owner.lines if "Nie ma dostępu" in line or "obiecano" in line]


@dataclass(frozen=True)
class March:
    """The site in March 2021, without the requests that were held up."""

    site: Site
    root: str

    def comes_to(self, moment: str) -> None:
        """Play what happened until then, by the clocks of Warsaw."""
        now, until = self.site.clock.now(), datetime.fromisoformat(f"{moment}+01:00")
        steps = [
            step
            for step in load_cases()
            if step["at"].startswith("2021-03")
            and step.get("request", "").partition("/v1/")[2].startswith(("components", "panels", "restorations"))
            and now < datetime.fromisoformat(step["at"]) <= until
        ]
        player = Player(self.site.app, self.site.bitacora.facade, self.site.clock.set)
        self.site.run(player.play(steps, {"operator": self.site.operator.token or ""}, self.restorations))
        self.site.set_clock(until)

    @property
    def restorations(self) -> dict[str, Any]:
        """The ids of the restorations, by their panels."""
        found = self.site.operator.get("/v1/restorations").json()["data"]
        return {each["panel"]: each["id"] for each in found}

    def link(self, account: str) -> str:
        """Give the owner of an account her link, of which only the path is that of the test."""
        path = f"/v1/restorations/{self.restorations['panel-c']}/accounts/{account}/owner-link"
        url: str = made(self.site.operator.post(path, {"language": "pl"}))["url"]
        return f"{self.root}/pl/account/{url.rpartition('/')[2]}"


@pytest.fixture
def march(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[March]:
    """The site on the first day of that month."""
    url = sqlite_files.migrated(tmp_path_factory.mktemp("march"))
    first = datetime.fromisoformat("2021-03-01T09:00+01:00")
    with Site(url, now=first, time_zone="Europe/Warsaw", site_name="Acme") as site, served(site) as root:
        yield March(site, root)


class TestOwnPage:
    def test_tells_her_where_her_account_stands_and_lets_her_choose(self, browser: Browser, march: March) -> None:
        with looking(browser, PHONE) as page:
            owner = Reader(page, "pl")
            march.comes_to(FIRST)
            page.goto(march.link("shop-3"))
            self.on_12_march(owner)

            march.comes_to(LATER)
            page.reload()
            self.on_21_march(owner)

            march.site.set_clock(march.site.clock.now() + LINK_LASTS)
            page.reload()
            owner.reads(
                "Ten link nie otwiera żadnego konta",
                "Mógł wygasnąć albo zastąpił go nowszy. Sprawdź, czy jest skopiowany w całości, lub poproś o nowy tego,"
                " kto go przekazał.",
            )
            assert "shop-3" not in page.content()

    def on_12_march(self, owner: Reader) -> None:
        """She works in the temporary account, which costs her nothing."""
        owner.reads(
            "Konto shop-3",
            "Pracuj na koncie tymczasowym, a my w tym czasie odzyskamy to konto.",
            "Panel c: brak dostępu od 10 marca 2021, 00:47 UTC+1. Dostawca hostingu: dostęp obiecany do 22 marca 2021.",
            "Konto tymczasowe",
            "shop-3-temporary",
            "Panel d",
            "Opłaty",
            "Bez opłat: od 10 marca 2021, 00:47 UTC+1 do odwołania",
            "Bezpłatnie do uruchomienia panelu i połączenia danych.",
            "Gdzie pytać",
            "help@order-manager.example Napisz z adresu swojego konta.",
        )
        owner.follows("Panel c: co teraz działa")
        owner.reads("Panel c", "Nie ma dostępu od 10 marca 2021, 00:47 UTC+1.", "Co trzeba zrobić")
        owner.page.go_back()

    def on_21_march(self, owner: Reader) -> None:
        """The panel is back; she keeps the warehouse as it is."""
        owner.reads(
            "Konto shop-3",
            "Konto tymczasowe nie zostało jeszcze połączone z tym kontem.",
            "Panel c: dostęp przywrócony 20 marca 2021, 18:00 UTC+1.",
            "Magazyn",
            "Co zrobić z magazynem? Wybór można zmieniać, dopóki go nie zrealizujemy.",
            "Zachować stan obecny",
            "Magazyn pozostaje taki, jaki jest teraz, ze wszystkimi zmianami od czasu awarii.",
            "Przywrócić stan poprzedni",
            "Magazyn wraca do stanu sprzed awarii. Późniejsze zmiany przepadają.",
        )

        owner.page.get_by_label("Zachować stan obecny").check()
        owner.opens(owner.page.get_by_role("button", name="Zapisz wybór"))

        owner.reads("Zachować stan obecny (obecny wybór)")
