"""The list of public changes: what counts, how it is said, how one steps through it, and what it never shows."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem, written
from tests.api.pages import pages
from tests.api.panel_steps import a_panel, lost
from tests.api.windows import planned

pytestmark = pytest.mark.both_stores

PATH = "/v1/changes"
TICK = timedelta(microseconds=1)
IN_THE_VAULT = {"vault": [{"status": "partial_outage", "from": "2025-03-04T08:00:00Z", "until": None}]}


def changes(caller: Caller, **query: object) -> list[dict[str, Any]]:
    """List changes, with sentences in English unless another language is asked for."""
    answer = caller.get(PATH, params={"lang": "en", "limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def said(caller: Caller, **query: object) -> list[str]:
    """Give the sentences."""
    return [change["text"] for change in changes(caller, **query)]


def a_day(site: Site) -> str:
    """Let an incident come and go on one of two components, with a window between, and give the incident's id."""
    site.component("labels", name={"en": "Carrier A", "pl": "Przewoźnik A"})
    site.component("imports", name="Imports")
    site.set_clock("10:00")
    title = {"en": "Labels cannot be created.", "pl": "Nie można tworzyć etykiet"}
    incident = str(site.incident({"labels": "major_outage"}, title=title)["id"])
    site.set_clock("10:20")
    made(site.update(incident, "identified", components={"labels": "degraded_performance"}))
    site.set_clock("10:40")
    made(site.update(incident, "monitoring"))
    site.set_clock("11:00")
    made(site.update(incident, "resolved"))
    site.tick()
    return incident


class TestList:
    def test_says_that_where_to_ask_has_changed(self, site: Site) -> None:
        incident = a_day(site)
        contact = {"audience": None, "channel": "email", "address": "help@example.com", "note": None}
        made(site.operator.patch(f"/v1/incidents/{incident}", {"contacts": [contact]}))
        position = site.tick()

        (change,) = changes(site.reader, **{"from": str(position - 1)})
        assert (change["kind"], change["text"]) == (
            "incident_contacts_changed",
            "Where to ask about this incident has changed: “Labels cannot be created”.",
        )

    def test_says_in_whole_sentences_what_changed_and_when(self, site: Site) -> None:
        a_day(site)

        assert said(site.reader, **{"from": written(at("09:00"))}) == [
            "New incident: “Labels cannot be created”.",
            "Carrier A: major outage, before: operational – “Labels cannot be created”.",
            "We know the cause and are working on it: “Labels cannot be created”.",
            "Carrier A: degraded performance, before: major outage – “Labels cannot be created”.",
            "A fix is in place, and we are watching it: “Labels cannot be created”.",
            "Solved: “Labels cannot be created”.",
            "Carrier A: operational, before: degraded performance – “Labels cannot be created”.",
        ]

    def test_says_it_as_data_too(self, site: Site) -> None:
        incident = a_day(site)

        [published, status] = changes(site.reader, **{"from": written(at("09:00")), "until": written(at("10:00"))})

        assert published == {
            "at": written(at("10:00")),
            "occurred_at": written(at("10:00")),
            "kind": "incident_published",
            "thing": {"type": "incident", "id": incident},
            "cause": None,
            "text": "New incident: “Labels cannot be created”.",
            "before": None,
            "after": {"state": "investigating", "expected_at": None},
        }
        assert (status["kind"], status["thing"]) == ("component_status", {"type": "component", "key": "labels"})
        assert status["cause"] == {"type": "incident", "id": incident}
        assert (status["before"], status["after"]) == ({"status": "operational"}, {"status": "major_outage"})

    def test_says_it_in_every_language(self, site: Site) -> None:
        a_day(site)
        between = {"from": written(at("09:00")), "until": written(at("10:00")), "limit": 200}

        [published, status] = site.reader.get(PATH, params=between).json()["data"]

        assert set(published["text"]) == {"en", "es", "pl", "pt"}
        assert status["text"]["pl"] == "Przewoźnik A: poważna awaria, wcześniej: działa – „Nie można tworzyć etykiet”."

    def test_tells_of_maintenance_when_it_is_announced_moved_started_and_over(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        window = planned(site, title="New printers")
        window.done("reschedule", {"start": "2025-03-04T12:00", "end": "2025-03-04T14:00"})
        site.set_clock("11:00")
        site.set_clock("13:00")

        found = changes(site.reader)

        assert [change["kind"] for change in found if change["thing"]["type"] == "maintenance_window"] == [
            "maintenance_announced",
            "maintenance_moved",
            "maintenance_started",
            "maintenance_completed",
        ]
        [started] = [change for change in found if change["kind"] == "maintenance_started"]
        assert started["text"].startswith("Maintenance has begun: “New printers”, until March 4, 2025, 13:00 UTC")


class TestSteps:
    def test_go_to_the_change_before_a_moment_and_to_the_one_after(self, site: Site) -> None:
        a_day(site)
        moment = datetime.fromisoformat(changes(site.reader, **{"from": written(at("10:30"))})[0]["at"])

        [before] = changes(site.reader, until=written(moment - TICK), sort="-at", limit=1)
        [after] = changes(site.reader, **{"from": written(moment), "limit": 1})

        assert before["at"] == written(at("10:20"))
        assert after["at"] == written(at("11:00"))

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_through_pages_give_what_one_page_gives(self, site: Site, limit: int) -> None:
        a_day(site)
        # One event that changes three statuses, of components that were not registered in the order of their keys.
        site.component("addresses", name="Addresses")
        plan = {"components": {}, "all": "under_maintenance", "start": "2025-03-04T13:00", "end": "2025-03-04T14:00"}
        planned(site, **plan)
        site.set_clock("12:30")
        site.tick()
        whole = changes(site.reader)

        oldest_first, newest_first = (
            [each for page in pages(site.reader, PATH, lang="en", limit=limit, sort=sort) for each in page]
            for sort in ("at", "-at")
        )

        assert oldest_first == whole
        assert newest_first == whole[::-1]

    def test_show_no_position(self, site: Site) -> None:
        a_day(site)

        answer = site.reader.get(PATH, params={"limit": 1, "sort": "-at"})

        assert "Bitacora-Position" not in answer.headers
        cursor = answer.json()["next_cursor"]
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        assert place == f"{written(at('11:00'))}|incident/{answer.json()['data'][0]['cause']['id']}|0|1"
        assert "Bitacora-Position" in site.operator.get(PATH).headers


class TestPrivacy:
    def test_leaves_no_trace_of_what_was_private(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        site.component("vault", public=False)
        reviewer = site.issue(Role.REVIEWER, "ruth")
        before = changes(site.reader)
        site.set_clock("09:00")
        private = str(site.incident({"labels": "major_outage"}, publish=False)["id"])
        made(site.update(private, "identified"))
        site.incident({"vault": "major_outage"}, title="Public", publish=False)
        planned(site, announced=False)
        site.tick()

        assert changes(site.reader) == changes(reviewer) == changes(site.emitter) == before

        site.set_clock("09:30")
        made(site.operator.post(f"/v1/incidents/{private}/publication", {"reason": "Too long."}))
        site.tick()

        shown = changes(site.reader)[len(before) :]
        assert [change["kind"] for change in shown] == ["incident_published", "component_status"]
        assert {change["at"] for change in shown} == {written(at("09:30"))}
        assert "Too long." not in str(shown)

    def test_tells_nothing_of_a_component_that_readers_do_not_see(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        site.component("vault", public=False)
        incident = str(site.incident({"labels": "major_outage", "vault": "major_outage"})["id"])
        site.tick()
        before = changes(site.reader)
        made(site.operator.post("/v1/components/vault/pins", {"status": "major_outage", "reason": "For us."}))
        made(site.operator.post(f"/v1/incidents/{incident}/corrections", {"reason": "Known.", "impact": IN_THE_VAULT}))
        site.tick()

        assert changes(site.reader) == before


class TestHiddenAfterwards:
    def test_component_is_not_named_in_what_is_read_now(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        site.component("vault", name="The vault")
        site.tick()
        before = changes(site.reader)
        site.set_clock("09:00")
        made(site.operator.post("/v1/components/vault/pins", {"status": "major_outage", "reason": "Broken."}))
        made(site.operator.patch("/v1/components/vault", {"public": False}))
        site.tick()

        assert changes(site.reader) == [each for each in before if "vault" not in str(each)]
        assert "vault" in site.reader.get("/en/", params={"as_of": "2025-03-04T08:30:00Z"}).text
        assert "vault" not in site.reader.get("/en/").text

        made(site.operator.patch("/v1/components/vault", {"public": True}))
        site.tick()

        assert "The vault is now on this page: major outage." in said(site.reader)

    def test_retired_component_is_named(self, site: Site) -> None:
        site.component("labels", name="Carrier A")
        made(site.operator.post("/v1/components/labels/retirement"))
        site.tick()

        assert said(site.reader)[-1] == "Carrier A is no longer on this page."

    def test_capability_is_not_named_in_what_is_read_now_but_on_pages_of_then(self, site: Site) -> None:
        panel = a_panel(site)
        restoration = lost(site, panel)
        site.set_clock("09:00")
        restoration.done("PUT capabilities/stock_sync", {"state": "degraded", "note": "Slow."})
        site.tick()
        assert [each["thing"].get("capability") for each in changes(site.reader)][-1] == "stock_sync"
        assert "Stock synchronization" in site.reader.get("/en/").text
        site.set_clock("10:00")
        made(site.operator.patch(f"/v1/panels/{panel}/capabilities/stock_sync", {"hidden": True}))
        site.tick()

        assert "stock_sync" not in str(changes(site.reader))
        assert "Stock synchronization" not in site.reader.get("/en/").text
        assert "Stock synchronization" in site.reader.get("/en/", params={"as_of": "2025-03-04T09:30:00Z"}).text

    @pytest.mark.parametrize("limit", [1, 2])
    def test_leaves_the_steps_through_pages_whole(self, site: Site, limit: int) -> None:
        for key in ("first", "second", "third", "fourth"):
            site.component(key, name=key.title())
        for key in ("second", "third"):
            made(site.operator.patch(f"/v1/components/{key}", {"public": False}))
        site.tick()

        stepped = [each for page in pages(site.reader, PATH, limit=limit) for each in page]
        assert [each["thing"]["key"] for each in stepped] == ["first", "fourth"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ({"from": "yesterday"}, "/from"),
            ({"from": "2025-03-04T08:00:00"}, "/from"),
            ({"until": "2999-01-01T00:00:00Z"}, "/until"),
            ({"until": "999999999"}, "/until"),
            ({"from": "2025-03-04T07:30:00Z", "until": "2025-03-04T07:00:00Z"}, "/from"),
            ({"from": "2", "until": "1"}, "/from"),
            ({"cursor": "bm9uZQ"}, "/cursor"),
            ({"cursor": "eHx5fDF8Mg"}, "/cursor"),
            ({"cursor": "MjAyNS0wMy0wNFQwODowMDowMFp8aW5jaWRlbnQveHwwfDA"}, "/cursor"),
            ({"sort": "thing"}, "/sort"),
        ],
    )
    def test_name_what_is_wrong(self, site: Site, query: dict[str, str], pointer: str) -> None:
        site.component("labels")
        site.tick()

        answer = site.reader.get(PATH, params=query)

        assert answer.status_code == 422
        assert problem(answer, 422, answer.json()["code"])["errors"][0]["pointer"].endswith(pointer)
