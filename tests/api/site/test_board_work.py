"""A board of the past is read with as many statements for many components as for one."""

from __future__ import annotations

import asyncio

import pytest

from api.site.board import read_board_page
from api.site.kernel.reading import PageRead
from domain.impact import Status
from tests.application.program import MINUTE, Program, running
from tests.contracts.counting import Counter, counting

MOST = 60
"""How many statements the whole page takes at most, each of a few rows or of what its period has."""


def statements(program: Program, counter: Counter) -> int:
    """Count what reading the page as of the last event takes."""
    program.bitacora.follower.catch_up()
    facade = program.facade
    position = facade.queries.events.last()[0]
    read = PageRead(facade=facade, position=position, now=program.clock.now(), is_past=True)
    return counter.during(lambda: asyncio.run(read_board_page(read))).statements


def broken(program: Program, *keys: str) -> None:
    """Register components, and break all of them for a minute."""
    for key in keys:
        program.register(key)
    incident = program.declare(dict.fromkeys(keys, Status.MAJOR_OUTAGE))
    program.clock.advance(MINUTE)
    program.resolve(incident)


def test_board_of_the_past_takes_no_more_statements_of_more_components(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(monkeypatch) as counter, running(database) as program:
        broken(program, "labels")
        of_one = statements(program, counter)
        broken(program, *(f"component-{number}" for number in range(30)))

        assert 0 < of_one == statements(program, counter) <= MOST
