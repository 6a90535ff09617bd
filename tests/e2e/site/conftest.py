"""Fixtures of the pages in a browser: Chromium, and a site with the example data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from tests.api.client import Site
from tests.demo_store import demo_copy, folder_of_all
from tests.e2e.site.browser import opened_browser, served

NOW = datetime(2025, 11, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium without a window, for all tests of this folder."""
    with opened_browser(chromium) as opened:
        yield opened


@pytest.fixture(scope="package")
def demo_site(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Site]:
    """The site with the four cases, the morning after their last day, by the clocks of Warsaw."""
    url = demo_copy(folder_of_all(tmp_path_factory, pytestconfig), tmp_path_factory.mktemp("site"))
    with Site(url, now=NOW, time_zone="Europe/Warsaw", site_name="Acme") as site:
        yield site


@pytest.fixture(scope="package")
def demo(demo_site: Site) -> Iterator[str]:
    """The address of that site."""
    with served(demo_site) as address:
        yield address
