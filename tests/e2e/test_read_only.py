"""A log on a medium on which nothing can be written is read and exported like any other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infrastructure.backup import CopyProgress, back_up
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
from infrastructure.store.sqlite import SQLiteStore
from tests.application.program import FrozenClock, Program, at, running
from tests.e2e.server import all_at_once, complained, succeeded

SILENT = CopyProgress(
    copied=lambda _done, _total: None, began_to_read=lambda _events: None, advanced=lambda _events: None
)


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder, and how to make it read-only; the superuser may write wherever it is not a matter of the disk."""
    place = tmp_path / "medium"
    place.mkdir()
    if os.geteuid():
        yield place, lambda: place.chmod(0o555)
        place.chmod(0o755)
        return
    if not mounted("-t", "tmpfs", "tmpfs", str(place)):
        pytest.skip("this user may not mount")
    try:
        yield place, lambda: require(mounted("-o", "remount,ro", str(place)))
    finally:
        subprocess.run([str(shutil.which("umount")), "--lazy", place], check=False)


def mounted(*arguments: str) -> bool:
    """Mount, and tell whether that was possible."""
    command = shutil.which("mount")
    return (
        command is not None and subprocess.run([command, *arguments], check=False, capture_output=True).returncode == 0
    )


def require(done: bool) -> None:
    """It has to be done."""
    assert done


class TestMedium:
    def test_is_read_by_commands_and_takes_none_that_write(
        self, sqlite_url: str, medium: tuple[Path, Callable[[], None]]
    ) -> None:
        place, seal = medium
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        with running(sqlite_url) as program:
            recorded = fill(program)
        shutil.copy(file, place)
        seal()
        database = ("--database", f"sqlite:///{place / file.name}")

        events, replayed, exported, refused = all_at_once(
            [
                ("events", *database),
                ("replay", "--to", "1", *database),
                ("held", "export", *database),
                ("tokens", "create", "ana", "--role", "operator", *database),
            ]
        )

        assert [json.loads(line)["type"] for line in succeeded(events).splitlines()] == recorded
        assert events.stderr.endswith("(read-only)\n")
        assert "position 1" in succeeded(replayed)
        assert exported.returncode == 0, exported.stderr
        assert "read-only" in complained(refused, 1)
        assert [each.name for each in place.iterdir()] == [file.name]

    @pytest.mark.parametrize("ends", [("",), ("", "-wal"), ("", "-wal", "-shm")])
    def test_is_read_whatever_a_crash_has_left_on_it(
        self, sqlite_url: str, tmp_path: Path, medium: tuple[Path, Callable[[], None]], ends: tuple[str, ...]
    ) -> None:
        place, seal = medium
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        with running(sqlite_url) as program:
            recorded = fill(program)
            if "-wal" in ends:
                for end in ends:
                    shutil.copy(f"{file}{end}", place)
        if "-wal" not in ends:
            shutil.copy(file, place)
        seal()

        bitacora = Bitacora(Settings(database=f"sqlite:///{place / file.name}"))
        try:
            bitacora.open_log()
            assert Program(bitacora, FrozenClock(at("10:00"))).recorded() == recorded
            bitacora.open_views()
            assert bitacora.follower.position == len(recorded)
            assert bitacora.facade.queries.board.components(len(recorded))
            assert isinstance(bitacora.store, SQLiteStore)
            copied = back_up(bitacora.store, tmp_path / "backup", bitacora.mapper, SILENT)
        finally:
            bitacora.stop()

        assert copied.position == len(recorded)
        assert sorted(each.name for each in place.iterdir()) == sorted(f"{file.name}{end}" for end in ends)


def fill(program: Program) -> list[str]:
    """Let something happen, and give the types of the events."""
    program.register()
    for number in range(20):
        program.fire(f"f{number}")
    return program.recorded()
