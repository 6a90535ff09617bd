"""What is answered about panels, restorations and accounts is what is described, member by member, to everybody."""

from __future__ import annotations

import pytest

from tests.api.client import Site
from tests.api.conformance import conforms, route_of
from tests.api.description import parameters
from tests.api.panel_steps import NDJSON, PANELS, RESTORATIONS, Account, Restoration, lost, registered
from tests.api.recovery_commands import BACKLOG, POINT, SPAN, SUPPRESSION

PANEL, CREATED = f"{PANELS}/told", "item_created_at=2021-03-10T12:00:00Z"
BOTH = {"en": "In words.", "es": "Con palabras."}
PUBLIC = (
    PANELS,
    PANEL,
    f"{PANELS}/availability",
    f"{PANEL}/availability",
    f"{PANELS}/lookup?account_created_on=2020-08-27",
    f"{PANELS}/lookup?account_created_at=2020-08-27T12:00:00Z",
    f"{PANEL}/automations/order_paid/decision?{CREATED}",
    RESTORATIONS,
    "{restoration}",
)
PRIVATE = ("{restoration}/accounts", "{restoration}/accounts/summary", "{restoration}/accounts/shop-1001")


@pytest.fixture(scope="module")
def restoration(shared_site: Site) -> Restoration:
    """A restoration of which there is much to tell."""
    shared_site.component("told")
    registered(shared_site, "told-quiet", accounts_until="2019-11-17")
    # Some names are those of members that are texts.
    capabilities = ["orders", {"key": "note", "name": BOTH}]
    registered(shared_site, "told", name=BOTH, accounts_from="2019-11-18", capabilities=capabilities)
    # A kind of request, a grade and a kind of data with the names of members that are texts.
    policies = {"note": {"policy": "reprocess"}}
    restoration = lost(shared_site, "told", provider=BOTH, reason=BOTH, request_policies=policies)
    restoration.done("promises", {"promised_by": BOTH, "promised_for": "2030-01-01", "note": BOTH})
    restoration.done("recovery-point", {**POINT, "note": BOTH})
    more = {"note": BOTH, "workaround": BOTH, "expected": "2030-01-01", "components": {"told": "partial_outage"}}
    restoration.says("orders", "degraded", **more)
    restoration.says("note", "unavailable")
    restoration.done("suppressions", {**SUPPRESSION, "note": BOTH})
    restoration.done("abandoned-backlogs", BACKLOG)
    restoration.done("instructions", {"text": BOTH})
    restoration.done("instructions", {"heading": "orders", "text": BOTH})
    restoration.done("contacts", {"audience": "sellers", "channel": "email", "address": "a@example.com", "note": BOTH})
    restoration.done("contacts", {"channel": "email", "address": "a@example.com"})
    restoration.done("updates", {"message": BOTH})
    restoration.done("updates", {"message": BOTH, "internal": True})
    restoration.done("inventory", {"accounts": 7, "note": BOTH})
    restoration.done("progress", {"stages": {"restored": {"accounts": 3, "grades": {"note": 1, "text": 2}}}})
    _tell_of_an_account(restoration)
    return restoration


def _tell_of_an_account(restoration: Restoration) -> None:
    account: Account = restoration.takes("shop-1001", created_on="2020-09-14", note="Calls often.")
    account.done("temporary-account", {"panel": "told-quiet", "account": "shop-1001-temporary"})
    account.done("link", {"collisions": [{"kind": "order", "number": "1"}, {"kind": "order", "number": "2"}]})
    account.done("merge", {"decision": "keep_apart", "resolutions": [{"kind": "order", "number": "1", "outcome": "x"}]})
    archive = {"account": "archive", "covers_from": SPAN["from"], "covers_until": SPAN["until"]}
    account.done("archive-account", archive)
    account.done("warehouse-choice", {"choice": "keep_current"})
    account.done("warehouse-choice/execution")
    for _ in range(2):
        account.done("backfills", {"kinds": ["orders"], **SPAN})
    account.done("backfills/1/delivery", {"counts": {"note": 1}})
    account.done("reliefs", {"relief": "free_of_charge", "note": BOTH, **SPAN})
    account.done("acceptance", {"by": "the owner"})
    account.done("owner-link")


class TestAnswers:
    @pytest.mark.parametrize("query", ["", "lang=es", "lang=pl", "as_of=9"])
    @pytest.mark.parametrize("path", [*PUBLIC, *PRIVATE])
    def test_to_reads_have_the_members_that_are_described(
        self, shared_site: Site, restoration: Restoration, path: str, query: str
    ) -> None:
        filled = path.replace("{restoration}", restoration.path)
        asked = f"{filled}{'&' if '?' in filled else '?'}min_position={shared_site.last_position()}&{query}"

        for caller in (shared_site.reader, shared_site.emitter, shared_site.operator, shared_site.auditor):
            answer = conforms(shared_site, caller, "GET", asked)
            if caller.token is None and path in PRIVATE:
                assert answer.status_code == 401
        if query != "as_of=9":
            answer = conforms(shared_site, shared_site.auditor, "GET", asked)
            described = parameters("GET", route_of(shared_site, answer.request))
            # What a route does not take is refused, in the shape that is described.
            assert answer.status_code == (200 if not query or query.split("=", maxsplit=1)[0] in described else 422)

    def test_to_commands_have_the_members_that_are_described(self, shared_site: Site, restoration: Restoration) -> None:
        operator = shared_site.operator
        items = {"items": [{"item_created_at": "2021-03-10T12:00:00Z", "reference": "order-1"}]}
        for caller, method, path, body in (
            (operator, "POST", PANELS, {"key": "told-new", "accounts_from": "2030-01-01"}),
            (operator, "POST", PANELS, {"key": "told-new"}),
            (operator, "PATCH", PANEL, {"name": "Told"}),
            (operator, "POST", RESTORATIONS, {"panel": "told-new", "reason": BOTH}),
            (shared_site.reader, "POST", f"{PANEL}/automations/order_paid/decision", items),
            (shared_site.emitter, "POST", f"{PANEL}/automations/order_paid/decision", items),
            (operator, "POST", f"{restoration.path}/instructions", {"text": "More."}),
            (operator, "PUT", f"{restoration.path}/capabilities/orders", {"state": "available"}),
            (operator, "POST", f"{restoration.path}/completion", None),
            (operator, "POST", restoration.accounts, {"account": "shop-2"}),
            (operator, "POST", restoration.accounts, [{"account": "a", "created_on": "1999-01-01"}, {"account": "b"}]),
            (operator, "POST", f"{restoration.accounts}/shop-2/merge", None),
        ):
            conforms(shared_site, caller, method, path, json=body)
        lines = {"content": b'bad\n{"account": "shop-3"}\n', "headers": {"Content-Type": NDJSON}}
        conforms(shared_site, operator, "POST", restoration.accounts, **lines)
        conforms(shared_site, operator, "POST", f"{restoration.path}/inventory", json={"accounts": 1}, if_match='"1"')
