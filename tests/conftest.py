"""Fixtures that every test may ask for: a database on either store, and the environment of child processes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.e2e.alertmanager import installed
from tests.postgres_server import embedded_server, fresh_database

# How long an example takes says more about the machine than about the program.
settings.register_profile("bitacora", deadline=None, print_blob=True)
settings.load_profile("bitacora")

# Read when the tests are loaded, before the fixture below hides every setting of the shell.
TEST_DATABASE = os.environ.get("BITACORA_TEST_DATABASE")
# With it, a test whose program is not installed fails; without it, it is skipped.
TEST_EVERYTHING = bool(os.environ.get("BITACORA_TEST_EVERYTHING"))


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_the_shell() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("BITACORA_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def process_environment(_no_settings_from_the_shell: None) -> dict[str, str]:
    """The environment for a child process: that of the tests, without any setting of ours."""
    return dict(os.environ)


@pytest.fixture(scope="session")
def alertmanager_program() -> str:
    """The path of a real Alertmanager, for the tests that need one."""
    return installed(required=TEST_EVERYTHING)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which databases may be created; started when the first test needs it."""
    if TEST_DATABASE:
        yield TEST_DATABASE
    else:
        with embedded_server() as url:
            yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'bitacora.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once on each store."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
