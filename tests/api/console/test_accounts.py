"""The screens of accounts: searching and importing them, and deciding what becomes of each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.console.panels.account_lines import to_lines
from api.http.answers import JSON
from api.http.ndjson import NDJSON
from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.recovering import Recovery, a_lost_panel, takes_accounts
from tests.api.console.visitor import Visitor, signed_in

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def loss(site: Site) -> Recovery:
    """A panel that is lost, with no accounts yet."""
    return a_lost_panel(site)


@pytest.fixture
def recovery(loss: Recovery) -> Recovery:
    """A panel that is lost, with eight accounts, three of which are linked."""
    takes_accounts(loss)
    return loss


@pytest.fixture(scope="module")
def unchanged(shared_site: Site) -> Recovery:
    """The same panel, for tests that change nothing."""
    loss = a_lost_panel(shared_site)
    takes_accounts(loss)
    return loss


def opened(recovery: Recovery, account: str = "", role: Role = Role.OPERATOR) -> Visitor:
    """Open the screen of the accounts, or of one."""
    path = f"{recovery.accounts}/{account}" if account else recovery.accounts
    return signed_in(recovery.site, recovery.site.a(role)).opens(path)


class TestLines:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("shop-1\nshop-2", [{"account": "shop-1"}, {"account": "shop-2"}]),
            ("shop-1,2020-09-01,Calls", [{"account": "shop-1", "created_on": "2020-09-01", "note": "Calls"}]),
            ("\ufeffNote;Account\nCalls;shop-1", [None, {"note": "Calls", "account": "shop-1"}]),
            ("account\tcreated_on\r\n\r\nshop-1\t", [None, None, {"account": "shop-1"}]),
            (
                'shop-1,,"two\nlines"\nshop-2',
                [None, {"account": "shop-1", "note": "two\nlines"}, {"account": "shop-2"}],
            ),
            (
                "shop-1,2020-09-01,a,b",
                [{"account": "shop-1", "created_on": "2020-09-01", "note": "a", "column 4": "b"}],
            ),
            ("account,phone\nshop-1,112", [None, {"account": "shop-1", "phone": "112"}]),
        ],
    )
    def test_of_a_table_have_the_numbers_of_its_lines(self, text: str, read: list[dict[str, str] | None]) -> None:
        body, media = to_lines(text)

        assert media == NDJSON
        assert [json.loads(line) if line else None for line in body.decode().split("\n")] == read

    def test_of_json_stay_as_they_are(self) -> None:
        lines = '{"account": "shop-1"}\n\n{"account": '

        assert to_lines(lines) == (lines.encode(), NDJSON)
        assert to_lines('[{"account": "shop-1"}]') == (b'[{"account": "shop-1"}]', JSON)

    def test_of_a_piece_have_the_columns_of_the_whole(self) -> None:
        body, _ = to_lines("Calls;shop-1", "note;account")

        assert json.loads(body) == {"note": "Calls", "account": "shop-1"}


class TestAccounts:
    def test_are_none_at_first(self, loss: Recovery) -> None:
        opened(loss).reads(
            "Accounts on Panel A", "No account is listed yet. Import the accounts that are to be recovered."
        )
        opened(loss, role=Role.AUDITOR).reads("No account is listed yet.").does_not_read("Import")

    def test_are_listed_with_what_is_to_be_decided(self, recovery: Recovery) -> None:
        opened(recovery, role=Role.AUDITOR).reads(
            "0 of 8 accounts are merged, kept apart or accepted.",
            "All 8",
            "Waiting 5",
            "Linked, to be decided 3",
            "shop-1",
            "Linked, to be decided 2 numbers collide Calls each day.",
            "January 1, 2020",
            "shop-1-temporary",
            "shop-4",
            "Waiting Calls each day.",
        )

    def test_are_searched_by_state_and_name(self, recovery: Recovery) -> None:
        visitor = opened(recovery)

        visitor.opens(f"{recovery.accounts}?state=linked").reads("shop-1", "shop-3").does_not_read("shop-4")
        visitor.opens(f"{recovery.accounts}?name=shop-8").reads("shop-8").does_not_read("shop-2")
        visitor.opens(f"{recovery.accounts}?name=Shop&state=open").reads("No account is like this. Show all")
        visitor.opens(f"{recovery.accounts}?name={HOSTILE}").reads("No account is like this. Show all")
        assert HOSTILE not in visitor.answer.text

    def test_are_paged(self, loss: Recovery) -> None:
        loss.restoration.takes_lines({"account": f"shop-{number:03}"} for number in range(60))
        visitor = opened(loss).reads("shop-049", "Next").does_not_read("shop-050")

        cursor = visitor.answer.text.partition("cursor=")[2].partition('"')[0]
        visitor.opens(f"{loss.accounts}?name=shop&cursor={cursor}").reads("shop-050", "shop-059", "From the beginning")


class TestImport:
    def test_says_what_became_of_each_line(self, loss: Recovery) -> None:
        lines = "account;created_on;note\nshop-1;2020-01-01;Calls\nshop 2;2020-01-01;\nshop-3;2022-01-01;\nshop-4;;\n"
        visitor = opened(loss)

        visitor.sends("import", {"lines": lines})

        visitor.reads("4 lines were read: 2 added, 0 changed, 0 there already, 2 refused.")
        refused = [line for line in visitor.lines if line.startswith("Line ")]
        assert [line.partition(":")[0] for line in refused] == ["Line 3", "Line 4"]
        assert visitor.form("import").value("lines") == lines.strip()
        assert loss.account("shop-1")["created_on"] == "2020-01-01"

    def test_can_be_sent_again(self, loss: Recovery) -> None:
        visitor = opened(loss).sends("import", {"lines": "shop-1\nshop-2\n"})
        assert visitor.form("import").value("lines") == ""

        visitor.sends(
            "import", {"lines": '{"account": "shop-1", "note": "Calls"}\n{"account": "shop-2"}\n{"account": '}
        )

        visitor.reads(
            "3 lines were read: 0 added, 1 changed, 1 there already, 1 refused.", "Line 3: The line is not JSON."
        )

    def test_takes_a_file(self, loss: Recovery) -> None:
        visitor = opened(loss)
        parts = (
            'name="form"\r\n\r\nimport',
            'name="lines"\r\n\r\n',
            f'name="file"{FILE}\r\n\r\nshop-1,2020-01-01\r\nshop-2,2020-01-01\r\n',
        )
        body = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--b--\r\n"
        headers = {**visitor.headers, "Content-Type": "multipart/form-data; boundary=b"}

        answer = loss.site.reader.send("POST", loss.accounts, headers=headers, content=body)

        assert "2 lines were read:" in answer.text

    def test_answers_a_script_in_json(self, loss: Recovery) -> None:
        visitor = opened(loss)

        sent = "form=import&do=piece&head=note%3Baccount&lines=Calls%3Bshop-1%0A%3Bshop+2"
        answer = visitor.request("POST", loss.accounts, sent)

        assert answer.json()["counts"] == {"added": 1, "changed": 0, "repeat": 0, "refused": 1}
        assert answer.headers["Cache-Control"] == "no-store"
        assert loss.account("shop-1")["note"] == "Calls"

    @pytest.mark.parametrize(
        ("lines", "status", "words"),
        [
            ("", 422, "Choose a file, or paste the lines."),
            ("[1, 2", 400, "The body is not JSON."),
            ("[1, 2]", 200, "2 lines were read: 0 added, 0 changed, 0 there already, 2 refused."),
        ],
    )
    def test_says_what_is_wrong_with_the_whole(self, loss: Recovery, lines: str, status: int, words: str) -> None:
        visitor = opened(loss)

        visitor.sends("import", {"lines": lines}, status=status)

        assert words in "\n".join(visitor.lines)
        assert visitor.form("import").value("lines") == lines

    def test_is_for_operators(self, loss: Recovery) -> None:
        visitor = opened(loss, role=Role.AUDITOR)

        assert visitor.request("POST", loss.accounts, "form=import&lines=shop-1").status_code == 403
        assert opened(loss).request("POST", loss.accounts, "form=nothing").status_code == 400


FILE = '; filename="accounts.csv"\r\nContent-Type: text/csv'
GOOD: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("shop-4", "temporary", {"panel": "panel-d", "account": "shop-4-temporary"}, "The temporary account is recorded."),
    ("shop-1", "link", {"collisions": "invoice FV 2021/3/2\norder 78"}, "The temporary account is linked."),
    (
        "shop-1",
        "merge",
        {"all.invoice": "renumbered", "outcome.1": "kept", "reason": "As agreed."},
        "What becomes of the two accounts is decided.",
    ),
    ("shop-1", "merge", {"decision": "keep_apart"}, "What becomes of the two accounts is decided."),
    (
        "shop-4",
        "archive",
        {"account": "shop-4-archive", "covers_from": "2025-03-03T00:00", "covers_until": "2025-03-04T00:00"},
        "The archive account is recorded.",
    ),
    ("shop-4", "warehouse", {"choice": "restore_previous"}, "The choice for the warehouse is recorded."),
    (
        "shop-4",
        "backfill",
        {"kinds": "orders\ninvoices", "from": "2025-03-03T00:00", "until": "2025-03-04T00:00"},
        "The wish for data is recorded.",
    ),
    ("shop-1", "deliver-1", {"counts.orders": "132"}, "What was delivered is recorded."),
    ("shop-4", "relief", {"relief": "free_of_charge", "note.en": "Until all is back."}, "The relief is recorded."),
    ("shop-4", "accept", {"by": "the owner, by phone"}, "The acceptance is recorded."),
)
BAD: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("shop-4", "temporary", {"panel": "panel-d", "account": "shop 4"}, "temporary-account"),
    ("shop-1", "link", {"collisions": "invoice"}, "link-collisions"),
    ("shop-4", "archive", {"account": "x", "covers_from": ""}, "archive-covers_from"),
    ("shop-4", "backfill", {"kinds": "", "from": "2025-03-03T00:00"}, "backfill-kinds"),
    ("shop-1", "deliver-1", {"counts.orders": "many"}, "deliver-1-counts.orders"),
    ("shop-4", "accept", {"by": ""}, "accept-by"),
    ("shop-4", "owner_link", {"expires_at": "2025-03-04T07:00"}, "owner_link-expires_at"),
)


class TestAccount:
    def test_shows_where_it_stands(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-1", Role.AUDITOR)

        visitor.reads(
            "Account shop-1",
            "Linked, to be decided 2 numbers collide",
            "January 1, 2020",
            "Calls each day.",
            "shop-1-temporary on Panel D, since March 4, 2025, 08:00 UTC. Linked March 4, 2025, 08:00 UTC.",
            "Invoice FV/2021/3/1: to be decided",
            "Order 77: to be decided",
            "The owner has not chosen.",
            "Orders of March 2, 2025, 23:00 UTC – March 4, 2025, 00:47 UTC",
            "The owner has no link.",
            "Every event",
        )
        assert [form.action for form in visitor.forms] == ["/console/sign-out"]

    def test_says_that_there_is_none(self, recovery: Recovery) -> None:
        opened(recovery).opens(f"{recovery.accounts}/nobody", status=404).reads("Not found")

    @pytest.mark.parametrize(("account", "form", "values", "words"), GOOD)
    def test_is_changed(self, recovery: Recovery, account: str, form: str, values: dict[str, Any], words: str) -> None:
        before = recovery.account(account)["version"]

        opened(recovery, account).sends(form, values).reads(words)

        assert recovery.account(account)["version"] > before

    @pytest.mark.parametrize(("account", "form", "values", "field"), BAD)
    def test_keeps_what_was_typed_and_points_at_what_is_wrong(
        self, unchanged: Recovery, account: str, form: str, values: dict[str, Any], field: str
    ) -> None:
        recovery = unchanged
        before = recovery.account(account)["version"]
        visitor = opened(recovery, account)

        visitor.sends(form, values, status=422)

        assert f'id="{field}-fault"' in visitor.answer.text
        assert {name: visitor.form(form).value(name) for name in values} == values
        assert recovery.account(account)["version"] == before

    def test_is_merged_once_each_number_is_decided(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-1")

        visitor.sends("merge", {"all.invoice": "renumbered"}, status=409)
        assert visitor.form("merge").value("all.invoice") == "renumbered"
        visitor.sends("merge", {"outcome.1": "kept"})

        visitor.reads("Merged", "Invoice FV/2021/3/1: renumbered", "Order 77: kept")
        assert recovery.account("shop-1")["unresolved"] == 0

    def test_shows_both_versions_to_who_was_too_late(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-1")
        path = f"{recovery.restoration.accounts}/shop-1/warehouse-choice"
        made(recovery.site.operator.post(path, {"choice": "keep_current"}))

        visitor.sends("warehouse", {"choice": "restore_previous"}, status=412)

        visitor.reads(
            "Keep the present state. Not carried out yet.",
            "The owner chose what happens to the warehouse, by the-operator",
        )
        assert visitor.form("warehouse").value("choice") == "restore_previous"

    def test_has_its_choice_for_the_warehouse_carried_out(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-4").sends("warehouse", {"choice": "keep_current"})

        visitor.sends("executed")

        visitor.reads("Keep the present state. Carried out March 4, 2025, 08:00 UTC.")
        assert {"warehouse", "executed"}.isdisjoint(form.name for form in visitor.forms)

    def test_shows_the_link_of_its_owner_this_once(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-4")

        visitor.sends("owner_link", {"language": "pl", "expires_at": "2025-03-05T00:00"})

        visitor.reads("Copy this link now. It is shown this once.")
        link = next(line for line in visitor.lines if "/pl/account/" in line)
        assert recovery.site.reader.get(link.partition("/pl/")[1] + link.partition("/pl/")[2]).status_code == 200
        visitor.opens(visitor.path).does_not_read("/account/", "Copy this link")
        visitor.reads("A link was issued March 4, 2025, 08:00 UTC. It opens until March 5, 2025, 00:00 UTC.")
        visitor.sends("revoke_link").reads("The link opens nothing any more.", "The owner has no link.")
        assert recovery.site.reader.get("/pl/" + link.partition("/pl/")[2]).status_code == 404

    def test_does_not_issue_a_link_twice(self, recovery: Recovery) -> None:
        visitor = opened(recovery, "shop-4")
        content = visitor.form("owner_link").filled({})

        first = visitor.request("POST", visitor.path, content)
        again = visitor.request("POST", visitor.path, content)

        assert (first.status_code, again.status_code) == (200, 409)
        assert "/account/" not in again.text

    def test_escapes_what_people_wrote(self, recovery: Recovery) -> None:
        path = f"{recovery.restoration.accounts}/shop-1"
        made(recovery.site.operator.post(f"{path}/link", {"collisions": [{"kind": HOSTILE, "number": HOSTILE}]}))
        made(recovery.site.operator.post(f"{path}/acceptance", {"by": HOSTILE}))

        assert HOSTILE not in opened(recovery, "shop-1").answer.text

    def test_decides_on_hundreds_of_numbers_by_their_kind(self, recovery: Recovery) -> None:
        numbers = [{"kind": "order", "number": str(number)} for number in range(1_000, 1_300)]
        made(recovery.site.operator.post(f"{recovery.restoration.accounts}/shop-2/link", {"collisions": numbers}))
        visitor = opened(recovery, "shop-2").reads("And 252 more.")

        visitor.sends("merge", {"all.order": "renumbered", "all.invoice": "kept"})

        assert recovery.account("shop-2")["state"] == "merged"
        assert len(recovery.account("shop-2")["resolutions"]) == 302

    def test_may_have_signs_in_its_name(self, loss: Recovery) -> None:
        name = "shop+1@example.com:2"
        loss.restoration.takes(name)
        visitor = opened(loss)
        address = visitor.answer.text.partition(f'href="{loss.accounts}/')[2].partition('"')[0]

        visitor.opens(f"{loss.accounts}/{address}").sends("accept", {"by": "the owner"})

        visitor.reads(f"Account {name}", "The acceptance is recorded.")
        assert loss.account(name)["accepted_by"] == "the owner"
