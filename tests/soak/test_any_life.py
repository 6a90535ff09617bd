"""Many more lives of incidents, and longer ones, on both stores."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from tests.contracts.scenarios import live
from tests.databases import PostgresDatabases, SQLiteFiles

pytestmark = pytest.mark.long


class TestAnyLife:
    @pytest.mark.parametrize("store", ["sqlite", "postgres"])
    def test_goes_by_the_rules_for_long(self, request: pytest.FixtureRequest, tmp_path: Path, store: str) -> None:
        databases: PostgresDatabases | SQLiteFiles = request.getfixturevalue(
            "sqlite_files" if store == "sqlite" else "postgres_databases"
        )

        def database() -> AbstractContextManager[str]:
            if isinstance(databases, SQLiteFiles):
                return nullcontext(databases.migrated(tmp_path))
            return databases.migrated()

        live(database, settings(max_examples=200, stateful_step_count=60))
