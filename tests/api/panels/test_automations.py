"""Automations fail closed: at a name that nobody knows, and at an item of an undecided gap; who may know which name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.client import Site, made, problem
from tests.api.panel_steps import PANELS, decided, lost, regained, registered

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Caller

PANEL, OTHER, AUTOMATIONS = "panel-a", "panel-b", "/v1/automations"
ORDER_PAID, SECRET = "order_paid", "billing_robot"
ITEM = "2021-03-10T22:59:59Z"
LONG_WAY = {"min_position": "0"}
pytestmark = pytest.mark.both_stores


def asked(caller: Caller, automation: str, panel: str = PANEL, **more: str) -> httpx.Response:
    """Ask whether an automation may run for an item."""
    caller_site = f"{PANELS}/{panel}/automations/{automation}/decision"
    return caller.get(caller_site, params={"item_created_at": ITEM, **more})


def named(site: Site, automation: str = ORDER_PAID, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
    """Let an operator name an automation."""
    return site.operator.send("PUT", f"{AUTOMATIONS}/{automation}", json={"name": {"en": "Order paid"}}, **options)


def unknown(site: Site, automation: str, caller: Caller | None = None) -> list[str | None]:
    """Ask in each way for an automation that is not known, and give the nearest known one that each answer names."""
    site.tick()
    caller = caller or site.reader
    path = f"{PANELS}/{PANEL}/automations/{automation}/decision"
    answers = [
        asked(caller, automation),
        asked(caller, automation),
        asked(caller, automation, **LONG_WAY),
        caller.post(path, {"items": [{"item_created_at": ITEM}]}),
    ]
    refusals = [problem(each, 404, "unknown_automation") for each in answers]
    assert all("run" not in refusal for refusal in refusals)
    for refusal in refusals:
        assert (refusal.get("nearest") or "") in refusal["detail"]
    return [refusal.get("nearest") for refusal in refusals]


class TestName:
    def test_that_is_mistyped_never_runs_and_names_the_nearest(self, site: Site) -> None:
        registered(site, PANEL)
        assert unknown(site, ORDER_PAID) == ["orders"] * 4
        made(named(site))

        assert unknown(site, "order_piad") == [ORDER_PAID] * 4
        assert decided(site, PANEL, ORDER_PAID, ITEM)["reason"] == "no_rule"
        assert unknown(site, "zzzzzzzz") == [None] * 4

    def test_that_a_capability_or_a_suppression_of_any_panel_has_is_known(self, site: Site) -> None:
        registered(site, PANEL, accounts_until="2020-08-26")
        registered(site, OTHER, accounts_from="2020-08-27", capabilities=["warehouse_robot"])
        restoration = regained(site, OTHER)
        suppressed = [
            restoration.done("suppressions", {"automation": each, "created_before": ITEM})["new_keys"]
            for each in (ORDER_PAID, ORDER_PAID, "login")
        ]
        # A suppression of a mistyped name would leave the automation that is meant as it is.
        assert suppressed == [[ORDER_PAID], [], []]

        for automation in ("warehouse_robot", ORDER_PAID):
            assert decided(site, PANEL, automation, ITEM)["reason"] == "no_rule"

    def test_is_listed_and_read_and_versioned(self, site: Site) -> None:
        registered(site, PANEL, capabilities=["login"])
        first = named(site)
        assert (first.headers["ETag"], made(first)["name"]) == ('"1"', {"en": "Order paid"})
        made(site.operator.send("PUT", f"{AUTOMATIONS}/{ORDER_PAID}", json={"name": {"en": "Paid"}, "position": -1}))
        problem(named(site, headers={"If-Match": '"1"'}), 412, "version_conflict")
        problem(named(site, "new", headers={"If-Match": '"1"'}), 412, "version_conflict")
        site.tick()

        listed = made(site.auditor.get(AUTOMATIONS))["data"]

        assert listed == [
            {"key": ORDER_PAID, "name": {"en": "Paid"}, "position": -1, "version": 2},
            {"key": "login", "name": None, "position": 0, "version": 0},
        ]
        assert made(site.operator.get(f"{AUTOMATIONS}/{ORDER_PAID}")) == listed[0]
        refusal = problem(site.operator.get(f"{AUTOMATIONS}/order_piad"), 404, "unknown_automation")
        assert refusal["nearest"] == ORDER_PAID
        problem(site.reader.get(AUTOMATIONS), 401, "not_authenticated")


class TestHiddenCapability:
    @pytest.fixture(autouse=True)
    def hidden(self, site: Site) -> None:
        """A panel with a capability that readers are not shown, and which its restoration names."""
        registered(site, PANEL, accounts_until="2020-08-26", capabilities=["login", SECRET])
        made(site.operator.patch(f"{PANELS}/{PANEL}/capabilities/{SECRET}", {"hidden": True}))
        regained(site, PANEL)

    def test_is_answered_to_readers_as_what_is_not_there(self, site: Site) -> None:
        for caller in (site.reader, site.emitter):
            assert unknown(site, SECRET, caller) == [None] * 4
            assert unknown(site, "billing_robt", caller) == [None] * 4

        assert made(asked(site.operator, SECRET))["reason"] == "capability_unknown"
        assert unknown(site, "billing_robt", site.operator) == [SECRET] * 4

    def test_is_known_to_readers_where_another_panel_shows_it(self, site: Site) -> None:
        registered(site, OTHER, accounts_from="2020-08-27", capabilities=[SECRET])
        assert decided(site, OTHER, SECRET, ITEM)["reason"] == "no_rule"

        made(site.operator.patch(f"{PANELS}/{OTHER}/capabilities/{SECRET}", {"hidden": True}))
        assert unknown(site, SECRET) == [None] * 4


class TestGap:
    def test_keeps_back_until_somebody_has_decided_and_follows_the_newest_recovery_point(self, site: Site) -> None:
        registered(site, PANEL)
        made(named(site))
        restoration = lost(site, PANEL, lost_at="2021-03-10T23:47:00Z")
        restoration.done("recovery-point", {"as_of": "2021-03-10T00:00:00Z", "tolerance": "2h"})
        seen = [decided(site, PANEL, ORDER_PAID, ITEM)["reason"]]
        restoration.done("access-restored")
        kept = decided(site, PANEL, ORDER_PAID, ITEM)
        seen.append(kept["reason"])
        assert (kept["run"], kept["restoration"]) == (False, restoration.id)
        restoration.done("recovery-point", {"as_of": "2021-03-10T23:00:00Z"})
        seen.append(decided(site, PANEL, ORDER_PAID, ITEM)["reason"])
        seen.append(decided(site, PANEL, ORDER_PAID, "2021-03-10T23:00:00Z")["reason"])
        restoration.done("suppressions", {"automation": ORDER_PAID, "created_before": "2021-03-10T23:00:00Z"})
        seen.append(decided(site, PANEL, ORDER_PAID, "2021-03-10T23:00:00Z")["reason"])

        assert seen == ["access_lost", "undecided_gap", "no_rule", "undecided_gap", "created_since"]
