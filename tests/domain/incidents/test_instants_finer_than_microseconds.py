"""Instants that a source writes finer than a microsecond are compared by the digits that a clock of ours cuts."""

import pytest

from domain.incidents.signal import exactly
from tests.domain.builders import at

MOMENT = at("10:00:00.123456")


class TestExactly:
    @pytest.mark.parametrize("digits", ["1", "10", "100"])
    def test_is_the_same_however_many_zeros_are_written(self, digits: str) -> None:
        assert exactly(MOMENT, f"2025-03-04T10:00:00.123456{digits}Z") == (MOMENT, "100")

    @pytest.mark.parametrize("text", [None, "2025-03-04T10:00:00Z", "2025-03-04T10:00:00.123456Z"])
    def test_has_no_more_digits_than_were_written(self, text: str | None) -> None:
        assert exactly(MOMENT, text) == (MOMENT, "000")

    @pytest.mark.parametrize("offset", ["Z", "+01:00", "-01:00"])
    def test_does_not_read_the_offset_as_digits(self, offset: str) -> None:
        assert exactly(MOMENT, f"2025-03-04T10:00:00.1234567{offset}") == (MOMENT, "700")
