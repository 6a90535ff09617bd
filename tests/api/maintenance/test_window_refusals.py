"""What no maintenance window can be, and what cannot be done with one; nothing of it is recorded."""

from datetime import datetime
from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.windows import LABELS, LIST, PLAN, Window, planned, under_way

GAP = {"earlier": "2025-03-30T00:30:00Z", "later": "2025-03-30T01:30:00Z"}
FOLD = {"earlier": "2025-10-26T00:30:00Z", "later": "2025-10-26T01:30:00Z"}


@pytest.fixture(scope="module", autouse=True)
def component(shared_site: Site) -> None:
    """Something to maintain."""
    shared_site.component(LABELS)


def refused(site: Site, status: int, code: str, **more: object) -> dict[str, Any]:
    """Try to plan a window that cannot be, and look that nothing was recorded."""
    site.operator.get(LIST)
    position = site.last_position()
    refusal = problem(site.operator.post(LIST, {**PLAN, **more}), status, code)
    assert site.last_position() == position
    return refusal


class TestPlan:
    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"zone": "Mars/Base"}, "/zone"),
            ({"zone": "Europe/../Paris"}, "/zone"),
            ({"start": "2025-03-04T11:00Z"}, "/start"),
            ({"start": "2025-03-04T11:00+01:00"}, "/start"),
            ({"end": "2025-03-04T13:00:00.000Z"}, "/end"),
            ({"start": "2025-03-04"}, "/start"),
            ({"start": "2025-02-30T11:00"}, "/start"),
            ({"start": 1741082400}, "/start"),
            ({"end": None}, "/end"),
            ({"duration": "2h"}, "/end"),
            ({"end": None, "duration": "0s"}, "/duration"),
            ({"end": None, "duration": "soon"}, "/duration"),
            ({"components": {"never-there": "major_outage"}}, "/components/never-there"),
            ({"components": {LABELS: "broken"}}, f"/components/{LABELS}"),
            ({"covers": ["never-there"]}, "/covers/never-there"),
            ({"all": "major_outage"}, "/all"),
            (
                {"markets": [{"market": "MX", "zone": "Asia/Tokyo"}, {"market": "XX", "zone": "Mars/Base"}]},
                "/markets/1/zone",
            ),
            ({"markets": [{"market": "mexico", "zone": "America/Mexico_City"}]}, "/markets/0/market"),
            ({"remind_before": ["0s"]}, "/remind_before/0"),
            ({"remind_before": ["400d"]}, "/remind_before/0"),
            ({"ambiguous": "sooner"}, "/ambiguous"),
            ({"title": " "}, "/title"),
            ({"announced": "yes"}, "/announced"),
            ({"request_policies": {"order": {"policy": "forget"}}}, "/request_policies/order/policy"),
            ({"audiences": {"sellers": {"guidance": {"later": []}}}}, "/audiences/sellers/guidance/later"),
        ],
    )
    def test_with_a_part_that_cannot_be_is_refused(
        self, shared_site: Site, more: dict[str, object], pointer: str
    ) -> None:
        refusal = refused(shared_site, 422, "invalid", **more)

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]

    @pytest.mark.parametrize("end", ["2025-03-04T10:59", "2025-03-04T11:00", "2024-03-04T13:00"])
    def test_without_length_is_refused(self, shared_site: Site, end: str) -> None:
        refused(shared_site, 422, "ends_before_it_begins", end=end)

    @pytest.mark.parametrize("status", ["operational", "unknown"])
    def test_of_what_is_no_impact_is_refused(self, shared_site: Site, status: str) -> None:
        refused(shared_site, 422, "no_impact", components={LABELS: status})

    def test_of_a_retired_component_is_refused(self, shared_site: Site) -> None:
        shared_site.component("gone")
        shared_site.operator.post("/v1/components/gone/retirement")

        refused(shared_site, 422, "invalid", components={"gone": "major_outage"})
        refused(shared_site, 422, "invalid", covers=["gone"])


class TestCivilTime:
    @pytest.mark.parametrize(
        ("more", "code", "pointer", "instants"),
        [
            ({"start": "2025-03-30T02:30", "end": "2025-03-30T05:00"}, "nonexistent_time", "/start", GAP),
            ({"start": "2025-03-29T22:00", "end": "2025-03-30T02:30"}, "nonexistent_time", "/end", GAP),
            ({"start": "2025-10-26T02:30", "end": "2025-10-26T05:00"}, "ambiguous_time", "/start", FOLD),
            ({"start": "2025-10-25T22:00", "end": "2025-10-26T02:30"}, "ambiguous_time", "/end", FOLD),
        ],
    )
    def test_that_no_clock_shows_once_is_refused_with_both_instants_unless_one_is_chosen(
        self, shared_site: Site, more: dict[str, str], code: str, pointer: str, instants: dict[str, str]
    ) -> None:
        refusal = refused(shared_site, 422, code, **more)

        assert {name: refusal[name] for name in instants} == instants
        assert all(instant in refusal["detail"] for instant in instants.values())
        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]
        for choice, instant in instants.items():
            window = planned(shared_site, **more, ambiguous=choice)
            meant = window.inside[{"/start": "starts_at", "/end": "ends_at"}[pointer]]
            assert datetime.fromisoformat(meant) == datetime.fromisoformat(instant)
            assert window.inside["ambiguous"] == choice
            window.done("cancellation")

    def test_is_looked_at_by_a_reschedule_and_by_an_extension_too(self, shared_site: Site) -> None:
        window = planned(shared_site, start="2025-10-25T22:00", end="2025-10-25T23:00")
        fold = {"start": "2025-10-26T02:30", "duration": "1h"}

        refusal = window.refuses("reschedule", fold, 422, "ambiguous_time")
        assert refusal["errors"][0]["pointer"] == "/start"
        assert window.done("reschedule", {**fold, "ambiguous": "later"})["starts_at"] == "2025-10-26T01:30:00Z"
        window.done("cancellation")

        other = planned(shared_site, start="2025-10-25T22:00", end="2025-10-25T23:00")
        other.done("start")
        gap = other.refuses("extension", {"end": "2026-03-29T02:30"}, 422, "nonexistent_time")
        assert gap["errors"][0]["pointer"] == "/end"
        extended = other.done("extension", {"end": "2026-03-29T02:30", "ambiguous": "earlier"})
        assert extended["ends_at"] == "2026-03-29T00:30:00Z"
        other.done("completion")

    def test_is_meant_by_an_extension_as_the_plan_has_chosen(self, shared_site: Site) -> None:
        window = planned(shared_site, start="2025-10-25T22:00", end="2025-10-25T23:00", ambiguous="later")
        window.done("start")

        assert window.done("extension", {"end": "2026-03-29T02:30"})["ends_at"] == "2026-03-29T01:30:00Z"
        window.done("completion")


ANYTHING: list[tuple[str, object]] = [
    ("reschedule", {"start": "2030-01-01T01:00"}),
    ("start", None),
    ("extension", {"by": "1h"}),
    ("hold", None),
    ("completion", None),
    ("cancellation", None),
    ("updates", {"message": "x"}),
    ("PATCH ", {"title": "x"}),
]


class TestScheduled:
    @pytest.mark.parametrize(
        ("action", "body", "code"),
        [
            ("completion", None, "not_yet_begun"),
            ("extension", {"by": "1h"}, "not_yet_begun"),
            ("updates", {"message": "x", "components": {LABELS: "operational"}}, "not_yet_begun"),
            ("announcement", None, "already_announced"),
            ("DELETE hold", None, "not_held"),
        ],
    )
    def test_does_not_do_what_comes_later(self, shared_site: Site, action: str, body: object, code: str) -> None:
        planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00").refuses(action, body, 409, code)

    def test_is_not_moved_to_where_it_cannot_be(self, shared_site: Site) -> None:
        window = planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00")

        window.refuses(
            "reschedule", {"start": "2030-01-01T01:00", "end": "2030-01-01T01:00"}, 422, "ends_before_it_begins"
        )
        window.refuses("reschedule", {"start": "2030-01-01T01:00", "zone": "Mars/Base"}, 422, "invalid")
        window.refuses(
            "reschedule", {"start": "2030-01-01T01:00", "end": "2030-01-02T01:00", "duration": "1h"}, 422, "invalid"
        )
        window.refuses("reschedule", {"start": "2030-01-01T01:00Z"}, 422, "invalid")
        window.refuses("reschedule", {}, 422, "invalid")
        assert window.inside["revision"] == 1

    def test_is_not_rewritten_to_what_cannot_be(self, shared_site: Site) -> None:
        window = planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00")

        window.refuses("PATCH ", {"components": {"never-there": "major_outage"}}, 422, "invalid")
        window.refuses("PATCH ", {"covers": ["never-there"]}, 422, "invalid")
        window.refuses("PATCH ", {"markets": [{"market": "XX", "zone": "Mars/Base"}]}, 422, "invalid")
        window.refuses("PATCH ", {"components": {LABELS: "operational"}}, 422, "no_impact")
        window.refuses("PATCH ", {"components": {LABELS: "major_outage"}, "all": "major_outage"}, 422, "invalid")
        window.refuses("PATCH ", {"start": "2031-01-01T01:00"}, 422, "invalid")


@pytest.fixture(scope="module")
def window(shared_site: Site) -> Window:
    """A window that has begun, from ten to twelve."""
    return under_way(shared_site)


class TestUnderWay:
    @pytest.mark.parametrize(
        ("action", "body"),
        [
            ("start", None),
            ("reschedule", {"start": "2030-01-01T01:00"}),
            ("cancellation", None),
            ("PATCH ", {"all": "major_outage"}),
        ],
    )
    def test_does_not_do_what_comes_before(self, window: Window, action: str, body: object) -> None:
        window.refuses(action, body, 409, "already_begun")

    @pytest.mark.parametrize(
        "shorter",
        [
            {"end": "2025-03-04T13:00"},
            {"end": "2025-03-04T12:00"},
            {"end": "2025-03-04T10:30"},
            {"duration": "2h"},
            {"duration": "1m"},
        ],
    )
    def test_is_not_made_shorter_by_an_extension(self, window: Window, shorter: dict[str, str]) -> None:
        window.refuses("extension", shorter, 422, "not_an_extension")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/end"),
            ({"by": "1h", "duration": "5h"}, "/end"),
            ({"by": "1h", "end": "2025-03-04T15:00"}, "/end"),
            ({"end": "2025-03-04T15:00Z"}, "/end"),
            ({"by": "-1h"}, "/by"),
            ({"by": "0s"}, "/by"),
            ({"duration": "0s"}, "/duration"),
        ],
    )
    def test_is_not_extended_by_what_says_no_end(self, window: Window, body: dict[str, str], pointer: str) -> None:
        refusal = window.refuses("extension", body, 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]

    @pytest.mark.parametrize("action", ["completion", "updates"])
    def test_takes_nothing_from_before_its_start_or_from_the_future(self, window: Window, action: str) -> None:
        message = {"message": "x"}
        window.refuses(action, {**message, "occurred_at": written(at("09:59:59"))}, 422, "unknown_moment")
        window.refuses(action, {**message, "occurred_at": written(at("10:00:06"))}, 422, "in_the_future")
        window.refuses(action, {**message, "occurred_at": "2025-03-04T10:00:00"}, 422, "invalid")

    def test_takes_no_news_of_what_there_is_not(self, window: Window) -> None:
        news = {"message": "x", "components": {"never-there": "major_outage"}}
        refusal = window.refuses("updates", news, 422, "invalid")
        assert refusal["errors"][0]["pointer"] == "/components/never-there"
        window.refuses("updates", {"message": "x", "components": {LABELS: "unknown"}}, 422, "no_impact")
        window.refuses("updates", {"components": {}}, 422, "invalid")

    def test_knows_two_outcomes(self, window: Window) -> None:
        window.refuses("completion", {"outcome": "failed"}, 422, "invalid")

    def test_is_held_once(self, window: Window) -> None:
        window.done("hold")
        window.refuses("hold", None, 409, "already_held")
        window.done("DELETE hold")
        window.refuses("DELETE hold", None, 409, "not_held")


class TestVerifying:
    def test_is_neither_released_nor_extended_into_the_past(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            site.component(LABELS)
            window = under_way(site)
            window.done("hold")
            site.set_clock("12:30")

            window.refuses("DELETE hold", None, 409, "not_held")
            window.refuses("extension", {"end": "2025-03-04T13:15"}, 422, "not_an_extension")
            window.refuses("extension", {"by": "30m"}, 422, "not_an_extension")
            assert window.done("extension", {"by": "31m"})["ends_at"] == written(at("12:31"))


class TestStart:
    @pytest.mark.parametrize("moment", ["1999-01-01T00:00:00Z", "2025-03-04T07:59:59Z"])
    def test_is_not_before_the_window_was_planned(self, shared_site: Site, moment: str) -> None:
        window = planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00")

        window.refuses("start", {"occurred_at": moment}, 422, "unknown_moment")
        window.done("cancellation")


class TestOver:
    @pytest.mark.parametrize(("action", "body"), ANYTHING)
    def test_completed_stays_as_it_is(self, shared_site: Site, action: str, body: object) -> None:
        window = planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00")
        window.done("start")
        window.done("completion")

        window.refuses(action, body, 409, "already_completed")

    @pytest.mark.parametrize(("action", "body"), ANYTHING)
    def test_cancelled_stays_as_it_is(self, shared_site: Site, action: str, body: object) -> None:
        window = planned(shared_site, start="2030-01-01T01:00", end="2030-01-01T02:00")
        window.done("cancellation")

        window.refuses(action, body, 409, "cancelled")

    def test_is_not_announced_any_more(self, shared_site: Site) -> None:
        # What nobody was told of is not called off.
        window = planned(shared_site, announced=False, start="2030-01-01T01:00", end="2030-01-01T02:00")
        window.done("cancellation")

        window.refuses("announcement", None, 409, "cancelled")


class TestNobody:
    @pytest.mark.parametrize(("action", "body"), ANYTHING)
    def test_is_not_found(self, shared_site: Site, action: str, body: object) -> None:
        nobody = Window(shared_site, f"{LIST}/00000000-0000-7000-8000-000000000000")

        nobody.refuses(action, body, 404, "not_found")
        for caller in (shared_site.reader, shared_site.operator):
            problem(caller.get(nobody.path), 404, "not_found")

    def test_is_what_readers_find_of_a_private_window(self, shared_site: Site) -> None:
        window = planned(shared_site, announced=False, start="2030-01-01T01:00", end="2030-01-01T02:00")
        shared_site.tick()

        problem(shared_site.reader.get(window.path), 404, "not_found")
        assert made(shared_site.auditor.get(window.path))["visibility"] == "private"
