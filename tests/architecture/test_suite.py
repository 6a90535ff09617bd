"""A test module is read, run and moved by itself: what several of them need lies in modules beside them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, plant


class TestTestModules:
    def test_import_no_other_test_module(self) -> None:
        assert borrowed(ROOT) == []

    @pytest.mark.parametrize(
        "line",
        [
            "from tests.domain.test_planted import ANYTHING",
            "from tests.domain import test_planted",
            "import tests.domain.test_planted",
            "def late():\n    from tests.domain.test_planted import ANYTHING",
        ],
    )
    @pytest.mark.parametrize("module", ["tests.domain.test_borrower", "tests.domain.builders"])
    def test_are_found_to_be_imported(self, line: str, module: str, tmp_path: Path) -> None:
        planted = plant(tmp_path, module, line)
        plant(tmp_path, "tests.domain.test_planted", "from tests.domain.builders import at")

        assert borrowed(tmp_path) == [planted]


def borrowed(root: Path) -> list[Path]:
    """List the modules of the suite that import a test module."""
    return [
        path
        for path in sorted((root / "tests").rglob("*.py"))
        if any(part.startswith("test_") for name in imports(path) for part in name.split("."))
    ]


def imports(path: Path) -> Iterator[str]:
    """Give the full names of what a module imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
