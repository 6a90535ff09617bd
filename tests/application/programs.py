"""One program on each store for many tests, which find it empty and at ten o'clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.application.given import Program, at, running
from tests.contracts.snapshots import wipe
from tests.postgres_server import fresh_database


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def shared_program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program that is started once on each store."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('shared') / 'bitacora.sqlite3'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server")))
        yield stack.enter_context(running(url))


@pytest.fixture
def program(shared_program: Program) -> Program:
    """A program to which nothing has happened, at ten o'clock."""
    shared_program.clock.show(at("10:00"))
    wipe(shared_program.bitacora.store)
    return shared_program
