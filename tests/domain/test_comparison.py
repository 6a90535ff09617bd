"""What looks the same is the same, and what nobody sees is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.comparison import comparable, invisible_in


class TestComparable:
    @pytest.mark.parametrize(
        ("written", "same"),
        [
            ("4711", "4711"),
            (" 4711\t", "4711"),
            ("47 11", "47 11"),
            ("\u00a047\u202f11\u3000", "47 11"),
            ("\ufeff47\u200b11\u2060", "4711"),
            ("cafe\u0301", "caf\u00e9"),
            # What parts the two is gone first.
            ("cafe\u200b\u0301", "caf\u00e9"),
            ("CAF\u00c9", "CAF\u00c9"),
        ],
    )
    def test_is_without_what_nobody_sees(self, written: str, same: str) -> None:
        assert comparable(written) == same

    @given(st.text())
    def test_is_comparable_itself(self, text: str) -> None:
        assert comparable(comparable(text)) == comparable(text)


class TestInvisible:
    @pytest.mark.parametrize(
        ("written", "names"),
        [
            ("47 11", []),
            (" 4711", ["U+0020 SPACE"]),
            (
                "\ufeff 47\u00a011\u200b\u200b",
                ["ZERO WIDTH NO-BREAK SPACE", "SPACE", "NO-BREAK SPACE", "ZERO WIDTH SPACE"],
            ),
            ("47\U000e007f", ["CANCEL TAG"]),
        ],
    )
    def test_is_named_once_in_order(self, written: str, names: list[str]) -> None:
        found = invisible_in(written)

        assert len(found) == len(names)
        assert all(one.endswith(name) for one, name in zip(found, names, strict=True))

    def test_is_named_of_several_texts(self) -> None:
        assert invisible_in("shop\u00a0", "4711", "\u00a0") == ["U+00A0 NO-BREAK SPACE"]
