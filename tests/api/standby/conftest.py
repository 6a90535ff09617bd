"""Fixtures of the tests that read from a hot standby."""

from collections.abc import Iterator

import pytest

from tests.api.client import Site
from tests.api.standby.replicated import Replicated, Watch
from tests.databases import PostgresDatabases
from tests.postgres_server import controlled_server
from tests.standby_server import standby_of


@pytest.fixture(scope="module")
def replicated() -> Iterator[Replicated]:
    """A server with a hot standby, which the tests of a module share."""
    with controlled_server() as primary, standby_of(primary) as standby:
        databases = PostgresDatabases(primary.url)
        yield Replicated(primary, standby, databases)
        databases.close()


@pytest.fixture
def replicated_url(replicated: Replicated) -> Iterator[str]:
    """The URL of a migrated database that the standby has, too."""
    with replicated.databases.migrated() as url:
        replicated.standby.caught_up()
        yield url


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The clock by which ages are known."""
    return Watch(monkeypatch)


@pytest.fixture
def site(replicated: Replicated, replicated_url: str) -> Iterator[Site]:
    """The service that writes to the primary and reads from the standby; its readers get no other checkpoint."""
    standby = replicated.standby.url_of(replicated_url)
    with Site(replicated_url, read_database=standby, checkpoint_every="P9D") as site:
        yield site
