"""A body of a million lines, on both stores: the server keeps its size, and the good lines."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.flood import EVERY, Flood, withstand
from tests.e2e.holding import Cause
from tests.e2e.server import Server, serving
from tests.soak.pace import Pace

MEBIBYTES = 160
"""How much caches of bounded size may take once they are full."""


@pytest.fixture
def server(database: str, tmp_path: Path, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A served program with nothing in it, once on each store."""
    with serving(database, tmp_path, environment=process_environment) as server:
        yield server


@pytest.mark.short_on("postgres")
class TestBody:
    def test_of_a_million_lines_is_taken_in_whole_in_bounded_memory(self, server: Server, pace: Pace) -> None:
        admin = server.admin()
        cause = Cause(server, admin, "flooded")
        flood = Flood(cause=cause.id, received_at=cause.received_at, lines=pace.lines // EVERY * EVERY)

        print(withstand(server, flood, admin, mebibytes=MEBIBYTES))
