"""Temporary accounts, and whether they become one with the account that was lost."""

from __future__ import annotations

import pytest

from tests.api.client import Site, at, written
from tests.api.panel_steps import Account, Restoration, an_account_name, panel_c_lost

NOW, HOUR_AGO = written(at("08:00")), written(at("07:00"))
FROM, UNTIL = "2021-03-09T00:00:00Z", "2021-03-10T00:00:00Z"
ORDER, INVOICE = {"kind": "order", "number": "1001"}, {"kind": "invoice", "number": "FV/2021/3/1"}
STATES = ("open", "temporary", "linked", "merged", "kept_apart", "accepted")


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """The service at eight o'clock; each test has accounts of its own."""
    return shared_site


@pytest.fixture(scope="module")
def restoration(site: Site) -> Restoration:
    """A restoration of the panel of 2020."""
    return panel_c_lost(site)


@pytest.fixture
def account(restoration: Restoration) -> Account:
    """An account in it."""
    return restoration.takes(an_account_name(), created_on="2020-09-14", note="Calls every day.")


def linked(account: Account, *collisions: dict[str, str]) -> Account:
    """Give the owner a temporary account, and link it."""
    account.done("temporary-account", {"panel": "panel-d", "account": "shop-1001-temporary"})
    account.done("link", {"collisions": list(collisions)})
    return account


class TestTemporaryAccount:
    def test_is_on_another_panel_that_there_is(self, account: Account) -> None:
        on = {"account": "temporary-1"}

        account.refuses("temporary-account", {**on, "panel": "panel-c"}, 422, "same_panel")
        refusal = account.refuses("temporary-account", {**on, "panel": "panel-z"}, 422, "invalid")
        assert refusal["errors"][0]["pointer"] == "/panel"

    def test_gives_way_to_another_until_it_is_linked(self, account: Account) -> None:
        account.refuses("link", None, 409, "no_temporary_account")
        for name in ("temporary-1", "temporary-2"):
            account.done("temporary-account", {"panel": "panel-d", "account": name})
        account.refuses("merge", None, 409, "not_linked")
        account.refuses("link", {"occurred_at": HOUR_AGO}, 422, "unknown_moment")

        document = account.done("link")

        assert document["temporary_account"]["account"] == "temporary-2"
        assert (document["state"], document["linked_at"]) == ("linked", NOW)
        account.refuses("link", None, 409, "already_linked")
        account.refuses("temporary-account", {"panel": "panel-d", "account": "x"}, 409, "already_linked")


class TestMerge:
    def test_is_refused_while_a_number_collides_of_which_nobody_says_what_becomes(self, account: Account) -> None:
        linked(account, ORDER, INVOICE, ORDER)
        assert (account.inside["collisions"], account.inside["unresolved"]) == ([ORDER, INVOICE], 2)
        half = {"resolutions": [{**ORDER, "outcome": "kept"}]}

        refusal = account.refuses("merge", half, 409, "numbers_collide")
        assert "invoice FV/2021/3/1" in refusal["detail"]
        assert "1001" not in refusal["detail"].partition("both accounts have")[2]
        account.refuses("merge", None, 409, "numbers_collide")
        resolutions = [*half["resolutions"], {**INVOICE, "outcome": "renumbered"}]
        document = account.done("merge", {"resolutions": resolutions, "reason": "As agreed."})

        assert (document["state"], document["unresolved"], document["joined_at"]) == ("merged", 0, NOW)
        assert document["resolutions"] == resolutions

    def test_without_collisions_needs_no_word(self, account: Account) -> None:
        linked(account).refuses("merge", {"occurred_at": HOUR_AGO}, 422, "unknown_moment")

        assert account.done("merge")["state"] == "merged"
        account.refuses("merge", None, 409, "already_joined")
        account.refuses("link", None, 409, "already_linked")

    def test_may_be_declined_for_good(self, account: Account) -> None:
        linked(account, ORDER)

        assert account.done("merge", {"decision": "keep_apart", "reason": "Too many."})["state"] == "kept_apart"
        account.refuses("merge", {"resolutions": [{**ORDER, "outcome": "kept"}]}, 409, "already_joined")
