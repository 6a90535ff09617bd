"""Operators give the owner of an account a secret link, and revoke it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import Account, Restoration, an_account_name, lost, refused

pytestmark = pytest.mark.both_stores

SITE_URL = "https://status.example.com"
NOW, NOON = written(at("08:00")), written(at("12:00"))
IN_A_WEEK = "2025-03-11T08:00:00Z"


@pytest.fixture(scope="module")
def site(shared_database: str) -> Iterator[Site]:
    """The service under an address of its own, whose links last a week."""
    with Site(shared_database, site_url=SITE_URL, owner_link_ttl="7d") as site:
        yield site


@pytest.fixture(scope="module")
def restoration(site: Site) -> Restoration:
    """A restoration."""
    return lost(site)


@pytest.fixture
def account(restoration: Restoration) -> Account:
    """An account in it."""
    return restoration.takes(an_account_name())


class TestOwnerLink:
    def test_is_shown_with_the_account(self, account: Account) -> None:
        answer = account.act("owner-link", if_match='"1"')

        document = answer.json()
        url = document.pop("url")
        assert (answer.status_code, answer.headers["ETag"], answer.headers["Location"]) == (201, '"2"', account.path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert url.startswith(f"{SITE_URL}/en/account/")
        assert len(url.rpartition("/")[2]) == 43
        assert document == account.inside
        assert document["owner_link"] == {"issued_at": NOW, "expires_at": IN_A_WEEK}

    def test_is_never_shown_again(self, site: Site, account: Account) -> None:
        secret = account.done("owner-link")["url"].rpartition("/")[2]

        told = site.operator.get(account.path).text + site.auditor.get("/v1/events.ndjson").text

        assert "account_recovery.owner_link_issued" in told
        assert secret not in told

    @pytest.mark.parametrize(("said", "language"), [("pl", "pl"), ("PL", "pl"), ("pt-BR", "pt"), (None, "en")])
    def test_opens_a_page_in_a_language_of_the_site(self, account: Account, said: str | None, language: str) -> None:
        url = account.done("owner-link", {"language": said, "expires_at": NOON})["url"]

        assert url.startswith(f"{SITE_URL}/{language}/account/")
        assert account.inside["owner_link"]["expires_at"] == NOON

    def test_is_refused_in_a_language_that_the_site_has_not(self, account: Account) -> None:
        refusal = account.refuses("owner-link", {"language": "de"}, 422, "invalid")

        assert refusal["errors"][0]["pointer"] == "/language"
        assert "en, es, pl, pt" in refusal["detail"]

    @pytest.mark.parametrize("expires_at", [NOW, "2025-03-04T07:59:59Z"])
    def test_is_refused_that_would_have_expired(self, account: Account, expires_at: str) -> None:
        refusal = account.refuses("owner-link", {"expires_at": expires_at}, 422, "expires_in_past")

        assert refusal["errors"][0]["pointer"] == "/expires_at"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [({"expires_at": "2025-03-05"}, "/expires_at"), ({"ttl": "7d"}, "/ttl"), ({"language": "?"}, "/language")],
    )
    def test_that_cannot_be_is_refused(self, account: Account, body: dict[str, str], pointer: str) -> None:
        assert account.refuses("owner-link", body, 422, "invalid")["errors"][0]["pointer"] == pointer

    def test_is_revoked(self, account: Account) -> None:
        account.done("owner-link")

        answer = account.act("DELETE owner-link", if_match='"2"')

        assert (answer.status_code, answer.headers["ETag"]) == (200, '"3"')
        assert answer.json() == account.inside
        assert account.inside["owner_link"] is None
        assert account.events == ["opened", "owner_link_issued", "owner_link_revoked"]

    def test_is_not_revoked_unless_there_is_one(self, account: Account) -> None:
        account.refuses("DELETE owner-link", None, 404, "no_owner_link")

        account.done("owner-link")
        account.done("DELETE owner-link")

        account.refuses("DELETE owner-link", None, 404, "no_owner_link")

    def test_of_nobody_is_not_found(self, site: Site, restoration: Restoration) -> None:
        nobody = Account(site, f"{restoration.accounts}/nobody")

        for action in ("owner-link", "DELETE owner-link"):
            refusal = nobody.refuses(action, None, 404, "not_found")
            assert "nobody" in refusal["detail"]

    def test_of_another_version_is_refused(self, account: Account) -> None:
        account.done("owner-link")

        for action in ("owner-link", "DELETE owner-link"):
            problem(account.act(action, if_match='"1"'), 412, "version_conflict")
        assert made(account.act("DELETE owner-link", if_match='"2"'))["version"] == 3

    def test_is_a_matter_of_operators(self, site: Site, account: Account) -> None:
        for action in ("POST", "DELETE"):
            path = f"{account.path}/owner-link"
            refused(site, lambda act=action, path=path: site.auditor.send(act, path), 403, "forbidden")
            refused(site, lambda act=action, path=path: site.reader.send(act, path), 401, "not_authenticated")
