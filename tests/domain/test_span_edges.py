"""What is said late holds until whatever is known to have happened next; what is raised is one span where it can be."""

from domain.impact import Status, inserted, raised
from tests.domain.builders import at, span

MAJOR, PARTIAL, DEGRADED = Status.MAJOR_OUTAGE, Status.PARTIAL_OUTAGE, Status.DEGRADED_PERFORMANCE


class TestInserted:
    def test_holds_until_the_first_of_several_later_spans(self) -> None:
        known = (span(MAJOR, "11:00", "12:00"), span(PARTIAL, "13:00", "14:00"))

        assert inserted(known, DEGRADED, at("10:00")) == (span(DEGRADED, "10:00", "11:00"), *known)

    def test_between_two_spans_holds_until_the_second(self) -> None:
        first, second = span(MAJOR, "10:00", "11:00"), span(PARTIAL, "13:00")

        assert inserted((first, second), DEGRADED, at("12:00")) == (first, span(DEGRADED, "12:00", "13:00"), second)

    def test_inside_a_span_holds_until_that_ends(self) -> None:
        first, second = span(MAJOR, "10:00", "12:00"), span(PARTIAL, "13:00", "14:00")

        assert inserted((first, second), DEGRADED, at("11:00")) == (
            span(MAJOR, "10:00", "11:00"),
            span(DEGRADED, "11:00", "12:00"),
            second,
        )

    def test_at_the_start_of_the_last_span_takes_its_place(self) -> None:
        first = span(MAJOR, "10:00", "11:00")

        assert inserted((first, span(PARTIAL, "12:00")), DEGRADED, at("12:00")) == (first, span(DEGRADED, "12:00"))


class TestRaised:
    def test_makes_one_span_of_two_that_touch_and_say_the_same(self) -> None:
        touching = (span(MAJOR, "10:00", "11:00"), span(MAJOR, "11:00"))

        assert raised(touching, DEGRADED, at("12:00")) == (span(MAJOR, "10:00"),)

    def test_leaves_spans_that_touch_and_say_something_else(self) -> None:
        touching = (span(PARTIAL, "10:00", "11:00"), span(MAJOR, "11:00"))

        assert raised(touching, DEGRADED, at("12:00")) == touching

    def test_leaves_spans_that_say_the_same_and_do_not_touch(self) -> None:
        apart = (span(MAJOR, "10:00", "11:00"), span(MAJOR, "11:30"))

        assert raised(apart, DEGRADED, at("12:00")) == apart
