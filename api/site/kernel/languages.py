"""The language of a page: how it is chosen, and how words, times and numbers are written in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from api.site.kernel.words import name_of
from application.languages import TAG, look_up
from application.texts import translatable
from application.written_times import locale_of, write_country, write_day, write_list, write_moment, write_offset

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime, tzinfo

    from babel import Locale

    from application.ports import Catalogs

KEPT = 4_096
"""How many numbers and percentages are kept as they are written."""
MOST_PREFERENCES = 20
"""How many ranges of an ``Accept-Language`` are looked at."""
NATIVE = {"en": "English", "es": "Español", "pl": "Polski", "pt": "Português"}
MINUTE, HOUR, DAY = 60, 3_600, 86_400
TWO_UNITS = translatable("%(larger)s %(smaller)s")
"""A length of time in two units, as in "1 hour 30 minutes"."""


def negotiated(header: str | None, languages: Sequence[str]) -> str:
    """Choose by ``Accept-Language`` (RFC 9110, 12.5.4, with the look-up of RFC 4647); the first is the default."""
    for tag in _preferences(header or ""):
        found = look_up(tag, languages)
        if found is not None:
            return found
    return languages[0]


def _preferences(header: str) -> Iterable[str]:
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:MOST_PREFERENCES]:
        tag, _, weight = (piece.strip() for piece in part.partition(";"))
        if TAG.fullmatch(tag):
            weighed.append((_quality(weight), tag))
    return [tag for quality, tag in sorted(weighed, key=lambda pair: -pair[0]) if quality > 0]


def _quality(text: str) -> float:
    name, _, value = text.replace(" ", "").partition("=")
    if name.lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Speech:
    """Writes in one language, by the clocks of one zone."""

    language: str
    zone: tzinfo
    catalogs: Catalogs

    @cached_property
    def _locale(self) -> Locale:
        return locale_of(self.language)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self._locale.text_direction

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return NATIVE.get(self.language) or (self._locale.display_name or self.language).capitalize()

    def text(self, message: str, **values: object) -> str:
        """Give a text in the language, with its ``%(name)s`` filled in."""
        found = self.catalogs.text(self.language, message)
        return found % values if values else found

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Give the text for a number, which stands in it as ``%(number)s``."""
        return self.catalogs.plural(self.language, one, many, number) % {"number": self.number(number), **values}

    def key(self, key: str) -> str:
        """Name a key: by its well-known name, else by the words that it is made of."""
        return name_of(self, key)

    def number(self, value: float) -> str:
        """Write a number."""
        return _number(self._locale, value)

    def percent(self, hundredths: str) -> str:
        """Write a percentage, given as ``99.95``, with all its digits."""
        return _percent(self._locale, hundredths)

    def moment(self, moment: datetime, zone: tzinfo | None = None) -> str:
        """Write day and time by the clocks of a zone, with its distance from UTC."""
        return write_moment(self.language, moment.astimezone(zone or self.zone))

    def span(self, start: datetime, end: datetime, zone: tzinfo | None = None) -> tuple[str, str]:
        """Write start and end; the end without its day if that is the same, and the offset where it is needed."""
        first, last = (each.astimezone(zone or self.zone) for each in (start, end))
        if first.date() != last.date() or first.utcoffset() != last.utcoffset():
            return self.moment(start, zone), self.moment(end, zone)
        return f"{self.day(first)}, {first:%H:%M}", f"{last:%H:%M} {self.offset(last)}"

    def day(self, day: date) -> str:
        """Write a day with its month and year."""
        return write_day(self.language, day)

    def weekday(self, day: date) -> str:
        """Write a day with its name, month and year."""
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(day, "full", locale=self._locale)

    def clock(self, moment: datetime) -> str:
        """Write the day of the week, the day and the time that a moment has by its own clocks."""
        return f"{self.weekday(moment)}, {moment:%H:%M}"

    def city(self, zone: str) -> str:
        """Name the city after which an IANA zone is called, or the zone itself."""
        from babel.dates import get_timezone_location  # noqa: PLC0415

        return get_timezone_location(zone, locale=self._locale, return_city=True)

    def month(self, day: date) -> str:
        """Write a month and its year."""
        from babel.dates import format_skeleton  # noqa: PLC0415

        return format_skeleton("yMMMM", day, locale=self._locale)

    def offset(self, moment: datetime) -> str:
        """Write how far the clocks of a moment are from UTC: ``UTC``, ``UTC+1``, ``UTC-3:30``."""
        return write_offset(moment)

    def length(self, seconds: float) -> str:
        """Write a length of time in its two largest units: days, hours, minutes."""
        whole = int(seconds)
        days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
        if not whole // MINUTE:
            return self.plural("%(number)s second", "%(number)s seconds", whole)
        parts = [
            self.plural("%(number)s day", "%(number)s days", days) if days else "",
            self.plural("%(number)s hour", "%(number)s hours", hours) if hours else "",
            self.plural("%(number)s minute", "%(number)s minutes", minutes) if minutes else "",
        ]
        said = [part for part in parts if part][:2]
        return said[0] if len(said) == 1 else self.text(TWO_UNITS, larger=said[0], smaller=said[1])

    def country(self, code: str) -> str:
        """Name a country (ISO 3166-1 alpha-2); by its code if the language has no name for it."""
        return write_country(self.language, code)

    def several(self, names: Sequence[str]) -> str:
        """Write a list of names as a sentence has it: ``A, B and C``."""
        return write_list(self.language, names)


# A page has the same numbers many times, and they are slow to write.
@lru_cache(maxsize=KEPT)
def _number(locale: Locale, value: float) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    return format_decimal(value, locale=locale)


@lru_cache(maxsize=KEPT)
def _percent(locale: Locale, hundredths: str) -> str:
    from babel.numbers import format_percent  # noqa: PLC0415

    return format_percent(Decimal(hundredths) / 100, locale=locale, decimal_quantization=False)
