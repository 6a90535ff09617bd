"""Fixtures that every test may ask for: a database on either store, and the environment of child processes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer

from infrastructure.logging import log_plainly
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.postgres_server import embedded_server
from tests.programs import find_program
from tests.shares import Shares, turn_of
from tests.stores import EACH, EVERY_EXAMPLE, OPTION
from tests.temporary_files import keep_in_memory

# How long an example takes says more about the machine than about the program.
settings.register_profile("bitacora", deadline=None, print_blob=True)
settings.register_profile(EVERY_EXAMPLE, settings.get_profile("bitacora"))
settings.load_profile("bitacora")

# A commit waits for the disk, of which the tests make tens of thousands.
keep_in_memory()

# As the program logs: without it, a failure is printed with every local variable, which takes longer than a test may.
log_plainly()

# Read when the tests are loaded, before the fixture below hides every setting of the shell.
TEST_DATABASE = os.environ.get("BITACORA_TEST_DATABASE")
# With it, a test whose program is not installed fails; without it, it is skipped.
TEST_EVERYTHING = bool(os.environ.get("BITACORA_TEST_EVERYTHING"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="run what one store is enough for on both")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(OPTION):
        settings.load_profile(EVERY_EXAMPLE)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: many tests wait for a process that they have started."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares | None:
    """Keep the tests of a module together, unless another way to share them out is asked for."""
    return Shares(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long tests begin first, so that no worker ends with one of them alone."""
    items.sort(key=lambda item: turn_of(item.nodeid))


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
    return find_program("prometheus-alertmanager", package="prometheus-alertmanager", required=TEST_EVERYTHING)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium without windows, which shows a page in half the processor time of one that has them."""
    return find_program("chromium-headless-shell", package="chromium-headless-shell", required=TEST_EVERYTHING)


@pytest.fixture(scope="session")
def office_program() -> str:
    """The path of LibreOffice, for the tests that open what we write for spreadsheets."""
    return find_program("soffice", package="libreoffice-calc-nogui", required=TEST_EVERYTHING)


@pytest.fixture(scope="session")
def test_everything() -> bool:
    """Whether a test whose program is not installed fails; else it is skipped."""
    return TEST_EVERYTHING


@pytest.fixture(scope="session")
def npm() -> str:
    """The path of npm, which installs clients in JavaScript; beside it is Node."""
    return find_program("npm", package="npm", required=TEST_EVERYTHING)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which databases may be created; started when the first test needs it."""
    if TEST_DATABASE:
        yield TEST_DATABASE
    else:
        with embedded_server() as url:
            yield url


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    """Databases on that server."""
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    """Files for the embedded store."""
    return SQLiteFiles(tmp_path_factory.mktemp("template"))


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of a PostgreSQL database that is migrated."""
    with postgres_databases.migrated() as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_files: SQLiteFiles, tmp_path: Path) -> str:
    """The URL of an SQLite file that is migrated."""
    return sqlite_files.migrated(tmp_path)


@pytest.fixture(params=EACH)
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database, once on each store."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    with postgres_databases.empty() as url:
        yield url


@pytest.fixture
def empty_sqlite_url(sqlite_files: SQLiteFiles, tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return sqlite_files.empty(tmp_path)


@pytest.fixture(params=EACH)
def empty_database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once on each store."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url
