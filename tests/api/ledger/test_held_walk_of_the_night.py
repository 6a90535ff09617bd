"""Five thousand requests of one night: held, gone on with by policy, sent again, checked, and reconciled in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.api.client import Site, made, written
from tests.api.ledger_steps import SUMMARY, exported, in_states, listed
from tests.api.night_of_requests import (
    ALREADY_THERE,
    END,
    FAILED,
    KINDS,
    MANY,
    OF_A_KIND,
    ONE_BY_ONE,
    POLICIES,
    THRICE,
    TWICE,
    Requests,
    live_through,
)
from tests.api.upgrade import ANNOUNCED, july

pytestmark = pytest.mark.both_stores

REPEATS = TWICE + 2 * THRICE
AWAITING = 3 * OF_A_KIND
HALF = OF_A_KIND // 2
REPROCESSED = OF_A_KIND - FAILED
TO_CHECK = AWAITING - HALF + FAILED
LEFT = 3 * ONE_BY_ONE + FAILED


COUNTED = {
    "announced": in_states(),
    "begun": in_states(),
    "at five": in_states(held=1_000),
    "at seven": in_states(held=3_000),
    "held": in_states(held=MANY),
    "ended": in_states(reprocessing=OF_A_KIND, awaiting_source=AWAITING),
    "reprocessed": in_states(awaiting_source=AWAITING, to_check=FAILED, settled=REPROCESSED),
    "resent": in_states(awaiting_source=AWAITING - HALF, to_check=FAILED, settled=REPROCESSED + HALF),
    "before the deadline": in_states(awaiting_source=AWAITING - HALF, to_check=FAILED, settled=REPROCESSED + HALF),
    "past the deadline": in_states(to_check=TO_CHECK, settled=REPROCESSED + HALF),
    "in bulk": in_states(to_check=LEFT, settled=MANY - LEFT),
    "last one": in_states(to_check=1, settled=MANY - 1),
    "reconciled": in_states(settled=MANY),
}
OUTCOMES = {
    "ended": {},
    "reprocessed": {"done_now": REPROCESSED - ALREADY_THERE, "already_done": ALREADY_THERE},
    "resent": {"done_now": REPROCESSED - ALREADY_THERE, "already_done": ALREADY_THERE, "resent": HALF},
    "reconciled": {
        "done_now": REPROCESSED - ALREADY_THERE + LEFT,
        "already_done": ALREADY_THERE,
        "resent": AWAITING - 3 * ONE_BY_ONE,
    },
}


@pytest.fixture(scope="module")
def hub(shared_database: str) -> Iterator[Site]:
    """The service in July 2024, once on each store."""
    with Site(shared_database, now=july(ANNOUNCED)) as site:
        yield site


@pytest.fixture(scope="module")
def night(hub: Site) -> Requests:
    """The requests of the night, and the service after the last check."""
    return live_through(hub)


class TestCounts:
    @pytest.mark.parametrize("stage", COUNTED)
    def test_are_right_at_each_stage(self, night: Requests, stage: str) -> None:
        counted = night.counted[stage]

        assert counted["states"] == COUNTED[stage]
        assert counted["total"] == sum(COUNTED[stage].values())
        assert counted["settled"] == COUNTED[stage]["settled"]
        assert counted["open"] == counted["total"] - counted["settled"]

    @pytest.mark.parametrize("stage", OUTCOMES)
    def test_of_outcomes_are_right(self, night: Requests, stage: str) -> None:
        assert {name: count for name, count in night.counted[stage]["outcomes"].items() if count} == OUTCOMES[stage]

    def test_of_kinds_are_right_and_their_sources_named(self, night: Requests) -> None:
        groups = {each["kind"]: each for each in night.counted["resent"]["groups"]}

        assert {kind: (each["source"], each["open"], each["settled"]) for kind, each in groups.items()} == {
            "order": ("order-source", FAILED, REPROCESSED),
            "stock_change": ("stock_change-source", HALF, HALF),
            "price_change": ("price_change-source", OF_A_KIND, 0),
            "sale_notification": ("sale_notification-source", OF_A_KIND, 0),
        }

    def test_of_people_are_right(self, night: Requests) -> None:
        people = {each["person"]: each for each in night.counted["in bulk"]["reviewers"]}
        assert people["the-admin"] == {
            "person": "the-admin",
            "claimed": 3 * ONE_BY_ONE,
            "awaiting_signature": 0,
            "settled": 0,
        }
        assert people["the-reviewer"]["settled"] == TO_CHECK - LEFT
        settled = {each["person"]: each["settled"] for each in night.counted["reconciled"]["reviewers"]}
        assert settled == {"the-admin": LEFT, "the-reviewer": TO_CHECK - LEFT}

    def test_name_the_oldest_that_is_open(self, night: Requests) -> None:
        assert night.counted["held"]["oldest"] == written(july("28T04:00:00"))
        assert night.counted["reprocessed"]["oldest"] == written(july("28T04:00:00"))
        assert night.counted["reconciled"]["oldest"] is None

    @pytest.mark.parametrize("stage", COUNTED)
    def test_are_read_again_as_of_each_stage(self, hub: Site, night: Requests, stage: str) -> None:
        asked = [str(night.positions[stage]), written(night.moments[stage])]

        for as_of in asked:
            again = made(hub.auditor.get(SUMMARY, params={"cause": night.cause["id"], "as_of": as_of}))
            assert again == night.counted[stage], as_of

    @pytest.mark.parametrize("stage", ["at seven", "ended", "resent", "in bulk"])
    def test_are_those_of_what_is_listed_as_of_each_stage(self, hub: Site, night: Requests, stage: str) -> None:
        asked = {"cause": night.cause["id"], "as_of": str(night.positions[stage])}

        found = exported(hub, **asked)

        assert Counter(each["state"] for each in found) == Counter(+Counter(COUNTED[stage]))
        assert sorted(each["id"] for each in listed(hub, **asked)) == [each["id"] for each in found]


class TestIntake:
    def test_counts_each_request_once(self, night: Requests) -> None:
        counted: Counter[str] = Counter()
        for report in night.reports["held"]:
            counted.update(report["counts"])

        assert +counted == Counter(held=MANY, repeat=REPEATS)

    def test_keeps_how_often_each_came(self, hub: Site, night: Requests) -> None:
        repeats = Counter(each["repeats"] for each in exported(hub, as_of=str(night.positions["held"])))

        assert repeats == {0: MANY - TWICE - THRICE, 1: TWICE, 2: THRICE}


class TestEnd:
    def test_is_by_the_clock_and_disposes_by_the_policies(self, hub: Site, night: Requests) -> None:
        found = exported(hub, as_of=str(night.positions["ended"]))

        assert {(each["kind"], each["policy"]["policy"], each["due"]) for each in found} == {
            ("order", "reprocess", None),
            *((kind, policy, written(july("31T08:00:00"))) for kind, policy in POLICIES.items()),
        }
        assert {each["disposed_at"] for each in found} == {written(july(END))}
        assert {each["policy"]["deadline"] for each in found} == {"PT259200S"}

    def test_finds_everything_open_however_far_disposition_has_come(self, night: Requests) -> None:
        counted = night.counted["at the end"]

        assert 0 < counted["states"]["held"] < MANY
        assert (counted["open"], counted["reconciled"], counted["ended_at"]) == (MANY, False, written(july(END)))

    def test_of_the_window_is_not_that_of_its_requests(self, hub: Site, night: Requests) -> None:
        for stage, reconciled in (("held", False), ("ended", False), ("last one", False), ("reconciled", True)):
            window = made(hub.operator.get(night.path, params={"as_of": str(night.positions[stage])}))
            assert (window["state"], window["reconciled"]) == (
                "in_progress" if stage == "held" else "completed",
                reconciled,
            ), stage
            assert night.counted[stage]["reconciled"] is reconciled
        assert night.counted["ended"]["ended_at"] == written(july(END))


class TestReprocessing:
    def test_hands_out_each_order_once(self, night: Requests) -> None:
        run = night.reports["run"][0]

        assert (run["handed_out"], run["batches"], run["remaining"], run["leased"]) == (OF_A_KIND, 5, 0, 0)
        assert run["results"] == {"done": REPROCESSED - ALREADY_THERE, "already_there": ALREADY_THERE, "failed": FAILED}
        assert run["by_policy"] is True
        # Five batches, half a minute apart, an hour after the run began.
        assert run["per_minute"] == round(OF_A_KIND / 62, 2)


class TestResends:
    def test_settle_each_once_and_intake_settles_nothing(self, night: Requests) -> None:
        first, again, handed_in = (report["counts"] for report in night.reports["resent"])

        assert (first["settled"], again["settled"], again["repeat"]) == (HALF, 0, HALF)
        assert handed_in["repeat"] == OF_A_KIND - HALF


class TestBulkDecisions:
    def test_leave_out_what_somebody_else_has_claimed(self, night: Requests) -> None:
        for kind, rehearsal, done in zip(KINDS[1:], night.reports["rehearsed"], night.reports["decided"], strict=True):
            whole = HALF if kind == "stock_change" else OF_A_KIND
            assert (rehearsal["count"], rehearsal["left_out"]) == (whole - ONE_BY_ONE, ONE_BY_ONE)
            assert (done["count"], done["done"], done["left_out"]) == (
                whole - ONE_BY_ONE,
                whole - ONE_BY_ONE,
                ONE_BY_ONE,
            )


class TestReconciliation:
    def test_comes_with_the_last_check_and_names_its_moment(self, night: Requests) -> None:
        window = night.window

        assert (window["reconciled"], window["reconciled_at"]) == (True, written(july("31T08:21:00")))
        assert night.counted["reconciled"]["reconciled_at"] == window["reconciled_at"]
        assert night.site.events(window["id"])[-1] == "maintenance_window.reconciled"

    def test_is_shown_as_yes_or_no_and_only_where_an_operator_says_so(self, hub: Site, night: Requests) -> None:
        hub.tick()
        before = made(hub.reader.get(night.path))

        shown = made(hub.operator.post(f"{night.path}/reconciliation", {"public": True}))
        hub.tick()
        outside = made(hub.reader.get(night.path))
        made(hub.operator.post(f"{night.path}/reconciliation", {"public": False, "reason": "Not yet."}))
        hub.tick()

        assert shown["reconciliation_shown"] is True
        assert outside == {**before, "reconciled": True}
        assert "reconciled" not in before
        assert made(hub.reader.get(night.path)) == before
