"""How tests are shared out among processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shares import LONG_ALONE, LONGEST, share_of, turn_of

ROOT = Path(__file__).parents[1]
HELD = "tests/api/ledger/test_held_queries.py"


class TestShares:
    @pytest.mark.parametrize(
        ("test", "other"),
        [
            ("TestList::test_is_paged[sqlite]", "TestCount::test_is_exact[sqlite-7]"),
            ("test_one", "TestCount::test_two[a-b]"),
        ],
    )
    def test_keep_the_tests_of_a_module_together(self, test: str, other: str) -> None:
        assert share_of(f"{HELD}::{test}") == share_of(f"{HELD}::{other}")

    @pytest.mark.parametrize("of_the_other_store", ["[postgres]", "[postgres-7]", "[0.1.0-postgres]"])
    def test_part_the_stores(self, of_the_other_store: str) -> None:
        assert share_of(f"{HELD}::test_is_paged{of_the_other_store}") != share_of(f"{HELD}::test_is_paged[sqlite]")

    def test_begin_with_what_takes_longest(self) -> None:
        short, long = "tests/domain/test_spans.py::test_one", f"{LONGEST[0]}::test_one"
        assert sorted([short, f"{HELD}::test_one", "tests/e2e/test_server.py::test_one", long], key=turn_of) == [
            long,
            "tests/e2e/test_server.py::test_one",
            f"{HELD}::test_one",
            short,
        ]

    @pytest.mark.parametrize("path", sorted({*LONGEST, *LONG_ALONE}))
    def test_are_named_after_modules_that_exist(self, path: str) -> None:
        assert (ROOT / path).is_file()
