"""Points in several languages as fields have them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.console.maintenance.points import read_points, write_points
from api.http.forms import FilledForm

TAGS = ("en", "pl")
LINE = st.text("ab*-. ", min_size=1, max_size=6).map(str.strip).filter(lambda line: line not in {"", "-"})
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
POINT = st.dictionaries(st.sampled_from(TAGS), TEXT, min_size=1)


def read(**texts: str) -> list[dict[str, str]]:
    return read_points(FilledForm((f"before.{tag}", text) for tag, text in texts.items()), "before")


@given(st.lists(POINT, max_size=4))
def test_that_are_written_are_read_as_they_were(points: list[dict[str, str]]) -> None:
    assert read(**write_points(points, TAGS)) == points


def test_stand_in_the_same_line_in_every_language() -> None:
    assert read(en="One\nTwo", pl="Jeden\nDwa\nTrzy") == [
        {"en": "One", "pl": "Jeden"},
        {"en": "Two", "pl": "Dwa"},
        {"pl": "Trzy"},
    ]


def test_go_on_in_lines_that_begin_with_a_blank() -> None:
    assert read(en="One\n  and\n \n\tmore\n\nTwo") == [{"en": "One\nand\n\nmore"}, {"en": "Two"}]


def test_can_be_missing_in_a_language() -> None:
    assert read(en="-\nTwo", pl="Jeden\n-") == [{"pl": "Jeden"}, {"en": "Two"}]


def test_of_empty_fields_are_none() -> None:
    assert read(en="", pl=" \n ") == []
