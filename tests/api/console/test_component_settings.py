"""Settings of what readers see: components, groups and audiences, their names and their order."""

from __future__ import annotations

from typing import Any

import pytest

from api.console.settings.ordering import DOWN, UP, moved
from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in

COMPONENTS = "/console/settings/components"
HOSTILE = '<img src=x onerror="x"> & “' + "w" * 100


def a_component(site: Site, key: str = "labels", **more: object) -> dict[str, Any]:
    return site.component(key, name={"en": "Label printing", "es": "Etiquetas"}, **more)


def read(site: Site, key: str = "labels") -> dict[str, Any]:
    return made(site.operator.get(f"/v1/components/{key}"))


class TestOrdering:
    def test_swaps_places_that_differ(self) -> None:
        assert moved([("a", 10), ("b", 20), ("c", 30)], "b", UP) == {"a": 20, "b": 10}

    def test_gives_all_anew_where_places_are_the_same(self) -> None:
        assert moved([("a", 0), ("b", 0), ("c", 0)], "c", UP) == {"a": 10, "c": 20, "b": 30}

    @pytest.mark.parametrize(("key", "direction"), [("a", UP), ("c", DOWN), ("x", UP)])
    def test_leaves_what_cannot_move(self, key: str, direction: str) -> None:
        assert moved([("a", 0), ("b", 0), ("c", 0)], key, direction) == {}


class TestComponents:
    def test_are_registered_on_a_form(self, site: Site) -> None:
        visitor = signed_in(site, site.operator).opens(COMPONENTS)
        visitor.reads("There is no component yet. Register the first one below.")

        visitor.sends(
            "register",
            {
                "key": "labels",
                "name.en": "Label printing",
                "name.es": "Etiquetas",
                "group": "carriers",
                "markets": "ES, PT",
                "heartbeat": "15m",
                "position": "-5",
            },
        )

        assert visitor.path == f"{COMPONENTS}/labels?done=register"
        visitor.reads("Label printing", "The component is registered. Readers see it now.")
        assert visitor.form("revise").value("heartbeat") == "15m"
        found = read(site)
        assert (found["name"], found["group"], found["markets"], found["heartbeat"], found["position"]) == (
            {"en": "Label printing", "es": "Etiquetas"},
            "carriers",
            ["ES", "PT"],
            "PT900S",
            -5,
        )

    def test_keep_what_was_typed_if_it_is_wrong(self, site: Site) -> None:
        visitor = signed_in(site, site.operator).opens(COMPONENTS)

        visitor.sends(
            "register",
            {"key": "Not A Key", "name.en": HOSTILE, "group": "carriers", "position": "1.5", "since": "2025-01-01"},
            status=422,
        )

        visitor.reads("Nothing was changed. Look at what is marked.")
        visitor.reads("Enter a whole number between -1000000 and 1000000.")
        assert visitor.form("register").value("name.en") == HOSTILE
        assert "<img src=x" not in visitor.answer.text

        visitor.sends("register", {"position": "1", "key": "Not A Key"}, status=422)
        assert 'id="register-key-fault"' in visitor.answer.text
        assert site.operator.get("/v1/components").json()["data"] == []

    def test_are_changed_and_languages_taken_away(self, site: Site) -> None:
        a_component(site, description={"en": "Prints."}, heartbeat="15m")
        visitor = signed_in(site, site.operator).opens(f"{COMPONENTS}/labels")

        visitor.sends("revise", {"name.en": "Labels", "name.es": "", "description.en": "", "heartbeat": ""})

        visitor.reads("Labels", "The component is changed. Nobody was notified.")
        found = read(site)
        assert (found["name"], found["description"], found["heartbeat"]) == ({"en": "Labels"}, {}, None)

    def test_say_what_somebody_else_has_changed(self, site: Site) -> None:
        a_component(site)
        visitor = signed_in(site, site.operator).opens(f"{COMPONENTS}/labels")
        made(site.operator.patch("/v1/components/labels", {"group": "warehouse"}))

        visitor.sends("revise", {"name.en": "Mine"}, status=412)

        assert visitor.form("revise").value("name.en") == "Mine"
        visitor.reads("How it is now", "Label printing, Etiquetas", "warehouse")
        visitor.sends("revise")
        assert read(site)["name"]["en"] == "Mine"

    def test_are_pinned_and_unpinned(self, site: Site) -> None:
        a_component(site)
        visitor = signed_in(site, site.operator).opens(f"{COMPONENTS}/labels")

        visitor.sends("pin", {"status": "partial_outage", "reason": ""}, status=422)
        assert visitor.form("pin").value("status") == "partial_outage"
        visitor.sends("pin", {"reason": "The carrier said so."})
        visitor.reads("The status is pinned.", "Pinned")
        assert [each["status"] for each in read(site)["pins"]] == ["partial_outage"]

        visitor.sends("unpin").reads("The pin is removed.")
        assert read(site)["pins"] == []

    def test_are_retired_unless_something_is_open(self, site: Site) -> None:
        a_component(site)
        incident = site.incident({"labels": "major_outage"})
        visitor = signed_in(site, site.operator).opens(f"{COMPONENTS}/labels")

        visitor.sends("retire", status=409)
        assert read(site)["retired_at"] is None

        made(site.update(incident["id"], "resolved", override_reason="over"))
        visitor.opens(f"{COMPONENTS}/labels").sends("retire").reads("The component is retired.")
        assert [each.name for each in visitor.forms] == [""]
        assert (
            site.operator.post(
                "/v1/components", {"key": "labels", "name": "x", "group": "y", "since": "2025-01-01"}
            ).status_code
            == 409
        )

    def test_move_on_the_page(self, site: Site) -> None:
        for key in ("alpha", "beta", "gamma"):
            site.component(key)
        visitor = signed_in(site, site.operator).opens(COMPONENTS)

        visitor.sends("order", button="Up: Gamma")

        visitor.reads("The order is saved. Readers see it now.")
        assert [each["key"] for each in site.reader.get("/v1/components").json()["data"]] == ["alpha", "gamma", "beta"]
        visitor.sends("order", button="Down: Alpha")
        assert [each["key"] for each in site.reader.get("/v1/components").json()["data"]] == ["gamma", "alpha", "beta"]

    def test_are_read_by_auditors_and_changed_by_operators(self, site: Site) -> None:
        a_component(site)
        visitor = signed_in(site, site.auditor).opens(f"{COMPONENTS}/labels")

        assert [each.name for each in visitor.forms] == [""]
        assert visitor.request("POST", f"{COMPONENTS}/labels", "form=retire").status_code == 403
        signed_in(site, site.issue(Role.REVIEWER, "rita")).opens(COMPONENTS, status=403)

    def test_that_are_none_are_not_found(self, site: Site) -> None:
        signed_in(site, site.operator).opens(f"{COMPONENTS}/nothing", status=404).reads("Not found")


class TestGroups:
    def test_are_named_and_ordered(self, site: Site) -> None:
        a_component(site, group="night shift")
        visitor = signed_in(site, site.operator).opens("/console/settings/groups")
        visitor.reads("Without a name", "night shift")

        visitor.opens("/console/settings/groups?edit=night shift")
        visitor.sends("name", {"name.en": "Night", "name.pl": "Noc", "position": "30"})
        visitor.reads("The name is saved. Readers see it now.", "Night night shift")

        visitor.sends("add", {"named": "carriers", "name.en": "Carriers", "position": "40"})
        visitor.sends("order", button="Up: Carriers")
        assert [each["key"] for each in site.reader.get("/v1/groups").json()["data"]][:2] == ["carriers", "night shift"]

    def test_need_a_key_and_a_name(self, site: Site) -> None:
        visitor = signed_in(site, site.operator).opens("/console/settings/groups")

        visitor.sends("add", {"name.en": "Carriers"}, status=422).reads("Enter the key.")
        assert visitor.form("add").value("name.en") == "Carriers"
        visitor.sends("add", {"named": "carriers", "name.en": ""}, status=422).reads(
            "Nothing was changed. Look at what is marked."
        )
        assert site.reader.get("/v1/groups").json()["data"] == []

    def test_say_what_somebody_else_has_named_them(self, site: Site) -> None:
        made(site.operator.send("PUT", "/v1/groups/carriers", json={"name": "Carriers"}))
        visitor = signed_in(site, site.operator).opens("/console/settings/groups?edit=carriers")
        made(site.operator.send("PUT", "/v1/groups/carriers", json={"name": "Their carriers", "position": 3}))

        visitor.sends("name", {"name.en": "My carriers"}, status=412)

        assert visitor.form("name").value("name.en") == "My carriers"
        visitor.reads("How it is now: Their carriers, place 3.")
        visitor.sends("name")
        assert site.reader.get("/v1/groups").json()["data"][0]["name"] == {"en": "My carriers"}

    def test_are_not_changed_by_auditors(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor).opens("/console/settings/groups")

        assert [each.name for each in visitor.forms] == [""]
        assert visitor.request("POST", "/console/settings/groups", "form=add&named=x").status_code == 403


class TestAudiences:
    def test_are_named(self, site: Site) -> None:
        visitor = signed_in(site, site.operator).opens("/console/settings/audiences")
        visitor.reads("There is no audience yet. It comes as soon as a window names one.")

        visitor.sends("add", {"named": "sellers", "name.en": "Sellers"})

        visitor.reads("The audience is named.", "Sellers sellers")


class TestTheListOfSettings:
    def test_has_what_the_person_may_open(self, site: Site) -> None:
        signed_in(site, site.operator).opens("/console/settings").reads(
            "Components", "Endpoints", "Health"
        ).does_not_read("Tokens")
        signed_in(site, site.auditor).opens("/console/settings").reads("Components", "Health").does_not_read(
            "Endpoints"
        )
        admin = signed_in(site, site.a(Role.ADMIN)).opens("/console/settings")
        admin.reads("Components", "Endpoints", "Tokens", "People", "Health")
        assert isinstance(admin, Visitor)
