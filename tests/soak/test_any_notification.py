"""Many lives of subscribers, planners and senders on one store: each announcement reaches each of them once."""

from __future__ import annotations

from random import Random

import pytest

from tests.contracts.notifications.any_life import Walk
from tests.contracts.notifications.subscribed import subscribed
from tests.databases import SQLiteFiles
from tests.soak.pace import Pace


def test_any_life_of_subscribers(
    sqlite_files: SQLiteFiles,
    tmp_path_factory: pytest.TempPathFactory,
    pace: Pace,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The pieces of the program are larger than what a test has.
    monkeypatch.setattr("infrastructure.delivery.planner.PIECE", 3)
    sent = 0
    for number in range(pace.kills):
        with subscribed(sqlite_files.migrated(tmp_path_factory.mktemp("life"))) as world:
            sent += Walk(world, Random(seed + number)).run()
    # In one life of them all may have left before anything was sent.
    assert sent
