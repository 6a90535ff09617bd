"""What an owner does on the page: it is recorded as his, once, and what is refused is said beside the field."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from tests.api.client import Site, problem
from tests.api.page_text import filled_in, lines_of
from tests.api.panel_steps import a_panel, an_account_name, lost
from tests.api.site.owner_steps import ACCEPTANCE, BACKFILL, CHOICE, FORM, Owner, an_owner, somebody

pytestmark = pytest.mark.both_stores

SITE_URL = "https://status.example.com"
FORMS = [CHOICE, BACKFILL, ACCEPTANCE]
NAMES = ["warehouse", "backfill", "acceptance"]
EACH = pytest.mark.parametrize("fields", FORMS, ids=NAMES)


@pytest.fixture(scope="module")
def site(shared_database: str) -> Iterator[Site]:
    """The service under an address of its own."""
    with Site(shared_database, site_url=SITE_URL) as site:
        yield site


@pytest.fixture
def owner(site: Site) -> Owner:
    """An owner with a link."""
    return somebody(site)


class TestForm:
    @EACH
    def test_is_recorded_as_what_the_owner_did(self, owner: Owner, fields: dict[str, str]) -> None:
        answer = owner.sends(fields)

        assert (answer.status_code, answer.content) == (303, b"")
        assert answer.headers["Location"] == f"{owner.path}#{fields['form']}"
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        found = owner.site.auditor.get(f"/v1/aggregates/{owner.account.inside['id']}/events").json()["data"]
        said = found[-1]
        assert (len(found), said["actor"], said["source"]) == (3, "owner", "site")
        assert said["occurred_at"] == said["recorded_at"]

    @EACH
    def test_does_nothing_more_when_it_is_sent_again(self, owner: Owner, fields: dict[str, str]) -> None:
        owner.sends(fields)
        position = owner.site.last_position()

        again = owner.sends(fields)

        assert (again.status_code, owner.site.last_position()) == (303, position)

    def test_shows_what_was_chosen_and_lets_it_be_changed(self, owner: Owner) -> None:
        owner.sends(CHOICE)
        first = owner.opens().text
        owner.sends(CHOICE | {"choice": "restore_previous"})

        assert filled_in(first)["choice"] == "keep_current"
        assert filled_in(owner.opens().text)["choice"] == "restore_previous"
        assert owner.account.inside["warehouse"] == "restore_previous"

    def test_asks_for_civil_days_of_the_panel(self, owner: Owner) -> None:
        owner.sends({**BACKFILL, "kinds": ["offers", "orders"]})

        asked = owner.account.inside["backfills"][0]
        assert (asked["kinds"], asked["from"], asked["until"]) == (
            ["orders", "offers"],
            "2021-03-08T23:00:00Z",
            "2021-03-11T23:00:00Z",
        )
        assert "Orders, Offers: March 9, 2021 – March 11, 2021" in owner.reads()

    def test_asks_for_instants_too(self, owner: Owner) -> None:
        owner.sends({**BACKFILL, "from": "2021-03-09T00:00:00+01:00", "until": "2021-03-09T12:30:00Z"})

        asked = owner.account.inside["backfills"][0]
        assert (asked["from"], asked["until"]) == ("2021-03-08T23:00:00Z", "2021-03-09T12:30:00Z")
        assert "Orders: March 9, 2021, 00:00 – 13:30 UTC+1" in owner.reads()

    def test_suggests_the_days_that_are_missing(self, site: Site) -> None:
        restoration = lost(site, a_panel(site), lost_at="2021-03-10T00:47:00+01:00")
        point = {"as_of": "2021-03-09T00:00:00+01:00", "tolerance": "2h", "missing": ["invoices", "price_lists"]}
        restoration.done("recovery-point", point)
        owner = an_owner(restoration.takes(an_account_name()))

        page = owner.opens().text

        assert (filled_in(page)["from"], filled_in(page)["until"]) == ("2021-03-09", "2021-03-10")
        assert "Price lists" in lines_of(page)
        assert owner.sends(BACKFILL | {"kinds": "price_lists"}).status_code == 303

    def test_shows_what_was_delivered(self, owner: Owner) -> None:
        owner.sends({**BACKFILL, "kinds": ["orders", "invoices"]})
        before = owner.reads()
        owner.account.done("backfills/1/delivery", {"counts": {"orders": 1234, "invoices": 0}})

        assert any("Not fetched yet." in line for line in before)
        assert any(line.endswith("Orders: 1,234 · Invoices: 0") for line in owner.reads())

    def test_of_acceptance_is_there_once_the_account_can_be_checked(self, site: Site) -> None:
        restoration = lost(site, a_panel(site))
        owner = an_owner(restoration.takes(an_account_name()))
        not_yet = "You can accept your account here once it is back and you have checked it."
        assert not_yet in owner.reads()
        assert "Your name" not in owner.reads()

        restoration.done("access-restored", {})

        assert not_yet not in owner.reads()
        assert "Your name" in owner.reads()

    def test_of_acceptance_names_who_accepts(self, owner: Owner) -> None:
        owner.sends({**ACCEPTANCE, "by": "  Marta Nowak ", "note": "Line one\r\nline two"})

        document = owner.account.inside
        assert (document["state"], document["accepted_by"]) == ("accepted", "Marta Nowak")
        assert any(line.endswith("by Marta Nowak.") for line in owner.reads())


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"form": "warehouse"}, "choice", "Choose one of the two."),
    ({**CHOICE, "choice": "sell"}, "choice", "Choose one of the two."),
    ({**BACKFILL, "kinds": []}, "kinds", "Choose what is missing."),
    ({**BACKFILL, "kinds": ["orders", "secrets"]}, "kinds", "Choose what is missing."),
    ({**BACKFILL, "from": ""}, "from", "Enter a day, as in 2021-03-09."),
    ({**BACKFILL, "from": "9 March"}, "from", "Enter a day, as in 2021-03-09."),
    ({**BACKFILL, "until": "2021-02-29"}, "until", "Enter a day, as in 2021-03-09."),
    ({**BACKFILL, "until": "9999-12-31"}, "until", "Enter a day, as in 2021-03-09."),
    ({**BACKFILL, "until": "2021-03-09T12:00"}, "until", "Enter a day, as in 2021-03-09."),
    ({**BACKFILL, "until": "2021-03-08"}, "until", "The last day is before the first one."),
    ({**ACCEPTANCE, "by": " "}, "by", "Enter your name, up to 255 characters on one line."),
    ({**ACCEPTANCE, "by": "x" * 256}, "by", "Enter your name, up to 255 characters on one line."),
    ({**ACCEPTANCE, "by": "a\nb"}, "by", "Enter your name, up to 255 characters on one line."),
    ({**ACCEPTANCE, "note": "x" * 5_001}, "note", "The note can have up to 5,000 characters."),
    ({**ACCEPTANCE, "note": "a\0b"}, "note", "The note can have up to 5,000 characters."),
]


class TestFault:
    @pytest.mark.parametrize(("fields", "field", "said"), FAULTS)
    def test_is_said_beside_its_field_and_nothing_is_recorded(
        self, owner: Owner, fields: dict[str, Any], field: str, said: str
    ) -> None:
        page = owner.is_refused(fields, 422)

        assert f'<p class="error" id="{field}-fault">{said}</p>' in page
        assert f'aria-describedby="{field}-fault"' in page
        assert lines_of(page).count(said) == 2
        assert "Nothing was sent" in lines_of(page)

    def test_keeps_what_was_filled_in(self, owner: Owner) -> None:
        hostile = '"><script>alert(1)</script>'

        page = owner.is_refused({**ACCEPTANCE, "by": hostile, "note": "x" * 5_001}, 422)
        other = owner.is_refused({**BACKFILL, "kinds": ["invoices"], "until": ""}, 422)

        assert filled_in(page)["by"] == hostile
        assert "<script>alert" not in page
        assert (filled_in(other)["from"], filled_in(other)["kinds"]) == ("2021-03-09", "invoices")

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("es", "Elige una de las dos opciones."),
            ("pl", "Wybierz jedną z dwóch możliwości."),
            ("pt", "Escolha uma das duas opções."),
        ],
    )
    def test_is_said_in_the_language_of_the_page(self, site: Site, language: str, said: str) -> None:
        assert said in lines_of(somebody(site, language).is_refused({"form": "warehouse"}, 422))

    @pytest.mark.parametrize("fields", [{"form": "sale"}, {}, {"form": ""}])
    def test_of_no_form_of_the_page_is_answered_with_a_page(self, owner: Owner, fields: dict[str, str]) -> None:
        assert "Nothing was sent" in lines_of(owner.is_refused(fields, 400))


class TestRefusal:
    def test_of_a_choice_that_was_executed(self, owner: Owner) -> None:
        owner.sends(CHOICE)
        owner.account.done("warehouse-choice/execution")

        for choice in ("keep_current", "restore_previous"):
            page = owner.is_refused(CHOICE | {"choice": choice}, 409)
            assert "Your choice has been carried out, so it can no longer be changed." in lines_of(page)
        assert any("Keep the present state" in line for line in owner.reads())

    def test_of_a_choice_that_was_changed_too_often(self, owner: Owner) -> None:
        for number in range(200):
            owner.account.done("warehouse-choice", {"choice": ("keep_current", "restore_previous")[number % 2]})

        page = owner.is_refused(CHOICE, 409)

        assert "You have changed your choice too often. Ask us if you need another change." in lines_of(page)

    def test_of_an_acceptance_by_somebody_else(self, owner: Owner) -> None:
        owner.sends(ACCEPTANCE)

        page = owner.is_refused({**ACCEPTANCE, "by": "Jan Nowak"}, 409)

        assert "The account has already been accepted." in lines_of(page)

    def test_of_one_wish_too_many(self, owner: Owner) -> None:
        for _ in range(200):
            owner.account.done(
                "backfills", {"kinds": ["x"], "from": "2021-03-09T00:00:00Z", "until": "2021-03-10T00:00:00Z"}
            )

        page = owner.is_refused(BACKFILL, 409)

        assert "You have asked as often as is possible here. Ask us if you need more." in lines_of(page)


class TestOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": SITE_URL},
            {"Origin": f"{SITE_URL}:443"},
            {"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"},
            {"Origin": "http://localhost", "Host": "localhost"},
            {"Origin": "http://[::1]:8080", "Host": "[::1]:8080"},
        ],
    )
    def test_of_the_site_is_taken(self, owner: Owner, headers: dict[str, str]) -> None:
        assert owner.sends(CHOICE, headers).status_code == 303

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://shop.example.com"},
            {"Origin": "null"},
            {"Origin": "https://example.com"},
            {"Origin": "http://status.example.com"},
            {"Origin": "https://status.example.com:8443"},
            {"Origin": "https://status.example.com.evil.example"},
            {"Origin": "http://evil.example", "Host": "evil.example"},
            {"Origin": "http://localhost:3000", "Host": "localhost:8080"},
            {"Origin": "http://127.0.0.1:99999", "Host": "127.0.0.1:99999"},
            {"Origin": "file://", "Host": "localhost"},
        ],
    )
    @EACH
    def test_of_another_site_is_refused(self, owner: Owner, headers: dict[str, str], fields: dict[str, str]) -> None:
        owner.site.tick()
        position = owner.site.last_position()

        answer = owner.sends(fields, headers)

        assert (answer.status_code, owner.site.last_position()) == (403, position)
        assert "Nothing was sent" in lines_of(answer.text)

    def test_is_asked_before_the_secret(self, site: Site) -> None:
        nobody = Owner(somebody(site).account, f"/en/account/{'A' * 43}")

        assert nobody.sends(CHOICE, {}).status_code == 403


class TestBody:
    def test_of_another_type_is_refused(self, owner: Owner) -> None:
        answer = owner.site.reader.post(owner.path, {"form": "warehouse"}, headers={"Sec-Fetch-Site": "none"})

        refusal = problem(answer, 415, "unsupported_media")
        assert answer.headers["Accept"] == FORM["Content-Type"]
        assert owner.secret not in str(refusal)

    def test_that_is_too_large_is_refused(self, owner: Owner) -> None:
        answer = owner.sends({**ACCEPTANCE, "note": "x" * 64 * 1024})

        assert "65536 bytes" in problem(answer, 413, "too_large")["detail"]

    @pytest.mark.parametrize(
        "content", [b"form=warehouse&choice=%FF", b"form=\xff", b"&".join([b"a=1"] * 501), b"form=warehouse;choice=x"]
    )
    def test_that_cannot_be_read_is_refused(self, owner: Owner, content: bytes) -> None:
        headers = {**FORM, "Sec-Fetch-Site": "same-origin"}

        answer = owner.site.reader.send("POST", owner.path, content=content, headers=headers)

        assert answer.status_code == 400
        assert owner.account.inside["version"] == 2

    def test_that_is_none_chooses_nothing(self, owner: Owner) -> None:
        answer = owner.site.reader.send("POST", owner.path, headers={"Sec-Fetch-Site": "same-origin"})

        assert answer.status_code == 400

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_is_sent_with_post_alone(self, owner: Owner, method: str) -> None:
        answer = owner.site.reader.send(method, owner.path)

        refusal = problem(answer, 405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
        assert owner.secret not in unescape(str(refusal))
