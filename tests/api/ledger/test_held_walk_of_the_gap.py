"""The orders of the day that a backup did not have: each checked by one person and signed by another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.client import Site, made, written
from tests.api.data_centre import DAY_OF_LOSS, LOSS, START, march
from tests.api.ledger_steps import NO_COUNT, SUMMARY, exported, in_states, listed
from tests.api.orders_in_the_gap import (
    CANNOT_TELL,
    EARLY,
    FIRST,
    MANY,
    ONE_BY_ONE,
    RESTORED,
    RETURNED,
    SIGNED,
    WITH_EVIDENCE,
    Orders,
    live_through,
)

pytestmark = pytest.mark.both_stores

PAUSE = (march(LOSS) - march(FIRST)) / MANY
OF_THE_DAY = sum(march(FIRST) + number * PAUSE < march(DAY_OF_LOSS) for number in range(MANY))
WITHOUT = OF_THE_DAY - WITH_EVIDENCE - ONE_BY_ONE
"""How many of the day have no evidence, and are not decided one by one."""
NIGHT = MANY - OF_THE_DAY
"""How many came after midnight, before the loss."""
WAITING = MANY - NIGHT

COUNTED = {
    "lost": in_states(),
    "early": in_states(held=EARLY),
    "restored": in_states(to_check=EARLY),
    "late": in_states(to_check=MANY),
    "with evidence": in_states(to_check=MANY),
    "by evidence": in_states(to_check=MANY - WITH_EVIDENCE, awaiting_signature=WITH_EVIDENCE),
    "decided": in_states(to_check=NIGHT, awaiting_signature=WAITING),
    "signed": in_states(to_check=NIGHT + RETURNED, settled=WAITING - RETURNED),
    "completed": in_states(to_check=NIGHT + RETURNED, settled=WAITING - RETURNED),
    "last one": in_states(awaiting_signature=1, settled=MANY - 1),
    "reconciled": in_states(settled=MANY),
    "handed in again": in_states(settled=MANY),
}


@pytest.fixture(scope="module")
def manager(shared_database: str) -> Iterator[Site]:
    """The service in March 2021, once on each store."""
    with Site(shared_database, now=START) as site:
        yield site


@pytest.fixture(scope="module")
def orders(manager: Site) -> Orders:
    """The orders, and the service after the last signature."""
    return live_through(manager)


def people(counted: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Give of each person how many decisions wait for a signature, and how many are settled."""
    return {each["person"]: (each["awaiting_signature"], each["settled"]) for each in counted["reviewers"]}


class TestCounts:
    @pytest.mark.parametrize("stage", COUNTED)
    def test_are_right_at_each_stage(self, orders: Orders, stage: str) -> None:
        counted = orders.counted[stage]

        assert counted["states"] == COUNTED[stage]
        assert (counted["total"], counted["open"]) == (
            sum(COUNTED[stage].values()),
            sum(COUNTED[stage].values()) - COUNTED[stage]["settled"],
        )

    def test_of_outcomes_are_right(self, orders: Orders) -> None:
        def outcomes(stage: str) -> dict[str, int]:
            return {name: count for name, count in orders.counted[stage]["outcomes"].items() if count}

        assert outcomes("decided") == {}
        assert outcomes("signed") == {
            "already_done": WITH_EVIDENCE - RETURNED,
            "cannot_tell": CANNOT_TELL,
            "done_now": WITHOUT + ONE_BY_ONE - CANNOT_TELL,
        }
        assert outcomes("reconciled") == {
            "already_done": WITH_EVIDENCE - RETURNED,
            "cannot_tell": CANNOT_TELL,
            "done_now": WITHOUT + ONE_BY_ONE - CANNOT_TELL + NIGHT + RETURNED,
        }

    def test_of_people_are_those_of_who_decided(self, orders: Orders) -> None:
        assert people(orders.counted["decided"]) == {"the-reviewer": (WAITING, 0)}
        assert people(orders.counted["signed"]) == {"the-reviewer": (0, WAITING - RETURNED)}
        assert people(orders.counted["reconciled"]) == {
            "the-admin": (0, NIGHT + RETURNED),
            "the-reviewer": (0, WAITING - RETURNED),
        }

    @pytest.mark.parametrize("stage", COUNTED)
    def test_are_read_again_as_of_each_stage(self, manager: Site, orders: Orders, stage: str) -> None:
        for as_of in (str(orders.positions[stage]), written(orders.moments[stage])):
            again = made(manager.auditor.get(SUMMARY, params={"cause": orders.panel.id, "as_of": as_of}))
            assert again == orders.counted[stage], as_of

    @pytest.mark.parametrize("stage", ["early", "by evidence", "signed"])
    def test_are_those_of_what_is_listed_as_of_each_stage(self, manager: Site, orders: Orders, stage: str) -> None:
        asked = {"cause": orders.panel.id, "as_of": str(orders.positions[stage])}

        found = exported(manager, **asked)

        assert Counter(each["state"] for each in found) == Counter(+Counter(COUNTED[stage]))
        assert sorted(each["id"] for each in listed(manager, **asked)) == [each["id"] for each in found]

    @pytest.mark.parametrize(
        ("evidence", "number"),
        [("already_done", WITH_EVIDENCE), ("any", WITH_EVIDENCE), ("none", MANY - WITH_EVIDENCE), ("done_now", 0)],
    )
    def test_by_evidence_are_found_as_of_then(self, manager: Site, orders: Orders, evidence: str, number: int) -> None:
        as_of = str(orders.positions["with evidence"])

        assert len(listed(manager, as_of=as_of, evidence=evidence, state="to_check")) == number


class TestIntake:
    def test_takes_what_lies_in_the_gap_and_names_what_does_not(self, orders: Orders) -> None:
        early, late = orders.reports["early"], orders.reports["late"]

        assert early["counts"] == {**NO_COUNT, "held": EARLY}
        assert late["counts"] == {**NO_COUNT, "held": MANY - EARLY, "repeat": EARLY, "refused": 2}
        assert [(each["line"], each["code"]) for each in late["refused"]] == [
            (MANY + 1, "outside_cause"),
            (MANY + 2, "outside_cause"),
        ]

    def test_after_the_end_settles_and_opens_nothing(self, orders: Orders) -> None:
        assert orders.reports["again"]["counts"] == {**NO_COUNT, "repeat": MANY}
        for name in ("states", "outcomes", "reviewers", "reconciled", "reconciled_at"):
            assert orders.counted["handed in again"][name] == orders.counted["reconciled"][name]

    def test_later_than_the_end_is_disposed_of_at_once(self, manager: Site, orders: Orders) -> None:
        disposed = {each["disposed_at"] for each in exported(manager, as_of=str(orders.positions["late"]))}

        assert disposed == {written(march(RESTORED)), written(march("14T09:00"))}


class TestBulkDecision:
    def test_by_evidence_is_about_those_that_have_it(self, orders: Orders) -> None:
        rehearsal, done = orders.reports["rehearsed"], orders.reports["decided"]

        assert (rehearsal["count"], rehearsal["left_out"], done["done"]) == (WITH_EVIDENCE, 0, WITH_EVIDENCE)
        assert len(rehearsal["sample"]) == 20
        assert all(each["suggested"] == ["already_done"] for each in rehearsal["sample"])

    def test_by_a_span_is_about_those_that_were_received_in_it(self, orders: Orders) -> None:
        assert orders.reports["of the day"]["done"] == WITHOUT
        assert orders.reports["left"]["done"] == NIGHT + RETURNED

    def test_is_one_event_of_each_request(self, manager: Site, orders: Orders) -> None:
        usual = ["received", "disposed", "evidence_attached", "decided"]
        for order in orders.in_state("settled")[RETURNED : RETURNED + 3]:
            assert [each for each in order.events if each != "repeated"] == [*usual, "signed"]
        for order in orders.in_state("settled")[:3]:
            assert [each for each in order.events if each != "repeated"] == [*usual, "returned", "decided", "signed"]
        assert manager.last_position() > 4 * MANY


class TestSignatures:
    def test_in_bulk_leave_out_what_the_same_person_decided(self, orders: Orders) -> None:
        tried, signed = orders.reports["own"], orders.reports["signed"]

        assert (tried["count"], tried["left_out"], tried["sample"]) == (0, WAITING, [])
        assert (signed["count"], signed["done"], signed["left_out"]) == (
            WAITING - RETURNED - SIGNED,
            WAITING - RETURNED - SIGNED,
            0,
        )

    def test_are_those_of_another_person_everywhere(self, orders: Orders) -> None:
        decisions = [each["decision"] for each in exported(orders.site)]
        signed = Counter((each["person"], each["signature"]["person"]) for each in decisions)

        assert signed == {
            ("the-reviewer", "the-admin"): WAITING - RETURNED,
            ("the-admin", "the-reviewer"): NIGHT + RETURNED,
        }


class TestRestoration:
    def test_is_restored_completed_and_reconciled_at_three_moments(self, manager: Site, orders: Orders) -> None:
        stages = {
            "early": (None, None, None),
            "restored": (written(march(RESTORED)), None, None),
            "signed": (written(march(RESTORED)), None, None),
            "completed": (written(march(RESTORED)), written(march("26T12:00")), None),
            "last one": (written(march(RESTORED)), written(march("26T12:00")), None),
            "reconciled": tuple(written(march(clock)) for clock in (RESTORED, "26T12:00", "27T12:01")),
        }

        for stage, moments in stages.items():
            told = made(manager.operator.get(orders.panel.path, params={"as_of": str(orders.positions[stage])}))
            assert (told["access_restored_at"], told["completed_at"], told["reconciled_at"]) == moments, stage
            assert told["reconciled"] is (moments[-1] is not None)
            assert "reconciled" not in made(
                manager.reader.get(orders.panel.path, params={"as_of": str(orders.positions[stage])})
            )
