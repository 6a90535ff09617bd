"""Fixtures of the interface: the service for one test, or one that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.api.client import Site
from tests.api.private_changes import Scene, a_public_morning
from tests.api.private_recoveries import a_public_loss
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.stores import EACH, run_on_one


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_one(metafunc, "database", "shared_database")


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    """The service on an empty store, once on each."""
    with Site(database) as site:
        yield site


@pytest.fixture(scope="module", params=EACH)
def shared_database(
    request: pytest.FixtureRequest, sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a database that the tests of a module share, once on each store."""
    if request.param == "sqlite":
        yield sqlite_files.migrated(tmp_path_factory.mktemp("shared"))
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        with databases.migrated() as url:
            yield url


@pytest.fixture(scope="module")
def shared_site(shared_database: str) -> Iterator[Site]:
    """The service that the tests of a module share; each names things of its own."""
    with Site(shared_database) as site:
        yield site


@pytest.fixture(scope="module")
def stricter_site(postgres_databases: PostgresDatabases) -> Iterator[Site]:
    """The service on the store that takes fewer values."""
    with postgres_databases.migrated() as url, Site(url) as site:
        yield site


@pytest.fixture
def scene_on_one_store(sqlite_url: str) -> Iterator[Scene]:
    """A public morning with the loss of a panel, before anything private; where it matters little on which store."""
    with Site(sqlite_url) as site:
        yield a_public_loss(a_public_morning(site))
