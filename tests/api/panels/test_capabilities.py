"""Capabilities of panels: they are named when a panel gets them, and can be hidden from readers."""

from __future__ import annotations

from typing import Any

from tests.api.client import Caller, Site, made, problem
from tests.api.panel_steps import PANELS, RESTORATIONS, Restoration, a_panel, available, lost, refused

NAME = {"en": "Price sync", "es": "Sincronización de precios"}
TYPO = "price_synk"


def panel_of(caller: Caller, key: str) -> dict[str, Any]:
    """Give a panel as a caller reads it."""
    return made(caller.get(f"{PANELS}/{key}"))


def hide(site: Site, key: str, capability: str = TYPO, *, hidden: bool = True) -> None:
    """Hide a capability from readers, or show it again."""
    made(site.operator.send("PATCH", f"{PANELS}/{key}/capabilities/{capability}", json={"hidden": hidden}))
    site.tick()


class TestName:
    def test_is_said_when_the_panel_is_registered_or_when_it_gets_the_capability(self, site: Site) -> None:
        key = a_panel(site, capabilities=["login", {"key": "price_sync", "name": NAME}])

        answer = site.operator.post(f"{PANELS}/{key}/capabilities", {"key": "orders", "name": "Orders"})

        assert (answer.status_code, answer.headers["Location"]) == (201, f"{PANELS}/{key}")
        site.tick()
        for panel in (answer.json(), panel_of(site.reader, key)):
            assert panel["capabilities"] == ["login", "price_sync", "orders"]
            assert panel["capability_names"] == {"price_sync": NAME, "orders": {"en": "Orders"}}
        spanish = made(site.reader.get(f"{PANELS}/{key}/availability", params={"lang": "es"}))
        assert spanish["capability_names"] == {"price_sync": NAME["es"], "orders": "Orders"}

    def test_can_be_changed(self, site: Site) -> None:
        key = a_panel(site, capabilities=[{"key": "price_sync", "name": "Prices"}])
        path = f"{PANELS}/{key}"

        made(site.operator.send("PATCH", f"{path}/capabilities/price_sync", json={"name": NAME}))
        revised = made(
            site.operator.send(
                "PATCH", path, json={"capabilities": ["price_sync", {"key": "login", "name": "Sign-in"}]}
            )
        )

        assert revised["capability_names"] == {"price_sync": NAME, "login": {"en": "Sign-in"}}

    def test_of_a_key_that_is_named_twice_is_the_first(self, site: Site) -> None:
        key = a_panel(site, capabilities=[{"key": "login", "name": "Sign-in"}, "orders", "login"])
        site.tick()

        panel = panel_of(site.reader, key)
        assert (panel["capabilities"], panel["capability_names"]) == (["login", "orders"], {"login": {"en": "Sign-in"}})

    def test_of_a_capability_that_is_there_is_not_added_again(self, site: Site) -> None:
        key = a_panel(site)

        refused(
            site,
            lambda: site.operator.post(f"{PANELS}/{key}/capabilities", {"key": "login", "name": "Sign-in"}),
            409,
            "capability_exists",
        )

    def test_of_one_that_nobody_knows_is_refused_with_the_nearest(self, site: Site) -> None:
        key = a_panel(site)
        path = f"{PANELS}/{key}/capabilities/stock_synk"

        refusal = refused(site, lambda: site.operator.send("PATCH", path, json={"hidden": True}), 404, "not_found")

        assert refusal["detail"].endswith("did you mean stock_sync?")
        problem(
            site.operator.send("PATCH", f"{PANELS}/none/capabilities/login", json={"hidden": True}), 404, "not_found"
        )


class TestHidden:
    def test_is_gone_for_readers_everywhere_and_counts_for_no_status(self, site: Site) -> None:
        site.component("prices")
        restoration = self.restored_but_for_the_typo(site)
        key = str(restoration.inside["panel"])
        assert self.status(site) == ("partial_outage", "critical")

        hide(site, key)

        assert self.status(site) == ("operational", "critical")
        paths = (PANELS, f"{PANELS}/{key}", f"{PANELS}/availability", f"{PANELS}/{key}/availability", RESTORATIONS)
        for path in (*paths, restoration.path, "/v1/status", "/metrics"):
            assert TYPO not in site.reader.get(path).text, path
        for path in (f"{PANELS}/{key}", f"{PANELS}/{key}/availability", restoration.path, "/v1/status"):
            assert TYPO in site.auditor.get(path).text, path
        assert panel_of(site.operator, key)["hidden_capabilities"] == [TYPO]
        [cause] = made(site.reader.get("/v1/status"))["components"][0]["causes"]
        assert (cause["id"], cause.get("capability")) == (restoration.id, None)

        hide(site, key, hidden=False)

        assert self.status(site) == ("partial_outage", "critical")
        assert TYPO in available(site)[key]["capabilities"]

    def test_may_be_one_that_only_a_restoration_knows(self, site: Site) -> None:
        restoration = self.restored_but_for_the_typo(site)
        key = str(restoration.inside["panel"])
        made(site.operator.send("PATCH", f"{PANELS}/{key}", json={"capabilities": ["login"]}))

        hide(site, key)

        assert list(available(site)[key]["capabilities"]) == ["login"]
        assert list(restoration.outside["capabilities"]) == ["login"]

    def test_stays_hidden_where_it_was_given_up(self, site: Site) -> None:
        restoration = self.restored_but_for_the_typo(site)
        hide(site, str(restoration.inside["panel"]))

        restoration.done("completion", {"given_up": [TYPO]})
        site.tick()

        assert restoration.outside["given_up"] == []
        assert restoration.inside["given_up"] == [TYPO]

    @staticmethod
    def restored_but_for_the_typo(site: Site) -> Restoration:
        """Let a panel be back, but for a capability that was typed wrong."""
        restoration = lost(site, a_panel(site, capabilities=["login", TYPO]))
        site.tick()
        components = (
            {"components": {"prices": "major_outage"}} if "prices" in site.reader.get("/v1/status").text else {}
        )
        restoration.done("access-restored")
        restoration.says("login", "available")
        restoration.says(TYPO, "unavailable", **components)
        site.tick()
        return restoration

    @staticmethod
    def status(site: Site) -> tuple[str, str]:
        """Give the status of the one panel, and the indicator."""
        site.tick()
        board = made(site.reader.get("/v1/status"))
        return board["panels"][0]["status"], board["indicator"]
