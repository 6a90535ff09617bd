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
        "A major outage counts in full, a partial one 30 percent. Degraded performance and maintenance do not count."
        " Time of which nothing is known is left out."
    ),
}
"""What the policies that pages show say, in words."""
WORKED = translatable("Worked %(percentage)s of the time")
NOTHING = translatable("Nothing is known of how it worked")
NOT_KNOWN = translatable("Not known")
NOT_RECORDED = translatable("No records")


class UptimeWords(TypedDict):
    """What a page says of the last days of one component, in a language."""

    picture: Markup
    summary: str
    percentage: str | None
    """As published; None if nothing is known."""
    restated: str | None
    """By what is known now; None where that is the same."""
    bad: list[str]
    """The newest first."""
    bad_count: int
    troubled: int
    """Of how many there is more to say than that nothing is known of them."""


async def read_days(read: PageRead, component: str | None = None) -> list[ComponentDays]:
    """Read the last days of all components on the board, or of one, until the minute began.

    Figures of a moment within it would tell readers when something private made the page be read again.
    """
    facade, minute = read.facade, read.now.replace(second=0, microsecond=0)
    reads, zone = uptime_reads(facade), facade.settings.zone
    return await read.run(
        lambda: read_uptime_days(reads, read.position, now=minute, zone=zone, policy=POLICY, component=component)
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
    troubled = sum(_is_troubled(each) for each in bad)
    summary = _summary(speech, percentage, troubled)
    label = speech.plural(
        "%(name)s, the last %(number)s day: %(summary)s",
        "%(name)s, the last %(number)s days: %(summary)s",
        len(found["days"]),
        name=name,
        summary=summary,
    )
    return {
        "picture": Markup(uptime_picture(found["days"], label)),  # noqa: S704 - it escapes the label
        "summary": summary,
        "percentage": percentage,
        "restated": restated if restated != percentage else None,
        "bad": [said_day(speech, each) for each in bad[:most]],
        "bad_count": len(bad),
        "troubled": troubled,
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


def _is_troubled(bad: BadDays) -> bool:
    return any(Status(each["status"]) is not Status.UNKNOWN for each in bad["held"])
