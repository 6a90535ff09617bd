"""Uptime by named policies: what counts, what is left out, and that nothing is ever rounded up."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.impact import Status, StatusSpan, worst
from domain.reports.uptime import (
    STANDARD,
    STRICT,
    UPTIME_POLICIES,
    UptimePolicy,
    counted,
    durations_of,
    mean,
    percentage,
    timeline,
    worst_known,
)

BEGIN = datetime.fromisoformat("2025-03-04T00:00:00+00:00")
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LENGTHS = st.timedeltas(min_value=timedelta(), max_value=400 * DAY)
DURATIONS = st.dictionaries(st.sampled_from(list(Status)), LENGTHS)
MOMENTS = st.timedeltas(min_value=-DAY, max_value=2 * DAY).map(lambda passed: BEGIN + passed)
SAID = st.builds(
    lambda status, start, length: StatusSpan(
        status=status, start=start, end=None if length is None else start + length
    ),
    st.sampled_from(list(Status)),
    MOMENTS,
    st.none() | st.timedeltas(min_value=timedelta(), max_value=DAY),
)


def a_span(status: Status, start: timedelta, end: timedelta | None) -> StatusSpan:
    """Give a span by the times after the beginning."""
    return StatusSpan(status=status, start=BEGIN + start, end=None if end is None else BEGIN + end)


class TestPolicy:
    @pytest.mark.parametrize(
        ("status", "standard", "strict"),
        [
            (Status.OPERATIONAL, "100.00", "100.00"),
            (Status.UNDER_MAINTENANCE, "100.00", "75.00"),
            (Status.DEGRADED_PERFORMANCE, "100.00", "87.50"),
            (Status.PARTIAL_OUTAGE, "92.50", "75.00"),
            (Status.MAJOR_OUTAGE, "75.00", "75.00"),
        ],
    )
    def test_weighs_a_quarter_of_the_time_by_its_status(self, status: Status, standard: str, strict: str) -> None:
        durations = {Status.OPERATIONAL: 3 * HOUR}
        durations[status] = durations.get(status, timedelta()) + HOUR

        assert percentage(STANDARD.uptime(durations)) == standard
        assert percentage(STRICT.uptime(durations)) == strict

    def test_is_known_by_a_name_with_a_version_and_the_default_is_the_first(self) -> None:
        assert list(UPTIME_POLICIES) == ["standard-1", "strict-1"]

    @pytest.mark.parametrize("policy", UPTIME_POLICIES.values())
    def test_weighs_every_status_but_the_unknown(self, policy: UptimePolicy) -> None:
        assert set(policy.weights) == set(Status) - {Status.UNKNOWN}

    def test_leaves_unknown_time_out(self) -> None:
        durations = {Status.MAJOR_OUTAGE: HOUR, Status.OPERATIONAL: 3 * HOUR}

        assert STANDARD.uptime(durations) == STANDARD.uptime(durations | {Status.UNKNOWN: 90 * DAY})

    @pytest.mark.parametrize("durations", [{}, {Status.UNKNOWN: DAY}, {Status.OPERATIONAL: timedelta()}])
    def test_says_nothing_where_nothing_is_known(self, durations: dict[Status, timedelta]) -> None:
        assert STANDARD.uptime(durations) is None
        assert percentage(None) is None


class TestPercentage:
    def test_is_cut(self) -> None:
        # 99.999 994…: the least outage there is takes the last hundredth away.
        durations = {Status.OPERATIONAL: 90 * DAY, Status.MAJOR_OUTAGE: timedelta(microseconds=1)}

        assert percentage(STANDARD.uptime(durations)) == "99.99"

    def test_has_two_decimals(self) -> None:
        assert [percentage(Fraction(each)) for each in (0, 1)] == ["0.00", "100.00"]
        assert percentage(Fraction(1, 20)) == "5.00"
        assert percentage(Fraction(1, 1_250)) == "0.08"

    @given(durations=DURATIONS, policy=st.sampled_from(list(UPTIME_POLICIES.values())))
    def test_is_never_above_the_true_part_and_never_a_hundredth_below(
        self, durations: dict[Status, timedelta], policy: UptimePolicy
    ) -> None:
        uptime = policy.uptime(durations)
        written = percentage(uptime)
        if uptime is None or written is None:
            assert counted(durations) == timedelta()
            return

        assert 0 <= uptime <= 1
        assert Fraction(written) <= uptime * 100 < Fraction(written) + Fraction(1, 100)

    @given(durations=DURATIONS, more=LENGTHS)
    def test_never_rises_by_an_outage(self, durations: dict[Status, timedelta], more: timedelta) -> None:
        known = durations | {Status.OPERATIONAL: DAY}
        worse = known | {Status.MAJOR_OUTAGE: known.get(Status.MAJOR_OUTAGE, timedelta()) + more}

        for policy in (STANDARD, STRICT):
            before, after = policy.uptime(known), policy.uptime(worse)
            assert before is not None
            assert after is not None
            assert after <= before

    @given(durations=DURATIONS)
    def test_is_never_higher_by_the_strict_policy(self, durations: dict[Status, timedelta]) -> None:
        standard, strict = STANDARD.uptime(durations), STRICT.uptime(durations)

        assert (standard is None) is (strict is None)
        assert standard is None or strict is None or strict <= standard


class TestTimeline:
    def test_gives_the_worst_of_what_is_said(self) -> None:
        said = [
            a_span(Status.DEGRADED_PERFORMANCE, HOUR, 5 * HOUR),
            a_span(Status.MAJOR_OUTAGE, 2 * HOUR, 3 * HOUR),
            a_span(Status.UNKNOWN, 4 * HOUR, None),
        ]

        assert timeline(said, BEGIN, BEGIN + 6 * HOUR) == (
            a_span(Status.OPERATIONAL, 0 * HOUR, HOUR),
            a_span(Status.DEGRADED_PERFORMANCE, HOUR, 2 * HOUR),
            a_span(Status.MAJOR_OUTAGE, 2 * HOUR, 3 * HOUR),
            a_span(Status.DEGRADED_PERFORMANCE, 3 * HOUR, 5 * HOUR),
            a_span(Status.UNKNOWN, 5 * HOUR, 6 * HOUR),
        )

    def test_has_no_span_where_there_is_no_time(self) -> None:
        assert timeline([a_span(Status.MAJOR_OUTAGE, 0 * HOUR, None)], BEGIN, BEGIN) == ()
        assert timeline([], BEGIN + HOUR, BEGIN) == ()

    @given(said=st.lists(SAID, max_size=8), end=st.timedeltas(min_value=timedelta(), max_value=DAY))
    def test_adds_up_to_the_period_without_gap_or_overlap(self, said: list[StatusSpan], end: timedelta) -> None:
        spans = timeline(said, BEGIN, BEGIN + end)

        assert sum(durations_of(spans).values(), timedelta()) == end
        assert set(durations_of(spans)) == set(Status)
        for one, other in pairwise(spans):
            assert one.end == other.start
            assert one.status is not other.status

    @given(said=st.lists(SAID, max_size=8), moment=st.timedeltas(min_value=timedelta(), max_value=DAY))
    def test_is_at_each_moment_what_a_plain_look_gives(self, said: list[StatusSpan], moment: timedelta) -> None:
        at = BEGIN + moment
        [found] = [span.status for span in timeline(said, BEGIN, BEGIN + 2 * DAY) if span.covers(at)]

        assert found is worst(span.status for span in said if span.covers(at))


class TestGroup:
    def test_is_as_bad_as_the_worst_that_is_known(self) -> None:
        one = timeline([a_span(Status.UNKNOWN, 0 * HOUR, 3 * HOUR)], BEGIN, BEGIN + 4 * HOUR)
        other = timeline(
            [a_span(Status.UNKNOWN, 0 * HOUR, HOUR), a_span(Status.MAJOR_OUTAGE, 2 * HOUR, None)],
            BEGIN,
            BEGIN + 4 * HOUR,
        )

        assert worst_known([one, other], BEGIN, BEGIN + 4 * HOUR) == (
            a_span(Status.UNKNOWN, 0 * HOUR, HOUR),
            a_span(Status.OPERATIONAL, HOUR, 2 * HOUR),
            a_span(Status.MAJOR_OUTAGE, 2 * HOUR, 4 * HOUR),
        )

    def test_has_the_mean_of_its_components_cut_once(self) -> None:
        # Each would be cut to 33.33 or 66.66; the mean of what is exact is a half.
        assert percentage(mean([Fraction(1, 3), Fraction(2, 3)])) == "50.00"
        assert mean([]) is None

    @given(said=st.lists(st.lists(SAID, max_size=4), min_size=1, max_size=4))
    def test_is_at_each_moment_the_worst_of_its_components_where_all_is_known(
        self, said: list[list[StatusSpan]]
    ) -> None:
        end = BEGIN + DAY
        known = [[each for each in spans if each.status is not Status.UNKNOWN] for spans in said]
        timelines = [timeline(spans, BEGIN, end) for spans in known]
        together = worst_known(timelines, BEGIN, end)

        for edge in {span.start for spans in (*timelines, together) for span in spans}:
            shown = [span.status for spans in timelines for span in spans if span.covers(edge)]
            assert [span.status for span in together if span.covers(edge)] == [worst(shown)]
