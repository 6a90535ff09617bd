"""What happens in restorations and to accounts without readers being told, and a public loss before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.api.client import at, made, written
from tests.api.panel_steps import CAPABILITIES, NDJSON, PANELS, Restoration, completed, lost, registered
from tests.api.private_changes import TRACKING, VAULT, WHY, WORD
from tests.api.readers import ACCOUNT

if TYPE_CHECKING:
    from tests.api.private_changes import Scene

PANEL, OTHER = "panel-a", "panel-b"
TEXT = {"en": f"because of {WORD}", "pl": f"{WORD} powód"}
LOGIN: dict[str, Any] = {
    "state": "unavailable",
    "note": "We look into it.",
    "components": {TRACKING: "degraded_performance"},
}
SPAN = {"from": "2021-03-09T00:00:00Z", "until": "2021-03-10T00:00:00Z"}
SUPPRESSION = {"automation": "order_paid", "created_before": "2021-03-11T00:00:00+01:00"}


def a_public_loss(scene: Scene) -> Scene:
    """Let a panel be lost twice, and tell much of it; its reasons, its policies and their changes are private."""
    site = scene.site
    registered(site, PANEL, accounts_until="2020-08-26", capabilities=[*CAPABILITIES, WORD])
    made(site.operator.send("PATCH", f"{PANELS}/{PANEL}/capabilities/{WORD}", json={"hidden": True}))
    registered(site, OTHER, accounts_from="2020-08-27")
    policies = {f"{WORD}-parcel": {"policy": "reprocess"}}
    completed(site, OTHER)
    restoration = lost(site, PANEL, lost_at=written(at("09:30")), reason=TEXT, request_policies=policies)
    restoration.done("access-restored")
    restoration.done("access-lost", {"reason": TEXT})
    restoration.says("login", **LOGIN)
    restoration.done("promises", {"promised_by": "Provider", "promised_for": "2030-01-01"})
    for automation in ("order_paid", "order_downloaded"):
        restoration.done("suppressions", {**SUPPRESSION, "automation": automation})
    restoration.done("suppressions/order_downloaded/ending", WHY)
    restoration.done("instructions", {"heading": "orders", "text": "Reconnect."})
    restoration.done("contacts", {"channel": "email", "address": "support@example.com"})
    restoration.done("updates", {"message": "The servers are being checked."})
    restoration.done("inventory", {"accounts": 647})
    restoration.takes(ACCOUNT, note=WORD)
    scene.lost = restoration.path
    scene.secrets["account"] = made(site.operator.get(f"{restoration.accounts}/{ACCOUNT}"))["id"]
    site.tick()
    return scene


def inside_public_restorations(scene: Scene) -> Iterator[str]:
    """Do with a restoration what readers are not told of."""
    path = scene.lost
    policies = {f"{WORD}-voucher": {"policy": "check_by_hand", "four_eyes": True}}
    scene.operate(path, {"request_policies": policies, "because": WORD}, method="PATCH")
    yield "a restoration has other policies for requests"
    scene.operate(f"{path}/completion", {"note": WORD}, 409)
    yield "a completion is refused"
    scene.operate(f"{path}/access-lost", {"reason": TEXT}, 409)
    yield "another loss is refused"
    scene.operate(f"{path}/suppressions/{WORD}/ending", WHY, 404)
    yield "an ending of what is not suppressed is refused"
    scene.operate("/v1/restorations", {"panel": PANEL, "reason": TEXT}, 409)
    yield "a second restoration of one panel is refused"
    scene.operate("/v1/panels", {"key": f"{WORD}-panel", "accounts_from": "2020-08-26"}, 409)
    yield "a panel that overlaps is refused"
    affected = {**LOGIN, "components": {**LOGIN["components"], VAULT: "major_outage"}}
    scene.operate(f"{path}/capabilities/login", affected, method="PUT")
    assert VAULT in made(scene.site.operator.get(path))["capabilities"]["login"]["components"]
    yield "a function affects a private component"
    scene.operate(f"/v1/components/{VAULT}/retirement", None, 409)
    yield "a private component that is affected is not retired"
    scene.operate(f"{path}/updates", {"message": TEXT, "internal": True}, 201)
    yield "an internal update of a restoration is written"
    scene.operate(f"{path}/capabilities/{WORD}", {"state": "degraded", "note": WORD}, method="PUT")
    yield "a hidden function is said to be as it is"
    scene.operate(f"/v1/panels/{PANEL}/capabilities/{WORD}", {"name": TEXT}, method="PATCH")
    yield "a hidden function gets a name"
    scene.operate(f"{path}/capabilities/{WORD}-typo", {"state": "degraded"}, 422, method="PUT")
    yield "a function that the panel does not have is refused"


def accounts_in_private(scene: Scene) -> Iterator[str]:
    """Take accounts in, and recover them."""
    accounts = f"{scene.lost}/accounts"
    taken = scene.operate(accounts, {"account": f"{WORD}-shop", "created_on": "2020-01-01", "note": WORD}, 201)
    scene.secrets["another account"] = taken["id"]
    yield "an account is taken in"
    scene.operate(accounts, [{"account": f"{WORD}-{number}"} for number in range(5)])
    yield "accounts are taken in as a list"
    lines = f'{{"account": "{WORD}-9", "note": "{WORD}"}}\n{WORD}\n'.encode()
    headers = {"Content-Type": NDJSON, "X-Request-Id": f"{WORD}-request"}
    report = made(scene.site.operator.post(accounts, content=lines, headers=headers))
    assert (report["counts"]["added"], report["counts"]["refused"]) == (1, 1)
    yield "accounts are taken in as lines"
    path = f"{accounts}/{WORD}-shop"
    temporary = {"panel": OTHER, "account": f"{WORD}-temporary"}
    scene.operate(f"{path}/temporary-account", temporary)
    yield "a temporary account is opened"
    collision = {"kind": WORD, "number": f"{WORD}-1"}
    scene.operate(f"{path}/link", {"collisions": [collision]})
    yield "a temporary account is linked"
    scene.operate(f"{path}/merge", None, 409)
    yield "a merge is refused"
    scene.operate(f"{path}/merge", {"resolutions": [{**collision, "outcome": WORD}], "reason": WORD})
    yield "two accounts are merged"
    archive = {"account": f"{WORD}-archive", "covers_from": SPAN["from"], "covers_until": SPAN["until"]}
    scene.operate(f"{path}/archive-account", archive)
    yield "an archive account is given"
    scene.operate(f"{path}/warehouse-choice", {"choice": "restore_previous"})
    yield "an owner chooses"
    scene.operate(f"{path}/warehouse-choice/execution", None)
    yield "a choice is executed"
    scene.operate(f"{path}/backfills", {"kinds": [WORD], **SPAN}, 201)
    yield "a backfill is asked for"
    scene.operate(f"{path}/backfills/1/delivery", {"counts": {WORD: 7}})
    yield "a backfill is delivered"
    scene.operate(f"{path}/reliefs", {"relief": "free_of_charge", "note": TEXT}, 201)
    yield "an owner is spared something"
    scene.operate(f"{path}/acceptance", {"by": WORD, "note": WORD})
    yield "an owner accepts"
    scene.operate(f"{accounts}/{ACCOUNT}/acceptance", {"by": WORD})
    yield "another owner accepts"
    issued = scene.operate(f"{path}/owner-link", None, 201)
    scene.secrets["secret of an owner"] = issued["url"].rpartition("/")[2]
    yield "an owner gets a link"
    scene.operate(f"{path}/owner-link", None, method="DELETE")
    yield "the link of an owner is revoked"
    scene.operate(f"{path}/owner-link", None, 404, method="DELETE")
    yield "the revocation of no link is refused"


def of_the_loss(scene: Scene) -> Restoration:
    """Give the restoration that readers know of."""
    return Restoration(scene.site, scene.lost)
