"""Fixtures of the console in a browser: a site with the example data, the morning after its last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.api.client import Site
from tests.databases import SQLiteFiles
from tests.demo_store import demo_copy, folder_of_all
from tests.e2e.console.staff import Console
from tests.e2e.site.browser import opened_browser, served

NOW = datetime(2025, 11, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium without a window, for all tests of this folder."""
    with opened_browser(chromium) as opened:
        yield opened


@pytest.fixture(scope="module")
def demo_console(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Console]:
    """The console over the four cases, which the tests of a module share."""
    url = demo_copy(folder_of_all(tmp_path_factory, pytestconfig), tmp_path_factory.mktemp("console"))
    with Site(url, now=NOW, time_zone="Europe/Warsaw", site_name="Acme") as site, served(site) as root:
        yield Console(site, root)


@pytest.fixture
def console(sqlite_files: SQLiteFiles, tmp_path: Path) -> Iterator[Console]:
    """The console over an empty store."""
    with (
        Site(sqlite_files.migrated(tmp_path), time_zone="Europe/Warsaw", site_name="Acme") as site,
        served(site) as root,
    ):
        yield Console(site, root)
