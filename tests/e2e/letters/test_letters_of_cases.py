"""Who follows one of the four cases by mail reads these words, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_store import demo_copy, folder_of_all
from tests.e2e.letters.golden_letters import GOLDEN, letters_of_cases, the_site

if TYPE_CHECKING:
    import pytest


def test_the_four_cases_are_written_as_was_read(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    folder = tmp_path_factory.mktemp("letters")
    with the_site(demo_copy(folder_of_all(tmp_path_factory, pytestconfig), folder)) as site:
        written = letters_of_cases(site)

    assert written == {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt")}
