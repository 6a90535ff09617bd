"""The parts of a recurrence rule (RFC 5545, 3.3.10), each checked before anything follows from it.

A part that cannot be is refused, also beside one that can be: it is a mistake, and a rule without it says something
else. The time of day follows from the start of a series, so a rule is about days alone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from application.nearest import did_you_mean
from domain.errors import Invalid

POINTER = "/rule"
MAX_NUMBERS = {"INTERVAL": 1_000, "COUNT": 10_000}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NUMBER = re.compile(r"[+-]?[0-9]{1,5}", re.ASCII)
WEEKDAY = re.compile(rf"([+-]?[0-9]{{1,5}})?({'|'.join(WEEKDAYS)})", re.ASCII)
UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?", re.ASCII)
LEAP_YEAR = 2000
MONTHS = 12


class Frequency(StrEnum):
    """How often a rule begins a period, in which its days lie."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


LISTS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
"""The parts that list numbers, and how far these go; all but months count from the end as well."""
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", *LISTS, "WKST")
ONLY_WITH = {
    "BYWEEKNO": {Frequency.YEARLY},
    "BYYEARDAY": {Frequency.YEARLY},
    "BYMONTHDAY": {Frequency.DAILY, Frequency.MONTHLY, Frequency.YEARLY},
}
"""The frequencies with which RFC 5545 allows a part, where not all."""
LONGEST = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}
"""How many days a period has at most."""
WEEKS_OF_YEAR, WEEKS_OF_MONTH = 53, 5


@dataclass(frozen=True, kw_only=True)
class Until:
    """The last moment at which an occurrence may begin.

    An ``instant`` is compared as one. A ``civil`` time is one by the clocks of the series; a day is its last second.
    """

    instant: datetime | None = None
    civil: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule whose parts can be; an empty tuple is a part that is not there.

    ``by_day`` holds the weekday (0 is Monday) of each item, with its number in the month or year, 0 for every one.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week_number: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0
    text: str = field(compare=False)

    @property
    def counts_in_months(self) -> bool:
        """Whether a numbered weekday is one of a month, and not of a year."""
        return self.frequency is Frequency.MONTHLY or bool(self.by_month)


def read_rule(text: str) -> Rule:
    """Read a rule part by part.

    Raises:
        Invalid: if a part is unknown, is there twice, cannot be, or cannot be beside another.
    """
    values = _values(text)
    try:
        frequency = Frequency(values.get("FREQ", ""))
    except ValueError:
        raise _wrong(f"FREQ is one of {', '.join(sorted(Frequency))}") from None
    for part, with_these in ONLY_WITH.items():
        if part in values and frequency not in with_these:
            raise _wrong(f"{part} is part of rules that are {' or '.join(sorted(with_these))}")
    if {"COUNT", "UNTIL"} <= values.keys():
        raise _wrong("a rule ends by COUNT or by UNTIL")
    rule = Rule(
        frequency=frequency,
        interval=_number(values, "INTERVAL") or 1,
        count=_number(values, "COUNT"),
        until=_until(values["UNTIL"]) if "UNTIL" in values else None,
        by_month=_listed(values, "BYMONTH"),
        by_month_day=_listed(values, "BYMONTHDAY"),
        by_year_day=_listed(values, "BYYEARDAY"),
        by_week_number=_listed(values, "BYWEEKNO"),
        by_day=_weekdays(values["BYDAY"]) if "BYDAY" in values else (),
        by_position=_listed(values, "BYSETPOS"),
        week_start=_week_start(values.get("WKST", "MO")),
        text=";".join(f"{name}={value}" for name, value in values.items()),
    )
    _require_possible(rule)
    return rule


def _values(text: str) -> dict[str, str]:
    plain = text.strip().upper().removeprefix("RRULE:")
    named = [part.partition("=")[::2] for part in plain.split(";") if part]
    values = dict(named)
    for name in values:
        if name not in PARTS:
            raise _wrong(
                f"a rule has the parts {', '.join(PARTS)}, and {name[:20]!r} is none{did_you_mean(name, PARTS)}"
            )
    if plain.split() != [plain] or "FREQ" not in values:
        raise _wrong(f"a rule has the parts {', '.join(PARTS)}, without blanks, and always FREQ")
    if len(values) < len(named):
        raise _wrong("a rule has each part once")
    return values


def _number(values: dict[str, str], part: str) -> int | None:
    text, most = values.get(part), MAX_NUMBERS[part]
    if text is None:
        return None
    if not (NUMBER.fullmatch(text) and text.isdigit() and 1 <= int(text) <= most):
        raise _wrong(f"{part} is a number from 1 to {most}, not {text[:20]!r}")
    return int(text)


def _listed(values: dict[str, str], part: str) -> tuple[int, ...]:
    if part not in values:
        return ()
    most = LISTS[part]
    numbers = []
    for text in values[part].split(","):
        number = int(text) if NUMBER.fullmatch(text) else 0
        if not 1 <= abs(number) <= most or (part == "BYMONTH" and number < 0):
            counted = f"1 to {most}" if part == "BYMONTH" else f"1 to {most} or -1 to -{most}"
            raise _wrong(f"{part} is a number from {counted}, or several, not {text[:20]!r}")
        numbers.append(number)
    return tuple(dict.fromkeys(numbers))


def _weekdays(value: str) -> tuple[tuple[int, int], ...]:
    found = []
    for text in value.split(","):
        item = WEEKDAY.fullmatch(text)
        if item is None or (item[1] and int(item[1]) == 0):
            raise _wrong(f"BYDAY is a weekday as in MO or -1SU, or several, not {text[:20]!r}")
        found.append((int(item[1] or 0), WEEKDAYS.index(item[2])))
    return tuple(dict.fromkeys(found))


def _week_start(value: str) -> int:
    if value not in WEEKDAYS:
        raise _wrong(f"WKST is a weekday, one of {', '.join(WEEKDAYS)}, not {value[:20]!r}")
    return WEEKDAYS.index(value)


def _until(value: str) -> Until:
    if not UNTIL.fullmatch(value):
        raise _wrong("UNTIL is a day or an instant, as in 20301231 or 20301231T225959Z")
    try:
        moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007 - what has no Z is civil
    except ValueError:
        raise _wrong(f"UNTIL is a day or an instant that exists, and {value} does not") from None
    if value.endswith("Z"):
        return Until(instant=moment.replace(tzinfo=UTC))
    return Until(civil=moment if "T" in value else moment.replace(hour=23, minute=59, second=59))


def _require_possible(rule: Rule) -> None:
    numbered = [number for number, _ in rule.by_day if number]
    if numbered and rule.frequency not in {Frequency.MONTHLY, Frequency.YEARLY}:
        raise _wrong("BYDAY has a number, as in 2SU, in rules that are MONTHLY or YEARLY")
    if numbered and rule.by_week_number:
        raise _wrong("BYDAY has no number beside BYWEEKNO")
    weeks, of = (WEEKS_OF_MONTH, "month") if rule.counts_in_months else (WEEKS_OF_YEAR, "year")
    if any(abs(number) > weeks for number in numbered):
        raise _wrong(f"BYDAY has a number from 1 to {weeks} or -1 to -{weeks}, because no {of} has more such days")
    if rule.by_month and rule.by_month_day:
        longest = max(monthrange(LEAP_YEAR, month)[1] for month in rule.by_month)
        if any(abs(day) > longest for day in rule.by_month_day):
            raise _wrong(f"BYMONTHDAY is a number up to {longest}, because no month of BYMONTH has more days")
    if rule.by_position:
        if not (rule.by_month or rule.by_month_day or rule.by_year_day or rule.by_week_number or rule.by_day):
            raise _wrong("BYSETPOS chooses among the days of another part that begins with BY")
        if any(abs(place) > LONGEST[rule.frequency] for place in rule.by_position):
            raise _wrong(f"BYSETPOS is a number up to {LONGEST[rule.frequency]} in a rule that is {rule.frequency}")


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, pointer=POINTER)
