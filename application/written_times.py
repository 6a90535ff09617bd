"""Times, countries and lists as people of a language write them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from babel import Locale

KEPT = 4_096
"""How many days are kept as they are written."""
LANGUAGES_KEPT = 64
REGIONS = {"pt": "pt_PT"}
"""The country whose names of places and ways of writing numbers a language takes, where Babel assumes another one."""
MINUTE = 60


@lru_cache(maxsize=LANGUAGES_KEPT)
def locale_of(language: str) -> Locale:
    """Give how a language writes (BCP 47 tag); as English does, if nothing is known of it."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - it takes a tenth of a second, which no start waits for

    try:
        return Locale.parse(REGIONS.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def write_moment(language: str, local: datetime) -> str:
    """Write day and time by the clocks that a moment has, with their distance from UTC."""
    from babel.dates import format_datetime  # noqa: PLC0415

    locale = locale_of(language)
    return f"{write_day(language, local)}, {format_datetime(local, 'HH:mm', locale=locale)} {write_offset(local)}"


def write_day(language: str, day: date) -> str:
    """Write a day, or that of a moment by its own clocks, with month and year."""
    return _day(locale_of(language), date(day.year, day.month, day.day))


def write_offset(moment: datetime) -> str:
    """Write how far the clocks of a moment are from UTC: ``UTC``, ``UTC+1``, ``UTC-3:30``."""
    minutes = int((moment.utcoffset() or moment - moment).total_seconds() // MINUTE)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}{f':{rest:02d}' if rest else ''}" if minutes else "UTC"


def write_country(language: str, code: str) -> str:
    """Name a country (ISO 3166-1 alpha-2); by its code if the language has no name for it."""
    return str(locale_of(language).territories.get(code, code))


def write_list(language: str, names: Sequence[str]) -> str:
    """Write a list of names as a sentence has it: ``A, B and C``."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(names, locale=locale_of(language))


# A page has the same days many times, and they are slow to write.
@lru_cache(maxsize=KEPT)
def _day(locale: Locale, day: date) -> str:
    from babel.dates import format_date  # noqa: PLC0415

    return format_date(day, "long", locale=locale)
