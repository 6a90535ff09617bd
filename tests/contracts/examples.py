"""How many examples of a property are tried on each store."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from tests.application.program import Program
from tests.stores import EVERY_EXAMPLE

SHARE = 3
Test = Callable[..., None]


def tried(examples: int, **drawn: SearchStrategy[Any]) -> Callable[[Test], Test]:
    """Try a property with so many examples on SQLite, and with a third of them on PostgreSQL.

    What the examples vary are the rules, which are the same on both stores. The statements differ, and a few examples
    run through all of them. They take several times as long there. With ``--both-stores`` there are as many on each.
    """

    def prepare(test: Test) -> Test:
        def with_up_to(count: int) -> Test:
            how = settings(max_examples=count, suppress_health_check=[HealthCheck.function_scoped_fixture])
            found: Test = how(given(**drawn)(test))
            return found

        many, few = with_up_to(examples), with_up_to(-(-examples // SHARE))

        @wraps(many)
        def on_its_store(self: object, program: Program, **given_by_pytest: object) -> None:
            is_fast = program.bitacora.settings.database.startswith("sqlite")
            is_full = settings.get_current_profile_name() == EVERY_EXAMPLE
            (many if is_fast or is_full else few)(self, program=program, **given_by_pytest)

        return on_its_store

    return prepare
