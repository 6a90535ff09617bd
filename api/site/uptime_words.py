"""The last days of a component as a page shows them: a picture with a label, and the bad days in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup
from typing_extensions import TypedDict

from api.reports.uptime import uptime_reads
from api.reports.uptime_picture import UNKNOWN, WELL, HeldMinutes, UptimeDrawing, bad_days, drawn
from api.site.kernel.wording import STATUS_WORDS
from application.reports.uptime_days import read_uptime_days
from application.texts import translatable
from domain.impact import Status
from domain.instants import day_span
from domain.reports.uptime import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from api.site.kernel.languages import Speech
    from api.site.kernel.reading import PageRead
    from application.reports.documents import ComponentDays, UptimeDay

MINUTE = timedelta(minutes=1)
QUIET = {Status.OPERATIONAL, Status.UNKNOWN}
POLICY = STANDARD
RULES = {
    "standard-1": translatable(
        "A major outage counts in full, a partial one 30 percent. Degraded performance and maintenance do not count."
        " Time of which nothing is known is left out."
    ),
}
"""What the policies that pages show say, in words."""
WORKED = translatable("Worked %(percentage)s of the time")
NOTHING = translatable("Nothing is known of how it worked")
NOT_KNOWN = translatable("Not known")
NOT_RECORDED = translatable("No records")
BOTH = translatable("%(published)s. By what we know now: %(restated)s")


class UptimeWords(TypedDict):
    """What a page says of the last days of one component, in a language."""

    picture: Markup
    summary: str
    percentage: str | None
    """As published; None if nothing is known."""
    restated: str | None
    """By what is known now; None where that is the same."""
    bad: list[str]
    """The newest first, as published, and by what is known now where that differs."""
    bad_count: int
    is_troubled: bool
    """Whether there is more to say of one than that nothing is known of it."""


async def read_days(read: PageRead, component: str | None = None) -> list[ComponentDays]:
    """Read the last days of all components on the board, or of one, until the minute began.

    Figures of a moment within it would tell readers when something private made the page be read again.
    """
    facade, minute = read.facade, read.now.replace(second=0, microsecond=0)
    reads, zone = uptime_reads(facade), facade.settings.zone
    known = await read.all_components()
    return await read.run(
        lambda: read_uptime_days(
            reads, read.position, now=minute, zone=zone, policy=POLICY, component=component, known=known
        )
    )


def changes_at(statuses: Iterable[str], now: datetime, zone: tzinfo) -> datetime:
    """Give when figures change by themselves: at the next midnight, or in a minute while something is the matter."""
    midnight = day_span(now.astimezone(zone).date(), zone)[1]
    is_quiet = all(Status(status) in QUIET for status in statuses)
    return midnight if is_quiet else min(midnight, now + MINUTE)


@dataclass(frozen=True, kw_only=True)
class SaidDays:
    """What is said of days in a language, whichever component had them."""

    drawing: UptimeDrawing
    bad: list[str]
    bad_count: int
    troubled_days: int
    is_troubled: bool


@dataclass(frozen=True, kw_only=True)
class UptimeTeller:
    """Says the last days of components, ``most`` of the bad ones at most; the same days are said once.

    A board with 200 components of the same history takes 47 ms of processor time so, and 125 ms without it.
    """

    speech: Speech
    most: int | None = None
    _said: dict[tuple[int, int], SaidDays] = field(default_factory=dict)

    def words(self, name: str, found: ComponentDays) -> UptimeWords:
        """Say the last days of a component of this name; ``found`` has to live as long as what it is said by."""
        speech, said = self.speech, self._of(found)
        percentage = None if found["percentage"] is None else speech.percent(found["percentage"])
        restated = None if found["restated_percentage"] is None else speech.percent(found["restated_percentage"])
        summary = _summary(speech, percentage, said.troubled_days)
        label = speech.plural(
            "%(name)s, the last %(number)s day: %(summary)s",
            "%(name)s, the last %(number)s days: %(summary)s",
            len(found["days"]),
            name=name,
            summary=summary,
        )
        return {
            "picture": Markup(said.drawing.labelled(label)),  # noqa: S704 - it escapes the label
            "summary": summary,
            "percentage": percentage,
            "restated": restated if restated != percentage else None,
            "bad": said.bad,
            "bad_count": said.bad_count,
            "is_troubled": said.is_troubled,
        }

    def _of(self, found: ComponentDays) -> SaidDays:
        # Components with the same history have the very same lists; to compare them would take as long as to say them.
        key = id(found["days"]), id(found["restated_days"])
        said = self._said.get(key)
        if said is None:
            runs = bad_runs(found["days"], found["restated_days"])[::-1]
            said = self._said[key] = SaidDays(
                drawing=drawn(found["days"]),
                bad=[said_run(self.speech, each) for each in runs[: self.most]],
                bad_count=len(runs),
                troubled_days=sum(map(_is_troubled, found["days"])),
                is_troubled=any(_is_troubled(day) for each in runs for day in (*each.shown, *each.known)),
            )
        return said


@dataclass(frozen=True, kw_only=True)
class BadRun:
    """A day that was bad, or days in a row of which the same is to be said.

    ``shown`` are the days as published, ``known`` the same by what is known now; empty where that says the same.
    """

    shown: Sequence[UptimeDay]
    known: Sequence[UptimeDay]


def bad_runs(days: Sequence[UptimeDay], restated: Iterable[UptimeDay]) -> list[BadRun]:
    """List the days that were published as bad, or are known to have been bad otherwise, the oldest first."""
    now = {day["day"]: day for day in restated}
    if not now and all(day["status"] == WELL for day in days):
        return []

    def key(day: UptimeDay) -> tuple[str, str]:
        known = now.get(day["day"])
        return _kind(day), _kind(known) if known and _said(known) != _said(day) else ""

    found = []
    for (kind, known), group in groupby(days, key=key):
        if kind != WELL or known:
            shown = list(group)
            found.append(BadRun(shown=shown, known=[now[day["day"]] for day in shown] if known else ()))
    return found


def said_run(speech: Speech, run: BadRun) -> str:
    """Say what a bad day had, or days in a row: as published, and by what is known now where that differs."""
    first, last = (date.fromisoformat(run.shown[place]["day"]) for place in (0, -1))
    days = speech.day(first) if first == last else f"{speech.day(first)} – {speech.day(last)}"
    words = _words(speech, run.shown)
    return f"{days}: {speech.text(BOTH, published=words, restated=_words(speech, run.known)) if run.known else words}"


def _words(speech: Speech, days: Sequence[UptimeDay]) -> str:
    bad = bad_days(days)
    if not bad:
        return speech.text(STATUS_WORDS[Status.OPERATIONAL])
    if not bad[0]["is_vouched"]:
        return speech.text(NOT_RECORDED)
    if len(days) > 1:
        return speech.text(NOT_KNOWN)
    return ", ".join(
        f"{speech.text(STATUS_WORDS[Status(each['status'])])} ({speech.length(each['minutes'] * 60)})"
        for each in bad[0]["held"]
    )


def _said(day: UptimeDay) -> list[tuple[bool, list[HeldMinutes]]]:
    """Give what is said of a day, before it is put into a language; nothing if it was well."""
    return [(bad["is_vouched"], bad["held"]) for bad in bad_days([day])]


def _kind(day: UptimeDay) -> str:
    """Give what is equal for days of which the same is to be said; of a bad day nothing is."""
    if day["status"] == WELL:
        return WELL
    if day["status"] != UNKNOWN or len(day["seconds"]) > 1:
        return day["day"]
    return UNKNOWN if day["is_vouched"] else NOT_RECORDED


def _summary(speech: Speech, percentage: str | None, bad: int) -> str:
    if percentage is None:
        return speech.text(NOTHING)
    worked = speech.text(WORKED, percentage=percentage)
    if not bad:
        return worked
    days = speech.plural(
        "%(number)s day with problems or maintenance", "%(number)s days with problems or maintenance", bad
    )
    return f"{worked} · {days}"


def _is_troubled(day: UptimeDay) -> bool:
    return day["status"] not in {WELL, UNKNOWN}
