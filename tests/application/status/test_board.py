"""The board shows the worst of what is open, says since when, and tells readers nothing that is private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.document import instant
from application.status.board import PRIVATE, PUBLIC, Viewer, board, folded
from application.status.documents import BoardComponent
from application.status.projection import CauseRow, ComponentRow
from domain.impact import EVERYWHERE, Status, StatusSpan
from tests.application.causes import HOUR, a_cause, a_component, about, causes, minute, shown, shown_since
from tests.application.program import IMPORTS, LABELS

SIX = (
    a_cause("incident 1", Status.MAJOR_OUTAGE, 0),
    a_cause("incident 2", Status.PARTIAL_OUTAGE, 1),
    a_cause("incident 3", Status.DEGRADED_PERFORMANCE, 2),
    a_cause("pin 1", Status.PARTIAL_OUTAGE, 3, kind="pin"),
    a_cause("pin 2", Status.UNDER_MAINTENANCE, 4, kind="pin"),
    a_cause("silence", Status.UNKNOWN, 5, kind="silence"),
)
SIDES = st.sampled_from([PUBLIC, PRIVATE])


class TestStatus:
    def test_is_the_worst_open_one_in_whatever_order_six_causes_end(self) -> None:
        ended = [replace(row, ended_at=minute(10)) for row in SIX]
        for order in permutations(range(6)):
            rows = list(SIX)
            for over in order:
                rows[over] = ended[over]
                left = [Status(row.status) for row in rows if row.ended_at is None]
                assert status_of(rows) is max(left, key=list(Status).index, default=Status.OPERATIONAL)

    @given(rows=causes(), vouched=st.integers(-5, HOUR), side=SIDES, number=st.integers(0, HOUR + 5))
    def test_at_a_moment_is_that_of_a_plain_look(
        self, rows: list[CauseRow], vouched: int, side: Viewer, number: int
    ) -> None:
        entry = look(rows, a_component(vouched=vouched), side=side, number=number)

        assert entry["status"] == shown(rows, number, vouched=vouched, public=side.public)

    @given(rows=causes(), vouched=st.integers(-5, HOUR), side=SIDES, number=st.integers(0, HOUR + 5))
    def test_at_a_moment_says_since_when(self, rows: list[CauseRow], vouched: int, side: Viewer, number: int) -> None:
        entry = look(rows, a_component(vouched=vouched), side=side, number=number)

        assert entry["status_since"] == instant(shown_since(rows, number, vouched=vouched, public=side.public))

    @given(rows=causes(), vouched=st.integers(-5, HOUR), side=SIDES)
    def test_of_now_is_that_of_what_has_no_end(self, rows: list[CauseRow], vouched: int, side: Viewer) -> None:
        entry = look(rows, a_component(vouched=vouched), side=side, number=None)

        assert entry["status"] == shown(rows, HOUR, vouched=vouched, public=side.public)
        assert entry["status_since"] == instant(shown_since(rows, HOUR, vouched=vouched, public=side.public))

    def test_goes_on_while_overlapping_causes_take_turns(self) -> None:
        rows = [a_cause(f"incident {number}", Status.MAJOR_OUTAGE, number, number + 10) for number in range(0, 50, 5)]

        assert look(rows, number=54)["status_since"] == instant(minute(0))

    def test_goes_on_while_a_worse_one_ends_and_as_bad_a_one_begins(self) -> None:
        rows = [a_cause("one", Status.MAJOR_OUTAGE, 5, 10), a_cause("other", Status.MAJOR_OUTAGE, 10, 20)]

        assert look(rows, number=15)["status_since"] == instant(minute(5))

    def test_begins_anew_when_a_worse_one_ends(self) -> None:
        rows = [a_cause("one", Status.DEGRADED_PERFORMANCE, 0), a_cause("other", Status.MAJOR_OUTAGE, 10, 20)]

        assert look(rows, number=30)["status_since"] == instant(minute(20))

    def test_is_half_open(self) -> None:
        rows = [a_cause("one", Status.MAJOR_OUTAGE, 10, 20)]

        assert [look(rows, number=number)["status"] for number in (9, 10, 19, 20)] == [
            Status.OPERATIONAL,
            Status.MAJOR_OUTAGE,
            Status.MAJOR_OUTAGE,
            Status.OPERATIONAL,
        ]


class TestUnknown:
    def test_shows_only_when_nothing_else_is_open(self) -> None:
        silence = a_cause("silence", Status.UNKNOWN, 0, kind="silence")

        assert status_of([silence]) is Status.UNKNOWN
        for status in (status for status in Status if status.is_impact):
            assert status_of([silence, a_cause("pin", status, 1, kind="pin")]) is status

    def test_shows_before_we_vouch_for_it(self) -> None:
        component = a_component(vouched=30)

        assert look([], component, number=29)["status"] == Status.UNKNOWN
        assert look([], component, number=29)["status_since"] is None
        assert look([], component, number=30)["status"] == Status.OPERATIONAL
        assert look([], component, number=30)["status_since"] == instant(minute(30))

    def test_gives_way_to_a_cause_before_we_vouch_for_it(self) -> None:
        rows = [a_cause("one", Status.PARTIAL_OUTAGE, 10, 20)]
        component = a_component(vouched=30)

        assert [look(rows, component, number=number)["status"] for number in (5, 15, 25, 35)] == [
            Status.UNKNOWN,
            Status.PARTIAL_OUTAGE,
            Status.UNKNOWN,
            Status.OPERATIONAL,
        ]

    def test_does_not_count_for_the_indicator_unless_nothing_at_all_is_known(self) -> None:
        silence = a_cause("silence", Status.UNKNOWN, 0, kind="silence")
        two = board([a_component(), a_component(IMPORTS)], [silence], side=PUBLIC, at=None, now=minute(1))

        assert (two["indicator"], indicator([silence])) == ("none", "unknown")
        nothing_known = board([a_component(vouched=99)], [], side=PUBLIC, at=None, now=minute(1))
        assert nothing_known["indicator"] == "unknown"

    def test_is_no_cause_that_is_listed(self) -> None:
        assert look([a_cause("silence", Status.UNKNOWN, 0, kind="silence")], number=None)["causes"] == []


class TestWholeProduct:
    @given(
        rows=causes((LABELS, IMPORTS, EVERYWHERE)),
        vouched=st.integers(-5, HOUR),
        side=SIDES,
        number=st.none() | st.integers(0, HOUR + 5),
    )
    def test_is_each_component_that_a_side_sees(
        self, rows: list[CauseRow], vouched: int, side: Viewer, number: int | None
    ) -> None:
        first_vouched = {LABELS: -5, IMPORTS: vouched, "pages": -5}
        components = [a_component(key, vouched=first, public=key != "pages") for key, first in first_vouched.items()]
        moment = None if number is None else minute(number)

        document = board(components, rows, side=side, at=moment, now=minute(HOUR))

        seen = {entry["key"]: (entry["status"], entry["status_since"]) for entry in document["components"]}
        assert seen == {
            key: (
                shown(about(rows, key), at, vouched=first, public=side.public),
                instant(shown_since(about(rows, key), at, vouched=first, public=side.public)),
            )
            for key, first in first_vouched.items()
            for at in [HOUR if number is None else number]
            if key != "pages" or not side.public
        }

    def test_names_what_affects_it_at_each_component(self) -> None:
        rows = [
            a_cause("upgrade", Status.UNDER_MAINTENANCE, 5, kind="maintenance_window", component=EVERYWHERE),
            a_cause("trouble", Status.MAJOR_OUTAGE, 6, component=IMPORTS),
        ]

        document = board([a_component(), a_component(IMPORTS)], rows, side=PUBLIC, at=None, now=minute(HOUR))

        listed = {entry["key"]: [cause["id"] for cause in entry["causes"]] for entry in document["components"]}
        assert listed == {LABELS: ["upgrade"], IMPORTS: ["trouble", "upgrade"]}
        assert document["indicator"] == "critical"

    def test_without_components_is_not_known(self) -> None:
        rows = [a_cause("upgrade", Status.MAJOR_OUTAGE, 5, kind="maintenance_window", component=EVERYWHERE)]

        document = board([], rows, side=PUBLIC, at=None, now=minute(HOUR))

        assert (document["indicator"], document["components"], document["panels"]) == ("unknown", [], [])


class TestIndicator:
    @pytest.mark.parametrize(
        ("statuses", "expected"),
        [
            ([], "unknown"),
            ([Status.UNKNOWN], "unknown"),
            ([Status.UNDER_MAINTENANCE], "maintenance"),
            ([Status.DEGRADED_PERFORMANCE], "minor"),
            ([Status.PARTIAL_OUTAGE], "major"),
            ([Status.MAJOR_OUTAGE], "critical"),
            ([Status.UNDER_MAINTENANCE, Status.DEGRADED_PERFORMANCE], "minor"),
            ([Status.MAJOR_OUTAGE, Status.UNDER_MAINTENANCE], "critical"),
            ([Status.UNKNOWN, Status.PARTIAL_OUTAGE], "major"),
        ],
    )
    def test_is_that_of_the_worst_component(self, statuses: list[Status], expected: str) -> None:
        keys = [f"component {number}" for number in range(len(statuses))]
        rows = [a_cause("one", status, 0, component=key) for key, status in zip(keys, statuses, strict=True)]

        document = board([a_component(key) for key in keys], rows, side=PUBLIC, at=None, now=minute(1))

        assert document["indicator"] == expected

    @given(rows=causes((LABELS, IMPORTS)), number=st.integers(0, HOUR))
    def test_of_readers_is_blind_to_what_is_private(self, rows: list[CauseRow], number: int) -> None:
        components = [a_component(), a_component(IMPORTS, public=False)]
        visible = [row for row in rows if row.public and row.component == LABELS]

        seen = board(components, rows, side=PUBLIC, at=minute(number), now=minute(HOUR))

        assert seen == board(components[:1], visible, side=PUBLIC, at=minute(number), now=minute(HOUR))


class TestSides:
    rows = (
        a_cause("public", Status.DEGRADED_PERFORMANCE, 0),
        a_cause("private", Status.MAJOR_OUTAGE, 1, public=False),
        a_cause("again", Status.MAJOR_OUTAGE, 2, kind="relapse", public=False),
        a_cause("pinned", Status.PARTIAL_OUTAGE, 3, kind="pin"),
    )

    def test_of_readers_names_the_public_causes_by_rank(self) -> None:
        assert look(self.rows, number=None)["causes"] == [
            {"type": "pin", "status": "partial_outage", "since": instant(minute(3))},
            {
                "type": "incident",
                "status": "degraded_performance",
                "since": instant(minute(0)),
                "id": "public",
                "title": {"en": "public"},
            },
        ]

    def test_of_operators_names_them_all(self) -> None:
        listed = look(self.rows, side=PRIVATE, number=None)["causes"]

        assert [(cause["id"], cause["type"], cause["visibility"]) for cause in listed] == [
            ("private", "incident", "private"),
            ("again", "relapse", "private"),
            ("pinned", "pin", "public"),
            ("public", "incident", "public"),
        ]

    def test_of_readers_shows_public_components_in_use_by_their_place(self) -> None:
        components = [
            a_component("c", place=2),
            a_component("b", place=1),
            a_component("a", place=1),
            a_component("hidden", public=False),
            a_component("retired", retired=True),
        ]

        assert keys(components, PUBLIC) == ["a", "b", "c"]
        assert keys(components, PRIVATE) == ["hidden", "a", "b", "c"]

    def test_of_readers_says_nothing_of_its_versions(self) -> None:
        assert not {"version", "public"} & set(look([], number=None))
        assert {"version", "public"} <= set(look([], side=PRIVATE, number=None))


class TestFolded:
    @given(
        rows=causes(),
        vouched=st.none() | st.integers(-5, HOUR),
        start=st.integers(0, 40),
        length=st.integers(1, 30),
    )
    def test_covers_every_minute_with_the_status_of_that_minute(
        self, rows: list[CauseRow], vouched: int | None, start: int, length: int
    ) -> None:
        until = start + length

        spans = folded(
            rows,
            vouched_from=None if vouched is None else minute(vouched),
            start=minute(start),
            until=minute(until),
        )

        for number in range(start, until):
            covering = [span.status for span in spans if span.covers(minute(number))]
            assert covering == [shown(rows, number, vouched=-600 if vouched is None else vouched, public=False)]
        assert spans[0].start == minute(start)
        assert spans[-1].end == minute(until)
        for before, after in pairwise(spans):
            assert before.end == after.start
            assert before.status is not after.status

    def test_has_no_end_where_none_is_asked_for(self) -> None:
        spans = folded([a_cause("one", Status.MAJOR_OUTAGE, 5)], vouched_from=None, start=minute(0), until=None)

        assert spans == (
            StatusSpan(status=Status.OPERATIONAL, start=minute(0), end=minute(5)),
            StatusSpan(status=Status.MAJOR_OUTAGE, start=minute(5)),
        )

    def test_of_no_time_is_nothing(self) -> None:
        assert folded([], vouched_from=None, start=minute(5), until=minute(5)) == ()


def look(
    rows: Sequence[CauseRow], component: ComponentRow | None = None, *, side: Viewer = PUBLIC, number: int | None
) -> BoardComponent:
    """Give the entry of the one component: at a minute, or with what is open at the end of the hour."""
    moment = None if number is None else minute(number)
    document = board([component or a_component()], rows, side=side, at=moment, now=minute(HOUR))
    return document["components"][0]


def status_of(rows: Sequence[CauseRow]) -> Status:
    """Give the status that shows now."""
    return Status(look(rows, number=None)["status"])


def indicator(rows: Sequence[CauseRow]) -> str:
    """Give the indicator of now."""
    return str(board([a_component()], rows, side=PUBLIC, at=None, now=minute(HOUR))["indicator"])


def keys(components: Sequence[ComponentRow], side: Viewer) -> list[str]:
    """Give the keys of the components that a side sees, in order."""
    return [entry["key"] for entry in board(components, [], side=side, at=None, now=minute(0))["components"]]
