"""The days of a rule are those that python-dateutil finds, where it keeps to RFC 5545."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile

from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from application.maintenance.recurrence import Recurrence, rule_starts
from application.maintenance.rule_parts import Rule, read_rule
from domain.errors import Invalid
from tests.domain.window_builders import a_pattern
from tests.domain.zone_builders import that_show, zone_of

DAY = timedelta(days=1)
YEARS = 6 * 366 * DAY
LEAP, LATER = datetime.fromisoformat("2024-02-01"), datetime.fromisoformat("2032-12-31")
CHANGING = ("America/Sao_Paulo", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu")

numbers = st.integers(1, 3)


def lists(name: str, *values: object) -> st.SearchStrategy[str]:
    """Give a part that lists some of these values, or is not there."""
    some = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return st.one_of(st.just(""), some.map(lambda items: f";{name}=" + ",".join(map(str, items))))


PLAIN, NUMBERED = ("MO", "TU", "SA", "SU"), ("1MO", "-1FR", "2SU", "5TH", "-5WE")
ENDS = st.one_of(st.just(""), st.integers(1, 30).map(";COUNT={}".format))
SET = lists("BYSETPOS", 1, -1, 2, 5)
WEEK_START = st.sampled_from(["", ";WKST=SU", ";WKST=MO", ";WKST=TH"])
rules = st.one_of(
    st.tuples(
        st.just("FREQ=DAILY"), lists("BYMONTH", 2, 3, 12), lists("BYMONTHDAY", 1, 31, -1), lists("BYDAY", *PLAIN)
    ),
    # Without BYSETPOS: of the first week, the oracle chooses among the days after the start alone.
    st.tuples(st.just("FREQ=WEEKLY"), lists("BYMONTH", 2, 3, 12), lists("BYDAY", *PLAIN)),
    st.tuples(st.just("FREQ=MONTHLY"), lists("BYMONTH", 1, 3, 12), lists("BYDAY", *NUMBERED), SET),
    st.tuples(st.just("FREQ=MONTHLY"), lists("BYMONTHDAY", 1, 29, 31, -1, -30), lists("BYDAY", *PLAIN), SET),
    st.tuples(st.just("FREQ=YEARLY"), lists("BYMONTH", 1, 3, 12), lists("BYDAY", *NUMBERED), SET),
    st.tuples(st.just("FREQ=YEARLY"), lists("BYMONTHDAY", 1, 28, -1), lists("BYDAY", *PLAIN), SET),
    st.tuples(st.just("FREQ=YEARLY"), lists("BYYEARDAY", 1, 60, 366, -1, -366), lists("BYDAY", *PLAIN), SET),
    st.tuples(st.just("FREQ=YEARLY;BYWEEKNO=1,20,53,-1"), st.just(";BYDAY=MO,SA"), SET),
)


def read_or_none(text: str) -> Rule | None:
    """Read a rule; what the parts make impossible together is None."""
    try:
        return read_rule(text)
    except Invalid:
        return None


class TestOracle:
    @settings(max_examples=60)
    @given(parts=rules, more=st.tuples(numbers, ENDS, WEEK_START), start=st.datetimes(LEAP, LATER), skip=numbers)
    def test_finds_the_same_days(
        self, parts: tuple[str, ...], more: tuple[int, str, str], start: datetime, skip: int
    ) -> None:
        interval, ends, week_start = more
        start = start.replace(microsecond=0)
        text = "".join(parts) + f";INTERVAL={interval}{week_start}{ends}"
        rule = read_or_none(text)
        assume(rule is not None)
        assert rule is not None
        oracle = rrulestr(text, dtstart=start)
        expected = oracle.between(start, start + YEARS, inc=True)

        found = list(takewhile(lambda time: time <= start + YEARS, rule_starts(rule, start)))

        assert found == expected
        for later in expected[:: 7 * skip]:
            assert next(rule_starts(rule, start, after=later), None) == next(iter(oracle.xafter(later, 1)), None)

    @settings(max_examples=40)
    @given(zone=st.sampled_from(CHANGING), moment=st.datetimes(LEAP, LATER), hour=st.integers(0, 23), ends=numbers)
    def test_counts_the_same_days_until_an_instant(self, zone: str, moment: datetime, hour: int, ends: int) -> None:
        start = moment.replace(hour=hour, minute=30, second=0, microsecond=0)
        until = (moment + ends * 7 * DAY).replace(microsecond=0)
        text = f"FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}"
        clocks = zone_of(zone)

        found = list(Recurrence(a_pattern(text, start=start, zone=zone), clocks).starts())

        every = (start + number * DAY for number in range(30))
        # What clocks do not show at all counts as the instant that the offset before the change gives.
        instants = ((civil, that_show(clocks, civil)) for civil in every)
        certain = [(civil, shown[0]) for civil, shown in instants if shown]
        assert [civil for civil in found if that_show(clocks, civil)] == [
            civil for civil, shown in certain if shown <= until.replace(tzinfo=UTC)
        ]
