"""The last days of a component as a page shows them: a picture with a label, and the bad days in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup
from typing_extensions import TypedDict

from api.reports.uptime import uptime_reads
from api.reports.uptime_picture import BadDays, bad_days, uptime_picture
from api.site.kernel.view import STATUS_WORDS
from application.reports.uptime_days import read_uptime_days
from application.texts import translatable
from domain.impact import Status
from domain.instants import day_span
from domain.reports.uptime import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from api.site.kernel.languages import Speech
    from api.site.kernel.reading import PageRead
    from application.reports.documents import ComponentDays

MINUTE = timedelta(minutes=1)
QUIET = {Status.OPERATIONAL, Status.UNKNOWN}
POLICY = STANDARD
RULES = {
    "standard-1": translatable(
        "An outage counts in full, a partial outage with 30 percent. Degraded performance and maintenance do not count."
        " Time of which nothing is known is left out."
    ),
}
"""What the policies that pages show say, in words."""
NOT_KNOWN = translatable("Not known")
NOT_RECORDED = translatable("Not recorded")


class UptimeWords(TypedDict):
    """What a page says of the last days of one component, in a language."""

    picture: Markup
    label: str
    percentage: str | None
    """As published; None if nothing is known."""
    restated: str | None
    """By what is known now; None where that is the same."""
    bad: list[str]
    """The newest first."""
    bad_count: int


async def read_days(read: PageRead, component: str | None = None) -> list[ComponentDays]:
    """Read the last days of all components on the board, or of one."""
    zone, reads = read.facade.settings.zone, uptime_reads(read.facade)
    return await read.run(
        lambda: read_uptime_days(reads, read.position, now=read.now, zone=zone, policy=POLICY, component=component)
    )


def changes_at(statuses: Iterable[str], now: datetime, zone: tzinfo) -> datetime:
    """Give when figures change by themselves: at the next midnight, or in a minute while something is the matter."""
    midnight = day_span(now.astimezone(zone).date(), zone)[1]
    is_quiet = all(Status(status) in QUIET for status in statuses)
    return midnight if is_quiet else min(midnight, now + MINUTE)


def uptime_words(speech: Speech, name: str, found: ComponentDays, most: int | None = None) -> UptimeWords:
    """Say the last days of a component of this name, ``most`` of the bad ones at most."""
    bad = bad_days(found["days"])[::-1]
    percentage = None if found["percentage"] is None else speech.percent(found["percentage"])
    restated = None if found["restated_percentage"] is None else speech.percent(found["restated_percentage"])
    label = _label(speech, name, percentage, len(found["days"]), sum(each["is_vouched"] for each in bad))
    return {
        "picture": Markup(uptime_picture(found["days"], label)),  # noqa: S704 - it escapes the label
        "label": label,
        "percentage": percentage,
        "restated": restated if restated != percentage else None,
        "bad": [said_day(speech, each) for each in bad[:most]],
        "bad_count": len(bad),
    }


def said_day(speech: Speech, bad: BadDays) -> str:
    """Say what a bad day had, or days in a row."""
    first, last = date.fromisoformat(bad["day"]), date.fromisoformat(bad["last_day"])
    days = speech.day(first) if first == last else f"{speech.day(first)} – {speech.day(last)}"
    if not bad["is_vouched"]:
        return f"{days}: {speech.text(NOT_RECORDED)}"
    if first != last:
        return f"{days}: {speech.text(NOT_KNOWN)}"
    held = [
        f"{speech.text(STATUS_WORDS[Status(each['status'])])} ({speech.length(each['minutes'] * 60)})"
        for each in bad["held"]
    ]
    return f"{days}: {', '.join(held)}"


def _label(speech: Speech, name: str, percentage: str | None, days: int, bad: int) -> str:
    if percentage is None:
        return speech.text(translatable("%(name)s: nothing is known of the last days"), name=name)
    up = speech.plural(
        "%(name)s: worked %(percentage)s of the last %(number)s day",
        "%(name)s: worked %(percentage)s of the last %(number)s days",
        days,
        name=name,
        percentage=percentage,
    )
    troubled = speech.plural("%(number)s day with something to report", "%(number)s days with something to report", bad)
    return f"{up}; {troubled}"
