"""Screens of a large site, with hundreds of components and very long texts: small, and they say what they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.recovering import a_lost_panel
from tests.api.console.visitor import Visitor, signed_in
from tests.databases import SQLiteFiles

MOST = 30_000
"""Bytes over the wire of one screen."""
COMPONENTS = [f"part-{number:03}" for number in range(500)]
SYLLABLES = [a + b for a in "bcdfghjklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "os")]


def prose(seed: int, length: int) -> str:
    """Give a text of words of which none repeats as those of a test would: it is compressed as real ones are."""
    random = Random(seed)
    words = ["".join(random.choices(SYLLABLES, k=random.randint(1, 3))) for _ in range(1_500)]
    return " ".join(random.choices(words, k=length // 3))[:length].ljust(length, "x")


@pytest.fixture(scope="module")
def large(
    sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Visitor, dict[str, str]]]:
    """An admin at a site with five hundred components, in groups and in one large one, on which something happens."""
    with Site(sqlite_files.migrated(tmp_path_factory.mktemp("large"))) as site:
        for number, key in enumerate(COMPONENTS):
            name = {"en": f"{prose(number, 20).title()} {number}", "es": f"Parte {number} {prose(-number, 12)}"}
            site.component(key, name=name, group="large" if number < 300 else f"group-{number % 5}")
        yield signed_in(site, site.a(Role.ADMIN)), what_happens(site)


def what_happens(site: Site) -> dict[str, str]:
    """Let everything be down, with all the texts that there can be, and give the addresses of what there is then."""
    everything = dict.fromkeys(COMPONENTS, "partial_outage")
    long = {"en": prose(1, 25_000), "es": prose(2, 25_000)}
    incident = site.incident(everything, title="All is down", message={"en": long["en"]})["id"]
    window = made(site.operator.post("/v1/maintenance-windows", plan(everything, {"en": long["en"]})))["id"]
    for number in range(24):
        said: dict[str, Any] = {"message": {"en": prose(number + 3, 25_000), "es": prose(-number, 25_000)}}
        made(site.update(incident, "identified", **({"components": everything} if number % 2 else said)))
        made(site.operator.post(f"/v1/maintenance-windows/{window}/updates", said))
    for number in range(20):
        site.signal(f"unrouted-{number}", f"nowhere-{number}")
        site.signal(f"routed-{number}", COMPONENTS[number])
    made(site.operator.post("/v1/templates", {"key": "long", "purpose": "incident_update", "message": long}))
    made(site.operator.patch("/v1/templates/long", {"message": {"en": prose(7, 25_000)}}))
    site.tick()
    return {"incident": incident, "window": window, "restoration": a_lost_panel(site).restoration.id}


def plan(components: dict[str, str], text: dict[str, str]) -> dict[str, Any]:
    return {
        "title": {"en": "Everything is renewed"},
        "description": text,
        "zone": "Europe/Warsaw",
        "start": "2025-03-05T01:00",
        "duration": "4h",
        "components": components,
        "covers": COMPONENTS,
    }


SCREENS = (
    "",
    "/incidents",
    "/incidents/new",
    "/incidents/{incident}",
    "/incidents/{incident}/updates",
    "/incidents/{incident}/updates/3",
    "/incidents/{incident}/around",
    "/incidents/{incident}/correction",
    "/incidents/{incident}/correction?component=part-001",
    "/incidents/{incident}/correction?update=3",
    "/signals",
    "/maintenance-windows",
    "/maintenance-windows/new",
    "/maintenance-windows/{window}",
    "/maintenance-windows/{window}?all=1",
    "/maintenance-windows/{window}/plan",
    "/maintenance-windows/new?from={window}",
    "/maintenance-windows/{window}/updates/3",
    "/restorations/{restoration}",
    "/restorations/{restoration}/capabilities/login",
    "/settings/components",
    "/settings/components/part-001",
    "/settings/groups",
    "/settings/templates",
    "/settings/templates/long",
    "/audit",
    "/audit/{incident}",
    "/audit/replay",
)


class TestScreens:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_are_small_over_the_wire(self, large: tuple[Visitor, dict[str, str]], screen: str) -> None:
        visitor, places = large

        answer = visitor.request("GET", f"/console{screen.format(**places)}", **{"Accept-Encoding": "gzip"})

        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
        assert int(answer.headers["Content-Length"]) <= MOST

    def test_say_what_they_leave_out_and_lead_to_it(self, large: tuple[Visitor, dict[str, str]]) -> None:
        visitor, places = large

        visitor.opens(f"/console/incidents/{places['incident']}").reads("and 492 more")
        assert any(line.startswith("This is the beginning of 25,000 characters. Read all") for line in visitor.lines)
        visitor.opens(visitor.link("Read all of it"))

        assert max(map(len, visitor.lines)) == 25_000
        visitor.opens(visitor.link("Español"))
        assert max(map(len, visitor.lines)) == 25_000
        visitor.opens("/console").reads("And 450 more. See the board")

    def test_lose_nothing_of_what_a_form_does_not_show(self, large: tuple[Visitor, dict[str, str]]) -> None:
        visitor, places = large
        path = f"/maintenance-windows/{places['window']}"
        before = made(visitor.site.operator.get(f"/v1{path}"))

        visitor.opens(f"/console{path}/plan").reads(
            "420 more of other groups are chosen, too, and stay so. Show their group to change them."
        )
        visitor.sends("plan", {"because": "To look."}).reads("It is saved.")

        visitor.site.tick()
        after = made(visitor.site.operator.get(f"/v1{path}"))
        assert (after["components"], after["description"]) == (before["components"], before["description"])
        assert sorted(after["covers"]) == sorted(before["covers"]) == COMPONENTS
