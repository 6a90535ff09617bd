"""Every built-in text is there in every language, and says the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog

from infrastructure.languages.catalogs import GettextCatalogs
from tests.architecture.messages import catalogs, messages, read_catalog, strings

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message

SAME_AS_IN_ENGLISH = {
    # The same word in both languages, as somebody who reads it has confirmed.
    "es": {"Panel"},
    "pl": {"Panel", "E-mail", "%(larger)s %(smaller)s"},
    "pt": {"E-mail"},
}
BLANK = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(name="catalog", params=catalogs(), ids=lambda path: path.stem)
def _catalog(request: pytest.FixtureRequest) -> tuple[str, Catalog]:
    path: Path = request.param
    return path.stem, read_catalog(path)


class TestCatalog:
    def test_has_each_text_of_the_program_and_no_other(self, catalog: tuple[str, Catalog]) -> None:
        assert _ids(catalog[1]) == _ids(messages())

    def test_translates_each_whole_and_surely(self, catalog: tuple[str, Catalog]) -> None:
        assert not _faults(*catalog)

    def test_keeps_the_blanks_of_each(self, catalog: tuple[str, Catalog]) -> None:
        wrong = [message.id for message in _texts(catalog[1]) if not _blanks_are_kept(message)]

        assert not wrong


def test_a_translation_that_is_missing_unsure_or_english_is_found() -> None:
    planted = Catalog(locale="es")
    planted.add("Planned", "Planned")
    planted.add("Empty", "")
    planted.add("Unsure", "¿Seguro?", flags=["fuzzy"])

    assert set(_faults("es", planted)) == {"Planned", "Empty", "Unsure"}


def test_a_translation_that_loses_a_blank_is_found() -> None:
    planted = Catalog(locale="es")
    message = planted.add("since %(time)s", "desde entonces")

    assert not _blanks_are_kept(message)


class TestGettextCatalogs:
    def test_speak_every_language_that_has_a_file_and_english(self) -> None:
        assert set(GettextCatalogs().languages) >= {"en", "es", "pl", "pt"}

    def test_speak_english_where_there_is_no_catalog(self) -> None:
        assert GettextCatalogs().text("de", "Planned") == "Planned"

    def test_find_a_language_by_the_tag_of_one_of_its_regions(self) -> None:
        assert GettextCatalogs().text("es-MX", "Planned") == "Planificado"

    @pytest.mark.parametrize(("number", "said"), [(1, "1 dzień"), (2, "2 dni"), (5, "5 dni")])
    def test_have_the_plural_forms_of_each_language(self, number: int, said: str) -> None:
        one, many = "%(number)s day", "%(number)s days"

        assert GettextCatalogs().plural("pl", one, many, number) % {"number": number} == said


def _texts(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _ids(catalog: Catalog) -> set[object]:
    return {message.id for message in _texts(catalog)}


def _faults(language: str, catalog: Catalog) -> list[object]:
    reviewed = SAME_AS_IN_ENGLISH.get(language, set())
    return [
        message.id
        for message in _texts(catalog)
        if message.fuzzy
        or not all(strings(message))
        or (strings(message)[0] == message.id and message.id not in reviewed)
    ]


def _blanks_are_kept(message: Message) -> bool:
    sources = (message.id,) if isinstance(message.id, str) else message.id
    # A number that a form has in words may be left out.
    number = {"%(number)s", "%(num)s"}
    wanted = set(BLANK.findall(sources[-1]))
    return all(wanted - set(BLANK.findall(text)) <= number for text in strings(message)) and all(
        set(BLANK.findall(text)) <= wanted for text in strings(message)
    )
