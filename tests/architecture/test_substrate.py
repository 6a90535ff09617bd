"""The domain imports the standard library, itself and one module of the event sourcing library: nothing else at all."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, plant

SUBSTRATE = "eventsourcing.domain"


class TestDomain:
    def test_imports_nothing_foreign(self) -> None:
        assert foreign_imports(ROOT) == set()

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("import attrs", "attrs"),
            ("from eventsourcing import persistence", "eventsourcing"),
            ("from eventsourcing.utils import get_topic", "eventsourcing.utils"),
            ("def late():\n    from dateutil.rrule import rrule", "dateutil.rrule"),
        ],
    )
    def test_is_found_to_import_something_foreign(self, code: str, name: str, tmp_path: Path) -> None:
        plant(tmp_path, "domain.deep.planted", f"import json\nfrom {SUBSTRATE} import Aggregate\n{code}")

        assert foreign_imports(tmp_path) == {name}


def foreign_imports(root: Path) -> set[str]:
    """Find what the domain imports beyond the standard library, itself and its substrate."""
    imported = {name for path in (root / "domain").rglob("*.py") for name in imports(path)}
    return {
        name for name in imported - {SUBSTRATE} if name.partition(".")[0] not in {*sys.stdlib_module_names, "domain"}
    }


def imports(path: Path) -> Iterator[str]:
    """Walk the names of the modules that the module at ``path`` imports, at any depth."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case _:
                pass
