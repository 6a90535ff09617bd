"""Views that saw another log than the one there is begin anew by themselves, and nothing of them is shown meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from api.http.read_point import settled
from application.errors import NotYetVisible
from application.registry import VIEWS
from application.status.projection import BOARD_VIEW
from domain.access.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.projections.follower_process import FollowerProcess
from infrastructure.settings import read_settings
from tests.application.program import ANA, LABELS, Program, running
from tests.contracts.faults import assert_replay, eventually, last
from tests.contracts.following import a_day
from tests.contracts.older_logs import Backup, back_up, put_back

MEANWHILE = "orders"
"""A component that the older log does not know."""


@pytest.fixture
def ahead(database: str) -> Iterator[tuple[Program, Backup]]:
    """A program whose views have seen more than a backup of its log has."""
    with running(database) as program:
        a_day(program)
        backup = back_up(program.bitacora.store)
        program.register(MEANWHILE)
        program.fire("f9", component=MEANWHILE)
        program.bitacora.follower.catch_up()
        yield program, backup


class TestViewsAheadOfTheirLog:
    def test_begin_anew_before_the_program_works(self, ahead: tuple[Program, Backup], database: str) -> None:
        put_back(ahead[0].bitacora.store, ahead[1])

        with running(database) as program:
            assert program.bitacora.follower.position == 0
            program.bitacora.follower.catch_up()

            assert set(program.bitacora.follower.positions.values()) == {last(program)}
            assert shown(program.bitacora) == {LABELS}
            assert_replay(program)

    def test_begin_anew_while_the_program_works(self, ahead: tuple[Program, Backup]) -> None:
        program, backup = ahead
        program.bitacora.follower.start()
        assert MEANWHILE in shown(program.bitacora)

        put_back(program.bitacora.store, backup)

        eventually(lambda: set(program.bitacora.follower.positions.values()) == {last(program)})
        assert program.facade.visibility.position == last(program)
        assert shown(program.bitacora) == {LABELS}
        assert_replay(program)

    def test_begin_anew_though_the_log_has_grown_beyond_them(self, ahead: tuple[Program, Backup]) -> None:
        program, backup = ahead
        seen = last(program)
        put_back(program.bitacora.store, backup)
        while last(program) <= seen:
            program.register(f"another-{last(program)}")

        program.bitacora.follower.catch_up()

        assert MEANWHILE not in shown(program.bitacora)
        assert_replay(program)

    def test_are_not_read_until_they_have_come_to_the_end_of_the_log(self, ahead: tuple[Program, Backup]) -> None:
        program, backup = ahead
        put_back(program.bitacora.store, backup)
        # One step finds out, and has not taken an event yet.
        program.bitacora.follower._step()  # noqa: SLF001 - one batch

        assert program.facade.visibility.is_rebuilding(BOARD_VIEW.name)
        for view in VIEWS:
            with pytest.raises(NotYetVisible):
                settled(program.facade, (view,))
        codes = {finding["code"] for finding in program.facade.health.findings()}
        assert codes == {"view_rebuilding", "board_stale"}
        assert program.facade.health.stale()

        program.bitacora.follower.catch_up()
        assert settled(program.facade, VIEWS) == last(program)
        assert program.facade.health.findings() == []

    def test_are_readable_though_the_log_has_become_shorter_once_more(self, ahead: tuple[Program, Backup]) -> None:
        program, backup = ahead
        put_back(program.bitacora.store, backup)
        program.bitacora.follower._step()  # noqa: SLF001 - they have begun anew, with the end of then in mind
        put_back(program.bitacora.store, {**backup, "stored_events": backup["stored_events"][:2]})

        program.bitacora.follower.catch_up()

        assert settled(program.facade, VIEWS) == 2

    def test_let_nobody_wait_for_what_is_no_longer_in_the_log(self, ahead: tuple[Program, Backup]) -> None:
        program, backup = ahead
        put_back(program.bitacora.store, backup)
        program.bitacora.follower.catch_up()
        program.bitacora.follower.start()
        assert program.bitacora.progress.committed > last(program)

        asyncio.run(program.bitacora.progress.reach_own())

        assert program.bitacora.progress.committed == last(program)


class TestViewsOfAProcessOfTheirOwn:
    def test_begin_anew_while_the_program_works(self, ahead: tuple[Program, Backup], database: str) -> None:
        bitacora = Bitacora(read_settings(database=database), follows_apart=True)
        bitacora.start()
        try:
            follower = bitacora.follower
            assert isinstance(follower, FollowerProcess)
            eventually(lambda: follower.is_apart)
            assert MEANWHILE in shown(bitacora)

            put_back(bitacora.store, ahead[1])

            eventually(lambda: set(follower.positions.values()) == {last(ahead[0])})
            assert follower.is_apart
            assert not bitacora.progress.is_rebuilding(BOARD_VIEW.name)
            assert shown(bitacora) == {LABELS}
        finally:
            bitacora.stop()


class TestMemory:
    def test_of_tokens_is_dropped_with_the_log_that_they_were_in(self, program: Program) -> None:
        tokens = program.facade.commands.tokens
        program.do(lambda log: tokens.issue(log, name="one", role=Role.OPERATOR, person="one", caller=ANA))
        backup = back_up(program.bitacora.store)
        program.do(lambda log: tokens.issue(log, name="two", role=Role.OPERATOR, person="two", caller=ANA))
        assert set(program.bitacora.keys.by_name()) == {"one", "two"}

        put_back(program.bitacora.store, backup)
        assert set(program.bitacora.keys.by_name()) == {"one"}

        program.do(lambda log: tokens.issue(log, name="three", role=Role.OPERATOR, person="three", caller=ANA))
        assert set(program.bitacora.keys.by_name()) == {"one", "three"}


def shown(bitacora: Bitacora) -> set[str]:
    """Give the components that the board has, but for those that are retired."""
    rows = bitacora.facade.queries.board.components(bitacora.progress.position_of(BOARD_VIEW.name))
    return {row.component for row in rows if not row.retired}
