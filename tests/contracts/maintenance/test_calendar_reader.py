"""The calendar lists, page by page, what a plain look at every window finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from application.maintenance.projection import WINDOW_VIEW, SeriesRow, WindowRow, WindowStage
from application.maintenance.queries import WindowFilter, WindowQueries
from application.timelines import NEWEST
from domain.aggregate import Event
from domain.impact import EVERYWHERE, Status
from domain.maintenance import WindowState
from tests.application.program import LABELS, TICK, Program, at
from tests.application.window_steps import Maintenance
from tests.contracts.examples import tried
from tests.contracts.snapshots import replayed_rows, wipe
from tests.contracts.strategies import BEGIN, KEYS, WALKS_OF_WINDOWS, Step, Walker

FILTERS = st.builds(
    WindowFilter,
    stage=st.none() | st.sampled_from(WindowStage),
    state=st.none() | st.sampled_from([str(state) for state in WindowState]),
    component=st.none() | st.sampled_from(KEYS),
    public=st.none() | st.booleans(),
)


class TestCalendarReader:
    @tried(20, steps=WALKS_OF_WINDOWS, filters=st.lists(FILTERS, min_size=15, max_size=15), data=st.data())
    def test_pages_through_what_a_plain_look_finds(
        self, program: Program, steps: list[Step], filters: list[WindowFilter], data: st.DataObject
    ) -> None:
        walker = walk(program, steps)
        events, calendar = program.events(), program.facade.queries.windows
        changes = moments(events)
        for wanted in filters:
            position = data.draw(st.integers(0, len(events)), "position")
            series = data.draw(st.none() | st.sampled_from(walker.series), "series") if walker.series else None
            moment = data.draw(st.none() | st.sampled_from(changes), "moment")
            wanted_then = replace(wanted, series=series, moment=moment)

            listed = paged(calendar, position, wanted_then, data.draw(st.integers(1, 5), "on a page"))

            assert listed == plain(windows(events[:position]), wanted_then)

    @tried(20, steps=WALKS_OF_WINDOWS, data=st.data())
    def test_finds_and_counts_what_a_plain_look_does(
        self, program: Program, steps: list[Step], data: st.DataObject
    ) -> None:
        walk(program, steps)
        events, calendar = program.events(), program.facade.queries.windows
        planned, begun_ever = windows(events), of_series(events)
        for position in {0, len(events), *data.draw(st.lists(st.integers(0, len(events)), max_size=6), "positions")}:
            rows = windows(events[:position])
            assert calendar.counts(position) == Counter(row.state for row in rows)
            for row in planned:
                found = calendar.find(position, UUID(row.maintenance_window))
                known = next((sides(each) for each in rows if each.key == row.key), None)
                assert (found and as_compared(*found)) == known
            series = sorted(of_series(events[:position]), key=lambda row: row.maintenance_series, reverse=True)
            listed = [json.loads(document) for _, document in calendar.page_of_series(position, None, 100)]
            assert listed == [row.document for row in series]
            for begun in begun_ever:
                is_found = calendar.find_series(position, UUID(begun.maintenance_series)) is not None
                assert is_found == (begun.key in [each.key for each in series])

    def test_tells_the_stage_at_the_very_moments_at_which_it_changes(self, program: Program) -> None:
        program.register()
        maintenance = Maintenance(program)
        kept, dropped = (maintenance.plan(at("11:00"), at("12:00"), title=title) for title in ("kept", "dropped"))
        program.clock.show(at("10:20"))
        maintenance.cancel(dropped)
        program.clock.show(at("10:40"))
        maintenance.start(kept)
        program.let_time_pass(at("13:00"))
        program.bitacora.follower.catch_up()
        calendar, position = program.facade.queries.windows, program.facade.queries.events.last()[0]

        def stages(moment: datetime) -> dict[object, WindowStage]:
            return {
                window["title"]["en"]: stage
                for stage in WindowStage
                for window, _ in paged(calendar, position, WindowFilter(stage=stage, moment=moment), 5)
            }

        up, on, over = WindowStage.UPCOMING, WindowStage.ACTIVE, WindowStage.PAST
        assert [stages(at(clock)) for clock in ("10:10", "10:20", "10:40", "12:00")] == [
            {"kept": up, "dropped": up},
            {"kept": up, "dropped": over},
            {"kept": on, "dropped": over},
            {"kept": over, "dropped": over},
        ]
        assert stages(at("12:00") - TICK) == {"kept": on, "dropped": over}
        assert stages(at("10:40") - TICK) == {"kept": up, "dropped": over}

    @pytest.mark.parametrize("stage", [*WindowStage, None])
    def test_tells_apart_windows_that_begin_at_once(self, program: Program, stage: WindowStage | None) -> None:
        program.register()
        maintenance = Maintenance(program)
        for _ in range(5):
            maintenance.plan(at("11:00"), at("12:00"))
        now = {WindowStage.UPCOMING: "10:30", WindowStage.ACTIVE: "11:30", WindowStage.PAST: "12:30", None: "10:30"}[
            stage
        ]
        program.let_time_pass(at(now))
        program.bitacora.follower.catch_up()
        position = program.facade.queries.events.last()[0]

        for limit in range(1, 7):
            listed = paged(program.facade.queries.windows, position, WindowFilter(stage=stage), limit)
            assert len({window["id"] for window, _ in listed}) == len(listed) == 5

    def test_lists_those_of_a_component_and_of_the_whole_product_alone(self, program: Program) -> None:
        for key in ("a_b", "axb", "b"):
            program.register(key)
        maintenance = Maintenance(program)
        of = {
            key: str(maintenance.plan(at("11:00"), at("12:00"), {key: Status.UNDER_MAINTENANCE}))
            for key in ("a_b", "axb", EVERYWHERE)
        }
        program.bitacora.follower.catch_up()
        calendar, position = program.facade.queries.windows, program.facade.queries.events.last()[0]

        found = {
            key: {window["id"] for window, _ in paged(calendar, position, WindowFilter(component=key), 2)}
            for key in ("a_b", "axb", "b")
        }

        assert found == {
            "a_b": {of["a_b"], of[EVERYWHERE]},
            "axb": {of["axb"], of[EVERYWHERE]},
            "b": {of[EVERYWHERE]},
        }

    def test_lists_a_window_under_what_an_update_says_it_affects(self, program: Program) -> None:
        program.register()
        program.register("b")
        maintenance = Maintenance(program)
        window = maintenance.plan(at("10:10"), at("11:00"))
        program.clock.show(at("10:20"))
        maintenance.update(window, {"b": Status.PARTIAL_OUTAGE})
        program.bitacora.follower.catch_up()
        position = program.facade.queries.events.last()[0]

        for key in (LABELS, "b"):
            listed = paged(program.facade.queries.windows, position, WindowFilter(component=key), 1)
            assert [window["id"] for window, _ in listed] == [str(window)]


def walk(program: Program, steps: Sequence[Step]) -> Walker:
    """Begin anew, do all the steps, and let the views follow."""
    wipe(program.bitacora.store)
    walker = Walker(program)
    walker.walk(steps)
    program.bitacora.follower.catch_up()
    return walker


Sides = tuple[dict[str, Any], dict[str, Any] | None]


def paged(calendar: WindowQueries, position: int, wanted: WindowFilter, limit: int) -> list[Sides]:
    """Read page after page to the end."""
    listed: list[Sides] = []
    place = None
    while page := calendar.page(position, wanted, place, limit):
        assert len(page) <= limit
        listed += [as_compared(private, public) for _, private, public in page]
        place = page[-1][0]
    return listed


def plain(rows: Sequence[WindowRow], wanted: WindowFilter) -> list[Sides]:
    """Look at each window."""
    found = [row for row in rows if is_wanted(row, wanted)]
    found.sort(key=lambda row: (row.document["starts_at"], row.maintenance_window), reverse=not wanted.rises)
    return [sides(row) for row in found]


def is_wanted(row: WindowRow, wanted: WindowFilter) -> bool:
    """Tell whether a window is one of those."""
    window = row.document
    affected = {*window["components"], *window["impact_spans"], *([EVERYWHERE] if window["all"] else [])}
    return (
        (wanted.stage is None or wanted.stage is stage_of(row, wanted.moment))
        and wanted.state in {None, row.state}
        and (wanted.component is None or bool(affected & {wanted.component, EVERYWHERE}))
        and (wanted.series is None or window["series"] == str(wanted.series))
        and wanted.public in {None, row.public_document is not None}
    )


def stage_of(row: WindowRow, moment: datetime | None) -> WindowStage:
    """Tell where a window lies in time: now, or as seen from a moment."""
    if moment is None:
        is_over, has_begun = row.state in {"completed", "cancelled"}, row.state in {"in_progress", "verifying"}
    else:
        is_over = row.over_at is not None and row.over_at <= moment
        has_begun = row.began_at is not None and row.began_at <= moment
    return WindowStage.PAST if is_over else WindowStage.ACTIVE if has_begun else WindowStage.UPCOMING


def moments(events: Sequence[Event]) -> list[datetime]:
    """Give the moments at which windows began or were over, and those just before."""
    found = {moment for row in windows(events) for moment in (row.began_at, row.over_at) if moment is not None}
    return sorted({BEGIN} | found | {moment - TICK for moment in found})


def windows(events: Sequence[Event]) -> list[WindowRow]:
    """Give every window, by a replay."""
    return [row for row in replayed_rows(events, WINDOW_VIEW) if isinstance(row, WindowRow)]


def of_series(events: Sequence[Event]) -> list[SeriesRow]:
    """Give every series, by a replay."""
    return [row for row in replayed_rows(events, WINDOW_VIEW) if isinstance(row, SeriesRow)]


def sides(row: WindowRow) -> Sides:
    """Give what operators and what readers see of a window."""
    return dict(row.document), None if row.public_document is None else dict(row.public_document)


def as_compared(private: str, public: str | None) -> Sides:
    """Give both sides of a window that was read as they are compared: their updates are rows of their own."""
    return without_updates(private), None if public is None else without_updates(public)


def without_updates(text: str) -> dict[str, Any]:
    """Read a document, and leave out its updates, of which there are no more than it says."""
    document: dict[str, Any] = json.loads(text)
    assert len(document.pop("updates")) == min(document["updates_count"], NEWEST)
    return document
