"""What Lighthouse says of the pages, where it is installed: 12.8.2 is what the figures were taken with."""

from __future__ import annotations

import json
import subprocess
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.site.pages import address_of, filled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.client import Site

pytestmark = [pytest.mark.long, pytest.mark.alone]

PAGES = ("", "incidents/{incident}", "maintenance/{window}", "panels/panel-c", "components/carrier-a", "history")
CATEGORIES = ("accessibility", "best-practices", "seo")
"""Performance is held by bytes, requests and elements, which do not depend on the machine."""
SECONDS = 300


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gets_all_points(
    *, process_environment: dict[str, str], demo_site: Site, demo: str, name: str, tmp_path: Path
) -> None:
    program, browser = which("lighthouse"), which("chromium")
    if program is None or browser is None:
        pytest.skip("it takes chromium, and lighthouse: npm install --global lighthouse@12.8.2")
    report = tmp_path / "report.json"
    options = [
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        "--output=json",
        f"--output-path={report}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    subprocess.run(
        [program, address_of(demo, "en", filled(demo_site, name)), *options],
        env={**process_environment, "CHROME_PATH": browser},
        check=True,
        timeout=SECONDS,
        capture_output=True,
    )

    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["categories"]
    assert {category: found[category]["score"] for category in CATEGORIES} == dict.fromkeys(CATEGORIES, 1)
