"""Built-in texts in other languages, read from the catalogs beside this module."""

from __future__ import annotations

from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from application.languages import look_up

if TYPE_CHECKING:
    from gettext import NullTranslations

FOLDER = Path(__file__).parent
SOURCE = "en"
"""The language of the texts in the code, which needs no catalog."""
KEPT = 64
"""For how many languages it is remembered which catalog they have."""


class GettextCatalogs:
    """Texts by language; where there is no catalog of a language, they are English."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are texts in."""
        return _languages()

    def text(self, language: str, message: str) -> str:
        """Give a text in a language."""
        return _of(language).gettext(message)

    def plural(self, language: str, one: str, many: str, number: int) -> str:
        """Give the text for a number of things, by the plural rules of a language."""
        return _of(language).ngettext(one, many, number)


@cache
def _languages() -> tuple[str, ...]:
    # A page asks for hundreds of texts: the folder is listed once.
    return (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po")))


@lru_cache(maxsize=KEPT)
def _of(language: str) -> NullTranslations:
    return _translations(look_up(language, _languages()))


@cache
def _translations(language: str | None) -> NullTranslations:
    # Parsed when a language is first asked for: no start waits for it.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415
    from babel.support import NullTranslations, Translations  # noqa: PLC0415

    if language is None or language == SOURCE:
        return NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language.replace("-", "_"), abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
