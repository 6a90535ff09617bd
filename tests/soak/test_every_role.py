"""Whoever asks, the answer is one that the description of the interface tells of: each role, in the short form, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from domain.access.keyring import Role
from tests.e2e.fuzzing import EVERY_PHASE, fuzz
from tests.e2e.server import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A server that all callers share."""
    folder = tmp_path_factory.mktemp("roles")
    url = f"sqlite:///{folder / 'bitacora.sqlite3'}"
    with serving(url, folder, environment=process_environment) as server:
        yield server


class TestAnswers:
    def test_are_described_whatever_a_reader_asks(self, server: Server, tmp_path: Path) -> None:
        report = fuzz(server, None, tmp_path, "--generation-deterministic", "--max-examples", "1")

        assert report["operations"]["tested"] == report["operations"]["total"] > 30
        assert {name for name, phase in report["phases"].items() if phase["status"] == "success"} == EVERY_PHASE

    # What a parameter may be is looked at before anything depends on the role, so that the two phases that make values
    # up are left to readers, to the admin, as whom `make test` asks, and to the long form.
    @pytest.mark.parametrize("role", [Role.EMITTER, Role.OPERATOR, Role.REVIEWER, Role.AUDITOR])
    def test_are_described_whoever_asks(self, server: Server, tmp_path: Path, role: Role) -> None:
        phases = ("--phases", "examples,stateful", "--max-examples", "2")

        report = fuzz(server, role, tmp_path, "--generation-deterministic", *phases)

        assert report["operations"]["tested"] > 20
