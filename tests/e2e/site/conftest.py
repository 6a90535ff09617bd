"""Fixtures of the pages in a browser: Chromium, and a site with the example data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.cli.demo import play_cases
from infrastructure.settings import read_settings
from tests.api.client import Site
from tests.e2e.site.browser import served

DAY = date(2025, 11, 28)
"""The day of the carriers in the example data."""
NOW = datetime(2025, 11, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the four cases, the morning after their last day, by the clocks of Warsaw."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite3'}"
    # Beside the loop that drives the browser on this thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, play_cases(read_settings(database=url), DAY)).result()
    with Site(url, now=NOW, time_zone="Europe/Warsaw", site_name="Acme") as site:
        yield site


@pytest.fixture(scope="package")
def demo(demo_site: Site) -> Iterator[str]:
    """The address of that site."""
    with served(demo_site) as address:
        yield address
