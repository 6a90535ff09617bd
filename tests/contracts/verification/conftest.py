"""A log that is made once on each store, and put back after each change."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contracts.verification.standing_log import StandingLog, standing
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.stores import EACH


@pytest.fixture(scope="session", params=EACH)
def standing_log(
    request: pytest.FixtureRequest, sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StandingLog]:
    """A log of more than one tile, with checkpoints."""
    folder = tmp_path_factory.mktemp("standing")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        # On PostgreSQL, key and checkpoint are kept under the folder that the program runs in.
        patch.chdir(folder)
        if request.param == "sqlite":
            url = sqlite_files.migrated(folder)
        else:
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            url = stack.enter_context(databases.migrated())
        yield stack.enter_context(standing(url))
