"""The picture of the last days of a component, as one small SVG, and the days that it has to put into words.

A day is five units wide. What is known is a row of full bars, what was bad a mark of another height for each status,
and what is not known a row of stubs, so that no color has to tell it alone. Colors and the height come from the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Day, StatusName
from domain.impact import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from application.reports.documents import UptimeDay

STEP, WIDTH, HEIGHT = 5, 4, 32
WELL, UNKNOWN = str(Status.OPERATIONAL), str(Status.UNKNOWN)
MARKS = {
    UNKNOWN: 6,
    str(Status.UNDER_MAINTENANCE): 11,
    str(Status.DEGRADED_PERFORMANCE): 16,
    str(Status.PARTIAL_OUTAGE): 24,
    str(Status.MAJOR_OUTAGE): HEIGHT,
}
"""How high the mark of a day is."""
BASE, UNVOUCHED = "base", "unvouched"
STUBS = {UNKNOWN: 8, UNVOUCHED: 3}
"""How high the stub of a day is of which nothing is known, or for which we do not vouch."""
WORST_FIRST = [str(status) for status in reversed(Status) if status is not Status.OPERATIONAL]
SECONDS_A_MINUTE = 60


class HeldMinutes(TypedDict):
    """How long a status held, in minutes begun."""

    status: StatusName
    minutes: int


class BadDays(TypedDict):
    """A day that was not well, or days in a row of which nothing is known or for which nobody vouches."""

    day: Day
    last_day: Day
    """The same, if it is one day."""
    is_vouched: bool
    status: StatusName
    """The worst; `unknown` if nothing is known, or if it is not vouched for."""
    minutes: int
    """How long that status held, in minutes begun; 0 if it is not vouched for."""
    held: list[HeldMinutes]
    """Every status but `operational` that held, the worst first."""


@dataclass(frozen=True, kw_only=True)
class UptimeDrawing:
    """What a picture of days shows: the paths of an SVG, and how wide they are together."""

    paths: str
    width: int

    def labelled(self, label: str) -> str:
        """Make the picture; ``label`` says the same in words, and is escaped here."""
        return (
            f'<svg class="days" viewBox="0 0 {self.width} {HEIGHT}" preserveAspectRatio="none" stroke-width="{WIDTH}"'
            f' role="img" aria-label="{escape(label)}">{self.paths}</svg>'
        )


def drawn(days: Sequence[UptimeDay]) -> UptimeDrawing:
    """Draw the days of a component.

    The classes are ``days`` (the picture), ``base``, ``unknown``, ``unvouched`` (rows) and the statuses (marks). A page
    gives each a ``stroke``, and the picture a height.
    """
    kinds = [_kind(day) for day in days]
    rows = "".join(_row(kind, kinds) for kind in (BASE, *STUBS) if kind in kinds)
    marked = [
        (place, day["status"]) for place, day in enumerate(days) if day["status"] != WELL and kinds[place] == BASE
    ]
    marks = "".join(_marks(status, height, marked) for status, height in MARKS.items())
    return UptimeDrawing(paths=rows + marks, width=STEP * len(days))


def bad_days(days: Iterable[UptimeDay]) -> list[BadDays]:
    """List the days that were not well, the oldest first; days of which nothing at all is known in a row as one."""
    found: list[BadDays] = []
    for (is_vouched, is_known), group in groupby(days, key=lambda day: (day["is_vouched"], _kind(day) == BASE)):
        each = list(group)
        if is_known:
            found += [_bad_day([day], is_vouched=True) for day in each if day["status"] != WELL]
        else:
            found.append(_bad_day(each, is_vouched=is_vouched))
    return found


def _bad_day(days: Sequence[UptimeDay], *, is_vouched: bool) -> BadDays:
    totals = {status: sum(day["seconds"].get(status, 0) for day in days) for status in WORST_FIRST}
    held: list[HeldMinutes] = [
        {"status": status, "minutes": ceil(total / SECONDS_A_MINUTE)} for status, total in totals.items() if total
    ]
    return {
        "day": days[0]["day"],
        "last_day": days[-1]["day"],
        "is_vouched": is_vouched,
        "status": days[0]["status"],
        "minutes": held[0]["minutes"] if held else 0,
        "held": held,
    }


def _kind(day: UptimeDay) -> str:
    if day["status"] != UNKNOWN:
        return BASE
    if not day["is_vouched"]:
        return UNVOUCHED
    return UNKNOWN if len(day["seconds"]) == 1 else BASE


def _row(kind: str, kinds: Sequence[str]) -> str:
    """Draw the days of a kind as dashed lines, one for each run of them: the dashes begin anew with each."""
    height = STUBS.get(kind, HEIGHT)
    middle = HEIGHT - height / 2
    lines = "".join(f"M{STEP * start} {middle:g}h{STEP * length}" for start, length in _runs(kind, kinds))
    return f'<path class="{kind}" d="{lines}" stroke-width="{height}" stroke-dasharray="{WIDTH} {STEP - WIDTH}"/>'


def _runs(kind: str, kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    place = 0
    for each, group in groupby(kinds):
        length = sum(1 for _ in group)
        if each == kind:
            yield place, length
        place += length


def _marks(status: str, height: int, marked: Sequence[tuple[int, str]]) -> str:
    """Draw the marks of all days with a status as one path."""
    lines = "".join(f"M{STEP * place + WIDTH // 2} {HEIGHT}v-{height}" for place, bad in marked if bad == status)
    return f'<path class="{status}" d="{lines}"/>' if lines else ""
