"""Whether two names mean one person."""

import pytest

from domain.people import is_same_person

RITA = "Rita Peña"


@pytest.mark.parametrize(
    "other",
    [
        "rita peña",
        "RITA PEÑA",
        " Rita Peña\u00a0",
        "Rita Pen\u0303a",
        "Rita PEN\u0303A",
        "Rita\u200b Peña\ufeff",
        "\u2003Rita Peña\n",
    ],
)
def test_names_that_differ_by_case_blanks_or_composition_mean_one_person(other: str) -> None:
    assert is_same_person(RITA, other)
    assert is_same_person(other, RITA)


@pytest.mark.parametrize("other", ["Rita Pena", "Rita  Peña", "Peña Rita", "rita", ""])
def test_other_names_mean_another_person(other: str) -> None:
    assert not is_same_person(RITA, other)
