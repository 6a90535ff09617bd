"""Which runs of firing a cover is of, and what it does to them."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from domain.incidents import Cover, Incident, Standing
from tests.domain.assertions import recorded
from tests.domain.builders import (
    CARRIER,
    CODE_CHANGE,
    TICK,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_firing,
    a_public_incident,
    a_relapse,
    a_resolved_incident,
    at,
    clear,
    fire,
    let_time_pass,
    publish,
)
from tests.domain.cover_builders import DUE, a_covered_detection, take_cover
from tests.domain.window_builders import a_window_in_progress


class TestSecondFiring:
    def test_of_the_same_run_keeps_the_cover(self) -> None:
        incident = a_covered_detection()

        fire(incident, at("02:20"), a_firing(TRACKING))

        assert incident.next_due == DUE
        assert incident.signals.cover == Cover(window=UUID(int=1), until=at("04:00"))

    def test_after_the_window_keeps_the_cover(self) -> None:
        incident = a_covered_detection()

        fire(incident, at("04:20"), a_firing(TRACKING))

        assert incident.next_due == DUE

    def test_while_nobody_knows_the_end_keeps_it_unknown(self) -> None:
        incident = a_covered_detection(until=None)

        fire(incident, at("02:20"), a_firing(TRACKING))

        assert incident.next_due is None
        take_cover(incident, at("06:00"), until=at("06:00"))
        assert incident.next_due == at("06:30:00.000001")

    def test_within_the_grace_keeps_the_cover(self) -> None:
        incident = a_covered_detection()
        clear(incident, at("02:30"))

        fire(incident, at("02:32") - TICK)

        assert incident.next_due == DUE

    def test_from_before_the_first_may_be_from_before_the_window(self) -> None:
        incident = a_covered_detection()

        fire(incident, at("01:55"), a_firing(TRACKING), recorded=at("02:20"))

        assert incident.signals.cover is None
        assert incident.persists_from == at("01:55")
        assert incident.next_due == at("02:25:00.000001")

    def test_from_before_the_first_while_nobody_knows_the_end_is_due_again(self) -> None:
        incident = a_covered_detection(until=None)

        fire(incident, at("01:55"), a_firing(TRACKING), recorded=at("02:20"))

        assert incident.next_due == at("02:25:00.000001")

    def test_from_before_the_first_may_be_covered_again(self) -> None:
        incident = a_covered_detection()
        fire(incident, at("02:05"), a_firing(TRACKING), recorded=at("02:20"))

        take_cover(incident, at("02:20"), until=at("04:00"))

        assert incident.next_due == DUE


class TestCodeChange:
    def test_that_begins_a_problem_takes_no_cover(self) -> None:
        incident = a_detection(since=at("02:15"), firing=CODE_CHANGE)

        take_cover(incident, at("02:15"), until=at("04:00"))

        assert recorded(incident) == ["incident.detected"]
        assert incident.next_due == at("02:15")

    @pytest.mark.parametrize("until", [at("04:00"), None])
    def test_that_joins_publishes_at_once(self, until: datetime | None) -> None:
        incident = a_covered_detection(until=until)

        fire(incident, at("02:30"), CODE_CHANGE)

        assert incident.next_due == at("02:30")
        let_time_pass(incident, until=at("02:30"))
        assert incident.published_at == at("02:30")

    def test_that_joined_stays_due_when_the_window_is_extended(self) -> None:
        incident = a_covered_detection()
        fire(incident, at("02:30"), CODE_CHANGE)

        take_cover(incident, at("02:30"), until=at("05:00"))

        assert incident.next_due == at("02:30")


class TestWhatIsNotCovered:
    """Whether a problem began inside is for the window to say."""

    @pytest.mark.parametrize(
        ("began", "is_covered"),
        [(at("02:00") - TICK, False), (at("02:00"), True), (at("04:00") - TICK, True), (at("04:00"), False)],
    )
    def test_is_a_run_that_began_before_or_after(self, began: datetime, is_covered: bool) -> None:
        incident, window = a_detection(since=began), a_window_in_progress(covers=(CARRIER,))

        assert incident.persists_from == began
        assert window.covers(CARRIER, began) is is_covered

    @pytest.mark.parametrize("given", [a_public_incident, a_declared_incident, a_resolved_incident])
    def test_is_what_readers_have_seen(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("02:15"))
        before = recorded(incident)

        take_cover(incident, at("03:00"), until=at("04:00"))

        assert recorded(incident) == before
        assert incident.persists_from is None

    def test_is_a_new_run_after_one_that_was_covered(self) -> None:
        incident = a_relapse(since=at("02:15"))
        take_cover(incident, at("02:15"), until=at("04:00"))
        clear(incident, at("02:20"))
        let_time_pass(incident, until=at("02:22"))

        fire(incident, at("05:00"))

        assert incident.signals.cover is None
        assert incident.next_due == at("05:30:00.000001")


class TestRelapse:
    def test_counts_from_the_end_of_the_window(self) -> None:
        incident = a_relapse(since=at("02:15"))

        take_cover(incident, at("02:15"), until=at("04:00"))

        assert f"covered-by:{UUID(int=1)}" in incident.handles
        let_time_pass(incident, until=at("04:30"))
        assert incident.standing is Standing.RESOLVED
        let_time_pass(incident, until=DUE)
        assert incident.is_open
        assert recorded(incident)[-1] == "incident.reopened"

    def test_that_clears_past_the_grace_is_over(self) -> None:
        incident = a_relapse(since=at("02:15"))
        take_cover(incident, at("02:15"), until=None)

        clear(incident, at("02:20"))
        let_time_pass(incident, until=at("02:22"))

        assert recorded(incident)[-1] == "incident.relapse_ended"
        assert incident.next_due is None
        assert set(incident.handles) == {f"resolved:{CARRIER}"}

    def test_by_a_code_change_reopens_at_once(self) -> None:
        incident = a_relapse(since=at("02:15"))
        take_cover(incident, at("02:15"), until=at("04:00"))

        fire(incident, at("02:30"), CODE_CHANGE)
        let_time_pass(incident, until=at("02:30"))

        assert incident.is_open

    def test_by_hand_forgets_the_cover(self) -> None:
        incident = a_relapse(since=at("02:15"))
        take_cover(incident, at("02:15"), until=at("04:00"))

        publish(incident, at("03:00"))

        assert incident.is_open
        assert set(incident.handles) == {f"open:{CARRIER}"}
        assert incident.persists_from is None
