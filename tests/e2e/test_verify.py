"""Twelve ways of changing a stored log by hand: the command line, the start of the server and readiness tell each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infrastructure.store.base import Store
from tests.api.client import Site
from tests.contracts import tampering
from tests.contracts.tampering import put_back_afterwards, rows_of
from tests.contracts.verification.standing_log import StandingLog, standing
from tests.e2e.server import bitacora, bitacora_here, complained, succeeded
from tests.stores import EACH

PLACE = 17
"""The position that is changed."""
FROM = 9
"""From where on something is looked for that can be changed."""


@dataclass(frozen=True)
class Way:
    """A way of changing a log, and what is said of it; ``{size}`` is the number of events."""

    name: str
    change: Callable[[Store], None]
    said: str


def in_state(old: bytes, new: bytes) -> Callable[[Store], None]:
    """Change something in the state of the first event that has it, from a place on."""

    def change(store: Store) -> None:
        for position, _, _, _, state, _ in rows_of(store, "stored_events")[FROM - 1 :]:
            if old in bytes(state):  # type: ignore[arg-type]
                changed = bytes(state).replace(old, new, 1)  # type: ignore[arg-type]
                tampering.set_column(store, "stored_events", "state", {"position": position}, changed)
                return
        raise AssertionError(f"no event has {old!r}")

    return change


def column(name: str, value: str | bytes) -> Callable[[Store], None]:
    """Change a column."""
    return lambda store: tampering.set_column(store, "stored_events", name, {"position": PLACE}, value)


def closed_up(store: Store) -> None:
    """Delete an event, and move up those after it."""
    tampering.delete(store, PLACE)
    tampering.move_rows(store, PLACE + 1, -1)


def swapped(store: Store) -> None:
    """Let two events change places."""
    away = 1_000_000
    for old, new in ((PLACE, away), (PLACE + 3, PLACE), (away, PLACE + 3)):
        tampering.set_column(store, "stored_events", "position", {"position": old}, new)


def inserted(store: Store) -> None:
    """Insert an event, and move down those after it."""
    tampering.move_rows(store, PLACE, 1)
    tampering.insert_copy(store, 3, PLACE)


CHANGED = r"position 17 of {size} ("
WAYS = [
    Way("a text", in_state(b"Labels", b"Lables"), "the row is not the one that was recorded"),
    Way("the actor", in_state(b"token:", b"tokem:"), "position 9 of {size} ("),
    Way("the time in the state", in_state(b"2025-", b"2024-"), "position 9 of {size} ("),
    Way("the time", column("recorded_at", "2025-03-04T09:00:00.000000Z"), "its state says"),
    Way("the type", column("topic", "incident.withdrawn"), CHANGED),
    Way("a type that steers a terminal", column("topic", "\x1b[2Kincident.withdrawn"), r"{size} (\x1b[2Kincident"),
    Way("garbage", column("state", b"\xff\x00garbage"), "its state cannot be read"),
    Way("deleted", lambda store: tampering.delete(store, PLACE), "position 17 of {size}: the row was deleted"),
    Way("deleted and closed up", closed_up, "rows were deleted or moved"),
    Way("inserted", inserted, "rows were inserted or moved"),
    Way("swapped", swapped, "it was swapped with the one at position 20"),
    Way("swapped states", lambda store: tampering.swap_states(store, 17, 20), "its state is the one of position 20"),
    Way("cut off", lambda store: tampering.cut(store, 295), "has {size}: the last"),
]


@pytest.fixture(scope="module", params=EACH)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingLog]:
    """A log that is put back after each change."""
    folder = tmp_path_factory.mktemp("log")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        if request.param == "sqlite":
            url = request.getfixturevalue("sqlite_files").migrated(folder)
            with standing(url) as made:
                yield made
        else:
            with request.getfixturevalue("postgres_databases").migrated() as url, standing(url) as made:
                yield made


class TestLogThatWasChanged:
    @pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
    def test_is_told_by_the_command_and_by_the_server(self, way: Way, log: StandingLog) -> None:
        database = log.program.bitacora.settings.database
        with put_back_afterwards(log.store):
            way.change(log.store)
            outcome = bitacora_here("verify", "--database", database)
            with Site(database) as site:
                auditor = {"Authorization": f"Bearer {log.auditor}"}
                ready, public = site.reader.get("/readyz", headers=auditor), site.reader.get("/readyz")

        assert way.said.format(size=log.size) in complained(outcome, 1)
        assert (public.status_code, "details" in public.json()) == (503, False)
        assert "log_mismatch" in public.json()["reasons"]
        told = [detail for detail in ready.json()["details"] if detail["code"] == "log_mismatch"]
        # The server looks at the end first: where rows were closed up, one is missing there.
        assert len(told) == 1
        assert told[0]["position"] in {position_of(outcome.stderr, log.size), log.size}


def position_of(line: str, size: int) -> int:
    """Read the position from what the command says."""
    words = line.split()
    return int(words[words.index("position") + 1]) if "position" in words else 296 if str(size) in line else 0


class TestLogThatIsWhole:
    def test_is_said_so_with_what_that_does_not_prove(self, log: StandingLog, tmp_path: Path) -> None:
        database, file = log.program.bitacora.settings.database, tmp_path / "kept"
        file.write_text(str(log.older.note))
        # They have followed what was put back.
        log.program.bitacora.follower.catch_up()

        plain = succeeded(bitacora("verify", "--database", database))
        compared = succeeded(bitacora("verify", "--views", "--from", str(file), "--database", database))

        assert f"is whole: {log.size:,} events" in plain
        assert "looks the same" in plain
        assert "--key" in plain
        assert f"The log begins with the {log.size:,} events of the checkpoint in {file}." in compared
        assert "looks the same" not in compared
        assert "The views are what the events make" in compared


class TestWrongUse:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--export", "x"], "--export goes with --key"),
            (["--export", "x", "--key", "nonsense", "--views"], "--key nonsense is neither a key"),
            (["--key", "a+b+Yw=="], "the key is no Ed25519 key"),
            (["--from", "missing"], "there is no file missing"),
        ],
    )
    def test_is_said_in_one_line(self, arguments: list[str], said: str, sqlite_url: str) -> None:
        database = [] if "--export" in arguments else ["--database", sqlite_url]

        assert said in complained(bitacora_here("verify", *arguments, *database), 2)

    def test_is_a_file_that_is_no_checkpoint(self, sqlite_url: str, tmp_path: Path) -> None:
        file = tmp_path / "note"
        file.write_text(json.dumps({"no": "note"}))

        said = complained(bitacora_here("verify", "--from", str(file), "--database", sqlite_url), 2)
        assert f"{file} is no checkpoint" in said
