"""The weeks after the loss of a data centre: what was decided and counted, and what holds after the completion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.client import Site, made, written
from tests.api.data_centre import (
    AUTOMATIONS,
    LATER_NOTICE,
    LOSS,
    NEXT_DAY,
    SECRET,
    START,
    March,
    live_through,
    local,
    march,
)
from tests.api.panel_steps import PANELS, available, decided

pytestmark = pytest.mark.both_stores

LAST_OF_THE_DAY = local("10T23:59:59")


@pytest.fixture(scope="module")
def manager(shared_database: str) -> Iterator[Site]:
    """The service in March 2021, once on each store."""
    with Site(shared_database, now=START) as site:
        yield site


@pytest.fixture(scope="module")
def month(manager: Site) -> March:
    """The month as it went, and the service after it."""
    return live_through(manager)


def told(month: March, letter: str, clock: str) -> dict[str, Any]:
    """Give what readers were told of a restoration."""
    asked = {"as_of": written(march(clock))}
    return made(month.site.reader.get(month.of[letter].path, params=asked))


class TestAutomation:
    @pytest.mark.parametrize("automation", AUTOMATIONS)
    @pytest.mark.parametrize("asked", [{"as_of": LATER_NOTICE}, {}], ids=["later notice", "after completion"])
    def test_runs_for_items_of_the_day_after_the_loss_only(
        self, manager: Site, month: March, automation: str, asked: dict[str, str]
    ) -> None:
        then = {name: written(march(clock)) for name, clock in asked.items()}
        restoration = month.of["a"].id

        last = decided(manager, "panel-a", automation, LAST_OF_THE_DAY, **then)
        first = decided(manager, "panel-a", automation, local(NEXT_DAY), **then)

        assert last.pop("position") == first.pop("position") <= manager.last_position()
        assert last == {"run": False, "reason": "created_before", "restoration": restoration}
        assert first == {"run": True, "reason": "created_since", "restoration": restoration}

    def test_goes_by_the_instant_whatever_its_offset(self, manager: Site, month: March) -> None:
        assert month.of["a"].inside["state"] == "completed"
        for moment, runs in (
            ("2021-03-10T22:59:59.999999Z", False),
            ("2021-03-10T23:00:00Z", True),
            ("2021-03-11T08:00:00+09:00", True),
            ("2021-03-11T07:59:59+09:00", False),
        ):
            assert decided(manager, "panel-a", "order_paid", moment)["run"] is runs, moment

    def test_had_no_rule_before_one_was_set_and_ran_where_access_was_not_lost(
        self, manager: Site, month: March
    ) -> None:
        before = {"as_of": written(march("13T12:00"))}

        kept = decided(manager, "panel-a", "order_paid", LAST_OF_THE_DAY, **before)
        assert (kept["run"], kept["reason"], kept["restoration"]) == (False, "access_lost", month.of["a"].id)
        runs = decided(manager, "panel-d", "order_paid", LAST_OF_THE_DAY, **before)
        assert (runs["run"], runs["reason"], runs["restoration"]) == (True, "no_rule", None)
        assert month.of["a"].inside["state"] == "completed"

    def test_that_is_given_up_and_switched_off_does_not_run_after_the_completion(
        self, manager: Site, month: March
    ) -> None:
        answer = decided(manager, "panel-a", "refund_action", local("27T00:00"))

        assert (answer["run"], answer["reason"]) == (False, "capability_suspended")
        assert answer["restoration"] == month.of["a"].id

    def test_is_decided_for_many_at_once(self, manager: Site, month: March) -> None:
        items = [
            {"item_created_at": LAST_OF_THE_DAY, "reference": "order-1"},
            {"item_created_at": local(NEXT_DAY), "reference": "order-2"},
        ]

        answer = made(manager.reader.post(f"{PANELS}/panel-a/automations/order_paid/decision", {"items": items}))

        assert [(each["reference"], each["run"]) for each in answer["data"]] == [("order-1", False), ("order-2", True)]
        assert {each["restoration"] for each in answer["data"]} == {month.of["a"].id}


class TestInventory:
    def test_that_grows_changes_no_percentage_that_was_published(self, month: March) -> None:
        published, grown = told(month, "c", "14T09:00"), told(month, "c", "16T09:00")

        assert (published["inventory"]["accounts"], grown["inventory"]["accounts"]) == (647, 709)
        assert published["progress"] == grown["progress"]
        assert published["progress"]["stages"]["restored"] == {
            "numerator": 147,
            "denominator": 647,
            "inventory_revision": 1,
            "percent": 22.7,
            "grades": {},
        }

    def test_is_what_later_progress_is_of(self, month: March) -> None:
        after = told(month, "c", "17T09:00")

        assert [each["accounts"] for each in after["inventories"]] == [647, 709]
        assert [(each["inventory_revision"], each["accounts"]) for each in after["progress_reports"]] == [
            (1, 647),
            (2, 709),
        ]
        assert {name: each["percent"] for name, each in after["progress"]["stages"].items()} == {
            "recoverable": 36.5,
            "restoring": 49.3,
            "restored": 14.1,
        }
        # Stages go back: fewer accounts were restored than three days before.
        reports = [each["stages"]["restored"]["numerator"] for each in after["progress_reports"]]
        assert reports == [147, 100]


class TestLoss:
    def test_after_a_restoration_is_a_second_one(self, month: March) -> None:
        restoration = month.of["b"].outside

        assert (restoration["state"], restoration["lost_at"]) == ("access_restored", written(march(LOSS)))
        assert [(each["from"], each["until"]) for each in restoration["losses"]] == [
            (written(march(LOSS)), written(march("13T20:00"))),
            (written(march("14T02:00")), written(march("14T20:00"))),
        ]
        assert told(month, "b", "14T02:00")["state"] == "access_lost"
        assert told(month, "b", "13T20:00")["state"] == "access_restored"

    def test_has_reasons_that_readers_never_see(self, manager: Site, month: March) -> None:
        for letter, losses in (("a", 1), ("b", 2), ("c", 1)):
            inside = month.of[letter].inside
            assert [each["reason"] for each in inside["losses"]] == [{"en": SECRET}] * losses
            assert inside["request_policies"]["order"]["four_eyes"] is True
            for path in (month.of[letter].path, "/v1/restorations", f"{PANELS}/availability"):
                assert SECRET not in manager.reader.get(path).text


class TestExpectedDate:
    @pytest.mark.parametrize(
        ("clock", "state", "overdue"),
        [
            ("23T23:59:59.999999", "unavailable", False),
            ("24T00:00", "unavailable", True),
            ("24T10:00", "available", False),
        ],
    )
    @pytest.mark.usefixtures("month")
    def test_that_passes_is_overdue_until_it_is_there(
        self, manager: Site, clock: str, state: str, *, overdue: bool
    ) -> None:
        for name in ("as_of", "at"):
            cell = available(manager, **{name: written(march(clock))})["panel-a"]["capabilities"]["comparison_feed"]
            assert (cell["state"], cell["overdue"]) == (state, overdue), name


class TestCompletion:
    def test_shows_what_was_given_up(self, manager: Site, month: March) -> None:
        panel = available(manager)["panel-a"]

        assert (panel["access"], panel["completed_at"]) == ("available", written(march("26T12:00")))
        given_up = {name for name, cell in panel["capabilities"].items() if cell["given_up"]}
        assert given_up == {"refund_action", "external_warehouse_api"}
        assert month.of["a"].outside["given_up"] == ["external_warehouse_api", "refund_action"]

    def test_leaves_what_was_decided_to_be_read(self, month: March) -> None:
        restoration = month.of["a"].outside

        assert [each["automation"] for each in restoration["suppressions"]] == list(AUTOMATIONS)
        assert {each["created_before"] for each in restoration["suppressions"]} == {written(march(NEXT_DAY))}
        assert {each["ended_at"] for each in restoration["suppressions"]} == {None}
        (backlog,) = restoration["abandoned_backlogs"]
        assert backlog["actions"] == ["status_for_days", "order_exists_for_days"]
        assert (backlog["due_from"], backlog["due_until"]) == (written(march("09T00:00")), written(march("15T00:00")))
        assert [each["number"] for each in restoration["instructions"]] == [2, 1]
