"""Whoever asks, the answer is one that the description of the interface tells of: each role, in the short form, too."""

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
    folder = tmp_path_factory.mktemp("roles")
    url = f"sqlite:///{folder / 'bitacora.sqlite3'}"
    with serving(url, folder, environment=process_environment) as server:
        yield server


class TestAnswers:
    # The other two phases are a part of `make test`, as the admin, too.
    def test_are_described_whatever_the_admin_makes_up(self, server: Server, tmp_path: Path) -> None:
        phases = ("fuzzing", "stateful")

        report = fuzz(server, Role.ADMIN, tmp_path, "--generation-deterministic", "--max-examples", "1", phases=phases)

        assert report["operations"]["tested"] == report["operations"]["total"] > 30

    # What a parameter may be is looked at before anything depends on the role, so that making values up is left to the
    # admin, and to the long form.
    @pytest.mark.parametrize("role", [None, Role.EMITTER, Role.OPERATOR, Role.REVIEWER, Role.AUDITOR])
    def test_are_described_whoever_asks(self, server: Server, tmp_path: Path, role: Role | None) -> None:
        phases = ("examples", "stateful")

        report = fuzz(server, role, tmp_path, "--generation-deterministic", "--max-examples", "2", phases=phases)

        assert report["operations"]["tested"] > 20
