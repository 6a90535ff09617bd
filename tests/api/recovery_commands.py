"""One request that succeeds for every route about panels, restorations and accounts that changes something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.api.client import written
from tests.api.command import Command, a_key, on
from tests.api.panel_steps import (
    CAPABILITIES,
    PANELS,
    RESTORATIONS,
    Account,
    Restoration,
    a_day,
    a_panel,
    lost,
    regained,
)

if TYPE_CHECKING:
    from tests.api.client import Site

Place = tuple[str, str]
SPAN = {"from": "2021-03-09T00:00:00Z", "until": "2021-03-10T00:00:00Z"}
SUPPRESSION = {"automation": "order_paid", "created_before": "2021-03-11T00:00:00+01:00"}
POINT = {"as_of": "2021-03-09T00:00:00+01:00", "tolerance": "2h", "missing": ["invoices"]}
CONTACT = {"channel": "email", "address": "support@example.com", "note": "At any time."}
BACKLOG = {"actions": ["mail"], "due_from": SPAN["from"], "due_until": SPAN["until"]}
MAY_SAY_NOTHING = (
    "access-lost",
    "access-restored",
    "accounts/{account}/link",
    "accounts/{account}/merge",
    "accounts/{account}/warehouse-choice/execution",
    "completion",
    "suppressions/{automation}/ending",
)
"""What may be said of a restoration without a body, or with one."""


def _panel(_: Site) -> Command:
    day = a_day()
    body = {"key": a_key(), "accounts_from": day, "accounts_until": day, "capabilities": CAPABILITIES}
    return Command("POST", PANELS, body)


def _after(restoration: Restoration, *done: tuple[str, dict[str, Any] | None]) -> str:
    """Do things with a restoration, and give its path."""
    for action, body in done:
        restoration.done(action, body)
    return restoration.path


def _whole(site: Site) -> str:
    states = ((f"PUT capabilities/{name}", {"state": "available"}) for name in CAPABILITIES)
    return _after(regained(site), *states)


def _account(site: Site, *done: tuple[str, dict[str, Any] | None]) -> str:
    """Take an account in, do things with it, and give its path."""
    account: Account = lost(site).takes(a_key())
    for action, body in done:
        account.done(action, body)
    return account.path


def _with_temporary(site: Site, *done: tuple[str, dict[str, Any] | None]) -> str:
    return _account(site, ("temporary-account", _temporary(site)), *done)


def _temporary(site: Site) -> dict[str, Any]:
    return {"panel": a_panel(site), "account": a_key()}


def _on_a_loss(action: str, body: dict[str, Any] | None, method: str = "POST") -> Callable[[Site], Command]:
    return lambda site: on(lost(site).path, action, body, method)


def _on_an_account(action: str, body: dict[str, Any]) -> Callable[[Site], Command]:
    return lambda site: on(_account(site), action, body)


OF_ACCOUNTS: dict[Place, Callable[[Site], Command]] = {
    ("POST", ""): lambda site: Command("POST", lost(site).accounts, {"account": a_key(), "note": "Calls often."}),
    ("POST", "/{account}/temporary-account"): lambda site: on(_account(site), "/temporary-account", _temporary(site)),
    ("POST", "/{account}/link"): lambda site: on(
        _with_temporary(site), "/link", {"collisions": [{"kind": "order", "number": "1001"}]}
    ),
    ("POST", "/{account}/merge"): lambda site: on(
        _with_temporary(site, ("link", None)), "/merge", {"decision": "keep_apart", "reason": "As agreed."}
    ),
    ("POST", "/{account}/archive-account"): _on_an_account(
        "/archive-account", {"account": "archive", "covers_from": SPAN["from"], "covers_until": SPAN["until"]}
    ),
    ("POST", "/{account}/warehouse-choice"): _on_an_account("/warehouse-choice", {"choice": "keep_current"}),
    ("POST", "/{account}/warehouse-choice/execution"): lambda site: on(
        _account(site, ("warehouse-choice", {"choice": "keep_current"})),
        "/warehouse-choice/execution",
        {"occurred_at": written(site.clock.moment)},
    ),
    ("POST", "/{account}/backfills"): _on_an_account("/backfills", {"kinds": ["orders"], **SPAN}),
    ("POST", "/{account}/backfills/{number}/delivery"): lambda site: on(
        _account(site, ("backfills", {"kinds": ["orders"], **SPAN})), "/backfills/1/delivery", {"counts": {"orders": 1}}
    ),
    ("POST", "/{account}/reliefs"): _on_an_account("/reliefs", {"relief": "free_of_charge", **SPAN}),
    ("POST", "/{account}/acceptance"): _on_an_account("/acceptance", {"by": "the owner"}),
    ("DELETE", "/{account}/owner-link"): lambda site: on(
        _account(site, ("owner-link", None)), "/owner-link", None, "DELETE"
    ),
}

OF_RESTORATIONS: dict[Place, Callable[[Site], Command]] = {
    ("PATCH", ""): _on_a_loss("", {"request_policies": {"order": {"policy": "reprocess"}}}, "PATCH"),
    ("POST", "/access-lost"): lambda site: on(regained(site).path, "/access-lost", {"provider": "Provider"}),
    ("POST", "/access-restored"): _on_a_loss("/access-restored", {"note": "It is there."}),
    ("POST", "/promises"): _on_a_loss("/promises", {"promised_by": "Provider", "promised_for": "2030-01-01"}),
    ("POST", "/recovery-point"): _on_a_loss("/recovery-point", POINT),
    ("PUT", "/capabilities/{name}"): _on_a_loss("/capabilities/orders", {"state": "degraded", "note": "Slow."}, "PUT"),
    ("POST", "/suppressions"): _on_a_loss("/suppressions", SUPPRESSION),
    ("POST", "/suppressions/{automation}/ending"): lambda site: on(
        _after(lost(site), ("suppressions", SUPPRESSION)), "/suppressions/order_paid/ending", {"reason": "Checked."}
    ),
    ("POST", "/abandoned-backlogs"): _on_a_loss("/abandoned-backlogs", BACKLOG),
    ("POST", "/instructions"): _on_a_loss("/instructions", {"text": {"en": "Reconnect."}, "place": 1}),
    ("DELETE", "/instructions/{number}"): lambda site: on(
        _after(lost(site), ("instructions", {"text": "Reconnect."})), "/instructions/1", None, "DELETE"
    ),
    ("POST", "/updates"): _on_a_loss("/updates", {"message": "The servers are being checked."}),
    ("POST", "/contacts"): _on_a_loss("/contacts", CONTACT),
    ("DELETE", "/contacts/{number}"): lambda site: on(
        _after(lost(site), ("contacts", CONTACT)), "/contacts/1", None, "DELETE"
    ),
    ("POST", "/inventory"): _on_a_loss("/inventory", {"accounts": 647}),
    ("POST", "/progress"): lambda site: on(
        _after(lost(site), ("inventory", {"accounts": 647})), "/progress", {"stages": {"restored": 1}}
    ),
    ("POST", "/reconciliation"): _on_a_loss("/reconciliation", {"public": True}),
    ("POST", "/completion"): lambda site: on(_whole(site), "/completion", {"note": "It is whole."}),
}

RECOVERY_COMMANDS: dict[Place, Callable[[Site], Command]] = {
    ("POST", PANELS): _panel,
    ("PATCH", "/v1/panels/{key}"): lambda site: on(f"{PANELS}/{a_panel(site)}", "", {"name": "Oldest"}, "PATCH"),
    ("POST", "/v1/panels/{key}/capabilities"): lambda site: on(
        f"{PANELS}/{a_panel(site)}", "/capabilities", {"key": "price_sync", "name": "Price sync"}
    ),
    ("PATCH", "/v1/panels/{key}/capabilities/{capability}"): lambda site: on(
        f"{PANELS}/{a_panel(site)}", "/capabilities/orders", {"hidden": True}, "PATCH"
    ),
    ("POST", RESTORATIONS): lambda site: Command("POST", RESTORATIONS, {"panel": a_panel(site), "reason": "A fire."}),
    **{(method, f"{RESTORATIONS}/{{id}}{path}"): command for (method, path), command in OF_RESTORATIONS.items()},
    **{(method, f"{RESTORATIONS}/{{id}}/accounts{path}"): command for (method, path), command in OF_ACCOUNTS.items()},
}

OWNER_LINKS = "/v1/restorations/{id}/accounts/{account}/owner-link"


def owner_link(site: Site) -> Command:
    """Give an owner a link."""
    return _on_an_account("/owner-link", {"expires_at": "2030-01-01T00:00:00Z", "language": "pl"})(site)
