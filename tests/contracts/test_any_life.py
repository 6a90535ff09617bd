"""Whatever is commanded, at whatever time, and however often the program starts anew, the rules hold."""

from __future__ import annotations

from pathlib import Path

from hypothesis import settings

from tests.contracts.lives import a_file, live
from tests.postgres_server import fresh_database


class TestAnyLife:
    def test_goes_by_the_rules_on_sqlite(self, tmp_path: Path) -> None:
        live(lambda: a_file(tmp_path), settings(max_examples=12, stateful_step_count=30))

    def test_goes_by_the_rules_on_postgresql(self, postgres_server: str) -> None:
        live(lambda: fresh_database(postgres_server), settings(max_examples=3, stateful_step_count=30))
