"""Lists of maintenance windows: what they hold, in which order, and how they go on."""

from dataclasses import dataclass, field

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem, written
from tests.api.commands import a_key
from tests.api.pages import pages
from tests.api.windows import LABELS, LIST, planned

pytestmark = pytest.mark.both_stores

COMPONENT = "orders_x"
"""Its underscore stands for itself."""


@dataclass
class Calendar:
    """Windows of every kind, by name, at ten o'clock."""

    ids: dict[str, str] = field(default_factory=dict)

    def names(self, documents: list[dict[str, str]]) -> list[str]:
        """Give the names of windows in the order of a list."""
        named = {id: name for name, id in self.ids.items()}
        return [named[document["id"]] for document in documents if document["id"] in named]


@pytest.fixture(scope="module")
def calendar(shared_site: Site) -> Calendar:
    """The windows that the tests look for."""
    for key in (LABELS, COMPONENT, "ordersyx"):
        shared_site.component(key)
    only = {"components": {COMPONENT: "partial_outage"}}
    plans: dict[str, dict[str, object]] = {
        "tomorrow": {"start": "2025-03-05T11:00", "end": "2025-03-05T13:00"},
        "next week": {"start": "2025-03-11T11:00", "end": "2025-03-11T13:00", **only},
        "tonight": {"start": "2025-03-04T22:00", "end": "2025-03-04T23:00", "components": {}, "all": "major_outage"},
        "private": {"start": "2025-03-06T11:00", "end": "2025-03-06T13:00", "announced": False},
        "last night": {"start": "2025-03-04T02:00", "end": "2025-03-04T03:00"},
        "yesterday": {"start": "2025-03-03T11:00", "end": "2025-03-03T13:00", **only},
        "private yesterday": {"start": "2025-03-03T12:00", "end": "2025-03-03T13:00", "announced": False},
        "now": {"start": "2025-03-04T10:30", "end": "2025-03-04T20:00"},
        "held": {"start": "2025-03-04T09:30", "end": "2025-03-04T10:30", **only},
        "early": {"start": "2025-03-07T11:00", "end": "2025-03-07T13:00"},
        "cancelled": {"start": "2025-03-08T11:00", "end": "2025-03-08T13:00"},
    }
    windows = {name: planned(shared_site, **plan) for name, plan in plans.items()}
    windows["held"].done("hold")
    windows["cancelled"].done("cancellation")
    for moment in ("09:35", "09:45"):
        shared_site.set_clock(moment)
    windows["early"].done("start")
    shared_site.set_clock("10:00")
    return Calendar({name: window.id for name, window in windows.items()})


UPCOMING = ["tonight", "tomorrow", "next week"]
ACTIVE = ["held", "now", "early"]
PAST = ["cancelled", "last night", "yesterday"]
FALLING = ["next week", "cancelled", "early", "tomorrow", "tonight", "now", "held", "last night", "yesterday"]


def found(caller: Caller, calendar: Calendar, **asked: str) -> list[str]:
    """Give the names of what a list holds."""
    return calendar.names(made(caller.get(LIST, params=asked))["data"])


class TestOrder:
    @pytest.mark.parametrize(
        ("stage", "expected"), [("upcoming", UPCOMING), ("active", ACTIVE), ("past", PAST), (None, FALLING)]
    )
    def test_is_from_the_first_start_on_for_what_is_to_come_and_from_the_last_back_else(
        self, shared_site: Site, calendar: Calendar, stage: str | None, expected: list[str]
    ) -> None:
        asked = {"stage": stage} if stage else {}

        assert found(shared_site.reader, calendar, **asked) == expected

    @pytest.mark.parametrize("limit", [1, 2, 3])
    @pytest.mark.parametrize(
        ("stage", "expected"), [("upcoming", UPCOMING), ("active", ACTIVE), ("past", PAST), (None, FALLING)]
    )
    def test_stays_the_same_from_page_to_page(
        self, shared_site: Site, calendar: Calendar, stage: str | None, expected: list[str], limit: int
    ) -> None:
        asked = {"stage": stage} if stage else {}
        for more in ({}, {"as_of": str(shared_site.tick())}, {"lang": "es", "zone": "America/Lima"}):
            seen = list(pages(shared_site.reader, LIST, limit=limit, **asked, **more))
            assert calendar.names([each for page in seen for each in page]) == expected
            assert {len(page) for page in seen[:-1]} <= {limit}

    def test_stands_still_while_new_windows_come(self, site: Site) -> None:
        site.component(LABELS)
        days = [planned(site, start=f"2025-04-0{day}T11:00", end=f"2025-04-0{day}T12:00").id for day in range(1, 8)]
        for stage, expected in (("upcoming", days), (None, days[::-1])):
            site.tick()
            seen: list[str] = []
            for page in pages(site.reader, LIST, limit=3, **({"stage": stage} if stage else {})):
                seen += [window["id"] for window in page]
                day = "2025-03-31" if stage else "2025-05-01"
                planned(site, start=f"{day}T11:00", end=f"{day}T12:00")
                site.tick()
            assert [id for id in seen if id in days] == expected
            assert len(seen) == len(set(seen))

    def test_is_by_the_id_where_two_begin_at_once(self, site: Site) -> None:
        site.component(LABELS)
        ids = sorted(planned(site).id for _ in range(5))
        site.tick()

        for stage, expected in (("upcoming", ids), (None, ids[::-1])):
            asked = {"stage": stage} if stage else {}
            seen = [each["id"] for page in pages(site.reader, LIST, limit=2, **asked) for each in page]
            assert seen == expected


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"state": "scheduled"}, UPCOMING[::-1]),
            ({"state": "in_progress"}, ["early", "now"]),
            ({"state": "verifying"}, ["held"]),
            ({"state": "completed"}, ["last night", "yesterday"]),
            ({"state": "cancelled"}, ["cancelled"]),
            ({"state": "verifying", "stage": "active"}, ["held"]),
            ({"state": "verifying", "stage": "past"}, []),
            ({"component": COMPONENT}, ["next week", "tonight", "held", "yesterday"]),
            ({"component": "ordersyx"}, ["tonight"]),
            ({"component": COMPONENT, "stage": "upcoming"}, ["tonight", "next week"]),
            ({"component": COMPONENT, "stage": "active"}, ["held"]),
            ({"visibility": "public"}, FALLING),
            ({"visibility": "private"}, []),
        ],
    )
    def test_narrow_down_what_readers_see(
        self, shared_site: Site, calendar: Calendar, asked: dict[str, str], expected: list[str]
    ) -> None:
        assert found(shared_site.reader, calendar, **asked) == expected

    def test_tell_operators_the_private_from_the_public(self, shared_site: Site, calendar: Calendar) -> None:
        for caller in (shared_site.operator, shared_site.auditor):
            private = found(caller, calendar, visibility="private")
            assert private == ["private", "private yesterday"]
            assert found(caller, calendar, visibility="public") == FALLING
            assert set(found(caller, calendar)) == {*FALLING, *private}
            assert found(caller, calendar, stage="upcoming") == ["tonight", "tomorrow", "private", "next week"]

    def test_show_a_token_without_a_private_side_what_readers_see(self, shared_site: Site, calendar: Calendar) -> None:
        for role in (Role.EMITTER, Role.REVIEWER):
            assert found(shared_site.a(role), calendar) == FALLING
            assert found(shared_site.a(role), calendar, visibility="private") == []

    @pytest.mark.usefixtures("calendar")
    def test_find_the_windows_of_a_series_for_operators_alone(self, shared_site: Site) -> None:
        rule = {"rule": "FREQ=DAILY;COUNT=3", "start": "2025-03-20T01:00", "end": "2025-03-20T02:00"}
        plan = {"title": "Nightly", "zone": "UTC", "components": {LABELS: "under_maintenance"}, **rule}
        series = made(shared_site.operator.post("/v1/maintenance-series", plan))["id"]
        shared_site.tick()

        def days(caller: Caller, **more: str) -> list[str]:
            windows = made(caller.get(LIST, params={"series": series, **more}))["data"]
            return [window["start"][8:10] for window in windows]

        assert days(shared_site.operator, stage="upcoming") == ["20", "21", "22"]
        assert days(shared_site.auditor) == ["22", "21", "20"]
        assert days(shared_site.reader) == []
        upcoming = made(shared_site.reader.get(LIST, params={"stage": "upcoming", "limit": 200}))["data"]
        assert len(upcoming) == len(UPCOMING) + 3
        assert all("series" not in window for window in upcoming)
        made(shared_site.operator.post(f"/v1/maintenance-series/{series}/ending"))
        for window in made(shared_site.operator.get(LIST, params={"series": series}))["data"]:
            made(shared_site.operator.post(f"{LIST}/{window['id']}/cancellation"))

    @pytest.mark.parametrize(
        ("asked", "pointer"),
        [
            ({"stage": "soon"}, "/stage"),
            ({"state": "resolved"}, "/state"),
            ({"visibility": "hidden"}, "/visibility"),
            ({"component": "No Key"}, "/component"),
            ({"component": "never-there"}, "/component"),
            ({"audience": "never-there"}, "/audience"),
            ({"series": "weekly"}, "/series"),
            ({"zone": "Mars/Base"}, "/zone"),
            ({"audience": "x" * 256}, "/audience"),
            ({"lang": "?!"}, "/lang"),
            ({"limit": "0"}, "/limit"),
            ({"at": "2025-03-04T09:00:00Z", "state": "scheduled"}, "/state"),
            ({"at": "2025-03-04T09:00:00"}, "/at"),
            ({"at": "2999-01-01T00:00:00Z"}, "/at"),
        ],
    )
    def test_refuse_what_they_do_not_know(self, shared_site: Site, asked: dict[str, str], pointer: str) -> None:
        for caller in (shared_site.reader, shared_site.operator):
            refusal = problem(caller.get(LIST, params=asked), 422, "invalid")
            assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]


class TestAt:
    @pytest.mark.parametrize(
        ("moment", "upcoming", "active"),
        [
            ("00:30", {"last night", "held", "now", "tonight", "tomorrow", "early", "next week", "cancelled"}, set()),
            ("01:00", {"held", "now", "tonight", "tomorrow", "early", "next week", "cancelled"}, {"last night"}),
            ("02:00", {"held", "now", "tonight", "tomorrow", "early", "next week", "cancelled"}, set()),
            ("08:30", {"now", "tonight", "tomorrow", "early", "next week"}, {"held"}),
            ("09:30", {"tonight", "tomorrow", "early", "next week"}, {"held", "now"}),
            ("09:45", {"tonight", "tomorrow", "next week"}, {"held", "now", "early"}),
        ],
    )
    def test_lists_each_stage_as_it_was(
        self, shared_site: Site, calendar: Calendar, moment: str, upcoming: set[str], active: set[str]
    ) -> None:
        def seen(stage: str) -> set[str]:
            return set(found(shared_site.reader, calendar, stage=stage, at=written(at(moment))))

        assert (seen("upcoming"), seen("active")) == (upcoming, active)
        assert seen("past") == {*FALLING} - upcoming - active

    def test_shows_each_as_it_stood(self, shared_site: Site, calendar: Calendar) -> None:
        listed = made(shared_site.reader.get(LIST, params={"at": written(at("09:35"))}))["data"]

        known = [window for window in listed if window["id"] in calendar.ids.values()]
        states = dict(zip(calendar.names(known), (window["state"] for window in known), strict=True))
        assert states == {
            "held": "verifying",
            "now": "in_progress",
            "early": "scheduled",
            "cancelled": "cancelled",
            "last night": "completed",
            "yesterday": "completed",
            **dict.fromkeys(UPCOMING, "scheduled"),
        }

    def test_goes_on_from_page_to_page(self, shared_site: Site, calendar: Calendar) -> None:
        moment = written(at("08:30"))

        upcoming = pages(shared_site.reader, LIST, limit=2, stage="upcoming", at=moment)
        past = pages(shared_site.reader, LIST, limit=2, stage="past", at=moment)

        assert calendar.names([each for page in upcoming for each in page]) == [
            "now",
            "tonight",
            "tomorrow",
            "early",
            "next week",
        ]
        assert calendar.names([each for page in past for each in page]) == ["cancelled", "last night", "yesterday"]


class TestAsOf:
    def test_lists_what_was_known_then(self, shared_site: Site, calendar: Calendar) -> None:
        then = written(at("09:40"))

        assert set(found(shared_site.reader, calendar, stage="active", as_of=then)) == {"held", "now"}
        assert "early" in found(shared_site.reader, calendar, stage="upcoming", as_of=then)
        assert found(shared_site.reader, calendar, as_of=written(at("07:00"))) == []


class TestCount:
    def test_says_nothing_of_private_windows(self, site: Site) -> None:
        site.component(LABELS)
        public = planned(site).id
        for _ in range(3):
            planned(site, announced=False, title=a_key())
        site.tick()

        for stage in ({}, {"stage": "upcoming"}):
            answer = site.reader.get(LIST, params={"limit": 1, **stage})
            document = made(answer)
            assert [window["id"] for window in document["data"]] == [public]
            assert (document["has_more"], document["next_cursor"]) == (False, None)
            assert "Link" not in answer.headers
