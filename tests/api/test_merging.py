"""Every PATCH of the description merges by key: what is left out stays, member by member and key by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.client import made, problem
from tests.api.notifications.notified import an_endpoint
from tests.api.panel_steps import PANELS, a_panel, lost
from tests.api.windows import PLAN, planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.client import Site

Json = Any
_numbers = count(1)
BOTH = {"en": "Before", "es": "Antes"}
NEW, NOTE = {"es": "Después"}, {"en": "A note."}
SUPPORT, PHONE = ({"audience": None, "channel": each, "address": each, "note": NOTE} for each in ("email", "phone"))
POLICIES = {
    "order": {"policy": "reprocess", "deadline": "PT3600S", "four_eyes": True},
    "invoice": {"policy": "source_resends", "deadline": "PT7200S", "four_eyes": True},
}
OTHER_POLICIES = {"order": {"deadline": "PT60S"}, "refund": {"policy": "source_retries"}}
REFUND = {"policy": "source_retries", "deadline": "PT259200S", "four_eyes": False}
NOT_SHOWN = {"because"}
"""What is said for operators alone, of the change and not of the thing."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A thing that a PATCH changes: how it is made, every member of the body, twice, and what a map merges to.

    ``needed`` are the maps that may be empty, and not left out. ``without`` says what is shown of the members that null
    takes away; of each other one null is refused. ``stays`` are members that null takes away only if another is left.
    ``shown`` gives what the answer says of a member, where that is not the member of the same name.
    """

    make: Callable[[Site], str]
    before: Mapping[str, Json]
    after: Mapping[str, Json]
    merged: Mapping[str, Json]
    needed: tuple[str, ...] = ()
    without: Mapping[str, Json] = field(default_factory=dict)
    stays: frozenset[str] = frozenset()
    shown: Callable[[Json, str], Json] = lambda answer, member: answer[member]


def _component(site: Site) -> str:
    return f"/v1/components/{site.component(f'merged-{next(_numbers)}')['key']}"


def _window(site: Site) -> str:
    for key in ("labels", "orders"):
        site.operator.post("/v1/components", {"key": key, "name": key, "group": "platform"})
    return planned(site, start="2030-03-04T11:00", end="2030-03-04T13:00").path


def _of_window(answer: Json, member: str) -> Json:
    if member == "markets":
        return [{"market": each["market"], "zone": each["zone"]} for each in answer["local_times"]]
    return answer[member]


def _of_capability(answer: Json, member: str) -> Json:
    return answer["capability_names"]["login"] if member == "name" else "login" in answer["hidden_capabilities"]


def _incident(site: Site) -> str:
    key = site.component(f"merged-{next(_numbers)}")["key"]
    return f"/v1/incidents/{site.incident({key: 'major_outage'})['id']}"


def _template(site: Site) -> str:
    body = {"key": f"merged-{next(_numbers)}", "purpose": "incident", "message": "We look."}
    return f"/v1/templates/{made(site.operator.post('/v1/templates', body))['key']}"


def _endpoint(site: Site) -> str:
    for key in ("desk-imports", "desk-exports"):
        site.operator.post("/v1/components", {"key": key, "name": key, "group": "desk"})
    return an_endpoint(site)


def _of_endpoint(answer: Json, member: str) -> Json:
    if member == "url":
        return f"https://{answer['host']}/"
    return answer["state"] == "active" if member == "enabled" else answer[member]


DESK = {"components": ["desk-imports"], "groups": ["desk"], "audiences": [], "panels": [], "impact": "major"}
SCENES = {
    "/v1/components/{key}": Scene(
        make=_component,
        before={
            "name": BOTH,
            "group": "carriers",
            "description": BOTH,
            "markets": ["ES"],
            "public": True,
            "since": "2024-01-01",
            "position": 7,
            "heartbeat": "PT300S",
        },
        after={
            "name": NEW,
            "group": "platform",
            "description": NEW,
            "markets": ["PT"],
            "public": False,
            "since": "2024-01-02",
            "position": 8,
            "heartbeat": None,
        },
        merged={"name": BOTH | NEW, "description": BOTH | NEW},
        without={"description": {}, "heartbeat": None},
    ),
    "/v1/incidents/{id}": Scene(
        make=_incident,
        before={"contacts": [SUPPORT], "request_policies": POLICIES, "because": "asked"},
        after={"contacts": [PHONE], "request_policies": OTHER_POLICIES, "because": "asked again"},
        merged={
            "request_policies": {
                **POLICIES,
                "order": {**POLICIES["order"], "deadline": "PT60S"},
                "refund": REFUND,
            }
        },
    ),
    "/v1/maintenance-windows/{id}": Scene(
        make=_window,
        before={
            "title": BOTH,
            "reason": BOTH,
            "description": BOTH,
            "components": {"labels": "partial_outage", "orders": "degraded_performance"},
            "covers": ["labels"],
            "markets": PLAN["markets"],
            "audiences": {
                "sellers": {
                    "restrictions": [BOTH],
                    "guidance": {"before": [BOTH], "during": [BOTH], "after": [BOTH]},
                },
                "buyers": {"restrictions": [BOTH], "guidance": {"before": [], "during": [], "after": []}},
            },
            "freezes": [{"data": "parcels", "name": BOTH, "note": NOTE}],
            "request_policies": POLICIES,
            "contacts": [SUPPORT],
            "remind_before": ["PT3600S"],
            "because": "asked",
        },
        after={
            "title": NEW,
            "reason": NEW,
            "description": NEW,
            "components": {"labels": "major_outage"},
            "covers": ["orders"],
            "markets": [],
            "audiences": {"sellers": {"guidance": {"during": []}}, "couriers": {}},
            "freezes": [],
            "request_policies": OTHER_POLICIES,
            "contacts": [PHONE],
            "remind_before": [],
            "because": "asked again",
        },
        merged={
            "title": BOTH | NEW,
            "reason": BOTH | NEW,
            "description": BOTH | NEW,
            "components": {"labels": "major_outage", "orders": "degraded_performance"},
            "audiences": {
                "sellers": {
                    "restrictions": [BOTH],
                    "guidance": {"before": [BOTH], "during": [], "after": [BOTH]},
                },
                "buyers": {"restrictions": [BOTH], "guidance": {"before": [], "during": [], "after": []}},
                "couriers": {"restrictions": [], "guidance": {"before": [], "during": [], "after": []}},
            },
            "request_policies": {
                **POLICIES,
                "order": {**POLICIES["order"], "deadline": "PT60S"},
                "refund": REFUND,
            },
        },
        without={"reason": {}, "description": {}},
        shown=_of_window,
    ),
    "/v1/panels/{key}": Scene(
        make=lambda site: f"{PANELS}/{a_panel(site)}",
        before={"name": BOTH, "capabilities": ["login", "orders"]},
        after={"name": NEW, "capabilities": ["login"]},
        merged={"name": BOTH | NEW},
    ),
    "/v1/panels/{key}/capabilities/{capability}": Scene(
        make=lambda site: f"{PANELS}/{a_panel(site)}/capabilities/login",
        before={"name": BOTH, "hidden": True},
        after={"name": NEW, "hidden": False},
        merged={"name": BOTH | NEW},
        shown=_of_capability,
    ),
    "/v1/templates/{key}": Scene(
        make=_template,
        before={"title": BOTH, "message": BOTH},
        after={"title": NEW, "message": NEW},
        merged={"title": BOTH | NEW, "message": BOTH | NEW},
        without={"title": {}},
        stays=frozenset({"message"}),
    ),
    "/v1/endpoints/{id}": Scene(
        make=_endpoint,
        before={
            "name": "Before",
            "url": "https://hooks.example.com/",
            "language": "en",
            "scope": DESK,
            "enabled": True,
            "because": "asked",
        },
        after={
            "name": "After",
            "url": "https://hooks.example.org/",
            "language": "es",
            "scope": {"components": ["desk-exports"]},
            "enabled": False,
            "because": "asked again",
        },
        merged={"scope": {**DESK, "components": ["desk-exports"]}},
        shown=_of_endpoint,
    ),
    "/v1/restorations/{id}": Scene(
        make=lambda site: lost(site).path,
        needed=("request_policies",),
        before={"request_policies": POLICIES, "because": "asked"},
        after={"request_policies": OTHER_POLICIES, "because": "asked again"},
        merged={
            "request_policies": {
                **POLICIES,
                "order": {**POLICIES["order"], "deadline": "PT60S"},
                "refund": REFUND,
            }
        },
    ),
}
INSTEAD = {("/v1/maintenance-windows/{id}", "all"): "components"}
"""What is said instead of another member: the whole product instead of some components."""


def described(site: Site) -> dict[str, set[str]]:
    """Give the members of the body of each PATCH of the description."""
    description = site.app.openapi()
    schemas = description["components"]["schemas"]

    def members() -> Iterator[tuple[str, set[str]]]:
        for path, operations in description["paths"].items():
            if "patch" in operations:
                schema = operations["patch"]["requestBody"]["content"]["application/json"]["schema"]
                yield path, set(schemas[schema["$ref"].rpartition("/")[2]]["properties"])

    return dict(members())


def _nullable(site: Site, path: str) -> Iterator[str]:
    """Give the members of the body of a PATCH for which null is described."""
    description = site.app.openapi()
    schema = description["paths"][path]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    members = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return (name for name, member in members.items() if {"type": "null"} in member.get("anyOf", []))


class TestPatch:
    def test_is_tried_with_every_member_of_every_one_that_is_described(self, shared_site: Site) -> None:
        tried = {path: set(scene.before) for path, scene in SCENES.items()}
        for path, member in INSTEAD:
            tried[path].add(member)

        assert described(shared_site) == tried
        assert all(scene.before.keys() == scene.after.keys() for scene in SCENES.values())

    @pytest.mark.parametrize("path", SCENES)
    def test_leaves_what_is_left_out(self, shared_site: Site, path: str) -> None:
        scene = SCENES[path]
        members = [member for member in scene.before if member not in NOT_SHOWN]
        needed: dict[str, Json] = {each: {} for each in scene.needed}
        thing = scene.make(shared_site)
        for member in members:
            # Each member is changed alone, after all of them were set.
            before = made(shared_site.operator.patch(thing, {**scene.before, **_fresh(path)}))
            assert {each: scene.shown(before, each) for each in members} == {
                each: scene.before[each] for each in members
            }

            after = made(shared_site.operator.patch(thing, {**needed, member: scene.after[member]}))

            expected = {**scene.before, member: scene.merged.get(member, scene.after[member])}
            assert {each: scene.shown(after, each) for each in members} == {each: expected[each] for each in members}

    @pytest.mark.parametrize("path", SCENES)
    def test_of_nothing_changes_nothing(self, shared_site: Site, path: str) -> None:
        scene = SCENES[path]
        thing = scene.make(shared_site)
        before = made(shared_site.operator.patch(thing, dict(scene.before)))

        needed: dict[str, Json] = {each: {} for each in scene.needed}
        assert made(shared_site.operator.patch(thing, needed))["version"] == before["version"]


def _fresh(path: str) -> dict[str, Json]:
    """Take away the keys that the change of a member before has brought."""
    brought = {"request_policies": {**POLICIES, "refund": None}}
    if path == "/v1/maintenance-windows/{id}":
        audiences = SCENES[path].before["audiences"]
        return brought | {"audiences": {**audiences, "couriers": None}}
    return brought if "request_policies" in SCENES[path].before else {}


class TestNull:
    @pytest.mark.parametrize("path", SCENES)
    def test_takes_away_what_a_thing_can_be_without_and_is_refused_for_the_rest(
        self, shared_site: Site, path: str
    ) -> None:
        scene = SCENES[path]
        needed: dict[str, Json] = {each: {} for each in scene.needed}
        thing = scene.make(shared_site)
        before = made(shared_site.operator.patch(thing, dict(scene.before)))
        nullable = {each for each in _nullable(shared_site, path) if (path, each) not in INSTEAD}
        assert nullable == scene.without.keys() | scene.stays | (NOT_SHOWN & scene.before.keys())

        for member in scene.before.keys() - nullable:
            refusal = problem(shared_site.operator.patch(thing, {**needed, member: None}), 422, "invalid")
            assert [fault["pointer"] for fault in refusal["errors"]] == [f"/{member}"]
        assert made(shared_site.operator.patch(thing, needed))["version"] == before["version"]

        after = made(shared_site.operator.patch(thing, {**needed, **dict.fromkeys(nullable - scene.stays)}))
        expected = {**scene.before, **scene.without}
        assert {each: scene.shown(after, each) for each in expected if each not in NOT_SHOWN} == {
            each: value for each, value in expected.items() if each not in NOT_SHOWN
        }

    @pytest.mark.parametrize(
        ("member", "default"), [("policy", "check_by_hand"), ("deadline", "PT259200S"), ("four_eyes", False)]
    )
    def test_brings_the_default_of_a_policy_back(self, shared_site: Site, member: str, default: Json) -> None:
        incident = _incident(shared_site)
        made(shared_site.operator.patch(incident, {"request_policies": POLICIES}))

        after = made(shared_site.operator.patch(incident, {"request_policies": {"order": {member: None}}}))

        assert after["request_policies"] == {**POLICIES, "order": {**POLICIES["order"], member: default}}

    def test_takes_a_key_away(self, shared_site: Site) -> None:
        window = _window(shared_site)
        made(shared_site.operator.patch(window, dict(SCENES["/v1/maintenance-windows/{id}"].before)))

        after = made(
            shared_site.operator.patch(
                window,
                {
                    "title": {"es": None},
                    "components": {"orders": None},
                    "audiences": {"buyers": None},
                    "request_policies": {"order": None},
                },
            )
        )

        assert after["title"] == {"en": "Before"}
        assert after["components"] == {"labels": "partial_outage"}
        assert (list(after["audiences"]), list(after["request_policies"])) == (["sellers"], ["invoice"])
        refusal = problem(shared_site.operator.patch(window, {"title": {"en": None}}), 422, "invalid")
        assert [fault["pointer"] for fault in refusal["errors"]] == ["/title"]

    def test_ends_what_was_said_of_the_whole_product(self, shared_site: Site) -> None:
        window = _window(shared_site)
        seen = [
            made(shared_site.operator.patch(window, change))
            for change in (
                {"all": "major_outage"},
                {"components": {"orders": "partial_outage"}},
                {"all": "partial_outage"},
            )
        ]
        seen.append(made(shared_site.operator.patch(window, {"all": None})))

        assert [(each["all"], each["components"]) for each in seen] == [
            ("major_outage", {}),
            (None, {"orders": "partial_outage"}),
            ("partial_outage", {}),
            (None, {}),
        ]

    def test_bounds_what_is_merged(self, shared_site: Site) -> None:
        incident = _incident(shared_site)
        kinds: list[Json] = [{f"kind-{part}-{number}": {} for number in range(60)} for part in range(2)]
        made(shared_site.operator.patch(incident, {"request_policies": kinds[0]}))

        refusal = problem(shared_site.operator.patch(incident, {"request_policies": kinds[1]}), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == ["/request_policies"]
