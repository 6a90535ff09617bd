"""Whatever is asked, the answer is one that the description of the interface tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from domain.access.keyring import Role
from tests.e2e.fuzzing import fuzz
from tests.e2e.server import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A server that all callers share."""
    folder = tmp_path_factory.mktemp("described")
    url = f"sqlite:///{folder / 'bitacora.sqlite3'}"
    with serving(url, folder, environment=process_environment) as server:
        yield server


class TestAnswers:
    # As the admin, who may ask for everything. The soak makes values up, and asks as everybody else.
    def test_are_described_whatever_is_asked(self, server: Server, tmp_path: Path) -> None:
        report = fuzz(server, Role.ADMIN, tmp_path, "--generation-deterministic", phases=("examples", "coverage"))

        assert report["operations"]["tested"] == report["operations"]["total"] > 30
