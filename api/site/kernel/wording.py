"""How templates write times, lengths and states, in the language and by the clocks of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from api.site.kernel.words import name_of
from application.texts import translatable
from domain.impact import Status
from domain.incidents import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.site.kernel.languages import Speech

STATUS_WORDS = {
    Status.OPERATIONAL: translatable("Operational"),
    Status.UNDER_MAINTENANCE: translatable("Under maintenance"),
    Status.DEGRADED_PERFORMANCE: translatable("Degraded performance"),
    Status.PARTIAL_OUTAGE: translatable("Partial outage"),
    Status.MAJOR_OUTAGE: translatable("Major outage"),
    Status.UNKNOWN: translatable("Not known"),
}
STATE_WORDS = {
    str(Progress.INVESTIGATING): translatable("Investigating"),
    str(Progress.IDENTIFIED): translatable("Cause identified"),
    str(Progress.MONITORING): translatable("Fix in place, watching"),
    str(Progress.RESOLVED): translatable("Resolved"),
    "withdrawn": translatable("Withdrawn"),
    "scheduled": translatable("Planned"),
    "in_progress": translatable("In progress"),
    "verifying": translatable("Being checked"),
    "completed": translatable("Completed"),
    "cancelled": translatable("Cancelled"),
}

DAY_LENGTH = len("2021-03-22")


@dataclass(frozen=True, kw_only=True)
class PageFormats:
    """Writes what a template shows."""

    speech: Speech

    def time(self, text: str | datetime, zone: tzinfo | None = None) -> Markup:
        """Write an instant for people and for programs."""
        moment = _moment(text)
        return _time(moment, self.speech.moment(moment, zone))

    def local(self, moment: datetime) -> str:
        """Write an instant as a field of a form has it, by the clocks of the page."""
        return f"{moment.astimezone(self.speech.zone):%Y-%m-%dT%H:%M}"

    def times(self, start: str | datetime, end: str | datetime, zone: tzinfo | None = None) -> Markup:
        """Write a span of time."""
        first, last = _moment(start), _moment(end)
        said_first, said_last = self.speech.span(first, last, zone)
        return Markup("{} – {}").format(_time(first, said_first), _time(last, said_last))

    def clocks(self, start: str, end: str) -> Markup:
        """Write a span by the clocks of its own offsets, with the days of the week: ``2024-07-27T22:00-06:00``."""
        first, last = _moment(start), _moment(end)
        same = first.date() == last.date()
        said = f"{last:%H:%M}" if same else self.speech.clock(last)
        if first.utcoffset() == last.utcoffset():
            offset = self.speech.offset(last)
            return Markup('{} – {} <span class="offset">({})</span>').format(
                _time(first, self.speech.clock(first)), _time(last, said), offset
            )
        return Markup('{} <span class="offset">({})</span> – {} <span class="offset">({})</span>').format(
            _time(first, self.speech.clock(first)),
            self.speech.offset(first),
            _time(last, said),
            self.speech.offset(last),
        )

    def said(self, text: str) -> Markup:
        """Write a day or an instant, whichever was said."""
        return self.day(text) if len(text) == DAY_LENGTH else self.time(text)

    def day(self, text: str | date) -> Markup:
        """Write a day for people and for programs."""
        day = text if isinstance(text, date) else date.fromisoformat(text)
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), self.speech.day(day))

    def since(self, start: str | datetime, end: str | datetime) -> str:
        """Write how long something took."""
        return self.speech.length((_moment(end) - _moment(start)).total_seconds())

    def status(self, status: str) -> str:
        """Give the words for a status."""
        return self.speech.text(STATUS_WORDS[Status(status)])

    def state(self, state: str) -> str:
        """Give the words for how far an incident or a window has come."""
        return self.speech.text(STATE_WORDS[state])

    def several(self, names: Sequence[str]) -> str:
        """Write a list of names."""
        return self.speech.several(names)

    def named(self, keys: Iterable[str], names: Mapping[str, str]) -> str:
        """Write a list of things by their names."""
        return self.speech.several([names.get(key) or name_of(self.speech, key) for key in keys])


def _moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def _time(moment: datetime, said: str) -> Markup:
    iso = moment.isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(iso, escape(said))
