"""How much a store works for a read: the rows that its plan looks at, whatever they weigh, and never the time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infrastructure.store.base import Connection, Store, Value
from infrastructure.store.sqlite_connection import SQLiteConnection

OPCODES = 10
"""How many steps of its machine SQLite takes for a row, roughly: between two looks of ours at it."""


class MeasuredStore:
    """A real store that adds up what reads of the views look at."""

    def __init__(self, real: Store) -> None:
        """Measure ``real``."""
        self._real = real
        self.rows = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Pass everything else on."""
        return getattr(self._real, name)

    @contextmanager
    def reading_views(self) -> Iterator[Connection]:
        """Borrow a connection that is measured."""
        with self._real.reading_views() as real:
            yield _Measured(real, self)  # type: ignore[misc]  # it reads, and nothing else


class _Measured:
    """A connection that reads."""

    def __init__(self, real: Connection, store: MeasuredStore) -> None:
        self._real = real
        self._store = store

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run a statement, and add up the rows that it looks at."""
        if isinstance(self._real, SQLiteConnection):
            with self._counting(self._real):
                return self._real.execute(sql, parameters)
        [(plan,)] = self._real.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        told: Any = json.loads(plan) if isinstance(plan, str) else plan
        self._store.rows += _rows(told[0]["Plan"])
        return self._real.execute(sql, parameters)

    @contextmanager
    def _counting(self, real: SQLiteConnection) -> Iterator[None]:
        def step() -> int:
            self._store.rows += 1
            return 0

        db = real._db  # noqa: SLF001 - nothing else tells how far a statement has come
        db.set_progress_handler(step, OPCODES)
        try:
            yield
        finally:
            db.set_progress_handler(None, OPCODES)


def _rows(plan: Mapping[str, Any]) -> int:
    removed = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Join Filter"))
    own: int = round((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    return own + sum(map(_rows, plan.get("Plans", ())))
