"""Everything that can happen without readers being told, and a public morning before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import Site, made, written
from tests.api.client import at as moment

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Caller

WORD = "xyzzyplugh"
"""Stands in everything private, and nowhere else."""
VAULT = f"{WORD}-vault"
"""The key of the private component."""
LABELS, ORDERS, TRACKING, CALM = "labels", "orders", "tracking", "calm"
WHY = {"reason": f"because of {WORD}"}


@dataclass
class Scene:
    """The public things that there are, and the ids that readers must never see."""

    site: Site
    declared: str = ""
    resolved: str = ""
    detected: str = ""
    planned: str = ""
    under_way: str = ""
    lost: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    def operate(self, path: str, body: object, status: int = 200, method: str = "POST") -> dict[str, Any]:
        """Let the operator do something that readers are not told of."""
        return self._done(self.site.operator, method, path, body, status)

    def signal(self, fingerprint: str, component: str, **more: object) -> dict[str, Any]:
        """Let a machine hand in a signal."""
        said = {
            "source": f"{WORD}-monitor",
            "fingerprint": f"{WORD}-{fingerprint}",
            "state": "firing",
            "component": component,
            "status": "major_outage",
            "summary": f"raw text of {WORD}",
            **more,
        }
        taken = self._done(self.site.emitter, "POST", "/v1/signals", said, 200)
        self.secrets[fingerprint] = taken["signal"]
        if taken["incident"] not in {None, self.declared, self.resolved, self.detected}:
            self.secrets[f"incident of {fingerprint}"] = taken["incident"]
        return taken

    def _done(self, caller: Caller, method: str, path: str, body: object, status: int) -> dict[str, Any]:
        answer: httpx.Response = caller.send(method, path, json=body, headers={"X-Request-Id": f"{WORD}-request"})
        assert answer.status_code == status, (path, answer.text)
        document: dict[str, Any] = answer.json()
        return document


def a_public_morning(site: Site) -> Scene:
    """Let public things happen: three incidents, one of which goes on by policy, and windows of each stage."""
    scene = Scene(site)
    for place, key in enumerate((LABELS, ORDERS, TRACKING, CALM)):
        site.component(key, position=place, heartbeat="P30D" if key == TRACKING else None)
    site.set_clock("08:05")
    scene.resolved = site.signal("orders", ORDERS, status="partial_outage")["incident"]
    site.set_clock("08:40")
    site.signal("orders", ORDERS, state="clear")
    site.set_clock("08:53")
    scene.declared = site.incident({LABELS: "degraded_performance"}, title="Labels are slow")["id"]
    site.set_clock("09:00")
    scene.detected = site.signal("tracking", TRACKING, status="degraded_performance", cause="code_change")["incident"]
    scene.under_way = made(site.operator.post("/v1/maintenance-windows", a_window(CALM, end="2025-03-04T22:00")))["id"]
    over = a_window(ORDERS, start="2025-03-04T03:00", end="2025-03-04T04:00")
    made(site.operator.post("/v1/maintenance-windows", over))
    planned = a_window(LABELS, start="2025-03-04T20:00", end="2025-03-04T22:00", remind_before=["9h"])
    scene.planned = made(site.operator.post("/v1/maintenance-windows", planned))["id"]
    for answer in (site.emitter, site.operator, site.auditor):
        assert answer.get("/v1/status").json()["indicator"] == "minor"
    site.set_clock("10:00")
    return scene


def a_window(component: str, **more: object) -> dict[str, Any]:
    """Give what is planned for a component, from nine on."""
    return {
        "title": "Upgrade",
        "zone": "UTC",
        "start": "2025-03-04T09:00",
        "components": {component: "under_maintenance"},
        "audiences": {"sellers": {"restrictions": ["Nothing can be sold."]}},
        **more,
    }


def tokens_and_the_vault(scene: Scene) -> Iterator[str]:
    """Change tokens, and a private component."""
    site = scene.site
    site.issue(Role.OPERATOR, f"{WORD}-token", f"{WORD} person")
    yield "a token is issued"
    site.revoke(f"{WORD}-token")
    yield "a token is revoked"
    vault = {
        "key": VAULT,
        "name": {"en": f"{WORD} vault"},
        "group": WORD,
        "description": WORD,
        "public": False,
        "position": 1,
        "heartbeat": "2h",
    }
    scene.secrets["vault"] = scene.operate("/v1/components", vault, 201)["id"]
    yield "a private component is registered"
    scene.operate(f"/v1/components/{VAULT}", {"name": f"{WORD} renamed", "position": 0}, method="PATCH")
    yield "a private component is renamed and moved"
    pin = scene.operate(f"/v1/components/{VAULT}/pins", {"status": "major_outage", **WHY}, 201)["pin"]
    scene.secrets["pin"] = pin
    yield "a private component is pinned"
    assert site.emitter.post(f"/v1/components/{VAULT}/heartbeat").status_code == 200
    yield "a private component is heard of"
    scene.operate(f"/v1/components/{VAULT}/pins/{pin}", None, method="DELETE")
    yield "a private component is unpinned"
    scene.operate("/v1/components", {"key": f"{VAULT}-2", "name": WORD, "group": WORD, "public": False}, 201)
    scene.operate(f"/v1/components/{VAULT}-2/retirement", None)
    yield "a private component is retired"


def declared_in_private(scene: Scene) -> Iterator[str]:
    """Run an incident that is never published."""
    declared = {
        "title": f"{WORD} title",
        "message": f"{WORD} message",
        "components": {LABELS: "major_outage", VAULT: "partial_outage"},
        "markets": ["PL"],
        "publish": False,
    }
    incident = scene.operate("/v1/incidents", declared, 201)["id"]
    scene.secrets["declared"] = incident
    path = f"/v1/incidents/{incident}"
    yield "an incident is declared in private"
    update = {"state": "identified", "message": f"{WORD} update", "components": {ORDERS: "major_outage"}}
    scene.operate(f"{path}/updates", update, 201)
    yield "a private incident is updated"
    scene.operate(f"{path}/updates", {"message": f"{WORD} note", "internal": True}, 201)
    yield "a private incident gets an internal note"
    scene.operate(f"{path}/publication-hold", None, 409, "DELETE")
    yield "a release is refused"
    scene.operate(f"{path}/publication-hold", WHY)
    yield "publication is held"
    scene.operate(f"{path}/publication-hold", None, 200, "DELETE")
    yield "publication is released"
    scene.operate(f"{path}/withdrawal", WHY, 409)
    yield "a withdrawal of what is private is refused"
    correction = {"title": f"{WORD} corrected", "update": 1, "message": f"{WORD} again", **WHY}
    scene.operate(f"{path}/corrections", correction, 201)
    yield "a private incident is corrected"
    scene.operate(f"{path}/updates", {"state": "resolved", "message": WORD, "override_reason": WORD}, 201)
    yield "a private incident is resolved"
    scene.operate(f"{path}/postmortem", {"body": f"{WORD} learned"})
    yield "a postmortem of a private incident is drafted"
    scene.operate(f"{path}/reopening", WHY)
    yield "a private incident is reopened"
    scene.operate(f"{path}/dismissal", WHY)
    yield "a private incident is dismissed"
    past = {**declared, "occurred_at": written(moment("08:20")), "resolved_at": written(moment("08:50"))}
    scene.secrets["backfilled"] = scene.operate("/v1/incidents", past, 201)["id"]
    yield "a private incident is entered afterwards"


def signals_without_incident(scene: Scene) -> Iterator[str]:
    """Take signals that concern nobody outside."""
    unrouted = scene.signal("unrouted", f"{WORD}-nowhere")["signal"]
    yield "a signal is unrouted"
    scene.operate(f"/v1/unrouted-signals/{unrouted}/routing", {"component": VAULT})
    yield "a signal is routed to a private component"
    scene.operate(f"/v1/signals/{unrouted}/clearance", WHY)
    yield "a signal is cleared by hand"
    scene.signal("info", LABELS, status="operational")
    yield "a signal that implies nothing is taken"
    scene.signal("info", LABELS, state="clear")
    yield "a signal that implied nothing clears"
    scene.signal("early", LABELS, state="clear")
    yield "a signal clears before it fires"
    scene.signal("worse", f"{WORD}-nowhere", status="degraded_performance")
    scene.signal("worse", f"{WORD}-nowhere", status="major_outage", markets=["ES"])
    yield "an unrouted signal gets worse"


def inside_public_incidents(scene: Scene) -> Iterator[str]:
    """Do with public incidents what readers are not told of."""
    declared, detected = f"/v1/incidents/{scene.declared}", f"/v1/incidents/{scene.detected}"
    scene.operate(f"{declared}/updates", {"message": f"{WORD} note", "internal": True}, 201)
    yield "a public incident gets an internal note"
    note = {"update": 2, "message": f"{WORD} other note", "occurred_at": written(moment("09:59")), **WHY}
    scene.operate(f"{declared}/corrections", note, 201)
    yield "an internal note is corrected"
    spans = [{"status": "major_outage", "from": written(moment("09:30"))}]
    scene.operate(f"{declared}/corrections", {"impact": {VAULT: spans}, **WHY}, 201)
    yield "a private component joins a public incident"
    assert scene.signal("vault", VAULT)["incident"] == scene.declared
    yield "a signal on a private component joins a public incident"
    scene.signal("vault", VAULT, state="clear")
    yield "a signal on a private component clears in a public incident"
    assert scene.signal("joins", TRACKING, status="degraded_performance")["outcome"] == "joined"
    yield "a signal that changes nothing joins a public incident"
    scene.signal("joins", TRACKING, state="clear")
    yield "one of the signals of a public incident clears"
    scene.operate(f"{detected}/updates", {"state": "resolved", "message": WORD}, 409)
    yield "a resolution is refused"
    policies = {"request_policies": {f"{WORD}-parcel": {"policy": "reprocess"}}, "because": WORD}
    for path in (declared, detected, f"/v1/incidents/{scene.resolved}"):
        scene.operate(path, policies, method="PATCH")
        yield "a public incident has other policies for requests"
    scene.operate("/v1/request-policies", policies, method="PUT")
    yield "incidents that signals begin have policies for requests"
    scene.operate(f"/v1/incidents/{scene.resolved}/postmortem", {"body": f"{WORD} draft"})
    yield "a postmortem is drafted"
    scene.operate(f"/v1/components/{LABELS}/retirement", None, 409)
    yield "a retirement is refused"


def windows_in_private(scene: Scene) -> Iterator[str]:
    """Run windows, and a series of them, that are never announced."""
    text = {"en": f"{WORD} window", "es": f"{WORD} ventana"}
    private = {
        "title": text,
        "reason": text,
        "description": text,
        "zone": "America/Lima",
        "start": "2025-03-04T04:30",
        "duration": "2h",
        "components": {LABELS: "major_outage", VAULT: "partial_outage"},
        "covers": [ORDERS, VAULT],
        "markets": [{"market": "PE", "zone": "America/Lima"}],
        "audiences": {f"{WORD} sellers": {"restrictions": [text], "guidance": {"before": [text]}}},
        "freezes": [{"data": f"{WORD} freeze", "name": text, "note": text}],
        "contacts": [{"channel": f"{WORD} channel", "address": f"{WORD}@example.com", "note": text}],
        "announced": False,
    }
    window = scene.operate("/v1/maintenance-windows", private, 201)["id"]
    scene.secrets["window"] = window
    path = f"/v1/maintenance-windows/{window}"
    assert scene.site.operator.get(path).json()["state"] == "in_progress"
    yield "a private window begins"
    scene.operate(f"{path}/updates", {"message": f"{WORD} news", "components": {ORDERS: "major_outage"}}, 201)
    yield "a private window says how it goes"
    scene.operate(f"{path}/updates", {"message": f"{WORD} note of a window", "internal": True}, 201)
    yield "a private window gets an internal note"
    scene.operate(path, {"description": f"{WORD} again", "because": WORD}, method="PATCH")
    yield "a private window is rewritten"
    scene.operate(f"{path}/hold", WHY)
    scene.operate(f"{path}/extension", {"by": "1h", "message": WORD, **WHY})
    yield "a private window is extended"
    scene.operate(f"{path}/cancellation", WHY, 409)
    yield "a cancellation of what has begun is refused"
    assert scene.signal("covered", ORDERS, status="degraded_performance")["outcome"] == "relapsed"
    scene.signal("covered", ORDERS, state="clear")
    scene.operate(f"/v1/incidents/{scene.resolved}/dismissal", WHY)
    yield "a private window covers a signal"
    scene.operate(f"{path}/completion", {"outcome": "rolled_back", "message": WORD, **WHY})
    yield "a private window is completed"
    whole = {**private, "components": {}, "all": "major_outage", "covers": []}
    other = scene.operate("/v1/maintenance-windows", whole, 201)["id"]
    scene.secrets["window of the whole product"] = other
    yield "everything is down in private"
    scene.operate(f"/v1/maintenance-windows/{other}/completion", None)
    yield "everything is back in private"
    later = scene.operate("/v1/maintenance-windows", {**private, "start": "2025-03-04T12:00"}, 201)["id"]
    scene.secrets["later window"] = later
    path = f"/v1/maintenance-windows/{later}"
    yield "a private window is planned"
    scene.operate(f"{path}/reschedule", {"start": "2025-03-04T13:00", "message": WORD, **WHY})
    yield "a private window is moved"
    scene.operate(f"{path}/cancellation", {"message": WORD, **WHY})
    yield "a private window is cancelled"
    rule = {**private, "start": "2025-03-08T02:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    series = scene.operate("/v1/maintenance-series", rule, 201)["id"]
    scene.secrets["series"] = series
    made_by_it = scene.site.operator.get("/v1/maintenance-windows", params={"series": series}).json()["data"]
    assert len(made_by_it) == 3
    scene.secrets |= {f"window {number} of a series": each["id"] for number, each in enumerate(made_by_it)}
    yield "a private series makes windows"
    scene.operate(f"/v1/maintenance-series/{series}/ending", WHY)
    yield "a private series ends"


def inside_public_windows(scene: Scene) -> Iterator[str]:
    """Do with announced windows what readers are not told of."""
    planned, under_way = f"/v1/maintenance-windows/{scene.planned}", f"/v1/maintenance-windows/{scene.under_way}"
    for path in (planned, under_way):
        scene.operate(f"{path}/updates", {"message": f"{WORD} note of a window", "internal": True}, 201)
        yield "an announced window gets an internal note"
        scene.operate(f"{path}/hold", WHY)
        yield "an announced window is held"
        scene.operate(f"{path}/hold", None, method="DELETE")
        yield "an announced window is released"
        policies = {f"{WORD}-parcel": {"policy": "reprocess"}}
        scene.operate(path, {"request_policies": policies, "because": WORD}, method="PATCH")
        yield "an announced window has other policies for requests"
    components = {LABELS: "under_maintenance", VAULT: "major_outage"}
    scene.operate(planned, {"components": components, "covers": [CALM], "because": WORD}, method="PATCH")
    yield "a private component joins an announced window"
    scene.operate(f"{planned}/announcement", WHY, 409)
    yield "an announcement is refused"
    scene.operate(f"{under_way}/reschedule", {"start": "2025-03-05T09:00", "duration": "1h", **WHY}, 409)
    yield "a window that has begun is not moved"


def reminders(scene: Scene) -> Iterator[str]:
    """Let the clock remind of an announced window."""
    path = f"/v1/maintenance-windows/{scene.planned}"
    scene.site.set_clock("11:00")
    assert len(scene.site.operator.get(path).json()["reminded"]) == 1
    yield "an announced window reminds"


def relapses(scene: Scene) -> Iterator[str]:
    """Let a resolved problem come back, and go before it is told."""
    site = scene.site
    assert scene.signal("new", ORDERS, status="degraded_performance")["outcome"] == "relapsed"
    yield "a relapse begins"
    scene.signal("second", ORDERS)
    yield "a relapse gets worse"
    scene.operate(f"/v1/incidents/{scene.resolved}/publication-hold", WHY)
    yield "a relapse is held"
    site.set_clock("11:00")
    yield "a held relapse persists"
    scene.signal("new", ORDERS, state="clear")
    scene.signal("second", ORDERS, state="clear")
    site.set_clock("11:10")
    yield "a held relapse is over"
    scene.operate(f"/v1/incidents/{scene.resolved}/publication-hold", None, 200, "DELETE")
    site.set_clock("11:13")
    yield "a relapse is released and ends by policy"
    scene.signal("new", ORDERS)
    scene.operate(f"/v1/incidents/{scene.resolved}/dismissal", WHY)
    yield "a relapse is let go by hand"
    scene.signal("new", ORDERS, state="clear")
    scene.signal("third", ORDERS)
    site.set_clock("11:20")
    scene.signal("third", ORDERS, state="clear")
    site.set_clock("11:25")
    yield "a relapse ends by policy"
    silent = site.operator.get(f"/v1/components/{VAULT}").json()["silent"]
    site.set_clock("14:00")
    assert (silent, site.operator.get(f"/v1/components/{VAULT}").json()["silent"]) == (False, True)
    yield "a private component falls silent"


def a_declared_incident(scene: Scene) -> Iterator[str]:
    """Let a signal join what a person has declared."""
    assert scene.signal("declared", LABELS, status="degraded_performance")["incident"] == scene.declared
    yield "a signal joins a declared incident"
    scene.signal("declared", LABELS, state="clear")
    scene.site.set_clock("14:30")
    yield "a declared incident is left alone by policies"


def a_detection(scene: Scene) -> Iterator[str]:
    """Detect a problem that does not persist."""
    site = scene.site
    incident = scene.signal("calm", CALM)["incident"]
    hold = f"/v1/incidents/{incident}/publication-hold"
    yield "a problem is detected"
    site.set_clock("14:40")
    scene.signal("calm-2", CALM)
    yield "a detection is joined"
    site.set_clock("14:50")
    scene.operate(hold, WHY)
    site.set_clock("15:10")
    yield "a detection is held"
    scene.signal("calm", CALM, state="clear")
    scene.signal("calm-2", CALM, state="clear")
    site.set_clock("15:20")
    scene.operate(hold, None, 200, "DELETE")
    site.set_clock("15:50")
    yield "a detection is released and dismissed by policy"
    assert site.operator.get(f"/v1/incidents/{incident}").json()["state"] == "dismissed"
    assert site.reader.get(f"/v1/incidents/{incident}").status_code == 404
    scene.signal("calm", CALM, cause=None)
    other = scene.secrets["incident of calm"]
    assert other != incident
    scene.operate(f"/v1/incidents/{other}/dismissal", WHY)
    yield "a detection is dismissed by hand"


def made_public(scene: Scene) -> None:
    """Let something happen that readers are told of."""
    made(scene.site.operator.post(f"/v1/components/{ORDERS}/pins", {"status": "under_maintenance", **WHY}))
