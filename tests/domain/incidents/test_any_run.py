"""Any run of firing and clearing ends in publication or dismissal, as a model says that looks at the run as a whole."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from domain.incidents import Standing
from tests.domain.builders import (
    HALF_AN_HOUR,
    POLICY,
    TICK,
    a_detection,
    a_firing,
    a_resolved_incident,
    at,
    clear,
    fire,
    let_time_pass,
)

START = at("10:00")
MINUTE = timedelta(minutes=1)
GRACE = 2 * MINUTE
MANY_HOURS = timedelta(hours=12)


class Run(NamedTuple):
    """A signal that fires for a while."""

    start: datetime
    end: datetime
    name: str


class End(NamedTuple):
    """How a run ends, and when."""

    public: bool
    moment: datetime


around_the_limits = st.sampled_from(
    [
        TICK,
        MINUTE,
        GRACE - TICK,
        GRACE,
        GRACE + TICK,
        10 * MINUTE,
        HALF_AN_HOUR - MINUTE,
        HALF_AN_HOUR - TICK,
        HALF_AN_HOUR,
        HALF_AN_HOUR + TICK,
        HALF_AN_HOUR + 2 * TICK,
    ]
)


@st.composite
def runs_of(draw: st.DrawFn, name: str, fewest: int) -> list[Run]:
    """Draw runs of one signal, one after the other."""
    runs, moment = [], START
    for index in range(draw(st.integers(fewest, 4))):
        start = moment if index == 0 and fewest else moment + draw(around_the_limits)
        moment = start + draw(around_the_limits)
        runs.append(Run(start, moment, name))
    return runs


@st.composite
def any_runs(draw: st.DrawFn) -> list[Run]:
    """Draw runs of two signals, the first of which begins."""
    return sorted([*draw(runs_of("one", 1)), *draw(runs_of("two", 0))])


def expected_end(runs: Iterable[Run]) -> End:
    """Look for the first moment past the limit at which something fires, or for a gap before that reaches the grace."""
    due = START + HALF_AN_HOUR + TICK
    quiet_since = START
    for run in sorted(runs):
        if run.start - quiet_since >= GRACE:
            break
        if max(run.start, due) <= run.end:
            return End(public=True, moment=max(run.start, due))
        quiet_since = max(quiet_since, run.end)
    return End(public=False, moment=quiet_since + GRACE)


class TestAnyRun:
    @given(runs=any_runs())
    @example(runs=[Run(START, START + HALF_AN_HOUR, "one")])
    @example(runs=[Run(START, START + HALF_AN_HOUR + TICK, "one")])
    def test_of_a_detection_ends_as_the_model_says(self, runs: list[Run]) -> None:
        incident = a_detection(since=START, firing=a_firing("one"))

        for moment, fires, name in in_order(runs):
            let_time_pass(incident, until=moment)
            if incident.is_public or not incident.is_open:
                break
            if fires and moment > START:
                fire(incident, moment, a_firing(name))
            elif not fires:
                clear(incident, moment, name)
            let_time_pass(incident, until=moment)
        else:
            let_time_pass(incident, until=START + MANY_HOURS)

        ended = incident.published_at if incident.is_public else incident.ended_at
        assert (incident.is_public, ended) == expected_end(runs)
        assert incident.is_public or incident.standing is Standing.DISMISSED

    @given(runs=any_runs())
    def test_of_a_relapse_ends_in_the_same_way(self, runs: list[Run]) -> None:
        incident = a_resolved_incident(since=START - timedelta(hours=1))
        fire(incident, START, a_firing("one"))

        for moment, fires, name in in_order(runs):
            let_time_pass(incident, until=moment)
            if incident.is_open or incident.relapses:
                break
            if fires and moment > START:
                fire(incident, moment, a_firing(name))
            elif not fires:
                clear(incident, moment, name)
            let_time_pass(incident, until=moment)
        else:
            let_time_pass(incident, until=START + MANY_HOURS)

        reopened = not incident.relapses
        ended = incident.relapses[0].ended_at if incident.relapses else incident.timeline[3].occurred_at
        assert (reopened, ended) == expected_end(runs)

    @given(runs=any_runs())
    def test_is_bounded_by_the_policy_in_force(self, runs: list[Run]) -> None:
        end = expected_end(runs)

        assert end.moment > START
        assert not end.public or end.moment > START + POLICY.publish_after


def in_order(runs: Iterable[Run]) -> list[tuple[datetime, bool, str]]:
    """Give each firing and each clear, clears first where they coincide."""
    return sorted(change for run in runs for change in ((run.start, True, run.name), (run.end, False, run.name)))
