"""The picture of the last days of a component: small, drawn in shapes, and in words."""

from __future__ import annotations

import gzip
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from api.reports.uptime_picture import bad_days, drawn
from domain.impact import Status

if TYPE_CHECKING:
    from application.reports.documents import UptimeDay

FIRST = date(2025, 3, 1)
FULL_DAY = 86_400


def a_day(number: int, held: dict[str, float] | None = None, *, vouched: bool = True) -> UptimeDay:
    """Give a day; without any time it is well all the time."""
    held = held or {"operational": FULL_DAY}
    worst = max((Status(status) for status in held), key=list(Status).index)
    day = (FIRST + timedelta(days=number)).isoformat()
    if not vouched:
        return {"day": day, "status": "unknown", "is_vouched": False, "seconds": {}}
    return {"day": day, "status": str(worst), "is_vouched": True, "seconds": dict(held)}


WEEK = [
    a_day(0, vouched=False),
    a_day(1, vouched=False),
    a_day(2, {"unknown": FULL_DAY}),
    a_day(3, {"unknown": FULL_DAY}),
    a_day(4),
    a_day(5, {"operational": 80_000, "major_outage": 61, "degraded_performance": 6_339}),
    a_day(6, {"operational": 86_000, "unknown": 400}),
]
DAYS = st.lists(
    st.builds(
        lambda held, vouched: (held, vouched),
        st.dictionaries(st.sampled_from([str(status) for status in Status]), st.integers(1, FULL_DAY), min_size=1),
        st.booleans(),
    ),
    min_size=1,
    max_size=90,
).map(lambda days: [a_day(number, held, vouched=vouched) for number, (held, vouched) in enumerate(days)])


class TestPicture:
    def test_draws_what_is_known_as_bars_and_what_is_not_as_stubs(self) -> None:
        assert drawn(WEEK).labelled("Labels") == (
            '<svg class="days" viewBox="0 0 35 32" preserveAspectRatio="none" stroke-width="4" role="img"'
            ' aria-label="Labels">'
            '<path class="base" d="M20 16h15" stroke-width="32" stroke-dasharray="4 1"/>'
            '<path class="unknown" d="M10 28h10" stroke-width="8" stroke-dasharray="4 1"/>'
            '<path class="unvouched" d="M0 30.5h10" stroke-width="3" stroke-dasharray="4 1"/>'
            '<path class="unknown" d="M32 32v-6"/>'
            '<path class="major_outage" d="M27 32v-32"/>'
            "</svg>"
        )

    def test_escapes_its_label(self) -> None:
        assert 'aria-label="&lt;b&gt; &amp; &quot;c&quot;"' in drawn(WEEK).labelled('<b> & "c"')

    @given(days=DAYS)
    def test_has_each_day_once_in_a_row_and_a_mark_for_each_that_was_not_well(self, days: list[UptimeDay]) -> None:
        picture = ET.fromstring(drawn(days).labelled("x"))  # noqa: S314 - we have drawn it
        rows = [path for path in picture if "stroke-dasharray" in path.attrib]
        in_rows = [
            int(start) // 5 + place
            for row in rows
            for start, length in re.findall(r"M(\d+) [\d.]+h(\d+)", row.attrib["d"])
            for place in range(int(length) // 5)
        ]
        marked = [
            (int(x) // 5, path.attrib["class"])
            for path in picture
            if path not in rows
            for x in re.findall(r"M(\d+) ", path.attrib["d"])
        ]

        assert sorted(in_rows) == list(range(len(days)))
        wholly_unknown = {n for n, day in enumerate(days) if set(day["seconds"]) <= {"unknown"}}
        assert sorted(marked) == [
            (number, day["status"])
            for number, day in enumerate(days)
            if day["status"] != "operational" and number not in wholly_unknown
        ]
        assert len(picture) <= 8

    def test_of_twenty_components_over_ninety_days_is_small(self) -> None:
        bad: dict[int, dict[str, float]] = {
            7: {"major_outage": 6_400},
            31: {"partial_outage": 6_400},
            64: {"under_maintenance": 6_400},
            80: {"degraded_performance": 6_400},
        }
        pictures = "".join(
            drawn(
                [
                    a_day(number, held) if (held := bad.get((number + 7 * component) % 90)) else a_day(number)
                    for number in range(90)
                ]
            ).labelled(f"Component {component}")
            for component in range(20)
        )

        assert len(gzip.compress(pictures.encode(), 6)) <= 800


class TestBadDays:
    def test_are_listed_with_the_worst_status_first_and_minutes_begun(self) -> None:
        assert bad_days(WEEK)[2:] == [
            {
                "day": "2025-03-06",
                "last_day": "2025-03-06",
                "is_vouched": True,
                "status": "major_outage",
                "minutes": 2,
                "held": [{"status": "major_outage", "minutes": 2}, {"status": "degraded_performance", "minutes": 106}],
            },
            {
                "day": "2025-03-07",
                "last_day": "2025-03-07",
                "is_vouched": True,
                "status": "unknown",
                "minutes": 7,
                "held": [{"status": "unknown", "minutes": 7}],
            },
        ]

    def test_in_a_row_of_which_nothing_is_known_are_one(self) -> None:
        assert bad_days(WEEK)[:2] == [
            {
                "day": "2025-03-01",
                "last_day": "2025-03-02",
                "is_vouched": False,
                "status": "unknown",
                "minutes": 0,
                "held": [],
            },
            {
                "day": "2025-03-03",
                "last_day": "2025-03-04",
                "is_vouched": True,
                "status": "unknown",
                "minutes": 2_880,
                "held": [{"status": "unknown", "minutes": 2_880}],
            },
        ]

    def test_are_none_if_all_was_well(self) -> None:
        assert bad_days([a_day(number) for number in range(90)]) == []
