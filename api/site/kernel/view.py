"""What a template knows of its page: words, times and links, all in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from api.site.kernel.words import name_of
from application.texts import translatable
from domain.impact import Status
from domain.incidents import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.site.kernel.languages import Speech
    from api.site.kernel.static import StaticFiles
    from api.site.kernel.steps import Steps
    from application.facade import SiteSettings

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
class PageView:
    """A page as its template sees it.

    ``path`` is that of the page without its language, ``""`` for the board. ``as_of`` is the moment in the past that
    it shows, as it was asked for, None for now.
    """

    speech: Speech
    site: SiteSettings
    files: StaticFiles
    languages: Mapping[str, str]
    """What each language calls itself, by its tag."""
    path: str
    now: datetime
    as_of: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    """What was asked of the page itself, by the names that it knows."""
    has_panels: bool = False
    """Whether there are panels that readers see."""
    is_demo: bool = False
    offers_mail: bool = False
    """Whether readers can subscribe by e-mail."""
    steps: Steps | None = None
    """The changes around the moment that it shows; None for pages without such steps."""

    @property
    def is_copy(self) -> bool:
        """Whether the page is a file of a copy, which has no server that could answer forms."""
        return False

    @property
    def language(self) -> str:
        """The tag of the language."""
        return self.speech.language

    def link(self, path: str, **query: str) -> str:
        """Give the address of a page in this language, of the same moment."""
        return self.address(self.language, path, **query)

    def address(self, language: str, path: str, **query: str) -> str:
        """Give the address of a page in a language, of the same moment."""
        if self.as_of is not None:
            query = {**query, "as_of": self.as_of}
        return f"/{language}/{quote(path)}{_written(query)}"

    def absolute(self, path: str, language: str | None = None, **query: str) -> str:
        """Give the whole address of a page as it is now."""
        return f"{self.site.url}/{language or self.language}/{quote(path)}{_written(query)}"

    def subscribing(self, keys: Mapping[str, str | Sequence[str]]) -> str:
        """Give the address of the form for subscribing by e-mail, filled in with what a page is about."""
        query = f"?{urlencode(keys, doseq=True)}" if keys else ""
        return f"/{self.language}/subscribe{query}"

    def file(self, path: str, **query: str) -> str:
        """Give the address of a file for programs in this language, as it is now: a feed, a calendar."""
        return f"/{self.language}/{quote(path)}{_written(query)}"

    def same(self, language: str) -> str:
        """Give the address of this page in a language, of the same moment and with what was asked of it."""
        return self.address(language, self.path, **self.query)

    def as_of_link(self, moment: str) -> str:
        """Give the address of this page as it was at a moment, with what was asked of it."""
        return self.form_target() + _written({**self.query, "as_of": moment})

    def now_link(self) -> str:
        """Give the address of this page as it is now, with what was asked of it."""
        return self.form_target() + _written(self.query)

    def form_target(self) -> str:
        """Give the address of this page as it is now, to which a form adds what it asks."""
        return f"/{self.language}/{quote(self.path)}"

    def static(self, name: str) -> str | None:
        """Give the address of a file; None if there is none of this name."""
        return self.files.path(name)

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


def _written(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""


def _moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def _time(moment: datetime, said: str) -> Markup:
    iso = moment.isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(iso, escape(said))
