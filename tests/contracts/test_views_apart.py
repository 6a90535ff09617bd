"""What is read of one view is right whatever is the matter with the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from api.http.read_point import settled
from api.panels.automation_rules import read_rules
from application.errors import NotYetVisible
from application.incidents.signal_projection import SIGNAL_VIEW
from application.panels.account_projection import ACCOUNT_VIEW
from application.panels.projection import PANEL_VIEW
from application.projections.tables import View
from application.status.projection import BOARD_VIEW
from infrastructure.projections.temporal_tables import reset
from tests.application.program import Program, at, running
from tests.application.recovery import PAID, PANEL, Recovery
from tests.contracts.faults import last
from tests.contracts.snapshots import identity


@pytest.fixture
def suppressed(database: str) -> Iterator[Program]:
    """A program with a panel on which an automation does not run for older items."""
    with running(database) as program:
        recovery = Recovery(program)
        recovery.register()
        recovery.suppress(recovery.lose(), at("10:00"))
        program.bitacora.follower.catch_up()
        yield program


def begin_anew(program: Program, view: View) -> None:
    """Empty a view, and let the follower see it."""
    store, follower = program.bitacora.store, program.bitacora.follower
    connection = store.connect_views()
    reset(store, connection, view, identity(store))
    connection.close()
    follower._resting(follower._read_positions())  # noqa: SLF001 - what it does before each batch


class TestViewsApart:
    @pytest.mark.parametrize("other", [ACCOUNT_VIEW, BOARD_VIEW, SIGNAL_VIEW], ids=lambda view: view.name)
    def test_are_read_of_their_own_position_while_another_is_built_anew(self, suppressed: Program, other: View) -> None:
        begin_anew(suppressed, other)

        position = settled(suppressed.facade, (PANEL_VIEW,))
        rules = asyncio.run(read_rules(suppressed.facade, position, PANEL, PAID))

        assert (position, suppressed.facade.visibility.position) == (last(suppressed), 0)
        assert not rules.decide(at("08:00")).run

    def test_are_not_read_while_one_of_them_is_built_anew(self, suppressed: Program) -> None:
        begin_anew(suppressed, BOARD_VIEW)

        with pytest.raises(NotYetVisible):
            settled(suppressed.facade, (PANEL_VIEW, BOARD_VIEW))

        suppressed.bitacora.follower.catch_up()
        assert settled(suppressed.facade, (PANEL_VIEW, BOARD_VIEW)) == last(suppressed)
