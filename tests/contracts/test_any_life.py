"""Whatever is commanded, at whatever time, and however often the program starts anew, the rules hold."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from hypothesis import settings

from tests.contracts.scenarios import live
from tests.databases import PostgresDatabases, SQLiteFiles


class TestAnyLife:
    def test_goes_by_the_rules_on_sqlite(self, sqlite_files: SQLiteFiles, tmp_path: Path) -> None:
        live(lambda: nullcontext(sqlite_files.migrated(tmp_path)), settings(max_examples=12, stateful_step_count=30))

    def test_goes_by_the_rules_on_postgresql(self, postgres_databases: PostgresDatabases) -> None:
        live(postgres_databases.migrated, settings(max_examples=3, stateful_step_count=30))
