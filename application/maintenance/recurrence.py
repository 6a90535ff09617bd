"""Recurrence rules (RFC 5545, 3.3.10) over civil times."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from dateutil.rrule import rrulestr

from domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"})
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
MAX_WINDOWS = 1_000
"""How many windows a series makes at once."""
MAX_NUMBERS = {"INTERVAL": 1_000, "COUNT": 10_000}
DIGITS = 5
DAY = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?", re.ASCII)
MONTHS = re.compile(r"(0?[1-9]|1[0-2])(,(0?[1-9]|1[0-2])){0,11}", re.ASCII)
POINTER = "/rule"


def normalize_rule(rule: str, start: datetime) -> str:
    """Check a rule, and give it in the form that is stored.

    The time of day follows from ``start``, so that a rule is about days alone. A rule without any occurrence is
    refused: the library would search it until the end of the calendar, each time it is asked.

    Raises:
        Invalid: if it is no rule, has a part that is not about days, or has no occurrence.
    """
    text = rule.strip().upper().removeprefix("RRULE:")
    named = [part.partition("=")[::2] for part in text.split(";") if part]
    parts = dict(named)
    # The library takes what follows a blank for a rule of its own.
    if text.split() != [text] or not parts.keys() <= PARTS or parts.get("FREQ") not in FREQUENCIES:
        known, often = ", ".join(sorted(PARTS)), ", ".join(sorted(FREQUENCIES))
        raise Invalid(f"a rule has the parts {known}, and FREQ is one of {often}", pointer=POINTER)
    if len(parts) < len(named):
        raise Invalid("a rule has each part once", pointer=POINTER)
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise Invalid("a rule ends by COUNT or by UNTIL", pointer=POINTER)
    for part, most in MAX_NUMBERS.items():
        number = parts.get(part, "1")
        if not (number.isascii() and number.isdigit() and len(number) <= DIGITS and 1 <= int(number) <= most):
            raise Invalid(f"{part} is a number from 1 to {most}", pointer=POINTER)
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and (
        parts.keys() & {"BYMONTHDAY", "BYSETPOS"} or any(letter.isdigit() for letter in parts.get("BYDAY", ""))
    ):
        raise Invalid("a rule by days of the month is MONTHLY or YEARLY", pointer=POINTER)
    if "BYMONTH" in parts and not MONTHS.fullmatch(parts["BYMONTH"]):
        raise Invalid("BYMONTH is a number of a month, or several", pointer=POINTER)
    if "UNTIL" in parts and not DAY.fullmatch(parts["UNTIL"]):
        raise Invalid("UNTIL is a day, as in 20301231", pointer=POINTER)
    if "UNTIL" in parts:
        # The last day counts as a whole; an instant would be compared with civil times.
        parts["UNTIL"] = f"{parts['UNTIL'][:8]}T235959"
    kept = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        first = next(_starts_of(kept, start), None)
    except (ValueError, OverflowError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Invalid(f"{rule[:100]!r} is not a recurrence rule: {error}", pointer=POINTER) from None
    if first is None:
        raise Invalid(f"{rule[:100]!r} yields no day at all", pointer=POINTER)
    return kept


def occurrences(rule: str, start: datetime, *, after: datetime | None, until: datetime) -> list[datetime]:
    """Give the civil starts of a normalized rule after ``after``, up to ``until``, and the next one, if any.

    At most ``MAX_WINDOWS`` of them, and one more.
    """
    times = _starts_of(rule, start)
    rest = times if after is None else (time for time in times if time > after)
    found: list[datetime] = []
    for time in islice(rest, MAX_WINDOWS + 1):
        found.append(time)
        if time > until:
            break
    return found


def _starts_of(rule: str, start: datetime) -> Iterator[datetime]:
    return iter(rrulestr(rule, dtstart=start))
