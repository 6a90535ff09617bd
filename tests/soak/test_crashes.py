"""Servers that are killed at any moment lose nothing acknowledged, repeat nothing, and leave a log that verifies."""

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.e2e.clients import Crowd
from tests.e2e.mirror import Mirror, mirrored
from tests.e2e.proof import assert_sound
from tests.e2e.server import bitacora, eventually
from tests.e2e.trials import TIMES
from tests.soak.fleet import Fleet, fleet_of
from tests.soak.pace import Pace

LONGEST_SECONDS = 1.2
IN_VAIN = 0.25
"""How often a server is killed while it starts, too."""


@pytest.fixture(params=["sqlite", "postgres"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path, process_environment: dict[str, str]) -> Iterator[Fleet]:
    """One server on SQLite, two on one PostgreSQL database."""
    size = {"sqlite": 1, "postgres": 2}[request.param]
    database = request.getfixturevalue(f"{request.param}_url")
    with fleet_of(size, database, tmp_path, process_environment | TIMES) as fleet:
        yield fleet


REBUILD_SECONDS = 900
ROUNDS = 5
"""After how many kills all rows of the views are looked at: none is ever overwritten, so that a wrong one stays."""


@pytest.fixture
def mirror(fleet: Fleet, folder: Path) -> Iterator[Mirror]:
    """What the store of the fleet has come to hold, and what it ought to."""
    with mirrored(fleet.database, folder) as mirror:
        yield mirror


@pytest.mark.short_on("postgres")
class TestKill:
    def test_loses_nothing_acknowledged_and_repeats_no_due_time(
        self, fleet: Fleet, mirror: Mirror, pace: Pace, seed: int
    ) -> None:
        chance = Random(seed)
        admin = fleet.serving[0].admin()
        for component in Crowd.components():
            assert fleet.serving[0].client.post("/v1/components", json=component, headers=admin).status_code == 201
        crowd = Crowd(fleet.addresses, admin, chance)

        with crowd.working():
            for kill in range(pace.kills):
                threading.Event().wait(chance.uniform(0, LONGEST_SECONDS))
                kill_some(fleet, chance)
                assert_all_well(mirror, crowd, views=kill % ROUNDS == 0)
        eventually(lambda: mirror.timers() == 0 and mirror.is_followed())

        assert_all_well(mirror, crowd, at_rest=True)
        assert crowd.unanswered
        assert_rebuilt_by_hand(fleet, mirror)


def kill_some(fleet: Fleet, chance: Random) -> None:
    """Kill one server or all of them, now and then one more that only begins, and start again those that are gone."""
    victims = sorted(chance.sample(range(fleet.size), chance.randint(1, fleet.size)))
    fleet.kill(victims)
    if chance.random() < IN_VAIN:
        fleet.start_in_vain(chance.uniform(0.3, 1.5))
    fleet.start(victims)


def assert_all_well(mirror: Mirror, crowd: Crowd, *, views: bool = True, at_rest: bool = False) -> None:
    """Look at everything that has to hold at any moment, and at rest as well."""
    # What was acknowledged before the log is read has to be in it.
    acknowledged = crowd.acknowledged
    mirror.assert_log_verified()
    if views:
        mirror.assert_views_rebuilt()
    assert_sound(mirror.look(), acknowledged, at_rest=at_rest)


def assert_rebuilt_by_hand(fleet: Fleet, mirror: Mirror) -> None:
    """Let an operator rebuild the views beside the servers, and find the same rows again."""
    outcome = bitacora("rebuild", "--database", fleet.database, seconds=REBUILD_SECONDS)
    assert outcome.returncode == 0, outcome
    assert mirror.assert_views_rebuilt() == len(mirror.events)
