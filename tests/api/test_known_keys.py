"""Groups and audiences: named by operators, known to readers when something public names them, and filtered by."""

from typing import Any

import pytest

from tests.api.client import Site, made, problem

pytestmark = pytest.mark.both_stores

GROUPS, AUDIENCES, WINDOWS = "/v1/groups", "/v1/audiences", "/v1/maintenance-windows"
PLAN: dict[str, Any] = {"title": "Upgrade", "zone": "UTC", "start": "2025-03-05T01:00", "duration": "1h"}


def a_window(site: Site, *audiences: str, **more: object) -> dict[str, Any]:
    """Plan a window that tells some audiences something."""
    named = {audience: {"restrictions": ["You cannot sell."]} for audience in audiences}
    return made(site.operator.post(WINDOWS, {**PLAN, "audiences": named, **more}))


def keys(site: Site, path: str, caller: str = "reader") -> list[str]:
    """List the keys that a caller may know of."""
    site.tick()
    return [each["key"] for each in made(getattr(site, caller).get(path))["data"]]


class TestNaming:
    @pytest.mark.parametrize("path", [GROUPS, AUDIENCES])
    def test_is_read_in_the_order_of_the_page(self, site: Site, path: str) -> None:
        for key, position in (("beta", 2), ("alpha", 2), ("omega", 1)):
            answer = site.operator.send("PUT", f"{path}/{key}", json={"name": key.title(), "position": position})
            assert made(answer) == {"key": key, "name": {"en": key.title()}, "position": position, "version": 1}
            assert answer.headers["ETag"] == '"1"'
        site.tick()

        listed = made(site.reader.get(path, params={"lang": "en-GB"}))["data"]

        assert listed == [
            {"key": "omega", "name": "Omega", "position": 1},
            {"key": "alpha", "name": "Alpha", "position": 2},
            {"key": "beta", "name": "Beta", "position": 2},
        ]

    def test_is_one_event_each_and_none_for_what_holds_already(self, site: Site) -> None:
        path, body = f"{GROUPS}/carriers", {"name": {"en": "Carriers"}, "position": 3}
        site.operator.get(GROUPS)
        first = site.last_position()
        assert [made(site.operator.send("PUT", path, json=body))["version"] for _ in range(2)] == [1, 1]
        assert made(site.operator.send("PUT", path, json={**body, "position": 4}, if_match='"1"'))["version"] == 2
        assert site.last_position() == first + 2
        problem(site.operator.send("PUT", path, json=body, if_match='"1"'), 412, "version_conflict")
        problem(site.operator.send("PUT", f"{GROUPS}/other", json=body, if_match='"1"'), 412, "version_conflict")
        assert site.last_position() == first + 2

    def test_is_for_operators(self, site: Site) -> None:
        for path in (f"{GROUPS}/carriers", f"{AUDIENCES}/sellers"):
            problem(site.reader.send("PUT", path, json={"name": "Name"}), 401, "not_authenticated")
            problem(site.auditor.send("PUT", path, json={"name": "Name"}), 403, "forbidden")


class TestKnownKeys:
    def test_are_those_of_components_too(self, site: Site) -> None:
        site.component("labels", group="carriers")
        site.component("secret", group="moonbase", public=False)

        assert keys(site, GROUPS) == ["carriers"]
        assert keys(site, GROUPS, "operator") == ["carriers", "moonbase"]
        made(site.operator.patch("/v1/components/secret", {"public": True}))
        assert keys(site, GROUPS) == ["carriers", "moonbase"]

    def test_are_those_of_windows_too(self, site: Site) -> None:
        a_window(site, "sellers")
        hidden = a_window(site, "buyers", announced=False)

        assert keys(site, AUDIENCES) == ["sellers"]
        assert keys(site, AUDIENCES, "auditor") == ["buyers", "sellers"]
        made(site.operator.post(f"{WINDOWS}/{hidden['id']}/announcement"))
        assert keys(site, AUDIENCES) == ["buyers", "sellers"]

    def test_are_told_to_be_new_once(self, site: Site) -> None:
        body = {"key": "labels", "name": "Labels", "group": "carriers"}
        assert made(site.operator.post("/v1/components", body))["new_keys"] == ["carriers"]
        assert made(site.operator.post("/v1/components", {**body, "key": "tracking"}))["new_keys"] == []
        assert made(site.operator.patch("/v1/components/labels", {"group": "cariers"}))["new_keys"] == ["cariers"]
        assert made(site.operator.patch("/v1/components/labels", {"position": 3}))["new_keys"] == []
        assert a_window(site, "sellers", "buyers")["new_keys"] == ["sellers", "buyers"]
        made(site.operator.send("PUT", f"{AUDIENCES}/couriers", json={"name": "Couriers"}))
        assert a_window(site, "sellers", "couriers", "partners")["new_keys"] == ["partners"]
        assert "new_keys" not in made(site.operator.get("/v1/components/labels"))

    def test_record_nothing_of_their_own_where_they_are_named(self, site: Site) -> None:
        site.operator.get(GROUPS)
        position = site.last_position()

        a_window(site, "sellers")

        assert site.last_position() == position + 1


class TestFilters:
    def test_by_a_key_that_nobody_knows_are_refused(self, site: Site) -> None:
        site.component("labels")
        window = a_window(site, "sellers")
        site.tick()

        for caller in (site.reader, site.operator):
            for path, pointer, near in (
                (f"{WINDOWS}?audience=seller", "/audience", "sellers"),
                (f"{WINDOWS}/{window['id']}?audience=selers", "/audience", "sellers"),
                (f"{WINDOWS}?component=label", "/component", "labels"),
                ("/v1/incidents?component=lables", "/component", "labels"),
            ):
                refusal = problem(caller.get(path), 422, "invalid")
                assert refusal["errors"][0]["pointer"] == pointer
                assert refusal["detail"].endswith(f"did you mean {near}?")
        problem(site.reader.get("/v1/restorations?panel=nowhere"), 422, "invalid")

    def test_by_a_key_with_nothing_to_show_are_an_empty_list(self, site: Site) -> None:
        site.component("labels")
        made(site.operator.send("PUT", f"{AUDIENCES}/couriers", json={"name": "Couriers"}))
        window = a_window(site, "sellers")
        site.tick()

        assert made(site.reader.get("/v1/incidents?component=labels"))["data"] == []
        assert made(site.reader.get(f"{WINDOWS}?component=labels"))["data"] == []
        assert made(site.reader.get(f"{WINDOWS}/{window['id']}?audience=couriers"))["audiences"] == {}

    def test_answer_alike_for_what_is_private_and_what_is_not_there(self, site: Site) -> None:
        site.component("secret-component", public=False)
        a_window(site, "secret-audience", announced=False)
        site.tick()

        for member, name, path in (
            ("audience", "secret-audience", WINDOWS),
            ("component", "secret-component", WINDOWS),
            ("component", "secret-component", "/v1/incidents"),
        ):
            for asked in (name, f"{name}x"):
                refusal = problem(site.reader.get(f"{path}?{member}={asked}"), 422, "invalid")
                assert refusal["detail"] == f"there is no {member} {asked}"
            assert site.operator.get(f"{path}?{member}={name}").status_code == 200

    def test_know_a_key_by_now_whatever_the_read_is_of(self, site: Site) -> None:
        site.set_clock("08:00")
        site.set_clock("09:00")
        site.component("labels")
        a_window(site, "sellers")
        site.tick()
        then = {"as_of": "2025-03-04T08:30:00Z"}

        assert made(site.reader.get(WINDOWS, params={"audience": "sellers", **then}))["data"] == []
        assert made(site.reader.get("/v1/incidents", params={"component": "labels", **then}))["data"] == []


class TestFrozenData:
    def test_has_a_name_beside_its_key(self, site: Site) -> None:
        frozen = [
            {"data": "parcel_statuses", "name": {"en": "Statuses of parcels", "es": "Estados"}},
            {"data": "stock"},
        ]

        window = a_window(site, freezes=frozen)
        site.tick()

        seen = made(site.reader.get(f"{WINDOWS}/{window['id']}", params={"lang": "es"}))["freezes"]
        assert [(each["data"], each["name"]) for each in seen] == [("parcel_statuses", "Estados"), ("stock", None)]
