"""An instant is written in one way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.instants import written


class TestWritten:
    @pytest.mark.parametrize(
        ("moment", "text"),
        [
            (datetime(2025, 3, 4, 11, 15, tzinfo=UTC), "2025-03-04T11:15:00Z"),
            (datetime(2025, 3, 4, 11, 15, tzinfo=timezone(timedelta(hours=2))), "2025-03-04T09:15:00Z"),
            (datetime(2025, 3, 4, 11, 15, 0, 1, tzinfo=UTC), "2025-03-04T11:15:00.000001Z"),
            (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        ],
    )
    def test_is_rfc_3339_in_utc(self, moment: datetime, text: str) -> None:
        assert written(moment) == text

    def test_is_nothing_that_has_no_offset(self) -> None:
        with pytest.raises(ValueError, match="has no offset"):
            written(datetime(2025, 3, 4, 11, 15))  # noqa: DTZ001 - that is what is refused
