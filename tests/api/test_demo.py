"""The cases of the demo: each step is a request of this interface, and a refused one stops the replay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

import pytest
from starlette.routing import Match

from api.cli.demo import ROLES
from api.demo.generator import RequestPattern, generate
from api.demo.player import Player, Step, StepRefused, load_cases
from api.main import roles_of
from domain.access.keyring import Role
from tests.api.client import Site, at, written

STEPS = load_cases()
REQUESTS = [step for step in STEPS if "generate" not in step]
MEMBERS = {"at", "by", "request", "body", "reads_views", "save", "for", "where", "batch", "items"}
NAMED = re.compile(r"\{[\w.+-]+\}")
COMPONENT = {"key": "labels", "name": {"en": "Labels"}, "group": "platform"}
PATTERN: RequestPattern = {
    "name": "orders",
    "seed": "a test",
    "count": 20,
    "cause": "restoration:0192f3a4-5b6c-7d8e-9f00-112233445566",
    "from": "2025-03-04T00:00:00Z",
    "seconds": 3600,
    "reference": "{kind:.2}-{number:03}",
    "kinds": {"order": ["shop"]},
    "found": 5,
    "again": {"name": "repeats", "count": 4},
}


class TestCases:
    def test_have_steps_of_known_members_only(self) -> None:
        assert [step for step in REQUESTS if not {"at", "by", "request"} <= step.keys() <= MEMBERS] == []
        assert [step for step in STEPS if "generate" in step and step.keys() != {"at", "generate"}] == []

    def test_send_what_their_caller_may(self, shared_site: Site) -> None:
        forbidden = [step for step in REQUESTS if ROLES[step["by"]] not in roles_allowed(shared_site, step["request"])]

        assert len(REQUESTS) > 100
        assert forbidden == []

    def test_stand_in_the_order_of_their_times(self) -> None:
        times = [datetime.fromisoformat(step["at"]) for step in STEPS if "{" not in step["at"]]
        misplaced = [later for earlier, later in pairwise(times) if later < earlier]

        assert len(times) > 100
        assert misplaced == []

    def test_are_told_in_every_language_of_the_pages(self) -> None:
        told = [text for step in REQUESTS for text in localized(step.get("body"))]

        assert len(told) > 100
        assert [text for text in told if text.keys() != {"en", "es", "pl", "pt"} or not all(text.values())] == []

    def test_leave_nothing_in_braces_unnamed(self) -> None:
        names = {"day", "day+5"}
        for step in STEPS:
            made = step.get("generate", {})
            if "for" not in step:
                assert {found[1:-1] for found in NAMED.findall(str(step))} <= names, step
            else:
                assert step["for"] in names
            names |= {*step.get("save", {}), *({made["name"]} if made else ())}
            names |= {made["again"]["name"]} if "again" in made else set()


class TestPlayer:
    def test_sends_steps_by_their_time_and_hands_on_what_they_saved(self, shared_site: Site) -> None:
        incident = {"title": "Late", "message": "We look.", "components": {"labels": "partial_outage"}}
        update = {"state": "identified", "message": "Found at {hour}."}
        steps = [
            step("08:20:00", "POST /v1/incidents/{late}/updates", update),
            step("08:10:00", "POST /v1/components", COMPONENT),
            step("08:15:00", "POST /v1/incidents", incident, save={"late": "id"}),
        ]

        play(shared_site, steps, hour="eight")

        (found,) = shared_site.operator.get("/v1/incidents").json()["data"]
        assert found["state"] == "identified"
        assert {written(at("08:15")), written(at("08:20")), "Found at eight."} <= set(texts_of(found))

    def test_stops_at_a_step_that_is_refused(self, shared_site: Site) -> None:
        refused = step("08:30:00", "POST /v1/components", {"key": "labels"})
        after = step("08:31:00", "POST /v1/components", {**COMPONENT, "key": "after-the-refused-one"})

        with pytest.raises(StepRefused, match=r"POST /v1/components.*group"):
            play(shared_site, [refused, after])

        assert shared_site.reader.get("/v1/components/after-the-refused-one").status_code == 404

    def test_stops_at_a_list_that_is_refused_in_part(self, shared_site: Site) -> None:
        resend = {"source": "shop", "kind": "order", "reference": "1"}

        with pytest.raises(StepRefused, match=r"in part.*kind"):
            play(shared_site, [step("08:40:00", "POST /v1/resends", [resend, {**resend, "kind": "NO KIND"}])])

    def test_makes_items_by_the_first_pattern_that_fits_their_place(self, shared_site: Site) -> None:
        resend = {"source": "{source}", "kind": "{kind}", "reference": "{reference}"}
        items = [{"first": 3, "item": resend}, {"every": 2, "item": resend}]
        saved = {"report": "counts.unmatched"}
        some = step("08:50:00", "POST /v1/resends", save=saved, items=items, **{"for": "orders"})
        again = step("08:51:00", "POST /v1/components", {**COMPONENT, "key": "unmatched-{report}"})

        play(shared_site, [{"at": written(at("08:49")), "generate": PATTERN}, some, again])

        # Of twenty: the first three, and the places 4, 6, … 18.
        assert shared_site.reader.get("/v1/components/unmatched-11").status_code == 200


class TestGenerator:
    def test_makes_the_same_requests_each_time(self) -> None:
        assert generate(PATTERN) == generate(PATTERN)

    def test_makes_as_many_as_the_pattern_says(self) -> None:
        orders, repeats = (generate(PATTERN)[name] for name in ("orders", "repeats"))

        assert len({order["id"] for order in orders}) == 20
        assert len([order for order in orders if order.get("is_found")]) == 5
        assert len({repeat["id"] for repeat in repeats}) == 4
        assert all("2025-03-04T00:" in str(order["received_at"]) for order in orders)
        assert [order["reference"] for order in orders[:2]] == ["or-001", "or-002"]


def step(clock: str, request: str, body: object = None, **more: object) -> Step:
    """Write a step of the admin, who may send everything."""
    found = {"at": f"2025-03-04T{clock}Z", "by": "admin", "request": request, "body": body, **more}
    return cast("Step", found)


def play(site: Site, steps: Sequence[Step], **names: str) -> None:
    """Play steps on a site."""
    player = Player(site.app, site.bitacora.facade, site.clock.set)
    site.run(player.play(steps, {"admin": site.a(Role.ADMIN).token or ""}, names))
    site.tick()


def texts_of(document: object) -> Iterator[str]:
    """Give every text of a document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from texts_of(part)


def localized(document: object) -> Iterator[dict[str, str]]:
    """Give every text in languages of a document."""
    if isinstance(document, dict) and "en" in document:
        yield document
    elif isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from localized(part)


def roles_allowed(site: Site, request: str) -> frozenset[Any]:
    """Give the roles that may send a request; none if there is no route for it."""
    method, _, target = request.partition(" ")
    scope = {"type": "http", "method": method, "path": target.partition("?")[0].replace("{id}", "x")}
    found = [route for _, route in site.routes() if route.matches(scope)[0] is Match.FULL]
    return roles_of(found[0]) if found else frozenset()
