"""A panel that is lost, and all that an operator has said of it by the next morning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.api.client import Site, at, made, written
from tests.api.panel_steps import Restoration, lost, registered

if TYPE_CHECKING:
    from tests.api.client import Caller

CAPABILITIES = [
    "login",
    {"key": "orders", "name": {"en": "Orders", "pl": "Zamówienia"}},
    "stock_sync",
    "price_sync",
    "external_warehouse_api",
    "invoices",
    "refund_action",
]
LOST, BEFORE = written(at("00:47")), "2025-03-03T00:00:00+01:00"
LONG = "We are copying the data of the backup. " * 6


@dataclass(frozen=True)
class Recovery:
    """A restoration, and where its screens are."""

    site: Site
    restoration: Restoration

    @property
    def path(self) -> str:
        """The screen of the restoration."""
        return f"/console/restorations/{self.restoration.id}"

    @property
    def accounts(self) -> str:
        """The screen of its accounts."""
        return f"{self.path}/accounts"

    @property
    def inside(self) -> dict[str, Any]:
        """What operators read of it."""
        return self.restoration.inside

    def account(self, name: str) -> dict[str, Any]:
        """What operators read of an account."""
        return made(self.site.operator.get(f"{self.restoration.accounts}/{name}"))


def a_lost_panel(site: Site) -> Recovery:
    """Let a panel be lost at 00:47, of which nothing else was said."""
    site.component("stock", name="Stock levels")
    registered(site, "panel-a", name={"en": "Panel A"}, accounts_until="2020-08-26", capabilities=CAPABILITIES)
    registered(site, "panel-d", name={"en": "Panel D"}, accounts_from="2021-03-11", capabilities=["login"])
    return Recovery(site, lost(site, "panel-a", lost_at=LOST, provider="The provider", reason="A fire."))


def a_recovery(site: Site) -> Recovery:
    """Let much be said of it: promises, one of them missed, what works, what is missing, what owners have to do."""
    recovery = a_lost_panel(site)
    done = recovery.restoration.done
    for made_at, promised_for in (("01:00", written(at("05:00"))), ("05:30", "2025-03-06")):
        promise = {"promised_by": "The provider", "promised_for": promised_for, "occurred_at": written(at(made_at))}
        done("promises", promise)
    site.tick()
    done("recovery-point", {"as_of": BEFORE, "tolerance": "2h", "missing": ["shipments", "invoices"], "note": LONG})
    late = {"state": "unavailable", "note": LONG, "workaround": "Use the feed of the shop.", "expected": "2025-03-08"}
    done("PUT capabilities/price_sync", late)
    done("PUT capabilities/refund_action", {"state": "suspended", "note": "So that nobody is refunded twice."})
    done(
        "suppressions", {"automation": "order_paid", "created_before": LOST, "note": "So that nobody is mailed twice."}
    )
    done("abandoned-backlogs", {"actions": ["order_exists_for_days"], "due_from": BEFORE, "due_until": LOST})
    for heading, text in (("orders", "Reconnect the shop."), ("orders", LONG), (None, "Clear the cache.")):
        done("instructions", {"heading": heading, "text": text})
    done("contacts", {"channel": "email", "address": "support@example.com", "note": "At any time."})
    done("inventory", {"accounts": 709})
    done("progress", {"stages": {"restored": {"accounts": 400, "grades": {"complete": 390, "partly": 10}}, "lost": 9}})
    done("updates", {"message": LONG})
    done("updates", {"message": "The provider does not answer the phone.", "internal": True})
    takes_accounts(recovery)
    return recovery


def takes_accounts(recovery: Recovery) -> None:
    """Take in accounts that have come differently far."""
    for number in range(1, 9):
        recovery.restoration.takes(f"shop-{number}", created_on="2020-01-0" + str(number), note="Calls each day.")
    for name in ("shop-1", "shop-2", "shop-3"):
        link(recovery.site.operator, f"{recovery.restoration.accounts}/{name}", name)


def link(operator: Caller, path: str, name: str) -> None:
    """Give an account a temporary one, two of whose numbers collide."""
    made(operator.post(f"{path}/temporary-account", {"panel": "panel-d", "account": f"{name}-temporary"}))
    numbers = [{"kind": "invoice", "number": "FV/2021/3/1"}, {"kind": "order", "number": "77"}]
    made(operator.post(f"{path}/link", {"collisions": numbers}))
    made(operator.post(f"{path}/backfills", {"kinds": ["orders"], "from": BEFORE, "until": LOST}))
