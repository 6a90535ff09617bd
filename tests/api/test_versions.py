"""Versions and tags: nobody overwrites what he has not read, and nobody reads again what he has."""

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem
from tests.api.commands import COMMANDS, ON_A_TARGET, a_key, a_series, a_window
from tests.api.ledger_steps import reprocessing, to_check
from tests.api.notifications.notified import a_delivery, an_endpoint
from tests.api.panel_steps import PANELS, a_panel, an_account_name, lost
from tests.api.roles import ASKED, ENDLESS, NEED_SOURCES


class TestIfMatch:
    @pytest.mark.parametrize("place", ON_A_TARGET, ids=" ".join)
    def test_lets_a_command_on_the_version_that_was_read_pass(self, shared_site: Site, place: tuple[str, str]) -> None:
        command = COMMANDS[place](shared_site)
        shared_site.tick()
        tag = shared_site.a(Role.ADMIN).get(command.aggregate or "").headers["ETag"]

        answer = command.send(shared_site, if_match=tag)

        assert answer.status_code in {200, 201}, answer.text
        assert answer.headers["ETag"] == f'"{answer.json()["version"]}"' != tag
        shared_site.tick()
        assert shared_site.a(Role.ADMIN).get(command.aggregate or "").headers["ETag"] == answer.headers["ETag"]

    @pytest.mark.parametrize("place", ON_A_TARGET, ids=" ".join)
    def test_refuses_a_command_on_an_earlier_version_and_lists_what_came_since(
        self, shared_site: Site, place: tuple[str, str]
    ) -> None:
        command = COMMANDS[place](shared_site)
        shared_site.tick()
        document = shared_site.a(Role.ADMIN).get(command.aggregate or "").json()
        happened = shared_site.auditor.get(f"/v1/aggregates/{document['id']}/events").json()["data"]
        # The first command of a role issues its token.
        shared_site.a(command.role)
        position = shared_site.last_position()

        answer = command.send(shared_site, if_match='"0"')

        refusal = problem(answer, 412, "version_conflict")
        assert (refusal["expected"], refusal["version"]) == (0, document["version"])
        listed = [(event["type"], event["version"], event["actor"]) for event in refusal["events"]]
        assert listed == [(event["type"], event["aggregate"]["version"], event["actor"]) for event in happened]
        assert shared_site.last_position() == position

    def test_lists_only_what_the_caller_has_missed(self, shared_site: Site) -> None:
        path = f"/v1/components/{shared_site.component(a_key())['key']}"
        for name in ("First", "Second"):
            shared_site.operator.patch(path, {"name": name})

        refusal = problem(shared_site.operator.patch(path, {"name": "x"}, if_match='"2"'), 412, "version_conflict")

        assert [event["version"] for event in refusal["events"]] == [3]

    def test_takes_a_star_and_no_weak_tag(self, shared_site: Site) -> None:
        path = f"/v1/components/{shared_site.component(a_key())['key']}"

        assert shared_site.operator.patch(path, {"name": "x"}, if_match="*").status_code == 200
        problem(shared_site.operator.patch(path, {"name": "y"}, if_match='W/"2"'), 412, "version_conflict")
        problem(shared_site.operator.patch(path, {"name": "y"}, if_match='"abc"'), 412, "version_conflict")


class TestTagsOfReaders:
    def test_answer_304_while_nothing_has_changed(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        incident = shared_site.incident({key: "major_outage"})["id"]
        window, panel = a_window(shared_site), a_panel(shared_site)
        restoration = lost(shared_site, panel)
        shared_site.tick()

        for path in (
            "/v1/status",
            "/v1/components",
            f"/v1/components/{key}",
            f"/v1/components/{key}/history",
            "/v1/incidents",
            f"/v1/incidents/{incident}",
            "/v1/maintenance-windows",
            window,
            "/v1/panels",
            "/v1/panels/availability",
            "/v1/panels/lookup?account_created_on=2020-08-27",
            f"/v1/panels/{panel}",
            f"/v1/panels/{panel}/availability",
            f"/v1/panels/{panel}/automations/order_paid/decision?item_created_at=2021-03-11T00:00:00Z",
            "/v1/restorations",
            restoration.path,
        ):
            answer = shared_site.reader.get(path)
            assert answer.headers["Cache-Control"] == "no-cache"
            tag = answer.headers["ETag"]
            for wanted in (tag, f"W/{tag}", f'"other", {tag}', "*"):
                again = shared_site.reader.get(path, headers={"If-None-Match": wanted})
                assert (again.status_code, again.content) == (304, b""), path
                assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, "no-cache")
            assert shared_site.reader.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_change_with_the_body_and_only_with_it(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        shared_site.tick()
        seen = {shared_site.reader.get(f"/v1/components/{key}").headers["ETag"]}

        shared_site.operator.patch(f"/v1/components/{key}", {"heartbeat": "2h"})
        shared_site.tick()
        seen.add(shared_site.reader.get(f"/v1/components/{key}").headers["ETag"])
        assert len(seen) == 1

        shared_site.operator.patch(f"/v1/components/{key}", {"group": "carriers"})
        shared_site.tick()
        seen.add(shared_site.reader.get(f"/v1/components/{key}").headers["ETag"])
        assert len(seen) == 2

    def test_differ_by_language(self, shared_site: Site) -> None:
        shared_site.component(a_key(), name={"en": "Labels", "es": "Etiquetas"})
        shared_site.tick()

        tags = {shared_site.reader.get("/v1/status", params={"lang": lang}).headers["ETag"] for lang in ("en", "es")}

        assert len(tags) == 2


class TestTagsOfOperators:
    def test_answer_304_too_and_name_the_position(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        position = shared_site.tick()
        tag = shared_site.operator.get(f"/v1/components/{key}").headers["ETag"]

        again = shared_site.operator.get(f"/v1/components/{key}", headers={"If-None-Match": tag})

        assert (tag, again.status_code) == ('"1"', 304)
        assert again.headers["Bitacora-Position"] == str(position)
        assert "private" in again.headers["Cache-Control"]

    def test_are_no_tags_of_readers(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        shared_site.tick()

        answer = shared_site.operator.get(f"/v1/components/{key}")

        assert answer.headers["Vary"] == "Authorization"
        assert shared_site.reader.get(f"/v1/components/{key}").headers["ETag"] != answer.headers["ETag"]


class TestPosition:
    def test_is_named_in_every_answer_to_somebody_with_a_token(self, shared_site: Site) -> None:
        component = shared_site.component(a_key())
        key, group = component["key"], component["group"]
        incident = shared_site.incident({key: "major_outage"})["id"]
        signal = shared_site.signal(a_key(), key)["signal"]
        window, series = a_window(shared_site), a_series(shared_site)
        panel = a_panel(shared_site)
        restoration = lost(shared_site, panel)
        made(shared_site.operator.post("/v1/templates", {"key": key, "purpose": "incident", "message": "We look."}))
        account = restoration.takes(an_account_name())
        request, run = to_check(shared_site), reprocessing(shared_site)
        position = shared_site.tick()
        admin = shared_site.a(Role.ADMIN)
        delivery, endpoint = a_delivery(shared_site)["id"], an_endpoint(shared_site)
        token = a_key()
        source = shared_site.issue(Role.EMITTER, token, sources=(a_key(),))
        last = shared_site.tick()

        for method, route in shared_site.routes():
            if method == "GET":
                path = route.path.replace("/v1/maintenance-windows/{id}", window)
                path = path.replace("/v1/maintenance-series/{id}", series)
                path = path.replace("/v1/signals/{id}", f"/v1/signals/{signal}")
                path = path.replace("/v1/restorations/{id}/accounts/{account}", account.path)
                path = path.replace("/v1/restorations/{id}", restoration.path)
                path = path.replace("/v1/tokens/{name}", f"/v1/tokens/{token}")
                path = path.replace("/v1/deliveries/{id}", f"/v1/deliveries/{delivery}")
                path = path.replace("/v1/endpoints/{id}", endpoint).replace("{position}", "1")
                path = path.replace("/v1/panels/{key}", f"{PANELS}/{panel}").replace("{name}", "orders")
                path = path.replace("/v1/held-requests/{id}", request.path).replace(
                    "/v1/groups/{key}", f"/v1/groups/{group}"
                )
                path = path.replace("/v1/reprocessing-runs/{run}", run).replace("{key}", key).replace("{id}", incident)
                asking = source if (method, route.path) in NEED_SOURCES else admin
                how = "HEAD" if path in ENDLESS else method
                answer = asking.send(how, f"{path}?{ASKED.get(route.path, '')}")
                assert answer.status_code == 200, path
                assert answer.headers["Bitacora-Position"] == str(last), path
        assert last >= position

    def test_is_named_in_refusals_to_somebody_with_a_token(self, shared_site: Site) -> None:
        last = shared_site.tick()

        for answer in (
            shared_site.auditor.get("/v1/components/none"),
            shared_site.auditor.get("/v1/incidents", params={"limit": "0"}),
            shared_site.auditor.post("/v1/components", {}),
        ):
            assert answer.status_code >= 400
            assert answer.headers["Bitacora-Position"] == str(last)

    def test_is_never_named_to_readers(self, shared_site: Site) -> None:
        panel = a_panel(shared_site)
        shared_site.tick()
        decision = f"/v1/panels/{panel}/automations/order_paid/decision"
        public = ("/v1/status", "/v1/components", "/v1/incidents", "/v1/maintenance-windows")
        panels = ("/v1/panels", "/v1/panels/availability", f"{decision}?item_created_at=2021-03-11T00:00:00Z")
        for path in (*public, *panels, "/v1/restorations", "/metrics", "/readyz", "/livez"):
            assert "Bitacora-Position" not in shared_site.reader.get(path).headers
        assert "Bitacora-Position" not in shared_site.reader.post(decision, {"items": []}).headers
