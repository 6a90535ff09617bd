"""Lists of restorations, languages, tags, and reads of then."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.api.client import Caller, Site, made, problem, written
from tests.api.pages import pages
from tests.api.panel_steps import RESTORATIONS, Restoration, a_panel, completed, lost, regained

pytestmark = pytest.mark.both_stores

SECRET = "secret reason"


@pytest.fixture
def three(site: Site) -> list[Restoration]:
    """A restoration of each state, the oldest first."""
    found = []
    for hour, begin in ((9, completed), (10, regained), (11, lost)):
        site.set_clock(f"{hour:02}:00")
        found.append(begin(site))
    site.tick()
    return found


def ids(caller: Caller, **asked: str) -> list[str]:
    """Give the ids of a list."""
    return [each["id"] for each in made(caller.get(RESTORATIONS, params=asked))["data"]]


class TestList:
    def test_gives_the_newest_first_to_both_sides(self, site: Site, three: list[Restoration]) -> None:
        expected = [each.id for each in three[::-1]]

        assert ids(site.reader) == ids(site.operator) == expected
        listed = made(site.reader.get(RESTORATIONS))["data"]
        assert listed == [each.outside for each in three[::-1]]
        assert made(site.operator.get(RESTORATIONS))["data"] == [each.inside for each in three[::-1]]

    @pytest.mark.parametrize(("state", "place"), [("completed", 0), ("access_restored", 1), ("access_lost", 2)])
    def test_is_narrowed_down(self, site: Site, three: list[Restoration], state: str, place: int) -> None:
        panel = three[place].inside["panel"]

        for caller in (site.reader, site.operator):
            assert ids(caller, state=state) == ids(caller, panel=panel) == [three[place].id]
            assert ids(caller, state=state, panel=panel) == [three[place].id]
            assert ids(caller, panel=three[place - 1].inside["panel"], state=state) == []
            problem(caller.get(RESTORATIONS, params={"panel": "no-such-panel"}), 422, "invalid")

    @pytest.mark.parametrize(
        ("asked", "parameter"),
        [
            ({"state": "lost"}, "state"),
            ({"panel": "Panel A"}, "panel"),
            ({"limit": "0"}, "limit"),
            ({"limit": "201"}, "limit"),
            ({"lang": "?"}, "lang"),
        ],
    )
    def test_of_what_cannot_be_is_refused(self, shared_site: Site, asked: dict[str, str], parameter: str) -> None:
        refusal = problem(shared_site.reader.get(RESTORATIONS, params=asked), 422, "invalid")

        assert refusal["errors"][0]["parameter"] == parameter

    def test_goes_on_and_stands_still_while_new_ones_come(self, site: Site) -> None:
        panels = [a_panel(site) for _ in range(8)]
        expected = []
        for minute, panel in enumerate(panels[:5]):
            site.set_clock(f"09:0{minute}")
            expected.append(lost(site, panel).id)
        site.tick()

        for caller in (site.reader, site.operator):
            seen = []
            for page in pages(caller, RESTORATIONS, limit=2, state="access_lost"):
                seen += [each["id"] for each in page]
                site.set_clock(site.clock.moment.replace(minute=site.clock.moment.minute + 1))
                if panels[5:]:
                    lost(site, panels.pop())
                    site.tick()
            assert [each for each in seen if each in expected] == expected[::-1]
            assert len(seen) == len(set(seen))

    def test_speaks_one_language_or_all(self, site: Site) -> None:
        restoration = lost(site, provider={"en": "Provider", "pl": "Dostawca"}, reason={"pl": SECRET})
        restoration.done("instructions", {"text": {"pl": "Połącz na nowo."}})
        site.tick()

        for path in (RESTORATIONS, restoration.path):
            for lang, provider in (("pl", "Dostawca"), ("es", "Provider")):
                answer = made(site.reader.get(path, params={"lang": lang}))
                (document,) = answer["data"] if path == RESTORATIONS else [answer]
                assert (document["provider"], document["losses"][0]["provider"]) == (provider, provider)
                assert document["instructions"][0]["text"] == "Połącz na nowo."
        inside = made(site.operator.get(restoration.path, params={"lang": "es"}))
        assert inside["losses"][0]["reason"] == SECRET


class TestTag:
    def test_moves_outside_with_what_readers_see_and_only_then(self, site: Site) -> None:
        restoration = lost(site)

        def tags() -> list[str]:
            site.tick()
            return [site.reader.get(path).headers["ETag"] for path in (restoration.path, RESTORATIONS)]

        before = tags()
        policies = {"order": {"policy": "reprocess"}}
        restoration.done("PATCH ", {"request_policies": policies, "because": SECRET})
        after_what_is_private = tags()
        restoration.done("access-restored")
        after_what_is_public = tags()

        assert before == after_what_is_private
        assert all(old != new for old, new in zip(before, after_what_is_public, strict=True))

    def test_names_the_version_inside(self, site: Site) -> None:
        restoration = lost(site)
        restoration.done("access-restored")

        answer = site.operator.get(restoration.path)

        assert (answer.headers["ETag"], answer.json()["version"]) == ('"2"', 2)
        again = site.operator.get(restoration.path, headers={"If-None-Match": '"2"'})
        assert (again.status_code, again.content) == (304, b"")


class TestThen:
    def test_shows_what_was_shown_then(self, site: Site) -> None:
        restoration, seen = lost(site), []
        for minute, action in enumerate(("inventory", "access-restored", "access-lost")):
            site.set_clock(f"09:0{minute}")
            restoration.done(action, {"accounts": 5} if action == "inventory" else None)
            position = str(site.tick())
            sides = [caller.get(restoration.path).content for caller in (site.reader, site.operator)]
            seen.append((written(site.clock.moment), position, sides))

        site.set_clock("12:00")
        for moment, position, sides in seen:
            for then in (moment, position):
                read = [
                    caller.get(restoration.path, params={"as_of": then}).content
                    for caller in (site.reader, site.operator)
                ]
                assert read == sides, then
        assert all(old[2] != new[2] for old, new in pairwise(seen))

    def test_was_not_there_before(self, site: Site) -> None:
        site.set_clock("09:00")
        restoration = lost(site, lost_at=written(site.clock.moment.replace(hour=7)))
        before = {"as_of": written(site.clock.moment.replace(hour=8))}
        site.tick()

        for caller in (site.reader, site.operator):
            assert made(caller.get(RESTORATIONS, params=before))["data"] == []
            problem(caller.get(restoration.path, params=before), 404, "not_found")
