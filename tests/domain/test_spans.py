"""The arithmetic of spans, against a model that looks at one instant after another."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.impact import Spans, Status, StatusSpan, changed, closed, current, raised, worst
from tests.domain.assertions import shown
from tests.domain.builders import CARRIER, TICK, at, span

LAST = 40
IMPACTS = [status for status in Status if status.is_impact]

moments = st.integers(0, LAST).map(lambda number: at("10:00") + number * TICK)
impacts = st.sampled_from(IMPACTS)
statuses = st.sampled_from([*IMPACTS, Status.OPERATIONAL])
INSTANTS = [at("10:00") + number * TICK for number in range(-1, LAST + 2)]


@st.composite
def any_spans(draw: st.DrawFn) -> Spans:
    """Draw spans in order and without overlap, some of them adjacent, the last of them open or not."""
    edges = sorted(draw(st.sets(moments, max_size=12)))
    held = draw(st.lists(st.none() | impacts, min_size=len(edges), max_size=len(edges)))
    return tuple(
        StatusSpan(status=status, start=start, end=end)
        for status, start, end in zip(held, edges, [*edges[1:], None], strict=False)
        if status is not None
    )


def well_formed(spans: Spans) -> bool:
    """Tell whether the spans are impacts, in order, without overlap, none empty, at most the last one open."""
    return (
        all(each.status.is_impact for each in spans)
        and all(each.end is None or each.start < each.end for each in spans)
        and all(first.end is not None and first.end <= then.start for first, then in pairwise(spans))
    )


def timeline(spans: Spans) -> list[Status]:
    return [shown(spans, moment) for moment in INSTANTS]


class TestClosed:
    @given(spans=any_spans(), moment=moments)
    def test_keeps_what_was_before_and_nothing_after(self, spans: Spans, moment: datetime) -> None:
        ended = closed(spans, moment)

        assert well_formed(ended)
        assert all(each.end is not None for each in ended)
        assert timeline(ended) == [
            shown(spans, instant) if instant < moment else Status.OPERATIONAL for instant in INSTANTS
        ]

    def test_keeps_what_had_ended(self) -> None:
        spans = (span(Status.MAJOR_OUTAGE, "10:00", "10:10"), span(Status.PARTIAL_OUTAGE, "10:20"))

        assert closed(spans, at("10:30")) == (spans[0], span(Status.PARTIAL_OUTAGE, "10:20", "10:30"))


class TestChanged:
    @given(spans=any_spans(), status=statuses, moment=moments)
    def test_holds_from_the_moment_on_whatever_held(self, spans: Spans, status: Status, moment: datetime) -> None:
        after = changed(spans, status, moment)

        assert well_formed(after)
        assert timeline(after) == [shown(spans, instant) if instant < moment else status for instant in INSTANTS]

    @given(spans=any_spans(), status=statuses, moment=moments)
    def test_says_the_same_when_said_again(self, spans: Spans, status: Status, moment: datetime) -> None:
        once = changed(spans, status, moment)

        assert changed(once, status, moment + timedelta(seconds=1)) == once

    def test_draws_no_line_where_nothing_changes(self) -> None:
        spans = (span(Status.MAJOR_OUTAGE, "10:00"),)

        assert changed(spans, Status.MAJOR_OUTAGE, at("10:10")) == spans


class TestRaised:
    @given(spans=any_spans(), status=statuses, moment=moments)
    def test_is_the_worse_of_both_at_every_moment(self, spans: Spans, status: Status, moment: datetime) -> None:
        after = raised(spans, status, moment)

        assert well_formed(after)
        assert timeline(after) == [
            worst([shown(spans, instant), status]) if instant >= moment else shown(spans, instant)
            for instant in INSTANTS
        ]

    @given(spans=any_spans(), firings=st.lists(st.tuples(statuses, moments), max_size=5), data=st.data())
    def test_leaves_the_same_in_any_order(
        self, spans: Spans, firings: list[tuple[Status, datetime]], data: st.DataObject
    ) -> None:
        shuffled = data.draw(st.permutations(firings))

        assert timeline(after_all(spans, firings)) == timeline(after_all(spans, shuffled))

    @given(spans=any_spans(), moment=moments)
    def test_shows_no_status_that_is_no_impact(self, spans: Spans, moment: datetime) -> None:
        for status in (Status.OPERATIONAL, Status.UNKNOWN):
            assert timeline(raised(spans, status, moment)) == timeline(spans)


class TestCurrent:
    @given(spans=any_spans())
    def test_is_what_shows_after_everything(self, spans: Spans) -> None:
        showing = shown(spans, INSTANTS[-1] + timedelta(days=1))

        assert current({CARRIER: spans}) == ({} if showing is Status.OPERATIONAL else {CARRIER: showing})


def after_all(spans: Spans, firings: Iterable[tuple[Status, datetime]]) -> Spans:
    for status, moment in firings:
        spans = raised(spans, status, moment)
    return spans
