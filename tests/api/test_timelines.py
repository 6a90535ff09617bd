"""An answer carries the newest twenty updates, and a list has them all, with the same visibility."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller, Site, made, problem
from tests.api.pages import pages
from tests.api.windows import planned

pytestmark = pytest.mark.both_stores

NEWEST = 20
POSTED = 30
NOBODY = "00000000-0000-7000-8000-000000000000"
KINDS = ("/v1/incidents", "/v1/maintenance-windows")


def begun(site: Site, kind: str) -> str:
    """Begin something that readers see, and give its id."""
    site.component("labels")
    if kind == "/v1/incidents":
        return str(site.incident({"labels": "major_outage"})["id"])
    return planned(site).id


def post(site: Site, path: str, *, internal: bool = False, **more: object) -> dict[str, Any]:
    """Post an update."""
    message = {"en": "Between us.", "es": "Entre nosotros."} if internal else {"en": "Wait.", "es": "Espere."}
    return made(site.operator.post(f"{path}/updates", {"message": message, "internal": internal, **more}))


def all_updates(caller: Caller, path: str, **parameters: str | int) -> list[dict[str, Any]]:
    """Give every update, page by page."""
    return [each for page in pages(caller, f"{path}/updates", **{"limit": 7, **parameters}) for each in page]


@pytest.mark.parametrize("kind", KINDS)
class TestTimeline:
    def test_is_answered_with_its_newest_twenty_and_their_number(self, site: Site, kind: str) -> None:
        path = f"{kind}/{begun(site, kind)}"
        answers = [post(site, path, internal=number % 3 == 0) for number in range(POSTED)]
        site.tick()

        inside, outside = (caller.get(path).json() for caller in (site.operator, site.reader))
        listed = {caller: caller.get(kind).json()["data"][0] for caller in (site.operator, site.reader)}

        assert answers[-1] == inside
        assert (inside["updates_count"], outside["updates_count"]) == (POSTED + 1, POSTED * 2 // 3 + 1)
        assert [each["number"] for each in inside["updates"]] == list(range(POSTED + 2 - NEWEST, POSTED + 2))
        assert len(outside["updates"]) == NEWEST
        assert {each["message"]["en"] for each in outside["updates"]} == {"Wait."}
        assert sorted(map(str, listed.values())) == sorted(map(str, (inside, outside)))

    def test_is_listed_as_a_whole_to_whom_it_is_shown(self, site: Site, kind: str) -> None:
        path = f"{kind}/{begun(site, kind)}"
        for number in range(POSTED):
            post(site, path, internal=number % 3 == 0)
        site.tick()

        inside, outside = (all_updates(caller, path) for caller in (site.auditor, site.reader))

        assert [each["number"] for each in inside] == list(range(1, POSTED + 2))
        assert inside[-NEWEST:] == site.operator.get(path).json()["updates"]
        assert outside[-NEWEST:] == site.reader.get(path).json()["updates"]
        assert len(outside) == POSTED * 2 // 3 + 1
        assert "number" not in outside[0]
        assert "Between us." not in str(outside)

    def test_is_read_as_of_then_and_in_one_language(self, site: Site, kind: str) -> None:
        path = f"{kind}/{begun(site, kind)}"
        for _ in range(NEWEST + 2):
            post(site, path)
        then = site.tick()
        for _ in range(3):
            post(site, path)
        site.tick()

        for caller in (site.operator, site.reader):
            before = caller.get(path, params={"as_of": str(then)}).json()
            assert before["updates_count"] == NEWEST + 3
            assert all_updates(caller, path, as_of=str(then))[-NEWEST:] == before["updates"]
            assert all_updates(caller, path, lang="es")[-1]["message"] == "Espere."

    def test_does_not_move_for_readers_with_what_is_internal(self, site: Site, kind: str) -> None:
        path = f"{kind}/{begun(site, kind)}"
        post(site, path)
        site.tick()
        before = [site.reader.get(each) for each in (path, f"{path}/updates")]

        post(site, path, internal=True)
        site.tick()

        after = [site.reader.get(each) for each in (path, f"{path}/updates")]
        assert [each.headers["ETag"] for each in after] == [each.headers["ETag"] for each in before]
        assert [each.content for each in after] == [each.content for each in before]

    def test_of_nothing_is_not_found(self, site: Site, kind: str) -> None:
        problem(site.operator.get(f"{kind}/{NOBODY}/updates"), 404, "not_found")

    @pytest.mark.parametrize("cursor", ["?", "AAAA", "LTE", "Nw==", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"])
    def test_never_fails_on_a_cursor_of_somebody_else(self, site: Site, kind: str, cursor: str) -> None:
        path = f"{kind}/{begun(site, kind)}/updates"

        assert site.operator.get(path, params={"cursor": cursor}).status_code in {200, 422}


class TestPrivateIncident:
    def test_has_no_updates_that_readers_find(self, site: Site) -> None:
        site.component("labels")
        incident = site.incident({"labels": "major_outage"}, publish=False)["id"]
        site.tick()

        problem(site.reader.get(f"/v1/incidents/{incident}/updates"), 404, "not_found")
        assert len(all_updates(site.operator, f"/v1/incidents/{incident}")) == 1


class TestCorrection:
    def test_of_an_old_update_changes_it_where_it_stands(self, site: Site) -> None:
        path = f"/v1/incidents/{begun(site, '/v1/incidents')}"
        for _ in range(POSTED):
            post(site, path)
        then = site.tick()

        made(site.operator.post(f"{path}/corrections", {"reason": "Typo.", "update": 3, "message": "Wait, please."}))
        site.tick()

        inside, outside = (all_updates(caller, path) for caller in (site.operator, site.reader))
        assert (inside[2]["message"], outside[2]["message"]) == ({"en": "Wait, please."}, {"en": "Wait, please."})
        assert inside[2]["original"]["message"]["en"] == "Wait."
        assert all_updates(site.reader, path, as_of=str(then))[2]["message"]["en"] == "Wait."

    def test_of_one_update_again_and_again_makes_it_no_longer_for_ever(self, site: Site) -> None:
        path = f"/v1/incidents/{begun(site, '/v1/incidents')}"
        sizes = []
        for number in range(30):
            answer = site.operator.post(
                f"{path}/corrections", {"reason": "Typo.", "update": 1, "message": f"Number {number:03}."}
            )
            sizes.append(len(str(made(answer)["updates"][0])))

        assert sizes[-1] == sizes[-2]
