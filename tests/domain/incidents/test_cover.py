"""A problem that begins inside a covering window has to persist from the end of that window on."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.incidents import Cover, Incident, Standing
from domain.maintenance import MaintenanceWindow
from tests.domain.assertions import happened, recorded, replayed, state
from tests.domain.builders import (
    CARRIER,
    HALF_AN_HOUR,
    POLICY,
    TICK,
    at,
    clear,
    dismiss,
    handle_due,
    hold,
    let_time_pass,
    provenance,
    release,
)
from tests.domain.cover_builders import DUE, a_covered_detection, take_cover
from tests.domain.window_builders import a_window_being_verified, a_window_in_progress, complete, extend

OTHER_WINDOW = UUID(int=2)


def tell(incident: Incident, window: MaintenanceWindow, moment: datetime) -> None:
    """Tell an incident when the window that covers it ends now."""
    take_cover(incident, moment, until=window.ends_for_signals, window=window.id.int)


class TestCover:
    def test_lets_the_half_hour_count_from_the_end_of_the_window(self) -> None:
        incident = a_covered_detection()

        let_time_pass(incident, until=at("04:30"))
        assert recorded(incident) == ["incident.detected", "incident.covered"]

        let_time_pass(incident, until=DUE)
        assert incident.published_at == DUE

    def test_stores_the_end_and_when_it_is_due(self) -> None:
        covered = happened(a_covered_detection())[-1]

        assert isinstance(covered, Incident.Covered)
        assert (covered.window, covered.until, covered.persists_at) == (UUID(int=1), at("04:00"), DUE)

    def test_leaves_the_impact_where_the_problem_began(self) -> None:
        incident = a_covered_detection()
        let_time_pass(incident, until=DUE)

        assert incident.started_at == at("02:15")
        assert incident.impact[CARRIER][0].start == at("02:15")

    def test_that_is_known_is_told_no_second_time(self) -> None:
        incident = a_covered_detection()

        take_cover(incident, at("02:20"), until=at("04:00"))

        assert recorded(incident) == ["incident.detected", "incident.covered"]

    def test_of_another_window_takes_its_place(self) -> None:
        incident = a_covered_detection()

        take_cover(incident, at("02:20"), until=at("05:00"), window=OTHER_WINDOW.int)

        assert incident.next_due == at("05:30:00.000001")
        assert [name for name in incident.handles if name.startswith("covered-by:")] == [f"covered-by:{OTHER_WINDOW}"]

    def test_that_ended_before_the_problem_began_counts_from_the_problem(self) -> None:
        incident = a_covered_detection(since=at("03:10"))

        take_cover(incident, at("03:20"), until=at("03:00"))

        assert incident.next_due == at("03:40:00.000001")

    def test_lets_windows_find_the_incident(self) -> None:
        incident = a_covered_detection()
        assert incident.handles[f"covered-by:{UUID(int=1)}"] == at("02:15")

        let_time_pass(incident, until=DUE)
        assert set(incident.handles) == {f"open:{CARRIER}"}

    def test_survives_replay(self) -> None:
        for incident in (a_covered_detection(), a_covered_detection(until=None)):
            assert state(replayed(incident)) == state(incident)


class TestEndOfTheWindow:
    def test_that_is_extended_moves_the_half_hour(self) -> None:
        incident, window = a_covered_detection(), a_window_in_progress(covers=(CARRIER,))

        extend(window, at("03:00"), end=at("05:00"))
        tell(incident, window, at("03:00"))
        handle_due(incident, DUE)

        assert not incident.is_public
        assert incident.next_due == at("05:30:00.000001")

    def test_that_nobody_knows_lets_nothing_be_due(self) -> None:
        incident, window = a_covered_detection(), a_window_being_verified(covers=(CARRIER,))

        tell(incident, window, at("04:00"))
        handle_due(incident, DUE)

        assert incident.next_due is None
        assert not incident.is_public

    def test_that_comes_at_last_is_what_counts(self) -> None:
        incident, window = a_covered_detection(), a_window_being_verified(covers=(CARRIER,))
        tell(incident, window, at("04:00"))

        complete(window, at("06:00"))
        tell(incident, window, at("06:00"))

        assert incident.next_due == at("06:30:00.000001")

    def test_that_comes_early_is_what_counts(self) -> None:
        incident, window = a_covered_detection(), a_window_in_progress(covers=(CARRIER,))

        complete(window, at("03:00"))
        tell(incident, window, at("03:00"))

        assert incident.next_due == at("03:30:00.000001")

    def test_that_is_told_of_late_lets_it_be_due_in_the_past(self) -> None:
        incident, window = a_covered_detection(), a_window_in_progress(covers=(CARRIER,))
        complete(window, at("03:00"), recorded=at("03:50"))

        tell(incident, window, at("03:50"))
        let_time_pass(incident, until=at("03:50"))

        assert incident.published_at == at("03:30:00.000001")


class TestDismissal:
    @pytest.mark.parametrize("until", [at("04:00"), None])
    def test_comes_when_all_is_clear_past_the_grace(self, until: datetime | None) -> None:
        incident = a_covered_detection(until=until)

        clear(incident, at("02:40"))
        assert incident.next_due == at("02:42")

        let_time_pass(incident, until=at("02:42"))
        assert incident.standing is Standing.DISMISSED
        assert incident.signals.cover is None
        assert set(incident.handles) == set()

    def test_comes_at_the_same_moment_when_the_window_is_extended_meanwhile(self) -> None:
        incident = a_covered_detection()
        clear(incident, at("02:40"))

        take_cover(incident, at("02:41"), until=at("05:00"))

        assert incident.next_due == at("02:42")

    def test_by_hand_leaves_nothing_to_be_covered(self) -> None:
        incident = a_covered_detection()
        dismiss(incident, at("02:40"))
        before = recorded(incident)

        take_cover(incident, at("03:00"), until=at("05:00"))

        assert recorded(incident) == before
        assert incident.next_due is None


class TestHoldOfPublication:
    def test_beats_the_cover(self) -> None:
        incident = a_covered_detection()
        hold(incident, at("02:30"))

        take_cover(incident, at("03:00"), until=at("05:00"))
        assert incident.next_due is None

        release(incident, at("03:10"))
        assert incident.next_due == at("05:30:00.000001")

    def test_that_ends_while_nobody_knows_the_end_lets_nothing_be_due(self) -> None:
        incident = a_covered_detection(until=None)
        hold(incident, at("02:30"))

        release(incident, at("05:00"))

        assert incident.next_due is None


class TestPolicy:
    def test_of_today_moves_nothing_that_was_decided(self) -> None:
        incident = a_covered_detection()
        short = replace(POLICY, publish_after=timedelta(minutes=5))

        incident.take_cover(
            cover=Cover(window=UUID(int=1), until=at("04:00")),
            policy=short,
            provenance=provenance("policy:cover", at("03:00")),
        )

        assert incident.next_due == at("04:00") + HALF_AN_HOUR + TICK
