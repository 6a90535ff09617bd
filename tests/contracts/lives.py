"""Lets many programs live, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.any_life import AnyLife, Database


def live(database: Database, how: settings) -> None:
    """Let many programs live, each on an empty database."""
    machine: Any = partial(AnyLife, database)
    run_state_machine_as_test(machine, settings=how)


@contextmanager
def a_file(folder: Path) -> Iterator[str]:
    """Give the URL of an SQLite file that does not exist yet."""
    yield f"sqlite:///{folder / uuid4().hex}.sqlite3"
