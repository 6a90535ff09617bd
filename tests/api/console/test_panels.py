"""The screens of panels: registering, naming and hiding, which panel an account is on, and whether automations run."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.recovering import a_lost_panel, a_recovery
from tests.api.console.visitor import Visitor, signed_in
from tests.api.panel_steps import registered

PANELS = "/console/panels"
HOSTILE = "<script>alert(1)</script>"


def a_visitor(site: Site, role: Role = Role.OPERATOR) -> Visitor:
    """Sign somebody in."""
    return signed_in(site, site.a(role))


def panel(site: Site, key: str = "panel-a") -> dict[str, object]:
    """Read a panel."""
    return made(site.operator.get(f"/v1/panels/{key}"))


class TestListOfPanels:
    def test_says_that_there_are_none(self, site: Site) -> None:
        a_visitor(site).opens(PANELS).reads(
            "Panels",
            "There are no panels yet. A panel is a group of accounts on servers of their own; register the first one"
            " below.",
            "None is known yet.",
        )

    def test_shows_how_each_does(self, site: Site) -> None:
        a_lost_panel(site)

        a_visitor(site, Role.AUDITOR).opens(PANELS).reads(
            "Panel A Major outage",
            "Accounts created on August 26, 2020 or earlier, by the clocks of Europe/Warsaw",
            "No access since March 4, 2025, 00:47 UTC. Open the restoration",
            "Panel D Operational",
            "Accounts created on March 11, 2021 or later, by the clocks of Europe/Warsaw",
        )

    def test_registers_a_panel(self, site: Site) -> None:
        registered(site, "panel-a", name="Panel A", accounts_from=None)

        visitor = a_visitor(site).opens(PANELS)
        visitor.sends(
            "register",
            {
                "name.en": "Panel B",
                "name.pl": "Panel be",
                "key": "panel-b",
                "zone": "Europe/Warsaw",
                "accounts_from": "2020-08-27",
                "capabilities": "login\nstock_sync\n\n",
            },
        )

        visitor.reads("The panel is registered.", "Panel A Operational", "Panel B Operational")
        found = panel(site, "panel-b")
        assert (found["name"], found["capabilities"]) == (
            {"en": "Panel B", "pl": "Panel be"},
            ["login", "stock_sync"],
        )
        assert panel(site)["accounts_until"] == "2020-08-26"

    def test_keeps_what_was_typed_and_points_at_what_is_wrong(self, site: Site) -> None:
        visitor = a_visitor(site).opens(PANELS)

        wrong: dict[str, Any] = {"name.en": "Panel B", "key": "Panel B", "zone": "Warsaw", "accounts_from": "27 August"}
        visitor.sends("register", wrong, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.")
        form = visitor.form("register")
        assert {name: form.value(name) for name in wrong} == wrong
        assert 'id="register-key-fault"' in visitor.answer.text
        assert 'id="register-accounts_from-fault"' in visitor.answer.text

    def test_says_which_panel_has_the_days_already(self, site: Site) -> None:
        registered(site, "panel-a", accounts_until="2020-08-26")

        visitor = a_visitor(site).opens(PANELS)
        visitor.sends("register", {"key": "panel-b", "accounts_from": "2020-08-01"}, status=409)

        assert "Nothing was changed." in visitor.answer.text
        assert "panel-a" in "\n".join(visitor.lines[:20])

    @pytest.mark.parametrize(
        ("day", "answer"),
        [
            ("2020-08-26", "An account created on August 26, 2020 is on Panel A."),
            ("2020-09-01", "No panel has accounts created on September 1, 2020."),
        ],
    )
    def test_finds_the_panel_of_an_account(self, site: Site, day: str, answer: str) -> None:
        a_lost_panel(site)

        a_visitor(site).opens(f"{PANELS}?account_created_on={day}").reads(answer)

    def test_keeps_a_day_that_is_none(self, site: Site) -> None:
        visitor = a_visitor(site).opens(f"{PANELS}?account_created_on=31.2.")

        assert 'value="31.2."' in visitor.answer.text
        assert 'id="lookup-fault"' in visitor.answer.text

    def test_names_an_automation(self, site: Site) -> None:
        visitor = a_visitor(site).opens(PANELS)
        visitor.sends("name_automation", {"automation": "order_paid", "name.en": "Paid orders"})
        visitor.reads("The automatic action is named.", "Paid orders")

        visitor.opens(f"{PANELS}?automation=order_paid")
        assert visitor.form("name_automation").value("name.en") == "Paid orders"
        visitor.sends("name_automation", {"name.en": "Orders that are paid"})
        visitor.reads("Orders that are paid").does_not_read("Paid orders")

        visitor.sends("name_automation", {"automation": "Order paid", "name.en": "x"}, status=422)


class TestPanel:
    def test_says_that_there_is_none(self, site: Site) -> None:
        a_visitor(site).opens(f"{PANELS}/nothing", status=404).reads("Not found")

    def test_shows_what_it_can_do(self, site: Site) -> None:
        recovery = a_recovery(site)

        visitor = a_visitor(site, Role.AUDITOR).opens(f"{PANELS}/panel-a")
        visitor.reads(
            "Panel A",
            "No access since March 4, 2025, 00:47 UTC Open the restoration",
            "Orders orders Does not work",
            "Automatic refunds refund_action Switched off by us",
            "Lost March 4, 2025, 00:47 UTC No access",
        )
        assert recovery.path in visitor.answer.text
        assert [form.name for form in visitor.forms if form.method == "post" and form.name] == []

    def test_gets_another_name(self, site: Site) -> None:
        registered(site, "panel-a", name={"en": "Panel A", "pl": "Panel a"})

        visitor = a_visitor(site).opens(f"{PANELS}/panel-a")
        visitor.sends("rename", {"name.en": HOSTILE, "name.pl": "", "name.es": "Panel a"})

        visitor.reads("The panel has its new name.")
        assert panel(site)["name"] == {"en": HOSTILE, "es": "Panel a"}
        assert HOSTILE not in visitor.answer.text

    def test_is_not_without_a_name(self, site: Site) -> None:
        registered(site, "panel-a", name={"en": "Panel A"})

        visitor = a_visitor(site).opens(f"{PANELS}/panel-a")
        visitor.sends("rename", {"name.en": ""}, status=422)

        assert 'id="rename-name-fault"' in visitor.answer.text
        assert visitor.form("rename").value("name.en") == ""

    def test_shows_both_versions_to_who_was_too_late(self, site: Site) -> None:
        registered(site, "panel-a", name={"en": "Panel A"})
        visitor = a_visitor(site).opens(f"{PANELS}/panel-a")
        made(site.operator.patch("/v1/panels/panel-a", {"name": {"en": "Shops of 2020"}}))

        visitor.sends("rename", {"name.en": "Old shops"}, status=412)

        visitor.reads("Shops of 2020", "This happened meanwhile:", "Description changed, by the-operator")
        assert visitor.form("rename").value("name.en") == "Old shops"
        visitor.sends("rename").reads("Old shops", "The panel has its new name.")

    def test_gets_a_function(self, site: Site) -> None:
        registered(site, "panel-a")
        visitor = a_visitor(site).opens(f"{PANELS}/panel-a")

        visitor.sends("add_capability", {"key": "orders", "name.en": "Orders"}, status=409)
        assert visitor.form("add_capability").value("key") == "orders"
        visitor.sends("add_capability", {"key": "price_sync", "name.en": "Prices"})

        visitor.reads("The function is added.", "Prices price_sync Works")

    def test_hides_a_function_and_shows_it_again(self, site: Site) -> None:
        registered(site, "panel-a")
        visitor = a_visitor(site).opens(f"{PANELS}/panel-a?capability=orders")

        visitor.sends("hide").reads("Readers no longer see the function.", "Orders orders Hidden from readers Works")
        assert panel(site)["hidden_capabilities"] == ["orders"]
        visitor.opens(f"{PANELS}/panel-a?capability=orders").sends("unhide")

        visitor.reads("Readers see the function again.", "Orders orders Works")

    def test_renames_a_function(self, site: Site) -> None:
        registered(site, "panel-a")
        visitor = a_visitor(site).opens(f"{PANELS}/panel-a?capability=orders")

        visitor.sends("rename_capability", {"name.en": "x" * 25_001}, status=422)
        visitor.sends("rename_capability", {"name.en": "All orders"})

        visitor.reads("The function has its new name.", "All orders orders Works")

    @pytest.mark.parametrize(
        ("asked", "answer"),
        [
            (
                "automation=order_paid&created=2025-03-03T10:00",
                "No, it does not run. It does not run for what was created before a set moment, and this was.",
            ),
            (
                "automation=login&created=2025-03-04T10:00",
                "No, it does not run. The function of this name does not work.",
            ),
            ("automation=order_paid", "Enter when the item was created."),
            ("created=2025-03-04T10:00", "Choose an automatic action."),
            ("automation=order_paid&created=soon", "Enter a day and a time, as in 2021-03-09T14:30."),
        ],
    )
    def test_says_whether_an_automation_runs(self, site: Site, asked: str, answer: str) -> None:
        a_recovery(site)

        a_visitor(site).opens(f"{PANELS}/panel-a?{asked}").reads(answer)

    def test_says_which_automation_was_meant(self, site: Site) -> None:
        a_recovery(site)

        visitor = a_visitor(site).opens(f"{PANELS}/panel-a?automation=order_payd&created=2025-03-03T10:00")

        assert "order_paid" in next(line for line in visitor.lines if "order_payd" in line)

    @pytest.mark.parametrize("path", [PANELS, f"{PANELS}/panel-a"])
    def test_is_changed_by_operators_alone(self, site: Site, path: str) -> None:
        registered(site, "panel-a")
        visitor = a_visitor(site, Role.AUDITOR).opens(path)

        assert [form.action for form in visitor.forms if form.method == "post"] == ["/console/sign-out"]
        assert visitor.request("POST", path, "form=rename").status_code == 403
        a_visitor(site, Role.REVIEWER).opens(path, status=403).reads("You cannot open this")
