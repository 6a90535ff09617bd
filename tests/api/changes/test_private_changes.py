"""The list of changes of operators and auditors: what readers were told, and what they were not, with who did it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem
from tests.api.pages import pages
from tests.api.panel_steps import a_panel
from tests.api.windows import planned

pytestmark = pytest.mark.both_stores

PATH = "/v1/changes"
MORE = {"visibility", "only_readers", "position", "type", "actor", "source", "reason"}
"""What operators and auditors get of a change more than readers."""


def changes(site: Site, **query: object) -> list[dict[str, Any]]:
    """List the changes of an auditor, with sentences in English."""
    answer = made(site.auditor.get(PATH, params={"lang": "en", "limit": 200, **query}))
    assert not answer["has_more"]
    found: list[dict[str, Any]] = answer["data"]
    return found


def public(site: Site) -> list[dict[str, Any]]:
    """List the changes of readers."""
    found: list[dict[str, Any]] = made(site.reader.get(PATH, params={"lang": "en", "limit": 200}))["data"]
    return found


def told(site: Site, since: int) -> list[tuple[str, str, str]]:
    """Give visibility, kind and sentence of what changed since a position."""
    return [(each["visibility"], each["kind"], each["text"]) for each in changes(site, **{"from": str(since)})]


class TestPrivateIncident:
    def test_is_told_from_its_detection_on_with_event_and_actor(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        begins = site.tick()
        incident = site.signal("f1", "labels")["incident"]
        site.tick()

        [detected, status] = changes(site, **{"from": str(begins)})

        assert detected == {
            "at": "2025-03-04T08:00:00Z",
            "occurred_at": "2025-03-04T08:00:00Z",
            "kind": "incident_detected",
            "thing": {"type": "incident", "id": incident},
            "cause": None,
            "text": "New incident, not public: “Carrier A”.",
            "before": None,
            "after": {"state": "investigating", "expected_at": None},
            "visibility": "private",
            "only_readers": False,
            "position": detected["position"],
            "type": "incident.detected",
            "actor": detected["actor"],
            "source": detected["source"],
            "reason": None,
        }
        [event] = made(site.auditor.get("/v1/events", params={"after": detected["position"] - 1, "limit": 1}))["data"]
        assert {name: event[name] for name in ("type", "actor", "source")} == {
            name: detected[name] for name in ("type", "actor", "source")
        }
        assert (status["kind"], status["visibility"], status["after"]) == (
            "component_status",
            "private",
            {"status": "major_outage"},
        )

    def test_is_told_as_it_is_held_noted_dismissed_and_why(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        incident = site.signal("f1", "labels")["incident"]
        begins = site.tick()
        operate = f"/v1/incidents/{incident}"
        made(site.operator.post(f"{operate}/publication-hold", {"reason": "Not sure."}))
        made(site.update(incident, "investigating", message="A guess.", internal=True))
        made(site.operator.post(f"{operate}/dismissal", {"reason": "A test."}))
        site.tick()

        assert told(site, begins) == [
            ("private", "publication_held", "Publication is held back: “Carrier A”."),
            ("private", "internal_note", "There is a new internal note: “Carrier A”."),
            ("private", "incident_dismissed", "Dismissed, it never was public: “Carrier A”."),
            (
                "private",
                "component_status",
                "Carrier A: operational, before: major outage – “Carrier A”.",
            ),
        ]
        reasons = [each["reason"] for each in changes(site, **{"from": str(begins)})]
        assert reasons == ["Not sure.", None, "A test.", "A test."]
        assert public(site) == public(site)[:1]

    def test_is_public_from_its_publication_on_for_everybody(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        site.signal("f1", "labels")
        begins = site.tick()
        site.set_clock("09:00")

        [published, status] = changes(site, **{"from": str(begins)})

        assert (published["kind"], published["visibility"]) == ("incident_published", "public")
        assert (published["type"], published["actor"]) == ("incident.published", "policy:publication")
        assert (status["kind"], status["visibility"], status["only_readers"]) == ("component_status", "public", True)

    def test_is_told_as_it_comes_back_and_goes(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        site.signal("f1", "labels", cause="code_change")
        site.set_clock("08:10")
        site.signal("f1", "labels", state="clear")
        begins = site.set_clock("08:30")
        site.signal("f1", "labels")
        site.set_clock("08:35")
        site.signal("f1", "labels", state="clear")
        site.set_clock("08:50")

        kinds = [(each["visibility"], each["kind"]) for each in changes(site, **{"from": str(begins)})]

        assert kinds == [
            ("private", "incident_relapsed"),
            ("private", "component_status"),
            ("private", "relapse_ended"),
            ("private", "component_status"),
        ]


class TestOtherPrivateThings:
    def test_are_windows_that_are_not_announced(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        begins = site.tick()
        window = planned(site, title="New printers", announced=False)
        site.tick()

        [(visibility, kind, text)] = told(site, begins)
        assert (visibility, kind) == ("private", "maintenance_planned")
        assert text.startswith("Maintenance planned, not announced: “New printers”, from March 4, 2025")

        begins = site.tick()
        window.done("announcement")
        site.tick()
        assert [each[:2] for each in told(site, begins)] == [("public", "maintenance_announced")]

    def test_are_components_that_readers_do_not_see_and_why_they_are_pinned(self, site: Site) -> None:
        begins = site.tick()
        site.component("vault", name="The vault", public=False)
        made(site.operator.post("/v1/components/vault/pins", {"status": "major_outage", "reason": "For us."}))
        made(site.operator.post("/v1/components/vault/pins", {"status": "major_outage", "reason": "Again."}))
        site.tick()

        assert told(site, begins) == [
            ("private", "component_added", "The vault is now on this page: operational."),
            ("private", "component_status", "The vault: major outage, before: operational."),
            ("private", "details_changed", "Internal details have changed: “The vault”."),
        ]
        assert [each["reason"] for each in changes(site, **{"from": str(begins)})] == [None, "For us.", "Again."]
        assert public(site) == []

    def test_are_capabilities_that_readers_are_not_shown(self, site: Site) -> None:
        panel = a_panel(site)
        begins = site.tick()
        made(site.operator.patch(f"/v1/panels/{panel}/capabilities/stock_sync", {"hidden": True}))
        site.tick()

        [(visibility, kind, _)] = told(site, begins)
        assert (visibility, kind) == ("private", "details_changed")


class TestSides:
    def a_day(self, site: Site) -> None:
        """Let public and private things happen, also to the same component at once."""
        site.component("labels", name="Carrier A")
        site.component("vault", name="The vault", public=False)
        site.incident({"labels": "degraded_performance", "vault": "major_outage"}, title="Labels are slow")
        site.set_clock("09:00")
        hidden = site.incident({"labels": "partial_outage"}, title="A guess", publish=False)["id"]
        planned(site, announced=False, components={"labels": "under_maintenance"})
        site.set_clock("10:00")
        made(site.update(hidden, "identified", message="Found."))
        made(site.operator.post(f"/v1/incidents/{hidden}/publication", {"reason": "Long enough."}))
        site.set_clock("11:00")
        site.tick()

    def test_have_the_public_changes_in_common(self, site: Site) -> None:
        self.a_day(site)

        whole = changes(site)

        seen = [{name: value for name, value in each.items() if name not in MORE} for each in whole]
        assert [each for each, all_ in zip(seen, whole, strict=True) if all_["visibility"] == "public"] == public(site)
        assert {"public", "private"} == {each["visibility"] for each in whole}
        assert [each["position"] for each in whole] == sorted(each["position"] for each in whole)

    def test_are_those_of_the_role(self, site: Site) -> None:
        self.a_day(site)
        reviewer, admin = site.issue(Role.REVIEWER, "ruth"), site.issue(Role.ADMIN, "root")
        site.tick()

        everything, everybody = (caller.get(PATH, params={"limit": 200}) for caller in (site.auditor, site.reader))

        assert [
            site.operator.get(PATH, params={"limit": 200}).content,
            admin.get(PATH, params={"limit": 200}).content,
        ] == [everything.content] * 2
        assert [
            reviewer.get(PATH, params={"limit": 200}).content,
            site.emitter.get(PATH, params={"limit": 200}).content,
        ] == [everybody.content] * 2
        assert not MORE & set(everybody.json()["data"][0])

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_are_the_same_in_pages_of_any_size(self, site: Site, limit: int) -> None:
        self.a_day(site)
        whole = changes(site)

        oldest_first, newest_first = (
            [each for page in pages(site.auditor, PATH, lang="en", limit=limit, sort=sort) for each in page]
            for sort in ("at", "-at")
        )

        assert oldest_first == whole
        assert newest_first == whole[::-1]

    def test_are_told_in_every_language(self, site: Site) -> None:
        self.a_day(site)

        found = made(site.auditor.get(PATH, params={"limit": 200}))["data"]

        assert all(set(each["text"]) == {"en", "es", "pl", "pt"} for each in found)

    @pytest.mark.parametrize("cursor", ["MXwy4oKs", "eHwx", "MQ", "MjAyNS0wMy0wNFQwODowMDowMFp8aW5jaWRlbnQveHwwfDA"])
    def test_refuse_a_cursor_of_another_list(self, site: Site, cursor: str) -> None:
        answer = site.auditor.get(PATH, params={"cursor": cursor})

        assert problem(answer, 422, answer.json()["code"])["errors"][0]["pointer"].endswith("/cursor")
