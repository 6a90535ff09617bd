"""Fixtures of the whole program: a server on each store that alerts are sent to."""

from collections.abc import Iterator, Mapping

import pytest

from tests.databases import PostgresDatabases
from tests.e2e.client import Desk, a_desk


@pytest.fixture
def sqlite_url(empty_sqlite_url: str) -> str:
    """The URL of an SQLite file that does not exist yet: the whole program begins with nothing."""
    return empty_sqlite_url


@pytest.fixture
def postgres_url(empty_postgres_url: str) -> str:
    """The URL of an empty PostgreSQL database."""
    return empty_postgres_url


@pytest.fixture(scope="package")
def sqlite_desk(tmp_path_factory: pytest.TempPathFactory, process_environment: Mapping[str, str]) -> Iterator[Desk]:
    """A server that the tests share, each with components of its own."""
    folder = tmp_path_factory.mktemp("sqlite")
    with a_desk(f"sqlite:///{folder / 'bitacora.sqlite3'}", folder, process_environment) as desk:
        yield desk


@pytest.fixture(scope="package")
def postgres_desk(
    postgres_databases: PostgresDatabases,
    tmp_path_factory: pytest.TempPathFactory,
    process_environment: Mapping[str, str],
) -> Iterator[Desk]:
    """The same on the other store."""
    folder = tmp_path_factory.mktemp("postgres")
    with postgres_databases.empty() as url, a_desk(url, folder, process_environment) as desk:
        yield desk


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """The server, once on each store."""
    found: Desk = request.getfixturevalue(f"{request.param}_desk")
    return found
