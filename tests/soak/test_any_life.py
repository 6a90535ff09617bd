"""Many more lives of incidents, and longer ones, on both stores."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import settings

from tests.contracts.lives import a_file, live
from tests.postgres_server import fresh_database


class TestAnyLife:
    @pytest.mark.parametrize("store", ["sqlite", "postgres"])
    def test_goes_by_the_rules_for_long(self, request: pytest.FixtureRequest, tmp_path: Path, store: str) -> None:
        is_short = request.config.getoption("--short", default=False)
        server = request.getfixturevalue("postgres_server") if store == "postgres" else None

        def database() -> AbstractContextManager[str]:
            return a_file(tmp_path) if server is None else fresh_database(server)

        live(database, settings(max_examples=2 if is_short else 200, stateful_step_count=60))
