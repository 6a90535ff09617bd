"""While the view of panels is built anew, nobody is told that there is no rule, no loss and no panel."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from api.panels.automation_rules import RuleCache, read_rules
from application.errors import NotYetVisible
from application.panels.availability import read_availability
from application.panels.projection import PANEL_VIEW, PanelRow
from infrastructure.projections import projector
from infrastructure.projections.temporal_tables import reset
from tests.application.program import Program, at, running
from tests.application.recovery import PAID, PANEL, Recovery
from tests.contracts.faults import last
from tests.contracts.snapshots import identity

ITEM = at("08:00")


@pytest.fixture
def lost(database: str) -> Iterator[Program]:
    """A program with a panel that was lost, on which an automation does not run for older items."""
    with running(database) as program:
        recovery = Recovery(program)
        recovery.register()
        recovery.suppress(recovery.lose(), at("10:00"))
        program.bitacora.follower.catch_up()
        yield program


class TestPanelsBuiltAnew:
    def test_are_read_when_that_is_done(self, lost: Program) -> None:
        panel_map, position = lost.facade.queries.panels, last(lost)
        reads = (
            lambda: panel_map.rules(position, PANEL, PAID),
            lambda: panel_map.panels(position),
            lambda: panel_map.panels_of(position, date.min, date.max),
            lambda: read_availability(panel_map, position, None),
        )
        before = [read() for read in reads]
        begin_anew(lost)

        for read in reads:
            with pytest.raises(NotYetVisible):
                read()

        lost.bitacora.follower.catch_up()
        assert [read() for read in reads] == before

    def test_are_never_read_of_one_building_and_their_losses_of_the_next(
        self, lost: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panel_map, position = lost.facade.queries.panels, last(lost)
        panels = panel_map.panels

        def begun_anew(at: int, panel: str | None = None) -> Sequence[PanelRow]:
            found = panels(at, panel)
            begin_anew(lost)
            return found

        monkeypatch.setattr(panel_map, "panels", begun_anew)

        with pytest.raises(NotYetVisible):
            read_availability(panel_map, position, None)

    @pytest.mark.parametrize("events", [0, 1, 2])
    @pytest.mark.parametrize("is_kept", [False, True])
    def test_let_jobs_wait(self, lost: Program, events: int, is_kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        book = RuleCache(lost.facade)
        if is_kept:
            assert not asyncio.run(book.rules(PANEL, PAID)).decide(ITEM).run
        build_anew(lost, events, monkeypatch)

        with pytest.raises(NotYetVisible):
            asyncio.run(book.rules(PANEL, PAID))

    @pytest.mark.parametrize("events", [0, 1, 2])
    def test_let_the_route_wait(self, lost: Program, events: int, monkeypatch: pytest.MonkeyPatch) -> None:
        build_anew(lost, events, monkeypatch)

        # If no other position is named, the route reads at that which every view reflects.
        with pytest.raises(NotYetVisible):
            asyncio.run(read_rules(lost.facade, lost.facade.visibility.position_of(PANEL_VIEW.name), PANEL, PAID))


def begin_anew(program: Program) -> None:
    """Empty the view of panels."""
    store = program.bitacora.store
    connection = store.connect_views()
    reset(store, connection, PANEL_VIEW, identity(store))
    connection.close()


def build_anew(program: Program, events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty the view of panels, and let whoever follows the log notice that and take so many events."""
    monkeypatch.setattr(projector, "BATCH", 1)
    begin_anew(program)
    follower = program.bitacora.follower
    for _ in range(events):
        follower._step()  # noqa: SLF001 - one batch of several
    follower._resting(follower._read_positions())  # noqa: SLF001 - what it does before each batch
