"""An owner on panel c, in Polish: what she reads and decides in March, from the loss until the account is hers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.client import Site
from tests.api.data_centre import local, march
from tests.api.page_text import assert_in_order, filled_in, lines_of
from tests.api.site.owner_steps import Owner, an_owner, the_account, the_loss

pytestmark = pytest.mark.both_stores

SAME_NUMBERS = [{"kind": "order", "number": "88017"}, {"kind": "invoice", "number": "FV/2021/3/1"}]


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    """The service on the day before the loss."""
    with Site(database, now=march("09T08:00"), site_url="https://status.example.com") as site:
        yield site


class TestOwnerOnPanelC:
    def test_reads_chooses_asks_and_accepts(self, site: Site) -> None:
        restoration = the_loss(site)
        site.set_clock(march("12T12:00"))
        account = the_account(restoration)
        owner = an_owner(account, "pl")

        self.on_12_march(owner)
        site.set_clock(march("21T12:00"))
        restoration.done("access-restored", {"occurred_at": local("21T09:00")})
        self.on_21_march(owner)
        site.set_clock(march("24T10:00"))
        account.done("backfills/1/delivery", {"counts": {"orders": 1132, "invoices": 0}})
        account.done(
            "merge", {"resolutions": [{**each, "outcome": "nowy numer na koncie tymczasowym"} for each in SAME_NUMBERS]}
        )
        account.done("warehouse-choice/execution")
        self.on_24_march(owner)

        assert account.inside["state"] == "accepted"
        told = site.auditor.get(f"/v1/aggregates/{account.inside['id']}/events", params={"limit": 50}).json()["data"]
        by_owner = [each["type"].partition(".")[2] for each in told if each["actor"] == "owner"]
        assert by_owner == ["warehouse_chosen", "warehouse_chosen", "backfill_asked", "accepted"]

    def on_12_march(self, owner: Owner) -> None:
        """The panel cannot be reached; she works in a temporary account, and keeps the warehouse as it is."""
        assert_in_order(
            owner.reads(),
            "Konto sklep-1001",
            "Pracuj na koncie tymczasowym, a my w tym czasie odzyskamy to konto.",
            "Panel c (konta): brak dostępu od 10 marca 2021, 00:47 UTC+1."
            " Dostawca hostingu: dostęp obiecany do 22 marca 2021.",
            "Panel c (konta): co teraz działa",
            "Konto tymczasowe",
            "sklep-1001-tymczasowe",
            "Panel d (konta)",
            "12 marca 2021, 12:00 UTC+1",
            "Opłaty",
            "Bez opłat: od 10 marca 2021, 00:47 UTC+1 do odwołania",
            "Do czasu, aż panel C będzie działał.",
            "Magazyn",
            "Co zrobić z magazynem, gdy dane wrócą? Wybór można zmieniać, dopóki go nie zrealizujemy.",
            "Zachować stan obecny",
            "Magazyn pozostaje taki, jaki jest teraz, ze wszystkimi zmianami od czasu awarii.",
            "Przywrócić stan poprzedni",
            "Magazyn wraca do stanu sprzed awarii. Późniejsze zmiany przepadają.",
            "Gdzie pytać",
            "pomoc@example.com",
        )

        assert owner.sends({"form": "warehouse", "choice": "keep_current"}).status_code == 303

        assert "Zachować stan obecny (obecny wybór)" in owner.reads()

    def on_21_march(self, owner: Owner) -> None:
        """The panel is back; she chooses otherwise, and asks for what is missing of two days."""
        owner.account.done("link", {"collisions": SAME_NUMBERS})
        assert_in_order(
            owner.reads(),
            "Konto tymczasowe jest powiązane z tym kontem. Konta nie zostały jeszcze połączone.",
            "Panel c (konta): dostęp przywrócony 21 marca 2021, 09:00 UTC+1.",
            "Numery użyte na obu kontach",
            "Zanim połączymy konta, musimy wyjaśnić jeszcze 2 z nich.",
            "Zamówienie 88017",
            "Faktura FV/2021/3/1",
        )
        owner.sends({"form": "warehouse", "choice": "restore_previous"})
        wish: dict[str, str | list[str]] = {
            "form": "backfill",
            "kinds": ["orders", "invoices"],
            "from": "2021-03-10",
            "until": "2021-03-08",
        }

        refused = owner.is_refused(wish, 422)
        assert_in_order(
            lines_of(refused),
            "Nic nie zostało wysłane",
            "Ostatni dzień jest wcześniejszy niż pierwszy.",
            "Konto sklep-1001",
        )
        assert filled_in(refused)["from"] == "2021-03-10"
        assert owner.sends(wish | {"from": "2021-03-09", "until": "2021-03-10"}).status_code == 303

        assert_in_order(
            owner.reads(),
            "Brakujące dane",
            "Złożone prośby",
            "Zamówienia, Faktury: 9 marca 2021 – 10 marca 2021",
            "Prośba z 21 marca 2021, 12:00 UTC+1. Jeszcze nie pobrano.",
        )

    def on_24_march(self, owner: Owner) -> None:
        """Everything is there; she accepts the account."""
        assert_in_order(
            owner.reads(),
            "Konto tymczasowe zostało połączone z tym kontem.",
            "Zamówienie 88017: nowy numer na koncie tymczasowym",
            "Wybór zrealizowano 24 marca 2021, 10:00 UTC+1: Przywrócić stan poprzedni."
            " Magazyn wraca do stanu sprzed awarii. Późniejsze zmiany przepadają.",
            "Prośba z 21 marca 2021, 12:00 UTC+1. Pobrano 24 marca 2021, 10:00 UTC+1: Zamówienia: 1 132 · Faktury: 0",
        )
        assert "Wybór został już zrealizowany, więc nie można go zmienić." in lines_of(
            owner.is_refused({"form": "warehouse", "choice": "keep_current"}, 409)
        )

        owner.sends({"form": "acceptance", "by": "Marta Nowak", "note": "Wszystko się zgadza."})

        assert_in_order(
            owner.reads(),
            "Odbiór tego konta został potwierdzony.",
            "Odbiór potwierdzono 24 marca 2021, 10:00 UTC+1: Marta Nowak.",
        )
