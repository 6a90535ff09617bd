"""Who may read the accounts of a restoration, and how they are listed and counted."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem, written
from tests.api.pages import pages
from tests.api.panel_steps import NOBODY, RESTORATIONS, Restoration, lost, refused, registered

pytestmark = pytest.mark.both_stores

NAMES = ("Shop-1", "shop", "shop-10", "shop-2", "shop.1", "shop10", "shop_1", "Ümlaut"[1:])
ACCEPTANCE = {"by": "the owner"}
STATES = ("open", "temporary", "linked", "merged", "kept_apart", "accepted")


@pytest.fixture
def restoration(site: Site) -> Restoration:
    """A restoration with eight accounts, two of which are accepted."""
    registered(site, "panel-c")
    restoration = lost(site, "panel-c")
    for name in NAMES:
        account = restoration.takes(name)
        if name in {"shop", "shop_1"}:
            account.done("acceptance", ACCEPTANCE)
    site.tick()
    return restoration


def names(site: Site, restoration: Restoration, **asked: str) -> list[str]:
    """Give the accounts of a list."""
    return [each["account"] for each in made(site.auditor.get(restoration.accounts, params=asked))["data"]]


class TestReaders:
    def test_of_accounts_are_operators_auditors_and_admins(self, site: Site, restoration: Restoration) -> None:
        for path in (restoration.accounts, f"{restoration.accounts}/shop", f"{restoration.accounts}/summary"):
            problem(site.reader.get(path), 401, "not_authenticated")
            seen = {role for role in Role if site.a(role).get(path).status_code == 200}
            assert seen == {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}
            for role in set(Role) - seen:
                problem(site.a(role).get(path), 403, "forbidden")

    def test_learn_nothing_of_whether_there_is_an_account(self, site: Site, restoration: Restoration) -> None:
        for caller in (site.reader, site.emitter):
            paths = (
                f"{restoration.accounts}/shop",
                f"{restoration.accounts}/nobody",
                f"{RESTORATIONS}/{NOBODY}/accounts",
            )
            refusals = [caller.get(path).json()["detail"] for path in paths]
            assert len(set(refusals)) == 1

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.EMITTER, Role.REVIEWER])
    def test_that_are_no_operators_change_nothing(self, site: Site, restoration: Restoration, role: Role) -> None:
        caller = site.a(role)
        for path, body in (
            (restoration.accounts, {"account": "shop-3"}),
            (f"{restoration.accounts}/shop-2/acceptance", ACCEPTANCE),
        ):
            refused(site, lambda path=path, body=body: caller.post(path, body), 403, "forbidden")
            refused(site, lambda path=path, body=body: site.reader.post(path, body), 401, "not_authenticated")


class TestList:
    def test_goes_by_name_on_either_store(self, site: Site, restoration: Restoration) -> None:
        assert names(site, restoration) == sorted(NAMES)
        for limit in (1, 3, 8):
            found = [
                each["account"] for page in pages(site.operator, restoration.accounts, limit=limit) for each in page
            ]
            assert found == sorted(NAMES)

    def test_is_narrowed_down_by_how_names_begin(self, site: Site, restoration: Restoration) -> None:
        assert names(site, restoration, account_prefix="shop-1") == ["shop-10"]
        assert names(site, restoration, account_prefix="shop-1", state="accepted") == []
        assert names(site, restoration, account_prefix="shop", state="accepted") == ["shop", "shop_1"]
        for nothing in ("100%_", "shop 1", "~", "é", "\ue000"):
            assert names(site, restoration, account_prefix=nothing) == []
        paged = pages(site.operator, restoration.accounts, limit=2, account_prefix="shop")
        assert [each["account"] for page in paged for each in page] == sorted(set(NAMES) - {"Shop-1", "mlaut"})
        problem(site.operator.get(restoration.accounts, params={"account_prefix": "shop\n"}), 422, "invalid")

    def test_is_narrowed_down_by_state(self, site: Site, restoration: Restoration) -> None:
        assert names(site, restoration, state="accepted") == ["shop", "shop_1"]
        assert names(site, restoration, state="merged") == []
        assert len(names(site, restoration, state="open")) == 6
        found = list(pages(site.operator, restoration.accounts, limit=1, state="accepted"))
        assert [[each["account"] for each in page] for page in found] == [["shop"], ["shop_1"]]
        problem(site.auditor.get(restoration.accounts, params={"state": "lost"}), 422, "invalid")

    def test_of_an_unknown_restoration_is_not_found(self, site: Site) -> None:
        for path in ("", "/summary", "/shop"):
            problem(site.auditor.get(f"{RESTORATIONS}/{NOBODY}/accounts{path}"), 404, "not_found")

    def test_of_then_has_the_accounts_of_then(self, site: Site, restoration: Restoration) -> None:
        then = {"as_of": written(site.clock.moment)}
        site.set_clock("09:00")
        restoration.takes("later").done("acceptance", ACCEPTANCE)
        site.tick()

        assert names(site, restoration, **then) == sorted(NAMES)
        assert "later" in names(site, restoration)
        problem(site.auditor.get(f"{restoration.accounts}/later", params=then), 404, "not_found")
        assert made(site.auditor.get(f"{restoration.accounts}/summary", params=then))["accounts"] == len(NAMES)
        problem(site.auditor.get(restoration.accounts, params={"as_of": "0"}), 404, "not_found")

    def test_speaks_one_language(self, site: Site, restoration: Restoration) -> None:
        path = f"{restoration.accounts}/shop"
        relief = {"relief": "free_of_charge", "note": {"en": "Free.", "pl": "Bez opłat."}}
        made(site.operator.post(f"{path}/reliefs", relief))

        for where in (path, restoration.accounts):
            answer = made(site.auditor.get(where, params={"lang": "pl"}))
            document = answer if where == path else next(each for each in answer["data"] if each["account"] == "shop")
            assert document["reliefs"][0]["note"] == "Bez opłat."
            assert document["note"] is None


class TestSummary:
    def test_counts_each_state(self, site: Site, restoration: Restoration) -> None:
        summary = made(site.auditor.get(f"{restoration.accounts}/summary"))

        assert summary == {"accounts": 8, "states": dict.fromkeys(STATES, 0) | {"open": 6, "accepted": 2}}


class TestTag:
    def test_of_an_account_is_its_version(self, site: Site, restoration: Restoration) -> None:
        path = f"{restoration.accounts}/shop"

        answer = site.auditor.get(path)

        assert (answer.headers["ETag"], answer.json()["version"]) == ('"2"', 2)
        assert "private" in answer.headers["Cache-Control"]
        assert site.auditor.get(path, headers={"If-None-Match": '"2"'}).status_code == 304
