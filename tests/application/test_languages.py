"""Language tags are looked up without case, from the most special to the most general."""

from __future__ import annotations

import pytest

from application.document import chosen
from application.languages import canonical_tag, look_up, text_language

LANGUAGES = ("en", "es", "pl", "pt")


class TestLookUp:
    @pytest.mark.parametrize(
        ("tag", "found"),
        [
            ("pt", "pt"),
            ("PT", "pt"),
            ("pt-BR", "pt"),
            ("pt-br", "pt"),
            ("es-419", "es"),
            ("es-x-merchant", "es"),
            ("zh-Hant-TW", None),
            ("p", None),
            ("pol", None),
        ],
    )
    def test_finds_the_tag_or_what_it_is_a_kind_of(self, tag: str, found: str | None) -> None:
        assert look_up(tag, LANGUAGES) == found

    def test_prefers_what_is_the_most_special(self) -> None:
        assert look_up("pt-br-x-a", ["pt", "pt-BR"]) == "pt-BR"
        assert look_up("pt-PT", ["pt", "pt-BR"]) == "pt"

    def test_finds_nothing_more_special_than_was_asked_for(self) -> None:
        assert look_up("pt", ["pt-BR"]) is None


class TestCanonicalTag:
    @pytest.mark.parametrize(
        ("tag", "written"),
        [
            ("PT", "pt"),
            ("pt-br", "pt-BR"),
            ("ZH-HANT-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-x-AB", "de-x-ab"),
            ("sl-ROZAJ", "sl-rozaj"),
        ],
    )
    def test_has_its_usual_case(self, tag: str, written: str) -> None:
        assert canonical_tag(tag) == written


class TestChosenText:
    def test_is_found_under_any_spelling(self) -> None:
        text = {"en": "Down", "PT-br": "Fora", "es": "Caído"}

        assert chosen(text, "pt-BR", "en") == "Fora"
        assert chosen(text, "ES-mx", "en") == "Caído"
        assert chosen(text, "de", "en") == "Down"
        assert chosen(text, "de", "EN-us") == "Down"
        assert chosen({"pl": "Awaria"}, "de", "en") == "Awaria"
        assert chosen({}, "de", "en") is None


class TestTextLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "en"),
            ("", "en"),
            ("es", "es"),
            (" ES ", "es"),
            ("pt-BR", "pt"),
            ("de", "en"),
            ("es, pt", "en"),
            ("*", "en"),
            ("es;q=1", "en"),
        ],
    )
    def test_is_that_of_one_tag_that_is_known(self, header: str | None, language: str) -> None:
        assert text_language(header, LANGUAGES) == language
