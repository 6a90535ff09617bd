"""Who follows one of the four cases gets these messages at these times, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_store import demo_copy, folder_of_all
from tests.e2e.letters.golden_tables import GOLDEN, tables_of_cases

if TYPE_CHECKING:
    import pytest


def test_the_four_cases_are_sent_as_was_read(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    shared, folder = folder_of_all(tmp_path_factory, pytestconfig), tmp_path_factory.mktemp("tables")

    assert tables_of_cases(demo_copy(shared, folder)) == {
        path.name: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt")
    }
