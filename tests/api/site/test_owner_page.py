"""The page of an owner: it shows one account to whoever has its link, and nothing to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.api.client import Site, made, written
from tests.api.page_text import lines_of
from tests.api.panel_steps import Account, a_panel, an_account_name, lost, registered
from tests.api.site.owner_steps import ACCEPTANCE, BACKFILL, CHOICE, Owner, an_owner, somebody

pytestmark = pytest.mark.both_stores

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "text/html; charset=utf-8",
}
COLLISIONS = [{"kind": "order", "number": "1001"}, {"kind": "invoice", "number": "FV/2021/3/1"}]
HOUR = timedelta(hours=1)
LOST = {"lost_at": "2021-03-10T00:47:00+01:00", "provider": "The host", "reason": "Nobody may know."}


@pytest.fixture(scope="module")
def site(shared_database: str) -> Iterator[Site]:
    """The service under an address of its own."""
    with Site(shared_database, site_url="https://status.example.com") as site:
        yield site


@pytest.fixture
def owner(site: Site) -> Owner:
    """An owner with a link."""
    return somebody(site)


class TestPage:
    def test_is_kept_by_nobody(self, owner: Owner) -> None:
        answer = owner.opens(headers={"Accept-Encoding": "gzip", "Origin": "https://example.com"})

        assert {name: answer.headers.get(name) for name in PRIVATE} == PRIVATE
        for name in ("ETag", "Content-Encoding", "Last-Modified", "Access-Control-Allow-Origin", "Set-Cookie"):
            assert name not in answer.headers
        assert '<meta name="robots" content="noindex' in answer.text
        assert 'rel="canonical"' not in answer.text
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]

    def test_has_the_same_head_without_a_body(self, owner: Owner) -> None:
        page, head = owner.opens(), owner.site.reader.send("HEAD", owner.path)

        assert head.content == b""
        assert head.headers == page.headers

    def test_is_that_of_now_whatever_the_query_says(self, owner: Owner) -> None:
        assert owner.opens(params={"as_of": "1", "utm_source": "mail"}).content == owner.opens().content

    def test_is_the_same_for_every_token(self, owner: Owner) -> None:
        for token in ("Bearer bita_garbage", f"Bearer {owner.site.auditor.token}"):
            answer = owner.opens(headers={"Authorization": token})
            assert answer.content == owner.opens().content
            assert "Bitacora-Position" not in answer.headers

    def test_speaks_each_language_and_links_to_the_others(self, owner: Owner) -> None:
        for language in owner.site.bitacora.settings.languages:
            answer = owner.site.reader.get(f"/{language}/account/{owner.secret}")
            assert answer.status_code == 200
            assert f'<html lang="{language}"' in answer.text
            assert f'href="/pl/account/{owner.secret}"' in answer.text

    def test_says_nothing_that_is_for_operators(self, site: Site) -> None:
        restoration = lost(site, **LOST)
        restoration.takes("other-shop")
        owner = an_owner(restoration.takes("shop-77", note="Calls every day."))

        page = owner.opens().text

        assert "shop-77" in page
        for word in ("Calls every day.", "Nobody may know.", "other-shop", "the-operator", str(site.last_position())):
            assert word not in lines_of(page)
            assert word not in page or word.isdigit()


class TestWords:
    def test_say_where_a_new_account_stands(self, site: Site) -> None:
        panel = a_panel(site, name="Panel Z")
        restoration = lost(site, panel, **LOST)
        restoration.done("promises", {"promised_by": "The host", "promised_for": "2030-01-01"})
        owner = an_owner(restoration.takes("shop-1"))

        lines = owner.reads()

        start = lines.index("Your account shop-1")
        lost_since = "Panel Z has not been reachable since March 10, 2021, 00:47 UTC+1."
        assert lines[start + 1 : start + 4] == [
            "We are recovering your account.",
            f"{lost_since} The host promised access by January 1, 2030.",
            "What works on Panel Z now",
        ]
        assert "Your temporary account" not in lines
        assert "Your archive account" not in lines
        assert "Your fees" not in lines

    def test_say_that_a_promise_has_passed(self, site: Site) -> None:
        restoration = lost(site, a_panel(site, name="Panel Y"), **LOST)
        restoration.done("promises", {"promised_by": "The host", "promised_for": "2025-03-04T08:30:00Z"})
        owner = an_owner(restoration.takes("shop-1"), expires_at="2030-01-01T00:00:00Z")
        site.set_clock(site.clock.moment + timedelta(hours=1))

        assert any("The host promised access by" in line and "That time has passed." in line for line in owner.reads())

    def test_say_what_the_owner_has_meanwhile(self, site: Site) -> None:
        registered(site, "panel-t", name="Panel T", accounts_from="2021-03-11")
        account = lost(site).takes("shop-2")
        owner = an_owner(account)
        account.done("temporary-account", {"panel": "panel-t", "account": "shop-2-temporary"})
        account.done("link", {"collisions": COLLISIONS})
        account.done(
            "archive-account",
            {
                "account": "shop-2-archive",
                "covers_from": "2021-03-09T00:00:00+01:00",
                "covers_until": "2021-03-10T00:47:00+01:00",
            },
        )
        account.done(
            "reliefs", {"relief": "free_of_charge", "from": "2021-03-10T00:00:00+01:00", "note": "Until it is joined."}
        )
        account.done(
            "reliefs",
            {
                "relief": "payment_block_suspended",
                "from": "2021-03-09T00:00:00+01:00",
                "until": "2021-04-01T00:00:00+02:00",
            },
        )

        lines = owner.reads()

        assert "Your temporary account is linked with this one. They have not been joined yet." in lines
        for part in (
            ["Account", "shop-2-temporary", "Panel", "Panel T", "Open since"],
            [
                "Numbers that both accounts have used",
                "2 of them still have to be settled by us before the accounts can be merged.",
                "Order 1001",
                "Invoice FV/2021/3/1",
            ],
            [
                "Your archive account",
                "You can read your old data there, but not change it.",
                "Account",
                "shop-2-archive",
                "Open since",
            ],
            ["Data of", "March 9, 2021, 00:00 UTC+1 – March 10, 2021, 00:47 UTC+1"],
            [
                "Free of charge: from March 10, 2021, 00:00 UTC+1 until further notice",
                "Until it is joined.",
                "Not blocked for missing payments: March 9, 2021 – March 31, 2021",
            ],
        ):
            start = lines.index(part[0]) if part[0] != "Account" else lines.index("Your temporary account") + 1
            assert lines[start : start + len(part)] == part

    @pytest.mark.parametrize(
        ("merge", "said"),
        [
            (
                {"decision": "merge", "resolutions": [{**each, "outcome": "renumbered"} for each in COLLISIONS]},
                "Your temporary account has been merged into this one.",
            ),
            ({"decision": "keep_apart"}, "This account and your temporary one stay two separate accounts."),
        ],
    )
    def test_say_what_became_of_a_temporary_account(self, site: Site, merge: dict[str, object], said: str) -> None:
        account = lost(site).takes(an_account_name())
        account.done("temporary-account", {"panel": a_panel(site), "account": "elsewhere"})
        owner = an_owner(account)
        before = owner.reads()
        account.done("link", {"collisions": COLLISIONS})
        account.done("merge", merge)

        lines = owner.reads()

        assert "Work in your temporary account while we recover this one." in before
        assert said in lines
        assert ("Order 1001: renumbered" if "resolutions" in merge else "Order 1001") in lines
        assert not any("settled by us" in line for line in lines)

    def test_say_of_many_numbers_the_first_ones_first(self, site: Site) -> None:
        account = lost(site).takes(an_account_name())
        account.done("temporary-account", {"panel": a_panel(site), "account": "elsewhere"})
        account.done("link", {"collisions": [{"kind": "order", "number": str(number)} for number in range(61)]})

        lines = an_owner(account).reads()

        start = lines.index("Order 0")
        assert lines[start + 19 : start + 22] == ["Order 19", "Show 41 more", "Order 20"]

    def test_say_that_access_is_back_and_that_all_is_done(self, site: Site) -> None:
        restoration = lost(site, a_panel(site, name="Panel X", capabilities=[]), **LOST)
        owner = an_owner(restoration.takes("shop-1"), expires_at="2030-01-01T00:00:00Z")
        restoration.done("access-restored", {"occurred_at": "2021-03-22T10:00:00+01:00"})
        restored = owner.reads()
        restoration.done("completion", {"occurred_at": "2021-03-24T10:00:00+01:00"})

        assert "Panel X has been reachable again since March 22, 2021, 10:00 UTC+1." in restored
        assert "The recovery of Panel X was completed on March 24, 2021, 10:00 UTC+1." in owner.reads()

    def test_say_where_to_ask(self, site: Site) -> None:
        restoration = lost(site)
        for channel, address in (
            ("email", "help@example.com"),
            ("web", "https://help.example.com/"),
            ("phone", "+48 22 000 00 00"),
            ("web", "javascript://example.com/%0aalert(1)"),
        ):
            restoration.done("contacts", {"channel": channel, "address": address, "note": "At any time."})
        page = an_owner(restoration.takes(an_account_name())).opens().text

        assert '<a href="mailto:help@example.com">' in page
        assert '<a href="https://help.example.com/" rel="noreferrer">' in page
        assert 'href="javascript' not in page
        assert "+48 22 000 00 00 At any time." in lines_of(page)


class TestSecret:
    def test_that_opens_nothing_is_answered_with_one_page(self, site: Site) -> None:
        replaced, expired, revoked = (somebody(site, expires_at=written(site.clock.moment + HOUR)) for _ in range(3))
        an_owner(replaced.account)
        revoked.account.done("DELETE owner-link")
        site.set_clock(site.clock.moment + HOUR)
        secrets = [
            replaced.secret,
            expired.secret,
            revoked.secret,
            "A" * 43,
            "a",
            "",
            "%00",
            "%FF%FE",
            "z" * 10_000,
            f"{replaced.secret}/backfills",
            f"{expired.secret}%0a",
        ]

        answers = [site.reader.get(f"/en/account/{secret}") for secret in secrets]

        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
        assert {name: answers[0].headers.get(name) for name in PRIVATE} == PRIVATE
        assert "This link opens no account" in lines_of(answers[0].text)

    @pytest.mark.parametrize("fields", [CHOICE, BACKFILL, ACCEPTANCE, {"form": "no form"}, {}])
    def test_that_opens_nothing_takes_no_form(self, site: Site, owner: Owner, fields: dict[str, str]) -> None:
        other = Owner(owner.account, f"/en/account/{'A' * 43}")

        assert other.is_refused(fields, 404) == site.reader.get(other.path).text

    def test_opens_nothing_in_a_language_that_the_site_has_not(self, owner: Owner) -> None:
        answer = owner.site.reader.get(f"/de/account/{owner.secret}")

        assert answer.status_code == 404
        assert owner.secret not in answer.text

    def test_opens_the_account_from_the_very_next_request_on_and_no_longer(self, owner: Owner) -> None:
        before = owner.site.reader.get(owner.path).status_code
        made(owner.account.act("DELETE owner-link"))

        assert (before, owner.site.reader.get(owner.path).status_code) == (200, 404)

    def test_is_in_no_metric(self, owner: Owner) -> None:
        owner.opens()
        owner.sends(CHOICE)

        told = owner.site.auditor.get("/metrics").text

        assert owner.secret not in told
        assert 'route="/{lang:language}/account/{secret:path}"' in told


def test_an_account_that_does_not_exist_is_no_secret(site: Site) -> None:
    account = Account(site, "/v1/restorations/00000000-0000-7000-8000-000000000000/accounts/nobody")

    account.refuses("owner-link", None, 404, "not_found")
