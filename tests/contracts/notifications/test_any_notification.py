"""Whatever happens, each who is to be notified gets each announcement in one message, and nobody else gets it."""

from __future__ import annotations

from random import Random

import pytest

from tests.contracts.notifications.any_life import Walk
from tests.contracts.notifications.subscribed import subscribed


@pytest.mark.parametrize("seed", range(3))
def test_any_life_of_subscribers(database: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The pieces of the program are larger than what a test has.
    monkeypatch.setattr("infrastructure.delivery.planner.PIECE", 3)
    with subscribed(database) as world:
        assert Walk(world, Random(seed)).run()
