"""What is said and changed of maintenance windows, to whom they show, and what they leave alone."""

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.windows import LABELS, LIST, PLAN, SAID, Window, planned, status_of, under_way

ORANGE, GREEN = "partial_outage", "operational"


@pytest.fixture
def site(site: Site) -> Site:
    """The service with a component, at eight o'clock."""
    site.component(LABELS)
    return site


class TestUpdates:
    def test_are_told_to_readers(self, site: Site) -> None:
        window = under_way(site)
        expected = written(at("11:30"))

        answer = window.act("updates", {"message": {"es": "Bien", "en": "Well"}, "expected_at": expected})

        assert (answer.status_code, answer.headers["Location"]) == (201, window.path)
        told = window.outside
        assert told["updates"][-1] == {
            "what": "updated",
            "state": "in_progress",
            "message": {"es": "Bien", "en": "Well"},
            "occurred_at": written(at("10:00")),
            "starts_at": written(at("10:00")),
            "ends_at": written(at("12:00")),
            "components": {},
            "all": None,
            "expected_at": expected,
        }
        assert told["expected_at"] == expected

    def test_may_expect_an_end_that_passes_but_none_that_has_passed(self, site: Site) -> None:
        window = under_way(site)
        window.refuses("updates", {"message": "Soon.", "expected_at": written(at("10:00"))}, 422, "unknown_moment")
        window.done("updates", {"message": "Soon.", "expected_at": written(at("11:30"))})
        seen = [window.outside["overdue"]]

        site.set_clock("11:30")
        seen += [window.outside["overdue"], window.inside["overdue"]]
        asked = {"at": written(at("11:29"))}
        seen.append(made(site.reader.get(window.path, params=asked))["overdue"])

        assert seen == [False, True, True, False]

    def test_change_what_components_carry(self, site: Site) -> None:
        window = under_way(site)
        site.component("orders")
        site.set_clock("10:30")
        window.done("updates", {"message": "Worse.", "components": {LABELS: "major_outage", "orders": ORANGE}})
        worse = status_of(site), status_of(site, "orders")
        site.set_clock("11:00")
        window.done("updates", {"message": "Labels are back.", "components": {LABELS: GREEN}})

        assert worse == ("major_outage", ORANGE)
        assert (status_of(site), status_of(site, "orders")) == (GREEN, ORANGE)
        assert window.outside["components"] == {LABELS: ORANGE}
        spans = window.outside["impact_spans"]
        assert [(span["status"], span["from"]) for span in spans[LABELS]] == [
            (ORANGE, written(at("10:00"))),
            ("major_outage", written(at("10:30"))),
        ]
        assert spans[LABELS][-1]["until"] == written(at("11:00"))

    def test_of_the_whole_product_say_so_of_all_of_it(self, site: Site) -> None:
        site.component("orders")
        window = under_way(site, components={}, all="major_outage")
        # What shows everywhere cannot be better somewhere.
        window.refuses("updates", {"message": "x", "components": {"orders": GREEN}}, 422, "no_impact")
        window.refuses("updates", {"message": "x", "components": {"orders": GREEN}, "all": GREEN}, 422, "invalid")

        window.done("updates", {"message": "Better.", "all": ORANGE})
        better = status_of(site), status_of(site, "orders")
        window.done("updates", {"message": "All is back.", "all": GREEN})

        assert better == (ORANGE, ORANGE)
        assert (status_of(site), status_of(site, "orders")) == (GREEN, GREEN)
        said = [(update["components"], update["all"]) for update in window.outside["updates"][-2:]]
        assert said == [({}, ORANGE), ({}, GREEN)]

    def test_of_the_whole_product_leave_what_came_later_as_it_was(self, site: Site) -> None:
        window = under_way(site, components={}, all="major_outage")
        site.set_clock("10:30")
        site.component("late")
        site.set_clock("12:30")

        board = made(site.reader.get("/v1/status", params={"at": written(at("10:15"))}))["components"]
        history = made(site.reader.get("/v1/components/late/history", params={"from": written(at("10:00"))}))["data"]

        assert window.outside["state"] == "completed"
        assert {each["key"]: each["status"] for each in board} == {LABELS: "major_outage", "late": GREEN}
        assert [(span["status"], span["from"][11:16]) for span in history] == [
            (GREEN, "10:00"),
            ("major_outage", "10:30"),
            (GREEN, "12:00"),
        ]

    def test_that_are_internal_are_for_operators(self, site: Site) -> None:
        window = under_way(site)
        site.tick()
        tags = [site.reader.get(path).headers["ETag"] for path in (window.path, LIST)]

        window.done("updates", {"message": "secret note", "internal": True})

        site.tick()
        assert [site.reader.get(path).headers["ETag"] for path in (window.path, LIST)] == tags
        assert "secret" not in site.reader.get(window.path).text
        assert window.inside["updates"][-1]["message"] == {"en": "secret note"}
        window.refuses(
            "updates",
            {"message": "x", "internal": True, "components": {LABELS: GREEN}},
            422,
            "internal_update_changes_nothing",
        )

    def test_may_tell_how_it_is_prepared(self, site: Site) -> None:
        window = planned(site)

        window.done("updates", {"message": "All is ready."})

        assert window.outside["updates"][-1]["state"] == "scheduled"


class TestRewriting:
    def test_changes_what_is_said_and_keeps_the_rest(self, site: Site) -> None:
        window = planned(site)
        before = window.inside

        window.done("PATCH ", {"title": {"en": "Larger upgrade"}, "because": "secret reason"})

        after = window.inside
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"title", "version"}
        assert window.outside["title"] == {**PLAN["title"], "en": "Larger upgrade"}
        assert "secret" not in site.reader.get(window.path).text

    def test_moves_reminders_and_local_times(self, site: Site) -> None:
        window = planned(site)

        after = window.done(
            "PATCH ", {"remind_before": ["30m", "90m"], "markets": [{"market": "JP", "zone": "Asia/Tokyo"}]}
        )

        assert after["reminders"] == [written(at("08:30")), written(at("09:30"))]
        assert [(each["market"], each["start"]) for each in after["local_times"]] == [("JP", "2025-03-04T19:00+09:00")]
        site.set_clock("10:00")
        assert window.events == ["planned", "revised", "reminded", "reminded", "started"]

    def test_changes_components_only_before_it_begins(self, site: Site) -> None:
        site.component("orders")
        window = planned(site)
        window.done("PATCH ", {"components": {LABELS: None, "orders": "major_outage"}})
        site.set_clock("10:00")

        assert (status_of(site), status_of(site, "orders")) == (GREEN, "major_outage")
        window.refuses("PATCH ", {"all": "major_outage"}, 409, "already_begun")
        window.refuses("PATCH ", {"covers": [LABELS]}, 409, "already_begun")
        assert window.done("PATCH ", {"description": "More."})["description"] == {"en": "More."}

    def test_that_changes_nothing_is_no_event(self, site: Site) -> None:
        window = planned(site)
        events, position = window.events, site.last_position()

        window.done("PATCH ", {"title": PLAN["title"]})

        assert site.last_position() == position
        assert window.events == events == ["planned"]


class TestAnnouncement:
    def test_shows_it_to_readers_from_then_on(self, site: Site) -> None:
        window = planned(site, announced=False)
        window.done("updates", {"message": "secret plan"})
        site.tick()
        hidden = site.reader.get(window.path), site.reader.get(LIST).json()
        site.set_clock("08:30")

        window.done("announcement", SAID)

        problem(hidden[0], 404, "not_found")
        assert hidden[1] == {"data": [], "has_more": False, "next_cursor": None}
        seen = window.outside
        assert [update["what"] for update in seen["updates"]] == ["announced"]
        assert (seen["announced_at"], seen["announced"]) == (written(at("08:30")), True)
        assert "secret" not in site.reader.get(window.path).text
        problem(site.reader.get(window.path, params={"as_of": written(at("08:29"))}), 404, "not_found")

    def test_lets_it_remind_of_what_is_still_to_come(self, site: Site) -> None:
        window = planned(site, announced=False, remind_before=["1h", "15m"])
        site.set_clock("09:30")

        window.done("announcement")
        site.set_clock("10:00")

        assert [given["due"] for given in window.inside["reminded"]] == [written(at("09:45"))]

    def test_of_one_that_has_begun_shows_its_status(self, site: Site) -> None:
        window = under_way(site, announced=False)
        board = made(site.operator.get("/v1/status"))["components"][0]
        assert (status_of(site), board["status"]) == (GREEN, ORANGE)

        window.done("announcement")

        assert status_of(site) == ORANGE


class TestReminders:
    @pytest.mark.parametrize(
        ("announced", "before", "action", "body"),
        [
            (True, "start", "PATCH ", {"remind_before": ["30m"]}),
            (False, "start", "announcement", None),
        ],
    )
    def test_are_not_promised_once_it_has_begun_or_was_given_up(
        self, site: Site, before: str, action: str, body: object, *, announced: bool
    ) -> None:
        window = planned(site, announced=announced)
        window.done(before)

        assert window.done(action, body)["reminders"] == []


class TestRecovery:
    def test_of_a_component_touches_no_window(self, site: Site) -> None:
        site.component("orders")
        other = planned(site, components={"orders": ORANGE}, covers=["orders"], start="2025-03-04T09:30")
        later = planned(site, covers=[LABELS])
        site.set_clock("08:40")
        site.signal("errors", LABELS)
        before: list[Any] = [other.inside, later.inside]

        site.signal("errors", LABELS, state="clear")
        site.set_clock("08:45")

        assert [other.inside, later.inside] == before
        assert (status_of(site, "orders"), status_of(site)) == (ORANGE, GREEN)


class TestRetirement:
    @pytest.mark.parametrize("affected", [{}, {"components": {}, "all": ORANGE}])
    def test_is_refused_while_a_window_affects_the_component(self, site: Site, affected: dict[str, object]) -> None:
        window, path = under_way(site, **affected), f"/v1/components/{LABELS}/retirement"
        position = site.last_position()

        problem(site.operator.post(path), 409, "cause_still_open")

        assert site.last_position() == position
        window.done("completion")
        assert site.operator.post(path).status_code == 200
        assert made(site.reader.get("/v1/status", params={"min_position": site.tick()}))["components"] == []

    def test_is_taken_while_it_is_only_planned(self, site: Site) -> None:
        window = planned(site)

        made(site.operator.post(f"/v1/components/{LABELS}/retirement"))
        site.set_clock("12:00")

        assert window.inside["state"] == "completed"


class TestVersion:
    def test_moves_when_the_clock_acts(self, site: Site) -> None:
        window = planned(site)
        tag = site.operator.get(window.path).headers["ETag"]
        site.set_clock("10:00")
        position = site.last_position()

        refusal = problem(window.act("completion", if_match=tag), 412, "version_conflict")

        assert [(event["type"], event["actor"]) for event in refusal["events"]] == [
            ("maintenance_window.reminded", "clock"),
            ("maintenance_window.started", "clock"),
        ]
        assert site.last_position() == position

    def test_of_a_plan_that_is_sent_twice_is_that_of_one_window(self, site: Site) -> None:
        first, second = (site.operator.post(LIST, PLAN, key="once") for _ in range(2))

        assert first.content == second.content
        assert second.headers["Idempotent-Replayed"] == "true"
        assert len(made(site.operator.get(LIST))["data"]) == 1


@pytest.mark.parametrize("component", [LABELS, "orders"])
def test_a_window_affects_the_components_it_names(site: Site, component: str) -> None:
    site.component("orders")
    window: Window = under_way(site, components={component: ORANGE})

    assert {key: status_of(site, key) for key in (LABELS, "orders")} == {
        LABELS: GREEN,
        "orders": GREEN,
        component: ORANGE,
    }
    assert window.outside["components"] == {component: ORANGE}
