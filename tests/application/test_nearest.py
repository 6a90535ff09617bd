"""The nearest known word."""

from __future__ import annotations

from application.nearest import did_you_mean, nearest


class TestTheNearestWord:
    def test_is_the_one_with_fewest_differences(self) -> None:
        assert nearest("refrence", ["reference", "received_on", "source"]) == "reference"

    def test_is_found_without_regard_to_case(self) -> None:
        assert nearest("Limit", ["limit", "cursor"]) == "limit"

    def test_is_none_if_nothing_is_like_it(self) -> None:
        assert nearest("xyzzy", ["limit", "cursor"]) is None
        assert nearest("limit", []) is None

    def test_does_not_depend_on_the_order_of_the_known_words(self) -> None:
        known = ["buyers", "Buyers", "sellers"]

        assert nearest("buyer", known) == nearest("buyer", reversed(known))

    def test_is_named_at_the_end_of_a_sentence_or_not_at_all(self) -> None:
        assert did_you_mean("seller", ["sellers", "buyers"]) == "; did you mean sellers?"
        assert not did_you_mean("xyzzy", ["sellers", "buyers"])

    def test_of_a_long_word_is_looked_for_in_bounded_time(self) -> None:
        assert nearest("x" * 1_000_000, ["limit"]) is None
