"""Whatever is commanded, whenever, how often, and however often the program starts anew: the rules hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.any_life import AnyLife
from tests.postgres_server import fresh_database


class TestAnyLife:
    def test_goes_by_the_rules_on_sqlite(self, tmp_path: Path) -> None:
        numbers = count(1)

        @contextmanager
        def database() -> Iterator[str]:
            yield f"sqlite:///{tmp_path / f'life-{next(numbers)}.sqlite3'}"

        run_state_machine_as_test(lambda: AnyLife(database), settings=settings(max_examples=30, stateful_step_count=30))

    def test_goes_by_the_rules_on_postgresql(self, postgres_server: str) -> None:
        run_state_machine_as_test(
            lambda: AnyLife(lambda: fresh_database(postgres_server)),
            settings=settings(max_examples=6, stateful_step_count=30),
        )
