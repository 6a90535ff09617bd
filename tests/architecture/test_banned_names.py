"""A banned name is found wherever it is used, and the exceptions are exactly the files which own one."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, PROJECT, ROOT, plant, run

BANNED = PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
OWNERS = {
    ("infrastructure/clock.py", "datetime.datetime.now"),
    ("infrastructure/settings.py", "os.environ"),
    ("tests/conftest.py", "os.environ"),
    # It gives a process of the tests its environment.
    ("tests/e2e/forked.py", "os.environ"),
}
USES = {
    "datetime.date.today": "from datetime import date\nday = date.today()",
    "datetime.datetime.now": "from datetime import UTC, datetime\nmoment = datetime.now(UTC)",
    "datetime.datetime.utcnow": "import datetime\nmoment = datetime.datetime.utcnow()",
    "os.environ": "import os\nhome = os.environ['HOME']",
    "os.getenv": "from os import getenv\nhome = getenv('HOME')",
    "time.sleep": "from time import sleep\nsleep(1)",
    "time.time": "import time as clock\nmoment = clock.time()",
    "unittest.mock": "from unittest.mock import Mock\ndouble = Mock()",
}


class TestBannedNames:
    def test_are_used_by_their_owners_alone(self) -> None:
        # Neither the exceptions of the configuration nor a comment beside a line can hide a use from this test.
        assert uses("--ignore-noqa", "--config", "lint.per-file-ignores={}", inside=ROOT) == OWNERS

    @pytest.mark.parametrize("name", BANNED)
    def test_are_found_in_every_folder(self, name: str, tmp_path: Path) -> None:
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        for folder in (*PACKAGES, "tests"):
            plant(tmp_path, f"{folder}.planted", USES[name])

        assert uses(inside=tmp_path) == {(f"{folder}/planted.py", name) for folder in (*PACKAGES, "tests")}

    def test_are_found_beneath_a_comment_that_hides_them(self, tmp_path: Path) -> None:
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        plant(tmp_path, "domain.planted", "import time\ntime.sleep(1)  # noqa: TID251")

        assert uses("--ignore-noqa", inside=tmp_path) == {("domain/planted.py", "time.sleep")}


def uses(*options: str, inside: Path) -> set[tuple[str, str]]:
    """Find the uses of banned names which the linter reports, as (file, name)."""
    outcome = run("ruff", "check", "--no-cache", "--select=TID251", "--output-format=json", *options, inside=inside)
    return {
        (Path(found["filename"]).relative_to(inside.resolve()).as_posix(), re.findall("`(.+?)`", found["message"])[0])
        for found in json.loads(outcome.stdout)
    }
