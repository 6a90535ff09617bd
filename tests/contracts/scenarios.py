"""Lets many programs live, one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.life_machine import AnyLife, Database


def live(database: Database, how: settings) -> None:
    """Let many programs live, each on a database where nothing has happened."""
    machine: Any = partial(AnyLife, database)
    run_state_machine_as_test(machine, settings=how)
