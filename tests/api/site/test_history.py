"""The page of the history, as its readers see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.api.client import Site, at, made, written
from tests.api.page_text import assert_in_order, sentences
from tests.api.windows import planned

if TYPE_CHECKING:
    import httpx

LABELS = {"en": "Labels", "es": "Etiquetas"}


def page_of(site: Site, language: str = "en", **query: str) -> httpx.Response:
    """Read the page of the history as everybody does."""
    site.tick()
    return site.reader.get(f"/{language}/history", params=query)


def listed(page: httpx.Response) -> str:
    """Give what the page lists; beneath it stands what changed last."""
    return page.text.partition("<footer")[0]


def over(site: Site, title: str, begins: str, ends: str, component: str = "labels") -> str:
    """Enter an incident that is over."""
    more = {"title": title, "occurred_at": begins, "resolved_at": ends}
    id: str = site.incident({component: "major_outage"}, **more)["id"]
    return id


@pytest.fixture(name="past")
def _past(site: Site) -> Site:
    """Have some incidents of two components, entered in an order that is none of time."""
    site.component("labels", name=LABELS)
    site.component("orders", name={"en": "Orders", "es": "Pedidos"})
    over(site, "January", "2025-01-31T22:30:00Z", "2025-01-31T23:45:00Z")
    over(site, "December", "2024-12-24T10:00:00Z", "2024-12-26T12:00:00Z", "orders")
    over(site, "Earlier in January", "2025-01-05T10:00:00Z", "2025-01-05T10:02:00Z", "orders")
    return site


class TestMonth:
    def test_has_what_began_in_it_the_newest_first(self, past: Site) -> None:
        page = page_of(past, "es", month="2025-01")

        assert_in_order(
            sentences(page),
            "Problemas y mantenimiento en enero de 2025",
            "enero de 2025",
            "January",
            "31 de enero de 2025, 22:30 – 23:45 UTC · resuelto en 1 hora y 15 minutos",
            "Etiquetas",
            "Earlier in January",
            "5 de enero de 2025, 10:00 – 10:02 UTC · resuelto en 2 minutos",
            "Pedidos",
            "← diciembre de 2024",
        )
        assert "December" not in page.text

    def test_is_by_default_the_last_in_which_something_began(self, past: Site) -> None:
        assert "Problems and maintenance in January 2025" in sentences(page_of(past))

    def test_is_this_one_where_nothing_ever_began(self, site: Site) -> None:
        page = page_of(site)

        assert_in_order(
            sentences(page), "Problems and maintenance in March 2025", "There were no problems and no maintenance."
        )
        assert not re.findall("rel=.(prev|next)", page.text)

    def test_leads_to_the_nearest_ones_in_which_something_began(self, past: Site) -> None:
        over(past, "March", "2025-03-01T10:00:00Z", "2025-03-02T12:00:00Z")

        february = page_of(past, "en", month="2025-02")

        assert_in_order(
            sentences(february),
            "There were no problems and no maintenance.",
            "← January 2025",
            "March 2025 →",
        )
        assert re.findall(r'href="([^"]*)" rel', february.text) == [
            "/en/history?month=2025-01",
            "/en/history?month=2025-03",
        ]

    def test_is_one_by_the_clocks_of_the_page(self, database: str) -> None:
        with Site(database, time_zone="Europe/Warsaw") as site:
            site.component("labels", name=LABELS)
            over(site, "Just before", "2025-01-31T22:59:59Z", "2025-02-01T10:00:00Z")
            over(site, "Just after", "2025-01-31T23:00:00Z", "2025-02-01T10:00:00Z")

            january, february = (listed(page_of(site, "en", month=f"2025-{month}")) for month in ("01", "02"))

        assert ("Just before" in january, "Just after" in january) == (True, False)
        assert ("Just before" in february, "Just after" in february) == (False, True)

    def test_has_open_and_withdrawn_incidents_too(self, past: Site) -> None:
        past.incident({"labels": "major_outage"}, title="Now")
        past.set_clock("08:01")
        alarm = past.incident({"labels": "major_outage"}, title="Alarm")["id"]
        made(past.operator.post(f"/v1/incidents/{alarm}/withdrawal", {"reason": "secret"}))

        assert_in_order(
            sentences(page_of(past, "en", month="2025-03")),
            "Alarm",
            "March 4, 2025, 08:01 UTC · withdrawn: it was a false alarm",
            "Now",
            "Investigating · since March 4, 2025, 08:00 UTC",
        )

    def test_has_maintenance_once_it_has_begun(self, past: Site) -> None:
        planned(past)
        assert "Upgrade of labels" not in listed(page_of(past, "en", month="2025-03"))

        past.set_clock("12:00")

        assert_in_order(
            sentences(page_of(past, "en", month="2025-03")),
            "Upgrade of labels",
            "Maintenance · March 4, 2025, 10:00 – 12:00 UTC · Completed",
            "Labels",
        )

    @pytest.mark.parametrize(
        "month", ["2025-04", "2025-13", "2025-00", "0000-01", "0001-01", "2025-1", "x", "\N{FULLWIDTH DIGIT TWO}025-01"]
    )
    def test_that_cannot_be_or_has_not_come_is_422(self, past: Site, month: str) -> None:
        page = page_of(past, "pl", month=month)

        assert page.status_code == 422
        assert "Nie można pokazać tej strony" in sentences(page)

    def test_goes_on_behind_a_link_where_much_began_in_it(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        for number in range(101):
            over(site, f"Number {number}", f"2025-02-01T00:00:{number % 50:02}Z", "2025-02-01T10:00:00Z")

        first = page_of(site)
        (link,) = re.findall(r'href="([^"]*cursor=[^"]*)"', first.text)
        second = site.reader.get(link.replace("&amp;", "&"))

        numbers = [re.findall(r">Number (\d+)<", page.text) for page in (first, second)]
        assert (len(numbers[0]), len(numbers[1])) == (100, 1)
        assert {*numbers[0], *numbers[1]} == {str(number) for number in range(101)}
        assert_in_order(sentences(second), "The newest of this month")

    @pytest.mark.parametrize("cursor", ["x", "MTIz", "fn4vfn4", "\x00"])
    def test_refuses_a_cursor_that_is_none(self, past: Site, cursor: str) -> None:
        assert page_of(past, cursor=cursor).status_code == 422


class TestFilter:
    def test_leaves_what_affected_one_component(self, past: Site) -> None:
        page = page_of(past, "en", component="orders")

        assert_in_order(
            sentences(page),
            "Orders: problems and maintenance in January 2025",
            "Earlier in January",
            "← December 2024",
        )
        assert '<option value="orders" selected>Orders</option>' in page.text
        assert 'href="/en/history?month=2024-12&amp;component=orders"' in page.text
        assert ">January<" not in page.text

    def test_says_that_nothing_affected_it(self, past: Site) -> None:
        nothing = "There were no problems and no maintenance that affected this component."
        assert nothing in sentences(page_of(past, "en", component="labels", month="2024-12"))

    def test_has_maintenance_of_the_whole_product_from_its_registration_on(self, past: Site) -> None:
        planned(past, components={}, all="major_outage", title="Everything")
        past.set_clock("13:00")
        past.component("later", name="Later")

        assert "Everything" in page_of(past, "en", component="labels").text
        assert "Everything" not in page_of(past, "en", component="later").text

    @pytest.mark.parametrize("key", ["nothing", "secret", "%", "<script>", "a" * 300])
    def test_by_what_readers_do_not_know_is_422(self, past: Site, key: str) -> None:
        past.component("secret", name="Secret thing", public=False)

        page = page_of(past, "en", component=key)

        assert (page.status_code, page.content) == (422, page_of(past, "en", component="nothing").content)

    def test_offers_what_readers_know(self, past: Site) -> None:
        past.component("secret", name="Secret thing", public=False)
        past.component("hostile", name='"><script>alert(1)</script>')

        page = page_of(past).text

        assert re.findall(r'<option value="([^"]*)"', page) == ["", "hostile", "labels", "orders"]
        assert "<script>" not in page


class TestPast:
    def test_shows_what_was_known_then_and_keeps_it_in_its_links(self, past: Site) -> None:
        past.set_clock("09:00")
        over(past, "Found later", "2025-01-10T10:00:00Z", "2025-01-10T12:00:00Z")
        past.set_clock("10:00")
        then = written(at("08:30"))

        page = page_of(past, "en", month="2025-01", as_of=then)

        assert ">Found later<" in page_of(past, "en", month="2025-01").text
        assert ">Found later<" not in page.text
        assert f'<input type="hidden" name="as_of" value="{then}">' in page.text
        assert 'href="/en/history?month=2024-12&amp;as_of=2025-03-04T08%3A30%3A00Z"' in page.text
        assert page_of(past, "en", month="2025-04", as_of=then).status_code == 422


class TestPrivateThings:
    def test_are_not_in_the_history(self, past: Site) -> None:
        past.component("secret", name="Secret thing", public=False)
        past.incident({"secret": "major_outage", "labels": "partial_outage"}, title="Shown")
        past.incident({"labels": "major_outage"}, title="Hidden", publish=False)
        planned(past, announced=False, title="Hidden window")
        past.set_clock("13:00")

        page = page_of(past, "en", month="2025-03").text

        assert "Shown" in page
        assert not re.findall("(?i)secret|hidden", page.replace('type="hidden"', ""))
