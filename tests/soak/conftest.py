"""How long the soak takes, and by what chance it goes."""

from pathlib import Path
from random import Random

import pytest

from tests.e2e.site.conftest import browser, demo, demo_site
from tests.soak.pace import FULL, SHORT, Pace
from tests.stores import keep_to

__all__ = ["browser", "demo", "demo_site"]
"""The fixtures of pages in a browser that the soak has, too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--short", action="store_true", help="each drill once, on one store, with a few kills and seconds only"
    )
    parser.addoption("--seed", type=int, default=None, help="go by the same chance as a run that failed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: a drill that measures time or memory, and runs beside no other one")


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("short_on")
    if marker and metafunc.config.getoption("--short"):
        keep_to(metafunc, marker.args[0], "fleet", "database", "empty_database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--short"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def pace(request: pytest.FixtureRequest) -> Pace:
    """How often and how long."""
    return SHORT if request.config.getoption("--short") else FULL


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of everything that goes by chance; pytest prints it with a failure, and takes it as ``--seed``."""
    given = request.config.getoption("--seed")
    chosen = Random().randrange(10**9) if given is None else int(given)
    print(f"to go by the same chance again: --seed {chosen}")
    return chosen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where what is compared with the real store is built."""
    made = tmp_path / "mirror"
    made.mkdir()
    return made
