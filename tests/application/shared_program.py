"""One program on each store for many tests, which find it empty and at ten o'clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.application.program import Program, at, running
from tests.contracts.snapshots import wipe
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.stores import EACH


@pytest.fixture(scope="session", params=EACH)
def shared_program(
    request: pytest.FixtureRequest, sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """A program that is started once on each store."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_files.migrated(tmp_path_factory.mktemp("shared"))
        else:
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            url = stack.enter_context(databases.migrated())
        yield stack.enter_context(running(url))


@pytest.fixture
def program(shared_program: Program) -> Program:
    """A program to which nothing has happened, at ten o'clock."""
    shared_program.clock.show(at("10:00"))
    wipe(shared_program.bitacora.store)
    return shared_program
