"""Views that are damaged are put aside and begin anew; a log that is damaged never is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from application.errors import NotYetVisible
from application.registry import VIEWS
from application.status.projection import BOARD_VIEW
from infrastructure.bootstrap import Bitacora
from infrastructure.projections.follower_process import FollowerProcess
from infrastructure.projections.preparation import begin_anew
from infrastructure.projections.rebuild import Rebuild
from infrastructure.settings import read_settings
from infrastructure.store.base import LogDamaged, StoreDown
from infrastructure.store.sqlite import KEPT_ASIDE
from tests.application.program import LABELS, FrozenClock, Program, at, running
from tests.contracts.faults import assert_replay, codes, eventually, last
from tests.contracts.following import a_day

PAGE = 4_096
GARBAGE = b"\xde\xad\xbe\xef"
AFTERWARDS = at("14:00")


@pytest.fixture
def files(sqlite_url: str) -> Path:
    """The file of a log with a day in it; its views have followed it, and nobody has them open."""
    with running(sqlite_url) as program:
        a_day(program)
        program.bitacora.follower.catch_up()
    return Path(sqlite_url.removeprefix("sqlite:///"))


def url(log: Path) -> str:
    """Name the store."""
    return f"sqlite:///{log}"


def views_of(log: Path) -> Path:
    """Name the file of the views."""
    return log.with_name(f"{log.name}-views")


def damage(file: Path, *, first: int = 0) -> None:
    """Write garbage over every page of a file, from a page on."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        size = file.stat().st_size
        opened.seek(first * PAGE)
        opened.write(GARBAGE * ((size - first * PAGE) // len(GARBAGE)))


class TestDamagedViews:
    @pytest.mark.parametrize("first", [0, 1])
    def test_are_put_aside_before_the_program_works(self, files: Path, first: int) -> None:
        damage(views_of(files), first=first)

        with running(url(files), FrozenClock(AFTERWARDS)) as program:
            program.bitacora.follower.catch_up()

            assert_whole(program)
            assert len(program.bitacora.store.put_aside) == 1
            assert program.bitacora.store.put_aside[0].startswith(f"{views_of(files)}.damaged-")
            assert codes(program) == ["views_put_aside"]

    def test_are_built_by_the_command_that_builds_views(self, files: Path) -> None:
        damage(views_of(files))

        with running(url(files), FrozenClock(AFTERWARDS)) as program:
            Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS).run(advanced=lambda _count: None)
            program.bitacora.follower.catch_up()

            assert_whole(program)

    @pytest.mark.parametrize("first", [0, 1])
    def test_are_found_by_readers_and_put_aside_while_the_program_works(self, files: Path, first: int) -> None:
        with running(url(files), FrozenClock(AFTERWARDS)) as program:
            follower = program.bitacora.follower
            follower.catch_up()
            damage(views_of(files), first=first)
            with pytest.raises((StoreDown, NotYetVisible)):
                read_until_it_fails(program)

            assert {"views_damaged"} <= set(codes(program))
            follower.start()

            eventually(lambda: codes(program) == ["views_put_aside"])
            assert_whole(program)

    def test_are_put_aside_for_a_process_of_their_own(self, files: Path) -> None:
        bitacora = Bitacora(read_settings(database=url(files)), follows_apart=True)
        bitacora.start()
        try:
            follower = bitacora.follower
            assert isinstance(follower, FollowerProcess)
            eventually(lambda: follower.is_apart)
            damage(views_of(files))
            eventually(lambda: shown(bitacora) is None or bool(bitacora.store.put_aside))

            eventually(lambda: shown(bitacora) == {LABELS})
            assert follower.is_apart
            assert len(bitacora.store.put_aside) == 1
        finally:
            bitacora.stop()

    def test_begin_anew_if_their_file_is_deleted_while_the_program_works(self, files: Path) -> None:
        with running(url(files), FrozenClock(AFTERWARDS)) as program:
            program.bitacora.follower.catch_up()
            views_of(files).unlink()
            program.bitacora.follower.start()

            eventually(lambda: views_of(files).exists() and codes(program) == [])
            assert_whole(program)

    def test_are_not_kept_for_ever(self, files: Path) -> None:
        for _ in range(KEPT_ASIDE + 2):
            damage(views_of(files))
            with running(url(files), FrozenClock(AFTERWARDS)) as program:
                program.bitacora.follower.catch_up()
                assert_whole(program)

        assert len([each for each in files.parent.iterdir() if ".damaged-" in each.name]) == KEPT_ASIDE

    def test_are_emptied_by_whoever_lets_all_views_begin_anew(self, files: Path) -> None:
        damage(views_of(files))
        with running(url(files), FrozenClock(AFTERWARDS)) as program:
            begin_anew(program.bitacora.store, VIEWS)
            program.bitacora.follower.catch_up()
            assert_whole(program)


class TestDamagedLog:
    def test_is_never_put_aside_and_is_named(self, files: Path) -> None:
        damage_events(files)
        before = files.read_bytes()

        bitacora = Bitacora(read_settings(database=url(files)))
        bitacora.start()
        try:
            bitacora.follower.wake()
            with pytest.raises(LogDamaged):
                list(bitacora.facade.queries.events.all(0, 100))
            assert "log_damaged" in {finding["code"] for finding in bitacora.facade.health.findings()}
            assert shown(bitacora) == {LABELS}
            assert bitacora.store.put_aside == []
        finally:
            bitacora.stop()
        assert files.read_bytes()[: len(before)] == before

    def test_that_is_no_database_is_told_in_one_sentence(self, files: Path) -> None:
        damage(files)

        bitacora = Bitacora(read_settings(database=url(files)))
        with pytest.raises(LogDamaged, match=f"{files} is damaged"):
            bitacora.start()
        bitacora.stop()


def damage_events(log: Path) -> None:
    """Write garbage over the pages of the events that are not the root of their table, from the first on."""
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'stored_events'")
    with log.open("r+b") as opened:
        opened.seek((root - 1) * PAGE)
        page = bytearray(opened.read(PAGE))
        # An inner page: the pointer to its first leaf stands in its first cell.
        assert page[0] == 5, "the table of the events has one page only"
        cell = int.from_bytes(page[12:14], "big")
        leaf = int.from_bytes(page[cell : cell + 4], "big")
        opened.seek((leaf - 1) * PAGE)
        opened.write(GARBAGE * (PAGE // len(GARBAGE)))


def read_until_it_fails(program: Program) -> None:
    """Read as readers do, on connections that have nothing in memory."""
    with program.bitacora.store.reading_views() as one:
        one.close()
    for _ in range(3):
        program.facade.queries.board.read(last(program), None)


def shown(bitacora: Bitacora) -> set[str] | None:
    """Give the components that the board has and that are not retired; None if it cannot be read."""
    try:
        rows = bitacora.facade.queries.board.components(bitacora.progress.position_of(BOARD_VIEW.name))
    except (StoreDown, NotYetVisible):
        return None
    return {row.component for row in rows if not row.retired}


def assert_whole(program: Program) -> None:
    """The views are those of the log, at every position."""
    assert set(program.bitacora.follower.positions.values()) == {last(program)}
    assert_replay(program)
