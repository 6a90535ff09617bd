"""Whether an automation may run for each of many items."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, made, problem
from tests.api.panel_steps import PANELS, Restoration, a_panel, regained, registered

PANEL, ORDER_PAID = "panel-a", "order_paid"
PATH = f"{PANELS}/{PANEL}/automations/{ORDER_PAID}/decision"
BOUND = "2021-03-10T23:00:00Z"
BEFORE, SINCE = "2021-03-11T00:59:59+02:00", BOUND
GARBAGE = [
    {"item_created_at": "2021-03-10T23:59:59"},
    {"item_created_at": "2021-03-10"},
    {"item_created_at": "yesterday"},
    {"item_created_at": ""},
    {"item_created_at": "\x00"},
    {"item_created_at": "2021-02-30T12:00:00Z"},
    {"item_created_at": "1615417200"},
]


@pytest.fixture
def restoration(site: Site) -> Restoration:
    """The restoration of a panel that was lost, and can be reached again."""
    registered(site, PANEL)
    return regained(site, PANEL)


def suppress(restoration: Restoration, before: str = BOUND) -> None:
    """Let the automation run for no item created before an instant."""
    restoration.done("suppressions", {"automation": ORDER_PAID, "created_before": before})


class TestMany:
    def test_are_decided_in_order_and_of_one_position(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        since = site.tick()
        items: list[dict[str, Any]] = [
            {"item_created_at": BEFORE, "reference": "order-1"},
            {"item_created_at": SINCE},
            {"item_created_at": BEFORE, "reference": "order-1"},
        ]

        answer = site.reader.post(PATH, {"items": items})

        assert made(answer)["position"] == since
        said = {"restoration": restoration.id}
        assert answer.json()["data"] == [
            {"run": False, "reason": "created_before", **said, "reference": "order-1"},
            {"run": True, "reason": "created_since", **said},
            {"run": False, "reason": "created_before", **said, "reference": "order-1"},
        ]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Bitacora-Position" not in answer.headers

    def test_are_a_thousand_at_most(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        site.tick()

        most = made(site.reader.post(PATH, {"items": [{"item_created_at": BEFORE}] * 1_000}))

        assert {each["run"] for each in most["data"]} == {False}
        assert len(most["data"]) == 1_000
        for too_many in (1_001, 10_001):
            refused = site.reader.post(PATH, {"items": [{"item_created_at": BEFORE}] * too_many})
            assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/items"

    @pytest.mark.parametrize("garbage", GARBAGE, ids=str)
    def test_are_refused_if_one_has_no_instant(self, shared_site: Site, garbage: dict[str, str]) -> None:
        path = f"{PANELS}/{a_panel(shared_site)}/automations/{ORDER_PAID}/decision"

        refusal = problem(
            shared_site.reader.post(path, {"items": [{"item_created_at": BEFORE}, garbage]}), 422, "invalid"
        )

        assert [fault["pointer"] for fault in refusal["errors"]] == ["/items/1/item_created_at"]

    @pytest.mark.parametrize("body", [{}, {"items": None}, {"items": [{}]}, [], {"items": [], "more": 1}])
    def test_are_refused_in_another_form(self, shared_site: Site, body: object) -> None:
        path = f"{PANELS}/{a_panel(shared_site)}/automations/{ORDER_PAID}/decision"

        problem(shared_site.reader.post(path, body), 422, "invalid")

    def test_may_be_none(self, shared_site: Site) -> None:
        path = f"{PANELS}/{a_panel(shared_site, capabilities=[ORDER_PAID])}/automations/{ORDER_PAID}/decision"
        shared_site.tick()

        assert made(shared_site.reader.post(path, {"items": []}))["data"] == []
