"""A night on which much needs somebody: what the first screen of the console has to show."""

from __future__ import annotations

from typing import Any

from tests.api.client import Site, made

PANEL = {
    "key": "panel-a",
    "name": "Panel A",
    "zone": "Europe/Warsaw",
    "accounts_from": "2020-01-01",
    "accounts_until": "2020-12-31",
    "capabilities": ["login", "orders"],
}
WINDOW: dict[str, Any] = {
    "title": "Database upgrade",
    "zone": "Europe/Warsaw",
    "start": "2025-03-04T20:00",
    "duration": "2h",
    "components": {"labels": "under_maintenance"},
}


def a_busy_night(site: Site) -> dict[str, str]:
    """Let happen at 08:00 what needs somebody, and give the ids of what there is."""
    operator = site.operator
    for key, name in (("orders", "Order import"), ("labels", "Label printing"), ("api", "Interface")):
        site.component(key, name=name)
    public = site.incident({"orders": "major_outage"}, title="Orders do not arrive")
    made(site.update(public["id"], "identified", expected_at="2025-03-04T09:00:00+00:00"))
    site.signal("errors", "labels", status="partial_outage", summary="error rate above 20 %")
    site.signal("lost", "no-such-part", summary="disk full on host 7")
    window = made(operator.post("/v1/maintenance-windows", {**WINDOW, "announced": False}))
    made(operator.post("/v1/panels", PANEL))
    loss = {"panel": "panel-a", "lost_at": "2025-03-04T06:00:00+00:00", "provider": "Host", "reason": "A fire."}
    restoration = made(operator.post("/v1/restorations", loss))
    site.tick()
    private = next(each for each in operator.get("/v1/incidents").json()["data"] if each["visibility"] == "private")
    return {
        "public": public["id"],
        "private": private["id"],
        "window": window["id"],
        "restoration": restoration["id"],
    }
