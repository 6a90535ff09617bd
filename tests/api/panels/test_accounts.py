"""Accounts of a restoration: each command once, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import (
    NOBODY,
    RESTORATIONS,
    Account,
    Restoration,
    a_panel,
    an_account_name,
    completed,
    panel_c_lost,
    refused,
)

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


class TestAccount:
    def test_is_answered_as_it_is_read(self, site: Site, restoration: Restoration) -> None:
        answer = site.operator.post(restoration.accounts, {"account": "shop-1001", "created_on": "2020-09-14"})

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
        assert answer.headers["Location"] == f"{restoration.accounts}/shop-1001"
        assert answer.headers["Bitacora-Position"] == str(site.last_position())
        assert document == {
            "id": document["id"],
            "version": 1,
            "restoration": restoration.id,
            "account": "shop-1001",
            "created_on": "2020-09-14",
            "note": None,
            "state": "open",
            "opened_at": NOW,
            **dict.fromkeys(("temporary_account", "linked_at", "joined_at", "archive_account")),
            **dict.fromkeys(("warehouse", "warehouse_executed_at", "accepted_at", "accepted_by")),
            "owner_link": None,
            **{name: [] for name in ("collisions", "resolutions", "backfills", "reliefs")},
            "unresolved": 0,
        }
        assert made(site.operator.get(answer.headers["Location"])) == document
        assert site.events(document["id"]) == ["account_recovery.opened"]

    @pytest.mark.parametrize("day", ["2020-08-27", "2021-03-10", None])
    def test_is_of_a_day_of_the_panel(self, restoration: Restoration, day: str | None) -> None:
        assert restoration.takes(an_account_name(), created_on=day).inside["created_on"] == day

    @pytest.mark.parametrize("day", ["2020-08-26", "2021-03-11"])
    def test_of_another_panel_is_refused(self, site: Site, restoration: Restoration, day: str) -> None:
        body = {"account": an_account_name(), "created_on": day}

        refused(site, lambda: site.operator.post(restoration.accounts, body), 422, "account_of_another_panel")

    def test_is_taken_in_once(self, site: Site, restoration: Restoration, account: Account) -> None:
        body = {"account": account.inside["account"]}

        refused(site, lambda: site.operator.post(restoration.accounts, body), 409, "already_exists")

    def test_may_be_in_another_restoration_too(self, site: Site, account: Account) -> None:
        other = completed(site, a_panel(site)).takes(account.inside["account"])

        assert other.inside["id"] != account.inside["id"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/account"),
            ({"account": "shop 1"}, "/account"),
            ({"account": ""}, "/account"),
            ({"account": "x" * 129}, "/account"),
            ({"account": 7}, "/account"),
            ({"account": "a", "created_on": "2020-09-31"}, "/created_on"),
            ({"account": "a", "note": " "}, "/note"),
            ({"account": "a", "owner": "b"}, "/owner"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, site: Site, restoration: Restoration, body: dict[str, object], pointer: str
    ) -> None:
        refusal = refused(site, lambda: site.operator.post(restoration.accounts, body), 422, "invalid")

        assert refusal["errors"][0]["pointer"] == pointer


COMMANDS: list[tuple[str, dict[str, Any] | None, int, dict[str, Any]]] = [
    (
        "temporary-account",
        {"panel": "panel-d", "account": "temporary-1", "occurred_at": NOW},
        200,
        {
            "state": "temporary",
            "temporary_account": {"panel": "panel-d", "account": "temporary-1", "since": NOW},
        },
    ),
    (
        "archive-account",
        {"account": "archive-1", "covers_from": FROM, "covers_until": UNTIL},
        200,
        {"archive_account": {"account": "archive-1", "since": NOW, "covers": {"from": FROM, "until": UNTIL}}},
    ),
    ("warehouse-choice", {"choice": "keep_current"}, 200, {"warehouse": "keep_current"}),
    (
        "backfills",
        {"kinds": ["orders", "orders", "shipments"], "from": FROM, "until": UNTIL},
        201,
        {
            "backfills": [
                {
                    "number": 1,
                    "kinds": ["orders", "shipments"],
                    "from": FROM,
                    "until": UNTIL,
                    "asked_at": NOW,
                    "delivered": None,
                    "delivered_at": None,
                }
            ]
        },
    ),
    (
        "reliefs",
        {"relief": "free_of_charge", "note": {"en": "Until joined.", "pl": "Do połączenia."}},
        201,
        {
            "reliefs": [
                {
                    "relief": "free_of_charge",
                    "from": NOW,
                    "until": None,
                    "note": {"en": "Until joined.", "pl": "Do połączenia."},
                }
            ]
        },
    ),
    ("acceptance", {"by": "the owner", "note": "By phone."}, 200, {"state": "accepted", "accepted_by": "the owner"}),
]
EACH = pytest.mark.parametrize(("action", "body", "status", "expected"), COMMANDS, ids=[each[0] for each in COMMANDS])


class TestCommand:
    @EACH
    def test_is_answered_with_what_there_is_then(
        self, account: Account, action: str, body: dict[str, Any], status: int, expected: dict[str, Any]
    ) -> None:
        answer = account.act(action, body, if_match='"1"')

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (status, '"2"')
        assert answer.headers["Bitacora-Position"] == str(account.site.last_position())
        assert answer.headers.get("Location") == (account.path if status == 201 else None)
        assert {name: document[name] for name in expected} == expected
        assert account.inside == document
        problem(account.act(action, body, if_match='"1"'), 412, "version_conflict")

    @EACH
    def test_of_nobody_is_not_found(
        self, restoration: Restoration, action: str, body: dict[str, Any], status: int, expected: dict[str, Any]
    ) -> None:
        assert status
        assert expected
        for path in (f"{restoration.accounts}/nobody", f"{RESTORATIONS}/{NOBODY}/accounts/shop-1001"):
            nobody = Account(restoration.site, path)
            refusal = nobody.refuses(action, body, 404, "not_found")
            assert path.rpartition("/")[2] in refusal["detail"]
            problem(restoration.site.auditor.get(path), 404, "not_found")


class TestWarehouse:
    def test_choice_is_changed_until_it_is_executed(self, account: Account) -> None:
        account.refuses("warehouse-choice/execution", None, 409, "nothing_chosen")
        for choice in ("keep_current", "restore_previous", "restore_previous"):
            assert account.done("warehouse-choice", {"choice": choice})["warehouse"] == choice
        assert account.inside["version"] == 3

        executed = account.act("warehouse-choice/execution")

        assert (executed.status_code, executed.json()["warehouse_executed_at"]) == (200, NOW)
        for choice in ("keep_current", "restore_previous"):
            account.refuses("warehouse-choice", {"choice": choice}, 409, "already_executed")
        account.refuses("warehouse-choice/execution", None, 409, "already_executed")
        account.refuses("warehouse-choice", {"choice": "sell"}, 422, "invalid")


class TestBackfill:
    def test_is_delivered_once(self, account: Account) -> None:
        asked = {"kinds": ["orders"], "from": FROM, "until": UNTIL}
        for _ in range(2):
            account.done("backfills", asked)
        account.refuses("backfills/3/delivery", {"counts": {"orders": 1}}, 404, "no_such_backfill")
        early = {"counts": {"orders": 1}, "occurred_at": HOUR_AGO}
        account.refuses("backfills/2/delivery", early, 422, "unknown_moment")

        answer = account.act("backfills/2/delivery", {"counts": {"orders": 132, "note": 0}})

        assert answer.status_code == 200
        assert [each["delivered"] for each in answer.json()["backfills"]] == [None, {"orders": 132, "note": 0}]
        account.refuses("backfills/2/delivery", {"counts": {"orders": 1}}, 409, "already_delivered")

    @pytest.mark.parametrize(
        ("action", "body"),
        [
            ("backfills", {"kinds": ["orders"], "from": UNTIL, "until": FROM}),
            ("archive-account", {"account": "a", "covers_from": FROM, "covers_until": FROM}),
            ("reliefs", {"relief": "free_of_charge", "from": UNTIL, "until": FROM}),
        ],
    )
    def test_of_a_span_without_length_is_refused(self, account: Account, action: str, body: dict[str, Any]) -> None:
        account.refuses(action, body, 422, "ends_before_it_begins")


class TestRelief:
    def test_of_the_same_start_gets_another_end(self, account: Account) -> None:
        for until in (None, UNTIL):
            account.done("reliefs", {"relief": "free_of_charge", "from": FROM, "until": until})
        account.done("reliefs", {"relief": "payment_block_suspended", "from": FROM})

        seen = [(each["relief"], each["until"]) for each in account.inside["reliefs"]]
        assert seen == [("free_of_charge", UNTIL), ("payment_block_suspended", None)]


class TestAcceptance:
    def test_is_given_once(self, account: Account) -> None:
        account.done("acceptance", {"by": "the owner", "occurred_at": HOUR_AGO})

        assert account.inside["accepted_at"] == HOUR_AGO
        account.refuses("acceptance", {"by": "the owner"}, 409, "already_accepted")
