"""A copy of the source tree in which a test may plant a violation."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """The four packages and their configuration, copied."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path
