"""A text leaves blanks open, and braces write themselves when they are doubled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.templates.blanks import Blank, fill_blanks, read_blanks
from domain.templates.errors import BadBraces, UnknownBlank
from domain.text import LONGEST_TEXT

VALUES = {Blank.COMPONENT: "Imports", Blank.MARKET: "Spain", Blank.TIME: "noon"}
plain = st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=9)
pieces = st.lists(plain | st.sampled_from(["{{", "}}", *(blank.as_written for blank in Blank)]), max_size=9)


def filled(text: str) -> str:
    """Fill a text with the same values always."""
    return fill_blanks(text, VALUES.__getitem__)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "blanks"),
        [
            ("Nothing is open.", set()),
            ("{component} in {market} until {time}", set(Blank)),
            ("{time}{time}", {Blank.TIME}),
            ("{{component}} and {{}}", set()),
            ("{{{component}}}", {Blank.COMPONENT}),
        ],
    )
    def test_finds_the_blanks(self, text: str, blanks: set[Blank]) -> None:
        assert read_blanks(text, frozenset(Blank), pointer="/message") == blanks

    @pytest.mark.parametrize(
        ("text", "character"),
        [("{component", 1), ("a { b", 3), ("{component {market}", 1), ("{{{", 3), ("a } b", 3), ("{time}}", 7)],
    )
    def test_refuses_a_brace_alone_and_says_where(self, text: str, character: int) -> None:
        with pytest.raises(BadBraces, match=f"character {character} ") as refusal:
            read_blanks(text, frozenset(Blank), pointer="/message/en")

        assert refusal.value.facts == {"pointer": "/message/en", "character": character}

    @pytest.mark.parametrize(
        ("text", "nearest"),
        [
            ("{Component}", Blank.COMPONENT),
            ("{components}", Blank.COMPONENT),
            ("{ market }", Blank.MARKET),
            ("{tiem}", Blank.TIME),
            ("{}", None),
            ("{0}", None),
            ("{component.name}", Blank.COMPONENT),
            ("{something else}", None),
        ],
    )
    def test_refuses_a_blank_that_there_is_not_and_names_the_nearest(self, text: str, nearest: Blank | None) -> None:
        with pytest.raises(UnknownBlank, match=nearest.as_written if nearest else "there are") as refusal:
            read_blanks(text, frozenset(Blank), pointer="/title/en")

        assert refusal.value.facts == {"pointer": "/title/en", "nearest": nearest}


class TestFilling:
    def test_puts_values_in(self) -> None:
        assert filled("{component} in {market}: {time}, {time}") == "Imports in Spain: noon, noon"

    def test_writes_one_brace_for_two(self) -> None:
        assert filled("{{{time}}} {{}}") == "{noon} {}"

    def test_reads_no_value_as_a_text(self) -> None:
        assert fill_blanks("{component}", lambda _: "{time} {{") == "{time} {{"

    def test_asks_for_no_value_that_is_not_needed(self) -> None:
        known = {Blank.TIME: "noon"}

        assert fill_blanks("{{component}} at {time}", known.__getitem__) == "{component} at noon"

    def test_refuses_what_would_be_too_long(self) -> None:
        assert len(fill_blanks("{time}", lambda _: "x" * LONGEST_TEXT)) == LONGEST_TEXT
        with pytest.raises(Invalid, match="more than 25000"):
            fill_blanks("{time}{time}", lambda _: "x" * (LONGEST_TEXT // 2 + 1))

    @given(pieces)
    def test_fills_whatever_can_be_read(self, parts: list[str]) -> None:
        text = "".join(parts)

        read_blanks(text, frozenset(Blank), pointer="/message")

        assert filled(text) == text.format(**{str(blank): value for blank, value in VALUES.items()})
