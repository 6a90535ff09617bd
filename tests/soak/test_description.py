"""Many requests made up from the description of the interface: by every caller, in every phase, on both stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from domain.access.keyring import Role
from tests.e2e.fuzzing import fuzz
from tests.e2e.server import Server, serving

pytestmark = pytest.mark.long

CALLERS = (None, Role.EMITTER, Role.OPERATOR, Role.REVIEWER, Role.AUDITOR, Role.ADMIN)


@pytest.fixture
def server(database: str, tmp_path: Path, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A server on an empty database, once on each store."""
    with serving(database, tmp_path, environment=process_environment) as server:
        yield server


class TestAnswers:
    @pytest.mark.parametrize("role", CALLERS)
    def test_are_described_whatever_is_asked(
        self, server: Server, tmp_path: Path, role: Role | None, seed: int
    ) -> None:
        assert fuzz(server, role, tmp_path, "--seed", str(seed), "--max-examples", "20")["operations"]["tested"] > 30
