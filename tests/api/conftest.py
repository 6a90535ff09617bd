"""Fixtures of the interface: the service for one test, or one that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.api.given import Site
from tests.postgres_server import fresh_database


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    """The service on an empty store, once on each."""
    with Site(database) as site:
        yield site


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database that the tests of a module share, once on each store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'bitacora.sqlite3'}"
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield url


@pytest.fixture(scope="module")
def shared_site(shared_database: str) -> Iterator[Site]:
    """The service that the tests of a module share; each names things of its own."""
    with Site(shared_database) as site:
        yield site


@pytest.fixture(scope="module")
def stricter_site(postgres_server: str) -> Iterator[Site]:
    """The service on the store that takes fewer values."""
    with fresh_database(postgres_server) as url, Site(url) as site:
        yield site
