"""The loss of a data centre and the weeks after it, told through HTTP as an order manager went through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.api.client import made
from tests.api.panel_steps import Restoration, lost, registered

if TYPE_CHECKING:
    from tests.api.client import Site

START = datetime(2021, 3, 1, 8, tzinfo=UTC)
FIRST_NOTICE, LATER_NOTICE = "12T12:00", "21T12:00"
DAY_OF_LOSS, LOSS, NEXT_DAY = "10T00:00", "10T00:47", "11T00:00"
ALL = (
    "login",
    "api",
    "external_warehouse_api",
    "orders",
    "automatic_actions",
    "stock_sync",
    "price_sync",
    "offers",
    "comparison_feed",
    "warehouse",
    "shop_orders",
    "archive",
    "invoices",
    "refund_action",
)
AUTOMATIONS = ("order_downloaded", "delivery_form_downloaded", "order_paid")
PROVIDER = {"en": "Hosting provider", "pl": "Dostawca hostingu"}
SECRET = "secret reason"


def march(clock: str) -> datetime:
    """Give the instant at which the clocks of Warsaw show this in that month."""
    return datetime.fromisoformat(f"2021-03-{clock}").replace(tzinfo=ZoneInfo("Europe/Warsaw"))


def local(clock: str) -> str:
    """Write it with the offset of Warsaw."""
    return march(clock).isoformat()


@dataclass
class March:
    """The restorations of that month, by panel, and the position at each of its moments."""

    site: Site
    of: dict[str, Restoration] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


def live_through(site: Site) -> March:
    """Let the month go by; after each step everybody can see it."""
    month = March(site)
    for clock, act in STEPS:
        site.set_clock(march(clock))
        act(month)
        month.positions[clock] = site.tick()
    return month


def _register(month: March) -> None:
    names = {"en": "Panel {}", "pl": "Panel {} (konta)"}
    for letter, first in (("a", None), ("b", "2019-11-18"), ("c", "2020-08-27")):
        name = {language: text.format(letter) for language, text in names.items()}
        registered(month.site, f"panel-{letter}", name=name, accounts_from=first, capabilities=list(ALL))


def _lose(month: March) -> None:
    said = {"lost_at": local(LOSS), "provider": PROVIDER, "reason": SECRET}
    policies = {"order": {"policy": "check_by_hand", "four_eyes": True}}
    for letter in "abc":
        month.of[letter] = lost(month.site, f"panel-{letter}", request_policies=policies, **said)


def _open_a_new_panel(month: March) -> None:
    registered(month.site, "panel-d", accounts_from="2021-03-11", capabilities=list(ALL))


def _promise(month: March, promised_for: str) -> None:
    month.of["c"].done("promises", {"promised_by": PROVIDER, "promised_for": promised_for})


def _first_notice(month: March) -> None:
    panel_c = month.of["c"]
    _promise(month, "2021-03-22")
    panel_c.says(
        "archive", "unavailable", expected="2021-03-22", note={"en": "Archived orders come back with the servers."}
    )
    panel_c.says("orders", "unavailable", workaround={"en": "Take a free temporary account on panel d."})
    panel_c.done("instructions", {"text": {"en": "Connect every integration of the temporary account anew."}})


def _count_accounts(month: March, accounts: int) -> None:
    month.of["c"].done("inventory", {"accounts": accounts})


def _report(month: March, **stages: object) -> None:
    month.of["c"].done("progress", {"stages": stages})


def _regain(month: March, letter: str) -> None:
    month.of[letter].done("access-restored", {"note": {"en": "The servers answer."}})


def _lose_again(month: March) -> None:
    month.of["b"].done("access-lost", {"provider": PROVIDER, "reason": SECRET})


def _restored_from_backup(month: March, letter: str) -> None:
    restoration = month.of[letter]
    _regain(month, letter)
    point = {"as_of": local("09T00:00"), "tolerance": "2h", "missing": ["shipments", "invoices"]}
    restoration.done("recovery-point", point)
    for automation in AUTOMATIONS:
        restoration.done("suppressions", {"automation": automation, "created_before": local(NEXT_DAY)})
    for name in ("login", "api", "orders", "stock_sync", "offers", "archive"):
        restoration.says(name, "available")
    restoration.says("external_warehouse_api", "unavailable", note={"en": "Some days more."})
    restoration.says("price_sync", "unavailable", note={"en": "Soon."})
    restoration.says("shop_orders", "degraded", note={"en": "Slower than usual."})
    restoration.says("invoices", "degraded", workaround={"en": "Use a new series of numbers."})
    restoration.says("refund_action", "suspended", note={"en": "Off for the time being."})
    restoration.done("instructions", {"text": {"en": "Reconnect the marketplace; do not delete it."}})
    restoration.done("instructions", {"text": {"en": "Check each order of 9 March by hand."}, "place": 1})


def _actions_are_back(month: March) -> None:
    panel_a = month.of["a"]
    panel_a.says("automatic_actions", "available")
    actions = ["status_for_days", "order_exists_for_days"]
    panel_a.done(
        "abandoned-backlogs", {"actions": actions, "due_from": local("09T00:00"), "due_until": local("15T00:00")}
    )
    panel_a.says(
        "comparison_feed", "unavailable", expected="2021-03-23", workaround={"en": "Use the feed of the shop."}
    )


def _panel_c_is_back(month: March) -> None:
    _regain(month, "c")
    for name in ALL:
        month.of["c"].says(name, "degraded" if name == "warehouse" else "available")


def _say(month: March, letter: str, **said: str) -> None:
    for name, state in said.items():
        month.of[letter].says(name, state)


def _complete(month: March) -> None:
    given_up = ["refund_action", "external_warehouse_api"]
    made(month.of["a"].act("completion", {"given_up": given_up, "note": {"en": "Panel a is whole again."}}))


def _nothing(_: March) -> None:
    pass


Step = tuple[str, Callable[[March], None]]
STEPS: tuple[Step, ...] = (
    ("01T10:00", _register),
    ("10T00:00", _nothing),
    ("10T01:30", _lose),
    ("10T10:00", partial(_promise, promised_for=local("11T12:00"))),
    ("11T09:00", _open_a_new_panel),
    ("11T11:59:59.999999", _nothing),
    ("11T12:00", _nothing),
    ("11T18:00", partial(_promise, promised_for=local("12T08:00"))),
    ("12T07:59:59.999999", _nothing),
    ("12T08:00", _nothing),
    (FIRST_NOTICE, _first_notice),
    ("13T09:00", partial(_count_accounts, accounts=647)),
    ("13T20:00", partial(_restored_from_backup, letter="b")),
    ("14T02:00", _lose_again),
    ("14T08:00", partial(_restored_from_backup, letter="a")),
    ("14T09:00", partial(_report, recoverable=200, restoring=300, restored=147)),
    ("14T20:00", partial(_regain, letter="b")),
    ("14T20:30", partial(_say, letter="b", login="available", orders="available", price_sync="unavailable")),
    ("15T09:00", _actions_are_back),
    ("16T09:00", partial(_count_accounts, accounts=709)),
    ("17T09:00", partial(_report, recoverable=259, restoring=350, restored=100)),
    ("20T18:00", _panel_c_is_back),
    (LATER_NOTICE, _nothing),
    ("22T23:59:59.999999", _nothing),
    ("23T23:59:59.999999", _nothing),
    ("24T00:00", _nothing),
    (
        "24T10:00",
        partial(
            _say,
            letter="a",
            comparison_feed="available",
            price_sync="available",
            shop_orders="available",
            invoices="available",
            warehouse="available",
        ),
    ),
    ("26T12:00", _complete),
)
