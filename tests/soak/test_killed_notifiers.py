"""Two processes on one store that are killed at any moment notify each subscriber of each announcement once."""

from random import Random

import pytest

from tests.e2e.notifying import MOMENTS, NUMBER, drilled
from tests.soak.pace import Pace


@pytest.mark.short_on("sqlite")
class TestKilledNotifiers:
    def test_repeat_a_message_only_under_its_id_once_a_kill(self, empty_database: str, pace: Pace, seed: int) -> None:
        chance = Random(seed)
        with drilled(empty_database, chance) as drill:
            for _ in range(pace.kills):
                moment = chance.choice(MOMENTS)
                drill.round(moment, sorted(chance.sample(range(NUMBER), chance.randint(1, NUMBER))))
            drill.finish()

            drill.assert_each_was_notified_once()
